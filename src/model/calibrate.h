/* calibrate.h - from a composed score to a probability.
 *
 * Per category a map that never falls (non-decreasing), fitted on the calibration split:
 *   beta      logit p = a ln s - b ln(1 - s) + c, a, b >= 0  (Kull, Silva Filho, Flach 2017)
 *   platt     logit p = a logit(s) + c, a >= 0, smoothed targets  (Platt 1999)
 *   isotonic  steps of the pool-adjacent-violators algorithm (Zadrozny, Elkan 2002), joined by
 *             lines that always rise a little, so that no two scores become one
 *   fixed     logit p = logit(s) + c with c < 0: too few positives to fit anything
 *
 * Labels are taken soft, as reliability.h and the ECE take them, and a row counts as much as
 * its weight.  A second map of anchor points may follow (anchors.h), which keeps the meaning
 * that scores had in a former release.
 *
 * Thresholds are chosen on the calibration split only (thresholds.h); what was promised and
 * shown of each stands beside it.
 */
#ifndef MODEL_CALIBRATE_H
#define MODEL_CALIBRATE_H

#include "base/buf.h"
#include "base/hash.h"
#include "base/js.h"
#include "model/anchors.h"
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

/* clang-format off */
#define THRESHOLD_TABLE(X)                                                              \
    /* rule                     name               which calibrated score a threshold is */ \
    X(THRESHOLD_UNSTATED,        "not stated",      "of a release that does not say")    \
    X(THRESHOLD_HALF,            "half",            "0.5: too few positives to choose")  \
    X(THRESHOLD_F1,              "f1",              "the best F1")                       \
    X(THRESHOLD_PRECISION,       "precision",       "the least with the precision asked for") \
    X(THRESHOLD_FALSE_POSITIVES, "false-positives", "the least that the bound on false positives lets")
/* clang-format on */

typedef enum ThresholdRule {
#define X(id, name, meaning) id,
    THRESHOLD_TABLE(X)
#undef X
        THRESHOLD_RULE_COUNT
} ThresholdRule;

Str threshold_rule_name(ThresholdRule r);
bool threshold_rule_parse(Str name, ThresholdRule *out);

/* A bound on a share, and what the calibration split shows of it. */
typedef struct Promise {
    double bound;    /* NaN: none was asked for */
    double achieved; /* NaN: no row to count */
    double limit;    /* the share is no worse than this, with the note's confidence */
    int64_t n;       /* rows counted: flagged ones, or benign ones */
    bool holds;      /* shown with that confidence by the test that chose the threshold */
} Promise;

/* How a threshold came to be. */
typedef struct ThresholdNote {
    ThresholdRule rule; /* that decided */
    double confidence;  /* of both promises */
    double f1;          /* at the threshold; NaN without positives */
    Promise precision, false_positives;
    double band_low,
        band_high; /* scores that clearly tell neither yes nor no; NaN: not stated */
} ThresholdNote;

typedef struct CalibrationMap {
    CalibrationKind kind;
    double a, b, c; /* as in the formulas; platt uses a and c, fixed c */
    int knots;      /* isotonic: points (logit of s, p), both ascending */
    double x[CALIBRATION_KNOTS], y[CALIBRATION_KNOTS];
    Anchors anchors;              /* the second map; none: count 0 */
    double threshold;             /* on the calibrated score, (0, 1] */
    ThresholdNote note;           /* all zero in a release that does not state it */
    int64_t positives, negatives; /* known rows that it was fitted on */
} CalibrationMap;

typedef struct Calibration {
    CalibrationMap map[CATEGORY_COUNT];
    char like[DIGEST_HEX_SIZE]; /* digest of the release whose meaning was kept; "": none */
} Calibration;

/* Fixed maps and thresholds of one half: what a release has before it is calibrated. */
void calibration_none(Calibration *c);

double calibration_apply(const CalibrationMap *m, double score); /* [0,1] -> [0,1] */

typedef struct CalibrationInput {
    const double *score; /* [n] composed */
    const float *label;  /* [n] in [0, 1], or NaN: unknown, left out */
    const float *weight; /* [n] above 0; NULL: 1 each */
    size_t n;
} CalibrationInput;

/* The kind follows from the number of positives (labels of a half and more); `wanted`
 * CALIBRATION_ISOTONIC takes that where beta would be.  Threshold a half, note and anchors
 * empty. */
void calibration_fit(Arena *a, const CalibrationInput *in, CalibrationKind wanted,
                     CalibrationMap *out);

/* JSON: {"sexual": {"kind": "beta", "a": ..}, ...}; reading checks every number.  What older
 * releases do not state (note, anchors, like) is written only where it is there. */
void calibration_print(const Calibration *c, JsWriter *w);
bool calibration_read(const Js *v, Calibration *out, Err *err);

void promise_print(const char *key, const Promise *p, JsWriter *w);
bool promise_read(const Js *v, Str key, Promise *out, Err *err);

/* For a terminal: map, threshold, and what was promised and shown of it, a line a category. */
void calibration_table(const Calibration *c, Buf *out);

#endif
