/* dedupe.h - which texts say (nearly) the same.
 *
 * Two texts are near-duplicates when the Jaccard overlap of their shingle sets
 * (text/minhash.h) is at least DEDUPE_OVERLAP.  Candidates come from min-hash bands
 * (locality-sensitive hashing, Indyk and Motwani 1998; Broder 1997) and each is checked
 * exactly, so nothing less alike is ever joined directly.  The result depends on the
 * texts and their order alone.
 */
#ifndef DATA_DEDUPE_H
#define DATA_DEDUPE_H

#include "base/progress.h"
#include "text/minhash.h"

#define DEDUPE_OVERLAP 0.8

/* What is compared of a text.  A text without words (signs and emoji alone may fold to
 * nothing) has an empty set, and is nobody's near-duplicate. */
typedef struct Fingerprint {
    Shingles set;
    uint64_t set_hash; /* equal sets have equal hashes */
    uint64_t band[MINHASH_BANDS];
} Fingerprint;

/* The set lives in `a`; `scratch` is given back.  The text is valid UTF-8. */
bool fingerprint_read(Arena *a, Arena *scratch, Str text, Fingerprint *out, Err *err);

bool fingerprints_near(const Fingerprint *x, const Fingerprint *y);

/* cluster[i] is the smallest index whose text i is joined to, directly or through
 * others: single linkage.  Scratch from `a` is given back. */
bool fingerprints_cluster(Arena *a, const Fingerprint *f, size_t count, const Progress *p,
                          uint32_t *cluster, Err *err);

/* An index to ask whether a text is nearly one of a set. */
typedef struct NearIndex NearIndex;
NearIndex *near_index_new(Arena *a, const Fingerprint *f, size_t count); /* f is borrowed */

/* The smallest index in the set that x is near to. */
bool near_index_find(const NearIndex *n, const Fingerprint *x, uint32_t *which);

#endif
