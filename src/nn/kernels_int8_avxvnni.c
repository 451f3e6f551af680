/* kernels_int8_avxvnni.c - int8 products by vpdpbusd on 256 bits (AVX-VNNI), for processors
 * without AVX-512.  It sums in 32 bits and does not saturate (vpdpbusds would). */
#define LANES      8
#define ROWS       6
#define PACKED_I8  packed_i8_avxvnni
#define PACKED_FOR packed_f32_avx2
#include "nn/packed_rows_internal.h"

#include <immintrin.h>

ALWAYS IVec dot4(IVec sum, IVec u, IVec q)
{
    return (IVec)_mm256_dpbusd_avx_epi32((__m256i)sum, (__m256i)u, (__m256i)q);
}

#include "nn/packed_i8_internal.h"
