/* rules.c - conditions and rules: reading them, and applying them to a row. */
#include "data/rules_internal.h"

#include "base/yaml.h"

enum { TERMS_COUNT_MOST = 1000 };

/* ---- conditions ----------------------------------------------------------------------- */

static bool key_column(Ctx *c, const Js *v, void *into)
{
    Condition *k = into;
    k->subject = SUBJECT_COLUMN;
    return recipe_want_text(c, v, &k->column);
}

static bool want_factor(const Ctx *c, const Js *v, Str name, int *slot)
{
    Factor f;
    if (!factor_parse(name, &f))
        return recipe_refuse(c, v, "no factor is called '" STR_FMT "'", STR_ARG(name));
    *slot = (int)f;
    return true;
}

static bool key_factor(Ctx *c, const Js *v, void *into)
{
    Condition *k = into;
    Str name;
    int slot = 0;
    if (!recipe_want_text(c, v, &name) || !want_factor(c, v, name, &slot))
        return false;
    k->subject = SUBJECT_FACTOR;
    k->factor = (Factor)slot;
    return true;
}

static bool words_test(Ctx *c, const Js *v, Condition *k, Test test)
{
    if (k->test != TEST_NONE)
        return recipe_refuse(c, v, "one test a condition");
    k->test = test;
    return recipe_want_texts(c, v, &k->word, &k->words);
}

static bool key_is(Ctx *c, const Js *v, void *into) { return words_test(c, v, into, TEST_IS); }
static bool key_not(Ctx *c, const Js *v, void *into)
{
    return words_test(c, v, into, TEST_NOT);
}
static bool key_has(Ctx *c, const Js *v, void *into)
{
    return words_test(c, v, into, TEST_HAS);
}
static bool key_lacks(Ctx *c, const Js *v, void *into)
{
    return words_test(c, v, into, TEST_LACKS);
}
static bool key_like(Ctx *c, const Js *v, void *into)
{
    return words_test(c, v, into, TEST_LIKE);
}

static bool key_fifth(Ctx *c, const Js *v, void *into)
{
    Condition *k = into;
    if (!words_test(c, v, k, TEST_FIFTH))
        return false;
    for (size_t i = 0; i < k->words; i++)
        if (k->word[i].len != 1 || k->word[i].ptr[0] < '1' || k->word[i].ptr[0] > '5')
            return recipe_refuse(c, v, "a fifth is a number from 1 to 5");
    return true;
}

static bool key_apart(Ctx *c, const Js *v, void *into)
{
    Condition *k = into;
    return recipe_want_text(c, v, &k->apart) &&
           (k->apart.len == 1 || recipe_refuse(c, v, "one character is wanted"));
}

static bool key_terms(Ctx *c, const Js *v, void *into)
{
    Condition *k = into;
    Included *file;
    Str text;
    if (k->test != TEST_NONE)
        return recipe_refuse(c, v, "one test a condition");
    if (!recipe_include(c, v, &file, &text) ||
        (!file->terms && !terms_parse(c->arena, text, file->path, &file->terms, c->err)))
        return false;
    k->test = TEST_TERMS;
    k->terms = file->terms;
    return true;
}

static bool key_least(Ctx *c, const Js *v, void *into)
{
    Condition *k = into;
    k->ranged = true;
    return recipe_want_number(c, v, &k->least);
}

static bool key_most(Ctx *c, const Js *v, void *into)
{
    Condition *k = into;
    k->ranged = true;
    return recipe_want_number(c, v, &k->most);
}

static const RecipeKey condition_keys[] = {
    {"column",   key_column},
    {"factor",   key_factor},
    {"is",       key_is    },
    {"not",      key_not   },
    {"has",      key_has   },
    {"lacks",    key_lacks },
    {"like",     key_like  },
    {"fifth",    key_fifth },
    {"apart",    key_apart },
    {"terms",    key_terms },
    {"at_least", key_least },
    {"at_most",  key_most  },
    {NULL,       NULL      },
};

static bool condition_parse(Ctx *c, const Js *v, Condition *out)
{
    Condition k = {.apart = STR(","), .least = -INFINITY, .most = INFINITY};
    if (!recipe_read_keys(c, v, condition_keys, &k))
        return false;
    if (k.test == TEST_NONE && !k.ranged)
        return recipe_refuse(c, v, "nothing is tested");
    if (k.subject == SUBJECT_FACTOR && k.test != TEST_NONE)
        return recipe_refuse(c, v, "a factor is a number: at_least, at_most");
    if (k.test == TEST_TERMS && !k.ranged)
        k.least = 1;
    *out = k;
    return true;
}

