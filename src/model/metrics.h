/* metrics.h - how well scores tell positives from negatives, and how honest they are.
 *
 * Rows whose label is NaN are unknown and left out.  Ranking metrics read a soft label as
 * positive from a half on.  Equal scores are one step of every curve, so the order of rows
 * never matters.
 *
 *   auprc   average precision: sum over steps of precision * gained recall (exact; no
 *           interpolation, which flatters: Davis, Goadrich 2006)
 *   auroc   Mann-Whitney U, ties count a half
 *   ece     15 bins of equal mass: sum of share * |mean score - mean label|
 *   brier   mean (score - label)^2, on the soft labels
 *
 * Intervals: percentile bootstrap over rows (Efron 1979), seeded; for slices, of which
 * there are many, the logit interval of the AUPRC (Boyd, Eng, Page 2013, "Area under the
 * precision-recall curve: point estimates and confidence intervals"), which costs nothing.
 */
#ifndef MODEL_METRICS_H
#define MODEL_METRICS_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

/* A ranking of the known rows, highest score first. */
typedef struct Ranked {
    size_t count;        /* known rows */
    size_t positives;    /* of them */
    const double *score; /* [count], descending */
    const float *label;  /* [count], soft */
    const bool *last;    /* [count]: the next score is lower */
    const uint32_t *row; /* [count]: which of the rows given to ranked_new it is */
} Ranked;

void ranked_new(Arena *a, const double *score, const float *label, size_t n, Ranked *out);

/* NaN where a metric is not defined: no positive, or no negative where that matters.
 * `times` [count]: how often each row counts (a resample); NULL: once. */
double metric_auprc(const Ranked *r, const uint32_t *times);
double metric_auroc(const Ranked *r, const uint32_t *times);

/* The greatest recall at which at most `rate` of the negatives are flagged. */
double metric_recall_at_fpr(const Ranked *r, double rate);

/* The least share of negatives that is flagged where at least `recall` of the positives
 * are: all thresholds of a decision moved together until it catches as much. */
double metric_fpr_at_recall(const Ranked *r, double recall);

enum { METRIC_BINS = 15 };
double metric_ece(const Ranked *r);
/* Where bin b, which begins at row `from`, ends: one definition for the error and its plot. */
size_t metric_bin_end(const Ranked *r, size_t b, size_t from);
double metric_brier(const Ranked *r);

typedef struct AtThreshold {
    size_t true_positive, false_positive, false_negative, true_negative;
    double precision, recall, f1, fpr; /* NaN where nothing is divided by */
    double accuracy;
    double macro_f1; /* mean of this F1 and that of the negatives; NaN unless both exist */
} AtThreshold;
void metric_at(const Ranked *r, double threshold, AtThreshold *out);

/* The score from which on flagging gives the best F1; NaN without positives.  Of several
 * equally good ones the highest. */
double metric_best_f1(const Ranked *r, double *f1);

typedef struct Interval {
    double low, high;
} Interval;

/* 95 %, from the value and the number of positives alone; NaN without any. */
Interval metric_auprc_logit(double auprc, size_t positives);

/* The precision-recall curve from the highest threshold down, a point at the end of each
 * step; points nearer to their neighbour than CURVE_APART of the plot are left out. */
#define CURVE_APART 0.004
typedef struct Curve {
    size_t count;
    const double *recall, *precision, *score;
} Curve;
void metric_curve(Arena *a, const Ranked *r, Curve *out);

enum { METRIC_RESAMPLES = 1000 };
/* 95 % of METRIC_RESAMPLES resamples of `metric`; NaN where a resample is undefined too
 * often (more than half of them) to say. */
Interval metric_interval(Arena *a, const Ranked *r,
                         double (*metric)(const Ranked *r, const uint32_t *times),
                         uint64_t seed);

#endif
