#include "model/evaluate.h"

#include "base/parallel.h"
#include "model/slices.h"

#include <assert.h>
#include <math.h>

/* ---- judging ------------------------------------------------------------------------- */

#define WORKER_ARENA ((size_t)4 << 30) /* address space of one thread's scratch */

typedef struct Work {
    const Rows *rows;
    const Judge *judge;
    Judged *judged;
} Work;

static bool judge_row(void *ctx, Arena *a, size_t i, Err *err)
{
    const Work *w = ctx;
    const Judge *j = w->judge;
    return j->judge(j->ctx, a, w->rows->row[i].text, &w->judged[i], err) ||
           err_wrap(err, "row %zu", i + 1);
}

bool evaluate_judge(Arena *a, const Rows *rows, const Judge *j, Judged **out, Err *err)
{
    Judged *judged = arena_array(a, Judged, rows->count);
    Work work = {rows, j, judged};
    ParallelWork p = {.item = judge_row,
                      .ctx = &work,
                      .count = rows->count,
                      .threads = j->threads,
                      .arena_bytes = WORKER_ARENA,
                      .progress = j->progress,
                      .what = "rows"};
    if (!parallel_run(&p, err))
        return false;
    *out = judged;
    return true;
}

/* ---- measuring ----------------------------------------------------------------------- */

void evaluate_labels(const Policy *p, const Labels *l, float category[CATEGORY_COUNT])
{
    policy_compose_labels(p, l->factor, category);
    for (int c = 0; c < CATEGORY_COUNT; c++)
        if (label_known(l->category[c]))
            category[c] = l->category[c];
}

static bool none_positive(const float *category, int least_known)
{
    int known = 0;
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        if (category[c] >= .5f)
            return false;
        known += label_known(category[c]);
    }
    return known >= least_known;
}

bool evaluate_benign(const float category[CATEGORY_COUNT])
{
    return none_positive(category, CATEGORY_COUNT);
}

bool evaluate_negative(const float category[CATEGORY_COUNT])
{
    return none_positive(category, 1);
}

bool evaluate_positive(const float category[CATEGORY_COUNT])
{
    for (int c = 0; c < CATEGORY_COUNT; c++)
        if (category[c] >= .5f)
            return true;
    return false;
}

float evaluate_any_label(const float category[CATEGORY_COUNT])
{
    return evaluate_positive(category) ? 1 : evaluate_negative(category) ? 0 : NAN;
}

float (*evaluate_all_labels(Arena *a, const Policy *p, const Rows *rows))[CATEGORY_COUNT]
{
    float(*label)[CATEGORY_COUNT] =
        (float(*)[CATEGORY_COUNT])arena_alloc(a, rows->count, sizeof *label);
    for (size_t i = 0; i < rows->count; i++)
        evaluate_labels(p, &rows->row[i].labels, label[i]);
    return label;
}

bool evaluate_flags(const EvaluateInput *in, size_t i)
{
    for (int c = 0; c < CATEGORY_COUNT; c++)
        if (in->judged[i].score[c] >= in->threshold[c])
            return true;
    return false;
}

static double logit(double p)
{
    const double inside = 1e-9;
    p = p < inside ? inside : p > 1 - inside ? 1 - inside : p;
    return log(p / (1 - p));
}

double evaluate_margin(const EvaluateInput *in, size_t i)
{
    double most = -INFINITY;
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        double score = in->judged[i].score[c];
        double margin = logit(score) - logit(in->threshold[c]);
        if (score < in->threshold[c] && margin >= 0)
            margin = -1e-12; /* two numbers beyond the logit's reach: the verdict decides */
        if (margin > most)
            most = margin;
    }
    return most;
}

/* Rows in hand, by their numbers. */
typedef struct Table {
    const EvaluateInput *in;
    float (*label)[CATEGORY_COUNT]; /* of every row */
    const uint32_t *row;
    size_t count;
} Table;

static void count(Alarms *x, bool flagged)
{
    x->rows++;
    x->flagged += flagged;
}

static void count_alarms(const Table *t, Alarms *benign, Alarms *negative, Alarms *positive)
{
    for (size_t i = 0; i < t->count; i++) {
        uint32_t row = t->row[i];
        bool flagged = evaluate_flags(t->in, row);
        if (evaluate_benign(t->label[row]))
            count(benign, flagged);
        if (evaluate_negative(t->label[row]))
            count(negative, flagged);
        if (evaluate_positive(t->label[row]))
            count(positive, flagged);
    }
}

/* Of a table's rows, one score and one label each. */
typedef struct Column {
    size_t count;
    double *score;
    float *label;
} Column;

