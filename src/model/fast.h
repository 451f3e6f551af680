/* fast.h - the fast tier: a linear model over hashed n-grams, microseconds a text.
 *
 * logit[f] = bias[f] + sum over the text's n-grams of value * weight[bucket, f].  Weights
 * are int8 with one scale a bucket, read where they lie in the release's file.
 *
 * There are two tables of weights.  The first learns from the encoder, in the languages that
 * the encoder reads.  The second answers alone in all others and learns from labels; in one
 * table the n-grams of far more English texts would fall on theirs.
 */
#ifndef MODEL_FAST_H
#define MODEL_FAST_H

#include "nn/sparse.h"
#include "policy/taxonomy.h"
#include "text/ngram.h"

enum { FAST_BUCKETS = 1 << 17, FAST_BUCKETS_MAX = 1 << 20 };

typedef struct Fast {
    SparseLinear layer; /* F is FACTOR_COUNT; buckets a power of two */
    const float *bias;  /* [FACTOR_COUNT] */
} Fast;

typedef enum FastTable { FAST_JOINED, FAST_ALONE, FAST_TABLES } FastTable;

/* The n-grams in the form that nn/sparse.h takes; x->count of them, in `a`. */
const SparseFeature *fast_features(Arena *a, const Ngrams *x);

/* Scratch is taken from `a` and given back. */
void fast_forward(const Fast *m, Arena *a, const Ngrams *x, float logit[FACTOR_COUNT]);

#endif
