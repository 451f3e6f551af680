/* snapshot.h - an immutable selection of samples with splits, addressed by its digest.
 *
 * The digest covers, in a fixed order, every row's text digest, labels, weight, source
 * and split, so equal digests mean equal training data.  Clusters of near-duplicates
 * (data/dedupe.h) go to one split whole; what is (nearly) in an excluded set is left out.
 */
#ifndef DATA_SNAPSHOT_H
#define DATA_SNAPSHOT_H

#include "base/progress.h"
#include "data/rows.h"
#include "store/store.h"

typedef struct SnapshotOptions {
    Str name;               /* a word to call it by; may be moved later */
    uint64_t seed;          /* of the split */
    double calibrate_share; /* of clusters whose recipe fixes no split */
    double test_share;
    const char *const *exclude; /* "recipe.yaml:path" pairs whose texts must not be in it */
    int exclude_count;
} SnapshotOptions;

typedef struct SnapshotInfo {
    Digest digest;
    Str name;
    int64_t created_ms;
    size_t rows, split_rows[SPLIT_COUNT], clusters, excluded;
} SnapshotInfo;

bool snapshot_create(Store *db, Arena *a, const SnapshotOptions *o, const Progress *p,
                     SnapshotInfo *out, Err *err);
bool snapshot_list(Store *db, Arena *a, SnapshotInfo **out, size_t *count, Err *err);

/* ref: a name, "latest", or at least 6 digits of the digest. */
bool snapshot_find(Store *db, Arena *a, Str ref, SnapshotInfo *out, Err *err);
bool snapshot_load(Store *db, Arena *a, const SnapshotInfo *s, Rows *out, Err *err);

#endif
