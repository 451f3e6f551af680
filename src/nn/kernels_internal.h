/* kernels_internal.h - the tables and the pieces they lend each other. */
#ifndef NN_KERNELS_INTERNAL_H
#define NN_KERNELS_INTERNAL_H

#include "nn/kernels.h"

extern const Kernels kernels_reference, kernels_int8_reference, kernels_blas;
extern const Kernels kernels_avx2, kernels_avx512, kernels_int8_avx2, kernels_int8_avxvnni,
    kernels_int8_avx512;
extern const Kernels kernels_neon, kernels_int8_neon;

extern const PackedKernels packed_f32_avx2, packed_f32_avx512, packed_f32_neon;
extern const PackedKernels packed_i8_reference, packed_i8_avx2, packed_i8_avxvnni,
    packed_i8_avx512, packed_i8_neon;

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
