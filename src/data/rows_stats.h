/* rows_stats.h - what is in some rows, counted: by source, language and split, by factor. */
#ifndef DATA_ROWS_STATS_H
#define DATA_ROWS_STATS_H

#include "data/rows.h"

typedef struct LabelCounts {
    size_t zero, one, soft, unknown; /* soft: strictly between 0 and 1 */
} LabelCounts;

typedef struct NameCounts {
    Str name;
    size_t rows[SPLIT_COUNT];
} NameCounts;

typedef struct RowsStats {
    NameCounts *source; /* in order of name */
    size_t source_count;
    NameCounts *language; /* likewise; the empty name: not known */
    size_t language_count;
    LabelCounts factor[SPLIT_COUNT][FACTOR_COUNT];
    LabelCounts category[SPLIT_COUNT][CATEGORY_COUNT];
} RowsStats;

/* Every row has a split. */
void rows_stats(Arena *a, const Rows *rows, RowsStats *out);

#endif
