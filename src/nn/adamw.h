/* adamw.h - Adam with decoupled weight decay (Kingma & Ba 2015; Loshchilov & Hutter 2019)
 * over one flat vector of parameters.
 *
 * Spans say how each part is treated: its share of the learning rate, its weight decay,
 * and whether it is a table of rows that moves lazily.  A float in no span never moves.
 * The gradient's global norm is clipped; the rate warms up linearly and falls linearly
 * or by a half cosine; optionally an exponential moving average of the weights is kept.
 *
 * Lazy rows: only rows with a gradient in this step have their moments and weights
 * updated.  A dense update would let the moments of the others decay and their momentum
 * and weight decay go on; for a word table, where a batch meets a few hundred of 8,000
 * rows, that costs time and mostly moves words nobody mentioned.
 *
 * A step may be shared by threads: adamw_plan once, adamw_apply on disjoint ranges,
 * adamw_done once.  The result does not depend on how the ranges were cut.
 */
#ifndef NN_ADAMW_H
#define NN_ADAMW_H

#include "base/arena.h"
#include "nn/kernels.h"

typedef struct AdamwSpan {
    size_t from, count; /* floats */
    float rate;         /* times the scheduled rate; 0: frozen */
    float decay;        /* weight decay; 0 for biases, norms, pooling */
    int row;            /* floats in a lazy row (divides count); 0: dense */
} AdamwSpan;

typedef enum AdamwFall { ADAMW_FALL_LINEAR, ADAMW_FALL_COSINE, ADAMW_FALL_NONE } AdamwFall;

typedef struct AdamwConfig {
    float rate;                  /* at the top of the warm-up */
    float beta1, beta2, epsilon; /* 0.9, 0.999, 1e-8 by adamw_defaults */
    float clip_norm;             /* largest global norm; 0: as it is */
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

typedef struct AdamwPlan {
    double grad_norm; /* before clipping; not finite: apply changes nothing */
    float rate, ema;
    AdamwScalars scalars; /* rate and decay filled in by span */
} AdamwPlan;
AdamwPlan adamw_plan(const Kernels *k, const Adamw *o, const float *grads);
/* Floats from..to; lazy rows belong to the range in which they begin. */
void adamw_apply(const Kernels *k, Adamw *o, const AdamwPlan *plan, float *params,
                 const float *grads, size_t from, size_t to);
void adamw_done(Adamw *o, const AdamwPlan *plan);

/* plan, apply to all, done.  Returns the gradient's norm before clipping; when that is not
 * finite the step is skipped and not counted. */
double adamw_step(const Kernels *k, Adamw *o, float *params, const float *grads);

#endif
