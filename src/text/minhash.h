/* minhash.h - near-duplicates by min-hashes of word shingles (Broder 1997).
 *
 * A text is its set of 5-word shingles (shorter texts: all words as one shingle,
 * besides the single words) of the folded view.  Two texts are near-duplicates when
 * the Jaccard overlap of their sets is at least .8; 128 min-hashes in 32 bands of 4
 * find a pair at .8 but once in 20 million: (1 - .8^4)^32.
 */
#ifndef TEXT_MINHASH_H
#define TEXT_MINHASH_H

#include "base/str.h"

enum { MINHASH_SIZE = 128, MINHASH_BANDS = 32, MINHASH_ROWS = 4 };

typedef struct Minhash {
    uint32_t min[MINHASH_SIZE];
} Minhash;

typedef struct Shingles {
    const uint64_t *hash; /* distinct, ascending */
    size_t count;
} Shingles;

enum { SHINGLES_WORDS_MAX = 65536 }; /* only so many words of a text are compared */

void shingles_read(Arena *a, Str folded, Shingles *out);
double shingles_overlap(const Shingles *x,
                        const Shingles *y); /* Jaccard; empty with empty: 1 */
void minhash_read(const Shingles *s, Minhash *out);
uint64_t minhash_band(const Minhash *m, int band); /* equal bands: candidates */

#endif
