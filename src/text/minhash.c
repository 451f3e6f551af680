/* minhash.c - shingles, their overlap, and 128 min-hashes in 32 bands.
 *
 * A min-hash is the least value of a * x + b over the set (Dietzfelbinger's
 * multiply-shift: a odd, the upper 32 bits are kept); the 128 pairs (a, b) come from
 * splitmix64, so they are the same everywhere and for ever: stored band values of one
 * ingest are compared with those of the next.
 */
#include "text/minhash.h"

#include "base/hash.h"
#include "text/words.h"

#include <stdlib.h>

enum { SHINGLE_WORDS = 5, SEED_WORD = 11, SEED_SHINGLE = 12, SEED_BAND = 100 };

static int by_value(const void *x, const void *y)
{
    uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
    return (a > b) - (a < b);
}

static uint64_t split_mix(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* The words in order, their hashes little-endian one after the other. */
static uint64_t shingle(const uint64_t *word, size_t n)
{
    char bytes[SHINGLE_WORDS * 8];
    for (size_t i = 0; i < n; i++)
        for (int k = 0; k < 8; k++)
            bytes[8 * i + (size_t)k] = (char)(word[i] >> (8 * k) & 0xff);
    return hash64((Str){bytes, 8 * n}, SEED_SHINGLE);
}

static size_t count_words(Str s)
{
    size_t n = 0;
    Str word;
    for (size_t at = 0; n < SHINGLES_WORDS_MAX && word_next(s, &at, &word);)
        n++;
    return n;
}

void shingles_read(Arena *a, Str folded, Shingles *out)
{
    size_t words = count_words(folded), n = 0;
    uint64_t *word = arena_array(a, uint64_t, words);
    uint64_t *hash = arena_array(a, uint64_t, words + 1);
    Str w;
    for (size_t at = 0; n < words && word_next(folded, &at, &w);)
        word[n++] = hash64(w, SEED_WORD);
    n = 0;
    if (words >= SHINGLE_WORDS) {
        for (size_t i = 0; i + SHINGLE_WORDS <= words; i++)
            hash[n++] = shingle(word + i, SHINGLE_WORDS);
    } else if (words > 0) {
        for (size_t i = 0; i < words; i++)
            hash[n++] = word[i];
        hash[n++] = shingle(word, words);
    }
    qsort(hash, n, sizeof *hash, by_value);
    size_t distinct = 0;
    for (size_t i = 0; i < n; i++)
        if (i == 0 || hash[i] != hash[i - 1])
            hash[distinct++] = hash[i];
    *out = (Shingles){hash, distinct};
}

double shingles_overlap(const Shingles *x, const Shingles *y)
{
    size_t i = 0, j = 0, both = 0;
    if (x->count + y->count == 0)
        return 1;
    while (i < x->count && j < y->count) {
        uint64_t p = x->hash[i], q = y->hash[j];
        both += p == q;
        i += p <= q;
        j += q <= p;
    }
    return (double)both / (double)(x->count + y->count - both);
}

void minhash_read(const Shingles *s, Minhash *out)
{
    uint64_t state = 0x6761766c, a[MINHASH_SIZE], b[MINHASH_SIZE];
    for (int k = 0; k < MINHASH_SIZE; k++) {
        a[k] = split_mix(&state) | 1;
        b[k] = split_mix(&state);
        out->min[k] = UINT32_MAX;
    }
    for (size_t i = 0; i < s->count; i++)
        for (int k = 0; k < MINHASH_SIZE; k++) {
            uint32_t v = (uint32_t)((a[k] * s->hash[i] + b[k]) >> 32);
            out->min[k] = v < out->min[k] ? v : out->min[k];
        }
}

uint64_t minhash_band(const Minhash *m, int band)
{
    char bytes[MINHASH_ROWS * 4];
    for (int r = 0; r < MINHASH_ROWS; r++)
        for (int k = 0; k < 4; k++)
            bytes[4 * r + k] = (char)(m->min[band * MINHASH_ROWS + r] >> (8 * k) & 0xff);
    return hash64((Str){bytes, sizeof bytes}, SEED_BAND + (uint64_t)band);
}
