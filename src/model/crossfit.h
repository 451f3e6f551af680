/* crossfit.h - what a model says of rows that it never saw: each row is read by a model that
 * was fitted on the other folds.
 *
 * A fold holds all texts of its near-duplicate clusters, so that no twin of a text teaches
 * the model that reads it.  For each fold both tiers are fitted as `gavel train` fits them
 * (one run of the plan), with one difference: here the n-grams learn from the labels alone,
 * since a second opinion that only repeats the encoder would be none.
 *
 * The work folder keeps a checkpoint of the fold at hand and the logits of each that is
 * done, by names that hold what they follow from: a run that was stopped goes on, and a run
 * over other data or by another plan finds nothing of it.
 */
#ifndef MODEL_CROSSFIT_H
#define MODEL_CROSSFIT_H

#include "base/progress.h"
#include "data/rows.h"
#include "model/plan.h"
#include "nn/encoder.h"
#include "nn/kernels.h"

enum { CROSSFIT_FOLDS_MAX = 20 };

typedef struct CrossfitInput {
    const Rows *rows; /* those of the training split are learned from */
    const Plan *plan; /* runs: counts as 1 */
    const Kernels *kernels;
    const EncoderParams *base;
    const Vocab *vocab;
    const uint8_t *fold;  /* of each row, below `folds` */
    int folds;            /* 2..CROSSFIT_FOLDS_MAX */
    const uint32_t *read; /* numbers of the rows that are read */
    size_t count;
    const char *dir; /* made when absent */
    Digest data;     /* of all that the rows and folds follow from; the plan is added here */
    const Progress *progress;
} CrossfitInput;

/* By a hash of cluster and seed; of the digest where a row has no cluster. */
void crossfit_folds(const Rows *rows, int folds, uint64_t seed, uint8_t *fold);

/* probability[count, FACTOR_COUNT].  ERR_INPUT when a fold has no row to read, ERR_STOPPED
 * with a checkpoint left. */
bool crossfit(Arena *a, const CrossfitInput *in, float *probability, Err *err);

#endif
