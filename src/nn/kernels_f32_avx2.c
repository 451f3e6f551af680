/* kernels_f32_avx2.c - packed float32 products, eight floats at a time.
 *
 * Compiled with -mavx2 -mfma.  6 x 16 sums take 12 of the 16 registers, two hold the weights,
 * one a number of a row. */
#define LANES      8
#define ROWS       6
#define PACKED_F32 packed_f32_avx2
#include "nn/packed_f32_internal.h"
