/* grammar.c - reading a grammar.  Every slot is looked up here, so that composing cannot fail
 * over a name; parts that name themselves in a circle are refused as too deep when drawn. */
#include "augment/grammar.h"

#include "base/file.h"
#include "base/yaml.h"

#include <math.h>

typedef struct Reading {
    Arena *arena;
    Grammar *g;
    double zero[FACTOR_COUNT];
    Err *err;
} Reading;

static bool refuse(const Reading *r, const Js *at, const char *why, Str what)
{
    return err_set(r->err, ERR_INPUT, "%s:%d:%d: %s '" STR_FMT "'", r->g->file, at->line,
                   at->column, why, STR_ARG(what));
}

Str grammar_name(const Grammar *g) { return g->name; }

bool slot_next(Str text, size_t *at, Str *before, Str *slot)
{
    Str rest = {text.ptr + *at, text.len - *at};
    const char *open = rest.len ? memchr(rest.ptr, '{', rest.len) : NULL;
    const char *shut = open ? memchr(open, '}', rest.len - (size_t)(open - rest.ptr)) : NULL;
    if (!shut) {
        *before = rest;
        return false;
    }
    *before = (Str){rest.ptr, (size_t)(open - rest.ptr)};
    *slot = (Str){open + 1, (size_t)(shut - open - 1)};
    *at += (size_t)(shut + 1 - rest.ptr);
    return true;
}

const Phrases *grammar_part(const Grammar *g, Str slot, bool *capital)
{
    char name[64];
    if (slot.len == 0 || slot.len > sizeof name)
        return NULL;
    memcpy(name, slot.ptr, slot.len);
    *capital = name[0] >= 'A' && name[0] <= 'Z';
    if (*capital)
        name[0] = (char)(name[0] - 'A' + 'a');
    uint64_t i;
    return map_get(g->part, (Str){name, slot.len}, &i) ? &g->parts[i] : NULL;
}

static bool read_phrases(Reading *r, const Js *v, Phrases *out)
{
    if (v->type != JS_ARRAY || v->count == 0)
        return refuse(r, v, "a list of phrases is wanted, not", str_of(js_type_name(v->type)));
    Phrase *list = arena_array(r->arena, Phrase, v->count);
    for (size_t i = 0; i < v->count; i++) {
        const Js *p = &v->item[i];
        if (p->type == JS_ARRAY || p->type == JS_OBJECT)
            return refuse(r, p, "text is wanted, not", str_of(js_type_name(p->type)));
        list[i] = (Phrase){p->str, p->line, p->column};
    }
    *out = (Phrases){list, v->count};
    return true;
}

static bool read_parts(Reading *r, const Js *v)
{
    if (v->type != JS_OBJECT)
        return refuse(r, v, "parts are wanted, not", str_of(js_type_name(v->type)));
    r->g->parts = arena_array(r->arena, Phrases, v->count + 1);
    for (size_t i = 0; i < v->count; i++) {
        map_put(r->g->part, v->key[i], i);
        if (!read_phrases(r, &v->item[i], &r->g->parts[i]))
            return false;
    }
    r->g->part_count = v->count;
    return true;
}

static bool read_factor(const Reading *r, const Js *at, Str name, Factor *out)
{
    return factor_parse(name, out) || refuse(r, at, "no such factor:", name);
}

static bool read_factors(const Reading *r, const Js *v, double value, double *into)
{
    if (v->type != JS_ARRAY)
        return refuse(r, v, "a list of factors is wanted, not", str_of(js_type_name(v->type)));
    for (size_t i = 0; i < v->count; i++) {
        Factor f;
        if (!read_factor(r, &v->item[i], v->item[i].str, &f))
            return false;
        into[f] = value;
    }
    return true;
}

static bool read_labels(const Reading *r, const Js *v, double *into)
{
    if (v->type != JS_OBJECT)
        return refuse(r, v, "factors with values are wanted, not",
                      str_of(js_type_name(v->type)));
    for (size_t i = 0; i < v->count; i++) {
        const Js *n = &v->item[i];
        Factor f;
        if (!read_factor(r, n, v->key[i], &f))
            return false;
        if (n->type != JS_NUMBER || n->number < 0 || n->number > 1)
            return refuse(r, n, "a value is from 0 to 1, not", n->str);
        into[f] = n->number;
    }
    return true;
}

static bool read_share(const Reading *r, const Js *v, double *out)
{
    if (v->type != JS_NUMBER || v->number < 0 || v->number > 1)
        return refuse(r, v, "a share is from 0 to 1, not", v->str);
    *out = v->number;
    return true;
}

