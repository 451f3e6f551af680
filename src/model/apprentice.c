#include "model/apprentice.h"

#include "base/rng.h"
#include "nn/adamw.h"
#include "nn/pool.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>

enum { BATCH = 32, WARMUP = 200, TICK = 64 };
#define LAST_RATE   .02f  /* as a share of the first */
#define SQUARES     1e-6f /* where AdaGrad begins */
#define HERE_SIZE   .3    /* root mean square of the table's rows at the start ... */
#define BESIDE_SIZE .15   /* ... and of those for a neighbour */

typedef struct Apprentice {
    const ApprenticeInput *in;
    StudentParams p, grad; /* grad: of the dense layers */
    float *near, *squares;
    float *dense, *dense_grad;
    size_t dense_count;
    Adamw *adamw;
    /* of a batch */
    float *z;                /* [BATCH, GIST_PIECES_MAX, width] */
    int *top;                /* [BATCH, width] */
    float *gist, *dgist;     /* [BATCH, 2 width] */
    float *hidden, *dhidden; /* [BATCH, hidden] */
    float *out, *dout;       /* [BATCH, FACTOR_COUNT] */
} Apprentice;

/* ---- the start ----------------------------------------------------------------------- */

/* One place's rows: the embedding times a random matrix, scaled to a size. */
static void project(const Apprentice *s, Arena *a, const float *embed, Rng *r, int place)
{
    ArenaMark mark = arena_mark(a);
    const Kernels *k = release_kernels(s->in->release);
    int W = s->p.shape.width;
    size_t n = (size_t)ENCODER_VOCAB * (size_t)W;
    float *rows = s->near + (size_t)place * n;
    float *random = arena_raw(a, float, (size_t)ENCODER_WIDTH0 *(size_t)W);
    for (size_t i = 0; i < (size_t)ENCODER_WIDTH0 * (size_t)W; i++)
        random[i] = (float)rng_normal(r);
    k->gemm_nn(ENCODER_VOCAB, W, ENCODER_WIDTH0, embed, ENCODER_WIDTH0, random, W, 0, rows, W);
    double squares = 0;
    for (size_t i = 0; i < n; i++)
        squares += (double)rows[i] * (double)rows[i];
    double size = place == GIST_PLACES / 2 ? HERE_SIZE : BESIDE_SIZE;
    float by = squares > 0 ? (float)(size / sqrt(squares / (double)n)) : 0;
    for (size_t i = 0; i < n; i++)
        rows[i] *= by;
    arena_rewind(a, mark);
}

static void fill(float *x, size_t n, double size, Rng *r)
{
    for (size_t i = 0; i < n; i++)
        x[i] = (float)(size * rng_normal(r));
}

static bool start(Apprentice *s, Arena *a, Err *err)
{
    ReleaseParts parts; /* an open release may keep its embedding as bytes */
    if (!release_parts(s->in->release, a, &parts, err))
        return false;
    const Lesson *l = s->in->lesson;
    size_t W = (size_t)s->p.shape.width, H = (size_t)s->p.shape.hidden;
    Rng r;
    rng_seed(&r, s->in->seed ^ 0x73747564u);
    for (int place = 0; place < GIST_PLACES; place++)
        project(s, a, parts.encoder->embed, &r, place);
    fill(s->p.hidden_w, 2 * W * H, sqrt(1.0 / (double)W), &r);
    fill(s->p.out_w, H * FACTOR_COUNT, .5 / sqrt((double)H), &r);
    for (int f = 0; f < FACTOR_COUNT; f++) {
        double sum = 0;
        for (size_t w = 0; w < l->windows; w++)
            sum += (double)l->logit[w * FACTOR_COUNT + (size_t)f];
        s->p.out_b[f] = (float)(sum / (double)l->windows);
    }
    return true;
}

