/* pretrain.h - continued training of the base encoder on texts without their labels.
 *
 * "Don't stop pretraining" (Gururangan et al. 2020): an encoder that has read the kind of
 * text it will judge judges it better.  Pieces are hidden (model/masking.h) and told
 * (nn/masked.h).  Read are the English texts of the training split alone, by source in
 * proportion to the square root of its rows (at most PRETRAIN_SOURCE_ROWS of them count),
 * cut in windows as fine-tuning cuts them; texts of the calibration split are held out
 * and say whether it helped.
 *
 * The first third of the steps teaches the output layer alone: it begins with random
 * weights, whose gradients would only do the encoder harm (Kumar et al. 2022).  It also
 * makes the loss before comparable with the loss after.
 *
 * A run depends on data, options and thread count alone and repeats to the bit.  Beside
 * the pack stand PACK.checkpoint, from which a killed run goes on, until it is done, and
 * PACK.log.jsonl.
 */
#ifndef MODEL_PRETRAIN_H
#define MODEL_PRETRAIN_H

#include "base/progress.h"
#include "data/rows.h"
#include "nn/encoder.h"
#include "text/tokenizer.h"

enum { PRETRAIN_SOURCE_ROWS = 40000, PRETRAIN_STEPS_LEAST = 3 };

typedef struct PretrainOptions {
    int64_t steps;        /* PRETRAIN_STEPS_LEAST or more */
    int64_t batch_pieces; /* a step, about */
    int64_t threads;
    int64_t seed;
    double rate; /* of the encoder, at its peak */
} PretrainOptions;

typedef struct PretrainInput {
    const Rows *rows;
    const Kernels *kernels;
    const EncoderParams *base;
    Str vocab_json;
    const Vocab *vocab;
    Digest data;          /* of the snapshot */
    const char *out_path; /* of the pack */
    PretrainOptions options;
    const Progress *progress;
    int64_t stop_after; /* > 0: ERR_STOPPED after that many steps in all, checkpoint written */
} PretrainInput;

typedef struct PretrainResult {
    size_t train_texts, held_texts;
    int64_t held_pieces;  /* that were masked in the held-out texts */
    double before, after; /* mean held-out loss a masked piece; NaN: nothing is held out */
    Digest digest;        /* of the pack */
} PretrainResult;

/* ERR_INPUT when there is no English text to read; ERR_CONFLICT when the checkpoint is of
 * another run. */
bool pretrain(Arena *a, const PretrainInput *in, PretrainResult *out, Err *err);

#endif
