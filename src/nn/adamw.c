/* adamw.c - see adamw.h.
 *
 * A gradient that is not finite (one overflowing product is enough) would poison moments
 * and weights for good, so such a step is skipped whole; the caller sees the norm and
 * may count.
 */
#include "nn/adamw.h"

#include <assert.h>
#include <math.h>
#include <string.h>

AdamwConfig adamw_defaults(float rate)
{
    return (AdamwConfig){.rate = rate,
                         .beta1 = 0.9f,
                         .beta2 = 0.999f,
                         .epsilon = 1e-8f,
                         .clip_norm = 1,
                         .fall = ADAMW_FALL_NONE};
}

Adamw *adamw_new(Arena *a, const AdamwConfig *config, const AdamwSpan *span, int span_count,
                 const float *params, size_t count)
{
    Adamw *o = arena_new(a, Adamw);
    AdamwSpan *own = arena_array(a, AdamwSpan, (size_t)span_count);
    for (int i = 0; i < span_count; i++) {
        own[i] = span[i];
        assert(span[i].from <= count && span[i].count <= count - span[i].from);
        assert(span[i].row == 0 || span[i].count % (size_t)span[i].row == 0);
    }
    *o = (Adamw){.config = *config,
                 .span = own,
                 .span_count = span_count,
                 .count = count,
                 .m = arena_array(a, float, count),
                 .v = arena_array(a, float, count)};
    if (config->ema > 0) {
        o->ema = arena_array(a, float, count);
        memcpy(o->ema, params, count * sizeof *params);
    }
    return o;
}

float adamw_rate(const AdamwConfig *c, int64_t step)
{
    if (step <= c->warmup_steps)
        return c->rate * (float)step / (float)c->warmup_steps;
    if (c->fall == ADAMW_FALL_NONE)
        return c->rate;
    double way = 1; /* from the top of the warm-up, 0, to the last step, 1 */
    if (step < c->total_steps)
        way = (double)(step - c->warmup_steps) / (double)(c->total_steps - c->warmup_steps);
    double left = c->fall == ADAMW_FALL_LINEAR ? 1 - way : (1 + cos(M_PI * way)) / 2;
    return c->rate * (float)(c->last_rate + (1 - (double)c->last_rate) * left);
}

/* Blocks in float, their sum in double: the order is fixed whatever the threads. */
static double square_sum(const Kernels *k, const float *x, size_t n)
{
    enum { BLOCK = 4096 };
    double sum = 0;
    for (size_t i = 0; i < n; i += BLOCK) {
        int part = n - i < BLOCK ? (int)(n - i) : BLOCK;
        sum += (double)k->dot(x + i, x + i, part);
    }
    return sum;
}

AdamwPlan adamw_plan(const Kernels *k, const Adamw *o, const float *grads)
{
    const AdamwConfig *c = &o->config;
    int64_t step = o->step + 1;
    double sum = 0;
    for (int i = 0; i < o->span_count; i++)
        if (o->span[i].rate > 0)
            sum += square_sum(k, grads + o->span[i].from, o->span[i].count);
    double norm = sqrt(sum);
    AdamwPlan p = {.grad_norm = norm, .rate = adamw_rate(c, step)};
    /* young averages follow quickly, or the start weights would stay in them too long */
    p.ema = fminf(c->ema, (float)((1 + (double)step) / (10 + (double)step)));
    p.scalars = (AdamwScalars){
        .grad_scale =
            c->clip_norm > 0 && norm > (double)c->clip_norm ? (float)(c->clip_norm / norm) : 1,
        .beta1 = c->beta1,
        .beta2 = c->beta2,
        .step_size = (float)(1 / (1 - pow(c->beta1, (double)step))),
        .root_scale = (float)(1 / sqrt(1 - pow(c->beta2, (double)step))),
        .epsilon = c->epsilon,
    };
    return p;
}

static bool any(const float *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (x[i] != 0)
            return true;
    return false;
}

/* Up to where a row of the span begins, so that a row moves whole, in one range. */
static size_t row_start(const AdamwSpan *span, size_t at)
{
    if (span->row == 0)
        return at;
    size_t row = (size_t)span->row;
    return span->from + (at - span->from + row - 1) / row * row;
}

static void move(const Kernels *k, Adamw *o, const AdamwScalars *s, const AdamwSpan *span,
                 float *params, const float *grads, size_t from, size_t to)
{
    size_t step = span->row ? (size_t)span->row : to - from;
    for (size_t at = from; at < to; at += step)
        if (span->row == 0 || any(grads + at, step))
            k->adamw(params + at, o->m + at, o->v + at, grads + at, step, s);
}

void adamw_apply(const Kernels *k, Adamw *o, const AdamwPlan *plan, float *params,
                 const float *grads, size_t from, size_t to)
{
    if (!isfinite(plan->grad_norm))
        return;
    for (int i = 0; i < o->span_count; i++) {
        const AdamwSpan *span = &o->span[i];
        size_t end = span->from + span->count;
        size_t lo = span->from > from ? span->from : from, hi = end < to ? end : to;
        if (lo >= hi || span->rate <= 0)
            continue;
        lo = row_start(span, lo);
        hi = row_start(span, hi);
        AdamwScalars s = plan->scalars;
        float rate = plan->rate * span->rate;
        s.step_size *= rate;
        s.keep = 1 - rate * span->decay;
        move(k, o, &s, span, params, grads, lo, hi);
        if (o->ema)
            k->lerp(hi - lo, 1 - plan->ema, params + lo, o->ema + lo);
    }
}

void adamw_done(Adamw *o, const AdamwPlan *plan)
{
    if (isfinite(plan->grad_norm))
        o->step++;
}

double adamw_step(const Kernels *k, Adamw *o, float *params, const float *grads)
{
    AdamwPlan plan = adamw_plan(k, o, grads);
    adamw_apply(k, o, &plan, params, grads, 0, o->count);
    adamw_done(o, &plan);
    return plan.grad_norm;
}
