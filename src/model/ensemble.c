#include "model/ensemble.h"

#include <math.h>

enum { ITERATIONS = 200 };
#define PULL 5.0 /* of the default, in rows: what it weighs against the data */

static double sigmoid(double z) { return 1 / (1 + exp(-z)); }

/* Weighted logistic regression on up to two features and a bias by damped Newton steps;
 * `start` is both first guess and what the pull pulls to.  Weights end non-negative. */
typedef struct Regression {
    const float *x[2]; /* stride FACTOR_COUNT; x[1] may be NULL */
    const float *y;    /* stride FACTOR_COUNT */
    const float *weight;
    size_t n;
} Regression;

static bool row_counts(const Regression *g, size_t i)
{
    size_t at = i * FACTOR_COUNT;
    return !isnan(g->y[at]) && !isnan(g->x[0][at]) && (!g->x[1] || !isnan(g->x[1][at]));
}

static void solve3(double A[3][3], const double *b, double *x)
{
    double m[3][4];
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++)
            m[i][j] = A[i][j];
        m[i][3] = b[i];
    }
    for (int i = 0; i < 3; i++) { /* positive definite through the pull: no pivoting */
        for (int r = i + 1; r < 3; r++) {
            double q = m[r][i] / m[i][i];
            for (int j = i; j < 4; j++)
                m[r][j] -= q * m[i][j];
        }
    }
    for (int i = 2; i >= 0; i--) {
        double s = m[i][3];
        for (int j = i + 1; j < 3; j++)
            s -= m[i][j] * x[j];
        x[i] = s / m[i][i];
    }
}

static void regress(const Regression *g, const double start[3], double w[3])
{
    for (int j = 0; j < 3; j++)
        w[j] = start[j];
    for (int it = 0; it < ITERATIONS; it++) {
        double grad[3], H[3][3] = {{0}}, step[3];
        for (int j = 0; j < 3; j++) {
            grad[j] = PULL * (w[j] - start[j]);
            H[j][j] = PULL;
        }
        for (size_t i = 0; i < g->n; i++) {
            if (!row_counts(g, i))
                continue;
            size_t at = i * FACTOR_COUNT;
            double x[3] = {g->x[0][at], g->x[1] ? g->x[1][at] : 0, 1};
            double p = sigmoid(w[0] * x[0] + w[1] * x[1] + w[2]);
            double c = g->weight ? g->weight[i] : 1, d = c * (p - g->y[at]);
            for (int j = 0; j < 3; j++) {
                grad[j] += d * x[j];
                for (int k = 0; k < 3; k++)
                    H[j][k] += c * p * (1 - p) * x[j] * x[k];
            }
        }
        solve3(H, grad, step);
        double moved = 0;
        for (int j = 0; j < 3; j++) {
            double s = fmax(-1, fmin(1, step[j])), was = w[j];
            w[j] -= s;
            if (j < 2 && w[j] < 0)
                w[j] = 0;
            moved += fabs(w[j] - was);
        }
        if (moved < 1e-9)
            break;
    }
}

static size_t positives(const EnsembleRows *rows, int f)
{
    size_t n = 0;
    for (size_t i = 0; i < rows->count; i++)
        n += rows->label[i * FACTOR_COUNT + (size_t)f] >= 0.5f;
    return n;
}

static void fit_alone(const EnsembleRows *rows, int f, float out[ENSEMBLE_ROWS][FACTOR_COUNT],
                      float *joined)
{
    for (size_t i = 0; i < rows->count; i++) {
        size_t at = i * FACTOR_COUNT + (size_t)f;
        joined[at] = (float)sigmoid((double)out[ENSEMBLE_ENCODER][f] * rows->encoder[at] +
                                    (double)out[ENSEMBLE_FAST][f] * rows->fast[at] +
                                    out[ENSEMBLE_BIAS][f]); /* NaN stays NaN */
    }
    Regression alone = {
        .x = {rows->fast + f, NULL},
          .y = joined + f, .n = rows->count
    };
    double w[3];
    regress(&alone, (double[3]){1, 0, 0}, w);
    out[ENSEMBLE_ALONE][f] = (float)w[0];
    out[ENSEMBLE_ALONE_BIAS][f] = (float)w[2];
}

void ensemble_fit(const EnsembleRows *rows, float out[ENSEMBLE_ROWS][FACTOR_COUNT])
{
    ensemble_default(out);
    Arena *a = arena_open(rows->count * FACTOR_COUNT * sizeof(float) + 4096);
    float *joined = arena_array(a, float, rows->count *FACTOR_COUNT);
    for (int f = 0; f < FACTOR_COUNT; f++) {
        if (positives(rows, f) >= ENSEMBLE_LEAST_POSITIVES) {
            Regression both = {
                .x = {rows->encoder + f, rows->fast + f},
                .y = rows->label + f,
                .weight = rows->weight,
                .n = rows->count
            };
            double w[3];
            regress(&both, (double[3]){1, 0, 0}, w);
            out[ENSEMBLE_ENCODER][f] = (float)w[0];
            out[ENSEMBLE_FAST][f] = (float)w[1];
            out[ENSEMBLE_BIAS][f] = (float)w[2];
        }
        fit_alone(rows, f, out, joined);
    }
    arena_close(a);
}
