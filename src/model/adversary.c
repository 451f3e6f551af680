/* adversary.c - see adversary.h.
 *
 * The classifier starts at zero: its first answer is chance, and the first gradient that
 * it sends back is none, so nothing about it is random.
 */
#include "model/adversary.h"

#include "nn/encoder.h"
#include "nn/layers.h"
#include "nn/loss.h"

#include <assert.h>
#include <math.h>

Str adversary_domain(Str source)
{
    Str read = STR("read-"), name;
    if (str_starts(source, read))
        source = (Str){source.ptr + read.len, source.len - read.len};
    return str_cut(&source, '-', &name) ? name : source;
}

bool adversary_init(Arena *a, const Rows *rows, const Plan *plan, const Draw *draw,
                    Adversary *out, Err *err)
{
    *out = (Adversary){.rows = rows};
    if (plan->adversary <= 0)
        return true;
    Map *number = map_new(a, DOMAINS_MAX);
    Str source;
    size_t ignored;
    double share;
    for (size_t i = 0; draw_source(draw, i, &source, &ignored, &share, &ignored); i++) {
        size_t next = map_count(number);
        map_slot(number, adversary_domain(source), next < DOMAINS_MAX ? next : DOMAINS_MAX - 1);
    }
    size_t names = map_count(number);
    if (names < 2)
        return err_set(err, ERR_INPUT,
                       "'adversary' needs texts of two domains at least, and all sources that "
                       "are drawn from are of one");
    out->number = number;
    out->domains = names < DOMAINS_MAX ? (int)names : DOMAINS_MAX;
    return true;
}

size_t adversary_param_count(const Adversary *v)
{
    return (ENCODER_WIDTH + 1) * (size_t)v->domains;
}

int adversary_domain_of(const Adversary *v, uint32_t row)
{
    uint64_t n = 0;
    bool known = map_get(v->number, adversary_domain(v->rows->row[row].source), &n);
    assert(known); /* what is drawn is of a source that is drawn from */
    return (int)n;
}

double adversary_strength(const Plan *plan, int64_t steps_done)
{
    double p = (double)steps_done / (double)plan->steps;
    return plan->adversary * (2 / (1 + exp(-10 * p)) - 1);
}

static Linear classifier(const Adversary *v, float *all)
{
    return (Linear){all, all + (size_t)ENCODER_WIDTH * (size_t)v->domains, ENCODER_WIDTH,
                    v->domains};
}

/* mean[ENCODER_WIDTH] of a text's windows. */
static void mean_vector(const Kernels *k, const DrawText *x, const float *pooled, float *mean)
{
    memset(mean, 0, ENCODER_WIDTH * sizeof *mean);
    for (int w = x->first; w < x->first + x->count; w++)
        k->axpy(ENCODER_WIDTH, 1 / (float)x->count, pooled + (size_t)w * ENCODER_WIDTH, mean);
}

static int greatest(const float *x, int n)
{
    int best = 0;
    for (int i = 1; i < n; i++)
        if (x[i] > x[best])
            best = i;
    return best;
}

AdversarySum adversary_pass(const Adversary *v, Arena *a, const DrawPart *part,
                            const AdversaryPass *p)
{
    ArenaMark mark = arena_mark(a);
    size_t cap = (size_t)part->count + 1, D = (size_t)v->domains;
    const Kernels *k = p->kernels;
    const DrawText **text = arena_array(a, const DrawText *, cap);
    float *mean = arena_array(a, float, cap *ENCODER_WIDTH);
    float *dmean = arena_array(a, float, cap *ENCODER_WIDTH);
    float *logit = arena_array(a, float, cap *D), *dlogit = arena_array(a, float, cap *D);
    AdversarySum sum = {0};
    for (int t = 0; t < part->count; t++) {
        if (part->text[t].joined || part->text[t].twin)
            continue;
        text[sum.texts] = &part->text[t];
        mean_vector(k, &part->text[t], p->pooled, mean + (size_t)sum.texts++ * ENCODER_WIDTH);
    }
    Linear l = classifier(v, (float *)p->params), grad = classifier(v, p->grads);
    linear_forward(k, &l, logit, mean, sum.texts);
    for (size_t t = 0; t < (size_t)sum.texts; t++) {
        int domain = adversary_domain_of(v, text[t]->row);
        sum.loss +=
            softmax_loss(logit + t * D, v->domains, domain, (float)p->scale, dlogit + t * D);
        sum.right += greatest(logit + t * D, v->domains) == domain;
    }
    linear_backward(k, &l, &grad, mean, dlogit, sum.texts);
    linear_backward_input(k, &l, dlogit, sum.texts, 0, dmean);
    for (int t = 0; t < sum.texts; t++) {
        const DrawText *x = text[t];
        float turned = (float)-p->strength / (float)x->count;
        for (int w = x->first; w < x->first + x->count; w++)
            k->axpy(ENCODER_WIDTH, turned, dmean + (size_t)t * ENCODER_WIDTH,
                    p->dpooled + (size_t)w * ENCODER_WIDTH);
    }
    arena_rewind(a, mark);
    return sum;
}
