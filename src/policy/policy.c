/* policy.c - reads a policy document and evaluates its compositions.
 *
 * The document is a YAML tree with places; each reader below takes one node, checks
 * every key it does not know, and writes one field.  The first fault ends the reading.
 */
#include "policy/policy.h"

#include "base/yaml.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

typedef enum NodeKind {
    NODE_FACTOR,
    NODE_ALL,
    NODE_ANY,
    NODE_MOST,
    NODE_NOT,
    NODE_SHARE
} NodeKind;

typedef struct Node Node;
struct Node {
    NodeKind kind;
    Factor factor; /* NODE_FACTOR */
    double share;  /* NODE_SHARE */
    int count;
    const Node *part;
};

typedef struct Rule {
    bool given;
    Node score;
    Action action;
    double threshold;                  /* NaN: the release's */
    double precision, false_positives; /* wanted of the release's; NaN: not said */
} Rule;

struct Policy {
    Str id, version, text;
    Rule rule[CATEGORY_COUNT];
};

typedef struct Reader {
    Arena *arena;
    const char *name;
    Err *err;
} Reader;

static const Str actions[] = {
#define X(id, name) [id] = STR(name),
    ACTION_TABLE(X)
#undef X
};

Str action_name(Action x) { return actions[x]; }

/* ---- reading ------------------------------------------------------------------------- */

