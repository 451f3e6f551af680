/* thresholds.h - from which calibrated score on a category holds.
 *
 * Chosen on the calibration split only, from two wishes: the best F1 where positives are
 * known, and a bound on how many benign texts are flagged, which wins when they disagree.
 * docs/decisions/ tells why.
 */
#ifndef MODEL_THRESHOLDS_H
#define MODEL_THRESHOLDS_H

#include "model/calibrate.h"

/* Rows of the calibration split, by category: calibrated score and label (NaN unknown). */
typedef struct CalibrationRows {
    size_t count;
    const double *score[CATEGORY_COUNT];
    const float *label[CATEGORY_COUNT];
    const bool *benign; /* [count]: every category is known and none is positive */
} CalibrationRows;

typedef struct ThresholdNote {
    double f1;             /* best on the split */
    double benign_flagged; /* share of benign rows at the threshold */
    double upper;          /* its one-sided 95 % bound (Clopper, Pearson 1934) */
} ThresholdNote;

/* Per category the greater of (a) the threshold of the best F1 and (b) the least one at
 * which at most `bound` of the benign rows are flagged; categories with a fixed map never
 * below a half.  While more than 2 * bound of the benign rows are flagged by any category,
 * (b) is tightened for all.  Writes map[].threshold. */
void thresholds_choose(Arena *a, const CalibrationRows *rows, double bound, Calibration *c,
                       ThresholdNote note[CATEGORY_COUNT]);

/* Upper end of the one-sided interval for k of n at the given confidence. */
double clopper_pearson_upper(size_t k, size_t n, double confidence);

#endif