static Apprentice *apprentice_new(Arena *a, const ApprenticeInput *in, Arena *result)
{
    Apprentice *s = arena_new(a, Apprentice);
    size_t W = (size_t)in->shape.width, H = (size_t)in->shape.hidden;
    size_t near = student_rows(&in->shape) * W;
    assert(student_shape_fits(&in->shape));
    s->in = in;
    s->p.shape = s->grad.shape = in->shape;
    s->dense_count = student_dense_count(&in->shape);
    s->dense = arena_array(result, float, s->dense_count);
    s->dense_grad = arena_array(a, float, s->dense_count);
    student_dense_at(&s->p, s->dense);
    student_dense_at(&s->grad, s->dense_grad);
    s->p.near = s->near = arena_array(result, float, near);
    s->squares = arena_raw(a, float, near);
    for (size_t i = 0; i < near; i++)
        s->squares[i] = SQUARES;
    s->z = arena_raw(a, float, (size_t)BATCH *GIST_PIECES_MAX *W);
    s->top = arena_raw(a, int, BATCH *W);
    s->gist = arena_raw(a, float, BATCH * 2 * W);
    s->dgist = arena_raw(a, float, BATCH * 2 * W);
    s->hidden = arena_raw(a, float, BATCH *H);
    s->dhidden = arena_raw(a, float, BATCH *H);
    s->out = arena_raw(a, float, (size_t)BATCH *FACTOR_COUNT);
    s->dout = arena_raw(a, float, (size_t)BATCH *FACTOR_COUNT);
    return s;
}

/* ---- a step -------------------------------------------------------------------------- */

static GistTrace trace_of(const Apprentice *s, int b)
{
    size_t W = (size_t)s->p.shape.width;
    return (GistTrace){s->z + (size_t)b * GIST_PIECES_MAX * W, s->top + (size_t)b * W};
}

static void forward(const Apprentice *s, const uint32_t *window, int n)
{
    const Lesson *l = s->in->lesson;
    const Kernels *k = release_kernels(s->in->release);
    int W = 2 * s->p.shape.width, H = s->p.shape.hidden;
    Gist g = student_gist(&s->p);
    for (int b = 0; b < n; b++) {
        GistTrace trace = trace_of(s, b);
        uint32_t at = l->start[window[b]];
        gist_forward(&g, l->piece + at, (int)(l->start[window[b] + 1] - at),
                     s->gist + (size_t)b * (size_t)W, &trace);
        memcpy(s->hidden + (size_t)b * (size_t)H, s->p.hidden_b, (size_t)H * sizeof(float));
        memcpy(s->out + (size_t)b * FACTOR_COUNT, s->p.out_b, FACTOR_COUNT * sizeof(float));
    }
    k->gemm_nn(n, H, W, s->gist, W, s->p.hidden_w, H, 1, s->hidden, H);
    k->relu(s->hidden, n * H);
    k->gemm_nn(n, FACTOR_COUNT, W, s->gist, W, s->p.skip_w, FACTOR_COUNT, 1, s->out,
               FACTOR_COUNT);
    k->gemm_nn(n, FACTOR_COUNT, H, s->hidden, H, s->p.out_w, FACTOR_COUNT, 1, s->out,
               FACTOR_COUNT);
}

/* dout of squared errors, the mean over the batch; their sum is returned. */
static double compare(const Apprentice *s, const uint32_t *window, int n)
{
    double sum = 0;
    for (int b = 0; b < n; b++) {
        const float *want = s->in->lesson->logit + (size_t)window[b] * FACTOR_COUNT;
        for (int f = 0; f < FACTOR_COUNT; f++) {
            float d = s->out[b * FACTOR_COUNT + f] - want[f];
            s->dout[b * FACTOR_COUNT + f] = d / (float)n;
            sum += (double)d * (double)d;
        }
    }
    return sum;
}

static void add_rows(const Kernels *k, const float *x, int n, int cols, float *sum)
{
    for (int b = 0; b < n; b++)
        k->axpy(cols, 1, x + (size_t)b * (size_t)cols, sum);
}

