/* cascade_fit.c - maps towards the full model's scores, then bounds that lose little.
 *
 * Thirteen bounds cannot be searched one by one and proved together on the same rows.  So half
 * of the rows draws one line through all of them: level by level each category's bound rises,
 * at first from far below the lowest student's score of what the full model flags there, later
 * to the score below which a share of it lies, the same share for every category.  The other
 * half walks up that line and stops before the first level at which the exact upper limit of
 * the loss (Clopper, Pearson 1934) is over CASCADE_LOST.  Levels are tested in a fixed order
 * that the proving half did not choose, so no error is shared out (Learn then Test with a fixed
 * sequence; Angelopoulos, Bates, Candes, Jordan, Lei 2021).
 *
 * A bound never lies above its category's threshold: what the student answers is not flagged.
 */
#include "model/binomial.h"
#include "model/cascade.h"
#include "model/thresholds.h"

#include <math.h>
#include <stdlib.h>

enum { LEVELS_BELOW = 24, LEVELS = 80 };
#define STEP_BELOW .25   /* logits, a level */
#define STEP_SHARE .0005 /* of a category's flagged texts, a level */
#define UNSEEN     2.0   /* logits below its threshold: the bound where nothing was flagged */

static double logit(double p) { return log(p) - log1p(-p); }
static double sigmoid(double z) { return 1 / (1 + exp(-z)); }

bool cascade_flagged(const double threshold[CATEGORY_COUNT], const double score[CATEGORY_COUNT])
{
    for (int c = 0; c < CATEGORY_COUNT; c++)
        if (score[c] >= threshold[c])
            return true;
    return false;
}

/* ---- maps ---------------------------------------------------------------------------- */

static void fit_maps(Arena *a, const CascadeRows *rows, Cascade *out)
{
    ArenaMark mark = arena_mark(a);
    double *score = arena_array(a, double, rows->count + 1);
    float *wanted = arena_array(a, float, rows->count + 1);
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        for (size_t i = 0; i < rows->count; i++) {
            score[i] = rows->student[i][c];
            wanted[i] = (float)rows->full[i][c];
        }
        CalibrationInput in = {score, wanted, NULL, rows->count};
        calibration_fit(a, &in, CALIBRATION_BETA, &out->map[c]);
        if (out->map[c].kind == CALIBRATION_FIXED) /* too little to fit: as the full model's */
            out->map[c] = rows->calibration->map[c];
        out->map[c].note = (ThresholdNote){0};
    }
    arena_rewind(a, mark);
}

/* ---- the line of bounds -------------------------------------------------------------- */

typedef struct Line {
    double *sorted[CATEGORY_COUNT]; /* student's scores of texts flagged there, ascending */
    size_t count[CATEGORY_COUNT];
    const double *threshold;
} Line;

static int compare_doubles(const void *p, const void *q)
{
    double x = *(const double *)p, y = *(const double *)q;
    return (x > y) - (x < y);
}

static void line_new(Arena *a, const CascadeRows *rows, const double (*score)[CATEGORY_COUNT],
                     Line *out)
{
    *out = (Line){.threshold = rows->threshold};
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        double *s = out->sorted[c] = arena_array(a, double, rows->count + 1);
        for (size_t i = 0; i < rows->count; i++)
            if (rows->half[i] == 0 && rows->full[i][c] >= rows->threshold[c])
                s[out->count[c]++] = score[i][c];
        qsort(s, out->count[c], sizeof *s, compare_doubles);
    }
}

static void line_at(const Line *line, int level, double bound[CATEGORY_COUNT])
{
    double below = level < LEVELS_BELOW ? STEP_BELOW * (LEVELS_BELOW - level) : 0;
    double share = level < LEVELS_BELOW ? 0 : STEP_SHARE * (level - LEVELS_BELOW);
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        size_t n = line->count[c], at = (size_t)(share * (double)n);
        double least = n ? line->sorted[c][at < n ? at : n - 1] : 1;
        if (n == 0)
            least = sigmoid(logit(line->threshold[c]) - UNSEEN);
        bound[c] = sigmoid(logit(fmin(least, line->threshold[c])) - below);
    }
}

/* ---- the proof ----------------------------------------------------------------------- */

static bool in_group(const CascadeRows *rows, size_t i, CascadeGroup g)
{
    return rows->disguised[i] == (g == CASCADE_DISGUISED);
}

typedef struct Loss {
    size_t flagged, lost;
    double limit;
} Loss;

static Loss loss_of(const CascadeRows *rows, const double (*score)[CATEGORY_COUNT],
                    const Cascade *c, CascadeGroup g)
{
    Loss l = {0};
    for (size_t i = 0; i < rows->count; i++) {
        if (rows->half[i] != 1 || !in_group(rows, i, g) ||
            !cascade_flagged(rows->threshold, rows->full[i]))
            continue;
        l.flagged++;
        l.lost += cascade_is_sure(c, g, score[i]);
    }
    l.limit = binomial_upper((double)l.lost, (double)l.flagged, THRESHOLD_CONFIDENCE);
    return l;
}

static void prove(const CascadeRows *rows, const double (*score)[CATEGORY_COUNT],
                  const Line *line, CascadeGroup g, Cascade *c)
{
    CascadeBounds *b = &c->group[g], best = {0};
    Loss l = {0};
    for (int level = 0; level < LEVELS; level++) {
        line_at(line, level, b->bound);
        Loss here = loss_of(rows, score, c, g);
        if (!(here.limit <= CASCADE_LOST)) {
            l = best.lost.holds ? l : here; /* what it would have been */
            break;
        }
        best = *b;
        best.lost.holds = true;
        l = here;
    }
    *b = best;
    if (!best.lost.holds)
        l.lost = 0, l.limit = binomial_upper(0, (double)l.flagged, THRESHOLD_CONFIDENCE);
    b->lost = (Promise){.bound = CASCADE_LOST,
                        .achieved = l.flagged ? (double)l.lost / (double)l.flagged : NAN,
                        .limit = l.limit,
                        .n = (int64_t)l.flagged,
                        .holds = best.lost.holds};
}

void cascade_fit(Arena *a, const CascadeRows *rows, Cascade *out)
{
    ArenaMark mark = arena_mark(a);
    Cascade c = {.fitted = true};
    Line line;
    fit_maps(a, rows, &c);
    double(*score)[CATEGORY_COUNT] =
        (double(*)[CATEGORY_COUNT])arena_alloc(a, rows->count + 1, sizeof *score);
    for (size_t i = 0; i < rows->count; i++)
        for (int k = 0; k < CATEGORY_COUNT; k++)
            score[i][k] = calibration_apply(&c.map[k], rows->student[i][k]);
    line_new(a, rows, score, &line);
    for (int g = 0; g < CASCADE_GROUPS; g++) {
        CascadeBounds *b = &c.group[g];
        prove(rows, score, &line, (CascadeGroup)g, &c);
        for (size_t i = 0; i < rows->count; i++) {
            if (!in_group(rows, i, (CascadeGroup)g))
                continue;
            bool alone = cascade_is_sure(&c, (CascadeGroup)g, score[i]);
            b->texts++, b->alone += alone;
            b->benign += rows->benign[i], b->benign_alone += alone && rows->benign[i];
        }
    }
    *out = c;
    arena_rewind(a, mark);
}
