/* suspects.h - which labels are probably wrong: confident learning (Northcutt, Jiang, Chuang,
 * "Confident Learning: Estimating Uncertainty in Dataset Labels", JAIR 2021).
 *
 * Each factor is a question of its own with the answers 0 and 1, asked of the rows whose label
 * is nearly hard (at most .1, or at least .9); a soft label admits its doubt already.  Given
 * probabilities from models that did not see the row:
 *
 *   threshold        of an answer: the mean probability that rows labelled so give it
 *   confident joint  rows by the given answer and the one whose probability reaches its
 *                    threshold (where both do: the more probable); against the given
 *                    answer only from SUSPECT_LEAST on: where a factor is rare the mean
 *                    can be tiny, and reaching it says nothing
 *   suspects         the rows off its diagonal
 *   noise            off the diagonal of the joint, each given answer scaled to its rows
 *
 * The thresholds are a source's own where it has SUSPECT_CLASS_LEAST rows of each answer, since
 * sources label by habits of their own; else those of all sources together.
 *
 * The ranking is the paper's normalised margin.  The proposal is `relabel` where the other
 * answer is more than half way from its threshold to certainty, else `drop`.
 */
#ifndef LABEL_SUSPECTS_H
#define LABEL_SUSPECTS_H

#include "base/arena.h"
#include "data/suspect.h"

enum { SUSPECT_CLASS_LEAST = 50 };
#define SUSPECT_HARD  0.1f /* a label within this of 0 or 1 is nearly hard */
#define SUSPECT_LEAST 0.5

typedef struct SuspectInput {
    const Rows *rows;
    const uint32_t *row; /* numbers of the rows searched */
    size_t count;
    const float *probability; /* [count, FACTOR_COUNT] */
    uint32_t factors;         /* bit f: factor f is searched */
} SuspectInput;

/* Of a source and factor; source empty: of all sources together. */
typedef struct SuspectFigure {
    Str source;
    Factor factor;
    size_t known, suspects, relabel;
    double noise, low, high; /* estimated share of wrong labels, 95 % */
} SuspectFigure;

typedef struct SuspectReport {
    Suspect *suspect; /* the worst first */
    uint32_t *row;    /* of each */
    size_t count;
    SuspectFigure *figure; /* by source, then factor; only where something is known */
    size_t figures;
} SuspectReport;

bool suspect_is_hard(float label); /* false of unknown */

void suspects_find(Arena *a, const SuspectInput *in, SuspectReport *out);

/* ---- measuring the search itself --------------------------------------------------------- */

/* Turns round a share of the nearly hard labels of these rows, drawn by a hash of digest,
 * factor and seed; planted[count, FACTOR_COUNT] tells which.  Returns how many. */
size_t suspects_plant(Rows *rows, const uint32_t *row, size_t count, uint32_t factors,
                      double share, uint64_t seed, bool *planted);

typedef struct PlantedFigure {
    size_t labels, planted, suspects, found; /* found: of the suspects, planted */
    size_t listed, listed_found;             /* of the worst 1.4 x planted suspects alone */
} PlantedFigure;

/* Of one factor, or of all with FACTOR_COUNT. */
void suspects_measure(const SuspectInput *in, const SuspectReport *r, const bool *planted,
                      int factor, PlantedFigure *out);

#endif
