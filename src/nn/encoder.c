/* encoder.c - the two layers, forward and back, over a ragged batch.
 *
 * One layer, x being its input:
 *     n1 = layernorm(x)      qkv = n1 Wqkv     att = attention(qkv)
 *     x1 = res + dropout(att Wout)             res = x, or x Wres where the width grows
 *     n2 = layernorm(x1)     f = relu(n2 W1)   out = x1 + dropout(f W2)
 * What a backward pass needs of these is the layer's tape.  Scoring uses the same code
 * on a tape that is thrown away after each layer, a bounded number of pieces at a time,
 * so a long text takes no more memory than a short one and stays in the cache.
 *
 * The timing signal is computed in double and rounded: sines of the C library differ in
 * the last bit between processors in float, and a release must answer alike everywhere.
 */
#include "nn/encoder.h"

#include "nn/encoder_packed_internal.h"
#include "nn/layers.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum {
    LAYERS = 2,
    CHUNK_PIECES = 512, /* scored together at most: about 10 MB of activations */
};

/* ---- parameters ------------------------------------------------------------- */

size_t encoder_param_count(void)
{
    size_t n = 0;
#define X(name, rows, cols) n += (size_t)(rows) * (size_t)(cols);
    ENCODER_PARAMS(X)
#undef X
    return n;
}

void encoder_params_at(EncoderParams *p, float *all)
{
    *p = (EncoderParams){.all = all, .count = encoder_param_count()};
#define X(name, rows, cols) \
    p->name = all;          \
    all += (size_t)(rows) * (size_t)(cols);
    ENCODER_PARAMS(X)
#undef X
}

/* A struct as large as the parameters, never made: offsetof adds the sizes up. */
typedef struct Layout {
#define X(name, rows, cols) float name[(size_t)(rows) * (size_t)(cols)];
    ENCODER_PARAMS(X)
#undef X
} Layout;

const EncoderParamInfo encoder_param_info[] = {
#define X(name, rows, cols) {#name, offsetof(Layout, name) / sizeof(float), rows, cols},
    ENCODER_PARAMS(X)
#undef X
};
const int encoder_param_info_count = sizeof encoder_param_info / sizeof *encoder_param_info;

typedef struct Layer {
    int width; /* of its input; its output is ENCODER_WIDTH */
    float *norm1_g, *norm1_b, *norm2_g, *norm2_b;
    Linear qkv, out, res, ffn1, ffn2; /* res.w NULL: the input itself */
} Layer;

