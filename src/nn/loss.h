/* loss.h - cross-entropy on logits: of one of n classes, and binary with soft targets,
 * weights and unknowns.
 *
 * A target is a probability in [0,1]; NaN says that nobody knows, and such an entry
 * contributes nothing, neither loss nor gradient: an absent label is not a no.
 */
#ifndef NN_LOSS_H
#define NN_LOSS_H

#include <stddef.h>

typedef struct LossSum {
    double loss, weight; /* sum of weight * loss, and of weight, over what is known */
    size_t known;
} LossSum;

/* Over n entries; weight NULL: all 1.  grad[n], unless NULL, is set to
 * scale * weight * (sigmoid(logit) - target), 0 where unknown. */
LossSum bce_loss(const float *logit, const float *target, const float *weight, size_t n,
                 float scale, float *grad);

/* The mean over what is known, and its gradient; 0 and zeros when nothing is. */
double bce_mean_loss(const float *logit, const float *target, const float *weight, size_t n,
                     float *grad);

/* -log softmax(logit)[target] of n classes; grad[n], unless NULL, is set to
 * scale * (softmax(logit) - 1 at target). */
double softmax_loss(const float *logit, int n, int target, float scale, float *grad);

/* How far apart two answers lie that should be one: the sum over n of h(x - y), where h(d) is
 * d^2 up to |d| = 1 and 2|d| - 1 beyond (Huber 1964, doubled): two that are far apart are
 * pulled no harder than two that are 1 apart.  The gradients, unless NULL, are added to: dx
 * grows by scale * h'(x - y), and dy falls by as much. */
double pair_loss(const float *x, const float *y, size_t n, float scale, float *dx, float *dy);

#endif