static void backward(Apprentice *s, const uint32_t *window, int n, float rate)
{
    const Lesson *l = s->in->lesson;
    const Kernels *k = release_kernels(s->in->release);
    int W = 2 * s->p.shape.width, H = s->p.shape.hidden, F = FACTOR_COUNT;
    add_rows(k, s->dout, n, F, s->grad.out_b);
    k->gemm_tn(H, F, n, s->hidden, H, s->dout, F, 1, s->grad.out_w, F);
    k->gemm_tn(W, F, n, s->gist, W, s->dout, F, 1, s->grad.skip_w, F);
    k->gemm_nt(n, H, F, s->dout, F, s->p.out_w, F, 0, s->dhidden, H);
    for (int i = 0; i < n * H; i++)
        s->dhidden[i] = s->hidden[i] > 0 ? s->dhidden[i] : 0;
    add_rows(k, s->dhidden, n, H, s->grad.hidden_b);
    k->gemm_tn(W, H, n, s->gist, W, s->dhidden, H, 1, s->grad.hidden_w, H);
    k->gemm_nt(n, W, H, s->dhidden, H, s->p.hidden_w, H, 0, s->dgist, W);
    k->gemm_nt(n, W, F, s->dout, F, s->p.skip_w, F, 1, s->dgist, W);
    Gist g = student_gist(&s->p);
    GistTrainer t = {.w = s->near, .squares = s->squares, .rate = rate, .epsilon = SQUARES};
    for (int b = 0; b < n; b++) {
        GistTrace trace = trace_of(s, b);
        uint32_t at = l->start[window[b]];
        gist_backward(&g, &t, l->piece + at, (int)(l->start[window[b] + 1] - at), &trace,
                      s->dgist + (size_t)b * (size_t)W, s->grad.near_b);
    }
}

static bool learn(Apprentice *s, Arena *a, Err *err)
{
    const ApprenticeInput *in = s->in;
    size_t windows = in->lesson->windows, steps = (windows + BATCH - 1) / BATCH;
    size_t total = steps * (size_t)in->epochs, step = 0;
    AdamwConfig config = adamw_defaults((float)in->dense_rate);
    AdamwSpan span = {0, s->dense_count, 1, 0};
    config.clip_norm = 0;
    config.fall = ADAMW_FALL_LINEAR;
    config.last_rate = LAST_RATE;
    config.warmup_steps = (int64_t)total / 10 < WARMUP ? (int64_t)total / 10 : WARMUP;
    config.total_steps = (int64_t)total;
    s->adamw = adamw_new(a, &config, &span, 1, s->dense, s->dense_count);
    uint32_t *order = arena_raw(a, uint32_t, windows);
    for (size_t i = 0; i < windows; i++)
        order[i] = (uint32_t)i;
    Rng r;
    rng_seed(&r, in->seed ^ 0x6f726465u);
    double sum = 0;
    char note[48] = "";
    for (int epoch = 0; epoch < in->epochs; epoch++) {
        rng_shuffle(&r, order, windows);
        for (size_t i = 0; i < windows; i += BATCH, step++) {
            int n = windows - i < BATCH ? (int)(windows - i) : BATCH;
            float left = 1 - (1 - LAST_RATE) * (float)step / (float)total;
            memset(s->dense_grad, 0, s->dense_count * sizeof *s->dense_grad);
            forward(s, order + i, n);
            sum += compare(s, order + i, n);
            backward(s, order + i, n, (float)in->rate * left);
            adamw_step(release_kernels(in->release), s->adamw, s->dense, s->dense_grad);
            if (step % TICK)
                continue;
            progress_tick(in->progress, "windows", (uint64_t)epoch * windows + i,
                          (uint64_t)in->epochs * windows, note);
            if (stop_requested())
                return stop_err(err);
        }
        snprintf(note, sizeof note, "epoch %d  mean squared error %.3f", epoch + 2,
                 sum / (double)(windows * FACTOR_COUNT));
        sum = 0;
    }
    return true;
}

