/* distil.h - the encoder teaches the fast tier (Hinton, Vinyals, Dean 2015).
 *
 * Every text at hand is read by the encoder, labelled or not; the hashed n-gram model
 * then learns the encoder's probabilities, mixed with the known labels, by AdaGrad.
 *
 * In a share of the texts (plan->fast_identity_swap) the groups that are named become others,
 * anew in each pass, while what is to be learned stays that of the text as it was written: so
 * which group is named says nothing of the answer, even where the encoder still thinks so.
 */
#ifndef MODEL_DISTIL_H
#define MODEL_DISTIL_H

#include "base/progress.h"
#include "data/rows.h"
#include "model/fast.h"
#include "model/network.h"
#include "model/plan.h"

typedef struct Teacher {
    const Kernels *kernels;
    const EncoderParams *encoder;
    const NetworkParams *network;
    const Vocab *vocab;
    Windows windows;
    size_t max_pieces;
} Teacher;

/* row[0..n) are numbers of rows; logit[n, FACTOR_COUNT], NaN for a text without pieces.
 * Works on `threads` threads; the result does not depend on how many.  ERR_STOPPED. */
bool teacher_read(const Teacher *t, const Rows *rows, const uint32_t *row, size_t n,
                  int threads, const Progress *p, float *logit, Err *err);

/* The rows of the training split that teach a table, by the language that their texts will be
 * taken for when they are judged, in an order by the plan's seed; FAST_TABLES: all.  At most
 * plan->fast_rows, but for FAST_ALONE, which learns from labels: they cost nothing. */
void distil_pick(Arena *a, const Rows *rows, const Plan *plan, FastTable t, uint32_t **row,
                 size_t *n);

/* Does the encoder read a text of this language (a BCP 47 tag; empty: unknown)? */
bool teacher_reads(Str tag);

/* alone[f]: enough of these rows have a known label of f, and enough of them say yes, for a
 * table that learns from labels alone. */
void distil_learnable(const Rows *rows, const uint32_t *row, size_t n,
                      bool alone[FACTOR_COUNT]);

/* What a new table starts from: no weights, and a bias that says of each factor that it is
 * rare.  weight[FAST_BUCKETS, FACTOR_COUNT], in `a`. */
float *distil_start(Arena *a, float bias[FACTOR_COUNT]);

/* weight[FAST_BUCKETS, FACTOR_COUNT] and bias[FACTOR_COUNT] start from what they hold.  logit
 * NULL: no teacher, the labels alone. */
bool distil(const Rows *rows, const uint32_t *row, size_t n, const float *logit,
            const Plan *plan, const Progress *p, float *weight, float *bias, Err *err);

#endif
