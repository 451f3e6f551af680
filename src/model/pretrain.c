/* pretrain.c - encoder and output layer stand in one block, as encoder and heads do in
 * fit.c, so that one optimiser and one checkpoint serve both.
 *
 * A run has two phases, each with a rise and fall of its rates and fresh moments: HEAD
 * teaches the output layer, ALL everything.  Sine frequencies and the sentence layer on
 * top are not in the path and stay.
 *
 * The held-out batches are drawn and masked once, so that each look at them asks the same.
 */
#include "model/pretrain.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/js.h"
#include "base/map.h"
#include "base/thread.h"
#include "model/draw.h"
#include "model/masking.h"
#include "model/network.h"
#include "nn/base.h"
#include "nn/checkpoint.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>

enum {
    HELD_BATCHES = 8, /* as large as a step's */
    HEAD_PART = 3,    /* of the steps, one in so many is of the output layer alone */
    CHECKPOINT_STEPS = 100,
    LOG_STEPS = 10,
    SPANS_MAX = 64,
    JSON_MAX = 4096,
};
#define PART_ARENA   ((size_t)16 << 30) /* address space a thread; pages come when touched */
#define HEAD_RATE    2e-3f
#define BIAS_RATE    1e-2f /* of the vocabulary: it learns how frequent each piece is */
#define WEIGHT_DECAY 0.01f
#define WARMUP       0.06

typedef enum Phase { PHASE_HEAD, PHASE_ALL, PHASE_COUNT } Phase;

typedef struct Pretrain Pretrain;

typedef struct Part {
    const Pretrain *run;
    Arena *arena;
    float *grads; /* whole block */
    WindowBatch windows;
    MaskedPieces masked;
    bool learns;
    float scale;
    double loss;
} Part;

typedef struct Batch {
    WindowBatch windows[THREAD_EACH_MAX];
    MaskedPieces masked[THREAD_EACH_MAX];
    int64_t pieces, holes;
} Batch;

struct Pretrain {
    const PretrainInput *in;
    Arena *step_arena;
    Plan plan; /* what draw.c reads of one */
    Draw *draw;
    Batch held[HELD_BATCHES];
    int64_t held_pieces;
    float *params;
    size_t encoder_count, count;
    Adamw *opt;
    AdamwSpan span[PHASE_COUNT][SPANS_MAX];
    Rng rng; /* of the masks */
    Part part[THREAD_EACH_MAX];
    int threads;
    const char *checkpoint, *log;
    /* kept in the checkpoint's note: */
    struct {
        Digest identity; /* of all that the run depends on */
        int64_t phase;
        double before;
    } head;
};

/* ---- texts ------------------------------------------------------------------ */

static bool is_read(const Row *r, Split split)
{
    Language l;
    if (r->split != split || r->text.len == 0)
        return false;
    return network_reads(language_parse(r->language, &l) ? l : language_of(r->text));
}

static Rows texts_of(Arena *a, const Rows *all, Split split)
{
    size_t n = 0;
    for (size_t i = 0; i < all->count; i++)
        n += all->row[i].split == split;
    Rows out = {arena_array(a, Row, n + 1), 0};
    for (size_t i = 0; i < all->count; i++)
        if (is_read(&all->row[i], split))
            out.row[out.count++] = all->row[i];
    return out;
}

/* Each source by the square root of its rows, as far as they count. */
static void weigh_sources(Arena *a, const Rows *rows, Plan *plan)
{
    Map *of = map_new(a, 64);
    for (size_t i = 0; i < rows->count; i++)
        ++*map_slot(of, rows->row[i].source, 0); /* how many rows */
    PlanSource *source = arena_array(a, PlanSource, map_count(of) + 1);
    for (size_t i = 0; i < map_count(of); i++) {
        uint64_t n = map_value_at(of, i);
        n = n < PRETRAIN_SOURCE_ROWS ? n : PRETRAIN_SOURCE_ROWS;
        source[i] = (PlanSource){map_key_at(of, i), sqrt((double)n)};
    }
    plan->source = source;
    plan->source_count = map_count(of);
}

static Plan plan_of(const PretrainOptions *o)
{
    Plan plan;
    plan_defaults(&plan);
    memset(plan.rare, 0, sizeof plan.rare);
    plan.texts_only = true;
    plan.threads = o->threads;
    plan.batch_pieces = o->batch_pieces;
    plan.seed = o->seed;
    return plan;
}

