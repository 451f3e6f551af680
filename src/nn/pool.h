/* pool.h - from the windows of a text to the text: a learned smooth maximum, per factor.
 *
 * One hateful passage in a page must not drown (so not the mean), yet some factors are
 * read from the whole (so not the maximum).  Each factor f learns its own place between:
 *
 *     a_f = softplus(s_f) + POOL_LEAST
 *     pooled_f = 1/a_f log( mean_w exp(a_f z_wf) )
 *
 * which is the mean for a -> 0 and the maximum for a -> infinity (the generalised
 * log-sum-exp pooling of multiple-instance learning; Pinheiro & Collobert 2015).
 */
#ifndef NN_POOL_H
#define NN_POOL_H

#define POOL_LEAST 1e-3

double pool_sharpness(double s); /* a of s */

/* z[W,F], s[F] -> pooled[F]; W at least 1. */
void pool_forward(const float *z, const float *s, int W, int F, float *pooled);
/* dz[W,F] and ds[F] are added to; either may be NULL. */
void pool_backward(const float *z, const float *s, const float *dpooled, int W, int F,
                   float *dz, float *ds);

#endif
