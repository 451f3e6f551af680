/* calibrate.c - fitting by Newton's method on two or three coefficients, or by pooling.
 *
 * Scores are taken on [EDGE, 1 - EDGE], so that no logarithm is infinite.  The fits add a
 * weak pull towards the map that changes nothing (a = b = 1, c = 0), which keeps them
 * finite on separable data without moving them on real data.
 */
#include "model/calibrate.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#define EDGE 1e-7

static const char *const kinds[] = {
#define X(id, name) [id] = name,
    CALIBRATION_TABLE(X)
#undef X
};

const char *calibration_kind_name(CalibrationKind k) { return kinds[k]; }

static const Str rules[] = {
#define X(id, name, meaning) [id] = STR(name),
    THRESHOLD_TABLE(X)
#undef X
};

Str threshold_rule_name(ThresholdRule r) { return rules[r]; }

bool threshold_rule_parse(Str name, ThresholdRule *out)
{
    for (int r = 0; r < THRESHOLD_RULE_COUNT; r++) {
        if (str_eq(name, rules[r])) {
            *out = (ThresholdRule)r;
            return true;
        }
    }
    return false;
}

void calibration_none(Calibration *c)
{
    *c = (Calibration){0};
    for (int i = 0; i < CATEGORY_COUNT; i++)
        c->map[i] = (CalibrationMap){
            .kind = CALIBRATION_FIXED, .c = CALIBRATION_FIXED_SHIFT, .threshold = .5};
}

static double clamp(double s) { return s < EDGE ? EDGE : s > 1 - EDGE ? 1 - EDGE : s; }
static double logit(double s) { return log(s) - log1p(-s); }
static double sigmoid(double z) { return 1 / (1 + exp(-z)); }

static double isotonic_apply(const CalibrationMap *m, double x)
{
    int i = 0;
    while (i < m->knots && m->x[i] < x)
        i++;
    if (i == 0)
        return m->y[0];
    if (i == m->knots)
        return m->y[m->knots - 1];
    double part = (x - m->x[i - 1]) / (m->x[i] - m->x[i - 1]);
    return m->y[i - 1] + part * (m->y[i] - m->y[i - 1]);
}

static double apply_map(const CalibrationMap *m, double score)
{
    double s = clamp(score);
    switch (m->kind) {
    case CALIBRATION_FIXED:
        return sigmoid(logit(s) + m->c);
    case CALIBRATION_PLATT:
        return sigmoid(m->a * logit(s) + m->c);
    case CALIBRATION_BETA:
        return sigmoid(m->a * log(s) - m->b * log1p(-s) + m->c);
    case CALIBRATION_ISOTONIC:
        return isotonic_apply(m, logit(s));
    case CALIBRATION_KIND_COUNT:
        break;
    }
    assert(m->kind < CALIBRATION_KIND_COUNT);
    return NAN;
}

double calibration_apply(const CalibrationMap *m, double score)
{
    return anchors_apply(&m->anchors, apply_map(m, score));
}

/* ---- fitting ------------------------------------------------------------------------- */

/* Known rows only: features of the map and targets. */
typedef struct Problem {
    size_t n;
    int dim; /* 2: x0 and 1; 3: x0, x1 and 1 */
    const double (*x)[3];
    const double *target, *weight;
} Problem;

/* Solves the symmetric positive system H d = g in place (Cholesky, at most 3 x 3). */
static void solve(int dim, double H[3][3], double g[3])
{
    for (int i = 0; i < dim; i++) {
        for (int j = 0; j <= i; j++) {
            double s = H[i][j];
            for (int k = 0; k < j; k++)
                s -= H[i][k] * H[j][k];
            H[i][j] = i == j ? sqrt(fmax(s, 1e-300)) : s / H[j][j];
        }
    }
    for (int i = 0; i < dim; i++) {
        for (int k = 0; k < i; k++)
            g[i] -= H[i][k] * g[k];
        g[i] /= H[i][i];
    }
    for (int i = dim - 1; i >= 0; i--) {
        for (int k = i + 1; k < dim; k++)
            g[i] -= H[k][i] * g[k];
        g[i] /= H[i][i];
    }
}

static double dot(const double *x, const double *w, int dim)
{
    double z = 0;
    for (int j = 0; j < dim; j++)
        z += x[j] * w[j];
    return z;
}

#define PULL 1e-2 /* strength of the pull towards the start, in rows */

