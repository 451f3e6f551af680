/* kernels_int8_avx512.c - int8 products by vpdpbusd on 512 bits (AVX-512 VNNI): 64 products
 * an instruction.  It sums in 32 bits and does not saturate (vpdpbusds would). */
#define LANES      16
#define ROWS       12
#define PACKED_I8  packed_i8_avx512
#define PACKED_FOR packed_f32_avx512
#include "nn/packed_rows_internal.h"

#include <immintrin.h>

ALWAYS IVec dot4(IVec sum, IVec u, IVec q)
{
    return (IVec)_mm512_dpbusd_epi32((__m512i)sum, (__m512i)u, (__m512i)q);
}

#include "nn/packed_i8_internal.h"
