/* encoder_packed.c - the encoder as a release runs it: weights packed once, rows fused.
 *
 * The same two layers as in encoder.c, with what training needs left out: no tape, no
 * dropout, one buffer for the residual stream, into which the last product of each half
 * adds.  Norms happen on the way into a product, bias and ReLU on the way out (packed.h).
 * Scratch is taken once for all chunks of a call.
 */
#include "nn/encoder_packed_internal.h"
#include "nn/packed.h"

#include <assert.h>
#include <string.h>

enum {
    LAYERS = 2,
    CHUNK_PIECES = 128, /* go through together at most: 2 MB of activations */
};

typedef struct Layer {
    int width; /* of its input */
    const float *norm1_g, *norm1_b, *norm2_g, *norm2_b;
    PackedLinear qkv, out, res, ffn1, ffn2; /* res.I 0: the input itself */
} Layer;

struct EncoderPacked {
    const PackedKernels *k;
    Layer layer[LAYERS];
    EncoderStored embed;
    float *timing; /* [ENCODER_MAX_PIECES, ENCODER_WIDTH0] */
};

/* In the order of encoder_param_info. */
enum {
#define X(name, rows, cols) AT_##name,
    ENCODER_PARAMS(X)
#undef X
        PARAMS
};

static PackedLinear linear(Arena *a, const PackedKernels *k, const EncoderStored *s, int w)
{
    const EncoderParamInfo *e = &encoder_param_info[w];
    PackedSource source = {s[w].w, s[w].q, s[w].scale};
    return packed_linear(a, k, &source, s[w + 1].w, e->rows, e->cols); /* w, then its bias */
}

