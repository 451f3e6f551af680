#include "model/train.h"

#include "base/file.h"
#include "base/js.h"
#include "base/parallel.h"
#include "model/distil.h"
#include "model/ensemble.h"
#include "model/fit.h"
#include "model/score.h"
#include "nn/loss.h"
#include "nn/pack.h"

#include <math.h>
#include <stdio.h>

enum {
    LOG_EVERY = 10,     /* steps */
    WATCH_ROWS = 400,   /* of the calibration split, whose loss is logged at checkpoints */
    READ_PIECES = 1024, /* of a text that teaches the fast tier */
    JOIN_ROWS = 12000,  /* of the calibration split, that the ensemble is fitted on */
    LOG_LINE_MAX = 1024,
};
#define SCORE_ARENA ((size_t)2 << 30) /* address space a thread */

static const char *path_in(Arena *a, const TrainInput *in, const char *name)
{
    return str_print(a, "%s/%s", in->dir, name).ptr;
}

static bool log_step(const TrainInput *in, Arena *a, int64_t run, const FitStep *s,
                     double watched, Err *err)
{
    ArenaMark mark = arena_mark(a);
    Buf line;
    buf_init(&line, LOG_LINE_MAX);
    JsWriter w = js_writer(&line);
    js_object(&w);
    js_key(&w, "run");
    js_i64(&w, run);
    js_key(&w, "step");
    js_i64(&w, s->step);
    js_number(&w, "loss", s->loss);
    if (!isnan(s->pair_loss))
        js_number(&w, "pair_loss", s->pair_loss);
    js_number(&w, "grad_norm", s->grad_norm);
    js_number(&w, "rows_per_s", round(s->rows_per_s));
    js_number(&w, "pieces_per_s", round(s->pieces_per_s));
    js_number(&w, "gflops", round(s->gflops));
    if (!isnan(s->domain_accuracy))
        js_number(&w, "domain_accuracy", s->domain_accuracy);
    if (!isnan(watched))
        js_number(&w, "calibration_loss", watched);
    js_end_object(&w);
    buf_byte(&line, '\n');
    bool ok = file_append(path_in(a, in, "log.jsonl"), buf_str(&line), err);
    buf_done(&line);
    arena_rewind(a, mark);
    return ok;
}

/* Encoder and network in one block: what a run ends with, or the mean of several. */
typedef struct Tuned {
    float *all;
    size_t count;
    EncoderParams encoder;
    NetworkParams network;
} Tuned;

static void tuned_at(Tuned *t, float *all)
{
    t->all = all;
    t->count = encoder_param_count() + network_param_count();
    encoder_params_at(&t->encoder, all);
    network_params_at(&t->network, all + encoder_param_count());
}

static Teacher teacher_of(const TrainInput *in, const Tuned *t)
{
    return (Teacher){.kernels = in->kernels,
                     .encoder = &t->encoder,
                     .network = &t->network,
                     .vocab = in->vocab,
                     .windows = plan_windows(in->plan),
                     .max_pieces = READ_PIECES};
}

/* Rows of a split, at most `most`, evenly over the rows. */
static size_t rows_of(Arena *a, const Rows *rows, Split split, size_t most, uint32_t **out)
{
    uint32_t *all = arena_array(a, uint32_t, rows->count + 1);
    size_t n = 0;
    for (size_t i = 0; i < rows->count; i++)
        if (rows->row[i].split == split)
            all[n++] = (uint32_t)i;
    size_t kept = n < most ? n : most;
    for (size_t i = 0; i < kept; i++)
        all[i] = all[i * n / kept]; /* never behind i: what is read is still there */
    *out = all;
    return kept;
}

/* Mean loss of the averaged weights on rows that are not trained on; NaN without any. */
static bool watch(const TrainInput *in, Arena *a, Fit *f, double *out, Err *err)
{
    ArenaMark mark = arena_mark(a);
    Tuned now;
    tuned_at(&now, fit_weights(f));
    Teacher t = teacher_of(in, &now);
    uint32_t *row;
    size_t n = rows_of(a, in->rows, SPLIT_CALIBRATE, WATCH_ROWS, &row);
    float *logit = arena_array(a, float, n *FACTOR_COUNT + 1);
    if (!teacher_read(&t, in->rows, row, n, (int)in->plan->threads, NULL, logit, err))
        return false;
    LossSum sum = {0};
    for (size_t i = 0; i < n; i++) {
        if (isnan(logit[i * FACTOR_COUNT]))
            continue;
        LossSum s = bce_loss(logit + i * FACTOR_COUNT, in->rows->row[row[i]].labels.factor,
                             NULL, FACTOR_COUNT, 1, NULL);
        sum.loss += s.loss;
        sum.weight += s.weight;
    }
    *out = sum.weight > 0 ? sum.loss / sum.weight : NAN;
    arena_rewind(a, mark);
    return true;
}

