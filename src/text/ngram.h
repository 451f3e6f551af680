/* ngram.h - the fast tier's features: hashed n-grams of both views (feature hashing,
 * Weinberger et al. 2009).
 *
 * Words and pairs of words, and character 2- to 5-grams inside word boundaries, of
 * the lower-cased original and of the folded view where that differs, each hashed to
 * a bucket.  Values are L2-normalised counts (sublinear: 1 + log count).
 */
#ifndef TEXT_NGRAM_H
#define TEXT_NGRAM_H

#include "base/err.h"
#include "base/str.h"
#include "text/normalise.h"

typedef struct Ngrams {
    const uint32_t *bucket; /* distinct, ascending */
    const float *value;
    size_t count;
} Ngrams;

/* What stands behind so many bytes is not read here: windows and rules read it. */
enum { NGRAM_TEXT_MAX = 256 << 10, NGRAM_BUCKETS_MAX = 1 << 24 };

/* buckets: a power of two.  Part of the release format: the same text gives the same
 * buckets for ever. */
bool ngrams_read(Arena *a, Str original, const Folded *folded, uint32_t buckets, Ngrams *out,
                 Err *err);

#endif
