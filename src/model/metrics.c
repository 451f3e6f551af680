/* metrics.c - one sort, then every metric is a walk down the ranking.
 *
 * A bootstrap resample is not sorted again: it is how often each row of the ranking
 * counts, so a thousand resamples cost a thousand walks.
 */
#include "model/metrics.h"

#include "base/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct Item {
    double score;
    float label;
    uint32_t row;
} Item;

/* Ties by label, so that the arrays are the same whatever order the rows came in. */
static int compare_items(const void *x, const void *y)
{
    const Item *p = x, *q = y;
    if (p->score != q->score)
        return p->score < q->score ? 1 : -1;
    if (p->label != q->label)
        return p->label < q->label ? 1 : -1;
    return (p->row > q->row) - (p->row < q->row);
}

static bool positive(float label) { return label >= .5f; }

void ranked_new(Arena *a, const double *score, const float *label, size_t n, Ranked *out)
{
    double *sorted = arena_array(a, double, n);
    float *labels = arena_array(a, float, n);
    bool *last = arena_array(a, bool, n);
    uint32_t *row = arena_array(a, uint32_t, n);
    ArenaMark mark = arena_mark(a);
    Item *item = arena_array(a, Item, n);
    size_t count = 0, positives = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(label[i]))
            item[count++] = (Item){score[i], label[i], (uint32_t)i};
    if (count)
        qsort(item, count, sizeof *item, compare_items);
    for (size_t i = 0; i < count; i++) {
        sorted[i] = item[i].score;
        labels[i] = item[i].label;
        row[i] = item[i].row;
        last[i] = i + 1 == count || item[i + 1].score != item[i].score;
        positives += positive(labels[i]);
    }
    arena_rewind(a, mark);
    *out = (Ranked){count, positives, sorted, labels, last, row};
}

static double weight(const uint32_t *times, size_t i) { return times ? (double)times[i] : 1; }

double metric_auprc(const Ranked *r, const uint32_t *times)
{
    double seen = 0, hit = 0, step = 0, sum = 0;
    for (size_t i = 0; i < r->count; i++) {
        double w = weight(times, i);
        seen += w;
        step += positive(r->label[i]) ? w : 0;
        if (!r->last[i] || step == 0)
            continue;
        hit += step;
        sum += step * hit / seen;
        step = 0;
    }
    return hit > 0 ? sum / hit : NAN;
}

double metric_auroc(const Ranked *r, const uint32_t *times)
{
    double above = 0, hit = 0, step_hit = 0, step_miss = 0, sum = 0;
    for (size_t i = 0; i < r->count; i++) {
        double w = weight(times, i);
        *(positive(r->label[i]) ? &step_hit : &step_miss) += w;
        if (!r->last[i])
            continue;
        /* Each negative of this step is below `hit` positives and level with step_hit. */
        sum += step_miss * (hit + step_hit / 2);
        hit += step_hit;
        above += step_miss;
        step_hit = step_miss = 0;
    }
    return hit > 0 && above > 0 ? sum / (hit * above) : NAN;
}

double metric_recall_at_fpr(const Ranked *r, double rate)
{
    size_t negatives = r->count - r->positives, hit = 0, miss = 0, best = 0;
    if (r->positives == 0 || negatives == 0)
        return NAN;
    for (size_t i = 0; i < r->count; i++) {
        hit += positive(r->label[i]);
        miss += !positive(r->label[i]);
        if ((double)miss > rate * (double)negatives)
            break;
        if (r->last[i])
            best = hit;
    }
    return (double)best / (double)r->positives;
}

/* Equal scores share a bin, else their order would matter. */
size_t metric_bin_end(const Ranked *r, size_t b, size_t from)
{
    size_t to = (b + 1) * r->count / METRIC_BINS;
    while (to > 0 && to < r->count && !r->last[to - 1])
        to++;
    return to > from ? to : from;
}

double metric_ece(const Ranked *r)
{
    if (r->count == 0)
        return NAN;
    double sum = 0;
    for (size_t b = 0, from = 0; b < METRIC_BINS; b++) {
        size_t to = metric_bin_end(r, b, from);
        double gap = 0;
        for (; from < to; from++)
            gap += r->score[from] - (double)r->label[from];
        sum += fabs(gap);
    }
    return sum / (double)r->count;
}

double metric_brier(const Ranked *r)
{
    double sum = 0;
    for (size_t i = 0; i < r->count; i++) {
        double d = r->score[i] - (double)r->label[i];
        sum += d * d;
    }
    return r->count ? sum / (double)r->count : NAN;
}

double metric_fpr_at_recall(const Ranked *r, double recall)
{
    size_t negatives = r->count - r->positives, hit = 0, miss = 0;
    if (r->positives == 0 || negatives == 0)
        return NAN;
    for (size_t i = 0; i < r->count; i++) {
        hit += positive(r->label[i]);
        miss += !positive(r->label[i]);
        if (r->last[i] && (double)hit >= recall * (double)r->positives)
            break;
    }
    return (double)miss / (double)negatives;
}

