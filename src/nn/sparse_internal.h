/* sparse_internal.h - the one fast way to add int8 rows, where the processor has it. */
#ifndef NN_SPARSE_INTERNAL_H
#define NN_SPARSE_INTERNAL_H

#include "nn/sparse.h"

#include <stdbool.h>

/* What it takes: int8 rows of SPARSE_F_LEAST to SPARSE_F_MOST columns with a scale for each
 * row and none for columns. */
enum { SPARSE_BLOCK = 8, SPARSE_F_LEAST = 2 * SPARSE_BLOCK, SPARSE_F_MOST = 3 * SPARSE_BLOCK };

#ifdef __x86_64__
static inline bool sparse_has_avx2(void) { return __builtin_cpu_supports("avx2"); }
void sparse_rows_avx2(const SparseLinear *l, const SparseFeature *x, size_t n, float *out);
#else
static inline bool sparse_has_avx2(void) { return false; }
static inline void sparse_rows_avx2(const SparseLinear *l, const SparseFeature *x, size_t n,
                                    float *out)
{
    (void)l, (void)x, (void)n, (void)out;
}
#endif

#endif
