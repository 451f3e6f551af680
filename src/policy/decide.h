/* decide.h - from calibrated scores to a decision: which categories hold, and what to do. */
#ifndef POLICY_DECIDE_H
#define POLICY_DECIDE_H

#include "policy/policy.h"

typedef struct Decision {
    bool flagged; /* some category holds */
    bool category[CATEGORY_COUNT];
    Action action; /* the strongest of those that hold; ACTION_NONE where none does */
} Decision;

/* The policy's own threshold where it has one, else `shipped`, the release's. */
double decide_threshold(const Policy *p, Category c, const double shipped[CATEGORY_COUNT]);

/* A category holds when its score reaches its threshold. */
void decide(const Policy *p, const double shipped[CATEGORY_COUNT],
            const double score[CATEGORY_COUNT], Decision *out);

#endif
