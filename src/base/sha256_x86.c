/* sha256_x86.c - SHA-256's compression by the SHA extensions (FIPS 180-4).
 *
 * The instructions keep the state as two registers, (A B E F) and (C D G H), and do two
 * rounds at a time; the message schedule runs four words at a time in a ring of four
 * registers.
 */
#ifdef __x86_64__
#include "base/sha256_internal.h"

#include <cpuid.h>
#include <immintrin.h>

#define TARGET __attribute__((target("sha,sse4.1,ssse3")))

enum { GROUPS = 16 }; /* of four rounds */

static const uint32_t constant[4 * GROUPS] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
    0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
    0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
    0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
    0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
    0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
    0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
    0xc67178f2};

/* CPUID leaf 7, bit 29 of ebx: not every compiler knows its name. */
bool sha256_has_blocks(void)
{
    unsigned a, b = 0, c, d;
    return __builtin_cpu_supports("sse4.1") && __builtin_cpu_supports("ssse3") &&
           __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b >> 29 & 1);
}

/* The four words of group g + 4, from those of the four groups before it. */
TARGET static inline __m128i schedule(__m128i w0, __m128i w1, __m128i w2, __m128i w3)
{
    __m128i w = _mm_add_epi32(_mm_sha256msg1_epu32(w0, w1), _mm_alignr_epi8(w3, w2, 4));
    return _mm_sha256msg2_epu32(w, w3);
}

TARGET static void block(__m128i *abef, __m128i *cdgh, const uint8_t *p)
{
    const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    __m128i w[4], x = *abef, y = *cdgh;
    for (int i = 0; i < 4; i++)
        w[i] =
            _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)p + i), big_endian);
#pragma GCC unroll 16
    for (int g = 0; g < GROUPS; g++) {
        __m128i k = _mm_loadu_si128((const __m128i *)(const void *)constant + g);
        __m128i m = _mm_add_epi32(w[g % 4], k);
        y = _mm_sha256rnds2_epu32(y, x, m);
        x = _mm_sha256rnds2_epu32(x, y, _mm_shuffle_epi32(m, 0x0e));
        w[g % 4] = schedule(w[g % 4], w[(g + 1) % 4], w[(g + 2) % 4], w[(g + 3) % 4]);
    }
    *abef = _mm_add_epi32(*abef, x);
    *cdgh = _mm_add_epi32(*cdgh, y);
}

TARGET void sha256_blocks(uint32_t state[8], const uint8_t *p, size_t blocks)
{
    __m128i *at = (__m128i *)(void *)state;
    __m128i abcd = _mm_loadu_si128(at), efgh = _mm_loadu_si128(at + 1);
    __m128i badc = _mm_shuffle_epi32(abcd, 0xb1), hgfe = _mm_shuffle_epi32(efgh, 0x1b);
    __m128i abef = _mm_alignr_epi8(badc, hgfe, 8), cdgh = _mm_blend_epi16(hgfe, badc, 0xf0);
    for (; blocks; blocks--, p += SHA256_BLOCK)
        block(&abef, &cdgh, p);
    __m128i feba = _mm_shuffle_epi32(abef, 0x1b), dchg = _mm_shuffle_epi32(cdgh, 0xb1);
    _mm_storeu_si128(at, _mm_blend_epi16(feba, dchg, 0xf0));
    _mm_storeu_si128(at + 1, _mm_alignr_epi8(dchg, feba, 8));
}
#endif