static bool fit_all(const TrainInput *in, Arena *a, Fit *f, int64_t run, Err *err)
{
    const Plan *plan = in->plan;
    while (fit_steps_done(f) < plan->steps) {
        FitStep s;
        if (!fit_step(f, &s, err))
            return false;
        char note[96];
        snprintf(note, sizeof note, "loss %.4f  %.0f rows/s  %.0f GFLOP/s", s.loss,
                 s.rows_per_s, s.gflops);
        progress_tick(in->progress, "steps", (uint64_t)(run * plan->steps + s.step),
                      (uint64_t)(plan->runs * plan->steps), note);
        bool save = s.step % plan->checkpoint_steps == 0 || s.step == plan->steps;
        bool stop = stop_requested() || run * plan->steps + s.step == in->stop_after;
        double watched = NAN;
        if (save && !stop && !watch(in, a, f, &watched, err))
            return false;
        if ((save || s.step % LOG_EVERY == 0) && !log_step(in, a, run, &s, watched, err))
            return false;
        if ((save || stop) && !fit_checkpoint(f, err))
            return false;
        if (stop)
            return stop_err(err);
    }
    return true;
}

/* The teacher's logits are kept, so that a run killed while the fast tier learns does not
 * read tens of thousands of texts again. */
static bool teach(const TrainInput *in, Arena *a, const Tuned *tuned, const uint32_t *row,
                  size_t n, float *logit, Err *err)
{
    const char *path = path_in(a, in, "teacher.pack");
    Err ignored = {0};
    Pack *p = NULL;
    bool there = file_exists(path) && pack_open(path, &p, &ignored) &&
                 pack_read_f32(p, "logit", n, FACTOR_COUNT, logit, &ignored);
    pack_close(p);
    if (there)
        return true;
    Teacher t = teacher_of(in, tuned);
    if (!teacher_read(&t, in->rows, row, n, (int)in->plan->threads, in->progress, logit, err))
        return false;
    PackWriter *w = pack_writer(a);
    pack_add_f32(w, "logit", logit, n, FACTOR_COUNT);
    Digest d;
    return pack_save(w, path, &d, err);
}

typedef struct Scoring {
    const Release *release;
    const Rows *rows;
    const uint32_t *row;
    Scores *out;
} Scoring;

static bool score_one(void *ctx, Arena *a, size_t i, Err *err)
{
    const Scoring *s = ctx;
    return score_text(s->release, a, s->rows->row[s->row[i]].text, TIER_ENCODER, READ_PIECES,
                      &s->out[i], err);
}

/* Scores the calibration split through the release as it was written, int8 and all. */
static bool join_tiers(const TrainInput *in, Arena *a, const char *path, ReleaseParts *parts,
                       Err *err)
{
    Release *r = NULL;
    if (!release_open(path, in->kernels, &r, err))
        return false;
    uint32_t *row;
    size_t n = rows_of(a, in->rows, SPLIT_CALIBRATE, JOIN_ROWS, &row);
    Scores *s = arena_array(a, Scores, n + 1);
    Scoring ctx = {.release = r, .rows = in->rows, .row = row, .out = s};
    ParallelWork work = {.item = score_one,
                         .ctx = &ctx,
                         .count = n,
                         .threads = (int)in->plan->threads,
                         .arena_bytes = SCORE_ARENA,
                         .progress = in->progress,
                         .what = "texts",
                         .note = "both tiers read the calibration split"};
    bool ok = parallel_run(&work, err);
    release_close(r);
    if (!ok)
        return false;
    float *encoder = arena_array(a, float, (n + 1) * FACTOR_COUNT);
    float *fast = arena_array(a, float, (n + 1) * FACTOR_COUNT);
    for (size_t i = 0; i < n; i++) {
        memcpy(encoder + i * FACTOR_COUNT, s[i].logit_encoder, sizeof s[i].logit_encoder);
        memcpy(fast + i * FACTOR_COUNT, s[i].logit_fast, sizeof s[i].logit_fast);
    }
    EnsembleRows rows = {n, encoder, fast};
    ensemble_fit(&rows, in->plan->fast_share, parts->ensemble);
    return true;
}