static Layer layer_at(const EncoderParams *p, int i)
{
#define COMMON(l, C)                                                              \
    .width = C, .norm1_g = p->l##_norm1_g, .norm1_b = p->l##_norm1_b,             \
    .norm2_g = p->l##_norm2_g, .norm2_b = p->l##_norm2_b,                         \
    .qkv = {p->l##_qkv_w, p->l##_qkv_b, C, 3 * (C)},                              \
    .out = {p->l##_out_w, p->l##_out_b, C, ENCODER_WIDTH},                        \
    .ffn1 = {p->l##_ffn1_w, p->l##_ffn1_b, ENCODER_WIDTH, ENCODER_FFN}, .ffn2 = { \
        p->l##_ffn2_w,                                                            \
        p->l##_ffn2_b,                                                            \
        ENCODER_FFN,                                                              \
        ENCODER_WIDTH                                                             \
    }
    if (i == 0)
        return (Layer){
            COMMON(l0, ENCODER_WIDTH0),
            .res = {p->l0_res_w, p->l0_res_b, ENCODER_WIDTH0, ENCODER_WIDTH}
        };
    return (Layer){COMMON(l1, ENCODER_WIDTH)};
#undef COMMON
}

/* ---- one layer -------------------------------------------------------------- */

typedef struct LayerTape {
    const float *x;
    float *mean1, *rstd1, *n1, *qkv, *probs, *att, *x1;
    float *mean2, *rstd2, *n2, *ffn, *out;
    uint8_t *keep1, *keep2; /* NULL without dropout */
} LayerTape;

typedef struct Run {
    const Kernels *k;
    WindowBatch batch;
    int N, longest; /* pieces in all and of the longest window */
    float dropout;
    Rng *rng;
} Run;

static Run run_of(const Kernels *k, const WindowBatch *b, float dropout, Rng *rng)
{
    Run r = {.k = k, .batch = *b, .dropout = dropout, .rng = rng};
    r.N = b->count ? b->start[b->count] - b->start[0] : 0;
    for (int w = 0; w < b->count; w++) {
        int T = b->start[w + 1] - b->start[w];
        assert(1 <= T && T <= ENCODER_MAX_PIECES);
        r.longest = T > r.longest ? T : r.longest;
    }
    return r;
}

static AttentionShape attention_of(const Run *r, const Layer *l)
{
    return (AttentionShape){r->batch.start, r->batch.count, l->width, ENCODER_HEADS};
}

/* Not zeroed: a tenth of a training step went into zeros that nobody read. */
static float *floats(Arena *a, int rows, int cols)
{
    size_t n = (size_t)rows * (size_t)cols;
    return arena_raw(a, float, n);
}

static LayerTape tape_new(Arena *a, const Run *r, const Layer *l)
{
    int N = r->N, C = l->width, W = ENCODER_WIDTH;
    AttentionShape s = attention_of(r, l);
    LayerTape t = {
        .mean1 = floats(a, N, 1),
        .rstd1 = floats(a, N, 1),
        .n1 = floats(a, N, C),
        .qkv = floats(a, N, 3 * C),
        .probs = arena_raw(a, float, attention_probs(&s)),
        .att = floats(a, N, C),
        .x1 = floats(a, N, W),
        .mean2 = floats(a, N, 1),
        .rstd2 = floats(a, N, 1),
        .n2 = floats(a, N, W),
        .ffn = floats(a, N, ENCODER_FFN),
    };
    if (r->dropout > 0) {
        t.keep1 = arena_raw(a, uint8_t, (size_t)N * (size_t)W);
        t.keep2 = arena_raw(a, uint8_t, (size_t)N * (size_t)W);
    }
    return t;
}

static void drop(const Run *r, float *x, uint8_t *keep)
{
    if (keep)
        dropout_forward(x, keep, (size_t)r->N * ENCODER_WIDTH, r->dropout, r->rng);
}

static void add_rows(const Run *r, const float *x, float *y)
{
    for (int i = 0; i < r->N; i++)
        r->k->axpy(ENCODER_WIDTH, 1, x + (size_t)i * ENCODER_WIDTH,
                   y + (size_t)i * ENCODER_WIDTH);
}

/* out[N, ENCODER_WIDTH] from x[N, width] */
static void layer_forward(const Run *r, const Layer *l, LayerTape *t, const float *x,
                          float *out)
{
    const Kernels *k = r->k;
    int N = r->N;
    AttentionShape s = attention_of(r, l);
    t->x = x;
    t->out = out;
    k->layernorm(t->n1, t->mean1, t->rstd1, x, l->norm1_g, l->norm1_b, N, l->width);
    linear_forward(k, &l->qkv, t->qkv, t->n1, N);
    attention_forward(k, &s, t->att, t->probs, t->qkv);
    linear_forward(k, &l->out, out, t->att, N);
    drop(r, out, t->keep1);
    if (l->res.w)
        linear_forward(k, &l->res, t->x1, x, N);
    else
        memcpy(t->x1, x, (size_t)N * ENCODER_WIDTH * sizeof *x);
    add_rows(r, out, t->x1);

    k->layernorm(t->n2, t->mean2, t->rstd2, t->x1, l->norm2_g, l->norm2_b, N, ENCODER_WIDTH);
    linear_forward(k, &l->ffn1, t->ffn, t->n2, N);
    k->relu(t->ffn, N * ENCODER_FFN);
    linear_forward(k, &l->ffn2, out, t->ffn, N);
    drop(r, out, t->keep2);
    add_rows(r, t->x1, out);
}

/* A copy of d[N, ENCODER_WIDTH] as it was behind the dropout, or d itself. */
static const float *undrop(const Run *r, Arena *a, const float *d, const uint8_t *keep)
{
    if (!keep)
        return d;
    size_t n = (size_t)r->N * ENCODER_WIDTH;
    float *out = arena_raw(a, float, n);
    memcpy(out, d, n * sizeof *d);
    dropout_backward(out, keep, n, r->dropout);
    return out;
}

/* From dout[N, ENCODER_WIDTH] to din[N, width], set; grads added to. */
static void layer_backward(const Run *r, const Layer *l, Layer *g, const LayerTape *t,
                           const float *dout, float *din, Arena *a)
{
    const Kernels *k = r->k;
    int N = r->N, W = ENCODER_WIDTH, C = l->width;
    ArenaMark mark = arena_mark(a);
    AttentionShape s = attention_of(r, l);
    float *dffn = floats(a, N, ENCODER_FFN), *dn2 = floats(a, N, W), *dx1 = floats(a, N, W);
    float *datt = floats(a, N, C), *dqkv = floats(a, N, 3 * C), *dn1 = floats(a, N, C);
    float *square = floats(a, r->longest, r->longest);

    const float *dy = undrop(r, a, dout, t->keep2);
    linear_backward(k, &l->ffn2, &g->ffn2, t->ffn, dy, N);
    linear_backward_input(k, &l->ffn2, dy, N, 0, dffn);
    relu_backward(t->ffn, dffn, (size_t)N * ENCODER_FFN);
    linear_backward(k, &l->ffn1, &g->ffn1, t->n2, dffn, N);
    linear_backward_input(k, &l->ffn1, dffn, N, 0, dn2);
    memcpy(dx1, dout, (size_t)N * ENCODER_WIDTH * sizeof *dx1);
    layernorm_backward(l->norm2_g, &(LayernormGrad){g->norm2_g, g->norm2_b}, t->x1, t->mean2,
                       t->rstd2, dn2, dx1, N, W);

    dy = undrop(r, a, dx1, t->keep1);
    linear_backward(k, &l->out, &g->out, t->att, dy, N);
    linear_backward_input(k, &l->out, dy, N, 0, datt);
    attention_backward(k, &s, t->qkv, t->probs, datt, dqkv, square);
    linear_backward(k, &l->qkv, &g->qkv, t->n1, dqkv, N);
    linear_backward_input(k, &l->qkv, dqkv, N, 0, dn1);
    if (l->res.w) {
        linear_backward(k, &l->res, &g->res, t->x, dx1, N);
        linear_backward_input(k, &l->res, dx1, N, 0, din);
    } else {
        memcpy(din, dx1, (size_t)N * ENCODER_WIDTH * sizeof *din);
    }
    layernorm_backward(l->norm1_g, &(LayernormGrad){g->norm1_g, g->norm1_b}, t->x, t->mean1,
                       t->rstd1, dn1, din, N, C);
    arena_rewind(a, mark);
}

/* ---- both ends -------------------------------------------------------------- */

void encoder_timing(const float *freq, int positions, float *at)
{
    for (int t = 0; t < positions; t++)
        for (int i = 0; i < ENCODER_FREQS; i++) {
            double angle = (double)((float)t * freq[i]); /* in float, as the package does */
            at[t * ENCODER_WIDTH0 + i] = (float)sin(angle);
            at[t * ENCODER_WIDTH0 + ENCODER_FREQS + i] = (float)cos(angle);
        }
}

static void embed_forward(const Run *r, const EncoderParams *p, Arena *a, float *x)
{
    ArenaMark mark = arena_mark(a);
    float *timing = floats(a, r->longest, ENCODER_WIDTH0);
    encoder_timing(p->freq, r->longest, timing);
    const WindowBatch *b = &r->batch;
    for (int w = 0; w < b->count; w++)
        for (int i = b->start[w]; i < b->start[w + 1]; i++) {
            int32_t piece = b->piece[i];
            assert(0 <= piece && piece < ENCODER_VOCAB);
            const float *e = p->embed + (size_t)piece * ENCODER_WIDTH0,
                        *at = timing + (i - b->start[w]) * ENCODER_WIDTH0;
            float *out = x + (size_t)i * ENCODER_WIDTH0;
            for (int c = 0; c < ENCODER_WIDTH0; c++)
                out[c] = 2 * e[c] + at[c];
        }
    arena_rewind(a, mark);
}

/* pooled[count, ENCODER_WIDTH]: the mean over each window's rows of x. */
static void mean_forward(const Run *r, const float *x, float *pooled)
{
    const WindowBatch *b = &r->batch;
    for (int w = 0; w < b->count; w++, pooled += ENCODER_WIDTH) {
        float share = 1.0f / (float)(b->start[w + 1] - b->start[w]);
        memset(pooled, 0, ENCODER_WIDTH * sizeof *pooled);
        for (int i = b->start[w]; i < b->start[w + 1]; i++)
            r->k->axpy(ENCODER_WIDTH, share, x + (size_t)i * ENCODER_WIDTH, pooled);
    }
}

/* Windows from..to as a batch of their own, starting at 0. */
static void forward_chunk(const Kernels *k, const EncoderParams *p, Arena *a,
                          const WindowBatch *all, int from, int to, float *pooled)
{
    ArenaMark mark = arena_mark(a);
    int32_t *start = arena_array(a, int32_t, (size_t)(to - from) + 1);
    for (int w = from; w <= to; w++)
        start[w - from] = all->start[w] - all->start[from];
    WindowBatch b = {all->piece + all->start[from], start, to - from};
    Run r = run_of(k, &b, 0, NULL);
    float *x = floats(a, r.N, ENCODER_WIDTH0);
    embed_forward(&r, p, a, x);
    for (int i = 0; i < LAYERS; i++) {
        Layer l = layer_at(p, i);
        float *out = floats(a, r.N, ENCODER_WIDTH);
        ArenaMark layer_mark = arena_mark(a);
        LayerTape t = tape_new(a, &r, &l);
        layer_forward(&r, &l, &t, x, out);
        arena_rewind(a, layer_mark);
        x = out;
    }
    mean_forward(&r, x, pooled);
    arena_rewind(a, mark);
}

void encoder_forward(const Kernels *k, const EncoderParams *p, Arena *a, const WindowBatch *b,
                     float *pooled)
{
    if (p->packed) {
        encoder_packed_forward(p, a, b, pooled);
        return;
    }
    for (int from = 0; from < b->count;) {
        int to = from + 1;
        while (to < b->count && b->start[to + 1] - b->start[from] <= CHUNK_PIECES)
            to++;
        forward_chunk(k, p, a, b, from, to, pooled + (size_t)from * ENCODER_WIDTH);
        from = to;
    }
}

static Linear top_of(const EncoderParams *p)
{
    return (Linear){p->top_w, p->top_b, ENCODER_WIDTH, ENCODER_WIDTH};
}

void encoder_embed(const Kernels *k, const EncoderParams *p, const float *pooled, int count,
                   float *embed_out)
{
    Linear top = top_of(p);
    linear_forward(k, &top, embed_out, pooled, count);
    tanh_forward(embed_out, (size_t)count * ENCODER_WIDTH);
    l2norm_forward(embed_out, embed_out, count, ENCODER_WIDTH);
}

void encoder_embed_backward(const Kernels *k, const EncoderParams *p, Arena *a,
                            const float *pooled, int count, const float *embed_grad,
                            EncoderParams *grads, float *pooled_grad)
{
    ArenaMark mark = arena_mark(a);
    Linear top = top_of(p), top_grad = top_of(grads);
    float *t = floats(a, count, ENCODER_WIDTH),
          *dt = arena_array(a, float, (size_t)count *ENCODER_WIDTH);
    linear_forward(k, &top, t, pooled, count);
    tanh_forward(t, (size_t)count * ENCODER_WIDTH);
    l2norm_backward(t, embed_grad, dt, count, ENCODER_WIDTH);
    tanh_backward(t, dt, (size_t)count * ENCODER_WIDTH);
    linear_backward(k, &top, &top_grad, pooled, dt, count);
    linear_backward_input(k, &top, dt, count, 1, pooled_grad);
    arena_rewind(a, mark);
}

/* ---- training --------------------------------------------------------------- */

struct EncoderTape {
    Run run;
    LayerTape layer[LAYERS];
};

EncoderTape *encoder_forward_train(const Kernels *k, const EncoderParams *p, Arena *a,
                                   const WindowBatch *b, float dropout, Rng *rng, float *pooled)
{
    assert(b->count == 0 || b->start[0] == 0);
    EncoderTape *tape = arena_new(a, EncoderTape);
    tape->run = run_of(k, b, dropout, rng);
    const Run *r = &tape->run;
    float *x = floats(a, r->N, ENCODER_WIDTH0);
    embed_forward(r, p, a, x);
    for (int i = 0; i < LAYERS; i++) {
        Layer l = layer_at(p, i);
        tape->layer[i] = tape_new(a, r, &l);
        float *out = floats(a, r->N, ENCODER_WIDTH);
        layer_forward(r, &l, &tape->layer[i], x, out);
        x = out;
    }
    if (pooled)
        mean_forward(r, x, pooled);
    return tape;
}

const float *encoder_piece_output(const EncoderTape *tape)
{
    return tape->layer[LAYERS - 1].out;
}

void encoder_backward_pieces(const Kernels *k, const EncoderParams *p, const EncoderTape *tape,
                             const float *output_grad, EncoderParams *grads, Arena *a)
{
    const Run *r = &tape->run;
    ArenaMark mark = arena_mark(a);
    const float *d = output_grad;
    for (int i = LAYERS - 1; i >= 0; i--) {
        Layer l = layer_at(p, i), g = layer_at(grads, i);
        float *din = floats(a, r->N, l.width);
        layer_backward(r, &l, &g, &tape->layer[i], d, din, a);
        d = din;
    }
    for (int i = 0; i < r->N; i++)
        k->axpy(ENCODER_WIDTH0, 2, d + (size_t)i * ENCODER_WIDTH0,
                grads->embed + (size_t)r->batch.piece[i] * ENCODER_WIDTH0);
    arena_rewind(a, mark);
}

void encoder_backward(const Kernels *k, const EncoderParams *p, const EncoderTape *tape,
                      const float *pooled_grad, EncoderParams *grads, Arena *a)
{
    const Run *r = &tape->run;
    const WindowBatch *b = &r->batch;
    ArenaMark mark = arena_mark(a);
    float *d = arena_array(a, float, (size_t)r->N *ENCODER_WIDTH);
    for (int w = 0; w < b->count; w++) {
        float share = 1.0f / (float)(b->start[w + 1] - b->start[w]);
        for (int i = b->start[w]; i < b->start[w + 1]; i++)
            k->axpy(ENCODER_WIDTH, share, pooled_grad + (size_t)w * ENCODER_WIDTH,
                    d + (size_t)i * ENCODER_WIDTH);
    }
    encoder_backward_pieces(k, p, tape, d, grads, a);
    arena_rewind(a, mark);
}
