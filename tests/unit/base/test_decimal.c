#include "test.h"

#include "base/decimal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* The definition, by printf and strtod. */
static Str defined(double v, char out[40])
{
    int digits = 15;
    do
        snprintf(out, 40, "%.*g", digits++, v);
    while (digits <= 17 && strtod(out, NULL) != v);
    return str_of(out);
}

static void same(double v)
{
    char is[DECIMAL_SIZE], want[40];
    Str a = {is, decimal_print(v, is)}, b = defined(v, want);
    if (!str_eq(a, b))
        fail_msg("%a prints as '" STR_FMT "', not as '%s'", v, STR_ARG(a), want);
}

static void edges_print_as_printf_does(void **state)
{
    (void)state;
    static const double row[] = {0,        1,     -1,      .5,      .1,    1e-4,     9.9999e-5,
                                 1e-5,     .3,    1.0 / 3, 2.0 / 3, 1e-31, 9.99e-32, 1e-32,
                                 9.99e-33, 1e-38, 1e-300,  5e-324,  1e22,  123456,   -.25,
                                 1e15,     1e16,  1e17,    .1 + .2, 1e308, 0.000123};
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        same(row[i]);
        same(nextafter(row[i], 2));
        same(nextafter(row[i], -1));
    }
    for (int e = -140; e <= 2; e++) /* steps halve below a power of two */
        for (int side = -3; side <= 3; side++) {
            double v = ldexp(1, e);
            for (int n = 0; n < abs(side); n++)
                v = nextafter(v, side < 0 ? 0 : 2);
            same(v);
        }
    for (int e = 0; e <= 40; e++) { /* and digits end below a power of ten */
        double v = pow(10, -e);
        for (int n = 0; n < 40; n++, v = nextafter(v, 0))
            same(v);
    }
}

static void random_numbers_print_as_printf_does(void **state)
{
    (void)state;
    uint64_t seed = 20;
    for (int i = 0; i < 60000; i++) {
        double u = (double)(random_u64(&seed) >> 11) * 0x1p-53;
        same(u);
        same((double)(float)u);
        same(ldexp(u, -(int)(random_u64(&seed) % 130)));
        same((double)(random_u64(&seed) % 100000) /
             100000); /* few digits: ends in a tie or none */
    }
    for (int i = 0; i < 20000; i++) {
        uint64_t bits = random_u64(&seed);
        double v;
        memcpy(&v, &bits, sizeof v);
        if (isfinite(v))
            same(v);
    }
}

static void numbers_with_few_bits_print_as_printf_does(void **state)
{
    (void)state; /* m / 2^n has an end: here are the exact ties */
    for (int n = 1; n <= 60; n++)
        for (int m = 1; m < 200; m += 2)
            same(ldexp(m, -n));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edges_print_as_printf_does),
        cmocka_unit_test(random_numbers_print_as_printf_does),
        cmocka_unit_test(numbers_with_few_bits_print_as_printf_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
