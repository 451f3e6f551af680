#include "moderate/ruling.h"

/* A category of the thirteen that is composed as the release's is keeps the verdict's score,
 * which is the highest of several texts; composing the highest factors may say more. */
static double score_of(const Release *r, const Policy *p, int i, const RulingInput *in,
                       const double *under, const bool *signal)
{
    const PolicyCategory *c = policy_category(p, i);
    int twin;
    if (c->key == CATEGORY_COUNT)
        return policy_score(p, i, in->factor, signal);
    const Policy *own = release_policy(r);
    bool same = in->score && policy_find(own, c->name, &twin) &&
                policy_same_score(&c->score, &policy_category(own, twin)->score);
    return same ? in->score[c->key] : under[c->key];
}

bool ruling_make(const Release *r, const Policy *p, Arena *a, const RulingInput *in,
                 Outcome *out, Err *err)
{
    bool signal[POLICY_MAX_SIGNALS] = {false};
    double shipped[CATEGORY_COUNT], score[POLICY_MAX_CATEGORIES];
    Scores s = {.tier = in->tier};
    memcpy(s.factor, in->factor, sizeof s.factor);
    for (size_t i = 0; i < in->count; i++)
        if (!policy_hear(p, a, in->text[i], signal, err))
            return false;
    score_under(r, p, &s);
    for (int c = 0; c < CATEGORY_COUNT; c++)
        shipped[c] = release_threshold(r, (Category)c);
    for (int i = 0; i < policy_count(p); i++)
        score[i] = score_of(r, p, i, in, s.category, signal);
    outcome_decide(a, p, score, shipped, out);
    return true;
}

static void print_category(const PolicyFolder *f, const LocalePack *pack,
                           const PolicyCategory *c, const CategoryOutcome *x, JsWriter *w)
{
    js_key_str(w, c->name);
    js_object(w);
    js_number(w, "score", x->score);
    js_number(w, "threshold", x->threshold);
    js_key(w, "holds"), js_bool(w, x->holds);
    js_key(w, "abstain"), js_bool(w, x->unsure);
    js_key(w, "severity");
    if (x->rung)
        js_string(w, x->rung->name);
    else
        js_null(w);
    js_key(w, "action"), js_string(w, action_name(x->action));
    js_key(w, "clause"), js_string(w, x->clause);
    Str words = folder_clause_text(f, pack, x->clause);
    if (words.len)
        js_key(w, "clause_text"), js_string(w, words);
    if (c->contested)
        js_key(w, "contested"), js_bool(w, true);
    if (c->route.len)
        js_key(w, "route"), js_string(w, c->route);
    js_end_object(w);
}

void ruling_print(const PolicyFolder *f, const LocalePack *pack, const Policy *p,
                  const Outcome *o, JsWriter *w)
{
    js_key(w, "flagged"), js_bool(w, o->flagged);
    js_key(w, "abstain"), js_bool(w, o->unsure);
    js_key(w, "action"), js_string(w, action_name(o->action));
    js_key(w, "category_scores");
    js_object(w);
    for (int i = 0; i < o->count; i++) {
        js_key_str(w, policy_category(p, i)->name);
        js_double(w, o->category[i].score);
    }
    js_end_object(w);
    js_key(w, "categories");
    js_object(w);
    for (int i = 0; i < o->count; i++)
        if (o->category[i].holds || o->category[i].unsure)
            print_category(f, pack, policy_category(p, i), &o->category[i], w);
    js_end_object(w);
}
