#include "moderate/marks.h"

enum { PRINTED_MAX = 64 }; /* marks of an answer */

bool marks_read(const RuleBook *b, const RuleContext *at, Arena *a, Arena *scratch,
                const Str *text, size_t count, Marks *out, Err *err)
{
    Marks m = {.lifted = count ? UINT64_MAX : 0};
    for (size_t i = 0; i < count; i++) {
        Folded f;
        RuleHits hits;
        ArenaMark before = arena_mark(scratch);
        if (!normalise(scratch, text[i], &f, err))
            return false;
        rules_match(b, a, text[i], &f, at, &hits);
        if (scratch != a)
            arena_rewind(scratch, before);
        m.lifted &= hits.lifted;
        m.capped |= hits.capped;
        if (!hits.count)
            continue;
        Mark *all = arena_try_array(a, Mark, m.count + hits.count);
        if (!all)
            return err_set(err, ERR_LIMIT, "no room for what the rules find");
        if (m.count)
            memcpy(all, m.mark, m.count * sizeof *all);
        for (size_t k = 0; k < hits.count; k++)
            all[m.count++] = (Mark){i, hits.hit[k]};
        m.mark = all;
    }
    *out = m;
    return true;
}

static Category key_of(const RuleBook *b, const Policy *p, const RuleHit *h)
{
    int category = rules_at(b, h->rule)->category;
    return category < 0 ? CATEGORY_COUNT : policy_category(p, category)->key;
}

static void lift(const Policy *p, const Marks *m, Decision *d)
{
    for (int i = 0; i < policy_count(p); i++) {
        Category key = policy_category(p, i)->key;
        if ((m->lifted >> i & 1) && key != CATEGORY_COUNT && key != CATEGORY_SEXUAL_MINORS)
            d->category[key] = false;
    }
}

/* What the flags that are left come to. */
static void sum_up(const Policy *p, Decision *d)
{
    d->flagged = false;
    d->action = ACTION_NONE;
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        if (!d->category[c])
            continue;
        d->flagged = true;
        if (policy_action(p, (Category)c) > d->action)
            d->action = policy_action(p, (Category)c);
    }
}

void marks_apply(const RuleBook *b, const Policy *p, const double shipped[CATEGORY_COUNT],
                 const Marks *m, Decision *d, double score[CATEGORY_COUNT])
{
    if (m->lifted) {
        lift(p, m, d);
        sum_up(p, d);
    }
    for (size_t i = 0; i < m->count; i++) {
        const RuleHit *h = &m->mark[i].hit;
        Category key = key_of(b, p, h);
        if (key == CATEGORY_COUNT || !rule_hit_stands(b, h))
            continue;
        double threshold = decide_threshold(p, key, shipped);
        threshold = threshold < 1 ? threshold : 1; /* "never" is above 1 */
        if (score[key] < threshold)
            score[key] = threshold;
        d->category[key] = d->flagged = true;
        if (rules_at(b, h->rule)->action > d->action)
            d->action = rules_at(b, h->rule)->action;
    }
}

static const char *state_of(const RuleBook *b, const RuleHit *h)
{
    const Rule *r = rules_at(b, h->rule);
    return r->dry_run          ? "dry_run"
           : r->allow          ? "allow"
           : h->lifted_by >= 0 ? "lifted"
                               : "stands";
}

static void print_mark(const RuleBook *b, const Policy *p, const Mark *m, JsWriter *w)
{
    static const char *const views[] = {"", "original", "folded", "both"};
    const Rule *r = rules_at(b, m->hit.rule);
    js_object(w);
    js_key(w, "rule"), js_string(w, r->id);
    js_key(w, "kind"), js_string(w, str_of(rule_kind_name(r->kind)));
    js_key(w, "state"), js_string(w, str_of(state_of(b, &m->hit)));
    if (m->hit.lifted_by >= 0)
        js_key(w, "lifted_by"), js_string(w, rules_at(b, (size_t)m->hit.lifted_by)->id);
    if (r->category >= 0)
        js_key(w, "category"), js_string(w, policy_category(p, r->category)->name);
    js_key(w, "action"), js_string(w, r->allow ? STR("allow") : action_name(r->action));
    if (r->severity >= 0)
        js_key(w, "severity"), js_string(w, policy_severities(p).at[r->severity].name);
    if (r->clause.len)
        js_key(w, "clause"), js_string(w, r->clause);
    js_count(w, "text", m->text);
    js_count(w, "from", m->hit.from);
    js_count(w, "to", m->hit.to);
    js_key(w, "view"), js_string(w, str_of(views[m->hit.view]));
    js_count(w, "line", (size_t)rules_pattern_line(b, m->hit.pattern));
    js_end_object(w);
}

void marks_print(const RuleBook *b, const Policy *p, const Marks *m, JsWriter *w)
{
    js_array(w);
    for (size_t i = 0; i < m->count && i < PRINTED_MAX; i++)
        print_mark(b, p, &m->mark[i], w);
    js_end_array(w);
}
