/* slices.c - every kind names a part for each row; rows of one name are one part.
 *
 * The names of lengths sort as they should because each begins with its number in the
 * table below; the number is cut off again.
 */
#include "model/slices.h"

#include "text/normalise.h"

#include <assert.h>
#include <stdlib.h>

static const char *const keys[] = {
#define X(id, key, title) key,
    SLICE_TABLE(X)
#undef X
};
static const char *const titles[] = {
#define X(id, key, title) title,
    SLICE_TABLE(X)
#undef X
};

const char *slice_key(SliceKind k) { return keys[k]; }
const char *slice_title(SliceKind k) { return titles[k]; }

/* ---- one part a row -------------------------------------------------------------------- */

static Str name_by_source(const Row *r, Arena *scratch)
{
    (void)scratch;
    return r->source;
}

static Str name_by_language(const Row *r, Arena *scratch)
{
    (void)scratch;
    return r->language.len ? r->language : STR("unknown");
}

static const struct {
    size_t below; /* bytes */
    Str name;
} lengths[] = {
    {50,       STR("0under 50 bytes")  },
    {200,      STR("150 to 199 bytes") },
    {800,      STR("2200 to 799 bytes")},
    {3200,     STR("3800 to 3199")     },
    {SIZE_MAX, STR("43200 and more")   },
};

static Str name_by_length(const Row *r, Arena *scratch)
{
    (void)scratch;
    size_t i = 0;
    while (r->text.len >= lengths[i].below && i + 1 < sizeof lengths / sizeof *lengths)
        i++;
    return lengths[i].name;
}

/* A text that cannot be folded (not UTF-8, which readers refuse) is as plain as can be. */
static Str name_by_obfuscation(const Row *r, Arena *scratch)
{
    Folded f;
    Err err = {0};
    bool traced = normalise(scratch, r->text, &f, &err) && f.trace_total > 0;
    return traced ? STR("obfuscated") : STR("plain text");
}

typedef struct Named {
    Str name;
    uint32_t row;
} Named;

static int compare_named(const void *x, const void *y)
{
    const Named *p = x, *q = y;
    int c = str_cmp(p->name, q->name);
    return c ? c : (p->row > q->row) - (p->row < q->row);
}

static Parts group(Arena *a, const EvaluateInput *in, Str (*name)(const Row *r, Arena *scratch))
{
    size_t n = in->rows->count, parts = 0;
    Named *named = arena_array(a, Named, n);
    uint32_t *row = arena_array(a, uint32_t, n);
    for (size_t i = 0; i < n; i++) {
        ArenaMark mark = arena_mark(a);
        named[i] = (Named){name(&in->rows->row[i], a), (uint32_t)i};
        arena_rewind(a, mark);
    }
    if (n)
        qsort(named, n, sizeof *named, compare_named);
    for (size_t i = 0; i < n; i++)
        parts += i == 0 || !str_eq(named[i].name, named[i - 1].name);
    Part *part = arena_array(a, Part, parts);
    parts = 0;
    for (size_t i = 0; i < n; i++) {
        row[i] = named[i].row;
        if (i == 0 || !str_eq(named[i].name, named[i - 1].name))
            part[parts++] = (Part){named[i].name, &row[i], 0};
        part[parts - 1].count++;
    }
    return (Parts){parts, part};
}

/* ---- several parts a row ---------------------------------------------------------------- */

static Parts mentioned(Arena *a, const EvaluateInput *in)
{
    size_t n = in->rows->count;
    if (in->mentions == 0)
        return (Parts){0, NULL};
    Part *part = arena_array(a, Part, in->mentions + 1);
    bool *any = arena_array(a, bool, n);
    for (size_t g = 0; g <= in->mentions; g++) {
        bool rest = g == in->mentions;
        uint32_t *row = arena_array(a, uint32_t, n);
        part[g] = (Part){rest ? STR("none of these") : in->mention[g].name, row, 0};
        for (size_t i = 0; i < n; i++) {
            bool in_it =
                rest ? !any[i]
                     : terms_count(in->mention[g].terms, a, in->rows->row[i].text, 1) > 0;
            any[i] = any[i] || in_it;
            if (in_it)
                row[part[g].count++] = (uint32_t)i;
        }
    }
    return (Parts){in->mentions + 1, part};
}

static Parts by_length(Arena *a, const EvaluateInput *in)
{
    Parts p = group(a, in, name_by_length);
    Part *part = arena_array(a, Part, p.count);
    for (size_t i = 0; i < p.count; i++) {
        part[i] = p.part[i];
        part[i].name.ptr++;
        part[i].name.len--;
    }
    return (Parts){p.count, part};
}

void slices_find(Arena *a, const EvaluateInput *in, SliceKind kind, Parts *out)
{
    assert(in->rows->count <= UINT32_MAX);
    switch (kind) {
    case SLICE_SOURCE:
        *out = group(a, in, name_by_source);
        break;
    case SLICE_LENGTH:
        *out = by_length(a, in);
        break;
    case SLICE_LANGUAGE:
        *out = group(a, in, name_by_language);
        break;
    case SLICE_OBFUSCATION:
        *out = group(a, in, name_by_obfuscation);
        break;
    case SLICE_IDENTITY:
        *out = mentioned(a, in);
        break;
    case SLICE_KIND_COUNT:
        *out = (Parts){0, NULL};
    }
}