static bool read_noise(Reading *r, const Js *v)
{
    Noise *n = &r->g->noise;
    const struct {
        const char *key;
        double *to;
    } keys[] = {
        {"lower", &n->lower},
        {"bare",  &n->bare },
        {"typo",  &n->typo },
        {"lead",  &n->lead },
        {"tail",  &n->tail },
    };
    if (v->type != JS_OBJECT)
        return refuse(r, v, "shares are wanted, not", str_of(js_type_name(v->type)));
    for (size_t i = 0; i < v->count; i++) {
        size_t k = 0;
        while (k < sizeof keys / sizeof *keys && !str_eq(v->key[i], str_of(keys[k].key)))
            k++;
        if (k == sizeof keys / sizeof *keys)
            return refuse(r, &v->item[i], "no such noise:", v->key[i]);
        if (!read_share(r, &v->item[i], keys[k].to))
            return false;
    }
    return true;
}

static bool read_template(Reading *r, const Js *v, size_t index, Template *t)
{
    memcpy(t->value, r->zero, sizeof t->value);
    t->group = str_print(r->arena, "%zu", index);
    if (v->type != JS_OBJECT)
        return refuse(r, v, "a template is wanted, not", str_of(js_type_name(v->type)));
    for (size_t i = 0; i < v->count; i++) {
        const Js *m = &v->item[i];
        Str key = v->key[i];
        bool ok = true;
        if (str_eq(key, STR("text")))
            ok = read_phrases(r, m, &t->frames);
        else if (str_eq(key, STR("labels")))
            ok = read_labels(r, m, t->value);
        else if (str_eq(key, STR("unknown")))
            ok = read_factors(r, m, NAN, t->value);
        else if (str_eq(key, STR("group")))
            t->group = m->str;
        else if (str_eq(key, STR("rows")) && m->is_integer && m->integer > 0 &&
                 m->integer <= GRAMMAR_ROWS_MAX)
            t->rows = (size_t)m->integer;
        else
            return refuse(r, m, "no such key, or a bad value:", key);
        if (!ok)
            return false;
    }
    return (t->frames.count && t->rows) ||
           refuse(r, v, "a template wants", STR("text and rows"));
}

static bool read_templates(Reading *r, const Js *v)
{
    if (v->type != JS_ARRAY)
        return refuse(r, v, "templates are wanted, not", str_of(js_type_name(v->type)));
    r->g->templates = arena_array(r->arena, Template, v->count + 1);
    for (size_t i = 0; i < v->count; i++)
        if (!read_template(r, &v->item[i], i, &r->g->templates[i]))
            return false;
    r->g->template_count = v->count;
    return true;
}

static bool check_slots(const Reading *r, const Phrases *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const Phrase *p = &list->phrase[i];
        Js at = {.line = p->line, .column = p->column};
        Str before, slot;
        bool capital;
        size_t offset = 0;
        while (slot_next(p->text, &offset, &before, &slot))
            if (!grammar_part(r->g, slot, &capital))
                return refuse(r, &at, "no such part:", slot);
    }
    return true;
}

static bool check(const Reading *r)
{
    for (size_t i = 0; i < r->g->part_count; i++)
        if (!check_slots(r, &r->g->parts[i]))
            return false;
    for (size_t i = 0; i < r->g->template_count; i++)
        if (!check_slots(r, &r->g->templates[i].frames))
            return false;
    r->g->noise.has_lead = map_has(r->g->part, STR("lead"));
    r->g->noise.has_tail = map_has(r->g->part, STR("tail"));
    return true;
}

bool grammar_parse(Arena *a, Str text, const char *name, const Grammar **out, Err *err)
{
    const Js *root;
    if (!yaml_parse(a, text, name, &root, err))
        return false;
    Grammar *g = arena_new(a, Grammar);
    g->file = name;
    g->part = map_new(a, 64);
    Reading r = {.arena = a, .g = g, .err = err};
    for (int f = 0; f < FACTOR_COUNT; f++)
        r.zero[f] = NAN;
    const Js *zero = js_get(root, STR("zero"));
    if (zero && !read_factors(&r, zero, 0, r.zero))
        return false;
    for (size_t i = 0; root->type == JS_OBJECT && i < root->count; i++) {
        const Js *v = &root->item[i];
        Str key = root->key[i];
        bool ok = true;
        if (str_eq(key, STR("grammar")))
            g->name = v->str;
        else if (str_eq(key, STR("parts")))
            ok = read_parts(&r, v);
        else if (str_eq(key, STR("templates")))
            ok = read_templates(&r, v);
        else if (str_eq(key, STR("noise")))
            ok = read_noise(&r, v);
        else if (!str_eq(key, STR("zero")))
            ok = refuse(&r, v, "no such key:", key);
        if (!ok)
            return false;
    }
    if (!g->name.len || !g->template_count)
        return refuse(&r, root, "a grammar wants", STR("grammar and templates"));
    if (!check(&r))
        return false;
    *out = g;
    return true;
}

bool grammar_load(Arena *a, const char *path, const Grammar **out, Err *err)
{
    Str text;
    return file_load(a, path, GRAMMAR_FILE_MAX, &text, err) &&
           grammar_parse(a, text, path, out, err);
}
