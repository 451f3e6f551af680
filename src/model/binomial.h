/* binomial.h - exact bounds on a share from a count (Clopper, Pearson 1934).
 *
 * One-sided: the true share is at most binomial_upper(k, n, .95) with confidence 95 %, for
 * k hits in n independent rows; two-sided intervals of 95 % ask for .975 on each side.  k may
 * be a sum of soft labels, where the incomplete beta function continues the formula.
 */
#ifndef MODEL_BINOMIAL_H
#define MODEL_BINOMIAL_H

double binomial_upper(double k, double n, double confidence); /* 1 when k >= n or n is 0 */
double binomial_lower(double k, double n, double confidence); /* 0 when k <= 0 or n is 0 */

/* The regularised incomplete beta function, a, b > 0, x in [0, 1] (DLMF 8.17.22). */
double beta_below(double a, double b, double x);

#endif
