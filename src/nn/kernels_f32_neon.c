/* kernels_f32_neon.c - packed float32 products, four floats at a time: every 64-bit ARM has
 * these.  8 x 8 sums take 16 of the 32 registers. */
#define LANES      4
#define ROWS       8
#define PACKED_F32 packed_f32_neon
#include "nn/packed_f32_internal.h"
