/* compare.h - whether one release is better than another on the same rows.
 *
 * Both judged the same rows, so everything is paired:
 *
 *   AUPRC      difference, with a paired percentile bootstrap over rows: each resample draws
 *              rows once and ranks them twice (Efron, Tibshirani 1993).  p is twice the
 *              share of resamples on the other side of 0, one added above and below.
 *   verdicts   McNemar's exact test (1947) on who is right where only one of the two is
 *   FPR        difference of the shares of negatives flagged, with the interval of Agresti
 *              and Min (2005) for matched pairs and McNemar's exact p
 *
 * A release differs in many categories at once, and some would look different by chance:
 * the p of each kind of test are adjusted over the categories by Holm (1979), and a finding
 * is better or worse only where the adjusted p is below .05.  "No difference shown" is what
 * it says: with few rows a real difference is not shown either.
 */
#ifndef MODEL_COMPARE_H
#define MODEL_COMPARE_H

#include "model/evaluate.h"

#define COMPARE_LEVEL .05
enum { COMPARE_RESAMPLES = 2000 };

typedef enum Finding { FINDING_NONE, FINDING_BETTER, FINDING_WORSE } Finding;
const char *finding_name(Finding f); /* "no difference shown", "better", "worse" */

/* Of this release (first) and the other (second): value of each, first less second. */
typedef struct Difference {
    double first, second, delta;
    Interval interval; /* of delta */
    double p, adjusted;
    Finding finding;
} Difference;

typedef struct Discordant {
    size_t only_first, only_second; /* rows that only this one judges rightly */
    double p, adjusted;
    Finding finding;
} Discordant;

typedef struct CompareCategory {
    size_t known, positives;
    Difference auprc; /* all NaN where a side is empty */
    Discordant verdicts;
    Difference fpr; /* first and second NaN without negatives */
} CompareCategory;

typedef struct Comparison {
    Str release, digest; /* the other one */
    size_t rows;
    CompareCategory category[CATEGORY_COUNT];
    CompareCategory any; /* of the verdict as a whole, as Evaluation.any; not in the families */
} Comparison;

/* Same rows in both; labels are those of the first's policy.  `out` keeps the name and digest
 * that it holds. */
void compare(Arena *a, const EvaluateInput *first, const EvaluateInput *second, uint64_t seed,
             Comparison *out);

/* ---- the tests by themselves ------------------------------------------------------------- */

/* Two-sided exact p of b against c under a fair coin; 1 where both are 0. */
double mcnemar_exact(size_t b, size_t c);

/* 95 % of (b - c) / n, the difference of two shares of n pairs, b and c of which differ. */
Interval matched_difference(size_t b, size_t c, size_t n);

/* In place; NaN are left out of the family. */
void holm(double *p, size_t n);

#endif