bool conditions_parse(Ctx *c, const Js *v, Conditions *out)
{
    size_t n = v->type == JS_ARRAY ? v->count : 1;
    Condition *all = arena_array(c->arena, Condition, n);
    for (size_t i = 0; i < n; i++)
        if (!condition_parse(c, v->type == JS_ARRAY ? &v->item[i] : v, &all[i]))
            return false;
    *out = (Conditions){all, n};
    return true;
}

static bool any_is(const Condition *k, Str s)
{
    for (size_t i = 0; i < k->words; i++)
        if (str_eq(k->word[i], s))
            return true;
    return false;
}

static bool any_like(const Condition *k, Str s)
{
    for (size_t i = 0; i < k->words; i++)
        if (str_fits(k->word[i], s))
            return true;
    return false;
}

/* Which rows are kept apart must not change from one edition of a set, or of the program,
 * to the next: the fifth of a value is that of its hash, for ever. */
static bool any_fifth(const Condition *k, Str s)
{
    enum { SEED = 5 };
    char fifth = (char)('1' + hash64(s, SEED) % 5);
    return any_is(k, (Str){&fifth, 1});
}

static bool any_part(const Condition *k, Str s)
{
    for (Str part; str_cut(&s, k->apart.ptr[0], &part);)
        if (any_is(k, str_trim(part)))
            return true;
    return false;
}

static bool in_range(const Condition *k, double v) { return v >= k->least && v <= k->most; }

static bool terms_hold(const Condition *k, const RuleRow *row, Str s)
{
    double most = isfinite(k->most) ? k->most + 1 : k->least;
    size_t enough = most < 1 ? 1 : most < TERMS_COUNT_MOST ? (size_t)most : TERMS_COUNT_MOST;
    return in_range(k, (double)terms_count(k->terms, row->scratch, s, enough));
}

static bool condition_holds(const Condition *k, const RuleRow *row)
{
    Str s = row->text;
    double v;
    if (k->subject == SUBJECT_FACTOR)
        return label_known(row->labels->factor[k->factor]) &&
               in_range(k, (double)row->labels->factor[k->factor]);
    if (k->subject == SUBJECT_COLUMN && !record_text(row->record, k->column, &s))
        return k->test == TEST_NOT || k->test == TEST_LACKS;
    if (k->test == TEST_TERMS)
        return terms_hold(k, row, s);
    if (k->ranged && !(str_to_double(str_trim(s), &v) && in_range(k, v)))
        return false;
    switch (k->test) {
    case TEST_NONE:
        return true;
    case TEST_IS:
        return any_is(k, s);
    case TEST_NOT:
        return !any_is(k, s);
    case TEST_HAS:
        return any_part(k, s);
    case TEST_LACKS:
        return !any_part(k, s);
    case TEST_LIKE:
        return any_like(k, s);
    case TEST_FIFTH:
        return any_fifth(k, s);
    case TEST_TERMS:
        break;
    }
    return false;
}

bool conditions_hold(const Conditions *c, const RuleRow *row)
{
    for (size_t i = 0; i < c->count; i++)
        if (!condition_holds(&c->all[i], row))
            return false;
    return true;
}

static bool any_holds(const Conditions *c, const RuleRow *row)
{
    for (size_t i = 0; i < c->count; i++)
        if (condition_holds(&c->all[i], row))
            return true;
    return false;
}

/* ---- rules: reading ------------------------------------------------------------------- */

typedef struct RuleDraft {
    Rule rule;
    Effect *effect;
    size_t count, cap;
} RuleDraft;

static void add_effect(Ctx *c, RuleDraft *d, Effect e)
{
    if (d->count == d->cap) {
        size_t cap = d->cap ? 2 * d->cap : 16;
        Effect *more = arena_array(c->arena, Effect, cap);
        if (d->count)
            memcpy(more, d->effect, d->count * sizeof *more);
        d->effect = more;
        d->cap = cap;
    }
    d->effect[d->count++] = e;
}

static bool number_parse(Ctx *c, const Js *v, Number *out)
{
    if (v->type == JS_NUMBER) {
        *out = (Number){.constant = v->number};
        return true;
    }
    *out = (Number){.is_column = true};
    return recipe_want_text(c, v, &out->column);
}