void metric_curve(Arena *a, const Ranked *r, Curve *out)
{
    double *recall = arena_array(a, double, r->count);
    double *precision = arena_array(a, double, r->count);
    double *score = arena_array(a, double, r->count);
    size_t hit = 0, n = 0;
    for (size_t i = 0; i < r->count && r->positives; i++) {
        hit += positive(r->label[i]);
        double x = (double)hit / (double)r->positives, y = (double)hit / (double)(i + 1);
        bool far = n == 0 || fabs(x - recall[n - 1]) >= CURVE_APART ||
                   fabs(y - precision[n - 1]) >= CURVE_APART || i + 1 == r->count;
        if (!r->last[i] || !far)
            continue;
        recall[n] = x;
        precision[n] = y;
        score[n++] = r->score[i];
    }
    *out = (Curve){n, recall, precision, score};
}

static double share(size_t part, size_t rest)
{
    return part + rest ? (double)part / (double)(part + rest) : NAN;
}

void metric_at(const Ranked *r, double threshold, AtThreshold *out)
{
    AtThreshold t = {0};
    for (size_t i = 0; i < r->count; i++) {
        bool yes = positive(r->label[i]), flagged = r->score[i] >= threshold;
        t.true_positive += yes && flagged;
        t.false_positive += !yes && flagged;
        t.false_negative += yes && !flagged;
        t.true_negative += !yes && !flagged;
    }
    t.precision = share(t.true_positive, t.false_positive);
    t.recall = share(t.true_positive, t.false_negative);
    t.fpr = share(t.false_positive, t.true_negative);
    size_t halves = 2 * t.true_positive, faults = t.false_positive + t.false_negative;
    t.f1 = r->positives ? (double)halves / (double)(halves + faults) : NAN;
    t.accuracy = share(t.true_positive + t.true_negative, faults);
    size_t others = 2 * t.true_negative;
    double other = others + faults ? (double)others / (double)(others + faults) : NAN;
    t.macro_f1 = r->positives && r->positives < r->count ? (t.f1 + other) / 2 : NAN;
    *out = t;
}

double metric_best_f1(const Ranked *r, double *f1)
{
    double best = 0, at = NAN;
    size_t hit = 0;
    for (size_t i = 0; i < r->count; i++) {
        hit += positive(r->label[i]);
        double here = 2 * (double)hit / (double)(i + 1 + r->positives);
        if (r->last[i] && hit > 0 && here > best) {
            best = here;
            at = r->score[i];
        }
    }
    if (f1)
        *f1 = isnan(at) ? NAN : best;
    return at;
}

Interval metric_auprc_logit(double auprc, size_t positives)
{
    if (isnan(auprc) || positives == 0)
        return (Interval){NAN, NAN};
    /* At 0 and 1 the logit has no end: as far in as half a positive moves it. */
    double inside = .5 / ((double)positives + 1);
    double x = auprc < inside ? inside : auprc > 1 - inside ? 1 - inside : auprc;
    double at = log(x / (1 - x));
    double reach = 1.959963984540054 / sqrt((double)positives * x * (1 - x));
    return (Interval){auprc <= 0 ? 0 : 1 / (1 + exp(reach - at)),
                      auprc >= 1 ? 1 : 1 / (1 + exp(-reach - at))};
}

static int compare_doubles(const void *x, const void *y)
{
    double p = *(const double *)x, q = *(const double *)y;
    return (p > q) - (p < q);
}

Interval metric_interval(Arena *a, const Ranked *r,
                         double (*metric)(const Ranked *r, const uint32_t *times),
                         uint64_t seed)
{
    Interval none = {NAN, NAN};
    if (r->count == 0)
        return none;
    ArenaMark mark = arena_mark(a);
    uint32_t *times = arena_array(a, uint32_t, r->count);
    double *value = arena_array(a, double, METRIC_RESAMPLES);
    size_t n = 0;
    Rng rng;
    rng_seed(&rng, seed);
    for (int s = 0; s < METRIC_RESAMPLES; s++) {
        memset(times, 0, r->count * sizeof *times);
        for (size_t i = 0; i < r->count; i++)
            times[rng_below(&rng, r->count)]++;
        double v = metric(r, times);
        if (!isnan(v))
            value[n++] = v;
    }
    if (n >= METRIC_RESAMPLES / 2) {
        qsort(value, n, sizeof *value, compare_doubles);
        none = (Interval){value[(size_t)(.025 * (double)(n - 1) + .5)],
                          value[(size_t)(.975 * (double)(n - 1) + .5)]};
    }
    arena_rewind(a, mark);
    return none;
}
