/* sparse_avx2.c - a few hundred rows of a table of int8, added up.
 *
 * A row is 17 bytes somewhere in megabytes, so most of the time goes to fetching: rows and
 * scales of features further on are asked for while this one is added.  The sums stay in
 * registers, as three blocks of eight columns; the last block ends at the last column and
 * overlaps the one before it, so that nothing is read behind a row and a column in both is
 * summed twice and alike.  No multiply-add, and the features in their order: the result is the
 * plain loop's to the bit.
 */
#ifdef __x86_64__
#include "nn/sparse_internal.h"

#include <assert.h>
#include <immintrin.h>

enum { AHEAD = 16, BLOCKS = 3 };

#define TARGET __attribute__((target("avx2")))

static const int8_t *row_of(const SparseLinear *l, const SparseFeature *x)
{
    assert(x->bucket < l->buckets);
    return l->q + (size_t)x->bucket * (size_t)l->F;
}

static void ask_for(const SparseLinear *l, const SparseFeature *x)
{
    const int8_t *q = row_of(l, x);
    _mm_prefetch((const char *)q, _MM_HINT_T0);
    _mm_prefetch((const char *)q + l->F - 1, _MM_HINT_T0);
    _mm_prefetch((const char *)&l->row_scale[x->bucket], _MM_HINT_T0);
}

TARGET static inline __m256 add(__m256 sum, const int8_t *q, __m256 a)
{
    __m256i i = _mm256_cvtepi8_epi32(_mm_loadl_epi64((const void *)q));
    return _mm256_add_ps(sum, _mm256_mul_ps(a, _mm256_cvtepi32_ps(i)));
}

TARGET void sparse_rows_avx2(const SparseLinear *l, const SparseFeature *x, size_t n,
                             float *out)
{
    const size_t at[BLOCKS] = {0, SPARSE_BLOCK, (size_t)l->F - SPARSE_BLOCK};
    __m256 first = _mm256_loadu_ps(out + at[0]), second = _mm256_loadu_ps(out + at[1]),
           last = _mm256_loadu_ps(out + at[2]);
    for (size_t i = 0; i < n && i < AHEAD; i++)
        ask_for(l, &x[i]);
    for (size_t i = 0; i < n; i++) {
        if (i + AHEAD < n)
            ask_for(l, &x[i + AHEAD]);
        const int8_t *q = row_of(l, &x[i]);
        __m256 a = _mm256_set1_ps(x[i].value * l->row_scale[x[i].bucket]);
        first = add(first, q + at[0], a);
        second = add(second, q + at[1], a);
        last = add(last, q + at[2], a);
    }
    _mm256_storeu_ps(out + at[0], first);
    _mm256_storeu_ps(out + at[1], second);
    _mm256_storeu_ps(out + at[2], last);
}
#endif
