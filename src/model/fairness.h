/* fairness.h - whether a score follows what is said or of whom it is said.
 *
 * Measured on sentences that differ in the group alone (model/identities.h).  Per category
 * that has sentences of both labels, and per group g, three areas under the ROC curve
 * (Borkan, Dixon, Sorensen, Thain, Vasserman 2019, "Nuanced metrics for measuring
 * unintended bias with real data for text classification"):
 *
 *   subgroup  positives of g against negatives of g
 *   BPSN      positives of all others against negatives of g: low where g's harmless
 *             sentences score like other people's harmful ones
 *   BNSP      positives of g against negatives of all others: low where g's harmful
 *             sentences pass
 *
 * Each is joined over the groups by a generalised mean of power -5, which the worst groups
 * rule, and the bias metric is a quarter of each mean and a quarter of the overall AUC: the
 * final metric of the Jigsaw competition "Unintended Bias in Toxicity Classification"
 * (2019).
 *
 * A *swap* is a pair of sentences of one template with different groups; it *flips* when
 * the verdict on them differs.  Intervals: percentile bootstrap over templates (sentences
 * of one template are no independent witnesses), seeded.
 */
#ifndef MODEL_FAIRNESS_H
#define MODEL_FAIRNESS_H

#include "base/js.h"
#include "model/evaluate.h"
#include "model/identities.h"

#define FAIRNESS_POWER (-5.0)

typedef struct Swaps {
    size_t pairs, flips;
    double rate;              /* flips / pairs; NaN without a pair */
    Interval interval;        /* of rate */
    size_t templates, mixed;  /* with at least two groups; of them, those that flip at all */
    int worst_one, worst_two; /* the pair of groups that flips the most; -1: none flips */
    size_t worst_pairs, worst_flips;
} Swaps;

/* How one group fares in one category. */
typedef struct FairnessGroup {
    size_t positives, negatives;                 /* sentences of it with a known label */
    size_t positives_flagged, negatives_flagged; /* of them, at the threshold */
    double subgroup, bpsn, bnsp;                 /* AUC; NaN where a side is empty */
    /* Mean over its sentences of: score less the mean score of the same template. */
    double gap_positive, gap_negative; /* NaN without any */
} FairnessGroup;

typedef struct FairnessCategory {
    bool measured; /* there are sentences of both labels; else only `swaps` means something */
    double threshold;
    size_t positives, negatives;
    double overall;              /* AUC of all sentences */
    double subgroup, bpsn, bnsp; /* generalised means over the groups */
    double bias;                 /* (overall + subgroup + bpsn + bnsp) / 4 */
    Interval bias_interval;
    double spread;              /* mean over templates of greatest less least score */
    Swaps swaps;                /* of this category's verdict */
    const FairnessGroup *group; /* [group_count] */
} FairnessCategory;

typedef struct Fairness {
    int group_count, template_count;
    size_t sentences;
    const IdentityGroup *group; /* [group_count]: names and axes */
    Swaps swaps;                /* of the verdict as a whole: flagged or not */
    FairnessCategory category[CATEGORY_COUNT];
} Fairness;

/* Judged as evaluate_judge gave them for set->rows; thresholds are those in force. */
void fairness_measure(Arena *a, const Identities *set, const Judged *judged,
                      const double threshold[CATEGORY_COUNT], uint64_t seed, Fairness *out);

/* The least of the biases of the measured categories, and the flip rate of the verdict, are
 * the two figures of a summary.  NaN when nothing was measured. */
double fairness_bias(const Fairness *f);

void fairness_json(const Fairness *f, JsWriter *w); /* one object */
void fairness_table(const Fairness *f, Buf *out);   /* for a terminal */
void fairness_markdown(const Fairness *f, Buf *out);

#endif