static bool key_value_column(Ctx *c, const Js *v, void *into)
{
    Value *value = into;
    value->value.is_column = true;
    return recipe_want_text(c, v, &value->value.column);
}

static bool key_value_from(Ctx *c, const Js *v, void *into)
{
    return number_parse(c, v, &((Value *)into)->from);
}

static bool key_value_to(Ctx *c, const Js *v, void *into)
{
    return number_parse(c, v, &((Value *)into)->to);
}

static bool key_value_times(Ctx *c, const Js *v, void *into)
{
    return recipe_want_number(c, v, &((Value *)into)->times);
}

static const RecipeKey value_keys[] = {
    {"column", key_value_column},
    {"from",   key_value_from  },
    {"to",     key_value_to    },
    {"times",  key_value_times },
    {NULL,     NULL            },
};

static bool value_parse(Ctx *c, const Js *v, Value *out)
{
    *out = (Value){.to = {.constant = 1}, .times = 1};
    if (v->type == JS_STRING && str_eq(v->str, STR("unknown"))) {
        out->unknown = true;
        return true;
    }
    if (v->type == JS_OBJECT)
        return recipe_read_keys(c, v, value_keys, out) &&
               (out->value.is_column || recipe_refuse(c, v, "a column is wanted"));
    if (v->type != JS_NUMBER || v->number < 0 || v->number > 1)
        return recipe_refuse(c, v, "a value is a number from 0 to 1, a column, or unknown");
    out->value.constant = v->number;
    return true;
}

static bool want_category(const Ctx *c, const Js *v, Str name, int *slot)
{
    Category k;
    if (!category_parse(name, &k))
        return recipe_refuse(c, v, "no category is called '" STR_FMT "'", STR_ARG(name));
    *slot = FACTOR_COUNT + (int)k;
    return true;
}

static bool read_values(Ctx *c, const Js *v, RuleDraft *d, EffectKind kind,
                        bool (*want)(const Ctx *, const Js *, Str, int *))
{
    if (v->type != JS_OBJECT)
        return recipe_refuse(c, v, "names with values are wanted");
    for (size_t i = 0; i < v->count; i++) {
        Effect e = {.kind = kind};
        if (!want(c, &v->item[i], v->key[i], &e.slot) || !value_parse(c, &v->item[i], &e.value))
            return false;
        add_effect(c, d, e);
    }
    return true;
}

static bool key_set(Ctx *c, const Js *v, void *into)
{
    return read_values(c, v, into, EFFECT_SET, want_factor);
}
static bool key_fill(Ctx *c, const Js *v, void *into)
{
    return read_values(c, v, into, EFFECT_FILL, want_factor);
}
static bool key_raise(Ctx *c, const Js *v, void *into)
{
    return read_values(c, v, into, EFFECT_RAISE, want_factor);
}
static bool key_categories(Ctx *c, const Js *v, void *into)
{
    return read_values(c, v, into, EFFECT_SET, want_category);
}

/* `zero` and `clear`: a list of factors, all set to one value. */
static bool read_names(Ctx *c, const Js *v, RuleDraft *d, Value value)
{
    Str *name;
    size_t count;
    if (!recipe_want_texts(c, v, &name, &count))
        return false;
    for (size_t i = 0; i < count; i++) {
        Effect e = {.kind = EFFECT_SET, .value = value};
        if (!want_factor(c, v->type == JS_ARRAY ? &v->item[i] : v, name[i], &e.slot))
            return false;
        add_effect(c, d, e);
    }
    return true;
}

static bool key_zero(Ctx *c, const Js *v, void *into)
{
    return read_names(c, v, into, (Value){.to = {.constant = 1}, .times = 1});
}
static bool key_clear(Ctx *c, const Js *v, void *into)
{
    return read_names(c, v, into, (Value){.unknown = true});
}

static bool key_when(Ctx *c, const Js *v, void *into)
{
    return conditions_parse(c, v, &((RuleDraft *)into)->rule.when);
}
static bool key_unless(Ctx *c, const Js *v, void *into)
{
    return conditions_parse(c, v, &((RuleDraft *)into)->rule.unless);
}
static bool key_drop(Ctx *c, const Js *v, void *into)
{
    return recipe_want_bool(c, v, &((RuleDraft *)into)->rule.drop);
}

