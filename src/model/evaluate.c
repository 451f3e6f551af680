#include "model/evaluate.h"

#include "base/parallel.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

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

/* What is measured of the rows in hand, by their numbers. */
typedef struct Table {
    const EvaluateInput *in;
    float (*label)[CATEGORY_COUNT]; /* of every row */
    const uint32_t *row;
    size_t count;
} Table;

static bool is_flagged(const EvaluateInput *in, size_t row)
{
    for (int c = 0; c < CATEGORY_COUNT; c++)
        if (in->judged[row].score[c] >= in->threshold[c])
            return true;
    return false;
}

static void count_alarms(const Table *t, Alarms *benign, Alarms *negative)
{
    for (size_t i = 0; i < t->count; i++) {
        uint32_t row = t->row[i];
        bool flagged = is_flagged(t->in, row);
        if (evaluate_benign(t->label[row])) {
            benign->rows++;
            benign->flagged += flagged;
        }
        if (evaluate_negative(t->label[row])) {
            negative->rows++;
            negative->flagged += flagged;
        }
    }
}

/* Of a table's rows, one score and one label each. */
typedef struct Column {
    size_t count;
    double *score;
    float *label;
} Column;

static Column column_new(Arena *a, size_t count)
{
    return (Column){count, arena_array(a, double, count), arena_array(a, float, count)};
}

static void measure(Arena *a, const Column *x, Measure *m)
{
    Ranked r;
    ranked_new(a, x->score, x->label, x->count, &r);
    m->known = r.count;
    m->positives = r.positives;
    m->auprc = metric_auprc(&r, NULL);
    m->auroc = metric_auroc(&r, NULL);
    m->recall_at_1 = metric_recall_at_fpr(&r, .01);
    m->ece = metric_ece(&r);
    m->brier = metric_brier(&r);
    metric_at(&r, m->threshold, &m->at);
    m->auprc_interval = (Interval){NAN, NAN};
}

/* A thousand times the work: only for the whole, not for slices. */
static void measure_interval(Arena *a, const Column *x, uint64_t seed, Measure *m)
{
    Ranked r;
    ranked_new(a, x->score, x->label, x->count, &r);
    if (r.positives)
        m->auprc_interval = metric_interval(a, &r, metric_auprc, seed);
}

static void measure_category(Arena *a, const Table *t, Category c, bool interval, Measure *m)
{
    ArenaMark mark = arena_mark(a);
    Column x = column_new(a, t->count);
    for (size_t i = 0; i < t->count; i++) {
        x.score[i] = t->in->judged[t->row[i]].score[c];
        x.label[i] = t->label[t->row[i]][c];
    }
    *m = (Measure){.name = category_name(c), .threshold = t->in->threshold[c]};
    measure(a, &x, m);
    if (interval)
        measure_interval(a, &x, t->in->seed + (uint64_t)c, m);
    arena_rewind(a, mark);
}

static void measure_factor(Arena *a, const Table *t, Factor f, Measure *m)
{
    ArenaMark mark = arena_mark(a);
    Column x = column_new(a, t->count);
    for (size_t i = 0; i < t->count; i++) {
        x.score[i] = (double)t->in->judged[t->row[i]].factor[f];
        x.label[i] = t->in->rows->row[t->row[i]].labels.factor[f];
    }
    *m = (Measure){.name = factor_name(f), .threshold = .5};
    measure(a, &x, m);
    measure_interval(a, &x, t->in->seed + CATEGORY_COUNT + (uint64_t)f, m);
    arena_rewind(a, mark);
}

static void measure_slice(Arena *a, const Table *t, Slice *s)
{
    s->rows = t->count;
    count_alarms(t, &s->benign, &s->negative);
    for (int c = 0; c < CATEGORY_COUNT; c++)
        measure_category(a, t, (Category)c, false, &s->category[c]);
}