static bool next_batch(const Pretrain *p, Draw *draw, Arena *a, Rng *rng, Batch *out, Err *err)
{
    DrawPart drawn[THREAD_EACH_MAX];
    if (!draw_next(draw, a, drawn, err))
        return false;
    *out = (Batch){0};
    for (int t = 0; t < p->threads; t++) {
        out->windows[t] = drawn[t].windows;
        mask_pieces(a, vocab_size(p->in->vocab), rng, &out->windows[t], &out->masked[t]);
        out->pieces += out->windows[t].start[out->windows[t].count];
        out->holes += out->masked[t].count;
    }
    return true;
}

static bool hold_out(Pretrain *p, Arena *a, size_t *texts, Err *err)
{
    Rows rows = texts_of(a, p->in->rows, SPLIT_CALIBRATE);
    *texts = rows.count;
    if (rows.count == 0)
        return true;
    Plan plan = p->plan;
    plan.case_noise = 0;
    weigh_sources(a, &rows, &plan);
    Draw *draw;
    Rng rng;
    rng_seed(&rng, (uint64_t)p->in->options.seed ^ 0x68656c64u);
    if (!draw_open(a, &rows, &plan, p->in->vocab, &draw, err))
        return false;
    for (int i = 0; i < HELD_BATCHES; i++) {
        if (!next_batch(p, draw, a, &rng, &p->held[i], err))
            return false;
        p->held_pieces += p->held[i].holes;
    }
    return true;
}

/* ---- the optimiser ---------------------------------------------------------- */

static AdamwSpan encoder_span(const EncoderParamInfo *info, float rate)
{
    AdamwSpan s = {.from = info->offset, .count = (size_t)info->rows * (size_t)info->cols};
    bool idle = strcmp(info->name, "freq") == 0 || strncmp(info->name, "top_", 4) == 0;
    bool matrix = info->rows > 1 && strcmp(info->name, "embed") != 0;
    s.rate = idle ? 0 : rate;
    s.decay = matrix ? WEIGHT_DECAY : 0;
    return s;
}

static AdamwSpan masked_span(const MaskedParamInfo *info, size_t from)
{
    return (AdamwSpan){.from = from + info->offset,
                       .count = (size_t)info->rows * (size_t)info->cols,
                       .rate = strcmp(info->name, "piece_b") == 0 ? BIAS_RATE : HEAD_RATE,
                       .decay = info->rows > 1 ? WEIGHT_DECAY : 0};
}

static int64_t head_steps(const Pretrain *p) { return p->in->options.steps / HEAD_PART; }

static int64_t steps_done(const Pretrain *p)
{
    return (p->head.phase == PHASE_ALL ? head_steps(p) : 0) + p->opt->step;
}

static AdamwConfig config_of(const Pretrain *p, Phase phase)
{
    AdamwConfig c = adamw_defaults(1.0f); /* the spans hold whole rates */
    c.beta2 = 0.98f;
    c.fall = ADAMW_FALL_LINEAR;
    c.total_steps = phase == PHASE_HEAD ? head_steps(p) : p->in->options.steps - head_steps(p);
    c.warmup_steps = (int64_t)(WARMUP * (double)c.total_steps);
    return c;
}

static void make_optimiser(Pretrain *p, Arena *a)
{
    int n = 0;
    assert(encoder_param_info_count + masked_param_info_count <= SPANS_MAX);
    for (int i = 0; i < encoder_param_info_count; i++, n++)
        for (int ph = 0; ph < PHASE_COUNT; ph++)
            p->span[ph][n] = encoder_span(&encoder_param_info[i],
                                          ph == PHASE_HEAD ? 0.0f : (float)p->in->options.rate);
    for (int i = 0; i < masked_param_info_count; i++, n++)
        for (int ph = 0; ph < PHASE_COUNT; ph++)
            p->span[ph][n] = masked_span(&masked_param_info[i], p->encoder_count);
    AdamwConfig c = config_of(p, PHASE_HEAD);
    p->opt = adamw_new(a, &c, p->span[PHASE_HEAD], n, p->params, p->count);
}

