#include "data/rows_stats.h"

#include "base/map.h"

#include <assert.h>
#include <stdlib.h>

static void count(LabelCounts *c, float v)
{
    if (!label_known(v))
        c->unknown++;
    else if (v == 0)
        c->zero++;
    else if (v == 1)
        c->one++;
    else
        c->soft++;
}

static int by_name(const void *x, const void *y)
{
    return str_cmp(((const SourceCounts *)x)->source, ((const SourceCounts *)y)->source);
}

void rows_stats(Arena *a, const Rows *rows, RowsStats *out)
{
    *out = (RowsStats){0};
    Map *sources = map_new(a, 64);
    for (size_t i = 0; i < rows->count; i++)
        map_slot(sources, rows->row[i].source, map_count(sources));
    out->source_count = map_count(sources);
    out->source = arena_array(a, SourceCounts, out->source_count);
    for (size_t i = 0; i < out->source_count; i++)
        out->source[i].source = map_key_at(sources, i);
    for (size_t i = 0; i < rows->count; i++) {
        const Row *r = &rows->row[i];
        assert(r->split < SPLIT_COUNT);
        out->source[*map_slot(sources, r->source, 0)].rows[r->split]++;
        for (int f = 0; f < FACTOR_COUNT; f++)
            count(&out->factor[r->split][f], r->labels.factor[f]);
        for (int c = 0; c < CATEGORY_COUNT; c++)
            count(&out->category[r->split][c], r->labels.category[c]);
    }
    if (out->source_count)
        qsort(out->source, out->source_count, sizeof *out->source, by_name);
}
