/* ensemble.h - how the two tiers' logits join, fitted on the calibration split.
 *
 * Per factor: z = e * encoder + f * fast + b with e, f >= 0, by logistic regression with a
 * pull towards e = 1, f = 0, b = 0, so that a factor of which little is known keeps the
 * encoder's word.  And z = a * fast + b for the fast tier alone, fitted to the joined
 * probability.
 */
#ifndef MODEL_ENSEMBLE_H
#define MODEL_ENSEMBLE_H

#include "data/label.h"
#include "model/release.h"

typedef struct EnsembleRows {
    size_t count;
    const float *encoder; /* [count, FACTOR_COUNT] logits, NaN: it did not run */
    const float *fast;    /* [count, FACTOR_COUNT] */
    const float *label;   /* [count, FACTOR_COUNT] in [0, 1] or NaN */
    const float *weight;  /* [count] */
} EnsembleRows;

enum { ENSEMBLE_LEAST_POSITIVES = 20 }; /* below: the default stays */

/* Writes every row of the ensemble but ENSEMBLE_SURE, which stays "never". */
void ensemble_fit(const EnsembleRows *rows, float out[ENSEMBLE_ROWS][FACTOR_COUNT]);

/* ENSEMBLE_SURE: one bound on the fast tier's logits, as a quantile of what the fast tier
 * says of flagged rows: a row whose highest fast logit lies below it is answered alone.
 * most[i]: the highest fast logit of row i; flagged[i]: the full model's verdict.  At most
 * `loss` of the flagged rows fall under the bound (with one-sided 95 % confidence, order
 * statistic of Wilks 1941); never sure when there are too few to say so.  Returns the share
 * of unflagged rows under it. */
double ensemble_sure(Arena *a, const float *most, const bool *flagged, size_t n, double loss,
                     float out[ENSEMBLE_ROWS][FACTOR_COUNT]);

#endif
