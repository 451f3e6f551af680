/* crossfit.c - fold by fold: fit the encoder on the others, fit the n-grams on the others, read
 * the fold with both, keep the logits.
 *
 * A row that is held out stands in the test split while its fold is at work, and the draw
 * does not know the difference.
 */
#include "model/crossfit.h"

#include "base/file.h"
#include "base/parallel.h"
#include "model/distil.h"
#include "model/fit.h"
#include "nn/pack.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

enum { READ_PIECES = 1024 };
#define SCRATCH ((size_t)2 << 30) /* address space a thread */

void crossfit_folds(const Rows *rows, int folds, uint64_t seed, uint8_t *fold)
{
    for (size_t i = 0; i < rows->count; i++) {
        const Row *r = &rows->row[i];
        Str key = r->cluster ? (Str){(const char *)&r->cluster, sizeof r->cluster}
                             : (Str){(const char *)r->digest.byte, sizeof r->digest.byte};
        fold[i] = (uint8_t)(hash64(key, seed) % (uint64_t)folds);
    }
}

/* One fold at work. */
typedef struct Fold {
    const CrossfitInput *in;
    Plan plan;      /* one run, seeded by the fold */
    Rows rows;      /* with the held-out rows in another split */
    uint32_t *read; /* rows of the fold that are to be read */
    size_t *at;     /* their places in in->read */
    size_t count;
    float *encoder, *fast; /* [count, FACTOR_COUNT] logits */
    Str mark;              /* what it follows from, in the files' names */
    int number;
} Fold;

static const char *path_of(Arena *a, const Fold *f, const char *suffix)
{
    return str_print(a, "%s/fold-%d-%.12s.%s", f->in->dir, f->number, f->mark.ptr, suffix).ptr;
}

/* ---- the encoder --------------------------------------------------------------------- */

static bool fit_steps(const Fold *f, Fit *fit, Err *err)
{
    const Plan *plan = &f->plan;
    while (fit_steps_done(fit) < plan->steps) {
        FitStep s;
        if (!fit_step(fit, &s, err))
            return false;
        char note[64];
        snprintf(note, sizeof note, "fold %d of %d  loss %.4f", f->number + 1, f->in->folds,
                 s.loss);
        progress_tick(f->in->progress, "steps", (uint64_t)s.step, (uint64_t)plan->steps, note);
        bool stop = stop_requested();
        bool save = s.step % plan->checkpoint_steps == 0 || s.step == plan->steps;
        if ((save || stop) && !fit_checkpoint(fit, err))
            return false;
        if (stop)
            return stop_err(err);
    }
    return true;
}

static bool encoder_reads(Arena *a, const Fold *f, Err *err)
{
    const CrossfitInput *in = f->in;
    const FitInput fi = {.rows = &f->rows,
                         .plan = &f->plan,
                         .vocab = in->vocab,
                         .kernels = in->kernels,
                         .base = in->base,
                         .checkpoint = path_of(a, f, "checkpoint"),
                         .data = in->data};
    Fit *fit = NULL;
    if (!fit_open(a, &fi, &fit, err))
        return false;
    bool ok = fit_steps(f, fit, err);
    EncoderParams encoder;
    NetworkParams network;
    if (ok) {
        encoder_params_at(&encoder, fit_weights(fit));
        network_params_at(&network, fit_weights(fit) + encoder_param_count());
    }
    fit_close(fit); /* the weights stay */
    const Teacher t = {.kernels = in->kernels,
                       .encoder = &encoder,
                       .network = &network,
                       .vocab = in->vocab,
                       .windows = plan_windows(&f->plan),
                       .max_pieces = READ_PIECES};
    return ok && teacher_read(&t, in->rows, f->read, f->count, (int)f->plan.threads,
                              in->progress, f->encoder, err);
}

/* ---- the n-grams --------------------------------------------------------------------- */

typedef struct Reading {
    const Fold *fold;
    Fast fast;
} Reading;

static bool read_one(void *ctx, Arena *a, size_t i, Err *err)
{
    const Reading *r = ctx;
    Str text = r->fold->rows.row[r->fold->read[i]].text;
    Features x;
    if (!features_ngrams(a, text, FAST_BUCKETS, &x, err))
        return false;
    fast_forward(&r->fast, a, &x.ngrams, r->fold->fast + i * FACTOR_COUNT);
    return true;
}

