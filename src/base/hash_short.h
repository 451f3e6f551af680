/* hash_short.h - hash64 of two to five bytes, inline: the same numbers as hash64 gives.
 *
 * A short text has hundreds of character n-grams and each is hashed; the call and the choice by
 * length would cost more than the hash.  After the specification of XXH3 (Yann Collet,
 * xxhash_spec.md): up to three bytes and from four to eight are two short formulas.  The eight
 * bytes at the n-gram come in as one number, lowest byte first, whatever the machine's order.
 */
#ifndef BASE_HASH_SHORT_H
#define BASE_HASH_SHORT_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

/* Parts of XXH3's secret, mixed with the seed once for many hashes. */
typedef struct HashShort {
    uint64_t flip3, flip8; /* for up to 3 bytes, for 4 to 8 */
} HashShort;

static inline HashShort hash_short(uint64_t seed)
{
    uint64_t wide = seed ^ (uint64_t)__builtin_bswap32((uint32_t)seed) << 32;
    return (HashShort){0x87275a9bu + seed, 0xc73ab174c5ecd5a2u - wide};
}

static inline uint64_t hash_short_load(const char *p) /* eight bytes are there */
{
    uint64_t w;
    memcpy(&w, p, sizeof w);
    return le64toh(w);
}

static inline uint64_t hash_short_end3(uint64_t h)
{
    h = (h ^ h >> 33) * 0xc2b2ae3d27d4eb4fu;
    h = (h ^ h >> 29) * 0x165667b19e3779f9u;
    return h ^ h >> 32;
}

static inline uint64_t hash_short_end8(uint64_t h, uint64_t length)
{
    h ^= (h << 49 | h >> 15) ^ (h << 24 | h >> 40);
    h *= 0x9fb21c651e98df25u;
    h = (h ^ ((h >> 35) + length)) * 0x9fb21c651e98df25u;
    return h ^ h >> 28;
}

static inline uint64_t hash_short2(HashShort s, uint64_t w)
{
    uint64_t first = w & 0xff, second = w >> 8 & 0xff;
    return hash_short_end3((first << 16 | second << 24 | second | 2 << 8) ^ s.flip3);
}

static inline uint64_t hash_short3(HashShort s, uint64_t w)
{
    uint64_t first_two = (w & 0xffff) << 16, last = w >> 16 & 0xff;
    return hash_short_end3((first_two | last | 3 << 8) ^ s.flip3);
}

static inline uint64_t hash_short4(HashShort s, uint64_t w)
{
    uint64_t all = w & 0xffffffffu;
    return hash_short_end8((all + (all << 32)) ^ s.flip8, 4);
}

static inline uint64_t hash_short5(HashShort s, uint64_t w)
{
    return hash_short_end8(((w >> 8 & 0xffffffffu) + (w << 32)) ^ s.flip8, 5);
}

#endif
