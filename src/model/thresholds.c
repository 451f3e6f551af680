/* thresholds.c - ranks the rows of each category once, then walks.
 *
 * Everything is counted on calibrated scores but the grid of the precision test, which lies
 * on composed scores: the maps were fitted on the same rows, and a grid on their scale would
 * have been chosen by the data.  A map that never falls carries the cut over.
 */
#include "model/thresholds.h"

#include "model/binomial.h"
#include "model/metrics.h"

#include <math.h>

#define THRESHOLD_LEAST 1e-6 /* a threshold of 0 would flag everything */
#define TIGHTER         .97  /* step of the bounds while all together flag too much */

/* The grid of the precision test, in logits of the composed score, highest first. */
enum { GRID = 241, STARTS = 5 };
#define GRID_TOP  12.0
#define GRID_STEP .1
static const int start_at[STARTS] = {80, 100, 120, 140, 160}; /* logits 4, 2, 0, -2, -4 */

typedef struct One {
    Ranked known;      /* calibrated scores of rows with a known label */
    Ranked benign;     /* of benign rows, labels all 0 */
    double best_f1;    /* threshold; NaN without positives */
    double grid[GRID]; /* thresholds on the calibrated score; NaN: not shown precise enough */
    const CalibrationMap *map;
    ThresholdWish wish;
} One;

/* ---- false positives ----------------------------------------------------------------- */

static size_t at_or_above(const Ranked *r, double threshold)
{
    size_t n = 0;
    while (n < r->count && r->score[n] >= threshold)
        n++;
    return n;
}

/* The most of n rows that may be flagged so that the bound is shown; -1: not even none. */
static int64_t flags_shown(size_t n, double bound)
{
    int64_t shown = -1, not_shown = (int64_t)n + 1; /* the exact bound only grows with k */
    while (not_shown - shown > 1) {
        int64_t k = shown + (not_shown - shown) / 2;
        bool fits = binomial_upper((double)k, (double)n, THRESHOLD_CONFIDENCE) <= bound;
        *(fits ? &shown : &not_shown) = k;
    }
    return shown;
}

/* The least score at which the bound is kept: just above the first row too many. */
static double benign_threshold(const Ranked *benign, double bound)
{
    int64_t shown = flags_shown(benign->count, bound);
    size_t allowed = shown >= 0 ? (size_t)shown : (size_t)(bound * (double)benign->count);
    if (allowed >= benign->count)
        return 0;
    return fmin(nextafter(benign->score[allowed], 2), 1);
}

/* ---- precision ----------------------------------------------------------------------- */

static size_t positives_among(const Ranked *r, size_t flagged)
{
    size_t n = 0;
    for (size_t i = 0; i < flagged; i++)
        n += r->label[i] >= .5f;
    return n;
}

/* Whether the precision at this threshold is shown, at one start's share of the error. */
static bool precise(const One *one, double threshold)
{
    size_t flagged = at_or_above(&one->known, threshold);
    double confidence = 1 - (1 - THRESHOLD_CONFIDENCE) / STARTS;
    return binomial_lower((double)positives_among(&one->known, flagged), (double)flagged,
                          confidence) >= one->wish.precision;
}

static void test_precision(One *one)
{
    for (int i = 0; i < GRID; i++)
        one->grid[i] = NAN;
    for (int s = 0; s < STARTS; s++) {
        for (int i = start_at[s]; i < GRID && isnan(one->grid[i]); i++) {
            double z = GRID_TOP - GRID_STEP * i;
            double threshold = calibration_apply(one->map, 1 / (1 + exp(-z)));
            if (!precise(one, threshold))
                break;
            one->grid[i] = threshold;
        }
    }
}

/* The least tested threshold from `least` on; NaN: none was shown. */
static double precise_threshold(const One *one, double least)
{
    double best = NAN;
    for (int i = 0; i < GRID; i++)
        if (one->grid[i] >= least)
            best = fmin(one->grid[i], best);
    return best;
}

/* ---- one category -------------------------------------------------------------------- */

static void one_new(Arena *a, const CalibrationRows *rows, int c, const CalibrationMap *map,
                    const ThresholdWish *wish, One *out)
{
    double *score = arena_array(a, double, rows->count);
    double *benign = arena_array(a, double, rows->count);
    float *zero = arena_array(a, float, rows->count);
    size_t n = 0;
    for (size_t i = 0; i < rows->count; i++) {
        score[i] = calibration_apply(map, rows->score[c][i]);
        if (rows->benign[i])
            benign[n++] = score[i];
    }
    *out = (One){.map = map, .wish = *wish};
    ranked_new(a, score, rows->label[c], rows->count, &out->known);
    ranked_new(a, benign, zero, n, &out->benign);
    out->best_f1 = metric_best_f1(&out->known, NULL);
    if (wish->rule == THRESHOLD_PRECISION)
        test_precision(out);
}

/* The threshold under this bound on false positives, and which rule decided. */
static double choose(const One *one, double bound, ThresholdRule *rule)
{
    double cap = benign_threshold(&one->benign, bound), least = 0;
    bool fixed = one->map->kind == CALIBRATION_FIXED;
    bool cap_decides = one->wish.rule == THRESHOLD_FALSE_POSITIVES && one->benign.count > 0;
    double precise = one->wish.rule == THRESHOLD_PRECISION ? precise_threshold(one, cap) : NAN;
    if (!isnan(precise) && !fixed) {
        *rule = THRESHOLD_PRECISION;
        return fmax(precise, THRESHOLD_LEAST);
    }
    if (fixed || (!cap_decides && isnan(one->best_f1))) {
        *rule = THRESHOLD_HALF;
        least = .5;
    } else if (!cap_decides) {
        *rule = THRESHOLD_F1;
        least = one->best_f1;
    }
    if (cap > least || least == 0)
        *rule = THRESHOLD_FALSE_POSITIVES;
    return fmax(fmax(cap, least), THRESHOLD_LEAST);
}