static bool refuse(const Reader *r, const Js *at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static bool refuse(const Reader *r, const Js *at, const char *fmt, ...)
{
    char why[160];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(why, sizeof why, fmt, ap);
    va_end(ap);
    return err_set(r->err, ERR_INPUT, "%s:%d:%d: %s", r->name, at->line, at->column, why);
}

static bool known_keys(const Reader *r, const Js *o, const char *const *keys, const char *what)
{
    for (size_t i = 0; i < o->count; i++) {
        bool known = false;
        for (int k = 0; keys[k]; k++)
            known = known || str_eq(o->key[i], str_of(keys[k]));
        if (!known)
            return refuse(r, &o->item[i], "%s has no key '" STR_FMT "'", what,
                          STR_ARG(o->key[i]));
    }
    return true;
}

/* Nothing but letters, digits, dot, dash, underscore: it becomes a file's and a metric's name.
 */
static bool read_word(const Reader *r, const Js *doc, const char *key, Str *out)
{
    const Js *v = js_get(doc, str_of(key));
    if (!v)
        return refuse(r, doc, "the policy has no '%s'", key);
    if (v->type == JS_OBJECT || v->type == JS_ARRAY || v->type == JS_NULL || v->str.len == 0)
        return refuse(r, v, "'%s' must be a word", key);
    if (v->str.len > POLICY_MAX_NAME)
        return refuse(r, v, "'%s' is longer than %d bytes", key, POLICY_MAX_NAME);
    for (size_t i = 0; i < v->str.len; i++) {
        char c = v->str.ptr[i];
        bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                    (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
        if (!fine)
            return refuse(r, v, "'%s' may hold letters, digits, dot, dash and underscore", key);
    }
    *out = v->str;
    return true;
}

static bool read_node(const Reader *r, const Js *v, int depth, Node *out);

static bool read_parts(const Reader *r, const Js *v, int depth, Node *out)
{
    if (v->type != JS_ARRAY)
        return refuse(r, v, "wants a list, not %s", js_type_name(v->type));
    if (v->count == 0)
        return refuse(r, v, "an empty list says nothing");
    if (v->count > POLICY_MAX_PARTS)
        return refuse(r, v, "more than %d parts", POLICY_MAX_PARTS);
    Node *part = arena_try_array(r->arena, Node, v->count);
    if (!part)
        return err_set(r->err, ERR_LIMIT, "%s is too large", r->name);
    for (size_t i = 0; i < v->count; i++)
        if (!read_node(r, &v->item[i], depth + 1, &part[i]))
            return false;
    out->part = part;
    out->count = (int)v->count;
    return true;
}

static bool read_one(const Reader *r, const Js *v, int depth, Node *out)
{
    Node *part = arena_try_array(r->arena, Node, 1);
    if (!part)
        return err_set(r->err, ERR_LIMIT, "%s is too large", r->name);
    if (!read_node(r, v, depth + 1, part))
        return false;
    out->part = part;
    out->count = 1;
    return true;
}

static bool read_share(const Reader *r, const Js *v, int depth, Node *out)
{
    static const char *const keys[] = {"share", "of", NULL};
    const Js *share = js_get(v, STR("share")), *of = js_get(v, STR("of"));
    if (!known_keys(r, v, keys, "a share"))
        return false;
    if (!share || !of)
        return refuse(r, v, "a share wants both 'share' and 'of'");
    if (share->type != JS_NUMBER || !(share->number > 0 && share->number <= 1))
        return refuse(r, share, "'share' must be a number above 0, at most 1");
    out->kind = NODE_SHARE;
    out->share = share->number;
    return read_one(r, of, depth, out);
}

static bool read_node(const Reader *r, const Js *v, int depth, Node *out)
{
    static const struct {
        Str key;
        NodeKind kind;
    } lists[] = {
        {STR("all"),  NODE_ALL },
        {STR("any"),  NODE_ANY },
        {STR("most"), NODE_MOST}
    };

    if (depth > POLICY_MAX_DEPTH)
        return refuse(r, v, "nested deeper than %d", POLICY_MAX_DEPTH);
    if (v->type == JS_STRING) {
        out->kind = NODE_FACTOR;
        return factor_parse(v->str, &out->factor) ||
               refuse(r, v, "no factor is called '" STR_FMT "'", STR_ARG(v->str));
    }
    if (v->type != JS_OBJECT)
        return refuse(r, v, "wants a factor or a composition, not %s", js_type_name(v->type));
    if (js_get(v, STR("share")) || js_get(v, STR("of")))
        return read_share(r, v, depth, out);
    if (v->count != 1)
        return refuse(r, v, "a composition has one key: all, any, most, not or share");
    if (str_eq(v->key[0], STR("not"))) {
        out->kind = NODE_NOT;
        return read_one(r, &v->item[0], depth, out);
    }
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        if (str_eq(v->key[0], lists[i].key)) {
            out->kind = lists[i].kind;
            return read_parts(r, &v->item[0], depth, out);
        }
    }
    return refuse(r, v, "no composition is called '" STR_FMT "'", STR_ARG(v->key[0]));
}

static bool is_factor(const Node *n, Factor f)
{
    return n->kind == NODE_FACTOR && n->factor == f;
}

static bool is_minors(const Node *n)
{
    if (n->kind != NODE_ALL || n->count != 2)
        return false;
    const Node *x = &n->part[0], *y = &n->part[1];
    return (is_factor(x, FACTOR_SEXUAL) && is_factor(y, FACTOR_MINOR_REFERENCE)) ||
           (is_factor(y, FACTOR_SEXUAL) && is_factor(x, FACTOR_MINOR_REFERENCE));
}

static bool read_action(const Reader *r, const Js *v, Action *out)
{
    for (int i = ACTION_FLAG; v->type == JS_STRING && i < ACTION_COUNT; i++) {
        if (str_eq(v->str, actions[i])) {
            *out = (Action)i;
            return true;
        }
    }
    return refuse(r, v, "'action' is flag, review or block");
}

/* A number above 0 and at most `most`; NaN when it is not there. */
static bool read_number(const Reader *r, const Js *o, const char *key, double most, double *out)
{
    const Js *v = js_get(o, str_of(key));
    *out = NAN;
    if (!v)
        return true;
    if (v->type != JS_NUMBER || !(v->number > 0 && v->number <= most))
        return refuse(r, v, "'%s' must be a number above 0, at most %g", key, most);
    *out = v->number;
    return true;
}

static bool read_bounds(const Reader *r, const Js *v, Rule *out)
{
    if (!read_number(r, v, "threshold", 1, &out->threshold) ||
        !read_number(r, v, "precision", .999, &out->precision) ||
        !read_number(r, v, "false-positives", .5, &out->false_positives))
        return false;
    bool asked = !isnan(out->precision) || !isnan(out->false_positives);
    return isnan(out->threshold) || !asked ||
           refuse(r, v,
                  "a category with a 'threshold' leaves nothing to choose by "
                  "'precision' or 'false-positives'");
}

static bool read_rule(const Reader *r, const Js *v, Category c, Rule *out)
{
    static const char *const keys[] = {"score",     "action",          "threshold", "about",
                                       "precision", "false-positives", NULL};
    if (v->type != JS_OBJECT)
        return refuse(r, v, "a category wants keys, not %s", js_type_name(v->type));
    if (!known_keys(r, v, keys, "a category"))
        return false;
    const Js *score = js_get(v, STR("score")), *action = js_get(v, STR("action"));
    const Js *about = js_get(v, STR("about"));
    *out = (Rule){.given = true, .action = ACTION_FLAG};
    if (!score)
        return refuse(r, v, "the category has no 'score'");
    if (!read_node(r, score, 1, &out->score))
        return false;
    if (c == CATEGORY_SEXUAL_MINORS && !is_minors(&out->score))
        return refuse(r, score,
                      "sexual/minors is {all: [sexual, minor-reference]} and "
                      "nothing else");
    if (action && !read_action(r, action, &out->action))
        return false;
    if (about && about->type != JS_STRING)
        return refuse(r, about, "'about' must be text");
    return read_bounds(r, v, out);
}

static bool read_rules(const Reader *r, const Js *v, Policy *p)
{
    if (v->type != JS_OBJECT)
        return refuse(r, v, "'categories' wants keys, not %s", js_type_name(v->type));
    for (size_t i = 0; i < v->count; i++) {
        Category c;
        if (!category_parse(v->key[i], &c))
            return refuse(r, &v->item[i], "no category is called '" STR_FMT "'",
                          STR_ARG(v->key[i]));
        if (!read_rule(r, &v->item[i], c, &p->rule[c]))
            return false;
    }
    for (int c = 0; c < CATEGORY_COUNT; c++)
        if (!p->rule[c].given)
            return refuse(r, v, "the category '" STR_FMT "' is missing",
                          STR_ARG(category_name((Category)c)));
    return true;
}

bool policy_parse(Arena *a, Str yaml, const char *name, const Policy **out, Err *err)
{
    static const char *const keys[] = {"id", "version", "about", "categories", NULL};
    Reader r = {.arena = a, .name = name, .err = err};
    if (yaml.len > POLICY_MAX_BYTES)
        return err_set(err, ERR_LIMIT, "%s is larger than %d bytes", name, POLICY_MAX_BYTES);
    const Js *doc;
    if (!yaml_parse(a, yaml, name, &doc, err))
        return false;
    Policy *p = arena_try_array(a, Policy, 1);
    char *text = arena_try_array(a, char, yaml.len + 1);
    if (!p || !text)
        return err_set(err, ERR_LIMIT, "%s is too large", name);
    if (doc->type != JS_OBJECT)
        return refuse(&r, doc, "a policy wants keys, not %s", js_type_name(doc->type));
    if (!known_keys(&r, doc, keys, "a policy") || !read_word(&r, doc, "id", &p->id) ||
        !read_word(&r, doc, "version", &p->version))
        return false;
    const Js *rules = js_get(doc, STR("categories"));
    if (!rules)
        return refuse(&r, doc, "the policy has no 'categories'");
    if (!read_rules(&r, rules, p))
        return false;
    if (yaml.len)
        memcpy(text, yaml.ptr, yaml.len);
    p->text = (Str){text, yaml.len};
    *out = p;
    return true;
}

Str policy_id(const Policy *p) { return p->id; }
Str policy_version(const Policy *p) { return p->version; }
Str policy_text(const Policy *p) { return p->text; }
double policy_threshold(const Policy *p, Category c) { return p->rule[c].threshold; }
double policy_precision(const Policy *p, Category c) { return p->rule[c].precision; }
double policy_false_positives(const Policy *p, Category c)
{
    return p->rule[c].false_positives;
}
Action policy_action(const Policy *p, Category c) { return p->rule[c].action; }

/* ---- composing ----------------------------------------------------------------------- */

static double compose(const Node *n, const float *factor)
{
    double x = n->kind == NODE_ALL || n->kind == NODE_ANY ? 1 : 0;
    switch (n->kind) {
    case NODE_FACTOR:
        return (double)factor[n->factor];
    case NODE_ALL:
        for (int i = 0; i < n->count; i++)
            x *= compose(&n->part[i], factor);
        return x;
    case NODE_ANY:
        for (int i = 0; i < n->count; i++)
            x *= 1 - compose(&n->part[i], factor);
        return 1 - x;
    case NODE_MOST:
        for (int i = 0; i < n->count; i++)
            x = fmax(x, compose(&n->part[i], factor));
        return x;
    case NODE_NOT:
        return 1 - compose(n->part, factor);
    case NODE_SHARE:
        return n->share * compose(n->part, factor);
    }
    return x;
}

void policy_compose(const Policy *p, const float factor[FACTOR_COUNT],
                    double category[CATEGORY_COUNT])
{
    for (int c = 0; c < CATEGORY_COUNT; c++)
        category[c] = compose(&p->rule[c].score, factor);
}

/* What a label might be: [low, high]; a known one is a point. */
typedef struct Range {
    double low, high;
} Range;

static Range compose_labels(const Node *n, const float *factor)
{
    Range x = n->kind == NODE_ALL ? (Range){1, 1} : (Range){0, 0};
    for (int i = 0; i < n->count; i++) {
        Range y = compose_labels(&n->part[i], factor);
        switch (n->kind) {
        case NODE_FACTOR: /* has no parts */
            break;
        case NODE_ALL:
            x = (Range){fmin(x.low, y.low), fmin(x.high, y.high)};
            break;
        case NODE_ANY:
        case NODE_MOST:
            x = (Range){fmax(x.low, y.low), fmax(x.high, y.high)};
            break;
        case NODE_NOT:
            x = (Range){1 - y.high, 1 - y.low};
            break;
        case NODE_SHARE:
            x = (Range){n->share * y.low, n->share * y.high};
            break;
        }
    }
    if (n->kind != NODE_FACTOR)
        return x;
    double v = (double)factor[n->factor];
    return isnan(v) ? (Range){0, 1} : (Range){v, v};
}

void policy_compose_labels(const Policy *p, const float factor[FACTOR_COUNT],
                           float category[CATEGORY_COUNT])
{
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        Range x = compose_labels(&p->rule[c].score, factor);
        /* Decided, but not to the point: the end nearer to a half claims the least. */
        category[c] = x.low >= .5 ? (float)x.low : x.high < .5 ? (float)x.high : NAN;
    }
}
