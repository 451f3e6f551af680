/* thresholds.c - walks down a ranking of the benign rows, and tightens together. */
#include "model/thresholds.h"

#include "model/metrics.h"

#include <math.h>

#define THRESHOLD_LEAST 1e-6 /* a threshold of 0 would flag everything */

/* Regularised incomplete beta function would do; the sum is exact and n is small enough:
 * P(X <= k) for X ~ binomial(n, p), in logarithms. */
static double binomial_at_most(size_t k, size_t n, double p)
{
    double sum = 0, N = (double)n;
    for (size_t i = 0; i <= k; i++) {
        double I = (double)i;
        sum += exp(lgamma(N + 1) - lgamma(I + 1) - lgamma(N - I + 1) + I * log(p) +
                   (N - I) * log1p(-p));
    }
    return sum;
}

double clopper_pearson_upper(size_t k, size_t n, double confidence)
{
    if (n == 0 || k >= n)
        return 1;
    double low = (double)k / (double)n, high = 1;
    for (int i = 0; i < 60; i++) {
        double mid = (low + high) / 2;
        *(binomial_at_most(k, n, mid) > 1 - confidence ? &low : &high) = mid;
    }
    return high;
}

/* The least score at which at most `bound` of the benign rows are flagged: just above the
 * first one too many. */
static double benign_threshold(const Ranked *benign, double bound)
{
    size_t allowed = (size_t)(bound * (double)benign->count);
    if (benign->count == 0)
        return 0;
    if (allowed >= benign->count)
        return 0;
    return fmin(nextafter(benign->score[allowed], 2), 1);
}

static size_t flagged_by_any(const CalibrationRows *rows, const double *threshold)
{
    size_t n = 0;
    for (size_t i = 0; i < rows->count; i++) {
        bool flagged = false;
        for (int c = 0; rows->benign[i] && c < CATEGORY_COUNT; c++)
            flagged = flagged || rows->score[c][i] >= threshold[c];
        n += flagged;
    }
    return n;
}

/* Scores of the benign rows, as a ranking. */
static size_t rank_benign(Arena *a, const CalibrationRows *rows, int c, Ranked *out)
{
    double *score = arena_array(a, double, rows->count);
    float *zero = arena_array(a, float, rows->count);
    size_t n = 0;
    for (size_t i = 0; i < rows->count; i++)
        if (rows->benign[i])
            score[n++] = rows->score[c][i];
    ranked_new(a, score, zero, n, out);
    return n;
}

void thresholds_choose(Arena *a, const CalibrationRows *rows, double bound, Calibration *c,
                       ThresholdNote note[CATEGORY_COUNT])
{
    ArenaMark mark = arena_mark(a);
    Ranked benign[CATEGORY_COUNT];
    double least[CATEGORY_COUNT], threshold[CATEGORY_COUNT];
    size_t benign_count = 0;
    for (int i = 0; i < CATEGORY_COUNT; i++) {
        Ranked all;
        ranked_new(a, rows->score[i], rows->label[i], rows->count, &all);
        double best = metric_best_f1(&all, &note[i].f1);
        bool fixed = c->map[i].kind == CALIBRATION_FIXED;
        least[i] = fixed || isnan(best) ? .5 : best;
        benign_count = rank_benign(a, rows, i, &benign[i]);
    }
    for (double b = bound; b > bound / 1000; b *= .8) {
        for (int i = 0; i < CATEGORY_COUNT; i++)
            threshold[i] = fmax(least[i], benign_threshold(&benign[i], b));
        if ((double)flagged_by_any(rows, threshold) <= 2 * bound * (double)benign_count)
            break;
    }
    for (int i = 0; i < CATEGORY_COUNT; i++) {
        AtThreshold at;
        c->map[i].threshold = fmax(threshold[i], THRESHOLD_LEAST);
        metric_at(&benign[i], c->map[i].threshold, &at);
        note[i].benign_flagged =
            benign_count ? (double)at.false_positive / (double)benign_count : NAN;
        note[i].upper = clopper_pearson_upper(at.false_positive, benign_count, .95);
    }
    arena_rewind(a, mark);
}
