/* scored.h - factors of texts, remembered in the store.
 *
 * The encoder takes milliseconds a text, a policy microseconds.  So what a release says of a
 * text is kept under what gave it (release, kernels, pieces read) and the SHA-256 of the
 * text's bytes, and a policy can be tried on an archive as often as its author likes.
 *
 * What is not known is judged by the docket, many texts a step, on several threads, and kept
 * a part at a time: a run that was stopped goes on where it was.
 */
#ifndef MODERATE_SCORED_H
#define MODERATE_SCORED_H

#include "base/progress.h"
#include "moderate/moderate.h"
#include "store/store.h"

typedef struct Scored {
    float factor[FACTOR_COUNT];
    Tier tier; /* that answered: each has its calibration */
    Language language;
} Scored;

typedef struct ScoredWork {
    Store *db; /* NULL: nothing is remembered */
    const Release *release;
    Limits limits;
    int threads;
    const Progress *progress; /* may be NULL */
} ScoredWork;

typedef struct ScoredCounts {
    size_t known, judged;
} ScoredCounts;

/* out[count] in `a`, equal to what moderate() finds of each.  A text that moderate() refuses
 * fails the whole. */
bool scored_texts(const ScoredWork *w, Arena *a, const Str *text, size_t count, Scored **out,
                  ScoredCounts *counts, Err *err);

#endif
