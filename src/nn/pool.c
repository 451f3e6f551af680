/* pool.c - see pool.h.
 *
 * In double and around the largest logit: exp never overflows, and log1p of the mean of
 * expm1 keeps its digits when a is small and everything is nearly 1.
 */
#include "nn/pool.h"

#include <math.h>

static double softplus(double x) { return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x)); }

double pool_sharpness(double s) { return softplus(s) + POOL_LEAST; }

typedef struct Factor {
    const float *z; /* the factor's logit in window w: z[w * F] */
    int W, F;
    double a, top, pooled;
} Factor;

static double logit(const Factor *f, int w) { return (double)f->z[(long)w * f->F] - f->top; }

static Factor factor_of(const float *z, const float *s, int W, int F, int i)
{
    Factor f = {.z = z + i, .W = W, .F = F};
    f.a = pool_sharpness((double)s[i]);
    f.top = (double)f.z[0];
    for (int w = 1; w < W; w++)
        f.top = fmax(f.top, (double)f.z[(long)w * F]);
    double sum = 0;
    for (int w = 0; w < W; w++)
        sum += expm1(f.a * logit(&f, w));
    f.pooled = f.top + log1p(sum / W) / f.a;
    return f;
}

void pool_forward(const float *z, const float *s, int W, int F, float *pooled)
{
    for (int i = 0; i < F; i++)
        pooled[i] = (float)factor_of(z, s, W, F, i).pooled;
}

/* With weights p_w = softmax_w(a z_w):
 * d pooled / d z_w = p_w;  d pooled / d a = (sum_w p_w z_w - pooled) / a;  da/ds = sigmoid(s)
 */
void pool_backward(const float *z, const float *s, const float *dpooled, int W, int F,
                   float *dz, float *ds)
{
    for (int i = 0; i < F; i++) {
        Factor f = factor_of(z, s, W, F, i);
        double sum = 0, mean = 0, d = (double)dpooled[i];
        for (int w = 0; w < W; w++) {
            double e = exp(f.a * logit(&f, w));
            sum += e;
            mean += e * logit(&f, w);
        }
        for (int w = 0; dz && w < W; w++)
            dz[(long)w * F + i] += (float)(d * exp(f.a * logit(&f, w)) / sum);
        if (ds)
            ds[i] +=
                (float)(d * (mean / sum - (f.pooled - f.top)) / f.a / (1 + exp(-(double)s[i])));
    }
}
