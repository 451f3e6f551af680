/* calibrate_cascade.h - what `gavel calibrate` does about a release's student: both read the
 * splits, bounds are fitted on one, and what they save and lose is measured on the other. */
#ifndef CLI_CALIBRATE_CASCADE_H
#define CLI_CALIBRATE_CASCADE_H

#include "cli/judge.h"
#include "model/cascade_report.h"

/* Of every row; student's fields only where a student read it. */
typedef struct BothRead {
    Judged *judged; /* of the full model: composed scores, before calibration */
    double (*student)[CATEGORY_COUNT];
    bool *by_student, *disguised;
    float *logit_student, *logit_encoder; /* [count, FACTOR_COUNT]; NaN: it did not read */
} BothRead;

/* By the policy that will ship; on judge_threads. */
bool both_read(Cli *cli, const Release *r, const Policy *policy, const Rows *rows,
               BothRead *out, Err *err);

typedef struct CascadeJob {
    const Rows *rows[SPLIT_COUNT];     /* calibrate and test */
    const BothRead *read[SPLIT_COUNT]; /* judged: calibrated by now */
    const Policy *policy;
    const Calibration *calibration;
} CascadeJob;

void cascade_find(Arena *a, const CascadeJob *job, Cascade *cascade, CascadeFindings *out);

#endif
