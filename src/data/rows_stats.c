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
    return str_cmp(((const NameCounts *)x)->name, ((const NameCounts *)y)->name);
}

static Str source_of(const Row *r) { return r->source; }
static Str language_of_row(const Row *r) { return r->language; }

static void count_names(Arena *a, const Rows *rows, Str (*name)(const Row *r), NameCounts **out,
                        size_t *count)
{
    Map *names = map_new(a, 64);
    for (size_t i = 0; i < rows->count; i++)
        map_slot(names, name(&rows->row[i]), map_count(names));
    size_t n = map_count(names);
    NameCounts *list = arena_array(a, NameCounts, n);
    for (size_t i = 0; i < n; i++)
        list[i].name = map_key_at(names, i);
    for (size_t i = 0; i < rows->count; i++)
        list[*map_slot(names, name(&rows->row[i]), 0)].rows[rows->row[i].split]++;
    if (n)
        qsort(list, n, sizeof *list, by_name);
    *out = list;
    *count = n;
}

void rows_stats(Arena *a, const Rows *rows, RowsStats *out)
{
    *out = (RowsStats){0};
    for (size_t i = 0; i < rows->count; i++) {
        const Row *r = &rows->row[i];
        assert(r->split < SPLIT_COUNT);
        for (int f = 0; f < FACTOR_COUNT; f++)
            count(&out->factor[r->split][f], r->labels.factor[f]);
        for (int c = 0; c < CATEGORY_COUNT; c++)
            count(&out->category[r->split][c], r->labels.category[c]);
    }
    count_names(a, rows, source_of, &out->source, &out->source_count);
    count_names(a, rows, language_of_row, &out->language, &out->language_count);
}
