/* cblas.h - in OpenBLAS's place where the tests of kernels are built for another processor
 * (make neon).  cblas.c has the loops. */
#ifndef NEON_CBLAS_H
#define NEON_CBLAS_H

enum CBLAS_ORDER { CblasRowMajor = 101 };
enum CBLAS_TRANSPOSE { CblasNoTrans = 111, CblasTrans = 112 };

void cblas_sgemm(enum CBLAS_ORDER order, enum CBLAS_TRANSPOSE turn_a,
                 enum CBLAS_TRANSPOSE turn_b, int M, int N, int K, float alpha, const float *A,
                 int lda, const float *B, int ldb, float beta, float *C, int ldc);
float cblas_sdot(int n, const float *x, int x_step, const float *y, int y_step);
void cblas_saxpy(int n, float a, const float *x, int x_step, float *y, int y_step);
void openblas_set_num_threads(int n);
char *openblas_get_corename(void);

#endif
