/* ruling.h - a text judged by a policy that is not the release's own: a folder of other
 * categories, or a locale's norms.
 *
 * Factors do not depend on a policy, so they are taken from the verdict that is there already;
 * the endpoint's thirteen keep what the release says.  Scores of the thirteen are calibrated,
 * those of a taxonomy of one's own are the composition itself.
 */
#ifndef MODERATE_RULING_H
#define MODERATE_RULING_H

#include "moderate/moderate.h"
#include "policy/outcome.h"

typedef struct RulingInput {
    const Str *text; /* for the policy's signals */
    size_t count;
    const float *factor; /* [FACTOR_COUNT] */
    Tier tier;           /* that answered */
    const double *score; /* [CATEGORY_COUNT] under the release's own policy; NULL: not known */
} RulingInput;

bool ruling_make(const Release *r, const Policy *p, Arena *a, const RulingInput *in,
                 Outcome *out, Err *err);

/* flagged, abstain, action, and `categories`: of each that holds or is unsure score, threshold,
 * severity, action, clause with its words in that locale, route.  Members of an object that the
 * caller has opened. */
void ruling_print(const PolicyFolder *f, const LocalePack *pack, const Policy *p,
                  const Outcome *o, JsWriter *w);

#endif
