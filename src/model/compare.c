/* compare.c - one walk over the categories for each kind of test, then Holm over each kind.
 *
 * A resample is drawn once, by position in the first ranking, and counted in both: `same`
 * says where the row of a position stands in the second.
 */
#include "model/compare.h"

#include "base/rng.h"
#include "model/binomial.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *finding_name(Finding f)
{
    switch (f) {
    case FINDING_NONE:
        return "no difference shown";
    case FINDING_BETTER:
        return "better";
    case FINDING_WORSE:
        return "worse";
    }
    return "";
}

/* ---- the tests -----------------------------------------------------------------------------
 */

double mcnemar_exact(size_t b, size_t c)
{
    size_t n = b + c, least = b < c ? b : c;
    if (2 * least >= n)
        return 1;
    /* The share of a fair coin's n throws with at most `least` heads. */
    double p = 2 * beta_below((double)(n - least), (double)least + 1, .5);
    return p < 1 ? p : 1;
}

Interval matched_difference(size_t b, size_t c, size_t n)
{
    if (n == 0)
        return (Interval){NAN, NAN};
    double sum = (double)b + (double)c + 1, gap = (double)b - (double)c, all = (double)n + 2;
    double at = gap / all, reach = 1.959963984540054 * sqrt(sum - gap * gap / all) / all;
    return (Interval){fmax(-1, at - reach), fmin(1, at + reach)};
}

void holm(double *p, size_t n)
{
    size_t family = 0;
    double most = 0;
    for (size_t i = 0; i < n; i++)
        family += isnan(p[i]) ? 0 : 1;
    /* The least that was not taken yet, again and again; an adjusted p is marked by + 2. */
    for (size_t left = family; left > 0; left--) {
        size_t least = SIZE_MAX;
        for (size_t i = 0; i < n; i++)
            if (!isnan(p[i]) && p[i] < 2 && (least == SIZE_MAX || p[i] < p[least]))
                least = i;
        most = fmax(most, fmin(1, (double)left * p[least]));
        p[least] = most + 2;
    }
    for (size_t i = 0; i < n; i++)
        p[i] -= isnan(p[i]) ? 0 : 2;
}

/* ---- one column under both ------------------------------------------------------------------
 */

typedef struct Pair {
    const double *first, *second;
    const float *label;
    size_t count;
} Pair;

static int compare_doubles(const void *x, const void *y)
{
    double p = *(const double *)x, q = *(const double *)y;
    return (p > q) - (p < q);
}

static const Difference no_difference = {
    NAN, NAN, NAN, {NAN, NAN},
       NAN, NAN, FINDING_NONE
};

/* delta[COMPARE_RESAMPLES]; how many were defined. */
static size_t resample(Arena *a, const Ranked *one, const Ranked *two, const uint32_t *same,
                       uint64_t seed, double *delta)
{
    uint32_t *times_one = arena_array(a, uint32_t, one->count);
    uint32_t *times_two = arena_array(a, uint32_t, one->count);
    size_t n = 0;
    Rng rng;
    rng_seed(&rng, seed);
    for (int s = 0; s < COMPARE_RESAMPLES; s++) {
        memset(times_one, 0, one->count * sizeof *times_one);
        memset(times_two, 0, one->count * sizeof *times_two);
        for (size_t i = 0; i < one->count; i++) {
            size_t at = (size_t)rng_below(&rng, one->count);
            times_one[at]++;
            times_two[same[at]]++;
        }
        double d = metric_auprc(one, times_one) - metric_auprc(two, times_two);
        if (!isnan(d))
            delta[n++] = d;
    }
    return n;
}

static void difference_auprc(Arena *a, const Pair *x, uint64_t seed, Difference *out)
{
    ArenaMark mark = arena_mark(a);
    Ranked one, two;
    ranked_new(a, x->first, x->label, x->count, &one);
    ranked_new(a, x->second, x->label, x->count, &two);
    *out = no_difference;
    if (one.positives > 0 && one.positives < one.count) {
        uint32_t *place = arena_array(a, uint32_t, x->count);
        uint32_t *same = arena_array(a, uint32_t, one.count);
        double *delta = arena_array(a, double, COMPARE_RESAMPLES);
        for (size_t i = 0; i < two.count; i++)
            place[two.row[i]] = (uint32_t)i;
        for (size_t i = 0; i < one.count; i++)
            same[i] = place[one.row[i]];
        size_t n = resample(a, &one, &two, same, seed, delta), up = 0, down = 0;
        out->first = metric_auprc(&one, NULL);
        out->second = metric_auprc(&two, NULL);
        out->delta = out->first - out->second;
        for (size_t i = 0; i < n; i++) {
            up += delta[i] >= 0;
            down += delta[i] <= 0;
        }
        if (n >= COMPARE_RESAMPLES / 2) {
            qsort(delta, n, sizeof *delta, compare_doubles);
            out->interval = (Interval){delta[(size_t)(.025 * (double)(n - 1) + .5)],
                                       delta[(size_t)(.975 * (double)(n - 1) + .5)]};
            out->p = fmin(1, 2 * (double)((up < down ? up : down) + 1) / (double)(n + 1));
        }
    }
    arena_rewind(a, mark);
}