bool apprentice_learn(Arena *a, const ApprenticeInput *in, StudentParams *out, Err *err)
{
    if (in->lesson->windows == 0)
        return err_set(err, ERR_INPUT, "no text to learn from");
    Arena *own = arena_open((size_t)4 << 30);
    Apprentice *s = apprentice_new(own, in, a);
    bool ok = start(s, own, err) && learn(s, own, err);
    if (ok)
        *out = s->p;
    arena_close(own);
    return ok;
}

/* ---- how well ------------------------------------------------------------------------ */

void explained_measure(const float *said, const float *wanted, size_t n, Explained *out)
{
    double errors[FACTOR_COUNT] = {0}, sum[FACTOR_COUNT] = {0}, squares[FACTOR_COUNT] = {0};
    double all_errors = 0, all_spread = 0;
    *out = (Explained){0};
    for (size_t i = 0; i < n; i++) {
        const float *x = said + i * FACTOR_COUNT, *y = wanted + i * FACTOR_COUNT;
        if (isnan(x[0]) || isnan(y[0]))
            continue;
        out->texts++;
        for (int f = 0; f < FACTOR_COUNT; f++) {
            double d = (double)x[f] - (double)y[f];
            errors[f] += d * d;
            sum[f] += (double)y[f];
            squares[f] += (double)y[f] * (double)y[f];
        }
    }
    for (int f = 0; f < FACTOR_COUNT && out->texts; f++) {
        double spread = squares[f] - sum[f] * sum[f] / (double)out->texts;
        out->factor[f] = spread > 0 ? 1 - errors[f] / spread : NAN;
        all_errors += errors[f];
        all_spread += spread;
    }
    out->whole = all_spread > 0 ? 1 - all_errors / all_spread : NAN;
}

static void pool_view(const float *each, const float *sharpness, uint32_t count,
                      float greatest[FACTOR_COUNT])
{
    float one[FACTOR_COUNT];
    if (count == 0)
        return;
    pool_forward(each, sharpness, (int)count, FACTOR_COUNT, one);
    for (int f = 0; f < FACTOR_COUNT; f++)
        if (isnan(greatest[f]) || one[f] > greatest[f])
            greatest[f] = one[f];
}

void apprentice_explains(Arena *a, const Lesson *l, const Release *teacher,
                         const StudentParams *s, Explained *out)
{
    ArenaMark mark = arena_mark(a);
    float *each = arena_raw(a, float, (l->windows + 1) * FACTOR_COUNT);
    float *said = arena_raw(a, float, (l->texts + 1) * FACTOR_COUNT);
    float *wanted = arena_raw(a, float, (l->texts + 1) * FACTOR_COUNT);
    const float *sharpness = release_network(teacher)->pool_s;
    for (size_t w = 0; w < l->windows; w++)
        student_window(s, release_kernels(teacher), l->piece + l->start[w],
                       (int)(l->start[w + 1] - l->start[w]), each + w * FACTOR_COUNT);
    for (size_t i = 0; i < l->texts; i++) {
        float *x = said + i * FACTOR_COUNT, *y = wanted + i * FACTOR_COUNT;
        for (int f = 0; f < FACTOR_COUNT; f++)
            x[f] = y[f] = NAN;
        for (int v = 0; v < 2; v++) {
            uint32_t from = l->first[2 * i + (size_t)v];
            uint32_t count = l->first[2 * i + (size_t)v + 1] - from;
            pool_view(each + (size_t)from * FACTOR_COUNT, sharpness, count, x);
            pool_view(l->logit + (size_t)from * FACTOR_COUNT, sharpness, count, y);
        }
    }
    explained_measure(said, wanted, l->texts, out);
    arena_rewind(a, mark);
}
