/* cascade_report.h - what a cascade saves and what it loses, measured on rows that chose
 * nothing of it, for a terminal and for a release's report. */
#ifndef MODEL_CASCADE_REPORT_H
#define MODEL_CASCADE_REPORT_H

#include "model/apprentice.h"
#include "model/cascade.h"

typedef struct CascadeCount {
    size_t texts, alone; /* that both can read, and that the student answers */
    size_t benign, benign_alone;
    size_t flagged, lost; /* by the full model, and answered by the student */
} CascadeCount;

typedef struct CascadeFindings {
    Explained explained; /* of the encoder's logits */
    const Cascade *cascade;
    CascadeCount test[CASCADE_GROUPS];
    double auprc_full[CATEGORY_COUNT], auprc_cascade[CATEGORY_COUNT]; /* of the test split */
} CascadeFindings;

void cascade_report_json(const CascadeFindings *f, JsWriter *w); /* an object */
void cascade_report_table(const CascadeFindings *f, Buf *out);

#endif
