/* checkpoint.h - the whole state of a training run, so that a killed run goes on as if
 * nothing had happened: resumed weights are those of an uninterrupted run, to the bit.
 *
 * A pack with the parameters, AdamW's moments, average and step, the random states, and
 * bytes of the caller's (epoch, place in the data, best score so far).  Written
 * atomically: a kill leaves the former checkpoint whole.
 */
#ifndef NN_CHECKPOINT_H
#define NN_CHECKPOINT_H

#include "base/rng.h"
#include "nn/adamw.h"

typedef struct TrainState {
    float *params; /* [opt->count] */
    Adamw *opt;
    Rng *rng; /* [rng_count] */
    int rng_count;
} TrainState;

enum { CHECKPOINT_RNG_MAX = 256 };

bool checkpoint_save(const char *path, const TrainState *st, Str note, Err *err);

/* Fills what st points to; st must have the shape that was saved (ERR_CONFLICT).  The
 * note is copied into `a`.  On failure st is untouched. */
bool checkpoint_load(Arena *a, const char *path, TrainState *st, Str *note, Err *err);

#endif
