#include "model/plan.h"

#include "base/yaml.h"

typedef struct PlanRow {
    const char *key;
    bool whole;
    size_t offset;
    double fallback, least, most;
} PlanRow;

#define WHOLE_int64_t true
#define WHOLE_double  false
static const PlanRow plan_rows[] = {
#define X(key, type, fallback, least, most, help) \
    {#key, WHOLE_##type, offsetof(Plan, key), fallback, least, most},
    PLAN_TABLE(X)
#undef X
};
enum { PLAN_ROWS = sizeof plan_rows / sizeof *plan_rows };

static void put(Plan *p, const PlanRow *row, double v)
{
    char *at = (char *)p + row->offset;
    if (row->whole)
        *(int64_t *)(void *)at = (int64_t)v;
    else
        *(double *)(void *)at = v;
}

void plan_defaults(Plan *p)
{
    *p = (Plan){.name = STR("default"), .default_power = 0.5};
    for (int i = 0; i < PLAN_ROWS; i++)
        put(p, &plan_rows[i], plan_rows[i].fallback);
    static const Factor rare[] = {FACTOR_THREAT, FACTOR_SEXUAL, FACTOR_VIOLENCE, FACTOR_GORE,
                                  FACTOR_SELF_HARM};
    for (size_t i = 0; i < sizeof rare / sizeof *rare; i++)
        p->rare[rare[i]] = true;
}

static bool refuse(const Js *v, const char *name, Str key, const char *want, Err *err)
{
    return err_set(err, ERR_INPUT, "%s:%d:%d: '" STR_FMT "' must be %s", name, v->line,
                   v->column, STR_ARG(key), want);
}

static bool read_sources(Arena *a, const Js *o, const char *name, Plan *out, Err *err)
{
    if (o->type != JS_OBJECT)
        return refuse(o, name, STR("sources"), "a mapping of source to weight", err);
    PlanSource *list = arena_try_array(a, PlanSource, o->count);
    if (!list)
        return err_set(err, ERR_LIMIT, "%s names too many sources", name);
    for (size_t i = 0; i < o->count; i++) {
        const Js *v = &o->item[i];
        if (v->type != JS_NUMBER || v->number < 0 || v->number > 1e6)
            return refuse(v, name, o->key[i], "a weight from 0 to 1000000", err);
        list[i] = (PlanSource){.name = o->key[i], .weight = v->number};
    }
    out->source = list;
    out->source_count = o->count;
    return true;
}

static bool read_rare(const Js *list, const char *name, Plan *out, Err *err)
{
    if (list->type != JS_ARRAY)
        return refuse(list, name, STR("rare"), "a list of factors", err);
    memset(out->rare, 0, sizeof out->rare);
    for (size_t i = 0; i < list->count; i++) {
        Factor f;
        if (list->item[i].type != JS_STRING || !factor_parse(list->item[i].str, &f))
            return refuse(&list->item[i], name, STR("rare"), "a list of factors", err);
        out->rare[f] = true;
    }
    return true;
}

static bool read_number(const Js *v, Str key, const char *name, Plan *out, Err *err)
{
    for (int i = 0; i < PLAN_ROWS; i++) {
        const PlanRow *row = &plan_rows[i];
        if (!str_eq(key, str_of(row->key)))
            continue;
        if (v->type != JS_NUMBER || (row->whole && !v->is_integer))
            return refuse(v, name, key, row->whole ? "a whole number" : "a number", err);
        if (v->number < row->least || v->number > row->most)
            return err_set(err, ERR_INPUT, "%s:%d:%d: '%s' must lie between %g and %g", name,
                           v->line, v->column, row->key, row->least, row->most);
        put(out, row, v->number);
        return true;
    }
    return err_set(err, ERR_INPUT, "%s:%d:%d: a plan has no key '" STR_FMT "'", name, v->line,
                   v->column, STR_ARG(key));
}

bool plan_parse(Arena *a, Str yaml, const char *name, Plan *out, Err *err)
{
    const Js *root;
    if (!yaml_parse(a, yaml, name, &root, err))
        return false;
    if (root->type != JS_OBJECT)
        return err_set(err, ERR_INPUT, "%s: a plan is a mapping", name);
    Plan p;
    plan_defaults(&p);
    p.text = str_copy(a, yaml);
    for (size_t i = 0; i < root->count; i++) {
        const Js *v = &root->item[i];
        Str key = root->key[i];
        bool ok = true;
        if (str_eq(key, STR("name"))) {
            p.name = v->str;
            ok = v->type == JS_STRING || refuse(v, name, key, "text", err);
        } else if (str_eq(key, STR("sources"))) {
            ok = read_sources(a, v, name, &p, err);
        } else if (str_eq(key, STR("rare"))) {
            ok = read_rare(v, name, &p, err);
        } else if (str_eq(key, STR("default_power"))) {
            p.default_power = v->number;
            ok = (v->type == JS_NUMBER && v->number >= 0 && v->number <= 1) ||
                 refuse(v, name, key, "a number from 0 to 1", err);
        } else {
            ok = read_number(v, key, name, &p, err);
        }
        if (!ok)
            return false;
    }
    if (p.window_stride > p.window_pieces)
        return err_set(err, ERR_INPUT,
                       "%s: 'window_stride' is beyond 'window_pieces': pieces between two "
                       "windows would never be read",
                       name);
    *out = p;
    return true;
}
