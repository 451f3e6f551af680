/* bench_rows.h - texts of the project's own rows, for benches that need many different ones. */
#ifndef BENCH_ROWS_H
#define BENCH_ROWS_H

#include "base/file.h"
#include "base/js.h"

#include <string.h>

typedef struct BenchRows {
    Str *text;
    bool *labelled; /* with anything that a policy may flag */
    size_t count;
} BenchRows;

static inline bool bench_is_labelled(const Js *labels)
{
    bool any = false;
    for (size_t i = 0; labels && i < labels->count; i++)
        any |= labels->item[i].type == JS_NUMBER && labels->item[i].number > 0.5;
    return any;
}

/* The first texts of one line and of least..most bytes, at most `max` of them. */
static inline bool bench_rows_load(Arena *a, const char *path, size_t least, size_t most,
                                   size_t max, BenchRows *out, Err *err)
{
    Str all, line;
    *out = (BenchRows){arena_array(a, Str, max), arena_array(a, bool, max), 0};
    if (!file_load(a, path, (size_t)64 << 20, &all, err))
        return false;
    while (out->count < max && str_cut(&all, '\n', &line)) {
        const Js *row;
        if (!line.len)
            continue;
        if (!js_parse(a, line, &row, err))
            return false;
        const Js *text = js_get(row, STR("text"));
        if (!text || text->type != JS_STRING || text->str.len < least || text->str.len > most ||
            memchr(text->str.ptr, '\n', text->str.len))
            continue;
        out->labelled[out->count] = bench_is_labelled(js_get(row, STR("labels")));
        out->text[out->count++] = text->str;
    }
    return true;
}

#endif
