/* layers.h - the parts of a network: pure pairs of x_forward and x_backward.
 *
 * No allocation, no globals.  Shapes stand above each function; N counts rows (pieces
 * of all windows, one after the other).  A backward adds to the gradients it is given
 * and never overwrites, unless its comment says so.  din may be NULL where nobody asks.
 */
#ifndef NN_LAYERS_H
#define NN_LAYERS_H

#include "base/rng.h"
#include "nn/kernels.h"

/* out[N,O] = in[N,I] w[I,O] + b[O]; a gradient has the same form. */
typedef struct Linear {
    float *w, *b;
    int I, O;
} Linear;
void linear_forward(const Kernels *k, const Linear *l, float *out, const float *in, int N);
/* grad += ; din[N,I] = beta din + dout w^T, so that beta 1 adds and beta 0 sets. */
void linear_backward(const Kernels *k, const Linear *l, Linear *grad, const float *in,
                     const float *dout, int N);
void linear_backward_input(const Kernels *k, const Linear *l, const float *dout, int N,
                           float beta, float *din);

/* in, dout, din are [N,C]; mean and rstd [N] are what the forward kernel kept. */
typedef struct LayernormGrad {
    float *gain, *bias; /* [C], added to */
} LayernormGrad;
void layernorm_backward(const float *gain, LayernormGrad *grad, const float *in,
                        const float *mean, const float *rstd, const float *dout, float *din,
                        int N, int C);

/* Rows of in sit in windows start[0..count]; attention stays inside a window.
 * qkv[N,3D] holds q, k and v side by side, each cut in H heads of D/H; out[N,D].
 * probs: per window and head a T x T matrix, one after the other; see attention_probs. */
typedef struct AttentionShape {
    const int32_t *start; /* count + 1 */
    int count, D, H;
} AttentionShape;
size_t attention_probs(const AttentionShape *s); /* floats */
void attention_forward(const Kernels *k, const AttentionShape *s, float *out, float *probs,
                       const float *qkv);
/* dqkv[N,3D] is set, not added to.  scratch: floats for the longest window squared. */
void attention_backward(const Kernels *k, const AttentionShape *s, const float *qkv,
                        const float *probs, const float *dout, float *dqkv, float *scratch);

/* In place on dx[n]: of softmax over n, given its output; of relu, of tanh likewise. */
void softmax_backward(const Kernels *k, const float *out, float *dx, int n);
void relu_backward(const float *out, float *dx, size_t n);
void tanh_forward(float *x, size_t n);
void tanh_backward(const float *out, float *dx, size_t n);

/* Inverted dropout (Srivastava et al. 2014): each value is zeroed with probability
 * rate (in steps of 2^-16) and the kept ones grow by 1/(1-rate).  keep[n]: what stayed. */
void dropout_forward(float *x, uint8_t *keep, size_t n, float rate, Rng *rng);
void dropout_backward(float *dx, const uint8_t *keep, size_t n, float rate);

/* out[N,C] = in / |in| by row; a row of zeros stays.  din is added to. */
void l2norm_forward(float *out, const float *in, int N, int C);
void l2norm_backward(const float *in, const float *dout, float *din, int N, int C);

#endif