static double loss(const Problem *p, const double *w, const double *start)
{
    double sum = 0;
    for (size_t i = 0; i < p->n; i++) {
        double z = dot(p->x[i], w, p->dim);
        double log_sum = z > 0 ? z + log1p(exp(-z)) : log1p(exp(z));
        sum += p->weight[i] * (log_sum - p->target[i] * z);
    }
    for (int j = 0; j < p->dim; j++)
        sum += PULL / 2 * (w[j] - start[j]) * (w[j] - start[j]);
    return sum;
}

/* Minimises the logistic loss; a step that does not help is halved. */
static void logistic_fit(const Problem *p, const double start[3], double w[3])
{
    memcpy(w, start, 3 * sizeof *w);
    double here = loss(p, w, start);
    for (int round = 0; round < 100; round++) {
        double H[3][3] = {{0}}, g[3] = {0};
        for (size_t i = 0; i < p->n; i++) {
            double q = sigmoid(dot(p->x[i], w, p->dim));
            for (int j = 0; j < p->dim; j++) {
                g[j] += p->weight[i] * (q - p->target[i]) * p->x[i][j];
                for (int k = 0; k <= j; k++)
                    H[j][k] += p->weight[i] * q * (1 - q) * p->x[i][j] * p->x[i][k];
            }
        }
        for (int j = 0; j < p->dim; j++) {
            g[j] += PULL * (w[j] - start[j]);
            H[j][j] += PULL;
        }
        solve(p->dim, H, g);
        double scale = 1, there = here, to[3] = {0};
        for (int half = 0; half < 30; half++, scale /= 2) {
            for (int j = 0; j < p->dim; j++)
                to[j] = w[j] - scale * g[j];
            there = loss(p, to, start);
            if (there <= here)
                break;
        }
        if (!(there < here - 1e-12 * fabs(here)))
            return;
        memcpy(w, to, sizeof to);
        here = there;
    }
}

typedef struct Known {
    size_t n, positives;
    const double *score; /* clamped */
    const double *label; /* soft */
    const double *weight;
    double yes, no; /* sums of weights, soft labels shared out */
} Known;

static void fit_platt(Arena *a, const Known *k, CalibrationMap *out)
{
    double(*x)[3] = (double(*)[3])arena_alloc(a, k->n, sizeof *x);
    double *target = arena_array(a, double, k->n);
    double yes = (k->yes + 1) / (k->yes + 2), no = 1 / (k->no + 2);
    for (size_t i = 0; i < k->n; i++) {
        x[i][0] = logit(k->score[i]);
        x[i][1] = 1;
        target[i] = k->label[i] * yes + (1 - k->label[i]) * no;
    }
    double w[3];
    Problem p = {k->n, 2, (const double(*)[3])x, target, k->weight};
    logistic_fit(&p, (const double[3]){1, 0, 0}, w);
    *out = (CalibrationMap){.kind = CALIBRATION_PLATT, .a = fmax(w[0], 0), .c = w[1]};
}

/* A negative coefficient would let the map fall: it is fixed to 0 and the rest fitted again. */
static void fit_beta(Arena *a, const Known *k, CalibrationMap *out)
{
    double(*x)[3] = (double(*)[3])arena_alloc(a, k->n, sizeof *x);
    for (size_t i = 0; i < k->n; i++) {
        x[i][0] = log(k->score[i]);
        x[i][1] = -log1p(-k->score[i]);
        x[i][2] = 1;
    }
    double w[3];
    Problem p = {k->n, 3, (const double(*)[3])x, k->label, k->weight};
    logistic_fit(&p, (const double[3]){1, 1, 0}, w);
    *out = (CalibrationMap){.kind = CALIBRATION_BETA, .a = w[0], .b = w[1], .c = w[2]};
    if (w[0] >= 0 && w[1] >= 0)
        return;
    int keep = w[0] < 0; /* the column that stays */
    for (size_t i = 0; i < k->n; i++) {
        x[i][0] = x[i][keep];
        x[i][1] = 1;
    }
    p.dim = 2;
    logistic_fit(&p, (const double[3]){1, 0, 0}, w);
    out->a = keep ? 0 : fmax(w[0], 0);
    out->b = keep ? fmax(w[0], 0) : 0;
    out->c = w[1];
}

typedef struct Block {
    double sum_x, sum_y, n; /* weighted */
} Block;

