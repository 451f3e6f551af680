#include "cli/calibrate_cascade.h"

#include "base/parallel.h"
#include "model/crossfit.h"

enum { HALVES_SEED = 1 };
#define SCRATCH ((size_t)2 << 30) /* address space a thread */

typedef struct Reading {
    const Release *release;
    const Policy *policy;
    const Rows *rows;
    size_t max_pieces;
    const BothRead *out;
} Reading;

static bool read_one(void *ctx, Arena *a, size_t i, Err *err)
{
    const Reading *r = ctx;
    const BothRead *out = r->out;
    Str text = r->rows->row[i].text;
    Scores s;
    if (!score_text(r->release, a, text, TIER_ENCODER, r->max_pieces, &s, err))
        return false;
    policy_compose(r->policy, s.factor, out->judged[i].score);
    memcpy(out->judged[i].factor, s.factor, sizeof s.factor);
    memcpy(out->logit_encoder + i * FACTOR_COUNT, s.logit_encoder, sizeof s.logit_encoder);
    out->disguised[i] = s.disguised;
    if (!score_text(r->release, a, text, TIER_STUDENT, r->max_pieces, &s, err))
        return false;
    policy_compose(r->policy, s.factor, out->student[i]);
    memcpy(out->logit_student + i * FACTOR_COUNT, s.logit_student, sizeof s.logit_student);
    out->by_student[i] = s.tier == TIER_STUDENT;
    return true;
}

bool both_read(Cli *cli, const Release *r, const Policy *policy, const Rows *rows,
               BothRead *out, Err *err)
{
    Arena *a = cli->arena;
    size_t n = rows->count + 1;
    *out = (BothRead){.judged = arena_array(a, Judged, n),
                      .student =
                          (double(*)[CATEGORY_COUNT])arena_alloc(a, n, sizeof *out->student),
                      .by_student = arena_array(a, bool, n),
                      .disguised = arena_array(a, bool, n),
                      .logit_student = arena_array(a, float, n *FACTOR_COUNT),
                      .logit_encoder = arena_array(a, float, n *FACTOR_COUNT)};
    Reading ctx = {r, policy, rows, (size_t)cli->config.max_pieces, out};
    ParallelWork work = {.item = read_one,
                         .ctx = &ctx,
                         .count = rows->count,
                         .threads = judge_threads(cli),
                         .arena_bytes = SCRATCH,
                         .progress = &cli->progress,
                         .what = "texts",
                         .note = "every tier reads"};
    return parallel_run(&work, err);
}

/* ---- rows that the student can answer ------------------------------------------------ */

typedef struct Part {
    CascadeRows rows;
    size_t *row; /* number of each in its split */
    double (*student)[CATEGORY_COUNT], (*full)[CATEGORY_COUNT];
} Part;

static void part_new(Arena *a, const CascadeJob *job, Split split, Part *out)
{
    const Rows *rows = job->rows[split];
    const BothRead *read = job->read[split];
    size_t n = 0, room = rows->count + 1;
    double shipped[CATEGORY_COUNT];
    uint8_t *fold = arena_array(a, uint8_t, room), *half = arena_array(a, uint8_t, room);
    bool *disguised = arena_array(a, bool, room), *benign = arena_array(a, bool, room);
    out->row = arena_array(a, size_t, room);
    out->student = (double(*)[CATEGORY_COUNT])arena_alloc(a, room, sizeof *out->student);
    out->full = (double(*)[CATEGORY_COUNT])arena_alloc(a, room, sizeof *out->full);
    crossfit_folds(rows, 2, HALVES_SEED, fold);
    for (size_t i = 0; i < rows->count; i++) {
        float category[CATEGORY_COUNT];
        if (!read->by_student[i])
            continue;
        evaluate_labels(job->policy, &rows->row[i].labels, category);
        out->row[n] = i;
        memcpy(out->student[n], read->student[i], sizeof *out->student);
        memcpy(out->full[n], read->judged[i].score, sizeof *out->full);
        half[n] = fold[i];
        disguised[n] = read->disguised[i];
        benign[n++] = evaluate_benign(category);
    }
    out->rows = (CascadeRows){.count = n,
                              .student = (const double(*)[CATEGORY_COUNT])out->student,
                              .full = (const double(*)[CATEGORY_COUNT])out->full,
                              .disguised = disguised,
                              .benign = benign,
                              .half = half,
                              .calibration = job->calibration};
    for (int c = 0; c < CATEGORY_COUNT; c++)
        shipped[c] = job->calibration->map[c].threshold;
    for (int c = 0; c < CATEGORY_COUNT; c++)
        out->rows.threshold[c] = decide_threshold(job->policy, (Category)c, shipped);
}

