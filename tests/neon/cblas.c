/* cblas.c - what kernels_blas.c wants of a BLAS, so that the tests need no library of the
 * other processor.  Rows are dense and steps are 1, as ours are. */
#include "cblas.h"

#include <stddef.h>

void cblas_sgemm(enum CBLAS_ORDER order, enum CBLAS_TRANSPOSE turn_a,
                 enum CBLAS_TRANSPOSE turn_b, int M, int N, int K, float alpha, const float *A,
                 int lda, const float *B, int ldb, float beta, float *C, int ldc)
{
    (void)order;
    for (ptrdiff_t i = 0; i < M; i++)
        for (ptrdiff_t j = 0; j < N; j++) {
            double sum = 0;
            for (ptrdiff_t k = 0; k < K; k++)
                sum += (double)(turn_a == CblasTrans ? A[k * lda + i] : A[i * lda + k]) *
                       (double)(turn_b == CblasTrans ? B[j * ldb + k] : B[k * ldb + j]);
            float *c = &C[i * ldc + j];
            *c = alpha * (float)sum + (beta == 0.0f ? 0.0f : beta * *c);
        }
}

float cblas_sdot(int n, const float *x, int x_step, const float *y, int y_step)
{
    double sum = 0;
    for (ptrdiff_t i = 0; i < n; i++)
        sum += (double)x[i * x_step] * (double)y[i * y_step];
    return (float)sum;
}

void cblas_saxpy(int n, float a, const float *x, int x_step, float *y, int y_step)
{
    for (ptrdiff_t i = 0; i < n; i++)
        y[i * y_step] += a * x[i * x_step];
}

void openblas_set_num_threads(int n) { (void)n; }

char *openblas_get_corename(void)
{
    static char name[] = "plain loops";
    return name;
}
