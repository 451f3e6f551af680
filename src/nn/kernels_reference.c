/* kernels_reference.c - the truth: plain loops, written to be read.
 *
 * Every other table is tested against this one.  Where it would matter, sums run in
 * double here, so that a difference points at the fast kernel.
 */
#include "nn/kernels_internal.h"

#include <math.h>

/* clang-format off */
static void scale_rows(int M, int N, float beta, float *C, int ldc)
{
    for (int i = 0; i < M; i++)
        for (int j = 0; j < N; j++)
            C[(size_t)i * (size_t)ldc + (size_t)j] =
                beta == 0.0f ? 0.0f : beta * C[(size_t)i * (size_t)ldc + (size_t)j];
}
/* clang-format on */

static void gemm_nn(int M, int N, int K, const float *A, int lda, const float *B, int ldb,
                    float beta, float *C, int ldc)
{
    scale_rows(M, N, beta, C, ldc);
    for (int i = 0; i < M; i++)
        for (int k = 0; k < K; k++) {
            float a = A[(size_t)i * (size_t)lda + (size_t)k];
            const float *b = B + (size_t)k * (size_t)ldb;
            float *c = C + (size_t)i * (size_t)ldc;
            for (int j = 0; j < N; j++)
                c[j] += a * b[j];
        }
}

static float dot(const float *x, const float *y, int n)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += (double)x[i] * (double)y[i];
    return (float)sum;
}

static void gemm_nt(int M, int N, int K, const float *A, int lda, const float *B, int ldb,
                    float beta, float *C, int ldc)
{
    scale_rows(M, N, beta, C, ldc);
    for (int i = 0; i < M; i++)
        for (int j = 0; j < N; j++)
            C[(size_t)i * (size_t)ldc + (size_t)j] +=
                dot(A + (size_t)i * (size_t)lda, B + (size_t)j * (size_t)ldb, K);
}

static void gemm_tn(int M, int N, int K, const float *A, int lda, const float *B, int ldb,
                    float beta, float *C, int ldc)
{
    scale_rows(M, N, beta, C, ldc);
    for (int k = 0; k < K; k++)
        for (int i = 0; i < M; i++) {
            float a = A[(size_t)k * (size_t)lda + (size_t)i];
            const float *b = B + (size_t)k * (size_t)ldb;
            float *c = C + (size_t)i * (size_t)ldc;
            for (int j = 0; j < N; j++)
                c[j] += a * b[j];
        }
}

static void axpy(int n, float a, const float *x, float *y)
{
    for (int i = 0; i < n; i++)
        y[i] += a * x[i];
}

void reference_lerp(size_t n, float a, const float *x, float *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] += a * (x[i] - y[i]);
}

void reference_softmax(float *x, int n)
{
    if (n <= 0)
        return;
    float top = x[0];
    for (int i = 1; i < n; i++)
        top = x[i] > top ? x[i] : top;
    double sum = 0;
    for (int i = 0; i < n; i++) {
        x[i] = expf(x[i] - top);
        sum += (double)x[i];
    }
    for (int i = 0; i < n; i++)
        x[i] = (float)((double)x[i] / sum);
}

void reference_layernorm(float *out, float *mean, float *rstd, const float *in,
                         const float *gain, const float *bias, int rows, int C)
{
    for (int r = 0; r < rows; r++) {
        const float *x = in + (size_t)r * (size_t)C;
        float *y = out + (size_t)r * (size_t)C;
        double sum = 0, square = 0;
        for (int i = 0; i < C; i++)
            sum += (double)x[i];
        float mu = (float)(sum / C);
        for (int i = 0; i < C; i++)
            square += (double)(x[i] - mu) * (double)(x[i] - mu);
        float s = (float)(1.0 / sqrt(square / C + (double)LAYERNORM_EPSILON));
        for (int i = 0; i < C; i++)
            y[i] = (x[i] - mu) * s * gain[i] + bias[i];
        if (mean)
            mean[r] = mu;
        if (rstd)
            rstd[r] = s;
    }
}

void reference_relu(float *x, int n)
{
    for (int i = 0; i < n; i++)
        x[i] = x[i] > 0 ? x[i] : 0;
}

void reference_adamw(float *p, float *m, float *v, const float *g, size_t n,
                     const AdamwScalars *s)
{
    for (size_t i = 0; i < n; i++) {
        float d = g[i] * s->grad_scale;
        m[i] = s->beta1 * m[i] + (1 - s->beta1) * d;
        v[i] = s->beta2 * v[i] + (1 - s->beta2) * d * d;
        p[i] =
            s->keep * p[i] - s->step_size * m[i] / (sqrtf(v[i]) * s->root_scale + s->epsilon);
    }
}

#define TABLE(label, packing, in_full)                                                     \
    {                                                                                      \
        .name = label, .packed = packing, .full = in_full, .gemm_nn = gemm_nn,             \
        .gemm_nt = gemm_nt, .gemm_tn = gemm_tn, .dot = dot, .axpy = axpy,                  \
        .lerp = reference_lerp, .softmax = reference_softmax,                              \
        .layernorm = reference_layernorm, .relu = reference_relu, .adamw = reference_adamw \
    }
const Kernels kernels_reference = TABLE("reference", NULL, NULL);
const Kernels kernels_int8_reference =
    TABLE("int8-reference", &packed_i8_reference, &kernels_reference);
