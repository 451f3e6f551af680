/* kernels_f32_avx512.c - packed float32 products, sixteen floats at a time.
 *
 * Compiled with -mavx512f and its byte, word and length parts; 12 x 32 sums take 24 of the 32
 * registers.  The rest of the table is that of AVX2: OpenBLAS has its own AVX-512 products for
 * training, and rows are short. */
#define LANES      16
#define ROWS       12
#define PACKED_F32 packed_f32_avx512
#include "nn/packed_f32_internal.h"
