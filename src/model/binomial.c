/* binomial.c - the bounds are quantiles of beta distributions, found by halving. */
#include "model/binomial.h"

#include <math.h>

enum { FRACTION_TERMS = 10000, HALVINGS = 60 };

/* The continued fraction of the incomplete beta function by Lentz's method; converges in
 * about sqrt(max(a, b)) terms where x < (a + 1) / (a + b + 2). */
static double fraction(double a, double b, double x)
{
    const double tiny = 1e-300;
    double c = 1, d = 1 - (a + b) * x / (a + 1);
    d = 1 / (fabs(d) < tiny ? tiny : d);
    double value = d;
    for (int m = 1; m < FRACTION_TERMS; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        d = 1 + even * d;
        c = 1 + even / c;
        d = 1 / (fabs(d) < tiny ? tiny : d);
        c = fabs(c) < tiny ? tiny : c;
        value *= d * c;
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 + odd * d;
        c = 1 + odd / c;
        d = 1 / (fabs(d) < tiny ? tiny : d);
        c = fabs(c) < tiny ? tiny : c;
        value *= d * c;
        if (fabs(d * c - 1) < 1e-15)
            break;
    }
    return value;
}

double beta_below(double a, double b, double x)
{
    if (x <= 0)
        return 0;
    if (x >= 1)
        return 1;
    double front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x));
    if (x < (a + 1) / (a + b + 2))
        return front * fraction(a, b, x) / a;
    return 1 - front * fraction(b, a, 1 - x) / b;
}

static double beta_quantile(double a, double b, double share)
{
    double low = 0, high = 1;
    for (int i = 0; i < HALVINGS; i++) {
        double mid = (low + high) / 2;
        *(beta_below(a, b, mid) < share ? &low : &high) = mid;
    }
    return high;
}

double binomial_upper(double k, double n, double confidence)
{
    if (!(n > 0) || k >= n)
        return 1;
    return beta_quantile(k + 1, n - k, confidence);
}

double binomial_lower(double k, double n, double confidence)
{
    if (!(n > 0) || k <= 0)
        return 0;
    return beta_quantile(k, n - k + 1, 1 - confidence);
}
