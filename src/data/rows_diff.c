#include "data/rows_diff.h"

#include "base/map.h"

#include <stdlib.h>

static bool same_values(const float *x, const float *y, int n)
{
    for (int i = 0; i < n; i++)
        if (label_known(x[i]) ? x[i] != y[i] : label_known(y[i]))
            return false;
    return true;
}

static bool relabelled(const Row *x, const Row *y)
{
    return x->weight != y->weight ||
           !same_values(x->labels.factor, y->labels.factor, FACTOR_COUNT) ||
           !same_values(x->labels.category, y->labels.category, CATEGORY_COUNT);
}

typedef struct Differ {
    Map *place;
    SourceDiff *source;
} Differ;

static SourceDiff *of_source(Differ *d, Str source)
{
    return &d->source[*map_slot(d->place, source, map_count(d->place))];
}

static void note_both(Differ *d, const Row *was, const Row *is)
{
    SourceDiff *s = of_source(d, is->source);
    bool other_labels = relabelled(was, is);
    bool other_side = was->split != is->split || !str_eq(was->source, is->source);
    s->relabelled += other_labels;
    s->moved += other_side;
    s->same += !other_labels && !other_side;
}

static size_t count_sources(Arena *a, const Rows *x, const Rows *y)
{
    Map *m = map_new(a, 64);
    for (size_t i = 0; i < x->count; i++)
        map_put(m, x->row[i].source, 0);
    for (size_t i = 0; i < y->count; i++)
        map_put(m, y->row[i].source, 0);
    return map_count(m);
}

static int by_name(const void *x, const void *y)
{
    return str_cmp(((const SourceDiff *)x)->source, ((const SourceDiff *)y)->source);
}

void rows_diff(Arena *a, const Rows *from, const Rows *to, RowsDiff *out)
{
    Differ d = {map_new(a, 64), arena_array(a, SourceDiff, count_sources(a, from, to))};
    for (size_t i = 0, k = 0; i < from->count || k < to->count;) {
        int c = i == from->count ? 1
                : k == to->count ? -1
                                 : memcmp(from->row[i].digest.byte, to->row[k].digest.byte,
                                          sizeof from->row[i].digest.byte);
        if (c < 0)
            of_source(&d, from->row[i++].source)->removed++;
        else if (c > 0)
            of_source(&d, to->row[k++].source)->added++;
        else
            note_both(&d, &from->row[i++], &to->row[k++]);
    }
    *out = (RowsDiff){.source = d.source, .count = map_count(d.place)};
    for (size_t i = 0; i < out->count; i++) {
        SourceDiff *s = &out->source[i];
        s->source = map_key_at(d.place, i);
        out->total.added += s->added;
        out->total.removed += s->removed;
        out->total.relabelled += s->relabelled;
        out->total.moved += s->moved;
        out->total.same += s->same;
    }
    if (out->count)
        qsort(out->source, out->count, sizeof *out->source, by_name);
}
