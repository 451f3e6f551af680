/* sparse.h - a linear layer over hashed features, of which a text has a handful.
 *
 * out[F] += sum_i value_i W[bucket_i, F].  W is float, or int8 with a scale per row or
 * per column or both (a NULL scale is 1).  Trained by AdaGrad (Duchi, Hazan & Singer
 * 2011): rare features keep a high rate, frequent ones settle; only touched rows move.
 */
#ifndef NN_SPARSE_H
#define NN_SPARSE_H

#include <stddef.h>
#include <stdint.h>

typedef struct SparseFeature {
    uint32_t bucket;
    float value;
} SparseFeature;

typedef struct SparseLinear {
    uint32_t buckets;
    int F;
    const float *w;         /* [buckets, F], or NULL and: */
    const int8_t *q;        /* [buckets, F] */
    const float *row_scale; /* [buckets] */
    const float *col_scale; /* [F] */
} SparseLinear;

/* Buckets are below l->buckets (asserted). */
void sparse_forward(const SparseLinear *l, const SparseFeature *x, size_t n, float *out);

typedef struct SparseTrainer {
    uint32_t buckets;
    int F;
    float *w, *squares;  /* [buckets, F]; squares: sums of squared gradients, from 0 */
    float rate, epsilon; /* w -= rate g / (sqrt(squares) + epsilon) */
    float decay;         /* L2: g += decay w, on touched rows */
} SparseTrainer;

/* One example's step, given dout[F] = d loss / d out.  A bucket that stands twice in x
 * moves twice, one after the other. */
void sparse_adagrad(const SparseTrainer *t, const SparseFeature *x, size_t n,
                    const float *dout);

#endif
