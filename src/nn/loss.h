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

#endif
