#include "model/ensemble.h"

#include <math.h>

enum { ITERATIONS = 100 };
#define PULL 1.0 /* towards a = 1, b = 0, in rows: what it weighs against the data */

static double sigmoid(double z) { return 1 / (1 + exp(-z)); }

/* One factor: Newton's steps for (a, b) on the cross-entropy between sigmoid(a x + b) and y;
 * stride FACTOR_COUNT, NaN in y: no row.  The pull keeps the Hessian positive definite. */
static void fit_alone(const float *x, const double *y, size_t n, double w[2])
{
    w[0] = 1;
    w[1] = 0;
    for (int it = 0; it < ITERATIONS; it++) {
        double g[2] = {PULL * (w[0] - 1), PULL * w[1]}, h00 = PULL, h01 = 0, h11 = PULL;
        for (size_t i = 0; i < n; i++) {
            double xi = x[i * FACTOR_COUNT];
            if (isnan(y[i]))
                continue;
            double p = sigmoid(w[0] * xi + w[1]), d = p - y[i], c = p * (1 - p);
            g[0] += d * xi;
            g[1] += d;
            h00 += c * xi * xi;
            h01 += c * xi;
            h11 += c;
        }
        double det = h00 * h11 - h01 * h01;
        double s0 = (h11 * g[0] - h01 * g[1]) / det, s1 = (h00 * g[1] - h01 * g[0]) / det;
        w[0] = fmax(0, w[0] - fmax(-1, fmin(1, s0)));
        w[1] -= fmax(-1, fmin(1, s1));
        if (fabs(s0) + fabs(s1) < 1e-9)
            break;
    }
}

void ensemble_fit(const EnsembleRows *rows, double fast_share,
                  float out[ENSEMBLE_ROWS][FACTOR_COUNT])
{
    ensemble_default(out);
    Arena *a = arena_open(rows->count * sizeof(double) + 4096);
    double *joined = arena_array(a, double, rows->count);
    for (int f = 0; f < FACTOR_COUNT; f++) {
        out[ENSEMBLE_ENCODER][f] = (float)(1 - fast_share);
        out[ENSEMBLE_FAST][f] = (float)fast_share;
        for (size_t i = 0; i < rows->count; i++) {
            size_t at = i * FACTOR_COUNT + (size_t)f;
            joined[i] = sigmoid((1 - fast_share) * rows->encoder[at] +
                                fast_share * rows->fast[at]); /* NaN stays NaN */
        }
        double w[2];
        fit_alone(rows->fast + f, joined, rows->count, w);
        out[ENSEMBLE_ALONE][f] = (float)w[0];
        out[ENSEMBLE_ALONE_BIAS][f] = (float)w[1];
    }
    arena_close(a);
}
