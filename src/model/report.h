/* report.h - an evaluation for machines (JSON), for a terminal, and for a model card. */
#ifndef MODEL_REPORT_H
#define MODEL_REPORT_H

#include "base/js.h"
#include "model/evaluate.h"

/* What was evaluated, for the heads of reports. */
typedef struct ReportSubject {
    Str release; /* name */
    Str digest;  /* hexadecimal; empty inside the release itself, which cannot know it */
    Str data;    /* "snapshot 1a2b..., test", a file's name */
} ReportSubject;

void report_json(const Evaluation *e, const ReportSubject *s, JsWriter *w);
void report_table(const Evaluation *e, const ReportSubject *s, Buf *out);
void report_markdown(const Evaluation *e, const ReportSubject *s, Buf *out);

#endif
