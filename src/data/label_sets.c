#include "data/label_sets.h"

#include "base/map.h"

#include <assert.h>
#include <stdlib.h>

typedef struct Loader {
    Arena *arena;
    const LabelSetsWanted *wanted;
    Map *words;  /* sources, languages and groups repeat: one copy of each */
    Map *groups; /* source, NUL, group to its number */
    LabelledText *text;
    LabelSet *set;
    size_t text_count, text_cap, set_count, set_cap;
    int64_t sample; /* whose sets are being read; 0: none yet */
    bool begun;     /* it is the last text, and of its sets ... */
    bool own;       /* ... one that is wanted is no overlay */
    bool is_orphan; /* only overlays speak of it */
    size_t orphans;
} Loader;

static void *grown(Arena *a, const void *old, size_t count, size_t *cap, size_t size)
{
    if (count < *cap)
        return (void *)(uintptr_t)old;
    *cap = *cap ? *cap * 2 : 1024;
    char *p = arena_alloc(a, *cap, size);
    if (count)
        memcpy(p, old, count * size);
    return p;
}

static Str intern(Loader *l, Str s)
{
    return map_key_at(l->words, *map_slot(l->words, s, map_count(l->words)));
}

static uint32_t number_group(Loader *l, Str source, Str group)
{
    if (group.len == 0)
        return 0;
    ArenaMark mark = arena_mark(l->arena);
    Str key = str_print(l->arena, STR_FMT "%c" STR_FMT, STR_ARG(source), 0, STR_ARG(group));
    uint64_t number = 0;
    if (map_get(l->groups, key, &number)) {
        arena_rewind(l->arena, mark);
        return (uint32_t)number;
    }
    number = map_count(l->groups) + 1;
    map_put(l->groups, key, number);
    return (uint32_t)number;
}

static bool is_wanted(const Loader *l, Str source)
{
    for (int i = 0; i < l->wanted->source_count; i++)
        if (str_eq(source, str_of(l->wanted->source[i])))
            return true;
    return l->wanted->source_count == 0;
}

/* Columns as the SELECT of label_sets_load names them. */
enum {
    COL_ID,
    COL_DIGEST,
    COL_TEXT,
    COL_LANGUAGE,
    COL_SOURCE,
    COL_ORIGIN,
    COL_LABELS,
    COL_WEIGHT,
    COL_GROUP,
    COL_SPLIT,
    COL_POLICY
};

static bool add_text(Loader *l, Stmt *s, int64_t id, Err *err)
{
    l->text = grown(l->arena, l->text, l->text_count, &l->text_cap, sizeof *l->text);
    LabelledText *t = &l->text[l->text_count++];
    *t = (LabelledText){.id = id,
                        .text = str_copy(l->arena, stmt_text(s, COL_TEXT)),
                        .language = intern(l, stmt_text(s, COL_LANGUAGE))};
    return digest_parse(stmt_text(s, COL_DIGEST), &t->digest) ||
           err_set(err, ERR_CORRUPT, "sample %lld has no good digest", (long long)id);
}

static bool add_set(Loader *l, Stmt *s, Err *err)
{
    LabelSet set = {.weight = (float)stmt_double(s, COL_WEIGHT), .split = SPLIT_COUNT};
    Str split = stmt_text(s, COL_SPLIT);
    if (!label_origin_parse(stmt_text(s, COL_ORIGIN), &set.origin) ||
        (split.len && !split_parse(split, &set.split)) || !(set.weight > 0) || set.weight > 1)
        return err_set(err, ERR_CORRUPT, "a label set of sample %lld makes no sense",
                       (long long)stmt_i64(s, COL_ID));
    if (!labels_parse(l->arena, stmt_text(s, COL_LABELS), &set.labels, err))
        return err_wrap(err, "labels of sample %lld", (long long)stmt_i64(s, COL_ID));
    set.source = intern(l, stmt_text(s, COL_SOURCE));
    set.group = intern(l, stmt_text(s, COL_GROUP));
    set.overlay = stmt_text(s, COL_POLICY).len > 0;
    set.group_number = number_group(l, set.source, set.group);
    l->set = grown(l->arena, l->set, l->set_count, &l->set_cap, sizeof *l->set);
    l->set[l->set_count++] = set;
    l->text[l->text_count - 1].set_count++;
    l->own = l->own || !set.overlay;
    return true;
}

