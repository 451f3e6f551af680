/* calibrate.c - fitting by Newton's method on two or three coefficients.
 *
 * Scores are taken on [EDGE, 1 - EDGE], so that no logarithm is infinite.  The fits add a
 * weak pull towards the map that changes nothing (a = b = 1, c = 0), which keeps them
 * finite on separable data without moving them on real data.
 */
#include "model/calibrate.h"

#include "model/metrics.h"

#include <assert.h>
#include <math.h>

#define EDGE 1e-7

static const char *const kinds[] = {
#define X(id, name) [id] = name,
    CALIBRATION_TABLE(X)
#undef X
};

const char *calibration_kind_name(CalibrationKind k) { return kinds[k]; }

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

double calibration_apply(const CalibrationMap *m, double score)
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

/* ---- fitting ------------------------------------------------------------------------- */

/* Known rows only: features of the map and targets. */
typedef struct Problem {
    size_t n;
    int dim; /* 2: x0 and 1; 3: x0, x1 and 1 */
    const double (*x)[3];
    const double *target;
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
        sum += (z > 0 ? z + log1p(exp(-z)) : log1p(exp(z))) - p->target[i] * z;
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
                g[j] += (q - p->target[i]) * p->x[i][j];
                for (int k = 0; k <= j; k++)
                    H[j][k] += q * (1 - q) * p->x[i][j] * p->x[i][k];
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
    const double *label; /* 0 or 1 */
} Known;

static void fit_platt(Arena *a, const Known *k, CalibrationMap *out)
{
    double(*x)[3] = (double(*)[3])arena_alloc(a, k->n, sizeof *x);
    double *target = arena_array(a, double, k->n);
    double yes = ((double)k->positives + 1) / ((double)k->positives + 2);
    double no = 1 / ((double)(k->n - k->positives) + 2);
    for (size_t i = 0; i < k->n; i++) {
        x[i][0] = logit(k->score[i]);
        x[i][1] = 1;
        target[i] = k->label[i] > 0 ? yes : no;
    }
    double w[3];
    Problem p = {k->n, 2, (const double(*)[3])x, target};
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
    Problem p = {k->n, 3, (const double(*)[3])x, k->label};
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
    double sum_x, sum_y, n;
} Block;

/* Pool adjacent violators, then at most CALIBRATION_KNOTS blocks are kept, evenly. */
static void fit_isotonic(Arena *a, const Known *k, CalibrationMap *out)
{
    float *label = arena_array(a, float, k->n);
    for (size_t i = 0; i < k->n; i++)
        label[i] = (float)k->label[i];
    Ranked r;
    ranked_new(a, k->score, label, k->n, &r);
    Block *block = arena_array(a, Block, k->n);
    size_t blocks = 0;
    for (size_t i = r.count; i-- > 0;) { /* ascending */
        Block b = {logit(r.score[i]), (double)r.label[i], 1};
        for (; i > 0 && !r.last[i - 1]; i--, b.n++) {
            b.sum_x += logit(r.score[i - 1]);
            b.sum_y += (double)r.label[i - 1];
        }
        while (blocks && block[blocks - 1].sum_y * b.n >= b.sum_y * block[blocks - 1].n) {
            Block *under = &block[--blocks];
            b = (Block){b.sum_x + under->sum_x, b.sum_y + under->sum_y, b.n + under->n};
        }
        block[blocks++] = b;
    }
    int knots = blocks < CALIBRATION_KNOTS ? (int)blocks : CALIBRATION_KNOTS;
    *out = (CalibrationMap){.kind = CALIBRATION_ISOTONIC, .knots = knots};
    for (int i = 0; i < knots; i++) {
        const Block *b = &block[knots > 1 ? (size_t)i * (blocks - 1) / (size_t)(knots - 1) : 0];
        out->x[i] = b->sum_x / b->n;
        out->y[i] = (b->sum_y + .5) / (b->n + 1); /* never quite 0 or 1 */
        if (i > 0)
            out->y[i] = fmax(out->y[i], out->y[i - 1]);
    }
}

