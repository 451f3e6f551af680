/* report_columns_internal.h - what a measure has to say, once for every form of a report. */
#ifndef MODEL_REPORT_COLUMNS_INTERNAL_H
#define MODEL_REPORT_COLUMNS_INTERNAL_H

#include "model/evaluate.h"

typedef struct ReportColumn {
    const char *key, *head; /* in JSON; in a table */
    double (*value)(const Measure *m);
} ReportColumn;

enum { REPORT_COLUMNS = 15 };
extern const ReportColumn report_columns[REPORT_COLUMNS];

#endif
