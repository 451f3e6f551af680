/* folder_locale.c - a norm pack: what is otherwise in one place, or for one kind of people.
 *
 *     locale: fr-FR
 *     also: [fr-RE]                 further tags that mean it
 *     languages: [fr]               it may follow from these, where the server is told to
 *     about, note                   what it is; what a person ought to know of it
 *     categories, signals           as in the document, single members
 *     clauses: {hate.3: "..."}      words that replace the page's, or add to them
 *     periods:                      from each, besides, until
 *       - {name: silence, from: 2027-04-10, until: 2027-04-12, categories: ...}
 */
#include "base/yaml.h"
#include "policy/date.h"
#include "policy/folder_internal.h"

typedef struct Pack {
    FolderReader *r;
    const BundleFile *file;
    LocalePack pack;
    bool sound;
} Pack;

static Place place(const Pack *p, const Js *at)
{
    return (Place){p->file->path, at->line, at->column};
}

static void fault(Pack *p, const Js *at, const char *fmt, Str what)
{
    findings_add(p->r->faults, place(p, at), fmt, STR_ARG(what));
    p->sound = false;
}

static Str text_of(Pack *p, const Js *o, const char *key)
{
    const Js *v = js_get(o, str_of(key));
    if (v && v->type != JS_STRING)
        fault(p, v, "'" STR_FMT "' must be text", str_of(key));
    return v && v->type == JS_STRING ? v->str : (Str){"", 0};
}

static bool known_keys(Pack *p, const Js *o, const char *const *keys)
{
    for (size_t i = 0; i < o->count; i++) {
        bool known = false;
        for (int k = 0; keys[k]; k++)
            known = known || str_eq(o->key[i], str_of(keys[k]));
        if (!known)
            fault(p, &o->item[i], "a locale has no key '" STR_FMT "' here", o->key[i]);
    }
    return p->sound;
}

static PolicyNames names_of(Pack *p, const Js *o, const char *key)
{
    const Js *v = js_get(o, str_of(key));
    if (!v)
        return (PolicyNames){0};
    if (v->type != JS_ARRAY) {
        fault(p, v, "'" STR_FMT "' wants a list", str_of(key));
        return (PolicyNames){0};
    }
    PolicyName *at = arena_array(p->r->arena, PolicyName, v->count + 1);
    for (size_t i = 0; i < v->count; i++) {
        at[i] = (PolicyName){v->item[i].str, v->item[i].line, v->item[i].column};
        if (v->item[i].type != JS_STRING)
            fault(p, &v->item[i], "'" STR_FMT "' wants a list of words", str_of(key));
    }
    return (PolicyNames){at, v->count};
}

static const Policy *over(Pack *p, const Policy *base, const Js *overlay)
{
    const Policy *out = base;
    Err err = {0};
    const char *name = str_z(p->r->arena, p->file->path);
    if (!policy_overlay(p->r->arena, base, overlay, name, &out, &err)) {
        findings_take(p->r->faults, p->file->path, &err);
        p->sound = false;
    }
    return out;
}

static void read_clauses(Pack *p, const Js *doc)
{
    const Js *v = js_get(doc, STR("clauses"));
    if (!v)
        return;
    if (v->type != JS_OBJECT) {
        fault(p, v, "'clauses' wants texts under their numbers" STR_FMT, (Str){"", 0});
        return;
    }
    LocaleClause *c = arena_array(p->r->arena, LocaleClause, v->count + 1);
    for (size_t i = 0; i < v->count; i++) {
        c[i] = (LocaleClause){v->key[i], v->item[i].str, place(p, &v->item[i])};
        if (v->item[i].type != JS_STRING)
            fault(p, &v->item[i], "the clause " STR_FMT " must be text", v->key[i]);
    }
    p->pack.clause = c;
    p->pack.clause_count = v->count;
}

static void read_period(Pack *p, const Js *v, LocalePeriod *out)
{
    static const char *const keys[] = {"name",       "from",    "until", "about",
                                       "categories", "signals", NULL};
    const Js *from = js_get(v, STR("from")), *until = js_get(v, STR("until"));
    *out = (LocalePeriod){.at = place(p, v), .policy = p->pack.policy};
    if (v->type != JS_OBJECT || !from || !until) {
        fault(p, v, "a period wants 'name', 'from' and 'until'" STR_FMT, (Str){"", 0});
        return;
    }
    if (!known_keys(p, v, keys))
        return;
    out->name = text_of(p, v, "name");
    if (!date_parse(from->str, &out->from_ms))
        fault(p, from, "'" STR_FMT "' is no date", from->str);
    else if (!date_parse(until->str, &out->until_ms))
        fault(p, until, "'" STR_FMT "' is no date", until->str);
    else if (out->from_ms >= out->until_ms)
        fault(p, until, "the period " STR_FMT " ends before it begins", out->name);
    else
        out->policy = over(p, p->pack.policy, v);
}

static void read_periods(Pack *p, const Js *doc)
{
    const Js *v = js_get(doc, STR("periods"));
    if (!v)
        return;
    if (v->type != JS_ARRAY || v->count > FOLDER_MAX_PERIODS) {
        fault(p, v, "'periods' wants a list that is not too long" STR_FMT, (Str){"", 0});
        return;
    }
    LocalePeriod *x = arena_array(p->r->arena, LocalePeriod, v->count + 1);
    for (size_t i = 0; i < v->count; i++)
        read_period(p, &v->item[i], &x[i]);
    p->pack.period = x;
    p->pack.period_count = v->count;
}

static void read_pack(Pack *p, const Js *doc)
{
    static const char *const keys[] = {"locale",     "also",    "languages", "about",   "note",
                                       "categories", "signals", "clauses",   "periods", NULL};
    Str stem = {p->file->path.ptr + strlen("locales/"),
                p->file->path.len - strlen("locales/.yaml")};
    if (doc->type != JS_OBJECT) {
        fault(p, doc, "a locale wants keys" STR_FMT, (Str){"", 0});
        return;
    }
    if (!known_keys(p, doc, keys))
        return;
    p->pack.name = text_of(p, doc, "locale");
    p->pack.about = text_of(p, doc, "about");
    p->pack.note = text_of(p, doc, "note");
    if (!str_eq(p->pack.name, stem)) {
        const Js *named = js_get(doc, STR("locale"));
        fault(p, named ? named : doc, "'locale' must be as the file is called, '" STR_FMT "'",
              stem);
        return;
    }
    p->pack.also = names_of(p, doc, "also");
    p->pack.languages = names_of(p, doc, "languages");
    p->pack.policy = over(p, p->r->folder->policy, doc);
    read_clauses(p, doc);
    if (p->sound)
        read_periods(p, doc);
}

void folder_read_locale(FolderReader *r, const BundleFile *f)
{
    Pack p = {.r = r, .file = f, .pack = {.at = {f->path, 1, 1}}, .sound = true};
    const Js *doc;
    Err err = {0};
    if (!yaml_parse(r->arena, f->text, str_z(r->arena, f->path), &doc, &err)) {
        findings_take(r->faults, f->path, &err);
        return;
    }
    read_pack(&p, doc);
    if (p.sound && r->folder->pack_count < FOLDER_MAX_LOCALES)
        r->folder->pack[r->folder->pack_count++] = p.pack;
}
