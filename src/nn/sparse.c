#include "nn/sparse.h"

#include "nn/sparse_internal.h"

#include <assert.h>
#include <math.h>

static void add_row_i8(const SparseLinear *l, const SparseFeature *x, float *out)
{
    const int8_t *q = l->q + (size_t)x->bucket * (size_t)l->F;
    float a = x->value * (l->row_scale ? l->row_scale[x->bucket] : 1);
    if (l->col_scale)
        for (int f = 0; f < l->F; f++)
            out[f] += a * l->col_scale[f] * (float)q[f];
    else
        for (int f = 0; f < l->F; f++)
            out[f] += a * (float)q[f];
}

void sparse_forward(const SparseLinear *l, const SparseFeature *x, size_t n, float *out)
{
    bool fits =
        l->F >= SPARSE_F_LEAST && l->F <= SPARSE_F_MOST && l->row_scale && !l->col_scale;
    if (!l->w && fits && sparse_has_avx2()) {
        sparse_rows_avx2(l, x, n, out);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        assert(x[i].bucket < l->buckets);
        if (!l->w) {
            add_row_i8(l, &x[i], out);
            continue;
        }
        const float *w = l->w + (size_t)x[i].bucket * (size_t)l->F;
        for (int f = 0; f < l->F; f++)
            out[f] += x[i].value * w[f];
    }
}

void sparse_adagrad(const SparseTrainer *t, const SparseFeature *x, size_t n, const float *dout)
{
    for (size_t i = 0; i < n; i++) {
        assert(x[i].bucket < t->buckets);
        size_t at = (size_t)x[i].bucket * (size_t)t->F;
        float *w = t->w + at, *s = t->squares + at;
        for (int f = 0; f < t->F; f++) {
            float g = x[i].value * dout[f] + t->decay * w[f];
            s[f] += g * g;
            w[f] -= t->rate * g / (sqrtf(s[f]) + t->epsilon);
        }
    }
}
