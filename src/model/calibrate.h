/* calibrate.h - from a composed score to a probability, and from probabilities to thresholds.
 *
 * Per category a map that never falls (non-decreasing), fitted on the calibration split:
 *   beta      logit p = a ln s - b ln(1 - s) + c, a, b >= 0  (Kull, Silva Filho, Flach 2017)
 *   platt     logit p = a logit(s) + c, a >= 0, smoothed targets  (Platt 1999)
 *   isotonic  steps of the pool-adjacent-violators algorithm (Zadrozny, Elkan 2002), joined by
 * lines fixed     logit p = logit(s) + c with c < 0: too few positives to fit anything;
 * documented
 *
 * Thresholds are chosen on the calibration split only, see docs/decisions/ and
 * thresholds_choose.
 */
#ifndef MODEL_CALIBRATE_H
#define MODEL_CALIBRATE_H

#include "base/buf.h"
#include "base/js.h"
#include "policy/taxonomy.h"

/* clang-format off */
#define CALIBRATION_TABLE(X)                \
    X(CALIBRATION_FIXED,    "fixed")        \
    X(CALIBRATION_PLATT,    "platt")        \
    X(CALIBRATION_BETA,     "beta")         \
    X(CALIBRATION_ISOTONIC, "isotonic")
/* clang-format on */

typedef enum CalibrationKind {
#define X(id, name) id,
    CALIBRATION_TABLE(X)
#undef X
        CALIBRATION_KIND_COUNT
} CalibrationKind;

const char *calibration_kind_name(CalibrationKind k);

enum {
    CALIBRATION_KNOTS = 32,      /* of an isotonic map, at most */
    CALIBRATION_PLATT_FROM = 20, /* known positives below: fixed */
    CALIBRATION_BETA_FROM = 100, /* below: platt */
};
#define CALIBRATION_FIXED_SHIFT (-1.0)

typedef struct CalibrationMap {
    CalibrationKind kind;
    double a, b, c; /* as in the formulas; platt uses a and c, fixed c */
    int knots;      /* isotonic: points (logit of s, p), both ascending */
    double x[CALIBRATION_KNOTS], y[CALIBRATION_KNOTS];
    double threshold;             /* on the calibrated score, (0, 1] */
    int64_t positives, negatives; /* known, that it was fitted on */
} CalibrationMap;

typedef struct Calibration {
    CalibrationMap map[CATEGORY_COUNT];
} Calibration;

/* Fixed maps and thresholds of one half: what a release has before it is calibrated. */
void calibration_none(Calibration *c);

double calibration_apply(const CalibrationMap *m, double score); /* [0,1] -> [0,1] */

/* score[n] composed, label[n] in [0,1] or NaN (unknown, left out).  The kind follows from
 * the number of positives; `wanted` CALIBRATION_ISOTONIC takes that where beta would be. */
void calibration_fit(Arena *a, const double *score, const float *label, size_t n,
                     CalibrationKind wanted, CalibrationMap *out);

/* JSON: {"sexual": {"kind": "beta", "a": ..}, ...}; reading checks every number. */
void calibration_print(const Calibration *c, JsWriter *w);
bool calibration_read(const Js *v, Calibration *out, Err *err);

#endif
