#include "policy/outcome.h"

#include <math.h>

static void decide_category(const PolicyCategory *c, double score, double shipped,
                            CategoryOutcome *out)
{
    *out = (CategoryOutcome){
        .score = score, .clause = {"", 0}
    };
    out->threshold = isnan(c->threshold) ? shipped : c->threshold;
    out->holds = score >= out->threshold;
    out->unsure = score >= c->unsure.from && score < c->unsure.until;
    if (!out->holds && !out->unsure)
        return;
    out->action = c->action;
    out->clause = c->clause;
    for (int i = 0; out->holds && i < c->rung_count; i++) {
        if (score < c->rung[i].from)
            break;
        out->rung = &c->rung[i];
        out->action = out->rung->action;
        if (out->rung->clause.len)
            out->clause = out->rung->clause;
    }
    if (out->unsure)
        out->action = c->unsure.action;
}

void outcome_decide(Arena *a, const Policy *p, const double *score,
                    const double shipped[CATEGORY_COUNT], Outcome *out)
{
    int n = policy_count(p);
    CategoryOutcome *category = arena_array(a, CategoryOutcome, (size_t)n);
    *out = (Outcome){.action = ACTION_NONE, .count = n, .category = category};
    for (int i = 0; i < n; i++) {
        const PolicyCategory *c = policy_category(p, i);
        CategoryOutcome *x = &category[i];
        decide_category(c, score[i], c->key == CATEGORY_COUNT ? NAN : shipped[c->key], x);
        out->unsure = out->unsure || x->unsure;
        out->flagged = out->flagged || outcome_answer(x) == EXPECT_YES;
        if (x->action > out->action)
            out->action = x->action;
    }
}

Expect outcome_answer(const CategoryOutcome *c)
{
    if (c->unsure)
        return EXPECT_UNSURE;
    return c->holds && c->action > ACTION_NONE ? EXPECT_YES : EXPECT_NO;
}
