/* kernels.h - the arithmetic, behind one table that is chosen at run time.
 *
 * kernels_reference.c is the truth: plain loops, written to be read.  kernels_blas.c
 * takes matrix products from OpenBLAS (one thread), kernels_avx2.c is ours; the rest
 * of their tables is whichever is best.  Each is tested against the reference.
 * For one table and one input the result is the same to the bit.
 *
 * Matrices are row-major.  Sizes are ints; a leading dimension is the row stride.
 */
#ifndef NN_KERNELS_H
#define NN_KERNELS_H

#include "base/err.h"
#include "base/str.h"

typedef struct Kernels {
    const char *name;
    /* C[M,N] = beta C + A[M,K] B[K,N] */
    void (*gemm_nn)(int M, int N, int K, const float *A, int lda, const float *B, int ldb,
                    float beta, float *C, int ldc);
    /* C[M,N] = beta C + A[M,K] B[N,K]^T */
    void (*gemm_nt)(int M, int N, int K, const float *A, int lda, const float *B, int ldb,
                    float beta, float *C, int ldc);
    /* C[M,N] = beta C + A[K,M]^T B[K,N] */
    void (*gemm_tn)(int M, int N, int K, const float *A, int lda, const float *B, int ldb,
                    float beta, float *C, int ldc);
    float (*dot)(const float *x, const float *y, int n);
    void (*axpy)(int n, float a, const float *x, float *y); /* y += a x */
    void (*softmax)(float *x, int n);                       /* in place */
    void (*layernorm)(float *out, float *mean, float *rstd, const float *in, const float *gain,
                      const float *bias, int rows, int C); /* mean, rstd may be NULL */
    void (*relu)(float *x, int n);
} Kernels;

/* "auto" (the fastest this processor runs), "reference", "blas", "avx2".
 * ERR_USAGE names what there is; ERR_NOT_FOUND when the processor lacks it. */
bool kernels_find(Str name, const Kernels **out, Err *err);

#endif
