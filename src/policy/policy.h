/* policy.h - a policy document: how categories are composed of factors, and from which
 * score a verdict follows.
 *
 * policies/<id>/policy.yaml, parsed with errors that name file, line and column.  A
 * category's `score` is a small tree over factors:
 *
 *     hate                            the factor's probability
 *     {all: [x, y]}                   product
 *     {any: [x, y]}                   1 - product of complements (noisy-or)
 *     {most: [x, y]}                  maximum
 *     {not: x}                        1 - x
 *     {share: 0.5, of: x}             0.5 x: weak evidence
 *
 * A tree holds no names but factors, so it cannot refer to itself.  sexual/minors is
 * fixed by the parser to {all: [sexual, minor-reference]}: no example of it is ever used
 * for training, so nothing else may feed it.  See policies/openai-13/policy.yaml.
 *
 * A Policy is immutable and may be shared between threads.
 */
#ifndef POLICY_POLICY_H
#define POLICY_POLICY_H

#include "base/err.h"
#include "policy/taxonomy.h"

/* clang-format off */
#define ACTION_TABLE(X) /* from the mildest on: the strongest of a verdict's categories counts */ \
    X(ACTION_NONE,   "none")                                                                     \
    X(ACTION_FLAG,   "flag")                                                                     \
    X(ACTION_REVIEW, "review")                                                                   \
    X(ACTION_BLOCK,  "block")
/* clang-format on */

typedef enum Action {
#define X(id, name) id,
    ACTION_TABLE(X)
#undef X
        ACTION_COUNT
} Action;

Str action_name(Action x);

enum {
    POLICY_MAX_BYTES = 1 << 20, /* of a document */
    POLICY_MAX_DEPTH = 8,       /* of a composition */
    POLICY_MAX_PARTS = 32,      /* of one `all`, `any`, `most` */
    POLICY_MAX_NAME = 64,       /* bytes of id and version */
};

typedef struct Policy Policy;

/* `name` is the file's name, for messages.  The policy lives in `a`, its text is copied. */
bool policy_parse(Arena *a, Str yaml, const char *name, const Policy **out, Err *err);
Str policy_id(const Policy *p);
Str policy_version(const Policy *p);
Str policy_text(const Policy *p); /* as it was parsed: a release keeps it */

/* Factor probabilities -> one uncalibrated probability a category. */
void policy_compose(const Policy *p, const float factor[FACTOR_COUNT],
                    double category[CATEGORY_COUNT]);

/* The same over labels, three-valued (Kleene 1938): `all` is the least, `any` and `most`
 * the greatest, and an unknown factor (NaN) leaves a category NaN unless both ends of
 * what it might be fall on one side of a half.  So `all` with a known 0 is 0, `any` with
 * a known 1 is 1. */
void policy_compose_labels(const Policy *p, const float factor[FACTOR_COUNT],
                           float category[CATEGORY_COUNT]);

/* Where the policy fixes a threshold on the calibrated score it wins over the
 * release's; else NaN. */
double policy_threshold(const Policy *p, Category c);

/* What the policy asks of the threshold that a release chooses: a least precision, a most
 * share of benign texts flagged; NaN where it leaves that to `gavel calibrate`. */
double policy_precision(const Policy *p, Category c);
double policy_false_positives(const Policy *p, Category c);

Action policy_action(const Policy *p, Category c); /* where the category is flagged */

#endif
