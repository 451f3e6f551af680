/* diff.c - walks two trees, or two lists of clauses, and notes where they part.
 *
 * Members are matched by key, items of a list by their `id` or `name`; a list without either
 * is one value.  Which area a member belongs to follows from the keys on the way to it.
 */
#include "policy/diff.h"

#include "base/map.h"
#include "base/rng.h"
#include "base/yaml.h"
#include "policy/clauses.h"

#include <math.h>
#include <stdlib.h>

enum { CHANGES_MAX = 20000, SHOWN_MAX = 160, PROBES = 512 };

typedef struct Diff {
    Arena *arena;
    const Policy *policy[2]; /* before, after */
    Str path;                /* of the file that is compared */
    bool hidden;             /* its values are not shown */
    PolicyDiff *out;
    Err *err;
} Diff;

static const struct {
    const char *name;
    bool words;
} areas[] = {
#define X(id, name, words) [id] = {name, words},
    CHANGE_TABLE(X)
#undef X
};

const char *change_area_name(ChangeArea x) { return areas[x].name; }
bool change_is_words(ChangeArea x) { return areas[x].words; }

const char *change_kind_name(ChangeKind x)
{
    static const char *const names[] = {
        [CHANGE_ADDED] = "added", [CHANGE_REMOVED] = "removed", [CHANGE_ALTERED] = "altered"};
    return names[x];
}

static bool note(Diff *d, const Change *c)
{
    PolicyDiff *out = d->out;
    if (out->count == CHANGES_MAX)
        return err_set(d->err, ERR_LIMIT, "more than %d changes", CHANGES_MAX);
    out->area_count[c->area]++;
    out->change[out->count++] = *c;
    return true;
}

static ChangeKind kind_of(bool before, bool after)
{
    return !before ? CHANGE_ADDED : !after ? CHANGE_REMOVED : CHANGE_ALTERED;
}

/* ---- words --------------------------------------------------------------------------- */

static Str shorten(Arena *a, Str s)
{
    if (s.len <= SHOWN_MAX)
        return s;
    size_t n = SHOWN_MAX;
    while (n && ((unsigned char)s.ptr[n] & 0xc0) == 0x80) /* never inside a character */
        n--;
    return str_print(a, STR_FMT "...", (int)n, s.ptr);
}

/* Of two texts what lies between their common beginning and end, in whole words. */
static void part(Arena *a, Str x, Str y, Str *before, Str *after)
{
    size_t least = x.len < y.len ? x.len : y.len, head = 0, tail = 0;
    while (head < least && x.ptr[head] == y.ptr[head])
        head++;
    while (head && !(x.ptr[head - 1] == ' '))
        head--;
    while (tail < least - head && x.ptr[x.len - 1 - tail] == y.ptr[y.len - 1 - tail])
        tail++;
    while (tail && x.ptr[x.len - tail] != ' ')
        tail--;
    *before = shorten(a, (Str){x.ptr + head, x.len - tail - head});
    *after = shorten(a, (Str){y.ptr + head, y.len - tail - head});
}

static bool note_clause(Diff *d, const Clause *x, const Clause *y)
{
    const Clause *one = y ? y : x;
    Change c = {.area = CHANGE_CLAUSE,
                .kind = kind_of(x, y),
                .path = one->path,
                .where = one->id,
                .shift = NAN};
    memcpy(c.factor, one->factor, sizeof c.factor);
    memcpy(c.category, one->category, sizeof c.category);
    if (x && y)
        part(d->arena, x->text, y->text, &c.before, &c.after);
    else if (x)
        c.before = shorten(d->arena, x->text);
    else
        c.after = shorten(d->arena, y->text);
    return note(d, &c);
}

static bool diff_clauses(Diff *d, const Bundle *x, const Bundle *y)
{
    Clauses before, after;
    if (!clauses_read(d->arena, x, &before, d->err) ||
        !clauses_read(d->arena, y, &after, d->err))
        return false;
    for (size_t i = 0; i < after.count; i++) {
        const Clause *new = &after.clause[i], *old = clauses_find(&before, new->id);
        if ((!old || !str_eq(old->text, new->text)) && !note_clause(d, old, new))
            return false;
    }
    for (size_t i = 0; i < before.count; i++)
        if (!clauses_find(&after, before.clause[i].id) &&
            !note_clause(d, &before.clause[i], NULL))
            return false;
    return true;
}

