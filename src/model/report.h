/* report.h - an evaluation for machines (JSON), for a terminal, for a model card, and as a
 * page to look at.
 *
 * The page is one file: no script, no network, nothing but its own style sheet, which is all
 * that its Content-Security-Policy allows.  Light or dark as the reader's system is.  Every
 * figure is also in the JSON; charts are backed by tables.
 */
#ifndef MODEL_REPORT_H
#define MODEL_REPORT_H

#include "base/js.h"
#include "model/calibrate.h"
#include "model/cascade_report.h"
#include "model/compare.h"
#include "model/evaluate.h"
#include "model/fairness.h"

/* Where there are fewer of a side, a slice says so instead of an AUPRC; likewise with false
 * positives.  A figure on five rows misleads more than it tells. */
enum { REPORT_FEW_SIDE = 10, REPORT_FEW_ROWS = 30 };

/* What was evaluated, for the heads of reports.  Only the first three must be there. */
typedef struct ReportSubject {
    Str release;        /* name */
    Str digest;         /* hexadecimal; empty inside the release itself, which cannot know it */
    Str data;           /* "snapshot 1a2b..., test", a file's name */
    Str date;           /* "2026-11-24" */
    Str policy;         /* id and version */
    const Js *training; /* what the release says of it; NULL: nothing */
    const Calibration *maps;        /* NULL: not said */
    const Rows *rows;               /* for the texts of mistakes */
    const Fairness *fairness;       /* NULL: not measured */
    const Comparison *against;      /* NULL: none */
    const CascadeFindings *cascade; /* NULL: no student */
} ReportSubject;

void report_json(const Evaluation *e, const ReportSubject *s, JsWriter *w);
void report_table(const Evaluation *e, const ReportSubject *s, Buf *out);
void report_markdown(const Evaluation *e, const ReportSubject *s, Buf *out);
void report_html(const Evaluation *e, const ReportSubject *s, Buf *out);

#endif