/* One fine-tuning, its result added to sum[count]. */
static bool fit_one(const TrainInput *in, Arena *a, int64_t run, float *sum, Err *err)
{
    Plan plan = *in->plan;
    plan.seed += run;
    const char *name =
        run ? str_print(a, "checkpoint-%lld.pack", (long long)run).ptr : "checkpoint.pack";
    FitInput fi = {.rows = in->rows,
                   .plan = &plan,
                   .vocab = in->vocab,
                   .kernels = in->kernels,
                   .base = in->base,
                   .checkpoint = path_in(a, in, name),
                   .data = in->data};
    Fit *f = NULL;
    if (!fit_open(a, &fi, &f, err))
        return false;
    bool ok = fit_all(in, a, f, run, err);
    if (ok)
        in->kernels->axpy((int)(encoder_param_count() + network_param_count()), 1.0f,
                          fit_weights(f), sum);
    fit_close(f);
    return ok;
}

/* The mean of the runs' weights: they start from the same base, so that they stay in one
 * valley, and their errors differ (model soups, Wortsman et al. 2022). */
static bool fit_runs(const TrainInput *in, Arena *a, Tuned *out, Err *err)
{
    tuned_at(out, arena_array(a, float, encoder_param_count() + network_param_count()));
    for (int64_t run = 0; run < in->plan->runs; run++) {
        ArenaMark mark = arena_mark(a);
        if (!fit_one(in, a, run, out->all, err))
            return false;
        arena_rewind(a, mark);
    }
    for (size_t i = 0; i < out->count; i++)
        out->all[i] /= (float)in->plan->runs;
    return true;
}

static bool learn_joined(const TrainInput *in, Arena *a, const Tuned *tuned,
                         float bias[FACTOR_COUNT], FastParts *out, Err *err)
{
    uint32_t *row;
    size_t n;
    distil_pick(a, in->rows, in->plan, FAST_JOINED, &row, &n);
    float *logit = arena_array(a, float, n *FACTOR_COUNT + 1);
    float *weight = distil_start(a, bias);
    if (!teach(in, a, tuned, row, n, logit, err) ||
        !distil(in->rows, row, n, logit, in->plan, in->progress, weight, bias, err))
        return false;
    *out = (FastParts){weight, bias};
    return true;
}

/* The table for languages that the encoder does not read; none where nobody labelled any. */
static bool learn_alone(const TrainInput *in, Arena *a, float bias[FACTOR_COUNT],
                        FastParts *out, bool alone[FACTOR_COUNT], Err *err)
{
    uint32_t *row;
    size_t n;
    distil_pick(a, in->rows, in->plan, FAST_ALONE, &row, &n);
    distil_learnable(in->rows, row, n, alone);
    bool any = false;
    for (int f = 0; f < FACTOR_COUNT; f++)
        any |= alone[f];
    if (!any)
        return true;
    float *weight = distil_start(a, bias);
    if (!distil(in->rows, row, n, NULL, in->plan, in->progress, weight, bias, err))
        return false;
    *out = (FastParts){weight, bias};
    return true;
}

bool train(Arena *a, const TrainInput *in, Str *path, Err *err)
{
    if (!file_make_dirs(in->dir, err))
        return false;
    Tuned tuned;
    if (!fit_runs(in, a, &tuned, err))
        return false;

    float bias[FAST_TABLES][FACTOR_COUNT];
    FastParts fast[FAST_TABLES] = {{0}};
    bool alone[FACTOR_COUNT];
    if (!learn_joined(in, a, &tuned, bias[FAST_JOINED], &fast[FAST_JOINED], err) ||
        !learn_alone(in, a, bias[FAST_ALONE], &fast[FAST_ALONE], alone, err))
        return false;

    ReleaseParts parts = {.name = in->name,
                          .created_ms = in->created_ms,
                          .vocab = in->vocab,
                          .encoder = &tuned.encoder,
                          .network = &tuned.network,
                          .float32 = in->float32,
                          .windows = plan_windows(in->plan),
                          .buckets = FAST_BUCKETS,
                          .policy = in->policy,
                          .training = in->training,
                          .report = STR("{}")};
    memcpy(parts.fast, fast, sizeof fast);
    memcpy(parts.alone, alone, sizeof alone);
    ensemble_default(parts.ensemble);
    calibration_none(&parts.calibration);
    *path = str_print(a, "%s/" STR_FMT ".gavel", in->dir, STR_ARG(in->name));
    Digest d;
    return release_save(a, &parts, path->ptr, &d, err) &&
           join_tiers(in, a, path->ptr, &parts, err) &&
           release_save(a, &parts, path->ptr, &d, err);
}