/* ---- trees --------------------------------------------------------------------------- */

static bool has_word(Str path, const char *word)
{
    return path.len > 0 && memmem(path.ptr, path.len, word, strlen(word)) != NULL;
}

static ChangeArea area_of(const Diff *d, Str where)
{
    static const struct {
        const char *word;
        ChangeArea area;
    } words[] = {
        {".about",          CHANGE_ABOUT      },
        {".score",          CHANGE_COMPOSITION},
        {"threshold",       CHANGE_THRESHOLD  },
        {"precision",       CHANGE_THRESHOLD  },
        {"false-positives", CHANGE_THRESHOLD  },
        {"abstain",         CHANGE_THRESHOLD  },
        {"severit",         CHANGE_SEVERITY   },
        {"action",          CHANGE_ACTION     },
        {"route",           CHANGE_ACTION     },
    };
    if (str_starts(d->path, STR("rules/")))
        return CHANGE_RULE;
    if (str_starts(d->path, STR("golden/")))
        return CHANGE_GOLDEN;
    if (str_eq(where, STR("about")))
        return CHANGE_ABOUT;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (has_word(where, words[i].word))
            return words[i].area;
    return CHANGE_OTHER;
}

static bool print_value(Diff *d, const Js *v, Str *out)
{
    Buf b;
    if (!v)
        return true;
    buf_init(&b, POLICY_MAX_BYTES);
    JsWriter w = js_writer(&b);
    js_value(&w, v);
    bool ok = buf_ok(&b, d->err);
    if (ok)
        *out = str_copy(d->arena, buf_str(&b));
    buf_done(&b);
    return ok;
}

static void compose_probe(const Diff *d, Rng *rng, int i, Category c, double out[2])
{
    float factor[FACTOR_COUNT];
    double all[CATEGORY_COUNT];
    for (int f = 0; f < FACTOR_COUNT; f++) {
        double u = rng_unit(rng);
        /* corners, where `all` and `any` part from `most`, as often as what lies between */
        factor[f] = (float)(i % 2 ? u : (double)(u < .5));
    }
    for (int side = 0; side < 2; side++) {
        policy_compose(d->policy[side], factor, all);
        out[side] = all[c];
    }
}

static double shift_of(const Diff *d, Category c)
{
    Rng rng;
    rng_seed(&rng, 1);
    double most = 0;
    for (int i = 0; i < PROBES; i++) {
        double score[2];
        compose_probe(d, &rng, i, c, score);
        most = fmax(most, fabs(score[0] - score[1]));
    }
    return most < 1e-12 ? 0 : most; /* the order of factors moves the last bits */
}

/* "categories.hate.threshold" speaks of hate, wherever it stands. */
static void name_categories(Str where, Change *c)
{
    Str word;
    while (str_cut(&where, '.', &word)) {
        Category k;
        if (category_parse(word, &k))
            c->category[k] = true;
    }
}

static bool note_value(Diff *d, Str where, const Js *x, const Js *y)
{
    Change c = {.area = area_of(d, where),
                .kind = kind_of(x, y),
                .path = d->path,
                .where = where,
                .shift = NAN};
    name_categories(where, &c);
    bool hidden = d->hidden;
    if (!hidden && (!print_value(d, x, &c.before) || !print_value(d, y, &c.after)))
        return false;
    if (x && y && str_eq(c.before, c.after) && !hidden)
        return true; /* a number written otherwise, a key in another place */
    for (int k = 0; c.area == CHANGE_COMPOSITION && k < CATEGORY_COUNT; k++)
        if (c.category[k] && str_eq(d->path, STR("policy.yaml")))
            c.shift = shift_of(d, (Category)k);
    c.before = shorten(d->arena, c.before);
    c.after = shorten(d->arena, c.after);
    return note(d, &c);
}

static const Js *item_named(const Js *list, Str name);