static int compare_blocks(const void *p, const void *q)
{
    const Block *x = p, *y = q; /* of one row each: n times logit and label */
    double a = x->sum_x / x->n, b = y->sum_x / y->n;
    return (a > b) - (a < b);
}

#define RISE 1e-7 /* least difference of two knots */

static void put_knot(CalibrationMap *m, double x, double y)
{
    if (m->knots)
        y = fmin(fmax(y, m->y[m->knots - 1] + RISE), 1);
    m->x[m->knots] = x;
    m->y[m->knots++] = y;
}

/* A knot a block, evenly chosen where there are too many, and one at either end of the
 * scale so that the map rises there too. */
static void knots_of(const Block *block, size_t blocks, CalibrationMap *out)
{
    size_t knots = blocks < CALIBRATION_KNOTS - 2 ? blocks : CALIBRATION_KNOTS - 2;
    double low = logit(EDGE), high = logit(1 - EDGE);
    for (size_t i = 0; i < knots; i++) {
        const Block *b = &block[knots > 1 ? i * (blocks - 1) / (knots - 1) : 0];
        double few = .5 / (b->n + 1); /* never quite 0 or 1 */
        double x = b->sum_x / b->n, y = fmin(fmax(b->sum_y / b->n, few), 1 - few);
        if (i == 0 && x > low + RISE)
            put_knot(out, low, y * (1 - 1e-3));
        put_knot(out, x, y);
    }
    double last = out->y[out->knots - 1];
    if (out->x[out->knots - 1] < high - RISE)
        put_knot(out, high, last + (1 - last) * 1e-3);
}

/* Pool adjacent violators. */
static void fit_isotonic(Arena *a, const Known *k, CalibrationMap *out)
{
    Block *row = arena_array(a, Block, k->n), *block = arena_array(a, Block, k->n);
    for (size_t i = 0; i < k->n; i++)
        row[i] = (Block){k->weight[i] * logit(k->score[i]), k->weight[i] * k->label[i],
                         k->weight[i]};
    qsort(row, k->n, sizeof *row, compare_blocks);
    size_t blocks = 0;
    for (size_t i = 0, j; i < k->n; i = j) {
        Block b = row[i];
        for (j = i + 1; j < k->n && compare_blocks(&row[i], &row[j]) == 0; j++)
            b = (Block){b.sum_x + row[j].sum_x, b.sum_y + row[j].sum_y, b.n + row[j].n};
        while (blocks && block[blocks - 1].sum_y * b.n >= b.sum_y * block[blocks - 1].n) {
            Block *under = &block[--blocks];
            b = (Block){b.sum_x + under->sum_x, b.sum_y + under->sum_y, b.n + under->n};
        }
        block[blocks++] = b;
    }
    *out = (CalibrationMap){.kind = CALIBRATION_ISOTONIC};
    knots_of(block, blocks, out);
}

/* The rows with a known label. */
static void known_new(Arena *a, const CalibrationInput *in, Known *out)
{
    double *score = arena_array(a, double, in->n), *label = arena_array(a, double, in->n);
    double *weight = arena_array(a, double, in->n);
    *out = (Known){.score = score, .label = label, .weight = weight};
    for (size_t i = 0; i < in->n; i++) {
        if (isnan(in->label[i]))
            continue;
        double y = (double)in->label[i], w = in->weight ? (double)in->weight[i] : 1;
        score[out->n] = clamp(in->score[i]);
        label[out->n] = y;
        weight[out->n++] = w;
        out->positives += y >= .5;
        out->yes += w * y;
        out->no += w * (1 - y);
    }
}

void calibration_fit(Arena *a, const CalibrationInput *in, CalibrationKind wanted,
                     CalibrationMap *out)
{
    ArenaMark mark = arena_mark(a);
    Known k;
    known_new(a, in, &k);
    if (k.positives < CALIBRATION_PLATT_FROM || k.positives == k.n)
        *out = (CalibrationMap){.kind = CALIBRATION_FIXED, .c = CALIBRATION_FIXED_SHIFT};
    else if (k.positives < CALIBRATION_BETA_FROM)
        fit_platt(a, &k, out);
    else if (wanted == CALIBRATION_ISOTONIC)
        fit_isotonic(a, &k, out);
    else
        fit_beta(a, &k, out);
    out->threshold = .5;
    out->positives = (int64_t)k.positives;
    out->negatives = (int64_t)(k.n - k.positives);
    arena_rewind(a, mark);
}
