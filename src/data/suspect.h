/* suspect.h - a label that is probably wrong, and what becomes of it in a snapshot.
 *
 * `gavel label suspects` writes them, a line of JSON each and never the text:
 *
 *     {"sha256":"9f86...","source":"edos","factor":"hate","given":0.03,
 *      "probability":0.97,"margin":0.94,"proposal":"relabel"}
 *
 * `given` is what the row says, `probability` what a model says that never saw the row.  A
 * snapshot that is made with the file takes a suspected label back (`drop`: the factor becomes
 * unknown, the row's other labels stand) or replaces it by
 * SUSPECT_GIVEN_SHARE * given + (1 - SUSPECT_GIVEN_SHARE) * probability (`relabel`).  Only in
 * the training split: what measures keeps its labels, else a model would choose the test that
 * it sits.  And only where the row still says what it said, so that a reader who has judged the
 * text since is not overruled (docs/decisions/0060-suspects.md).
 */
#ifndef DATA_SUSPECT_H
#define DATA_SUSPECT_H

#include "data/rows.h"

#define SUSPECT_GIVEN_SHARE 0.3

typedef enum SuspectProposal {
    SUSPECT_DROP,
    SUSPECT_RELABEL,
    SUSPECT_PROPOSAL_COUNT
} SuspectProposal;

typedef struct Suspect {
    Digest digest; /* of the text: data/text_digest.h */
    Str source;
    Factor factor;
    float given, probability;
    float margin; /* probability of the other answer less that of the given one: the rank */
    SuspectProposal proposal;
} Suspect;

/* One line, with its line feed. */
void suspect_print(const Suspect *s, Buf *out);

/* What of a list met its rows. */
typedef struct SuspectCounts {
    size_t listed;
    size_t dropped, relabelled;
    size_t held;     /* in a split that measures */
    size_t outdated; /* the row says something else now */
    size_t absent;   /* no row has the text */
} SuspectCounts;

typedef struct Suspects Suspects;

/* All lines of the files.  ERR_INPUT with file and line for the first bad one, and for a label
 * that is listed twice. */
bool suspects_load(Arena *a, const char *const *path, int paths, size_t max_line_bytes,
                   Suspects **out, Err *err);

/* Changes the labels of the rows; each text has one row. */
void suspects_apply(const Suspects *s, Rows *rows, SuspectCounts *out);

#endif
