/* fit.h - fine-tunes encoder, factor heads and pooling together on drawn texts.
 *
 * One step: draw texts (model/draw.h), each thread runs forward and backward over its
 * part with a gradient of its own, the gradients are added in the order of the threads,
 * and AdamW moves the weights.  So a run depends on data, plan and thread count alone
 * and repeats to the bit.
 *
 * A checkpoint holds weights, moments, average, the draw's state and every generator.
 * fit_open goes on from one when it is there: the weights at the end are those of a run
 * that was never killed.
 */
#ifndef MODEL_FIT_H
#define MODEL_FIT_H

#include "base/progress.h"
#include "model/draw.h"
#include "model/network.h"

typedef struct FitInput {
    const Rows *rows;
    const Plan *plan;
    const Vocab *vocab;
    const Kernels *kernels;
    const EncoderParams *base; /* where a new run starts */
    const char *checkpoint;    /* path */
    Digest data;               /* of the snapshot: a checkpoint of other data is refused */
} FitInput;

typedef struct FitStep {
    int64_t step;
    double loss;      /* mean over what is known, of this step */
    double pair_loss; /* mean over its texts with a twin, unweighted; NaN without any */
    double grad_norm; /* before clipping */
    int rows;         /* texts of this step, without twins */
    double rows_per_s, pieces_per_s, gflops;
    double domain_accuracy; /* of the adversary on this step's texts; NaN when it is off */
} FitStep;

typedef struct Fit Fit;

/* ERR_CONFLICT when the checkpoint is of another plan or snapshot. */
bool fit_open(Arena *a, const FitInput *in, Fit **out, Err *err);
int64_t fit_steps_done(const Fit *f);
bool fit_step(Fit *f, FitStep *out, Err *err);
bool fit_checkpoint(Fit *f, Err *err);

/* The weights to ship, the encoder's block and the network's behind it: the average where the
 * plan keeps one, else the last.  They change with every step. */
float *fit_weights(Fit *f);
const Draw *fit_draw(const Fit *f);
void fit_close(Fit *f); /* NULL is fine; gives back scratch, the weights stay in `a` */

#endif
