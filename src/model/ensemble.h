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

#endif