static bool ngrams_read_fold(Arena *a, const Fold *f, Err *err)
{
    uint32_t *row;
    size_t n;
    float bias[FACTOR_COUNT];
    float *weight = distil_start(a, bias);
    distil_pick(a, &f->rows, &f->plan, FAST_TABLES, &row, &n);
    if (!distil(&f->rows, row, n, NULL, &f->plan, f->in->progress, weight, bias, err))
        return false;
    Reading ctx = {
        .fold = f,
        .fast = {.layer = {.buckets = FAST_BUCKETS, .F = FACTOR_COUNT, .w = weight},
                 .bias = bias}
    };
    const ParallelWork work = {.item = read_one,
                               .ctx = &ctx,
                               .count = f->count,
                               .threads = (int)f->plan.threads,
                               .arena_bytes = SCRATCH,
                               .progress = f->in->progress,
                               .what = "texts",
                               .note = "the n-grams read"};
    return parallel_run(&work, err);
}

/* ---- a fold -------------------------------------------------------------------------- */

static bool kept(const Fold *f, const char *path)
{
    Err ignored = {0};
    Pack *p = NULL;
    bool there = file_exists(path) && pack_open(path, &p, &ignored) &&
                 pack_read_f32(p, "encoder", f->count, FACTOR_COUNT, f->encoder, &ignored) &&
                 pack_read_f32(p, "fast", f->count, FACTOR_COUNT, f->fast, &ignored);
    pack_close(p);
    return there;
}

/* What of a fold is known is written before its checkpoint goes. */
static bool keep(Arena *a, const Fold *f, const char *path, Err *err)
{
    PackWriter *w = pack_writer(a);
    Digest d;
    pack_add_f32(w, "encoder", f->encoder, f->count, FACTOR_COUNT);
    pack_add_f32(w, "fast", f->fast, f->count, FACTOR_COUNT);
    if (!pack_save(w, path, &d, err))
        return false;
    unlink(path_of(a, f, "checkpoint"));
    return true;
}

static void join(const Fold *f, float *probability)
{
    double share = f->plan.fast_share;
    for (size_t i = 0; i < f->count; i++) {
        const float *e = f->encoder + i * FACTOR_COUNT, *x = f->fast + i * FACTOR_COUNT;
        float *out = probability + f->at[i] * FACTOR_COUNT;
        bool both = !isnan(e[0]) && teacher_reads(f->rows.row[f->read[i]].language);
        for (int k = 0; k < FACTOR_COUNT; k++) {
            double fast = (double)x[k];
            double z = both ? (1 - share) * (double)e[k] + share * fast : fast;
            out[k] = (float)(1 / (1 + exp(-z)));
        }
    }
}

static bool run_fold(Arena *a, Fold *f, float *probability, Err *err)
{
    const CrossfitInput *in = f->in;
    f->count = 0;
    for (size_t i = 0; i < in->rows->count; i++) {
        Split own = in->rows->row[i].split;
        f->rows.row[i].split =
            own == SPLIT_TRAIN && in->fold[i] == f->number ? SPLIT_TEST : own;
    }
    for (size_t i = 0; i < in->count; i++) {
        if (in->fold[in->read[i]] != f->number)
            continue;
        f->at[f->count] = i;
        f->read[f->count++] = in->read[i];
    }
    if (f->count == 0)
        return err_set(err, ERR_INPUT, "fold %d of %d has no row: too few texts", f->number + 1,
                       in->folds);
    const char *path = path_of(a, f, "pack");
    if (!kept(f, path) &&
        (!encoder_reads(a, f, err) || !ngrams_read_fold(a, f, err) || !keep(a, f, path, err)))
        return false;
    join(f, probability);
    return true;
}

bool crossfit(Arena *a, const CrossfitInput *in, float *probability, Err *err)
{
    char data[DIGEST_HEX_SIZE], hex[DIGEST_HEX_SIZE];
    digest_hex(&in->data, data);
    Digest all =
        digest_of(str_print(a, "crossfit 1 %s\n" STR_FMT, data, STR_ARG(in->plan->text)));
    digest_hex(&all, hex);
    Fold f = {
        .in = in,
        .plan = *in->plan,
        .rows = {arena_array(a, Row, in->rows->count), in->rows->count},
        .read = arena_array(a, uint32_t, in->count + 1),
        .at = arena_array(a, size_t, in->count + 1),
        .encoder = arena_array(a, float, (in->count + 1) * FACTOR_COUNT),
        .fast = arena_array(a, float, (in->count + 1) * FACTOR_COUNT),
        .mark = str_of(hex)
    };
    if (in->rows->count)
        memcpy(f.rows.row, in->rows->row, in->rows->count * sizeof *f.rows.row);
    if (!file_make_dirs(in->dir, err))
        return false;
    for (; f.number < in->folds; f.number++) {
        ArenaMark mark = arena_mark(a);
        f.plan.seed = in->plan->seed + f.number;
        if (!run_fold(a, &f, probability, err))
            return false;
        arena_rewind(a, mark);
    }
    return true;
}
