/* fit.c - encoder, network and, where the plan asks for it, the adversary stand in one
 * block, in this order, so that one optimiser and one checkpoint serve all.
 *
 * The loss is a sum over the known factors of each text, weighted by the row's
 * confidence, over the number of texts: a text of which much is known teaches more than
 * one of which little is.
 *
 * A text and its twin (model/draw.h) add plan->identity_pairing times the mean over all
 * factors, known or not, of the distance between their two logits (pair_loss), which pulls
 * both.  Dropout gives each a mask of its own; so what is pulled together is also what two
 * masks make of one text, as in R-Drop (Liang et al. 2021).
 *
 * The average of the weights (EMA) starts at the base weights, which are far from the
 * goal; its decay therefore warms up as (1 + step) / (10 + step), see average_decay.
 */
#include "model/fit.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/thread.h"
#include "model/adversary.h"
#include "nn/checkpoint.h"
#include "nn/layers.h"
#include "nn/loss.h"
#include "nn/pool.h"

#include <assert.h>
#include <math.h>

enum { THREADS_MAX = THREAD_EACH_MAX };
#define STEP_ARENA      ((size_t)16 << 30) /* address space a thread; pages come when touched */
#define HEAD_START      0.02               /* deviation of the heads' first weights */
#define BIAS_START      (-2.0f)            /* a factor is rare before anything is known */
#define POOL_START      1.8545865f         /* softplus gives a sharpness of 2 */
#define POOL_RATE       1e-2f
#define FLOPS_PER_PIECE 28e6 /* of forward and backward: 6 for each of 4.65 million weights */

typedef struct Part {
    Fit *fit;
    Arena *arena;
    float *grads; /* whole block */
    DrawPart drawn;
    Rng *rng;
    double scale, loss, known, apart; /* apart: sum over pairs of mean distances */
    AdversarySum domain;
} Part;

struct Fit {
    FitInput in;
    Arena *step_arena;
    Draw *draw;
    Adversary adversary;
    float *params;
    size_t encoder_count, adversary_from, count;
    Adamw *opt;
    Rng rng[THREADS_MAX];
    Part part[THREADS_MAX];
    int threads;
    Digest identity; /* of plan, seed, snapshot and base: what a checkpoint must agree on */
};

static AdamwSpan span_of(const Fit *f, const char *name, size_t from, int rows, int cols)
{
    const Plan *plan = f->in.plan;
    AdamwSpan s = {.from = from, .count = (size_t)rows * (size_t)cols};
    bool network = from >= f->encoder_count;
    bool frozen = strcmp(name, "freq") == 0 || strncmp(name, "top_", 4) == 0;
    if (frozen)
        return s;
    s.rate = (float)(network ? plan->head_rate : plan->encoder_rate);
    if (strncmp(name, "l0_", 3) == 0)
        s.rate *= (float)plan->layer_decay;
    s.decay = rows > 1 ? (float)plan->weight_decay : 0.0f;
    if (strcmp(name, "embed") == 0) {
        s.rate = (float)plan->embedding_rate;
        s.decay = 0;
    } else if (strcmp(name, "pool_s") == 0) {
        s.rate = POOL_RATE;
    }
    return s;
}

static void make_optimiser(Fit *f, Arena *a)
{
    const Plan *plan = f->in.plan;
    AdamwSpan span[64];
    int n = 0;
    assert(encoder_param_info_count + network_param_info_count + 2 <= 64);
    for (int i = 0; i < encoder_param_info_count; i++) {
        const EncoderParamInfo *p = &encoder_param_info[i];
        span[n++] = span_of(f, p->name, p->offset, p->rows, p->cols);
    }
    for (int i = 0; i < network_param_info_count; i++) {
        const NetworkParamInfo *p = &network_param_info[i];
        span[n++] = span_of(f, p->name, f->encoder_count + p->offset, p->rows, p->cols);
    }
    if (f->adversary.domains > 0) {
        size_t from = f->adversary_from, bias = f->count - (size_t)f->adversary.domains;
        span[n++] = span_of(f, "domain_w", from, ENCODER_WIDTH, f->adversary.domains);
        span[n++] = span_of(f, "domain_b", bias, 1, f->adversary.domains);
    }
    AdamwConfig c = adamw_defaults(1.0f); /* the spans hold whole rates */
    c.beta2 = (float)plan->beta2;
    c.clip_norm = (float)plan->clip;
    c.ema = (float)plan->ema;
    c.fall = ADAMW_FALL_COSINE;
    c.last_rate = 0.03f;
    c.total_steps = plan->steps;
    c.warmup_steps = (int64_t)(plan->warmup * (double)plan->steps);
    f->opt = adamw_new(a, &c, span, n, f->params, f->count);
}

