/* kernels_int8_avx2.c - int8 products where there is no dot product of bytes.
 *
 * vpmaddubsw adds two products of an unsigned and a signed byte in 16 bits, and saturates; with
 * rows of seven bits it never does: 2 * 127 * 127 = 32258 < 32767.
 */
#define LANES      8
#define ROWS       4
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
