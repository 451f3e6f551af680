/* kernels_int8_avx2.c - int8 products where there is no dot product of bytes.
 *
 * vpmaddubsw adds two products of an unsigned and a signed byte in 16 bits, and saturates.
 * With weights of at most 63 it never does: 2 * 255 * 63 = 32130 < 32767.  So here, and
 * only here, a weight has seven bits.  (Widening to 16 bits first keeps the eighth and
 * is no faster than floats.)
 */
#define LANES      8
#define ROWS       4
#define TOP        63
#define PACKED_I8  packed_i8_avx2
#define PACKED_FOR packed_f32_avx2
#include "nn/packed_rows_internal.h"

#include <immintrin.h>

ALWAYS IVec dot4(IVec sum, IVec u, IVec q)
{
    __m256i pairs = _mm256_maddubs_epi16((__m256i)u, (__m256i)q);
    return sum + (IVec)_mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
}

#include "nn/packed_i8_internal.h"