static Column column_new(Arena *a, size_t n)
{
    return (Column){n, arena_array(a, double, n), arena_array(a, float, n)};
}

static Column column_of_category(Arena *a, const Table *t, Category c)
{
    Column x = column_new(a, t->count);
    for (size_t i = 0; i < t->count; i++) {
        x.score[i] = t->in->judged[t->row[i]].score[c];
        x.label[i] = t->label[t->row[i]][c];
    }
    return x;
}

static Column column_of_factor(Arena *a, const Table *t, Factor f)
{
    Column x = column_new(a, t->count);
    for (size_t i = 0; i < t->count; i++) {
        x.score[i] = (double)t->in->judged[t->row[i]].factor[f];
        x.label[i] = t->in->rows->row[t->row[i]].labels.factor[f];
    }
    return x;
}

static Column column_of_any(Arena *a, const Table *t)
{
    Column x = column_new(a, t->count);
    for (size_t i = 0; i < t->count; i++) {
        x.score[i] = evaluate_margin(t->in, t->row[i]);
        x.label[i] = evaluate_any_label(t->label[t->row[i]]);
    }
    return x;
}

static void measure(const Ranked *r, Measure *m)
{
    m->known = r->count;
    m->positives = r->positives;
    m->auprc = metric_auprc(r, NULL);
    m->auroc = metric_auroc(r, NULL);
    m->recall_at_1 = metric_recall_at_fpr(r, .01);
    m->fpr_at_70 = metric_fpr_at_recall(r, .7);
    m->ece = metric_ece(r);
    m->brier = metric_brier(r);
    metric_at(r, m->threshold, &m->at);
    m->auprc_interval = metric_auprc_logit(m->auprc, r->positives);
}

/* ---- the whole: on several columns at once --------------------------------------------- */

static void shape(Arena *a, const Ranked *r, Shape *out)
{
    *out = (Shape){0};
    metric_curve(a, r, &out->curve);
    reliability_measure(r, &out->reliability);
    for (size_t i = 0; i < r->count; i++) {
        int bin = (int)(r->score[i] * HISTOGRAM_BINS);
        bin = bin < 0 ? 0 : bin >= HISTOGRAM_BINS ? HISTOGRAM_BINS - 1 : bin;
        out->histogram[r->label[i] >= .5f][bin]++;
    }
}

/* The rows of greatest log loss: those of the wrong label at either end of the ranking, so
 * two walks from the ends meet the worst first. */
static void mistakes(Arena *a, const Ranked *r, size_t most, Mistakes *out)
{
    Mistake *worst = arena_array(a, Mistake, most < r->count ? most : r->count);
    size_t n = 0, top = 0, end = r->count;
    while (n < most) {
        while (top < r->count && r->label[top] >= .5f)
            top++;
        while (end > 0 && r->label[end - 1] < .5f)
            end--;
        bool high = top < r->count;
        bool low = end > 0;
        if (!high && !low)
            break;
        /* A negative at s loses -log(1 - s), a positive -log(s). */
        bool take_high = high && (!low || r->score[top] >= 1 - r->score[end - 1]);
        size_t i = take_high ? top++ : --end;
        worst[n++] = (Mistake){r->row[i], r->score[i], (double)r->label[i]};
    }
    *out = (Mistakes){n, worst};
}

typedef enum Job { JOB_ANY = CATEGORY_COUNT + FACTOR_COUNT, JOB_COUNT } Job;

static void measure_whole(Arena *a, const Table *t, int job, Evaluation *out)
{
    const EvaluateInput *in = t->in;
    ArenaMark mark = arena_mark(a);
    Column x;
    Ranked r;
    Measure m = {.name = STR("any")};
    if (job < CATEGORY_COUNT) {
        m = (Measure){.name = category_name((Category)job), .threshold = in->threshold[job]};
        x = column_of_category(a, t, (Category)job);
    } else if (job < JOB_ANY) {
        Factor f = (Factor)(job - CATEGORY_COUNT);
        m = (Measure){.name = factor_name(f), .threshold = .5};
        x = column_of_factor(a, t, f);
    } else {
        x = column_of_any(a, t);
    }
    ranked_new(a, x.score, x.label, x.count, &r);
    measure(&r, &m);
    m.auprc_interval = (Interval){NAN, NAN};
    if (r.positives)
        m.auprc_interval = metric_interval(a, &r, metric_auprc, in->seed + (uint64_t)job);
    if (job == JOB_ANY)
        m.ece = m.brier = NAN; /* a margin is no probability */
    *(job < CATEGORY_COUNT ? &out->category[job]
      : job < JOB_ANY      ? &out->factor[job - CATEGORY_COUNT]
                           : &out->any) = m;
    if (job < CATEGORY_COUNT && in->shapes)
        shape(a, &r, (Shape *)&out->shape[job]);
    if (job < CATEGORY_COUNT && in->mistakes)
        mistakes(a, &r, in->mistakes, (Mistakes *)&out->mistakes[job]);
    if (job >= CATEGORY_COUNT || (!in->shapes && !in->mistakes))
        arena_rewind(a, mark); /* else curve and mistakes lie in between */
}