/* Flags at 0 or a threshold; who is right, and who flags negatives. */
static void verdicts(const Pair *x, double first_at, double second_at, CompareCategory *out)
{
    size_t negatives = 0, one = 0, two = 0, only_one = 0, only_two = 0;
    out->verdicts = (Discordant){0};
    for (size_t i = 0; i < x->count; i++) {
        if (isnan(x->label[i]))
            continue;
        bool yes = x->label[i] >= .5f;
        bool a = x->first[i] >= first_at, b = x->second[i] >= second_at;
        out->known++;
        out->positives += yes;
        out->verdicts.only_first += a == yes && b != yes;
        out->verdicts.only_second += b == yes && a != yes;
        if (yes)
            continue;
        negatives++;
        one += a, two += b;
        only_one += a && !b, only_two += b && !a;
    }
    Discordant *v = &out->verdicts;
    v->p = out->known ? mcnemar_exact(v->only_first, v->only_second) : NAN;
    out->fpr = no_difference;
    if (negatives == 0)
        return;
    out->fpr.first = (double)one / (double)negatives;
    out->fpr.second = (double)two / (double)negatives;
    out->fpr.delta = out->fpr.first - out->fpr.second;
    out->fpr.interval = matched_difference(only_one, only_two, negatives);
    out->fpr.p = mcnemar_exact(only_one, only_two);
}

/* ---- all of them
 * -------------------------------------------------------------------------------- */

static Finding found(double adjusted, double better_by)
{
    if (!(adjusted < COMPARE_LEVEL) || better_by == 0)
        return FINDING_NONE;
    return better_by > 0 ? FINDING_BETTER : FINDING_WORSE;
}

static void conclude(CompareCategory *c)
{
    c->auprc.finding = found(c->auprc.adjusted, c->auprc.delta);
    c->verdicts.finding = found(c->verdicts.adjusted, (double)c->verdicts.only_first -
                                                          (double)c->verdicts.only_second);
    c->fpr.finding = found(c->fpr.adjusted, -c->fpr.delta);
}

static void adjust(Comparison *c)
{
    double p[3][CATEGORY_COUNT];
    for (int i = 0; i < CATEGORY_COUNT; i++) {
        p[0][i] = c->category[i].auprc.p;
        p[1][i] = c->category[i].verdicts.p;
        p[2][i] = c->category[i].fpr.p;
    }
    for (int kind = 0; kind < 3; kind++)
        holm(p[kind], CATEGORY_COUNT);
    for (int i = 0; i < CATEGORY_COUNT; i++) {
        c->category[i].auprc.adjusted = p[0][i];
        c->category[i].verdicts.adjusted = p[1][i];
        c->category[i].fpr.adjusted = p[2][i];
        conclude(&c->category[i]);
    }
    c->any.auprc.adjusted = c->any.auprc.p;
    c->any.verdicts.adjusted = c->any.verdicts.p;
    c->any.fpr.adjusted = c->any.fpr.p;
    conclude(&c->any);
}

void compare(Arena *a, const EvaluateInput *first, const EvaluateInput *second, uint64_t seed,
             Comparison *out)
{
    size_t n = first->rows->count;
    assert(second->rows == first->rows);
    ArenaMark mark = arena_mark(a);
    float(*labels)[CATEGORY_COUNT] = evaluate_all_labels(a, first->policy, first->rows);
    double *one = arena_array(a, double, n), *two = arena_array(a, double, n);
    float *label = arena_array(a, float, n);
    Pair pair = {one, two, label, n};
    Comparison c = {.release = out->release, .digest = out->digest, .rows = n};
    for (int k = 0; k < CATEGORY_COUNT; k++) {
        for (size_t i = 0; i < n; i++) {
            one[i] = first->judged[i].score[k];
            two[i] = second->judged[i].score[k];
            label[i] = labels[i][k];
        }
        difference_auprc(a, &pair, seed + (uint64_t)k, &c.category[k].auprc);
        verdicts(&pair, first->threshold[k], second->threshold[k], &c.category[k]);
    }
    for (size_t i = 0; i < n; i++) {
        one[i] = evaluate_margin(first, i);
        two[i] = evaluate_margin(second, i);
        label[i] = evaluate_any_label(labels[i]);
    }
    difference_auprc(a, &pair, seed + CATEGORY_COUNT, &c.any.auprc);
    verdicts(&pair, 0, 0, &c.any);
    adjust(&c);
    *out = c;
    arena_rewind(a, mark);
}