void calibration_fit(Arena *a, const double *score, const float *label, size_t n,
                     CalibrationKind wanted, CalibrationMap *out)
{
    ArenaMark mark = arena_mark(a);
    double *s = arena_array(a, double, n), *y = arena_array(a, double, n);
    Known k = {.score = s, .label = y};
    for (size_t i = 0; i < n; i++) {
        if (isnan(label[i]))
            continue;
        s[k.n] = clamp(score[i]);
        y[k.n] = label[i] >= .5f;
        k.positives += label[i] >= .5f;
        k.n++;
    }
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

/* ---- as JSON ------------------------------------------------------------------------- */

void calibration_print(const Calibration *c, JsWriter *w)
{
    js_object(w);
    for (int i = 0; i < CATEGORY_COUNT; i++) {
        const CalibrationMap *m = &c->map[i];
        js_key_str(w, category_name((Category)i));
        js_object(w);
        js_key(w, "kind"), js_string(w, str_of(kinds[m->kind]));
        js_key(w, "a"), js_double(w, m->a);
        js_key(w, "b"), js_double(w, m->b);
        js_key(w, "c"), js_double(w, m->c);
        js_key(w, "threshold"), js_double(w, m->threshold);
        js_key(w, "positives"), js_i64(w, m->positives);
        js_key(w, "negatives"), js_i64(w, m->negatives);
        js_key(w, "knots");
        js_array(w);
        for (int k = 0; k < m->knots; k++) {
            js_array(w);
            js_double(w, m->x[k]);
            js_double(w, m->y[k]);
            js_end_array(w);
        }
        js_end_array(w);
        js_end_object(w);
    }
    js_end_object(w);
}

static bool read_knots(const Js *v, CalibrationMap *m, Err *err)
{
    const Js *list = js_get(v, STR("knots"));
    if (!list || list->type != JS_ARRAY || list->count > CALIBRATION_KNOTS)
        return err_set(err, ERR_CORRUPT, "a map wants a list of at most %d knots",
                       CALIBRATION_KNOTS);
    m->knots = (int)list->count;
    for (int i = 0; i < m->knots; i++) {
        const Js *p = &list->item[i];
        if (p->type != JS_ARRAY || p->count != 2 || p->item[0].type != JS_NUMBER ||
            p->item[1].type != JS_NUMBER)
            return err_set(err, ERR_CORRUPT, "knot %d is not a pair of numbers", i);
        m->x[i] = p->item[0].number;
        m->y[i] = p->item[1].number;
        bool rises = i == 0 || (m->x[i] > m->x[i - 1] && m->y[i] >= m->y[i - 1]);
        if (!rises || !(m->y[i] >= 0 && m->y[i] <= 1))
            return err_set(err, ERR_CORRUPT, "knot %d does not rise within [0, 1]", i);
    }
    if ((m->kind == CALIBRATION_ISOTONIC) != (m->knots > 0))
        return err_set(err, ERR_CORRUPT, "knots belong to an isotonic map, and only there");
    return true;
}

static bool read_map(const Js *v, CalibrationMap *out, Err *err)
{
    CalibrationMap m = {.kind = CALIBRATION_KIND_COUNT};
    Str kind;
    if (!js_want_str(v, STR("kind"), &kind, err) || !js_want_double(v, STR("a"), &m.a, err) ||
        !js_want_double(v, STR("b"), &m.b, err) || !js_want_double(v, STR("c"), &m.c, err) ||
        !js_want_double(v, STR("threshold"), &m.threshold, err) ||
        !js_want_i64(v, STR("positives"), &m.positives, err) ||
        !js_want_i64(v, STR("negatives"), &m.negatives, err))
        return false;
    for (int k = 0; k < CALIBRATION_KIND_COUNT; k++)
        if (str_eq(kind, str_of(kinds[k])))
            m.kind = (CalibrationKind)k;
    if (m.kind == CALIBRATION_KIND_COUNT)
        return err_set(err, ERR_CORRUPT, "no calibration is called '" STR_FMT "'",
                       STR_ARG(kind));
    /* Larger coefficients than any fit gives could overflow to a NaN. */
    bool sane = m.a >= 0 && m.a <= 1e6 && m.b >= 0 && m.b <= 1e6 && fabs(m.c) <= 1e6;
    if (!sane || m.positives < 0 || m.negatives < 0)
        return err_set(err, ERR_CORRUPT, "a coefficient is out of range");
    if (!(m.threshold > 0 && m.threshold <= 1))
        return err_set(err, ERR_CORRUPT, "a threshold is not above 0 and at most 1");
    if (!read_knots(v, &m, err))
        return false;
    *out = m;
    return true;
}

bool calibration_read(const Js *v, Calibration *out, Err *err)
{
    Calibration c = {0};
    for (int i = 0; i < CATEGORY_COUNT; i++) {
        Str name = category_name((Category)i);
        const Js *map = js_get(v, name);
        if (!map)
            return err_set(err, ERR_CORRUPT, "no calibration of '" STR_FMT "'", STR_ARG(name));
        if (!read_map(map, &c.map[i], err))
            return err_wrap(err, "calibration of " STR_FMT, STR_ARG(name));
    }
    *out = c;
    return true;
}
