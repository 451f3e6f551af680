/* outcome.h - what a whole policy says of a text: each category with its severity, its action
 * and the clause that carries it.
 *
 * A category holds when its score reaches its threshold.  Of the severities the highest whose
 * `from` the score reaches says what is done and what is cited.  Within the category's unsure
 * band the verdict abstains instead: a person is asked, and nothing is flagged.
 */
#ifndef POLICY_OUTCOME_H
#define POLICY_OUTCOME_H

#include "policy/folder.h"

typedef struct CategoryOutcome {
    double score, threshold;
    bool holds, unsure;
    const PolicyRung *rung; /* NULL: no severity */
    Action action;          /* ACTION_NONE where it neither holds nor is unsure */
    Str clause;             /* empty there too */
} CategoryOutcome;

typedef struct Outcome {
    bool flagged; /* some category holds, surely, and something is to be done */
    bool unsure;  /* some category abstains */
    Action action;
    int count;
    const CategoryOutcome *category; /* as the policy's */
} Outcome;

/* score[policy_count]; shipped: the release's thresholds, where the policy has none. */
void outcome_decide(Arena *a, const Policy *p, const double *score,
                    const double shipped[CATEGORY_COUNT], Outcome *out);

/* Yes, no, or unsure: what a golden case is held against. */
Expect outcome_answer(const CategoryOutcome *c);

#endif