/* ---- slices ------------------------------------------------------------------------------ */

static void measure_slice(Arena *a, const Table *t, Slice *s)
{
    s->rows = t->count;
    count_alarms(t, &s->benign, &s->negative, &s->positive);
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        ArenaMark mark = arena_mark(a);
        Column x = column_of_category(a, t, (Category)c);
        Ranked r;
        ranked_new(a, x.score, x.label, x.count, &r);
        s->category[c] =
            (Measure){.name = category_name((Category)c), .threshold = t->in->threshold[c]};
        measure(&r, &s->category[c]);
        arena_rewind(a, mark);
    }
}

static void slice_by(Arena *a, const Table *all, SliceKind kind, Slices *out)
{
    Parts parts;
    slices_find(a, all->in, kind, &parts);
    out->count = parts.count;
    out->slice = arena_array(a, Slice, parts.count);
    for (size_t i = 0; i < parts.count; i++) {
        Table part = *all;
        part.row = parts.part[i].row;
        part.count = parts.part[i].count;
        out->slice[i].name = parts.part[i].name;
        measure_slice(a, &part, &out->slice[i]);
    }
}

/* ---- two sets against each other --------------------------------------------------------- */

static void between_column(Arena *a, Column x, const float *side, uint64_t seed, double *value,
                           Interval *interval)
{
    Ranked r;
    ranked_new(a, x.score, side, x.count, &r);
    *value = metric_auroc(&r, NULL);
    *interval = (Interval){NAN, NAN};
    if (!isnan(*value))
        *interval = metric_interval(a, &r, metric_auroc, seed);
}

static void between(Arena *a, const Table *t, Between *out)
{
    *out = (Between){.above = t->in->above, .below = t->in->below};
    float *side = arena_array(a, float, t->count);
    for (size_t i = 0; i < t->count; i++) {
        Str source = t->in->rows->row[t->row[i]].source;
        bool above = str_fits(out->above, source), below = str_fits(out->below, source);
        side[i] = above ? 1 : below ? 0 : NAN;
        out->above_rows += above;
        out->below_rows += below && !above;
    }
    for (int job = 0; job < JOB_ANY; job++) {
        ArenaMark mark = arena_mark(a);
        int f = job - CATEGORY_COUNT;
        bool category = f < 0;
        Column x = category ? column_of_category(a, t, (Category)job)
                            : column_of_factor(a, t, (Factor)f);
        between_column(a, x, side, t->in->seed + (uint64_t)job,
                       category ? &out->category[job] : &out->factor[f],
                       category ? &out->category_interval[job] : &out->factor_interval[f]);
        arena_rewind(a, mark);
    }
}

void evaluate(Arena *a, const EvaluateInput *in, Evaluation *out)
{
    size_t n = in->rows->count;
    assert(n <= UINT32_MAX);
    uint32_t *row = arena_array(a, uint32_t, n);
    for (size_t i = 0; i < n; i++)
        row[i] = (uint32_t)i;
    Table all = {in, evaluate_all_labels(a, in->policy, in->rows), row, n};
    *out = (Evaluation){.rows = n};
    if (in->shapes)
        out->shape = arena_array(a, Shape, CATEGORY_COUNT);
    if (in->mistakes)
        out->mistakes = arena_array(a, Mistakes, CATEGORY_COUNT);
    for (size_t i = 0; i < n; i++)
        for (int c = 0; c < CATEGORY_COUNT && evaluate_benign(all.label[i]); c++)
            out->benign_by[c] += in->judged[i].score[c] >= in->threshold[c];
    count_alarms(&all, &out->benign, &out->negative, &out->positive);
    for (int job = 0; job < JOB_COUNT; job++)
        measure_whole(a, &all, job, out);
    for (int k = 0; k < SLICE_KIND_COUNT; k++)
        slice_by(a, &all, (SliceKind)k, &out->by[k]);
    if (in->above.len)
        between(a, &all, &out->between);
}
