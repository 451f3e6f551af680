/* thresholds.h - from which calibrated score on a category holds.
 *
 * Chosen on the calibration split only.  What is promised is promised with a confidence of
 * THRESHOLD_CONFIDENCE over the draw of that split, for rows exchangeable with its rows:
 *
 *   false positives  at most such a share of benign rows is flagged.  The share only falls
 *                    as the threshold rises, so the least threshold whose exact upper bound
 *                    (Clopper, Pearson 1934) keeps the promise keeps it (Bates,
 *                    Angelopoulos, Lei, Malik, Jordan 2021).
 *   precision        at least such a share of the flagged rows whose label is known is
 *                    positive.  Not monotone, so Learn then Test (Angelopoulos, Bates,
 *                    Candes, Jordan, Lei 2021): thresholds of a grid that the data do not
 *                    choose are tested downwards from a few starts, each start stopping at
 *                    its first failure, the error shared out among the starts.
 *
 * The false-positive bound goes with every rule and wins where they disagree.  Where the
 * split is too small to show a bound, the threshold is the one at which the bound is met on
 * the split, or the rule falls back (precision to the best F1, and without positives enough
 * to a half), and the note says that it does not hold.
 *
 * The *band* is where the split's rows tell neither yes nor no: walking away from the
 * threshold in runs of THRESHOLD_RUN known rows, up to the first run whose share of
 * positives is above the level, and down to the first below it, by the exact one-sided
 * bound at the same confidence.  The level is the precision asked for, else one half.
 */
#ifndef MODEL_THRESHOLDS_H
#define MODEL_THRESHOLDS_H

#include "model/calibrate.h"

#define THRESHOLD_CONFIDENCE .95
enum { THRESHOLD_RUN = 50 };

/* Rows of the calibration split, by category: composed score and label (NaN unknown). */
typedef struct CalibrationRows {
    size_t count;
    const double *score[CATEGORY_COUNT]; /* before the map */
    const float *label[CATEGORY_COUNT];
    const bool *benign; /* [count]: every category is known and none is positive */
} CalibrationRows;

typedef struct ThresholdWish {
    ThresholdRule rule;     /* f1, precision or false-positives */
    double precision;       /* with rule precision */
    double false_positives; /* of benign rows; with every rule */
} ThresholdWish;

/* What all categories together do to benign rows: an exact bound after the choice, which
 * does not pay for the choosing. */
typedef struct Together {
    double bound;
    size_t benign, flagged;
    double limit;
    bool holds;
} Together;

/* Writes map[].threshold and map[].note.  Categories with a fixed map never flag below a
 * half.  While the categories together flag more than `together` of the benign rows, all
 * bounds on false positives are tightened. */
void thresholds_choose(Arena *a, const CalibrationRows *rows,
                       const ThresholdWish wish[CATEGORY_COUNT], double together,
                       Calibration *c, Together *out);

#endif
