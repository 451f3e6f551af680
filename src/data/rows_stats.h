/* rows_stats.h - what is in some rows, counted: by source and split, by factor. */
#ifndef DATA_ROWS_STATS_H
#define DATA_ROWS_STATS_H

#include "data/rows.h"

typedef struct LabelCounts {
    size_t zero, one, soft, unknown; /* soft: strictly between 0 and 1 */
} LabelCounts;

typedef struct SourceCounts {
    Str source;
    size_t rows[SPLIT_COUNT];
} SourceCounts;

typedef struct RowsStats {
    SourceCounts *source; /* in order of name */
    size_t source_count;
    LabelCounts factor[SPLIT_COUNT][FACTOR_COUNT];
    LabelCounts category[SPLIT_COUNT][CATEGORY_COUNT];
} RowsStats;

/* Every row has a split. */
void rows_stats(Arena *a, const Rows *rows, RowsStats *out);

#endif
