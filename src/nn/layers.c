/* layers.c - see layers.h.
 *
 * The products carry the cost and go to the kernels; what is left is written plainly.
 * Attention calls one small product per window and head: at 28 pieces such a product
 * takes about 2 us in OpenBLAS and runs at half its peak, and all of them are some 3 % of
 * a training step, so nothing cleverer stands here.
 */
#include "nn/layers.h"

#include <assert.h>
#include <math.h>
#include <string.h>

void linear_forward(const Kernels *k, const Linear *l, float *out, const float *in, int N)
{
    for (int r = 0; r < N; r++)
        memcpy(out + (size_t)r * (size_t)l->O, l->b, (size_t)l->O * sizeof *out);
    k->gemm_nn(N, l->O, l->I, in, l->I, l->w, l->O, 1, out, l->O);
}

void linear_backward(const Kernels *k, const Linear *l, Linear *grad, const float *in,
                     const float *dout, int N)
{
    k->gemm_tn(l->I, l->O, N, in, l->I, dout, l->O, 1, grad->w, l->O);
    for (int r = 0; r < N; r++)
        k->axpy(l->O, 1, dout + (size_t)r * (size_t)l->O, grad->b);
}

void linear_backward_input(const Kernels *k, const Linear *l, const float *dout, int N,
                           float beta, float *din)
{
    k->gemm_nt(N, l->I, l->O, dout, l->O, l->w, l->O, beta, din, l->I);
}

/* With h = (x - mean) rstd and e = dout gain:
 * dx = rstd (e - mean(e) - h mean(e h)). */
void layernorm_backward(const float *gain, LayernormGrad *grad, const float *in,
                        const float *mean, const float *rstd, const float *dout, float *din,
                        int N, int C)
{
    for (int r = 0; r < N; r++) {
        const float *x = in + (size_t)r * (size_t)C, *dy = dout + (size_t)r * (size_t)C;
        float *dx = din + (size_t)r * (size_t)C, mu = mean[r], s = rstd[r];
        double e_sum = 0, eh_sum = 0;
        for (int i = 0; i < C; i++) {
            float h = (x[i] - mu) * s, e = dy[i] * gain[i];
            e_sum += (double)e;
            eh_sum += (double)(e * h);
            grad->gain[i] += dy[i] * h;
            grad->bias[i] += dy[i];
        }
        float e_mean = (float)(e_sum / C), eh_mean = (float)(eh_sum / C);
        for (int i = 0; i < C; i++) {
            float h = (x[i] - mu) * s, e = dy[i] * gain[i];
            dx[i] += s * (e - e_mean - h * eh_mean);
        }
    }
}

size_t attention_probs(const AttentionShape *s)
{
    size_t n = 0;
    for (int w = 0; w < s->count; w++) {
        size_t T = (size_t)(s->start[w + 1] - s->start[w]);
        n += T * T * (size_t)s->H;
    }
    return n;
}

void attention_forward(const Kernels *k, const AttentionShape *s, float *out, float *probs,
                       const float *qkv)
{
    int D = s->D, row = 3 * D, d = D / s->H;
    float scale = 1 / sqrtf((float)d);
    for (int w = 0; w < s->count; w++) {
        int T = s->start[w + 1] - s->start[w];
        const float *q = qkv + (size_t)s->start[w] * (size_t)row;
        float *o = out + (size_t)s->start[w] * (size_t)D;
        for (int h = 0; h < s->H; h++, q += d, o += d, probs += (size_t)T * (size_t)T) {
            k->gemm_nt(T, T, d, q, row, q + D, row, 0, probs, T);
            for (int i = 0; i < T; i++) {
                float *p = probs + (size_t)i * (size_t)T;
                for (int j = 0; j < T; j++)
                    p[j] *= scale;
                k->softmax(p, T);
            }
            k->gemm_nn(T, d, T, probs, T, q + 2 * D, row, 0, o, D);
        }
    }
}

