/* kernels.h - the arithmetic, behind one table that is chosen at run time.
 *
 * kernels_reference.c is the truth: plain loops, written to be read.  kernels_blas.c
 * takes matrix products from OpenBLAS (one thread), kernels_avx2.c is ours; the rest
 * of their tables is whichever is best.  Tables with a `packed` part have products of their own
 * for weights that stay (packed.h), in float32 or int8; training knows nothing of
 * them.  Each is tested against the reference.
 * For one table, one input and one processor the result is the same to the bit, from
 * any number of threads at once.  (Across processors: the reference always; OpenBLAS
 * chooses its own code by processor, so sums may be ordered otherwise there.)
 *
 * Matrices are row-major.  Sizes are ints; a leading dimension is the row stride.
 */
#ifndef NN_KERNELS_H
#define NN_KERNELS_H

#include "base/err.h"
#include "base/str.h"

/* One AdamW step's numbers, after bias correction; nn/adamw.c makes them. */
typedef struct AdamwScalars {
    float grad_scale;          /* of clipping */
    float beta1, beta2;        /* decay of the moments */
    float step_size;           /* rate / (1 - beta1^t) */
    float root_scale, epsilon; /* divisor: sqrt(v) * root_scale + epsilon */
    float keep;                /* 1 - rate * weight decay */
} AdamwScalars;

typedef struct PackedKernels PackedKernels; /* packed.h */

typedef struct Kernels {
    const char *name;
    const PackedKernels *packed; /* how a release's encoder runs; NULL: by the products below */
    const struct Kernels *full;  /* of an int8 table: the one for weights kept in float32 */
    /* C[M,N] = beta C + A[M,K] B[K,N]; beta 0 never reads C */
    void (*gemm_nn)(int M, int N, int K, const float *A, int lda, const float *B, int ldb,
                    float beta, float *C, int ldc);
    /* C[M,N] = beta C + A[M,K] B[N,K]^T */
    void (*gemm_nt)(int M, int N, int K, const float *A, int lda, const float *B, int ldb,
                    float beta, float *C, int ldc);
    /* C[M,N] = beta C + A[K,M]^T B[K,N] */
    void (*gemm_tn)(int M, int N, int K, const float *A, int lda, const float *B, int ldb,
                    float beta, float *C, int ldc);
    float (*dot)(const float *x, const float *y, int n);
    void (*axpy)(int n, float a, const float *x, float *y);    /* y += a x */
    void (*lerp)(size_t n, float a, const float *x, float *y); /* y += a (x - y) */
    void (*softmax)(float *x, int n);                          /* in place */
    void (*layernorm)(float *out, float *mean, float *rstd, const float *in, const float *gain,
                      const float *bias, int rows, int C); /* mean, rstd may be NULL */
    void (*relu)(float *x, int n);
    /* m, v: moments of g; p moves against them (Loshchilov & Hutter 2019) */
    void (*adamw)(float *p, float *m, float *v, const float *g, size_t n,
                  const AdamwScalars *s);
} Kernels;

/* A table's name; "float32" or "int8" (the fastest of its kind that this processor runs); or
 * "auto": int8 where the processor has a dot product of bytes for it, which x86 calls VNNI, and
 * float32 elsewhere.  ERR_USAGE names what there is; ERR_NOT_FOUND when the processor
 * lacks it. */
bool kernels_find(Str name, const Kernels **out, Err *err);

/* Which code OpenBLAS runs here ("Haswell", "SkylakeX"), for logs and reports.  It follows
 * the processor unless OPENBLAS_CORETYPE is set in the environment: a run under
 * OPENBLAS_CORETYPE=Haswell on a processor with AVX-512 is half as fast as one without. */
const char *kernels_blas_core(void);

#endif