static void set_phase(Pretrain *p, Phase phase)
{
    p->head.phase = phase;
    p->opt->config = config_of(p, phase);
    p->opt->span = p->span[phase];
}

static void begin_all(Pretrain *p)
{
    set_phase(p, PHASE_ALL);
    p->opt->step = 0;
    memset(p->opt->m, 0, p->count * sizeof *p->opt->m);
    memset(p->opt->v, 0, p->count * sizeof *p->opt->v);
}

/* ---- opening and checkpoints ------------------------------------------------ */

static Digest identity_of(const PretrainInput *in)
{
    const PretrainOptions *o = &in->options;
    double number[] = {(double)o->steps, (double)o->batch_pieces, (double)o->threads,
                       (double)o->seed, o->rate};
    DigestState st;
    digest_init(&st);
    digest_add(&st, (Str){(const char *)number, sizeof number});
    digest_add(&st, (Str){(const char *)in->data.byte, sizeof in->data.byte});
    digest_add(&st, (Str){(const char *)in->base->all, encoder_param_count() * sizeof(float)});
    return digest_end(&st);
}

static TrainState train_state(Pretrain *p)
{
    return (TrainState){.params = p->params, .opt = p->opt, .rng = &p->rng, .rng_count = 1};
}

static bool save(Pretrain *p, Err *err)
{
    arena_reset(p->step_arena);
    TrainState st = train_state(p);
    Str inner = draw_state(p->draw, p->step_arena);
    char *note = arena_array(p->step_arena, char, sizeof p->head + inner.len);
    memcpy(note, &p->head, sizeof p->head);
    memcpy(note + sizeof p->head, inner.ptr, inner.len);
    return checkpoint_save(p->checkpoint, &st, (Str){note, sizeof p->head + inner.len}, err);
}

static bool resume(Pretrain *p, Arena *a, Err *err)
{
    TrainState st = train_state(p);
    Digest want = p->head.identity;
    Str note;
    if (!checkpoint_load(a, p->checkpoint, &st, &note, err))
        return false;
    if (note.len < sizeof p->head ||
        (memcpy(&p->head, note.ptr, sizeof p->head), !digest_eq(&p->head.identity, &want)))
        return err_set(err, ERR_CONFLICT,
                       "%s is of other options, another snapshot or other base weights; write "
                       "elsewhere or remove it",
                       p->checkpoint);
    set_phase(p, p->head.phase == PHASE_ALL ? PHASE_ALL : PHASE_HEAD);
    Str inner = {note.ptr + sizeof p->head, note.len - sizeof p->head};
    return draw_restore(p->draw, inner, err);
}

static void first_weights(Pretrain *p)
{
    MaskedParams head;
    Rng rng;
    memcpy(p->params, p->in->base->all, p->encoder_count * sizeof *p->params);
    masked_params_at(&head, p->params + p->encoder_count);
    rng_seed(&rng, (uint64_t)p->in->options.seed ^ 0x6d61736bu);
    masked_first_weights(&head, &rng);
}

static bool open_run(Arena *a, const PretrainInput *in, Pretrain *p, PretrainResult *result,
                     Err *err)
{
    p->in = in;
    p->threads = (int)in->options.threads;
    p->encoder_count = encoder_param_count();
    p->count = p->encoder_count + masked_param_count();
    p->params = arena_array(a, float, p->count);
    p->plan = plan_of(&in->options);
    p->checkpoint = str_print(a, "%s.checkpoint", in->out_path).ptr;
    p->log = str_print(a, "%s.log.jsonl", in->out_path).ptr;
    p->head.identity = identity_of(in);
    p->head.before = NAN;
    p->step_arena = arena_open(PART_ARENA);
    rng_seed(&p->rng, (uint64_t)in->options.seed + 1);
    first_weights(p);
    make_optimiser(p, a);
    for (int t = 0; t < p->threads; t++)
        p->part[t] = (Part){.run = p,
                            .arena = arena_open(PART_ARENA),
                            .grads = arena_array(a, float, p->count)};
    Rows *rows = arena_new(a, Rows);
    *rows = texts_of(a, in->rows, SPLIT_TRAIN);
    result->train_texts = rows->count;
    if (rows->count == 0)
        return err_set(err, ERR_INPUT, "the training split has no English text to read");
    weigh_sources(a, rows, &p->plan);
    return draw_open(a, rows, &p->plan, in->vocab, &p->draw, err) &&
           hold_out(p, a, &result->held_texts, err) &&
           (!file_exists(p->checkpoint) || resume(p, a, err));
}

