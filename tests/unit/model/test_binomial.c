#include "test.h"

#include "model/binomial.h"

#include <math.h>

static void bounds_agree_with_published_quantiles(void **state)
{
    (void)state;
    /* scipy.stats.beta.ppf */
    static const struct {
        double k, n, confidence, low, high;
    } cases[] = {
        {0, 100,  .95,  0,                     0.02951304960703993 },
        {5, 1000, .95,  0.0019721531418052745, 0.010484076911415651},
        {1, 10,   .95,  0.005116196891823703,  0.39416330243650466 },
        {7, 20,   .975, 0.15390920478454118,   0.5921885345328282  },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(fabs(binomial_upper(cases[i].k, cases[i].n, cases[i].confidence) -
                         cases[i].high) < 1e-9);
        assert_true(fabs(binomial_lower(cases[i].k, cases[i].n, cases[i].confidence) -
                         cases[i].low) < 1e-9);
    }
}

static void nothing_seen_bounds_nothing(void **state)
{
    (void)state;
    assert_true(binomial_upper(0, 0, .95) == 1 && binomial_lower(0, 0, .95) == 0);
    assert_true(binomial_upper(3, 3, .95) == 1 && binomial_lower(0, 3, .95) == 0);
}

/* P(X <= k) by the sum itself. */
static double at_most(int k, int n, double p)
{
    double sum = 0;
    for (int i = 0; i <= k; i++)
        sum += exp(lgamma(n + 1) - lgamma(i + 1) - lgamma(n - i + 1) + i * log(p) +
                   (n - i) * log1p(-p));
    return sum;
}

static void the_beta_function_is_the_binomial_sum(void **state)
{
    (void)state;
    for (int n = 1; n < 400; n = 2 * n + 1)
        for (int k = 0; k < n; k += 1 + n / 7)
            for (double p = .003; p < 1; p += .0997)
                assert_true(fabs(beta_below(n - k, k + 1, 1 - p) - at_most(k, n, p)) < 1e-10);
}

static void a_bound_holds_as_often_as_it_says(void **state)
{
    (void)state;
    /* Summed over all outcomes: the true share lies above the upper bound at most 5 %. */
    static const double shares[] = {.001, .01, .05, .3, .5, .9};
    for (size_t s = 0; s < sizeof shares / sizeof *shares; s++) {
        double p = shares[s], missed = 0;
        for (int k = 0; k <= 200; k++) {
            double here = at_most(k, 200, p) - (k ? at_most(k - 1, 200, p) : 0);
            missed += binomial_upper(k, 200, .95) < p ? here : 0;
        }
        assert_true(missed <= .05 + 1e-9);
    }
}

static void soft_sums_lie_between_the_counts_around_them(void **state)
{
    (void)state;
    double before = 0;
    for (double k = 0; k < 30; k += .25) {
        double high = binomial_upper(k, 30, .975);
        assert_true(high > before && binomial_lower(k, 30, .975) <= k / 30 && high >= k / 30);
        before = high;
    }
}

int main(void)
{
#define T(f) cmocka_unit_test(f)
    const struct CMUnitTest tests[] = {
        T(bounds_agree_with_published_quantiles),        T(nothing_seen_bounds_nothing),
        T(the_beta_function_is_the_binomial_sum),        T(a_bound_holds_as_often_as_it_says),
        T(soft_sums_lie_between_the_counts_around_them),
    };
    return cmocka_run_group_tests_name("model/binomial", tests, NULL, NULL);
}