static void first_weights(Fit *f)
{
    memcpy(f->params, f->in.base->all, f->encoder_count * sizeof *f->params);
    NetworkParams net;
    network_params_at(&net, f->params + f->encoder_count);
    Rng r;
    rng_seed(&r, (uint64_t)f->in.plan->seed ^ 0x68656164u);
    for (size_t i = 0; i < (size_t)ENCODER_WIDTH * FACTOR_COUNT; i++)
        net.head_w[i] = (float)(HEAD_START * rng_normal(&r));
    for (int i = 0; i < FACTOR_COUNT; i++) {
        net.head_b[i] = BIAS_START;
        net.pool_s[i] = POOL_START;
    }
}

static Digest identity_of(const FitInput *in)
{
    DigestState st;
    digest_init(&st);
    digest_add(&st, in->plan->text);
    digest_add(&st, (Str){(const char *)&in->plan->seed, sizeof in->plan->seed});
    digest_add(&st, (Str){(const char *)in->data.byte, sizeof in->data.byte});
    digest_add(&st, (Str){(const char *)in->base->all, encoder_param_count() * sizeof(float)});
    return digest_end(&st);
}

static TrainState train_state(Fit *f)
{
    return (TrainState){
        .params = f->params, .opt = f->opt, .rng = f->rng, .rng_count = f->threads};
}

static bool resume(Fit *f, Arena *a, Err *err)
{
    TrainState st = train_state(f);
    Str note;
    Digest want = f->identity;
    if (!checkpoint_load(a, f->in.checkpoint, &st, &note, err))
        return err->code == ERR_CONFLICT
                   ? err_wrap(err, "%s does not fit this plan", f->in.checkpoint)
                   : false;
    if (note.len < sizeof want.byte || memcmp(note.ptr, want.byte, sizeof want.byte) != 0)
        return err_set(err, ERR_CONFLICT,
                       "%s is of another plan, snapshot or base; train into another folder or "
                       "remove it",
                       f->in.checkpoint);
    note = (Str){note.ptr + sizeof want.byte, note.len - sizeof want.byte};
    return draw_restore(f->draw, note, err);
}

bool fit_open(Arena *a, const FitInput *in, Fit **out, Err *err)
{
    Fit *f = arena_new(a, Fit);
    if (!draw_open(a, in->rows, in->plan, in->vocab, &f->draw, err) ||
        !adversary_init(a, in->rows, in->plan, f->draw, &f->adversary, err))
        return false;
    f->in = *in;
    f->identity = identity_of(in);
    f->threads = (int)in->plan->threads;
    f->encoder_count = encoder_param_count();
    f->adversary_from = f->encoder_count + network_param_count();
    f->count = f->adversary_from + adversary_param_count(&f->adversary);
    f->step_arena = arena_open(STEP_ARENA);
    f->params = arena_array(a, float, f->count);
    first_weights(f);
    make_optimiser(f, a);
    for (int t = 0; t < f->threads; t++) {
        rng_seed(&f->rng[t], (uint64_t)in->plan->seed + 1000u + (uint64_t)t);
        f->part[t] = (Part){.fit = f,
                            .arena = arena_open(STEP_ARENA),
                            .grads = arena_array(a, float, f->count),
                            .rng = &f->rng[t]};
    }
    bool ok = !file_exists(in->checkpoint) || resume(f, a, err);
    if (ok)
        *out = f;
    else
        fit_close(f);
    return ok;
}

int64_t fit_steps_done(const Fit *f) { return f->opt->step; }
const Draw *fit_draw(const Fit *f) { return f->draw; }