static void close_run(Pretrain *p)
{
    arena_close(p->step_arena);
    for (int t = 0; t < p->threads; t++)
        arena_close(p->part[t].arena);
}

/* ---- a step ----------------------------------------------------------------- */

static void run_part(void *ctx)
{
    Part *part = ctx;
    const Pretrain *p = part->run;
    const Kernels *k = p->in->kernels;
    part->loss = 0;
    if (part->learns)
        memset(part->grads, 0, p->count * sizeof *part->grads);
    if (part->masked.count == 0)
        return;
    arena_reset(part->arena);
    EncoderParams enc, denc;
    MaskedParams head, dhead;
    encoder_params_at(&enc, p->params);
    encoder_params_at(&denc, part->grads);
    masked_params_at(&head, p->params + p->encoder_count);
    masked_params_at(&dhead, part->grads + p->encoder_count);
    EncoderTape *tape =
        encoder_forward_train(k, &enc, part->arena, &part->windows, 0, NULL, NULL);
    MaskedGrads g = {.params = &dhead};
    bool all = part->learns && p->head.phase == PHASE_ALL;
    if (all) {
        size_t n = (size_t)part->windows.start[part->windows.count] * ENCODER_WIDTH;
        g.embed = denc.embed;
        g.output = arena_array(part->arena, float, n);
    }
    part->loss = masked_loss(k, &head, enc.embed, part->arena, encoder_piece_output(tape),
                             &part->masked, part->scale, part->learns ? &g : NULL);
    if (all)
        encoder_backward_pieces(k, &enc, tape, g.output, &denc, part->arena);
}

/* *loss: sum over the batch's holes. */
static bool run_batch(Pretrain *p, const Batch *b, bool learns, double *loss, Err *err)
{
    for (int t = 0; t < p->threads; t++) {
        Part *part = &p->part[t];
        part->windows = b->windows[t];
        part->masked = b->masked[t];
        part->learns = learns;
        part->scale = 1.0f / (float)(b->holes ? b->holes : 1);
    }
    ThreadItems parts = {p->part, sizeof *p->part, p->threads};
    if (!thread_each("pretrain", run_part, parts, err))
        return false;
    *loss = 0;
    for (int t = 0; t < p->threads; t++)
        *loss += p->part[t].loss;
    return true;
}

typedef struct Step {
    double loss, pieces_per_s;
} Step;

static bool step(Pretrain *p, Step *out, Err *err)
{
    int64_t began = clock_mono_ns();
    Batch b;
    double sum;
    arena_reset(p->step_arena);
    if (!next_batch(p, p->draw, p->step_arena, &p->rng, &b, err) ||
        !run_batch(p, &b, true, &sum, err))
        return false;
    for (int t = 1; t < p->threads; t++) /* in order, so that the sum is always the same */
        p->in->kernels->axpy((int)p->count, 1.0f, p->part[t].grads, p->part[0].grads);
    if (!isfinite(adamw_step(p->in->kernels, p->opt, p->params, p->part[0].grads)))
        return err_set(err, ERR_CONFLICT,
                       "the gradient of step %lld is not finite; lower the rate",
                       (long long)steps_done(p) + 1);
    *out =
        (Step){.loss = sum / (double)(b.holes ? b.holes : 1),
               .pieces_per_s = (double)b.pieces / ((double)(clock_mono_ns() - began) * 1e-9)};
    return true;
}

/* ---- the run ---------------------------------------------------------------- */

static bool held_out_loss(Pretrain *p, double *out, Err *err)
{
    double sum = 0, part;
    for (int i = 0; p->held_pieces && i < HELD_BATCHES; i++, sum += part)
        if (!run_batch(p, &p->held[i], false, &part, err))
            return false;
    *out = p->held_pieces ? sum / (double)p->held_pieces : NAN;
    return true;
}

