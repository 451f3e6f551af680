/* policy.h - a policy document: how categories are composed of factors, and from which
 * score a verdict follows.
 *
 * policies/<id>/policy.yaml; parsed with errors that name file, line and column.  A
 * composition is a small tree over factors: `all` (product of probabilities), `any`
 * (1 - product of complements) and `most` (maximum); see policies/openai-13/policy.yaml.
 * A Policy is immutable and may be shared between threads.
 */
#ifndef POLICY_POLICY_H
#define POLICY_POLICY_H

#include "base/err.h"
#include "policy/taxonomy.h"

typedef struct Policy Policy;

bool policy_parse(Arena *a, Str yaml, const char *name, const Policy **out, Err *err);
Str policy_id(const Policy *p);
Str policy_version(const Policy *p);
Str policy_text(const Policy *p); /* as it was parsed: a release keeps it */

/* Factor probabilities -> one uncalibrated probability a category. */
void policy_compose(const Policy *p, const float factor[FACTOR_COUNT],
                    double category[CATEGORY_COUNT]);

/* The same over labels, three-valued: an unknown factor (NaN) leaves a category NaN
 * unless what is known decides it (`all` with a known 0 is 0, `any` with a known 1 is 1). */
void policy_compose_labels(const Policy *p, const float factor[FACTOR_COUNT],
                           float category[CATEGORY_COUNT]);

/* Where the policy fixes a threshold on the calibrated score it wins over the
 * release's; else NaN. */
double policy_threshold(const Policy *p, Category c);

#endif