/* pooled[texts, FACTOR_COUNT] and the slope of the loss there. */
static void label_loss(Part *p, const float *pooled, float *grad)
{
    for (int t = 0; t < p->drawn.count; t++) {
        const DrawText *x = &p->drawn.text[t];
        size_t at = (size_t)t * FACTOR_COUNT;
        float weight[FACTOR_COUNT];
        for (int i = 0; i < FACTOR_COUNT; i++)
            weight[i] = x->weight;
        LossSum s =
            bce_loss(pooled + at, x->target, weight, FACTOR_COUNT, (float)p->scale, grad + at);
        p->loss += s.loss;
        p->known += s.weight;
    }
}

static void twin_loss(Part *p, const float *pooled, float *grad)
{
    double scale = p->fit->in.plan->identity_pairing * p->scale / FACTOR_COUNT;
    for (int t = 1; t < p->drawn.count; t++) {
        size_t at = (size_t)t * FACTOR_COUNT, before = at - FACTOR_COUNT;
        if (p->drawn.text[t].twin)
            p->apart += pair_loss(pooled + before, pooled + at, FACTOR_COUNT, (float)scale,
                                  grad + before, grad + at) /
                        FACTOR_COUNT;
    }
}

static void text_loss(Part *p, const NetworkParams *net, const float *z, float *dz,
                      float *dpool)
{
    size_t n = (size_t)p->drawn.count * FACTOR_COUNT;
    float *pooled = arena_array(p->arena, float, n), *grad = arena_array(p->arena, float, n);
    for (int t = 0; t < p->drawn.count; t++) {
        const DrawText *x = &p->drawn.text[t];
        pool_forward(z + (size_t)x->first * FACTOR_COUNT, net->pool_s, x->count, FACTOR_COUNT,
                     pooled + (size_t)t * FACTOR_COUNT);
    }
    label_loss(p, pooled, grad);
    twin_loss(p, pooled, grad);
    for (int t = 0; t < p->drawn.count; t++) {
        const DrawText *x = &p->drawn.text[t];
        size_t first = (size_t)x->first * FACTOR_COUNT;
        pool_backward(z + first, net->pool_s, grad + (size_t)t * FACTOR_COUNT, x->count,
                      FACTOR_COUNT, dz + first, dpool);
    }
}

static void deceive(Part *p, const float *pooled, float *dpooled)
{
    const Fit *f = p->fit;
    AdversaryPass pass = {.kernels = f->in.kernels,
                          .params = f->params + f->adversary_from,
                          .pooled = pooled,
                          .scale = p->scale,
                          .strength = adversary_strength(f->in.plan, f->opt->step),
                          .grads = p->grads + f->adversary_from,
                          .dpooled = dpooled};
    if (f->adversary.domains > 0)
        p->domain = adversary_pass(&f->adversary, p->arena, &p->drawn, &pass);
}

static void run_part(void *ctx)
{
    Part *p = ctx;
    Fit *f = p->fit;
    const Kernels *k = f->in.kernels;
    const WindowBatch *b = &p->drawn.windows;
    memset(p->grads, 0, f->count * sizeof *p->grads);
    p->loss = p->known = p->apart = 0;
    p->domain = (AdversarySum){0};
    if (b->count == 0)
        return;
    arena_reset(p->arena);
    EncoderParams enc, denc;
    NetworkParams net, dnet;
    encoder_params_at(&enc, f->params);
    encoder_params_at(&denc, p->grads);
    network_params_at(&net, f->params + f->encoder_count);
    network_params_at(&dnet, p->grads + f->encoder_count);

    size_t W = (size_t)b->count, width = W * ENCODER_WIDTH, factors = W * FACTOR_COUNT;
    float *pooled = arena_array(p->arena, float, width);
    float *dpooled = arena_array(p->arena, float, width);
    uint8_t *keep = arena_array(p->arena, uint8_t, width);
    float *z = arena_array(p->arena, float, factors),
          *dz = arena_array(p->arena, float, factors);
    EncoderTape *tape =
        encoder_forward_train(k, &enc, p->arena, b, (float)f->in.plan->dropout, p->rng, pooled);
    float drop = (float)f->in.plan->head_dropout;
    dropout_forward(pooled, keep, width, drop, p->rng);
    network_windows(k, &net, pooled, b->count, z);
    text_loss(p, &net, z, dz, dnet.pool_s);

    Linear head = {net.head_w, net.head_b, ENCODER_WIDTH, FACTOR_COUNT};
    Linear dhead = {dnet.head_w, dnet.head_b, ENCODER_WIDTH, FACTOR_COUNT};
    linear_backward(k, &head, &dhead, pooled, dz, b->count);
    linear_backward_input(k, &head, dz, b->count, 0, dpooled);
    deceive(p, pooled, dpooled);
    dropout_backward(dpooled, keep, width, drop);
    encoder_backward(k, &enc, tape, dpooled, &denc, p->arena);
}