static bool key_weight(Ctx *c, const Js *v, void *into)
{
    double *weight = &((RuleDraft *)into)->rule.weight;
    return recipe_want_number(c, v, weight) &&
           ((*weight > 0 && *weight <= 1) ||
            recipe_refuse(c, v, "a weight is above 0 and at most 1"));
}

static bool read_rule_set(Ctx *c, const Js *v, Included *file, Str text)
{
    const Js *root;
    Rules *rules = arena_new(c->arena, Rules);
    Ctx inner = *c;
    inner.name = file->path;
    inner.nest++;
    if (inner.nest > RECIPE_NEST_MAX)
        return recipe_refuse(c, v, "rule sets within rule sets, too deep");
    if (!yaml_parse(c->arena, text, file->path, &root, c->err) ||
        !rules_parse(&inner, root, rules))
        return false;
    file->rules = rules;
    return true;
}

static bool key_use(Ctx *c, const Js *v, void *into)
{
    RuleDraft *d = into;
    Included *file;
    Str text;
    if (!recipe_include(c, v, &file, &text))
        return false;
    if (!file->rules && !text.len)
        return recipe_refuse(c, v, "an empty rule set, a term list, or one that uses itself");
    if (!file->rules && !read_rule_set(c, v, file, text))
        return false;
    d->rule.use = *file->rules;
    return true;
}

static const RecipeKey rule_keys[] = {
    {"when",       key_when      },
    {"unless",     key_unless    },
    {"zero",       key_zero      },
    {"clear",      key_clear     },
    {"set",        key_set       },
    {"fill",       key_fill      },
    {"raise",      key_raise     },
    {"drop",       key_drop      },
    {"categories", key_categories},
    {"weight",     key_weight    },
    {"use",        key_use       },
    {NULL,         NULL          },
};

bool rules_parse(Ctx *c, const Js *v, Rules *out)
{
    if (v->type != JS_ARRAY)
        return recipe_refuse(c, v, "a list of rules is wanted");
    Rule *rule = arena_array(c->arena, Rule, v->count);
    size_t total = 0;
    for (size_t i = 0; i < v->count; i++) {
        RuleDraft d = {0};
        if (!recipe_read_keys(c, &v->item[i], rule_keys, &d))
            return false;
        d.rule.effect = d.effect;
        d.rule.effects = d.count;
        rule[i] = d.rule;
        total += 1 + d.rule.use.total;
        if (total > RECIPE_RULES_MAX)
            return recipe_refuse(c, &v->item[i], "more than %d rules", RECIPE_RULES_MAX);
    }
    *out = (Rules){rule, v->count, total};
    return true;
}

/* ---- rules: applying --------------------------------------------------------------------- */

static bool number_of(const Number *n, const Record *r, double *out)
{
    *out = n->constant;
    return !n->is_column || record_number(r, n->column, out);
}

/* False: a column is absent or no number, so nothing is said. */
static bool value_of(const Value *v, const Record *r, float *out)
{
    double x, from, to;
    *out = NAN;
    if (v->unknown)
        return true;
    if (!number_of(&v->value, r, &x) || !number_of(&v->from, r, &from) ||
        !number_of(&v->to, r, &to) || to == from)
        return false;
    x = v->times * (x - from) / (to - from);
    *out = (float)(x < 0 ? 0 : x > 1 ? 1 : x);
    return true;
}

static void effect_apply(const Effect *e, RuleRow *row)
{
    float *slot = e->slot < FACTOR_COUNT ? &row->labels->factor[e->slot]
                                         : &row->labels->category[e->slot - FACTOR_COUNT];
    float v;
    if (!value_of(&e->value, row->record, &v))
        return;
    switch (e->kind) {
    case EFFECT_SET:
        *slot = v;
        break;
    case EFFECT_FILL:
        if (!label_known(*slot))
            *slot = v;
        break;
    case EFFECT_RAISE:
        if (!label_known(*slot) || v > *slot)
            *slot = v;
        break;
    }
}

void rules_apply(const Rules *r, RuleRow *row)
{
    for (size_t i = 0; i < r->count; i++) {
        const Rule *rule = &r->rule[i];
        if (!conditions_hold(&rule->when, row) || any_holds(&rule->unless, row))
            continue;
        for (size_t e = 0; e < rule->effects; e++)
            effect_apply(&rule->effect[e], row);
        if (rule->weight > 0)
            row->weight = rule->weight;
        row->drop |= rule->drop;
        rules_apply(&rule->use, row);
    }
}