static bool log_line(const Pretrain *p, const Step *s, double held_out, Err *err)
{
    Buf b;
    buf_init(&b, JSON_MAX);
    JsWriter w = js_writer(&b);
    js_object(&w);
    js_key(&w, "step");
    js_i64(&w, steps_done(p));
    if (s) {
        js_number(&w, "loss", s->loss);
        js_number(&w, "perplexity", exp(s->loss));
        js_number(&w, "pieces_per_s", round(s->pieces_per_s));
    }
    if (!isnan(held_out))
        js_number(&w, "held_out_loss", held_out);
    js_end_object(&w);
    buf_byte(&b, '\n');
    bool ok = file_append(p->log, buf_str(&b), err);
    buf_done(&b);
    return ok;
}

static bool begin_all_measured(Pretrain *p, Err *err)
{
    if (!held_out_loss(p, &p->head.before, err) || !log_line(p, NULL, p->head.before, err))
        return false;
    begin_all(p);
    return true;
}

static bool run_steps(Pretrain *p, Err *err)
{
    const PretrainInput *in = p->in;
    while (steps_done(p) < in->options.steps) {
        Step s;
        if (p->head.phase == PHASE_HEAD && p->opt->step == head_steps(p) &&
            !begin_all_measured(p, err))
            return false;
        if (!step(p, &s, err))
            return false;
        int64_t done = steps_done(p);
        char note[96];
        snprintf(note, sizeof note, "loss %.4f  perplexity %.1f  %.0f pieces/s", s.loss,
                 exp(s.loss), s.pieces_per_s);
        progress_tick(in->progress, "steps", (uint64_t)done, (uint64_t)in->options.steps, note);
        if (done % LOG_STEPS == 0 && !log_line(p, &s, NAN, err))
            return false;
        bool stop = stop_requested() || done == in->stop_after;
        if ((stop || done % CHECKPOINT_STEPS == 0) && !save(p, err))
            return false;
        if (stop)
            return stop_err(err);
    }
    return true;
}

/* What the pack says of its making. */
static bool history_of(const PretrainInput *in, const PretrainResult *r, Buf *b, Err *err)
{
    char hex[DIGEST_HEX_SIZE];
    JsWriter w = js_writer(b);
    digest_hex(&in->data, hex);
    js_object(&w);
    js_key(&w, "snapshot");
    js_string(&w, str_of(hex));
    Digest base =
        digest_of((Str){(const char *)in->base->all, encoder_param_count() * sizeof(float)});
    digest_hex(&base, hex);
    js_key(&w, "base_weights");
    js_string(&w, str_of(hex));
    js_count(&w, "train_texts", r->train_texts);
    js_count(&w, "held_out_texts", r->held_texts);
    js_count(&w, "steps", (size_t)in->options.steps);
    js_count(&w, "batch_pieces", (size_t)in->options.batch_pieces);
    js_count(&w, "threads", (size_t)in->options.threads);
    js_count(&w, "seed", (size_t)in->options.seed);
    js_number(&w, "rate", in->options.rate);
    js_number(&w, "held_out_before", r->before);
    js_number(&w, "held_out_after", r->after);
    js_end_object(&w);
    return buf_ok(b, err);
}

static bool finish(Pretrain *p, PretrainResult *r, Err *err)
{
    const PretrainInput *in = p->in;
    EncoderParams weights;
    encoder_params_at(&weights, p->params);
    r->before = p->head.before;
    r->held_pieces = p->held_pieces;
    if (!held_out_loss(p, &r->after, err) || !log_line(p, NULL, r->after, err))
        return false;
    Buf history;
    buf_init(&history, JSON_MAX);
    bool ok =
        history_of(in, r, &history, err) &&
        base_save(&weights, in->vocab_json, buf_str(&history), in->out_path, &r->digest, err);
    buf_done(&history);
    return ok && (!file_exists(p->checkpoint) || file_remove(p->checkpoint, err));
}

bool pretrain(Arena *a, const PretrainInput *in, PretrainResult *out, Err *err)
{
    assert(in->options.steps >= PRETRAIN_STEPS_LEAST);
    Pretrain *p = arena_new(a, Pretrain);
    PretrainResult r = {0};
    /* a folder that cannot be written to is found out now, not after a hundred steps */
    bool ok = open_run(a, in, p, &r, err) && file_append(p->log, (Str){0}, err) &&
              run_steps(p, err) && finish(p, &r, err);
    close_run(p);
    if (ok)
        *out = r;
    return ok;
}
