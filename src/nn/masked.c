/* masked.c - see masked.h.
 *
 * The logarithm of a softmax is taken from its greatest probability, which is never far
 * from zero: log p[i] = (z[i] - z[top]) + log p[top].  The logarithm of p[i] itself would
 * be minus infinity for a piece that the layer finds impossible.
 */
#include "nn/masked.h"

#include "nn/layers.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define FIRST_DEVIATION 0.02 /* as of BERT's weights */

size_t masked_param_count(void)
{
    size_t n = 0;
#define X(name, rows, cols) n += (size_t)(rows) * (size_t)(cols);
    MASKED_PARAMS(X)
#undef X
    return n;
}

void masked_params_at(MaskedParams *p, float *all)
{
    *p = (MaskedParams){.all = all, .count = masked_param_count()};
#define X(name, rows, cols) \
    p->name = all;          \
    all += (size_t)(rows) * (size_t)(cols);
    MASKED_PARAMS(X)
#undef X
}

/* Never made: offsetof adds the sizes up. */
typedef struct Layout {
#define X(name, rows, cols) float name[(size_t)(rows) * (size_t)(cols)];
    MASKED_PARAMS(X)
#undef X
} Layout;

const MaskedParamInfo masked_param_info[] = {
#define X(name, rows, cols) {#name, offsetof(Layout, name) / sizeof(float), rows, cols},
    MASKED_PARAMS(X)
#undef X
};
const int masked_param_info_count = sizeof masked_param_info / sizeof *masked_param_info;

void masked_first_weights(MaskedParams *p, Rng *rng)
{
    memset(p->all, 0, p->count * sizeof *p->all);
    for (int i = 0; i < ENCODER_WIDTH * ENCODER_WIDTH0; i++)
        p->dense_w[i] = (float)(FIRST_DEVIATION * rng_normal(rng));
    for (int i = 0; i < ENCODER_WIDTH0; i++)
        p->norm_g[i] = 1;
}

static Linear dense_of(const MaskedParams *p)
{
    return (Linear){p->dense_w, p->dense_b, ENCODER_WIDTH, ENCODER_WIDTH0};
}

/* x times the share of a normal distribution below x. */
static float below(float x) { return 0.5f * (1 + erff(x * (float)M_SQRT1_2)); }

static void gelu_forward(const float *in, float *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = in[i] * below(in[i]);
}

static void gelu_backward(const float *in, float *dx, size_t n)
{
    const float density = 0.3989422804f; /* of a normal distribution at 0 */
    for (size_t i = 0; i < n; i++)
        dx[i] *= below(in[i]) + in[i] * density * expf(-0.5f * in[i] * in[i]);
}

/* Of one row: logits become probabilities, minus log of the wanted one comes back. */
static double cross_entropy(const Kernels *k, float *z, int want)
{
    int top = 0;
    for (int i = 1; i < ENCODER_VOCAB; i++)
        top = z[i] > z[top] ? i : top;
    double under = (double)z[top] - (double)z[want];
    k->softmax(z, ENCODER_VOCAB);
    return under - log((double)z[top]);
}

/* What one call keeps, M rows each. */
typedef struct Work {
    float *x, *dense, *gelu, *norm, *mean, *rstd, *logit;
} Work;

static void forward(const Kernels *k, const MaskedParams *p, const float *embed,
                    const float *output, const MaskedPieces *m, Work *w)
{
    Linear dense = dense_of(p);
    for (int i = 0; i < m->count; i++)
        memcpy(w->x + (size_t)i * ENCODER_WIDTH, output + (size_t)m->at[i] * ENCODER_WIDTH,
               ENCODER_WIDTH * sizeof *w->x);
    linear_forward(k, &dense, w->dense, w->x, m->count);
    gelu_forward(w->dense, w->gelu, (size_t)m->count * ENCODER_WIDTH0);
    k->layernorm(w->norm, w->mean, w->rstd, w->gelu, p->norm_g, p->norm_b, m->count,
                 ENCODER_WIDTH0);
    for (int i = 0; i < m->count; i++)
        memcpy(w->logit + (size_t)i * ENCODER_VOCAB, p->piece_b,
               ENCODER_VOCAB * sizeof *w->logit);
    k->gemm_nt(m->count, ENCODER_VOCAB, ENCODER_WIDTH0, w->norm, ENCODER_WIDTH0, embed,
               ENCODER_WIDTH0, 1, w->logit, ENCODER_VOCAB);
}

