/* snapshot.h - an immutable selection of samples with splits, addressed by its digest.
 *
 * The digest covers, in a fixed order, every row's text digest, labels, weight, source
 * and split, so equal digests mean equal training data.  Clusters of near-duplicates
 * (data/dedupe.h) go to one split whole; what is (nearly) in an excluded set is left out.
 * How rows are selected: data/selection.h.
 */
#ifndef DATA_SNAPSHOT_H
#define DATA_SNAPSHOT_H

#include "base/progress.h"
#include "data/rows.h"
#include "store/store.h"

typedef struct SnapshotOptions {
    Str name;               /* a word to call it by; may be moved later; empty: none */
    uint64_t seed;          /* of the split */
    double calibrate_share; /* of units whose recipe fixes no split */
    double test_share;
    const char *const *exclude; /* RECIPE:PATH or sha256:PATH: what must not be in it */
    int exclude_count;
    const char *const *suspects; /* files of labels to take back or weaken: data/suspect.h */
    int suspects_count;
    const char *const *source; /* only what these say; none: every source */
    int source_count;
    bool no_overlays; /* as if nobody had read a text again: to measure what that is worth */
    size_t max_line_bytes; /* of the excluded files */
    int64_t now_ms;
} SnapshotOptions;

typedef struct SnapshotInfo {
    Digest digest;
    Str name; /* the newest of its names; empty: none */
    int64_t created_ms;
    size_t rows, split_rows[SPLIT_COUNT], clusters, excluded;
    Str options, report; /* JSON: what it was made with, what was left out and why */
} SnapshotInfo;

/* The same archive and options give the same digest; what is there already is not made
 * twice, only its name moves.  ERR_INPUT when no row is left. */
bool snapshot_create(Store *db, Arena *a, const SnapshotOptions *o, const Progress *p,
                     SnapshotInfo *out, Err *err);

/* The newest first. */
bool snapshot_list(Store *db, Arena *a, SnapshotInfo **out, size_t *count, Err *err);

/* ref: a name, "latest", or at least 6 digits of the digest. */
bool snapshot_find(Store *db, Arena *a, Str ref, SnapshotInfo *out, Err *err);

/* In ascending order of text digest. */
bool snapshot_load(Store *db, Arena *a, const SnapshotInfo *s, Rows *out, Err *err);

#endif
