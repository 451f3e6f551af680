/* kernels_blas.c - matrix products and vector sums from OpenBLAS, the rest from the
 * reference.
 *
 * OpenBLAS is set to one thread by kernels_find; calls from several threads of ours at
 * once are safe (each takes its own packing buffer).  This file and kernels.c are the
 * door to cblas.
 */
#include "nn/kernels_internal.h"

#include <cblas.h>

void blas_gemm_nn(int M, int N, int K, const float *A, int lda, const float *B, int ldb,
                  float beta, float *C, int ldc)
{
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, M, N, K, 1.0f, A, lda, B, ldb, beta,
                C, ldc);
}

void blas_gemm_nt(int M, int N, int K, const float *A, int lda, const float *B, int ldb,
                  float beta, float *C, int ldc)
{
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, M, N, K, 1.0f, A, lda, B, ldb, beta, C,
                ldc);
}

void blas_gemm_tn(int M, int N, int K, const float *A, int lda, const float *B, int ldb,
                  float beta, float *C, int ldc)
{
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, M, N, K, 1.0f, A, lda, B, ldb, beta, C,
                ldc);
}

static float dot(const float *x, const float *y, int n) { return cblas_sdot(n, x, 1, y, 1); }

static void axpy(int n, float a, const float *x, float *y) { cblas_saxpy(n, a, x, 1, y, 1); }

#define TABLE(label, packing, in_full)                                                     \
    {                                                                                      \
        .name = label, .packed = packing, .full = in_full, .gemm_nn = blas_gemm_nn,        \
        .gemm_nt = blas_gemm_nt, .gemm_tn = blas_gemm_tn, .dot = dot, .axpy = axpy,        \
        .lerp = reference_lerp, .softmax = reference_softmax,                              \
        .layernorm = reference_layernorm, .relu = reference_relu, .adamw = reference_adamw \
    }
const Kernels kernels_blas = TABLE("blas", NULL, NULL);
#ifdef __aarch64__
const Kernels kernels_neon = TABLE("neon", &packed_f32_neon, NULL);
const Kernels kernels_int8_neon = TABLE("int8-neon", &packed_i8_neon, &kernels_neon);
#endif
