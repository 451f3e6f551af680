/* plan.h - a training plan: everything about a training run that is not data.
 *
 * recipes/training/<name>.yaml; every key has a default and a range, errors name file,
 * line and column.  The plan's text goes into the release, so that a run can be
 * repeated from the release and its snapshot alone.
 */
#ifndef MODEL_PLAN_H
#define MODEL_PLAN_H

#include "base/err.h"
#include "base/str.h"
#include "model/features.h"
#include "policy/taxonomy.h"

#include <stdint.h>

/* clang-format off */
#define PLAN_TABLE(X)                                                                                     \
    /* key                 type     default  least  most     help */                                      \
    X(seed,                int64_t, 1,       0,     1e15,    "every random choice follows from it")       \
    X(threads,             int64_t, 2,       1,     64,      "shards of a batch; part of what fixes the result") \
    X(runs,                int64_t, 1,       1,     16,      "fine-tunings from seed, seed + 1 ..., whose weights are averaged") \
    X(steps,               int64_t, 1500,    1,     1e7,     "updates of the weights, in each run")       \
    X(batch_pieces,        int64_t, 2048,    32,    1e6,     "pieces of all windows in one batch, about") \
    X(window_pieces,       int64_t, 32,      4,     128,     "pieces of one window")                      \
    X(window_stride,       int64_t, 24,      1,     128,     "pieces from one window to the next, at most window_pieces") \
    X(max_windows,         int64_t, 6,       1,     256,     "windows of one text in training: a run of them at a random place") \
    X(join,                double,  0,       0,     1,       "share of texts that get others set behind them, while max_windows allows") \
    X(encoder_rate,        double,  2e-4,    0,     1,       "peak learning rate of the encoder")         \
    X(embedding_rate,      double,  1e-4,    0,     1,       "of the piece embeddings")                   \
    X(head_rate,           double,  2e-3,    0,     1,       "of factor heads and pooling")               \
    X(layer_decay,         double,  1,       0.01,  1,       "the lower layer's rate, relative to the upper's") \
    X(warmup,              double,  0.06,    0,     1,       "share of the steps until the peak")         \
    X(weight_decay,        double,  0.01,    0,     1,       "decoupled, on matrices only")               \
    X(clip,                double,  5.0,     1e-3,  1e6,     "largest norm of the gradient")              \
    X(beta2,               double,  0.98,    0.5,   0.9999,  "memory of the optimiser's second moment")   \
    X(dropout,             double,  0.0,     0,     0.9,     "inside the encoder")                        \
    X(head_dropout,        double,  0.1,     0,     0.9,     "between the encoder and the factor heads")  \
    X(rare_repeat,         int64_t, 4,       1,     100,     "how often a row with a rare factor comes in a round of its source") \
    X(ema,                 double,  0.995,   0,     0.99999, "decay of the averaged weights; 0: the last weights are kept") \
    X(case_noise,          double,  0.1,     0,     1,       "share of texts shown in lower case or capitals") \
    X(identity_swap,       double,  0,       0,     1,       "share of texts in which each group that is named becomes another") \
    X(adversary,           double,  0,       0,     100,     "strength of the reversed gradient of the domain classifier; 0: there is none") \
    X(identity_pairing,    double,  0,       0,     100,     "weight of the distance between a text's logits and those of its swapped twin") \
    X(checkpoint_steps,    int64_t, 100,     1,     1e7,     "updates between two checkpoints")           \
    X(fast_rows,           int64_t, 60000,   1,     1e9,     "texts that the encoder reads to teach the fast tier")            \
    X(fast_epochs,         int64_t, 4,       1,     1000,    "passes over them")                          \
    X(fast_rate,           double,  0.2,     1e-6,  100,     "AdaGrad step of the fast tier")             \
    X(fast_identity_swap,  double,  0,       0,     1,       "share of them, drawn anew in each pass, in which each group that is named becomes another") \
    X(fast_label_share,    double,  0.3,     0,     1,       "weight of known labels beside the encoder's answer") \
    X(fast_share,          double,  0.4,     0,     1,       "of the fast tier's logit where both tiers answer")
/* clang-format on */

/* A name that ends in '*' stands for all sources that begin so and are not named themselves:
 * they share the weight by their rows. */
typedef struct PlanSource {
    Str name;
    double weight; /* how often it is drawn, relative to others; 0: never */
} PlanSource;

typedef struct Plan {
    Str name, text; /* text: the file as it was read */
#define X(key, type, fallback, least, most, help) type key;
    PLAN_TABLE(X)
#undef X
    /* A source without a row here is drawn with weight (its rows)^default_power. */
    double default_power;
    bool
        rare[FACTOR_COUNT]; /* threat, sexual, violence, gore, self-harm unless it says other */
    const PlanSource *source;
    size_t source_count;
    bool texts_only; /* no key: every row that is given is drawn, whatever its split and labels
                      */
} Plan;

void plan_defaults(Plan *p);

static inline Windows plan_windows(const Plan *p)
{
    return (Windows){(int)p->window_pieces, (int)p->window_stride};
}

bool plan_parse(Arena *a, Str yaml, const char *name, Plan *out, Err *err);

#endif
