#include "data/votes_internal.h"

#include "base/map.h"

enum { SEPARATOR = 0x1f, MARKS_MAX = 64 };

struct VoteTable {
    Map *items;  /* item -> ballots */
    Map *ballot; /* ballot -> place of its item in `owner` */
    Str *owner;
    size_t ballots, cap;
    Map *marked; /* ballot and mark: a mark counts once a ballot */
    Map *counts; /* item and mark -> ballots that hold it */
    Map *marks;  /* every kind of mark, as the field's name */
};

static Str pair(Arena *a, Str left, Str right)
{
    return str_print(a, STR_FMT "%c" STR_FMT, STR_ARG(left), SEPARATOR, STR_ARG(right));
}

static bool add_ballot(Arena *a, VoteTable *t, const Votes *v, const Record *r)
{
    Str item, ballot;
    if (!record_text(r, v->item, &item) || !record_text(r, v->ballot, &ballot))
        return false;
    if (map_has(t->ballot, ballot))
        return true; /* the same ballot again */
    if (t->ballots == t->cap) {
        size_t cap = t->cap ? 2 * t->cap : 1024;
        Str *more = arena_array(a, Str, cap);
        if (t->ballots)
            memcpy(more, t->owner, t->ballots * sizeof *more);
        t->owner = more;
        t->cap = cap;
    }
    t->owner[t->ballots] = str_copy(a, item);
    map_put(t->ballot, ballot, t->ballots++);
    ++*map_slot(t->items, item, 0);
    return true;
}

static bool add_mark(Arena *a, VoteTable *t, const Votes *v, const Record *r)
{
    Str ballot, mark;
    uint64_t at;
    if (!record_text(r, v->ballot, &ballot) || !record_text(r, v->mark, &mark))
        return false;
    Str key = pair(a, ballot, mark), name = str_print(a, "votes." STR_FMT, STR_ARG(mark));
    if (!map_get(t->ballot, ballot, &at) || map_has(t->marked, key))
        return true;
    if (!map_has(t->marks, name) && map_count(t->marks) == MARKS_MAX)
        return true; /* a column that holds anything but kinds is no column of marks */
    map_put(t->marked, key, 1);
    map_put(t->marks, name, 1);
    ++*map_slot(t->counts, pair(a, t->owner[at], name), 0);
    return true;
}

typedef bool (*AddRow)(Arena *a, VoteTable *t, const Votes *v, const Record *r);

/* A bad line here makes shares wrong without a trace, so it ends the reading. */
static bool read_table(Arena *a, VoteTable *t, const Votes *v, const char *path, size_t max,
                       AddRow add, Err *err)
{
    Reader *reader = NULL;
    Record r;
    ReadStep step;
    bool tsv = str_ends(str_of(path), STR(".tsv"));
    ReaderOptions o = {.format = tsv ? READER_TSV : READER_CSV, .max_line_bytes = max};
    if (!reader_open(path, &o, &reader, err))
        return false;
    bool ok = true;
    while (ok && (step = reader_next(reader, &r, err)) != READ_END) {
        ok = step == READ_ROW;
        if (ok && !add(a, t, v, &r))
            ok = err_set(err, ERR_INPUT, "%s: a column that `votes` names is missing", path);
    }
    reader_close(reader);
    return ok;
}

bool votes_load(Arena *a, const Votes *v, Str folder, size_t max_line_bytes,
                const VoteTable **out, Err *err)
{
    VoteTable *t = arena_new(a, VoteTable);
    *t = (VoteTable){.items = map_new(a, 1024),
                     .ballot = map_new(a, 1024),
                     .marked = map_new(a, 1024),
                     .counts = map_new(a, 1024),
                     .marks = map_new(a, 16)};
    const char *ballots =
        str_z(a, str_print(a, STR_FMT "/" STR_FMT, STR_ARG(folder), STR_ARG(v->file)));
    const char *marks =
        str_z(a, str_print(a, STR_FMT "/" STR_FMT, STR_ARG(folder), STR_ARG(v->marks)));
    if (!read_table(a, t, v, ballots, max_line_bytes, add_ballot, err) ||
        !read_table(a, t, v, marks, max_line_bytes, add_mark, err))
        return false;
    *out = t;
    return true;
}

Record votes_join(Arena *a, const VoteTable *t, const Votes *v, const Record *r)
{
    Str item;
    uint64_t ballots;
    if (!record_text(r, v->item, &item) || !map_get(t->items, item, &ballots))
        return *r;
    size_t marks = map_count(t->marks), n = r->count;
    Str *name = arena_array(a, Str, n + 1 + marks), *value = arena_array(a, Str, n + 1 + marks);
    memcpy(name, r->name, n * sizeof *name);
    memcpy(value, r->value, n * sizeof *value);
    name[n] = STR("votes");
    value[n++] = str_print(a, "%llu", (unsigned long long)ballots);
    for (size_t i = 0; i < marks; i++) {
        uint64_t count = 0;
        name[n] = map_key_at(t->marks, i);
        map_get(t->counts, pair(a, item, name[n]), &count);
        value[n++] = str_print(a, "%llu", (unsigned long long)count);
    }
    return (Record){r->file, r->line, n, name, value};
}