/* ---- the band ------------------------------------------------------------------------ */

/* Rows from `from` on towards lower scores make a run [from, to); equal scores stay together.
 */
static size_t run_down(const Ranked *r, size_t from)
{
    size_t to = from;
    while (to < r->count && (to - from < THRESHOLD_RUN || !r->last[to - 1]))
        to++;
    return to;
}

static size_t run_up(const Ranked *r, size_t to)
{
    size_t from = to;
    while (from > 0 && (to - from < THRESHOLD_RUN || !r->last[from - 1]))
        from--;
    return from;
}

static void find_band(const One *one, double threshold, ThresholdNote *note)
{
    const Ranked *r = &one->known;
    double level = one->wish.rule == THRESHOLD_PRECISION ? one->wish.precision : .5;
    size_t cut = at_or_above(r, threshold);
    note->band_low = 0, note->band_high = 1;
    for (size_t from = cut, to; (to = run_down(r, from)) - from >= THRESHOLD_RUN; from = to) {
        double n = (double)(to - from);
        double yes = (double)(positives_among(r, to) - positives_among(r, from));
        if (binomial_upper(yes, n, THRESHOLD_CONFIDENCE) >= level)
            continue;
        note->band_low = from > cut ? r->score[from - 1] : threshold;
        break;
    }
    for (size_t to = cut, from; to - (from = run_up(r, to)) >= THRESHOLD_RUN; to = from) {
        double n = (double)(to - from);
        double yes = (double)(positives_among(r, to) - positives_among(r, from));
        if (binomial_lower(yes, n, THRESHOLD_CONFIDENCE) <= level)
            continue;
        note->band_high = to < cut ? r->score[to] : threshold;
        break;
    }
}

/* ---- all of them --------------------------------------------------------------------- */

static void take_note(const One *one, double threshold, ThresholdRule rule, ThresholdNote *out)
{
    bool asked = one->wish.rule == THRESHOLD_PRECISION;
    AtThreshold at;
    metric_at(&one->known, threshold, &at);
    size_t flagged = at.true_positive + at.false_positive;
    size_t alarms = at_or_above(&one->benign, threshold), benign = one->benign.count;
    double limit = binomial_upper((double)alarms, (double)benign, THRESHOLD_CONFIDENCE);
    double least_precision =
        binomial_lower((double)at.true_positive, (double)flagged, THRESHOLD_CONFIDENCE);
    *out = (ThresholdNote){
        .rule = rule,
        .confidence = THRESHOLD_CONFIDENCE,
        .f1 = at.f1,
        .precision = {.bound = asked ? one->wish.precision : NAN,
                      .achieved = at.precision,
                      .limit = least_precision,
                      .n = (int64_t)flagged,
                      .holds = asked && rule == THRESHOLD_PRECISION},
        .false_positives = {.bound = one->wish.false_positives,
                      .achieved = benign ? (double)alarms / (double)benign : NAN,
                      .limit = limit,
                      .n = (int64_t)benign,
                      .holds = limit <= one->wish.false_positives  },
        .band_low = NAN,
        .band_high = NAN
    };
    if (one->map->kind != CALIBRATION_FIXED)
        find_band(one, threshold, out);
}

static size_t flagged_by_any(const CalibrationRows *rows, const Calibration *c,
                             const double *threshold, size_t *benign)
{
    size_t n = 0;
    *benign = 0;
    for (size_t i = 0; i < rows->count; i++) {
        bool flagged = false;
        for (int k = 0; rows->benign[i] && !flagged && k < CATEGORY_COUNT; k++)
            flagged = calibration_apply(&c->map[k], rows->score[k][i]) >= threshold[k];
        n += flagged;
        *benign += rows->benign[i];
    }
    return n;
}

void thresholds_choose(Arena *a, const CalibrationRows *rows,
                       const ThresholdWish wish[CATEGORY_COUNT], double together,
                       Calibration *c, Together *out)
{
    ArenaMark mark = arena_mark(a);
    One *one = arena_array(a, One, CATEGORY_COUNT);
    double threshold[CATEGORY_COUNT];
    ThresholdRule rule[CATEGORY_COUNT];
    Together t = {.bound = together};
    for (int i = 0; i < CATEGORY_COUNT; i++)
        one_new(a, rows, i, &c->map[i], &wish[i], &one[i]);
    for (double tighter = 1; tighter > 1e-3; tighter *= TIGHTER) {
        for (int i = 0; i < CATEGORY_COUNT; i++)
            threshold[i] = choose(&one[i], wish[i].false_positives * tighter, &rule[i]);
        t.flagged = flagged_by_any(rows, c, threshold, &t.benign);
        t.limit = binomial_upper((double)t.flagged, (double)t.benign, THRESHOLD_CONFIDENCE);
        t.holds = t.limit <= together;
        /* Too few rows to show anything: then what was seen must do. */
        bool small = flags_shown(t.benign, together) < 0;
        if (t.holds || (small && (double)t.flagged <= together * (double)t.benign))
            break;
    }
    for (int i = 0; i < CATEGORY_COUNT; i++) {
        c->map[i].threshold = threshold[i];
        take_note(&one[i], threshold[i], rule[i], &c->map[i].note);
    }
    *out = t;
    arena_rewind(a, mark);
}