/* All sets of a sample were seen: without one of its own it is no text of ours. */
static void end_sample(Loader *l)
{
    if (l->begun && !l->own)
        l->set_count -= l->text[--l->text_count].set_count;
    l->orphans += l->is_orphan;
}

static bool add_row(Loader *l, Stmt *s, Err *err)
{
    int64_t id = stmt_i64(s, COL_ID);
    bool overlay = stmt_text(s, COL_POLICY).len > 0;
    if (id != l->sample) {
        end_sample(l);
        l->sample = id;
        l->begun = l->own = false;
        l->is_orphan = true;
    }
    l->is_orphan = l->is_orphan && overlay;
    if (overlay ? l->wanted->no_overlays : !is_wanted(l, stmt_text(s, COL_SOURCE)))
        return true;
    if (!l->begun && !add_text(l, s, id, err))
        return false;
    l->begun = true;
    return add_set(l, s, err);
}

static bool load(Loader *l, Stmt *s, const Progress *p, Err *err)
{
    bool row;
    for (;;) {
        if (!stmt_step(s, &row, err))
            return false;
        if (!row) {
            end_sample(l);
            return true;
        }
        if (!add_row(l, s, err))
            return false;
        if (l->set_count % 4096 == 0) {
            progress_tick(p, "label sets read", l->set_count, 0, NULL);
            if (stop_requested())
                return stop_err(err);
        }
    }
}

static int by_digest(const void *x, const void *y)
{
    const LabelledText *p = x, *q = y;
    return memcmp(p->digest.byte, q->digest.byte, sizeof p->digest.byte);
}

/* Unknown values are one NaN (labels_unknown), so bytes can be compared. */
static int by_content(const void *x, const void *y)
{
    const LabelSet *p = x, *q = y;
    int c = str_cmp(p->source, q->source);
    c = c ? c : (int)p->origin - (int)q->origin;
    c = c ? c : memcmp(&p->labels, &q->labels, sizeof p->labels);
    c = c ? c : (int)p->split - (int)q->split;
    c = c ? c : str_cmp(p->group, q->group);
    return c ? c : (p->weight > q->weight) - (p->weight < q->weight);
}

bool label_sets_load(Store *db, Arena *a, const LabelSetsWanted *w, const Progress *p,
                     LabelledTexts *out, Err *err)
{
    Loader l = {.arena = a, .wanted = w};
    l.words = map_new(a, 1024);
    l.groups = map_new(a, 1024);
    Stmt *s = NULL;
    /* CROSS JOIN keeps SQLite to this order, so that it walks the texts by id instead of
     * sorting them all. */
    bool ok = stmt_open(db,
                        "SELECT s.id, s.digest, s.text, s.language, l.source, l.origin,"
                        " l.labels, l.weight, l.group_name, l.split, l.policy"
                        " FROM sample s CROSS JOIN label_set l CROSS JOIN recipe r"
                        " WHERE l.sample = s.id AND r.id = l.recipe AND r.in_force = 1"
                        " ORDER BY s.id",
                        &s, err) &&
              load(&l, s, p, err);
    stmt_close(s);
    if (!ok)
        return false;
    LabelSet *set = l.set;
    for (size_t i = 0; i < l.text_count; i++) {
        l.text[i].set = set;
        set += l.text[i].set_count;
        qsort(l.text[i].set, l.text[i].set_count, sizeof *set, by_content);
    }
    if (l.text_count)
        qsort(l.text, l.text_count, sizeof *l.text, by_digest);
    *out = (LabelledTexts){l.text, l.text_count, (uint32_t)map_count(l.groups) + 1, l.orphans};
    return true;
}