static bool name_of(const Js *v, Str *out)
{
    const Js *id = js_get(v, STR("id"));
    if (!id)
        id = js_get(v, STR("name"));
    if (!id || id->type == JS_ARRAY || id->type == JS_OBJECT || id->str.len == 0)
        return false;
    *out = id->str;
    return true;
}

static const Js *item_named(const Js *list, Str name)
{
    Str own;
    for (size_t i = 0; list && i < list->count; i++)
        if (name_of(&list->item[i], &own) && str_eq(own, name))
            return &list->item[i];
    return NULL;
}

static bool is_named_list(const Js *v)
{
    Str name;
    if (!v || v->type != JS_ARRAY || v->count == 0)
        return false;
    for (size_t i = 0; i < v->count; i++)
        if (!name_of(&v->item[i], &name))
            return false;
    return true;
}

static bool same_value(const Js *x, const Js *y)
{
    bool same = x->type == y->type && x->count == y->count;
    for (size_t i = 0; same && x->type == JS_ARRAY && i < x->count; i++)
        same = same_value(&x->item[i], &y->item[i]);
    for (size_t i = 0; same && x->type == JS_OBJECT && i < x->count; i++) {
        const Js *other = js_get(y, x->key[i]);
        same = other && same_value(&x->item[i], other);
    }
    if (!same || x->type == JS_ARRAY || x->type == JS_OBJECT || x->type == JS_NULL)
        return same;
    if (x->type == JS_BOOL)
        return x->boolean == y->boolean;
    if (x->type == JS_NUMBER)
        return !(x->number < y->number) && !(x->number > y->number);
    return str_eq(x->str, y->str);
}

static bool diff_tree(Diff *d, Str where, const Js *x, const Js *y);

static Str below(Diff *d, Str where, Str key)
{
    return where.len ? str_print(d->arena, STR_FMT "." STR_FMT, STR_ARG(where), STR_ARG(key))
                     : key;
}

static bool diff_items(Diff *d, Str where, const Js *x, const Js *y)
{
    Str name;
    for (size_t i = 0; i < y->count; i++)
        if (name_of(&y->item[i], &name) &&
            !diff_tree(d, below(d, where, name), item_named(x, name), &y->item[i]))
            return false;
    for (size_t i = 0; i < x->count; i++)
        if (name_of(&x->item[i], &name) && !item_named(y, name) &&
            !diff_tree(d, below(d, where, name), &x->item[i], NULL))
            return false;
    return true;
}

static bool diff_members(Diff *d, Str where, const Js *x, const Js *y)
{
    for (size_t i = 0; i < y->count; i++)
        if (!diff_tree(d, below(d, where, y->key[i]), js_get(x, y->key[i]), &y->item[i]))
            return false;
    for (size_t i = 0; i < x->count; i++)
        if (!js_get(y, x->key[i]) &&
            !diff_tree(d, below(d, where, x->key[i]), &x->item[i], NULL))
            return false;
    return true;
}

/* A composition is one value; so is a rule or a case that came or went. */
static bool diff_tree(Diff *d, Str where, const Js *x, const Js *y)
{
    if (x && y && same_value(x, y))
        return true;
    if (x && y && x->type == JS_OBJECT && y->type == JS_OBJECT &&
        area_of(d, where) != CHANGE_COMPOSITION)
        return diff_members(d, where, x, y);
    if (is_named_list(x) && is_named_list(y))
        return diff_items(d, where, x, y);
    return note_value(d, where, x, y);
}

/* ---- files --------------------------------------------------------------------------- */

static bool parse_lines(Diff *d, Str text, const Js **out)
{
    Js *list = arena_new(d->arena, Js);
    size_t lines = 1;
    for (size_t i = 0; i < text.len; i++)
        lines += text.ptr[i] == '\n';
    Js *item = arena_array(d->arena, Js, lines);
    *list = (Js){.type = JS_ARRAY, .item = item};
    for (Str line; str_cut(&text, '\n', &line);) {
        const Js *one;
        if (str_trim(line).len == 0)
            continue;
        if (!js_parse(d->arena, line, &one, d->err))
            return err_wrap(d->err, STR_FMT, STR_ARG(d->path));
        item[list->count++] = *one;
    }
    *out = list;
    return true;
}

