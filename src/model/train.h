/* train.h - from labelled rows to an uncalibrated release: fine-tune, distil, join.
 *
 * Everything a run makes lies in one folder:
 *   checkpoint.pack   state of the fine-tuning, replaced every so many steps; of the plan's
 *                     further runs checkpoint-1.pack and so on
 *   teacher.pack      the encoder's logits on the texts that teach the fast tier
 *   log.jsonl         a line every few steps: loss, rates, speed
 *   NAME.gavel        the release
 * A run that was killed or interrupted goes on when it is started again with the same
 * plan and snapshot, and ends with the same bytes.
 */
#ifndef MODEL_TRAIN_H
#define MODEL_TRAIN_H

#include "base/progress.h"
#include "data/rows.h"
#include "model/plan.h"
#include "model/release.h"

typedef struct TrainInput {
    const Rows *rows;
    const Plan *plan;
    const Policy *policy;
    const Kernels *kernels;
    const EncoderParams *base;
    const Vocab *vocab;
    const char *dir; /* made when absent */
    Digest data;     /* of the snapshot */
    Str name;        /* of the release */
    Str training;    /* JSON object for the release */
    int64_t created_ms;
    bool float32; /* ReleaseParts.float32 */
    const Progress *progress;
    int64_t stop_after; /* > 0: ERR_STOPPED after that many steps in all, checkpoint written */
} TrainInput;

/* *path: DIR/NAME.gavel, in `a`. */
bool train(Arena *a, const TrainInput *in, Str *path, Err *err);

#endif
