#include "model/anchors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define EDGE 1e-9 /* scores are taken on [EDGE, 1 - EDGE] */
#define RISE 1e-6 /* least difference of two anchors, in logits */

static double logit(double p)
{
    p = fmin(fmax(p, EDGE), 1 - EDGE);
    return log(p) - log1p(-p);
}

static double sigmoid(double z) { return 1 / (1 + exp(-z)); }

static int falling(const void *x, const void *y)
{
    double p = *(const double *)x, q = *(const double *)y;
    return (p < q) - (p > q);
}

static double *sorted(Arena *a, const double *score, size_t n)
{
    double *copy = arena_array(a, double, n);
    if (n) {
        memcpy(copy, score, n * sizeof *copy);
        qsort(copy, n, sizeof *copy, falling);
    }
    return copy;
}

void anchors_fit(Arena *a, const double *now, const double *former, size_t n, Anchors *out)
{
    static const double rates[] = {.5, .2, .1, .05, .02, .01, .005, .002, .001, .0005};
    ArenaMark mark = arena_mark(a);
    const double *x = sorted(a, now, n), *y = sorted(a, former, n);
    Anchors m = {0};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        size_t rank = (size_t)(rates[i] * (double)n);
        if (rank < ANCHORS_ROWS)
            break;
        double from = logit(x[rank - 1]), to = logit(y[rank - 1]);
        bool rises =
            m.count == 0 || (from > m.x[m.count - 1] + RISE && to > m.y[m.count - 1] + RISE);
        if (!rises)
            continue;
        m.x[m.count] = from;
        m.y[m.count++] = to;
    }
    if (m.count < 2)
        m.count = 0;
    *out = m;
    arena_rewind(a, mark);
}

double anchors_apply(const Anchors *m, double p)
{
    if (m->count == 0)
        return p;
    double z = logit(p);
    int last = m->count - 1, i = 0;
    if (z <= m->x[0])
        return sigmoid(z + m->y[0] - m->x[0]);
    if (z >= m->x[last])
        return sigmoid(z + m->y[last] - m->x[last]);
    while (m->x[i + 1] < z)
        i++;
    double part = (z - m->x[i]) / (m->x[i + 1] - m->x[i]);
    return sigmoid(m->y[i] + part * (m->y[i + 1] - m->y[i]));
}
