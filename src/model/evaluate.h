/* evaluate.h - judges labelled rows and measures the judgements.
 *
 * The judging itself is a callback, since there is one moderate() and it lives above this
 * room; rows are judged on several threads and the result does not depend on how many.
 *
 * A category's label is what a row says of the category itself, else what the policy
 * composes of its factor labels; NaN is unknown and left out.  A row is *benign* when every
 * category is known and none is positive, *negative* when some are known and none is
 * positive: false alarms are counted on both.
 *
 * Slices: a row is *obfuscated* when folding it leaves a trace (text/normalise.h), so what is
 * written in plain letters is measured apart from what is dressed up; it mentions an identity
 * group when a word of that group's list is in it, and may mention several.
 */
#ifndef MODEL_EVALUATE_H
#define MODEL_EVALUATE_H

#include "base/progress.h"
#include "data/rows.h"
#include "data/terms.h"
#include "model/metrics.h"
#include "model/reliability.h"
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
bool evaluate_positive(const float category[CATEGORY_COUNT]);   /* some category is */
float evaluate_any_label(const float category[CATEGORY_COUNT]); /* NaN where neither */

typedef struct Measure {
    Str name;
    size_t known, positives;
    double threshold;
    double auprc, auroc, recall_at_1; /* recall at 1 % false positives */
    double fpr_at_70;                 /* false positives where 70 % are caught */
    double ece, brier;
    AtThreshold at;
    Interval auprc_interval; /* bootstrap; in slices the logit interval */
} Measure;

/* What the charts of a report draw of a category. */
enum { HISTOGRAM_BINS = 20 };
typedef struct Shape {
    Curve curve;
    Reliability reliability;
    size_t histogram[2][HISTOGRAM_BINS]; /* rows by score: negative, positive */
} Shape;

/* A row that a category judges worst, by log loss. */
typedef struct Mistake {
    uint32_t row;
    double score, label;
} Mistake;

typedef struct Mistakes {
    size_t count;
    const Mistake *worst; /* the worst first */
} Mistakes;

typedef struct Alarms {
    size_t rows, flagged; /* by any category, at its threshold */
} Alarms;

typedef struct Slice {
    Str name;
    size_t rows;
    Alarms benign, negative, positive; /* positive: of some category, flagged by any */
    Measure category[CATEGORY_COUNT];
} Slice;

/* clang-format off */
#define SLICE_TABLE(X)                                                                            \
    /* enum               key in JSON     what a table of them is called */                       \
    X(SLICE_SOURCE,       "sources",      "source")                                               \
    X(SLICE_LENGTH,       "lengths",      "length")                                               \
    X(SLICE_LANGUAGE,     "languages",    "language")                                             \
    X(SLICE_OBFUSCATION,  "obfuscation",  "obfuscation")                                          \
    X(SLICE_IDENTITY,     "identities",   "identity group mentioned")
/* clang-format on */

typedef enum SliceKind {
#define X(id, key, title) id,
    SLICE_TABLE(X)
#undef X
        SLICE_KIND_COUNT
} SliceKind;

const char *slice_key(SliceKind k);
const char *slice_title(SliceKind k);

typedef struct Slices {
    size_t count;
    Slice *slice; /* in order of name; lengths from the shortest */
} Slices;

/* AUROC of what one source says against another: for sets that were not labelled alike. */
typedef struct Between {
    Str above, below; /* patterns of source names; empty: not asked for */
    size_t above_rows, below_rows;
    double category[CATEGORY_COUNT], factor[FACTOR_COUNT];
    Interval category_interval[CATEGORY_COUNT], factor_interval[FACTOR_COUNT];
} Between;

typedef struct Evaluation {
    size_t rows;
    Alarms benign, negative, positive;
    size_t benign_by[CATEGORY_COUNT]; /* benign rows that each category flags */
    Measure category[CATEGORY_COUNT];
    Measure factor[FACTOR_COUNT]; /* at a half */
    /* Of the verdict as a whole.  The label: some category is positive, or some are known
     * and none is.  The score: the greatest distance, in logits, of a category's score from
     * its threshold, so 0 is where the verdict turns, and moving it moves all thresholds. */
    Measure any;
    Slices by[SLICE_KIND_COUNT];
    const Shape *shape;       /* [CATEGORY_COUNT]; NULL unless asked for */
    const Mistakes *mistakes; /* likewise */
    Between between;
} Evaluation;

/* Rows that mention a group, by a list of words. */
typedef struct Mention {
    Str name;
    const Terms *terms;
} Mention;

typedef struct EvaluateInput {
    const Rows *rows;
    const Judged *judged;
    const Policy *policy;
    double threshold[CATEGORY_COUNT]; /* in force: the policy's or the release's */
    uint64_t seed;                    /* of the intervals */
    bool shapes;                      /* also what charts draw */
    size_t mistakes;                  /* so many of each category; 0: none are kept */
    const Mention *mention;           /* none: no slices by identity */
    size_t mentions;
    Str above, below; /* of Between; empty: none */
} EvaluateInput;

void evaluate(Arena *a, const EvaluateInput *in, Evaluation *out);

/* Whether the verdict flags row i, and by how many logits it does or misses. */
bool evaluate_flags(const EvaluateInput *in, size_t i);
double evaluate_margin(const EvaluateInput *in, size_t i);

/* Categories of every row, [rows->count][CATEGORY_COUNT]. */
float (*evaluate_all_labels(Arena *a, const Policy *p, const Rows *rows))[CATEGORY_COUNT];

#endif
