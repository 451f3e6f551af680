#include "nn/loss.h"

#include <math.h>
#include <stdbool.h>

static double sigmoid(double x) { return x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x)); }

/* -t log s(x) - (1-t) log(1 - s(x)) without taking the logarithm of nearly nothing. */
static double entropy(double x, double t) { return fmax(x, 0) - x * t + log1p(exp(-fabs(x))); }

LossSum bce_loss(const float *logit, const float *target, const float *weight, size_t n,
                 float scale, float *grad)
{
    LossSum sum = {0};
    for (size_t i = 0; i < n; i++) {
        bool unknown = isnan(target[i]);
        double x = (double)logit[i], t = (double)target[i], w = weight ? (double)weight[i] : 1;
        if (grad)
            grad[i] = unknown ? 0 : (float)((double)scale * w * (sigmoid(x) - t));
        if (unknown)
            continue;
        sum.loss += w * entropy(x, t);
        sum.weight += w;
        sum.known++;
    }
    return sum;
}

double bce_mean_loss(const float *logit, const float *target, const float *weight, size_t n,
                     float *grad)
{
    LossSum sum = bce_loss(logit, target, weight, n, 1, grad);
    double share = sum.weight > 0 ? 1 / sum.weight : 0;
    for (size_t i = 0; grad && i < n; i++)
        grad[i] = (float)((double)grad[i] * share);
    return sum.loss * share;
}

double softmax_loss(const float *logit, int n, int target, float scale, float *grad)
{
    double top = -INFINITY, sum = 0;
    for (int i = 0; i < n; i++)
        top = fmax(top, (double)logit[i]);
    for (int i = 0; i < n; i++)
        sum += exp((double)logit[i] - top);
    for (int i = 0; grad && i < n; i++) {
        double share = exp((double)logit[i] - top) / sum;
        grad[i] = (float)((double)scale * (share - (i == target)));
    }
    return log(sum) - ((double)logit[target] - top);
}

double pair_loss(const float *x, const float *y, size_t n, float scale, float *dx, float *dy)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        double d = (double)x[i] - (double)y[i];
        double slope = 2 * fmax(-1, fmin(1, d)), far = fabs(d);
        sum += far <= 1 ? d * d : 2 * far - 1;
        if (dx)
            dx[i] += (float)((double)scale * slope);
        if (dy)
            dy[i] -= (float)((double)scale * slope);
    }
    return sum;
}
