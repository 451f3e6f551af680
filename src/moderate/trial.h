/* trial.h - golden cases against a release: does the policy do what its authors expect?
 *
 * `yes` and `no` are what the category must answer; `unsure` is borderline, where either is
 * right but a block is not.  A case may also want an action or a severity.  What a release is
 * known to get wrong says so (`known`): it is counted apart and fails nothing; when it begins
 * to pass, that is reported, and fails only where the caller is strict, since one policy is
 * tried on many releases.
 *
 * A set of cases that any policy passes proves nothing.  So it is tried on two more: the
 * *inverted* policy, whose every answer is the opposite, must fail most of each category's
 * cases, and an *off-topic* one, whose categories look at a factor that has nothing to do
 * with them, must fail at least one.
 */
#ifndef MODERATE_TRIAL_H
#define MODERATE_TRIAL_H

#include "moderate/ruling.h"
#include "moderate/scored.h"

typedef enum TrialResult {
    TRIAL_PASSED,
    TRIAL_FAILED,
    TRIAL_KNOWN, /* fails, as it is known to */
    TRIAL_FIXED, /* passes, although it is known to fail */
    TRIAL_RESULTS
} TrialResult;

const char *trial_result_name(TrialResult x);

typedef struct TrialCase {
    const GoldenCase *golden;
    CategoryOutcome got;
    TrialResult result;
} TrialCase;

typedef struct TrialCategory {
    size_t cases; /* that expect yes or no */
    size_t result[TRIAL_RESULTS];
    size_t inverted, off_topic; /* cases that such a policy passes */
    bool blunt;                 /* the cases cannot tell the policy from one of the two */
} TrialCategory;

typedef struct Trial {
    TrialCase *at; /* as the folder's golden cases */
    size_t count;
    TrialCategory all, category[POLICY_MAX_CATEGORIES];
} Trial;

/* scored: of each golden text. */
bool trial_run(const Release *r, const PolicyFolder *f, const Scored *scored, Arena *a,
               Trial *out, Err *err);

bool trial_passes(const Trial *t, bool strict);

/* Where locales disagree: what each says of one case's category. */
typedef struct Opinion {
    const LocalePack *pack; /* NULL: the document itself */
    Str period;             /* empty: at other times */
    CategoryOutcome outcome;
} Opinion;

typedef struct Disagreement {
    const GoldenCase *golden;
    const Opinion *opinion;
    size_t count;
} Disagreement;

/* out[] in `a`: the cases on which not all say the same, each text and category once. */
bool trial_disagreements(const Release *r, const PolicyFolder *f, const Scored *scored,
                         Arena *a, Disagreement **out, size_t *count, Err *err);

#endif
