/* rows_diff.h - what changed from one snapshot's rows to another's, by source. */
#ifndef DATA_ROWS_DIFF_H
#define DATA_ROWS_DIFF_H

#include "data/rows.h"

typedef struct SourceDiff {
    Str source; /* of the new row; of the old one where it was removed */
    size_t added, removed;
    size_t relabelled; /* other labels or another weight */
    size_t moved;      /* to another split, or to another source's name */
    size_t same;       /* none of these */
} SourceDiff;

typedef struct RowsDiff {
    SourceDiff *source; /* in order of name */
    size_t count;
    SourceDiff total;
} RowsDiff;

/* Both in ascending order of digest, as snapshot_load gives them. */
void rows_diff(Arena *a, const Rows *from, const Rows *to, RowsDiff *out);

#endif
