#include "policy/decide.h"

#include <math.h>

double decide_threshold(const Policy *p, Category c, const double shipped[CATEGORY_COUNT])
{
    double own = policy_threshold(p, c);
    return isnan(own) ? shipped[c] : own;
}

void decide(const Policy *p, const double shipped[CATEGORY_COUNT],
            const double score[CATEGORY_COUNT], Decision *out)
{
    *out = (Decision){.action = ACTION_NONE};
    for (int i = 0; i < CATEGORY_COUNT; i++) {
        Category c = (Category)i;
        if (!(score[c] >= decide_threshold(p, c, shipped)))
            continue;
        out->category[c] = out->flagged = true;
        if (policy_action(p, c) > out->action)
            out->action = policy_action(p, c);
    }
}