static int compare_names(const void *x, const void *y)
{
    return str_cmp(*(const Str *)x, *(const Str *)y);
}

/* Rows for which belongs() says yes, in a slice of that name. */
typedef bool (*Belongs)(const Row *row, const void *what);

static void slice(Arena *a, const Table *all, Str name, Belongs belongs, const void *what,
                  Slice *out)
{
    uint32_t *row = arena_array(a, uint32_t, all->count);
    Table part = *all;
    part.row = row;
    part.count = 0;
    for (size_t i = 0; i < all->count; i++)
        if (belongs(&all->in->rows->row[all->row[i]], what))
            row[part.count++] = all->row[i];
    *out = (Slice){.name = name};
    measure_slice(a, &part, out);
}

static bool of_source(const Row *row, const void *what)
{
    return str_eq(row->source, *(const Str *)what);
}

static void slice_sources(Arena *a, const Table *all, Evaluation *out)
{
    size_t n = 0;
    Str *name = arena_array(a, Str, all->count);
    for (size_t i = 0; i < all->count; i++)
        name[i] = all->in->rows->row[i].source;
    if (all->count)
        qsort(name, all->count, sizeof *name, compare_names);
    for (size_t i = 0; i < all->count; i++)
        if (i == 0 || !str_eq(name[i], name[n - 1]))
            name[n++] = name[i];
    out->source_count = n;
    out->source = arena_array(a, Slice, n);
    for (size_t i = 0; i < n; i++) {
        ArenaMark mark = arena_mark(a);
        slice(a, all, name[i], of_source, &name[i], &out->source[i]);
        arena_rewind(a, mark);
    }
}

typedef struct Length {
    Str name;
    size_t from, to; /* bytes: [from, to) */
} Length;

static bool of_length(const Row *row, const void *what)
{
    const Length *l = what;
    return row->text.len >= l->from && row->text.len < l->to;
}

static void slice_lengths(Arena *a, const Table *all, Evaluation *out)
{
    static const Length lengths[] = {
        {STR("under 50 bytes"),   0,    50      },
        {STR("50 to 199 bytes"),  50,   200     },
        {STR("200 to 799 bytes"), 200,  800     },
        {STR("800 to 3199"),      800,  3200    },
        {STR("3200 and more"),    3200, SIZE_MAX},
    };
    out->length_count = sizeof lengths / sizeof *lengths;
    out->length = arena_array(a, Slice, out->length_count);
    for (size_t i = 0; i < out->length_count; i++) {
        ArenaMark mark = arena_mark(a);
        slice(a, all, lengths[i].name, of_length, &lengths[i], &out->length[i]);
        arena_rewind(a, mark);
    }
}

void evaluate(Arena *a, const EvaluateInput *in, Evaluation *out)
{
    size_t n = in->rows->count;
    assert(n <= UINT32_MAX);
    uint32_t *row = arena_array(a, uint32_t, n);
    Table all = {.in = in, .row = row, .count = n};
    all.label = (float(*)[CATEGORY_COUNT])arena_alloc(a, n, sizeof *all.label);
    *out = (Evaluation){.rows = n};
    for (size_t i = 0; i < n; i++) {
        row[i] = (uint32_t)i;
        evaluate_labels(in->policy, &in->rows->row[i].labels, all.label[i]);
        for (int c = 0; c < CATEGORY_COUNT; c++)
            out->benign_by[c] +=
                evaluate_benign(all.label[i]) && in->judged[i].score[c] >= in->threshold[c];
    }
    count_alarms(&all, &out->benign, &out->negative);
    for (int c = 0; c < CATEGORY_COUNT; c++)
        measure_category(a, &all, (Category)c, true, &out->category[c]);
    for (int f = 0; f < FACTOR_COUNT; f++)
        measure_factor(a, &all, (Factor)f, &out->factor[f]);
    slice_sources(a, &all, out);
    slice_lengths(a, &all, out);
}
