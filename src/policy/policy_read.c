/* policy_read.c - a policy document, and what a locale overrides of one, read.
 *
 * The document is a YAML tree with places; each reader below takes one node, checks every key
 * it does not know, and writes one field.  The first fault ends the reading.  An overlay is
 * read by the same readers into a copy of what it overrides, so a member means the same in
 * both.
 *
 * Compositions may name other categories.  After reading, each is unfolded once, to refuse
 * circles and those that grow out of hand: 32 parts at 8 levels are more than a score is worth.
 */
#include "base/yaml.h"
#include "policy/policy_internal.h"
#include "text/normalise.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

enum { PHRASE_MAX = 200, NODES_MAX = 4096 };

typedef struct Reader {
    Arena *arena;
    const char *name;
    Policy *policy;
    Err *err;
} Reader;

static const Str actions[] = {
#define X(id, name) [id] = STR(name),
    ACTION_TABLE(X)
#undef X
};

Str action_name(Action x) { return actions[x]; }

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

static bool too_large(const Reader *r)
{
    return err_set(r->err, ERR_LIMIT, "%s is too large", r->name);
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

/* ---- words and names ----------------------------------------------------------------- */

/* Nothing but letters, digits, dot, dash, underscore (and, in a name, a slash): it becomes a
 * file's and a metric's name. */
static bool is_name(Str s, bool slash)
{
    if (s.len == 0 || s.len > POLICY_MAX_NAME)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                    (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_' ||
                    (slash && c == '/');
        if (!fine)
            return false;
    }
    return true;
}

static bool read_word(const Reader *r, const Js *doc, const char *key, Str *out)
{
    const Js *v = js_get(doc, str_of(key));
    if (!v)
        return refuse(r, doc, "the policy has no '%s'", key);
    if (v->type == JS_OBJECT || v->type == JS_ARRAY || v->type == JS_NULL || v->str.len == 0)
        return refuse(r, v, "'%s' must be a word", key);
    if (v->str.len > POLICY_MAX_NAME)
        return refuse(r, v, "'%s' is longer than %d bytes", key, POLICY_MAX_NAME);
    if (!is_name(v->str, false))
        return refuse(r, v, "'%s' may hold letters, digits, dot, dash and underscore", key);
    *out = v->str;
    return true;
}

/* A name beside others: absent leaves *out. */
static bool read_name(const Reader *r, const Js *o, const char *key, Str *out)
{
    const Js *v = js_get(o, str_of(key));
    if (!v)
        return true;
    if (v->type != JS_STRING || !is_name(v->str, false))
        return refuse(r, v, "'%s' must be a name of letters, digits, dot, dash and underscore",
                      key);
    *out = v->str;
    return true;
}

static bool read_names(const Reader *r, const Js *doc, const char *key, PolicyNames *out)
{
    const Js *v = js_get(doc, str_of(key));
    if (!v)
        return true;
    if (v->type != JS_ARRAY || v->count > POLICY_MAX_CATEGORIES)
        return refuse(r, v, "'%s' wants a list of at most %d names", key,
                      POLICY_MAX_CATEGORIES);
    PolicyName *at = arena_try_array(r->arena, PolicyName, v->count + 1);
    if (!at)
        return too_large(r);
    for (size_t i = 0; i < v->count; i++) {
        const Js *x = &v->item[i];
        if (x->type != JS_STRING || !is_name(x->str, false))
            return refuse(r, x, "'%s' wants names of letters, digits, dot, dash, underscore",
                          key);
        for (size_t j = 0; j < i; j++)
            if (str_eq(at[j].name, x->str))
                return refuse(r, x, "'" STR_FMT "' stands twice in '%s'", STR_ARG(x->str), key);
        at[i] = (PolicyName){x->str, x->line, x->column};
    }
    *out = (PolicyNames){at, v->count};
    return true;
}

static bool find_name(PolicyNames names, Str name, int *out)
{
    for (size_t i = 0; i < names.count; i++) {
        if (str_eq(names.at[i].name, name)) {
            *out = (int)i;
            return true;
        }
    }
    return false;
}

static bool read_text(const Reader *r, const Js *o, const char *key, Str *out)
{
    const Js *v = js_get(o, str_of(key));
    if (!v)
        return true;
    if (v->type != JS_STRING)
        return refuse(r, v, "'%s' must be text", key);
    *out = v->str;
    return true;
}

static bool read_bool(const Reader *r, const Js *o, const char *key, bool *out)
{
    const Js *v = js_get(o, str_of(key));
    if (!v)
        return true;
    if (v->type != JS_BOOL)
        return refuse(r, v, "'%s' must be true or false", key);
    *out = v->boolean;
    return true;
}

/* ---- signals ------------------------------------------------------------------------- */

static bool read_phrase(const Reader *r, const Js *v, Str *out)
{
    if (v->type != JS_STRING || v->str.len == 0 || v->str.len > PHRASE_MAX)
        return refuse(r, v, "a phrase is text of 1 to %d bytes", PHRASE_MAX);
    Folded folded;
    char kept[PHRASE_MAX];
    ArenaMark mark = arena_mark(r->arena);
    if (!normalise(r->arena, v->str, &folded, r->err))
        return false;
    Str text = folded.text;
    bool fits = text.len > 0 && text.len <= sizeof kept;
    if (fits)
        memcpy(kept, text.ptr, text.len);
    arena_rewind(r->arena, mark);
    if (!fits)
        return refuse(r, v, "nothing is left of the phrase once it is folded");
    char *copy = arena_try_array(r->arena, char, text.len);
    if (!copy)
        return too_large(r);
    memcpy(copy, kept, text.len);
    *out = (Str){copy, text.len};
    return true;
}

static bool read_signal(const Reader *r, const Js *v, PolicySignal *s)
{
    if (v->type != JS_ARRAY || v->count > POLICY_MAX_PHRASES)
        return refuse(r, v, "a signal is a list of at most %d phrases", POLICY_MAX_PHRASES);
    Str *phrase = arena_try_array(r->arena, Str, v->count + 1);
    if (!phrase)
        return too_large(r);
    for (size_t i = 0; i < v->count; i++)
        if (!read_phrase(r, &v->item[i], &phrase[i]))
            return false;
    s->phrase = phrase;
    s->count = v->count;
    s->line = v->line;
    s->column = v->column;
    return true;
}

static bool find_signal(const Policy *p, Str name, int *out)
{
    for (int i = 0; i < p->signal_count; i++) {
        if (str_eq(p->signal[i].name, name)) {
            *out = i;
            return true;
        }
    }
    return false;
}

static bool read_signals(const Reader *r, const Js *doc)
{
    const Js *v = js_get(doc, STR("signals"));
    Policy *p = r->policy;
    if (!v)
        return true;
    if (v->type != JS_OBJECT || v->count > POLICY_MAX_SIGNALS)
        return refuse(r, v, "'signals' wants at most %d lists under names", POLICY_MAX_SIGNALS);
    p->signal = arena_try_array(r->arena, PolicySignal, v->count + 1);
    if (!p->signal)
        return too_large(r);
    for (size_t i = 0; i < v->count; i++) {
        if (!is_name(v->key[i], false))
            return refuse(r, &v->item[i],
                          "a signal's name may hold letters, digits, dot, dash "
                          "and underscore");
        p->signal[i].name = v->key[i];
        if (!read_signal(r, &v->item[i], &p->signal[i]))
            return false;
        p->signal_count = (int)i + 1;
    }
    return true;
}

/* ---- compositions -------------------------------------------------------------------- */

static bool read_node(const Reader *r, const Js *v, int depth, PolicyNode *out);

static bool read_parts(const Reader *r, const Js *v, int depth, PolicyNode *out)
{
    if (v->type != JS_ARRAY)
        return refuse(r, v, "wants a list, not %s", js_type_name(v->type));
    if (v->count == 0)
        return refuse(r, v, "an empty list says nothing");
    if (v->count > POLICY_MAX_PARTS)
        return refuse(r, v, "more than %d parts", POLICY_MAX_PARTS);
    PolicyNode *part = arena_try_array(r->arena, PolicyNode, v->count);
    if (!part)
        return too_large(r);
    for (size_t i = 0; i < v->count; i++)
        if (!read_node(r, &v->item[i], depth + 1, &part[i]))
            return false;
    out->part = part;
    out->count = (int)v->count;
    return true;
}

static bool read_one(const Reader *r, const Js *v, int depth, PolicyNode *out)
{
    PolicyNode *part = arena_try_array(r->arena, PolicyNode, 1);
    if (!part)
        return too_large(r);
    if (!read_node(r, v, depth + 1, part))
        return false;
    out->part = part;
    out->count = 1;
    return true;
}

static bool read_share(const Reader *r, const Js *v, int depth, PolicyNode *out)
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

/* {signal: x} and {category: x}; false in *is where it is neither. */
static bool read_named(const Reader *r, const Js *v, PolicyNode *out, bool *is)
{
    const Js *x = &v->item[0];
    bool signal = str_eq(v->key[0], STR("signal"));
    *is = signal || str_eq(v->key[0], STR("category"));
    if (!*is)
        return true;
    const char *what = signal ? "signal" : "category of this policy";
    out->kind = signal ? NODE_SIGNAL : NODE_CATEGORY;
    if (x->type != JS_STRING || !(signal ? find_signal(r->policy, x->str, &out->index)
                                         : policy_find(r->policy, x->str, &out->index)))
        return refuse(r, x, "no %s is called '" STR_FMT "'", what, STR_ARG(x->str));
    return true;
}

static bool read_node(const Reader *r, const Js *v, int depth, PolicyNode *out)
{
    static const struct {
        Str key;
        PolicyNodeKind kind;
    } lists[] = {
        {STR("all"),  NODE_ALL },
        {STR("any"),  NODE_ANY },
        {STR("most"), NODE_MOST}
    };
    bool named;

    *out = (PolicyNode){.line = v->line, .column = v->column};
    if (depth > POLICY_MAX_DEPTH)
        return refuse(r, v, "nested deeper than %d", POLICY_MAX_DEPTH);
    if (v->type == JS_STRING) {
        Factor f;
        if (!factor_parse(v->str, &f))
            return refuse(r, v, "no factor is called '" STR_FMT "'", STR_ARG(v->str));
        out->index = (int)f;
        return true;
    }
    if (v->type != JS_OBJECT)
        return refuse(r, v, "wants a factor or a composition, not %s", js_type_name(v->type));
    if (js_get(v, STR("share")) || js_get(v, STR("of")))
        return read_share(r, v, depth, out);
    if (v->count != 1)
        return refuse(r, v, "a composition has one key: all, any, most, not or share");
    if (!read_named(r, v, out, &named))
        return false;
    if (named)
        return true;
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

static bool is_factor(const PolicyNode *n, Factor f)
{
    return n->kind == NODE_FACTOR && n->index == (int)f;
}

static bool is_minors(const PolicyNode *n)
{
    if (n->kind != NODE_ALL || n->count != 2)
        return false;
    const PolicyNode *x = &n->part[0], *y = &n->part[1];
    return (is_factor(x, FACTOR_SEXUAL) && is_factor(y, FACTOR_MINOR_REFERENCE)) ||
           (is_factor(y, FACTOR_SEXUAL) && is_factor(x, FACTOR_MINOR_REFERENCE));
}

/* How many nodes a score is once the categories it names are unfolded. */
typedef struct Unfold {
    const Reader *r;
    bool open[POLICY_MAX_CATEGORIES];
    int size[POLICY_MAX_CATEGORIES]; /* 0: not yet known */
} Unfold;

static bool refuse_at(const Unfold *u, const PolicyNode *n, const char *why)
{
    const Js at = {.line = n->line, .column = n->column};
    return refuse(u->r, &at, "%s", why);
}

static bool unfold(Unfold *u, const PolicyNode *n, int *size)
{
    int sum = 1;
    const Policy *p = u->r->policy;
    if (n->kind == NODE_CATEGORY) {
        int c = n->index;
        if (u->open[c])
            return refuse_at(u, n, "the category is composed of itself, in a circle");
        u->open[c] = true;
        if (u->size[c] == 0 && !unfold(u, &p->category[c].score, &u->size[c]))
            return false;
        u->open[c] = false;
        sum += u->size[c];
    }
    for (int i = 0; i < n->count; i++) {
        int part = 0;
        if (!unfold(u, &n->part[i], &part))
            return false;
        sum += part;
        if (sum > NODES_MAX)
            return refuse_at(u, n, "the composition is too large once categories are unfolded");
    }
    if (sum > NODES_MAX)
        return refuse_at(u, n, "the composition is too large once categories are unfolded");
    *size = sum;
    return true;
}

static bool check_compositions(const Reader *r)
{
    Unfold u = {.r = r};
    for (int c = 0; c < r->policy->count; c++) {
        int size = 0;
        u.open[c] = true;
        if (!unfold(&u, &r->policy->category[c].score, &size))
            return false;
        u.open[c] = false;
        u.size[c] = size;
    }
    return true;
}

/* ---- what follows from a score ------------------------------------------------------- */

static bool read_action(const Reader *r, const Js *o, Action *out)
{
    const Js *v = js_get(o, STR("action"));
    if (!v)
        return true;
    for (int i = ACTION_NONE; v->type == JS_STRING && i < ACTION_COUNT; i++) {
        if (str_eq(v->str, i == ACTION_NONE ? STR("allow") : actions[i])) {
            *out = (Action)i;
            return true;
        }
    }
    return refuse(r, v, "'action' is allow, flag, review, hold, escalate or block");
}

/* A number above 0 and at most `most`; absent leaves *out. */
static bool read_number(const Reader *r, const Js *o, const char *key, double most, double *out)
{
    const Js *v = js_get(o, str_of(key));
    if (!v)
        return true;
    if (v->type != JS_NUMBER || !(v->number > 0 && v->number <= most))
        return refuse(r, v, "'%s' must be a number above 0, at most %g", key, most);
    *out = v->number;
    return true;
}

static bool read_bounds(const Reader *r, const Js *v, PolicyCategory *out)
{
    const Js *threshold = js_get(v, STR("threshold"));
    if (!read_number(r, v, "threshold", 1, &out->threshold) ||
        !read_number(r, v, "precision", .999, &out->precision) ||
        !read_number(r, v, "false-positives", .5, &out->false_positives))
        return false;
    if (threshold) {
        out->threshold_line = threshold->line;
        out->threshold_column = threshold->column;
    }
    bool asked = !isnan(out->precision) || !isnan(out->false_positives);
    return isnan(out->threshold) || !asked ||
           refuse(r, v,
                  "a category with a 'threshold' leaves nothing to choose by "
                  "'precision' or 'false-positives'");
}

static bool read_band(const Reader *r, const Js *o, PolicyBand *out)
{
    static const char *const keys[] = {"from", "until", "action", NULL};
    const Js *v = js_get(o, STR("unsure"));
    if (!v)
        return true;
    *out = (PolicyBand){NAN, NAN, ACTION_REVIEW, v->line, v->column};
    if (v->type != JS_OBJECT)
        return refuse(r, v, "'unsure' wants 'from' and 'until', not %s", js_type_name(v->type));
    if (!known_keys(r, v, keys, "'unsure'") || !read_number(r, v, "from", 1, &out->from) ||
        !read_number(r, v, "until", 1, &out->until) || !read_action(r, v, &out->action))
        return false;
    return out->from < out->until || refuse(r, v, "'unsure' wants 'from' below 'until'");
}

static bool read_rung(const Reader *r, const Js *v, Str name, Action action, PolicyRung *out)
{
    static const char *const keys[] = {"from", "action", "clause", NULL};
    *out = (PolicyRung){
        .name = name, .from = NAN, .action = action, .line = v->line, .column = v->column};
    if (!find_name(r->policy->severities, name, &out->level))
        return refuse(r, v, "no severity is called '" STR_FMT "'", STR_ARG(name));
    if (v->type != JS_OBJECT)
        return refuse(r, v, "a severity wants keys, not %s", js_type_name(v->type));
    if (!known_keys(r, v, keys, "a severity") || !read_number(r, v, "from", 1, &out->from) ||
        !read_action(r, v, &out->action) || !read_name(r, v, "clause", &out->clause))
        return false;
    return !isnan(out->from) || refuse(r, v, "the severity has no 'from'");
}

static bool read_ladder(const Reader *r, const Js *o, PolicyCategory *out)
{
    const Js *v = js_get(o, STR("severities"));
    if (!v)
        return true;
    if (v->type != JS_OBJECT || v->count == 0 || v->count > POLICY_MAX_RUNGS)
        return refuse(r, v, "'severities' wants 1 to %d rungs under their names",
                      POLICY_MAX_RUNGS);
    PolicyRung *rung = arena_try_array(r->arena, PolicyRung, v->count);
    if (!rung)
        return too_large(r);
    for (size_t i = 0; i < v->count; i++) {
        if (!read_rung(r, &v->item[i], v->key[i], out->action, &rung[i]))
            return false;
        if (i && (rung[i].from <= rung[i - 1].from || rung[i].level <= rung[i - 1].level ||
                  rung[i].action < rung[i - 1].action))
            return refuse(r, &v->item[i],
                          "the ladder does not rise: '" STR_FMT "' stands above '" STR_FMT "'",
                          STR_ARG(rung[i].name), STR_ARG(rung[i - 1].name));
    }
    out->rung = rung;
    out->rung_count = (int)v->count;
    return true;
}

static bool check_ladder(const Reader *r, const Js *v, const PolicyCategory *c)
{
    const Js *threshold = js_get(v, STR("threshold"));
    for (int i = 0; i < c->rung_count; i++) {
        const PolicyRung *x = &c->rung[i];
        const Js own = {.line = x->line, .column = x->column};
        const Js *at = js_get(v, STR("severities")) ? &own : threshold ? threshold : v;
        if (c->contested && x->action == ACTION_BLOCK)
            return refuse(r, at, "what is contested is never blocked");
    }
    return true;
}

static bool check_category(const Reader *r, const Js *v, const PolicyCategory *c)
{
    const Js *action = js_get(v, STR("action")), *route = js_get(v, STR("route"));
    int ignored;
    if (c->contested && c->action == ACTION_BLOCK)
        return refuse(r, action ? action : v, "what is contested is never blocked");
    if (c->route.len && !find_name(r->policy->routes, c->route, &ignored))
        return refuse(r, route ? route : v, "no route is called '" STR_FMT "'",
                      STR_ARG(c->route));
    if (r->policy->own && isnan(c->threshold))
        return refuse(r, v, "a category of one's own needs a 'threshold': no release has one");
    return check_ladder(r, v, c);
}

/* Over what *out holds: each member that is there replaces. */
static bool read_category(const Reader *r, const Js *v, PolicyCategory *out)
{
    static const char *const keys[] = {
        "score",           "action",     "threshold", "about",  "precision",
        "false-positives", "severities", "unsure",    "clause", "route",
        "describe-only",   "contested",  NULL};
    const Js *score = js_get(v, STR("score"));
    if (v->type != JS_OBJECT)
        return refuse(r, v, "a category wants keys, not %s", js_type_name(v->type));
    if (!known_keys(r, v, keys, "a category"))
        return false;
    if (score && !read_node(r, score, 1, &out->score))
        return false;
    if (score && out->key == CATEGORY_SEXUAL_MINORS && !is_minors(&out->score))
        return refuse(r, score,
                      "sexual/minors is {all: [sexual, minor-reference]} and "
                      "nothing else");
    return read_action(r, v, &out->action) && read_text(r, v, "about", &out->about) &&
           read_bounds(r, v, out) && read_band(r, v, &out->unsure) && read_ladder(r, v, out) &&
           read_name(r, v, "clause", &out->clause) && read_name(r, v, "route", &out->route) &&
           read_bool(r, v, "describe-only", &out->describe_only) &&
           read_bool(r, v, "contested", &out->contested) && check_category(r, v, out);
}

/* ---- the document -------------------------------------------------------------------- */

static bool name_category(const Reader *r, Str name, const Js *at, PolicyCategory *out)
{
    bool key = category_parse(name, &out->key);
    if (!r->policy->own && !key)
        return refuse(r, at, "no category is called '" STR_FMT "'", STR_ARG(name));
    if (r->policy->own && key)
        return refuse(r, at,
                      "'" STR_FMT "' is a category of the endpoint; one's own needs "
                      "another name",
                      STR_ARG(name));
    if (!is_name(name, true))
        return refuse(r, at,
                      "a category's name may hold letters, digits, dot, dash, "
                      "underscore and slash");
    *out = (PolicyCategory){
        .name = name,
        .key = key ? out->key : CATEGORY_COUNT,
        .action = ACTION_FLAG,
        .threshold = NAN,
        .precision = NAN,
        .false_positives = NAN,
        .unsure = {.from = NAN, .until = NAN},
        .line = at->line,
        .column = at->column
    };
    return true;
}

/* All names first: compositions may name what stands further down. */
static bool read_categories(const Reader *r, const Js *v)
{
    Policy *p = r->policy;
    if (v->type != JS_OBJECT)
        return refuse(r, v, "'categories' wants keys, not %s", js_type_name(v->type));
    if (v->count > POLICY_MAX_CATEGORIES)
        return refuse(r, v, "more than %d categories", POLICY_MAX_CATEGORIES);
    p->category = arena_try_array(r->arena, PolicyCategory, v->count + 1);
    if (!p->category)
        return too_large(r);
    for (int c = 0; c < CATEGORY_COUNT; c++)
        p->of_key[c] = -1;
    for (size_t i = 0; i < v->count; i++) {
        if (!name_category(r, v->key[i], &v->item[i], &p->category[i]))
            return false;
        if (p->category[i].key != CATEGORY_COUNT)
            p->of_key[p->category[i].key] = (int)i;
        p->count = (int)i + 1;
    }
    for (size_t i = 0; i < v->count; i++) {
        if (v->item[i].type == JS_OBJECT && !js_get(&v->item[i], STR("score")))
            return refuse(r, &v->item[i], "the category has no 'score'");
        if (!read_category(r, &v->item[i], &p->category[i]))
            return false;
    }
    for (int c = 0; !p->own && c < CATEGORY_COUNT; c++)
        if (p->of_key[c] < 0)
            return refuse(r, v, "the category '" STR_FMT "' is missing",
                          STR_ARG(category_name((Category)c)));
    return p->count > 0 || refuse(r, v, "the policy has no category");
}

static bool read_taxonomy(const Reader *r, const Js *doc, bool *own)
{
    const Js *v = js_get(doc, STR("taxonomy"));
    *own = v != NULL;
    return !v || (v->type == JS_STRING && str_eq(v->str, STR("own"))) ||
           refuse(r, v, "'taxonomy' is own, or not there");
}

static bool read_document(const Reader *r, const Js *doc)
{
    static const char *const keys[] = {"id",         "version", "about",      "taxonomy",
                                       "locales",    "routes",  "severities", "signals",
                                       "categories", NULL};
    Policy *p = r->policy;
    Str about;
    if (doc->type != JS_OBJECT)
        return refuse(r, doc, "a policy wants keys, not %s", js_type_name(doc->type));
    if (!known_keys(r, doc, keys, "a policy") || !read_word(r, doc, "id", &p->id) ||
        !read_word(r, doc, "version", &p->version) || !read_text(r, doc, "about", &about) ||
        !read_taxonomy(r, doc, &p->own) || !read_names(r, doc, "locales", &p->locales) ||
        !read_names(r, doc, "routes", &p->routes) ||
        !read_names(r, doc, "severities", &p->severities) || !read_signals(r, doc))
        return false;
    const Js *categories = js_get(doc, STR("categories"));
    if (!categories)
        return refuse(r, doc, "the policy has no 'categories'");
    return read_categories(r, categories) && check_compositions(r);
}

bool policy_parse(Arena *a, Str yaml, const char *name, const Policy **out, Err *err)
{
    if (yaml.len > POLICY_MAX_BYTES)
        return err_set(err, ERR_LIMIT, "%s is larger than %d bytes", name, POLICY_MAX_BYTES);
    const Js *doc;
    if (!yaml_parse(a, yaml, name, &doc, err))
        return false;
    Policy *p = arena_try_array(a, Policy, 1);
    char *text = arena_try_array(a, char, yaml.len + 1);
    Reader r = {.arena = a, .name = name, .policy = p, .err = err};
    if (!p || !text)
        return too_large(&r);
    if (!read_document(&r, doc))
        return false;
    if (yaml.len)
        memcpy(text, yaml.ptr, yaml.len);
    p->text = (Str){text, yaml.len};
    *out = p;
    return true;
}

/* ---- overlays ------------------------------------------------------------------------ */

static bool overlay_signals(const Reader *r, const Js *v)
{
    Policy *p = r->policy;
    if (v->type != JS_OBJECT)
        return refuse(r, v, "'signals' wants lists under names, not %s", js_type_name(v->type));
    PolicySignal *signal = arena_try_array(r->arena, PolicySignal, (size_t)p->signal_count + 1);
    if (!signal)
        return too_large(r);
    if (p->signal_count)
        memcpy(signal, p->signal, (size_t)p->signal_count * sizeof *signal);
    p->signal = signal;
    for (size_t i = 0; i < v->count; i++) {
        int at;
        if (!find_signal(p, v->key[i], &at))
            return refuse(r, &v->item[i], "the policy has no signal '" STR_FMT "'",
                          STR_ARG(v->key[i]));
        if (!read_signal(r, &v->item[i], &signal[at]))
            return false;
    }
    return true;
}

static bool overlay_categories(const Reader *r, const Js *v)
{
    Policy *p = r->policy;
    if (v->type != JS_OBJECT)
        return refuse(r, v, "'categories' wants keys, not %s", js_type_name(v->type));
    PolicyCategory *category = arena_try_array(r->arena, PolicyCategory, (size_t)p->count);
    if (!category)
        return too_large(r);
    memcpy(category, p->category, (size_t)p->count * sizeof *category);
    p->category = category;
    for (size_t i = 0; i < v->count; i++) {
        int at;
        if (!policy_find(p, v->key[i], &at))
            return refuse(r, &v->item[i], "the policy has no category '" STR_FMT "'",
                          STR_ARG(v->key[i]));
        if (js_get(&v->item[i], STR("threshold")))
            category[at].precision = category[at].false_positives = NAN;
        if (!read_category(r, &v->item[i], &category[at]))
            return false;
        category[at].line = v->item[i].line;
        category[at].column = v->item[i].column;
    }
    return check_compositions(r);
}

bool policy_overlay(Arena *a, const Policy *base, const Js *overlay, const char *name,
                    const Policy **out, Err *err)
{
    Policy *p = arena_try_array(a, Policy, 1);
    Reader r = {.arena = a, .name = name, .policy = p, .err = err};
    const Js *signals = js_get(overlay, STR("signals"));
    const Js *categories = js_get(overlay, STR("categories"));
    if (!p)
        return too_large(&r);
    *p = *base;
    if ((signals && !overlay_signals(&r, signals)) ||
        (categories && !overlay_categories(&r, categories)))
        return false;
    *out = p;
    return true;
}
