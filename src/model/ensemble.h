/* ensemble.h - how the two tiers' logits join.
 *
 * Both ran: z = (1 - share) * encoder + share * fast, the same share for every factor, from
 * the plan.  Fitting a weight per factor on the calibration split was tried and transfers
 * worse: there the n-grams recognise which data set a text is from, and a regression
 * believes them (docs/decisions/0005-a-fixed-share.md has the figures).
 *
 * The fast tier alone: z = a * fast + b, a >= 0, by logistic regression towards the joined
 * probability, so that both ways of answering mean the same.
 */
#ifndef MODEL_ENSEMBLE_H
#define MODEL_ENSEMBLE_H

#include "model/release.h"

typedef struct EnsembleRows {
    size_t count;
    const float *encoder; /* [count, FACTOR_COUNT] logits, NaN: it did not run */
    const float *fast;    /* [count, FACTOR_COUNT] */
} EnsembleRows;

/* Writes every row of the ensemble but ENSEMBLE_SURE, which nothing reads. */
void ensemble_fit(const EnsembleRows *rows, double fast_share,
                  float out[ENSEMBLE_ROWS][FACTOR_COUNT]);

#endif
