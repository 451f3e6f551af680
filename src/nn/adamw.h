/* adamw.h - Adam with decoupled weight decay (Kingma & Ba 2015; Loshchilov & Hutter 2019)
 * over one flat vector of parameters.
 *
 * Spans say how each part is treated: its share of the learning rate and its weight
 * decay.  A float in no span never moves.  The gradient's global norm is clipped; the rate
 * warms up linearly and falls linearly or by a half cosine; optionally an exponential
 * moving average of the weights is kept (Polyak & Juditsky 1992).
 */
#ifndef NN_ADAMW_H
#define NN_ADAMW_H

#include "base/arena.h"
#include "nn/kernels.h"

typedef struct AdamwSpan {
    size_t from, count; /* floats */
    float rate;         /* times the scheduled rate; 0: frozen, and not in the norm */
    float decay;        /* weight decay; 0 for biases, norms, pooling */
} AdamwSpan;

typedef enum AdamwFall { ADAMW_FALL_NONE, ADAMW_FALL_LINEAR, ADAMW_FALL_COSINE } AdamwFall;

typedef struct AdamwConfig {
    float rate;                  /* at the top of the warm-up */
    float beta1, beta2, epsilon; /* 0.9, 0.999, 1e-8 by adamw_defaults */
    float clip_norm;             /* largest global norm (1 by default); 0: as it is */
    float ema;                   /* decay of the average a step; 0: none is kept */
    AdamwFall fall;
    float last_rate; /* at total_steps and beyond, as a share of rate */
    int64_t warmup_steps, total_steps;
} AdamwConfig;
AdamwConfig adamw_defaults(float rate);

typedef struct Adamw {
    AdamwConfig config;
    const AdamwSpan *span;
    int span_count;
    size_t count;       /* floats of the vector */
    float *m, *v, *ema; /* [count]; ema NULL when none is kept */
    int64_t step;       /* done so far */
} Adamw;

/* Copies the spans (disjoint, inside count); the average starts at params. */
Adamw *adamw_new(Arena *a, const AdamwConfig *config, const AdamwSpan *span, int span_count,
                 const float *params, size_t count);

/* The rate of the step'th step, counted from 1. */
float adamw_rate(const AdamwConfig *config, int64_t step);

/* Moves params against grads.  Returns the gradient's norm before clipping; when that is
 * not finite nothing moves and the step is not counted. */
double adamw_step(const Kernels *k, Adamw *o, float *params, const float *grads);

#endif
