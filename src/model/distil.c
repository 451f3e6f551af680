#include "model/distil.h"

#include "base/parallel.h"
#include "base/rng.h"
#include "text/identity_swap.h"

#include <math.h>

enum { ALONE_KNOWN = 500, ALONE_YES = 50 }; /* labels that a table for other languages needs */
#define SCRATCH ((size_t)2 << 30)           /* address space a thread */

typedef struct Reading {
    const Teacher *teacher;
    const Rows *rows;
    const uint32_t *row;
    float *logit;
} Reading;

static bool read_one(void *ctx, Arena *a, size_t i, Err *err)
{
    const Reading *w = ctx;
    const Teacher *t = w->teacher;
    float *out = w->logit + i * FACTOR_COUNT;
    Pieces p;
    if (!tokenize(t->vocab, a, w->rows->row[w->row[i]].text, t->max_pieces, &p, err))
        return false;
    if (p.count == 0) {
        for (int f = 0; f < FACTOR_COUNT; f++)
            out[f] = NAN;
        return true;
    }
    Network n = {t->kernels, t->encoder, t->network, t->windows};
    network_text(&n, a, &p, out);
    return true;
}

bool teacher_read(const Teacher *t, const Rows *rows, const uint32_t *row, size_t n,
                  int threads, const Progress *p, float *logit, Err *err)
{
    Reading ctx = {.teacher = t, .rows = rows, .row = row, .logit = logit};
    ParallelWork work = {.item = read_one,
                         .ctx = &ctx,
                         .count = n,
                         .threads = threads,
                         .arena_bytes = SCRATCH,
                         .progress = p,
                         .what = "texts",
                         .note = "the encoder reads"};
    return parallel_run(&work, err);
}

static FastTable table_of(Str text)
{
    return network_reads(language_of(text)) ? FAST_JOINED : FAST_ALONE;
}

void distil_pick(Arena *a, const Rows *rows, const Plan *plan, FastTable t, uint32_t **row,
                 size_t *n)
{
    uint32_t *all = arena_array(a, uint32_t, rows->count);
    size_t count = 0;
    for (size_t i = 0; i < rows->count; i++)
        if (rows->row[i].split == SPLIT_TRAIN &&
            (t == FAST_TABLES || table_of(rows->row[i].text) == t))
            all[count++] = (uint32_t)i;
    Rng r;
    rng_seed(&r, (uint64_t)plan->seed ^ 0x70696b63u);
    rng_shuffle(&r, all, count);
    *row = all;
    size_t most = t == FAST_ALONE ? count : (size_t)plan->fast_rows;
    *n = count < most ? count : most;
}

void distil_learnable(const Rows *rows, const uint32_t *row, size_t n, bool alone[FACTOR_COUNT])
{
    for (int f = 0; f < FACTOR_COUNT; f++) {
        size_t known = 0, yes = 0;
        for (size_t i = 0; i < n; i++) {
            float label = rows->row[row[i]].labels.factor[f];
            known += label_known(label);
            yes += label_known(label) && label > 0.5f;
        }
        alone[f] = known >= ALONE_KNOWN && yes >= ALONE_YES;
    }
}

static double sigmoid(double z) { return 1 / (1 + exp(-z)); }

/* A text may look English and be none, by its tag: of that the teacher knows nothing. */
bool teacher_reads(Str tag)
{
    Language l;
    return !language_parse(tag, &l) || network_reads(l);
}

/* One text's step: the gradient of cross-entropy towards the mixed target, which is the label
 * alone where there is no teacher. */
static bool learn_one(const Row *row, const float *teacher, double label_share,
                      const SparseTrainer *t, float *bias, Arena *a, Err *err)
{
    Folded folded;
    Ngrams x;
    if (!normalise(a, row->text, &folded, err) ||
        !ngrams_read(a, row->text, &folded, t->buckets, &x, err))
        return false;
    const SparseFeature *feature = fast_features(a, &x);
    SparseLinear layer = {.buckets = t->buckets, .F = FACTOR_COUNT, .w = t->w};
    float z[FACTOR_COUNT], grad[FACTOR_COUNT];
    memcpy(z, bias, sizeof z);
    sparse_forward(&layer, feature, x.count, z);
    bool taught = teacher && teacher_reads(row->language);
    for (int f = 0; f < FACTOR_COUNT; f++) {
        double target = taught ? sigmoid(teacher[f]) : sigmoid(z[f]);
        double label = row->labels.factor[f], share = taught ? label_share : 1;
        if (label_known((float)label))
            target += share * row->weight * (label - target);
        grad[f] = (float)(sigmoid(z[f]) - target);
        bias[f] -= (float)(0.05 * t->rate) * grad[f];
    }
    sparse_adagrad(t, feature, x.count, grad);
    return true;
}

float *distil_start(Arena *a, float bias[FACTOR_COUNT])
{
    for (int f = 0; f < FACTOR_COUNT; f++)
        bias[f] = -2;
    return arena_array(a, float, (size_t)FAST_BUCKETS *FACTOR_COUNT);
}

bool distil(const Rows *rows, const uint32_t *row, size_t n, const float *logit,
            const Plan *plan, const Progress *p, float *weight, float *bias, Err *err)
{
    Arena *a = arena_open(SCRATCH);
    float *squares = arena_array(a, float, (size_t)FAST_BUCKETS *FACTOR_COUNT);
    uint32_t *order = arena_array(a, uint32_t, n);
    for (size_t i = 0; i < n; i++)
        order[i] = (uint32_t)i;
    SparseTrainer t = {.buckets = FAST_BUCKETS,
                       .F = FACTOR_COUNT,
                       .w = weight,
                       .squares = squares,
                       .rate = (float)plan->fast_rate,
                       .epsilon = 1e-4f};
    Rng r;
    rng_seed(&r, (uint64_t)plan->seed ^ 0x66617374u);
    ArenaMark mark = arena_mark(a);
    bool ok = true;
    for (int64_t epoch = 0; epoch < plan->fast_epochs && ok; epoch++) {
        rng_shuffle(&r, order, n);
        for (size_t i = 0; i < n && ok; i++) {
            size_t j = order[i];
            const float *teacher = logit ? logit + j * FACTOR_COUNT : NULL;
            arena_rewind(a, mark);
            Row shown = rows->row[row[j]];
            if (plan->fast_identity_swap > 0 && rng_unit(&r) < plan->fast_identity_swap)
                identity_swap(a, shown.text, &r, &shown.text);
            if (!teacher || !isnan(teacher[0]))
                ok = learn_one(&shown, teacher, plan->fast_label_share, &t, bias, a, err);
            if (i % 256 == 0) {
                progress_tick(p, "texts", (size_t)epoch * n + i, n * (size_t)plan->fast_epochs,
                              "the fast tier learns");
                ok = ok && (!stop_requested() || stop_err(err));
            }
        }
    }
    arena_close(a);
    return ok;
}
