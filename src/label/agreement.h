/* agreement.h - do people (or models) who read the same texts say the same?
 *
 * Readings come from overlay files (data/overlay.h).  Two readings are compared where they are
 * of the same text, under the same policy, by different readers, and where both were sure of
 * the factor.  A value from a half on counts as yes.
 *
 *   raw     share of pairs that agree
 *   kappa   Cohen, "A coefficient of agreement for nominal scales" (1960): chance is what the
 *           first and the second of a pair say on their own.  A pair's readers are in order of
 *           name, and with more than two of them all pairs make one table.
 *   alpha   Krippendorff, "Computing Krippendorff's alpha-reliability" (2011), nominal: chance
 *           is what all readers say together; any number of readers, some absent.
 *
 * Each has a 95 % interval: percentile bootstrap over texts (Efron 1979), seeded.  NaN where
 * it is not defined: everybody says the same of every text, so chance would agree too.
 */
#ifndef LABEL_AGREEMENT_H
#define LABEL_AGREEMENT_H

#include "base/err.h"
#include "base/hash.h"
#include "data/label.h"

typedef struct Reading {
    Digest text;
    Str policy, by;
    Labels labels;
} Reading;

typedef struct Readings {
    Reading *reading;
    size_t count, room;
} Readings;

enum { READINGS_MAX = 1 << 20 };

/* Adds the lines of a file.  ERR_INPUT with file and line for the first bad one. */
bool readings_load(Arena *a, const char *path, size_t max_line_bytes, Readings *all, Err *err);

typedef struct AgreementFigure {
    double value, low, high;
} AgreementFigure;

typedef struct FactorAgreement {
    size_t texts; /* compared */
    size_t pairs;
    size_t both, either; /* pairs of which both say yes; of which one does at least */
    AgreementFigure raw, kappa, alpha;
} FactorAgreement;

typedef struct Agreement {
    size_t readings, readers;
    size_t texts; /* that were read under one policy, each counted once */
    size_t again; /* of them, by several */
    FactorAgreement factor[FACTOR_COUNT];
} Agreement;

enum { AGREEMENT_RESAMPLES = 1000 };

/* Sorts the readings.  ERR_INPUT when one reader read one text twice under one policy: which
 * of the two holds cannot be known. */
bool agreement(Arena *a, Readings *all, uint64_t seed, Agreement *out, Err *err);

#endif