static bool parse_file(Diff *d, const BundleFile *f, const Js **out)
{
    *out = NULL;
    if (!f)
        return true;
    if (str_ends(d->path, STR(".jsonl")))
        return parse_lines(d, f->text, out);
    return yaml_parse(d->arena, f->text, str_z(d->arena, d->path), out, d->err);
}

static bool diff_file(Diff *d, const BundleFile *x, const BundleFile *y)
{
    const Js *before, *after;
    d->path = y ? y->path : x->path;
    d->hidden = str_starts(d->path, STR("rules/")) || str_starts(d->path, STR("golden/"));
    if (x && y && str_eq(x->text, y->text))
        return true;
    bool tree = str_ends(d->path, STR(".yaml")) || str_ends(d->path, STR(".jsonl"));
    if (tree && x && y)
        return parse_file(d, x, &before) && parse_file(d, y, &after) &&
               diff_tree(d, (Str){0}, before, after);
    bool page = str_ends(d->path, STR(".md"));
    Change c = {.area = page ? CHANGE_PAGE : area_of(d, d->path),
                .kind = kind_of(x, y),
                .path = d->path,
                .where = d->path,
                .shift = NAN};
    return note(d, &c); /* of a page that both have, diff_clauses says more */
}

static bool diff_files(Diff *d, const Bundle *x, const Bundle *y)
{
    for (size_t i = 0; i < y->count; i++)
        if (!diff_file(d, bundle_file(x, y->file[i].path), &y->file[i]))
            return false;
    for (size_t i = 0; i < x->count; i++)
        if (!bundle_file(y, x->file[i].path) && !diff_file(d, &x->file[i], NULL))
            return false;
    return true;
}

/* Stable: by area, else as found. */
static void sort_changes(Arena *a, PolicyDiff *p)
{
    Change *sorted = arena_array(a, Change, p->count);
    size_t n = 0;
    for (int area = 0; area < CHANGE_AREA_COUNT; area++)
        for (size_t i = 0; i < p->count; i++)
            if ((int)p->change[i].area == area)
                sorted[n++] = p->change[i];
    p->change = sorted;
}

bool policy_diff(Arena *a, const Bundle *before, const Bundle *after, PolicyDiff *out, Err *err)
{
    PolicyDiff found = {.change = arena_array(a, Change, CHANGES_MAX)};
    Diff d = {.arena = a, .out = &found, .err = err};
    if (!bundle_policy(a, before, "the former policy", &d.policy[0], err) ||
        !bundle_policy(a, after, "the latter policy", &d.policy[1], err) ||
        !diff_clauses(&d, before, after) || !diff_files(&d, before, after))
        return false;
    sort_changes(a, &found);
    *out = found;
    return true;
}

/* Does the category's score ever move with the factor? */
static bool depends(const Policy *p, Category c, Factor f)
{
    Rng rng;
    rng_seed(&rng, 2);
    for (int i = 0; i < PROBES; i++) {
        float factor[FACTOR_COUNT];
        double low[CATEGORY_COUNT], high[CATEGORY_COUNT];
        for (int k = 0; k < FACTOR_COUNT; k++)
            factor[k] = (float)rng_unit(&rng);
        factor[f] = 0;
        policy_compose(p, factor, low);
        factor[f] = 1;
        policy_compose(p, factor, high);
        if (fabs(low[c] - high[c]) > 1e-9)
            return true;
    }
    return false;
}

void change_factors(const Change *c, const Policy *p, bool factor[FACTOR_COUNT])
{
    bool named = false;
    memcpy(factor, c->factor, sizeof c->factor);
    for (int f = 0; f < FACTOR_COUNT; f++) {
        for (int k = 0; k < CATEGORY_COUNT; k++)
            factor[f] = factor[f] || (c->category[k] && depends(p, (Category)k, (Factor)f));
        named = named || factor[f];
    }
    for (int f = 0; !named && f < FACTOR_COUNT; f++)
        factor[f] = true;
}
