/* fast.h - the fast tier: a linear model over hashed n-grams, microseconds a text.
 *
 * logit[f] = bias[f] + sum over the text's n-grams of value * weight[bucket, f].  Weights
 * are int8 with one scale a bucket, read where they lie in the release's file.
 */
#ifndef MODEL_FAST_H
#define MODEL_FAST_H

#include "policy/taxonomy.h"
#include "text/ngram.h"

enum { FAST_BUCKETS = 1 << 17, FAST_BUCKETS_MAX = 1 << 20 };

typedef struct Fast {
    uint32_t buckets;   /* a power of two */
    const int8_t *q;    /* [buckets, FACTOR_COUNT] */
    const float *scale; /* [buckets] */
    const float *bias;  /* [FACTOR_COUNT] */
} Fast;

void fast_forward(const Fast *m, const Ngrams *x, float logit[FACTOR_COUNT]);

#endif
