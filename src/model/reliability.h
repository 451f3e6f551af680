/* reliability.h - what share of the rows with a score of about p are positive: the data of
 * a reliability plot, and the expected calibration error.
 *
 * The rows are cut into METRIC_BINS bins of equal mass, equal scores in one bin, exactly as
 * metric_ece cuts them, and labels are taken soft as they are: sum of share * |mean score -
 * mean label| over these bins is metric_ece to the last bit.  So what a plot shows, what a
 * report says and what calibration aims at is one thing.
 *
 * Each bin's interval is the two-sided 95 % one of Clopper and Pearson (1934), continued to
 * fractional sums of soft labels.
 */
#ifndef MODEL_RELIABILITY_H
#define MODEL_RELIABILITY_H

#include "base/js.h"
#include "model/metrics.h"

typedef struct ReliabilityBin {
    size_t count;
    double score; /* mean */
    double label; /* mean: the share of positives */
    double low, high;
    double from, to; /* least and greatest score in it */
} ReliabilityBin;

typedef struct Reliability {
    int count; /* bins that hold rows, from the lowest score up */
    ReliabilityBin bin[METRIC_BINS];
    double ece; /* NaN without rows */
} Reliability;

void reliability_measure(const Ranked *r, Reliability *out);

/* {"ece":.., "bins":[{"n","score","label","low","high","from","to"}, ...]} */
void reliability_json(const Reliability *r, JsWriter *w);

#endif
