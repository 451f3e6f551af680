#define GIST_LOOPS gist_loops_plain
#include "nn/gist_internal.h"

#include "nn/sparse_internal.h"

#include <assert.h>
#include <string.h>

enum { ROWS_AT_MOST = GIST_PLACES + 1 };

size_t gist_rows(uint32_t vocab, uint32_t pairs) { return (size_t)GIST_PLACES * vocab + pairs; }

static const GistLoops *loops(void)
{
#ifdef __x86_64__
    if (sparse_has_avx2())
        return &gist_loops_avx2;
#endif
    return &gist_loops_plain;
}

/* Part of the release format: two neighbours and the row of their pair. */
static uint32_t pair_of(uint32_t before, uint32_t behind, uint32_t pairs)
{
    uint32_t h = before * 0x9e3779b1u ^ behind * 0x85ebca77u;
    h ^= h >> 15;
    h *= 0x2c1b3c6du;
    h ^= h >> 13;
    return h % pairs;
}

/* The rows of the table that place i adds up. */
static int rows_at(const Gist *g, const int32_t *piece, int n, int i, size_t row[ROWS_AT_MOST])
{
    int count = 0;
    size_t here = (size_t)piece[i], vocab = g->vocab;
    assert(piece[i] >= 0 && here < vocab);
    if (i > 0)
        row[count++] = (size_t)piece[i - 1];
    row[count++] = vocab + here;
    if (i + 1 < n) {
        row[count++] = 2 * vocab + (size_t)piece[i + 1];
        if (g->pairs)
            row[count++] =
                GIST_PLACES * vocab + pair_of((uint32_t)here, (uint32_t)piece[i + 1], g->pairs);
    }
    return count;
}

void gist_forward(const Gist *g, const int32_t *piece, int n, float *out, GistTrace *trace)
{
    const GistLoops *l = loops();
    int W = g->width;
    float one[GIST_WIDTH_MAX], *sum = out, *greatest = out + W;
    size_t row[ROWS_AT_MOST];
    assert(W <= GIST_WIDTH_MAX && n > 0 && n <= GIST_PIECES_MAX);
    memset(out, 0, 2 * (size_t)W * sizeof *out);
    for (int j = 0; trace && j < W; j++)
        trace->top[j] = -1;
    for (int i = 0; i < n; i++) {
        float *z = trace ? trace->z + (size_t)i * (size_t)W : one;
        memcpy(z, g->bias, (size_t)W * sizeof *z);
        int count = rows_at(g, piece, n, i, row);
        for (int k = 0; k < count; k++) {
            if (g->w)
                l->add_f32(W, g->w + row[k] * (size_t)W, z);
            else
                l->add_i8(W, g->q + row[k] * (size_t)W, g->scale[row[k]], z);
        }
        l->collect(W, i, z, sum, greatest, trace ? trace->top : NULL);
    }
    for (int j = 0; j < W; j++)
        sum[j] *= 1.0f / (float)n;
}

void gist_backward(const Gist *g, const GistTrainer *t, const int32_t *piece, int n,
                   GistTrace *trace, const float *dout, float *dbias)
{
    const GistLoops *l = loops();
    int W = g->width;
    size_t row[ROWS_AT_MOST];
    const float *dmean = dout, *dmax = dout + W;
    for (int i = 0; i < n; i++) {
        float *z = trace->z + (size_t)i * (size_t)W; /* becomes its own gradient */
        for (int j = 0; j < W; j++) {
            float d = dmean[j] / (float)n + (trace->top[j] == i ? dmax[j] : 0);
            z[j] = z[j] > 0 ? d : 0;
            dbias[j] += z[j];
        }
        int count = rows_at(g, piece, n, i, row);
        for (int k = 0; k < count; k++)
            l->adagrad(W, z, t->rate, t->epsilon, t->w + row[k] * (size_t)W,
                       t->squares + row[k] * (size_t)W);
    }
}