/* ---- what it does to the test split -------------------------------------------------- */

static double auprc(Arena *a, const CascadeJob *job, const double (*score)[CATEGORY_COUNT],
                    int c)
{
    const Rows *rows = job->rows[SPLIT_TEST];
    ArenaMark mark = arena_mark(a);
    double *x = arena_array(a, double, rows->count + 1);
    float *label = arena_array(a, float, rows->count + 1);
    for (size_t i = 0; i < rows->count; i++) {
        float category[CATEGORY_COUNT];
        evaluate_labels(job->policy, &rows->row[i].labels, category);
        x[i] = score[i][c];
        label[i] = category[c];
    }
    Ranked r;
    ranked_new(a, x, label, rows->count, &r);
    double value = metric_auprc(&r, NULL);
    arena_rewind(a, mark);
    return value;
}

static void measure(Arena *a, const CascadeJob *job, const Cascade *cascade,
                    CascadeFindings *out)
{
    const Rows *rows = job->rows[SPLIT_TEST];
    const BothRead *read = job->read[SPLIT_TEST];
    Part p;
    part_new(a, job, SPLIT_TEST, &p);
    double(*full)[CATEGORY_COUNT] =
        (double(*)[CATEGORY_COUNT])arena_alloc(a, rows->count + 1, sizeof *full);
    double(*answer)[CATEGORY_COUNT] =
        (double(*)[CATEGORY_COUNT])arena_alloc(a, rows->count + 1, sizeof *answer);
    for (size_t i = 0; i < rows->count; i++) {
        memcpy(full[i], read->judged[i].score, sizeof *full);
        memcpy(answer[i], read->judged[i].score, sizeof *answer);
    }
    for (size_t i = 0; i < p.rows.count; i++) {
        double score[CATEGORY_COUNT];
        CascadeGroup g = p.rows.disguised[i] ? CASCADE_DISGUISED : CASCADE_PLAIN;
        CascadeCount *n = &out->test[g];
        for (int c = 0; c < CATEGORY_COUNT; c++)
            score[c] = calibration_apply(&cascade->map[c], p.student[i][c]);
        bool alone = cascade_is_sure(cascade, g, score);
        bool flagged = cascade_flagged(p.rows.threshold, p.full[i]);
        n->texts++, n->alone += alone;
        n->benign += p.rows.benign[i], n->benign_alone += alone && p.rows.benign[i];
        n->flagged += flagged, n->lost += alone && flagged;
        if (alone)
            memcpy(answer[p.row[i]], score, sizeof score);
    }
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        out->auprc_full[c] = auprc(a, job, (const double(*)[CATEGORY_COUNT])full, c);
        out->auprc_cascade[c] = auprc(a, job, (const double(*)[CATEGORY_COUNT])answer, c);
    }
    explained_measure(read->logit_student, read->logit_encoder, rows->count, &out->explained);
}

void cascade_find(Arena *a, const CascadeJob *job, Cascade *cascade, CascadeFindings *out)
{
    Part p;
    part_new(a, job, SPLIT_CALIBRATE, &p);
    cascade_fit(a, &p.rows, cascade);
    *out = (CascadeFindings){.cascade = cascade};
    measure(a, job, cascade, out);
}