static EncoderPacked *pack(Arena *a, const PackedKernels *k, const EncoderStored *s)
{
    EncoderPacked *e = arena_new(a, EncoderPacked);
#define LINEAR(name) linear(a, k, s, AT_##name##_w)
#define LAYER(l, C)                    \
    {.width = C,                       \
     .norm1_g = s[AT_##l##_norm1_g].w, \
     .norm1_b = s[AT_##l##_norm1_b].w, \
     .norm2_g = s[AT_##l##_norm2_g].w, \
     .norm2_b = s[AT_##l##_norm2_b].w, \
     .qkv = LINEAR(l##_qkv),           \
     .out = LINEAR(l##_out),           \
     .ffn1 = LINEAR(l##_ffn1),         \
     .ffn2 = LINEAR(l##_ffn2)}
    e->layer[0] = (Layer)LAYER(l0, ENCODER_WIDTH0);
    e->layer[0].res = LINEAR(l0_res);
    e->layer[1] = (Layer)LAYER(l1, ENCODER_WIDTH);
#undef LAYER
#undef LINEAR
    e->k = k;
    e->embed = s[AT_embed];
    e->timing = arena_array(a, float, ENCODER_MAX_PIECES *ENCODER_WIDTH0);
    encoder_timing(s[AT_freq].w, ENCODER_MAX_PIECES, e->timing);
    return e;
}

void encoder_pack(Arena *a, const Kernels *kernels, EncoderParams *p)
{
    if (!kernels->packed)
        return;
    EncoderStored s[PARAMS] = {{0}};
    for (int i = 0; i < PARAMS; i++)
        s[i].w = p->all + encoder_param_info[i].offset;
    p->packed = pack(a, kernels->packed, s);
}

void encoder_pack_stored(Arena *a, const Kernels *kernels, const EncoderStored *s,
                         EncoderParams *p)
{
    assert(kernels->packed);
    *p = (EncoderParams){.packed = pack(a, kernels->packed, s)};
}

typedef struct Room {
    float *x, *stream, *wide, *att; /* [pieces, ...]: W0, W, the widest of qkv and FFN, W */
    float *heads;                   /* attention's */
    void *product;                  /* a linear's */
} Room;

static Room room_new(Arena *a, int pieces, int longest)
{
    size_t n = (size_t)pieces;
    char *product = arena_raw(a, char, packed_scratch(pieces, ENCODER_FFN) + PACKED_STRIP);
    return (Room){
        .x = arena_raw(a, float, n *ENCODER_WIDTH0),
        .stream = arena_raw(a, float, n *ENCODER_WIDTH),
        .wide = arena_raw(a, float, n *ENCODER_FFN),
        .att = arena_raw(a, float, n *ENCODER_WIDTH),
        .heads = arena_raw(a, float,
                           packed_attention_scratch(longest, ENCODER_WIDTH, ENCODER_HEADS)),
        .product = product + (size_t)(-(uintptr_t)product % PACKED_STRIP),
    };
}

/* x[ENCODER_WIDTH0] = twice a piece's vector, and its place */
static void embed_piece(const EncoderStored *e, int32_t piece, const float *at, float *x)
{
    assert(0 <= piece && piece < ENCODER_VOCAB);
    size_t from = (size_t)piece * ENCODER_WIDTH0;
    if (e->w)
        for (int c = 0; c < ENCODER_WIDTH0; c++)
            x[c] = 2 * e->w[from + (size_t)c] + at[c];
    else
        for (int c = 0; c < ENCODER_WIDTH0; c++)
            x[c] = 2 * (e->scale[piece] * (float)e->q[from + (size_t)c]) + at[c];
}

static void embed(const EncoderPacked *e, const WindowBatch *b, float *x)
{
    for (int w = 0; w < b->count; w++) {
        const float *at = e->timing;
        for (int i = b->start[w]; i < b->start[w + 1]; i++, at += ENCODER_WIDTH0) {
            embed_piece(&e->embed, b->piece[i], at, x);
            x += ENCODER_WIDTH0;
        }
    }
}

/* stream[N, ENCODER_WIDTH] from x[N, width], which may be the same */
static void run_layer(const PackedKernels *k, const Layer *l, const WindowBatch *b,
                      const Room *r, const float *x)
{
    int from = b->start[0], N = b->start[b->count] - from;
    PackedCall c = {.in = x,
                    .gain = l->norm1_g,
                    .shift = l->norm1_b,
                    .out = r->wide,
                    .M = N,
                    .scratch = r->product};
    k->linear(&l->qkv, &c);
    for (int w = 0; w < b->count; w++) {
        size_t at = (size_t)(b->start[w] - from), D = (size_t)l->width;
        k->attention(b->start[w + 1] - b->start[w], l->width, ENCODER_HEADS,
                     r->wide + at * 3 * D, r->att + at * D, r->heads);
    }
    c = (PackedCall){.in = x, .out = r->stream, .M = N, .scratch = r->product};
    if (l->res.I)
        k->linear(&l->res, &c);
    c.in = r->att;
    c.then = PACKED_ADD;
    k->linear(&l->out, &c);

    c = (PackedCall){.in = r->stream,
                     .gain = l->norm2_g,
                     .shift = l->norm2_b,
                     .out = r->wide,
                     .M = N,
                     .then = PACKED_RELU,
                     .scratch = r->product};
    k->linear(&l->ffn1, &c);
    c = (PackedCall){
        .in = r->wide, .out = r->stream, .M = N, .then = PACKED_ADD, .scratch = r->product};
    k->linear(&l->ffn2, &c);
}

static void mean(const WindowBatch *b, const float *x, float *pooled)
{
    for (int w = 0; w < b->count; w++, pooled += ENCODER_WIDTH) {
        int T = b->start[w + 1] - b->start[w];
        memset(pooled, 0, ENCODER_WIDTH * sizeof *pooled);
        for (int i = 0; i < T; i++, x += ENCODER_WIDTH)
            for (int c = 0; c < ENCODER_WIDTH; c++)
                pooled[c] += x[c];
        for (int c = 0; c < ENCODER_WIDTH; c++)
            pooled[c] /= (float)T;
    }
}

/* How many windows from `from` on go through together; at least one. */
static int chunk_of(const WindowBatch *b, int from)
{
    int to = from + 1;
    while (to < b->count && b->start[to + 1] - b->start[from] <= CHUNK_PIECES)
        to++;
    return to - from;
}

void encoder_packed_forward(const EncoderParams *p, Arena *a, const WindowBatch *b,
                            float *pooled)
{
    const EncoderPacked *e = p->packed;
    int most = 0, longest = 0;
    for (int w = 0; w < b->count; w++) {
        int T = b->start[w + 1] - b->start[w], all = b->start[w + chunk_of(b, w)] - b->start[w];
        assert(1 <= T && T <= ENCODER_MAX_PIECES);
        longest = T > longest ? T : longest;
        most = all > most ? all : most;
    }
    ArenaMark mark = arena_mark(a);
    Room r = room_new(a, most, longest);
    for (int from = 0, n; from < b->count; from += n) {
        n = chunk_of(b, from);
        WindowBatch part = {b->piece, b->start + from, n};
        embed(e, &part, r.x);
        run_layer(e->k, &e->layer[0], &part, &r, r.x);
        run_layer(e->k, &e->layer[1], &part, &r, r.stream);
        mean(&part, r.stream, pooled + (size_t)from * ENCODER_WIDTH);
    }
    arena_rewind(a, mark);
}