void attention_backward(const Kernels *k, const AttentionShape *s, const float *qkv,
                        const float *probs, const float *dout, float *dqkv, float *scratch)
{
    int D = s->D, row = 3 * D, d = D / s->H;
    float scale = 1 / sqrtf((float)d), *ds = scratch;
    for (int w = 0; w < s->count; w++) {
        int T = s->start[w + 1] - s->start[w];
        size_t at = (size_t)s->start[w];
        const float *q = qkv + at * (size_t)row, *dy = dout + at * (size_t)D;
        float *dq = dqkv + at * (size_t)row;
        for (int h = 0; h < s->H; h++, q += d, dq += d, dy += d) {
            k->gemm_tn(T, d, T, probs, T, dy, D, 0, dq + 2 * D, row);
            k->gemm_nt(T, T, d, dy, D, q + 2 * D, row, 0, ds, T);
            for (int i = 0; i < T; i++) {
                float *g = ds + (size_t)i * (size_t)T;
                softmax_backward(k, probs + (size_t)i * (size_t)T, g, T);
                for (int j = 0; j < T; j++)
                    g[j] *= scale;
            }
            k->gemm_nn(T, d, T, ds, T, q + D, row, 0, dq, row);
            k->gemm_tn(T, d, T, ds, T, q, row, 0, dq + D, row);
            probs += (size_t)T * (size_t)T;
        }
    }
}

void softmax_backward(const Kernels *k, const float *out, float *dx, int n)
{
    float inner = k->dot(out, dx, n);
    for (int i = 0; i < n; i++)
        dx[i] = out[i] * (dx[i] - inner);
}

void relu_backward(const float *out, float *dx, size_t n)
{
    for (size_t i = 0; i < n; i++)
        dx[i] = out[i] > 0 ? dx[i] : 0;
}

void tanh_forward(float *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = tanhf(x[i]);
}

void tanh_backward(const float *out, float *dx, size_t n)
{
    for (size_t i = 0; i < n; i++)
        dx[i] *= 1 - out[i] * out[i];
}

void dropout_forward(float *x, uint8_t *keep, size_t n, float rate, Rng *rng)
{
    assert(rate >= 0 && rate < 1);
    uint64_t least = (uint64_t)lrintf(rate * 65536), bits = 0; /* four draws a word */
    float grow = 1 / (1 - rate);
    for (size_t i = 0; i < n; i++) {
        bits = i % 4 ? bits >> 16 : rng_u64(rng);
        keep[i] = (bits & 0xffff) >= least;
        x[i] = keep[i] ? x[i] * grow : 0;
    }
}

void dropout_backward(float *dx, const uint8_t *keep, size_t n, float rate)
{
    float grow = 1 / (1 - rate);
    for (size_t i = 0; i < n; i++)
        dx[i] = keep[i] ? dx[i] * grow : 0;
}

/* Below this a row counts as zero; as the base package does. */
#define LEAST_NORM 1e-6

static double norm_of(const float *x, int C)
{
    double sum = 0;
    for (int i = 0; i < C; i++)
        sum += (double)x[i] * (double)x[i];
    return fmax(sqrt(sum), LEAST_NORM);
}

void l2norm_forward(float *out, const float *in, int N, int C)
{
    for (int r = 0; r < N; r++, in += C, out += C) {
        double norm = norm_of(in, C);
        for (int i = 0; i < C; i++)
            out[i] = (float)((double)in[i] / norm);
    }
}

/* dx = (dy - y (y . dy)) / |x| */
void l2norm_backward(const float *in, const float *dout, float *din, int N, int C)
{
    for (int r = 0; r < N; r++, in += C, dout += C, din += C) {
        double norm = norm_of(in, C), inner = 0;
        for (int i = 0; i < C; i++)
            inner += (double)in[i] / norm * (double)dout[i];
        for (int i = 0; i < C; i++)
            din[i] += (float)(((double)dout[i] - (double)in[i] / norm * inner) / norm);
    }
}