/* w->logit holds d loss / d logits by now. */
static void backward(const Kernels *k, const MaskedParams *p, const float *embed, Arena *a,
                     const MaskedPieces *m, const Work *w, const MaskedGrads *g)
{
    size_t M = (size_t)m->count;
    Linear dense = dense_of(p), dense_grad = dense_of(g->params);
    float *dnorm = arena_raw(a, float, M *ENCODER_WIDTH0);
    float *dgelu = arena_array(a, float, M *ENCODER_WIDTH0);
    for (size_t i = 0; i < M; i++)
        k->axpy(ENCODER_VOCAB, 1, w->logit + i * ENCODER_VOCAB, g->params->piece_b);
    if (g->embed)
        k->gemm_tn(ENCODER_VOCAB, ENCODER_WIDTH0, m->count, w->logit, ENCODER_VOCAB, w->norm,
                   ENCODER_WIDTH0, 1, g->embed, ENCODER_WIDTH0);
    k->gemm_nn(m->count, ENCODER_WIDTH0, ENCODER_VOCAB, w->logit, ENCODER_VOCAB, embed,
               ENCODER_WIDTH0, 0, dnorm, ENCODER_WIDTH0);
    layernorm_backward(p->norm_g, &(LayernormGrad){g->params->norm_g, g->params->norm_b},
                       w->gelu, w->mean, w->rstd, dnorm, dgelu, m->count, ENCODER_WIDTH0);
    gelu_backward(w->dense, dgelu, M * ENCODER_WIDTH0);
    linear_backward(k, &dense, &dense_grad, w->x, dgelu, m->count);
    if (!g->output)
        return;
    float *dx = arena_raw(a, float, M *ENCODER_WIDTH);
    linear_backward_input(k, &dense, dgelu, m->count, 0, dx);
    for (size_t i = 0; i < M; i++)
        memcpy(g->output + (size_t)m->at[i] * ENCODER_WIDTH, dx + i * ENCODER_WIDTH,
               ENCODER_WIDTH * sizeof *dx);
}

double masked_loss(const Kernels *k, const MaskedParams *p, const float *embed, Arena *a,
                   const float *output, const MaskedPieces *m, float scale,
                   const MaskedGrads *grads)
{
    if (m->count == 0)
        return 0;
    ArenaMark mark = arena_mark(a);
    size_t M = (size_t)m->count;
    Work w = {.x = arena_raw(a, float, M *ENCODER_WIDTH),
              .dense = arena_raw(a, float, M *ENCODER_WIDTH0),
              .gelu = arena_raw(a, float, M *ENCODER_WIDTH0),
              .norm = arena_raw(a, float, M *ENCODER_WIDTH0),
              .mean = arena_raw(a, float, M),
              .rstd = arena_raw(a, float, M),
              .logit = arena_raw(a, float, M *ENCODER_VOCAB)};
    forward(k, p, embed, output, m, &w);
    double sum = 0;
    for (int i = 0; i < m->count; i++) {
        float *z = w.logit + (size_t)i * ENCODER_VOCAB;
        assert(0 <= m->want[i] && m->want[i] < ENCODER_VOCAB);
        sum += cross_entropy(k, z, m->want[i]);
        z[m->want[i]] -= 1;
        for (int v = 0; grads && v < ENCODER_VOCAB; v++)
            z[v] *= scale;
    }
    if (grads)
        backward(k, p, embed, a, m, &w, grads);
    arena_rewind(a, mark);
    return sum;
}
