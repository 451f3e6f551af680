/* anchors.h - a second monotone map, so that a score keeps its meaning from release to release.
 *
 * Whoever built on scores (a queue from .5 on, a dashboard) built on how rarely everyday
 * text reaches them.  So the anchors are benign rates: for each of a fixed list (a half of
 * the benign calibration rows, a fifth, ... one in two thousand) the score that so many
 * benign rows reach under the new maps is sent to the one that as many reached under the
 * former release.  Between anchors the map is a line in logits, beyond them a shift, so it
 * rises everywhere and no ranking changes.  docs/decisions/0020 says why benign rates and
 * not something else.
 */
#ifndef MODEL_ANCHORS_H
#define MODEL_ANCHORS_H

#include "base/arena.h"

#include <stdbool.h>

enum {
    ANCHORS_MAX = 16,
    ANCHORS_ROWS = 10, /* an anchor wants at least so many rows above it */
};

typedef struct Anchors {
    int count;                             /* 0: the map changes nothing */
    double x[ANCHORS_MAX], y[ANCHORS_MAX]; /* logits of the new and of the former score */
} Anchors;

/* now[n] and former[n]: scores of the same benign rows, in any order.  Without rows enough
 * for two anchors the count is 0. */
void anchors_fit(Arena *a, const double *now, const double *former, size_t n, Anchors *out);

double anchors_apply(const Anchors *m, double p); /* [0,1] -> [0,1], rises */

#endif
