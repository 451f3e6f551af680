/* evaluate.h - judges labelled rows and measures the judgements.
 *
 * The judging itself is a callback, since there is one moderate() and it lives above this
 * room; rows are judged on several threads and the result does not depend on how many.
 *
 * A category's label is what a row says of the category itself, else what the policy
 * composes of its factor labels; NaN is unknown and left out.  A row is *benign* when every
 * category is known and none is positive, *negative* when some are known and none is
 * positive: false alarms are counted on both.
 */
#ifndef MODEL_EVALUATE_H
#define MODEL_EVALUATE_H

#include "base/progress.h"
#include "data/rows.h"
#include "model/metrics.h"
#include "policy/policy.h"

typedef struct Judged {
    double score[CATEGORY_COUNT];
    float factor[FACTOR_COUNT];
} Judged;

/* `a` is scratch of the calling thread. */
typedef bool (*JudgeText)(void *ctx, Arena *a, Str text, Judged *out, Err *err);

typedef struct Judge {
    JudgeText judge;
    void *ctx; /* shared by the threads */
    int threads;
    const Progress *progress; /* may be NULL */
} Judge;

/* judged[rows->count], in `a`.  ERR_STOPPED when it is told to stop. */
bool evaluate_judge(Arena *a, const Rows *rows, const Judge *j, Judged **out, Err *err);

/* A row's labels as categories. */
void evaluate_labels(const Policy *p, const Labels *l, float category[CATEGORY_COUNT]);
bool evaluate_benign(const float category[CATEGORY_COUNT]);
bool evaluate_negative(const float category[CATEGORY_COUNT]);

typedef struct Measure {
    Str name;
    size_t known, positives;
    double threshold;
    double auprc, auroc, recall_at_1; /* recall at 1 % false positives */
    double ece, brier;
    AtThreshold at;
    Interval auprc_interval; /* NaN in slices */
} Measure;

typedef struct Alarms {
    size_t rows, flagged; /* by any category, at its threshold */
} Alarms;

typedef struct Slice {
    Str name;
    size_t rows;
    Alarms benign, negative;
    Measure category[CATEGORY_COUNT];
} Slice;

typedef struct Evaluation {
    size_t rows;
    Alarms benign, negative;
    size_t benign_by[CATEGORY_COUNT]; /* benign rows that each category flags */
    Measure category[CATEGORY_COUNT];
    Measure factor[FACTOR_COUNT]; /* at a half */
    size_t source_count;
    Slice *source; /* in order of name */
    size_t length_count;
    Slice *length; /* by bytes of the text */
} Evaluation;

typedef struct EvaluateInput {
    const Rows *rows;
    const Judged *judged;
    const Policy *policy;
    double threshold[CATEGORY_COUNT]; /* in force: the policy's or the release's */
    uint64_t seed;                    /* of the intervals */
} EvaluateInput;

void evaluate(Arena *a, const EvaluateInput *in, Evaluation *out);

#endif
