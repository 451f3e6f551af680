/* decimal.c - exact shortest decimals by one wide product.
 *
 * v = m 2^e with m of 53 bits.  With k such that v 10^k has 17 digits before its point,
 *
 *     V = m 5^k,   v 10^k = V / 2^s,   s = -(e + k)
 *
 * and V fits 192 bits while k <= 48.  D = V >> s are the 17 digits, R the rest.  Rounding
 * D to P digits looks at D mod 10^(17-P), then at R: to nearest, ties to even, as printf does.
 * A candidate C reads back as v when it lies within half a step of m, that is
 *
 *     |C 2^s - V| < 5^k / 2       (a quarter below a power of two, where steps halve)
 *
 * 5^k is odd, so neither bound is ever met exactly.  All of it is integers: nothing to tune,
 * nothing to prove about error terms.
 */
#include "base/decimal.h"

#include "base/locale.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    DIGITS_LEAST = 15,
    DIGITS_MOST = 17,
    POWER_MOST = 48, /* 5^48 has 112 bits: differences below fit 128 */
};

__extension__ typedef unsigned __int128 Wide;

#define TEN_16 10000000000000000u

/* v 10^power, with 17 digits before the point: digits + rest / 2^shift. */
typedef struct Scaled {
    uint64_t digits;
    Wide rest, step; /* step: 5^power, of one unit of m */
    int power, shift;
    bool power_of_two; /* v is one: below it steps are half as long */
} Scaled;

static Wide five_to(int k)
{
    Wide p = 1, base = 5;
    for (; k; k >>= 1, base *= base)
        if (k & 1)
            p *= base;
    return p;
}

static void scale(uint64_t m, int e, int k, Scaled *out)
{
    Wide five = five_to(k);
    Wide low = (Wide)m * (uint64_t)five, high = (Wide)m * (uint64_t)(five >> 64);
    high += low >> 64; /* V = high 2^64 + the low word of low */
    int s = -(e + k);
    Wide rest;
    uint64_t digits;
    if (s < 64) {
        digits = (uint64_t)(high << (64 - s)) | (uint64_t)low >> s;
        rest = (uint64_t)low & (((uint64_t)1 << s) - 1);
    } else {
        digits = (uint64_t)(high >> (s - 64));
        rest = (high & (((Wide)1 << (s - 64)) - 1)) << 64 | (uint64_t)low;
    }
    *out = (Scaled){.digits = digits,
                    .rest = rest,
                    .step = five,
                    .power = k,
                    .shift = s,
                    .power_of_two = m == (uint64_t)1 << 52};
}

/* False: not in the range that fits. */
static bool scaled(double v, Scaled *out)
{
    int e2;
    double f = frexp(v, &e2); /* v = f 2^e2, f in [1/2, 1) */
    uint64_t m = (uint64_t)ldexp(f, 53);
    int x = (e2 - 1) * 1233 / 4096 - 1; /* log10 v, or one or two less: e2 is not above 0 */
    for (int k = 16 - x; k <= POWER_MOST && k > DIGITS_MOST - 1; k--) {
        scale(m, e2 - 53, k, out);
        if (out->digits < 10 * TEN_16)
            return out->digits >= TEN_16;
    }
    return false;
}

/* The value to `count` digits, as a whole number of units of 10^(17 - count). */
static uint64_t rounded(const Scaled *v, uint64_t unit)
{
    uint64_t q = v->digits / unit, r = v->digits % unit;
    Wide half = (Wide)1 << (v->shift - 1);
    bool above, tie;
    if (unit == 1) {
        above = v->rest > half;
        tie = v->rest == half;
    } else {
        above = r > unit / 2 || (r == unit / 2 && v->rest);
        tie = r == unit / 2 && !v->rest;
    }
    return q + (above || (tie && (q & 1)));
}

static bool reads_back(const Scaled *v, uint64_t candidate)
{
    bool above = candidate > v->digits;
    Wide apart = above ? ((Wide)(candidate - v->digits) << v->shift) - v->rest
                       : ((Wide)(v->digits - candidate) << v->shift) + v->rest;
    return apart < v->step / (above || !v->power_of_two ? 2 : 4) + 1;
}

/* digits[n] without trailing zeros, the first standing for 10^x, in the dress of %g. */
static size_t dress(const char *digit, size_t n, int x, char *out)
{
    char *p = out;
    if (x >= -4) {
        memcpy(p, "0.0000", 6);
        p += 1 - x;
        memcpy(p, digit, n);
        return (size_t)(p - out) + n;
    }
    *p++ = digit[0];
    if (n > 1) {
        *p++ = '.';
        memcpy(p, digit + 1, n - 1);
        p += n - 1;
    }
    *p++ = 'e';
    *p++ = '-';
    *p++ = (char)('0' + -x / 10);
    *p++ = (char)('0' + -x % 10);
    return (size_t)(p - out);
}

static size_t print_scaled(const Scaled *v, char *out)
{
    uint64_t unit = 100, q = 0;
    int n = DIGITS_LEAST, x = DIGITS_MOST - 1 - v->power;
    for (; n <= DIGITS_MOST; n++, unit /= 10) {
        q = rounded(v, unit);
        if (n == DIGITS_MOST || reads_back(v, q * unit))
            break;
    }
    if (q * unit == 10 * TEN_16) { /* rounded up to the next power of ten */
        q /= 10;
        x++;
    }
    char digit[DIGITS_MOST];
    for (int i = n; i-- > 0; q /= 10)
        digit[i] = (char)('0' + q % 10);
    while (n > 1 && digit[n - 1] == '0')
        n--;
    return dress(digit, (size_t)n, x, out);
}

static size_t print_any(double v, char out[DECIMAL_SIZE])
{
    char text[DECIMAL_SIZE];
    int digits = DIGITS_LEAST;
    locale_t was = uselocale(locale_c());
    do /* 17 digits always read back the same */
        snprintf(text, sizeof text, "%.*g", digits++, v);
    while (digits <= DIGITS_MOST && strtod(text, NULL) != v);
    uselocale(was);
    size_t n = strlen(text);
    memcpy(out, text, n);
    return n;
}

size_t decimal_print(double v, char out[DECIMAL_SIZE])
{
    Scaled s;
    if (v > 0 && v < 1 && scaled(v, &s))
        return print_scaled(&s, out);
    return print_any(v, out);
}
