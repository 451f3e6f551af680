/* kernels_internal.h - the tables and the pieces they lend each other. */
#ifndef NN_KERNELS_INTERNAL_H
#define NN_KERNELS_INTERNAL_H

#include "nn/kernels.h"

extern const Kernels kernels_reference, kernels_blas, kernels_avx2;

#define LAYERNORM_EPSILON 1e-6f

void reference_lerp(size_t n, float a, const float *x, float *y);
void reference_softmax(float *x, int n);
void reference_layernorm(float *out, float *mean, float *rstd, const float *in,
                         const float *gain, const float *bias, int rows, int C);
void reference_relu(float *x, int n);
void reference_adamw(float *p, float *m, float *v, const float *g, size_t n,
                     const AdamwScalars *s);

void blas_gemm_nn(int M, int N, int K, const float *A, int lda, const float *B, int ldb,
                  float beta, float *C, int ldc);
void blas_gemm_nt(int M, int N, int K, const float *A, int lda, const float *B, int ldb,
                  float beta, float *C, int ldc);
void blas_gemm_tn(int M, int N, int K, const float *A, int lda, const float *B, int ldb,
                  float beta, float *C, int ldc);

#endif