/* In the order of the threads, so that the sum is the same every time. */
static void add_gradients(Fit *f)
{
    for (int t = 1; t < f->threads; t++)
        f->in.kernels->axpy((int)f->count, 1.0f, f->part[t].grads, f->part[0].grads);
}

/* The average of few steps must not be of the first weights mostly. */
static float average_decay(const Fit *f)
{
    double n = (double)f->opt->step, d = (1 + n) / (10 + n);
    return (float)(d < f->in.plan->ema ? d : f->in.plan->ema);
}

bool fit_step(Fit *f, FitStep *out, Err *err)
{
    int64_t began = clock_mono_ns();
    DrawPart drawn[THREADS_MAX];
    arena_reset(f->step_arena);
    if (!draw_next(f->draw, f->step_arena, drawn, err))
        return false;
    int texts = 0, pieces = 0, twins = 0;
    for (int t = 0; t < f->threads; t++) {
        f->part[t].drawn = drawn[t];
        texts += drawn[t].count - drawn[t].twins;
        twins += drawn[t].twins;
        pieces += drawn[t].windows.start[drawn[t].windows.count];
    }
    for (int t = 0; t < f->threads; t++)
        f->part[t].scale = 1.0 / (texts ? texts : 1);
    ThreadItems parts = {f->part, sizeof *f->part, f->threads};
    if (!thread_each("fit", run_part, parts, err))
        return false;
    add_gradients(f);
    f->opt->config.ema = f->opt->ema ? average_decay(f) : 0.0f;
    double norm = adamw_step(f->in.kernels, f->opt, f->params, f->part[0].grads);
    if (!isfinite(norm))
        return err_set(err, ERR_CONFLICT,
                       "the gradient of step %lld is not finite; lower the learning rates",
                       (long long)f->opt->step + 1);
    double loss = 0, known = 0, apart = 0, right = 0, told = 0,
           s = (double)(clock_mono_ns() - began) * 1e-9;
    for (int t = 0; t < f->threads; t++) {
        loss += f->part[t].loss;
        known += f->part[t].known;
        apart += f->part[t].apart;
        right += f->part[t].domain.right;
        told += f->part[t].domain.texts;
    }
    *out = (FitStep){.step = f->opt->step,
                     .loss = known > 0 ? loss / known : 0,
                     .pair_loss = twins ? apart / twins : NAN,
                     .grad_norm = norm,
                     .rows = texts,
                     .rows_per_s = texts / s,
                     .pieces_per_s = pieces / s,
                     .gflops = pieces * FLOPS_PER_PIECE / s * 1e-9,
                     .domain_accuracy = told > 0 ? right / told : NAN};
    return true;
}

bool fit_checkpoint(Fit *f, Err *err)
{
    arena_reset(f->step_arena);
    TrainState st = train_state(f);
    Digest id = f->identity;
    Str inner = draw_state(f->draw, f->step_arena);
    char *note = arena_array(f->step_arena, char, sizeof id.byte + inner.len);
    memcpy(note, id.byte, sizeof id.byte);
    memcpy(note + sizeof id.byte, inner.ptr, inner.len);
    return checkpoint_save(f->in.checkpoint, &st, (Str){note, sizeof id.byte + inner.len}, err);
}

float *fit_weights(Fit *f) { return f->opt->ema ? f->opt->ema : f->params; }

void fit_close(Fit *f)
{
    if (!f)
        return;
    arena_close(f->step_arena);
    for (int t = 0; t < f->threads; t++)
        arena_close(f->part[t].arena);
}
