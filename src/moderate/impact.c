#include "moderate/impact.h"

#include "base/map.h"
#include "model/binomial.h"

#include <math.h>
#include <stdlib.h>

bool action_asks_people(Action x)
{
    switch (x) {
    case ACTION_NONE:
    case ACTION_FLAG:
    case ACTION_BLOCK:
    case ACTION_COUNT:
        return false;
    case ACTION_REVIEW:
    case ACTION_HOLD:
    case ACTION_ESCALATE:
        return true;
    }
    return false;
}

void impact_decide(const Release *r, const Policy *p, const Scored *x, ImpactSide *out)
{
    Scores s = {.tier = x->tier};
    Decision d;
    double shipped[CATEGORY_COUNT];
    memcpy(s.factor, x->factor, sizeof s.factor);
    score_under(r, p, &s);
    for (int c = 0; c < CATEGORY_COUNT; c++)
        shipped[c] = release_threshold(r, (Category)c);
    decide(p, shipped, s.category, &d);
    *out = (ImpactSide){.flagged = d.flagged, .action = d.action};
    memcpy(out->category, d.category, sizeof out->category);
    memcpy(out->score, s.category, sizeof out->score);
}

static bool differs(const ImpactSide *x, const ImpactSide *y)
{
    return x->flagged != y->flagged || x->action != y->action ||
           memcmp(x->category, y->category, sizeof x->category) != 0;
}

static void count(ImpactCount *c, const Flip *f, bool flips)
{
    c->items++;
    c->flips += flips;
    c->on += f->after.flagged && !f->before.flagged;
    c->off += f->before.flagged && !f->after.flagged;
}

static ImpactGroup *group_of(Impact *out, Map *known, Str name)
{
    uint64_t *at = map_slot(known, name, out->groups);
    if (*at == out->groups)
        out->group[out->groups++].name = name;
    return &out->group[*at];
}

static void add(Impact *out, const Flip *f, bool flips)
{
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        bool was = f->before.category[c], is = f->after.category[c];
        out->category[c][0] += was && !is;
        out->category[c][1] += is && !was;
        out->holds[c][0] += was;
        out->holds[c][1] += is;
    }
    out->action[f->before.action][f->after.action]++;
    out->flagged[0] += f->before.flagged;
    out->flagged[1] += f->after.flagged;
    out->people[0] += action_asks_people(f->before.action);
    out->people[1] += action_asks_people(f->after.action);
    count(&out->all, f, flips);
}

/* The greatest score of a category that came or went: what an author wants to look at. */
static double weight_of(const Flip *f)
{
    double most = 0;
    for (int c = 0; c < CATEGORY_COUNT; c++)
        if (f->before.category[c] != f->after.category[c])
            most = fmax(most, fmax(f->before.score[c], f->after.score[c]));
    return most;
}

static int by_weight(const void *x, const void *y)
{
    const Flip *a = x, *b = y;
    int flag =
        (b->before.flagged != b->after.flagged) - (a->before.flagged != a->after.flagged);
    double u = weight_of(a), v = weight_of(b);
    if (flag)
        return flag;
    if (u > v || u < v)
        return u > v ? -1 : 1;
    return a->item < b->item ? -1 : 1;
}

void impact_measure(Arena *a, const ImpactInput *in, Impact *out)
{
    *out = (Impact){0};
    out->flip = arena_array(a, Flip, in->count);
    out->group = arena_array(a, ImpactGroup, in->count);
    Map *groups = map_new(a, 16);
    size_t flips = 0;
    for (size_t i = 0; i < in->count; i++) {
        Flip f = {.item = i};
        impact_decide(in->release, in->before, &in->scored[i], &f.before);
        impact_decide(in->release, in->after, &in->scored[i], &f.after);
        bool flip = differs(&f.before, &f.after);
        add(out, &f, flip);
        count(&out->language[in->item[i].language], &f, flip);
        if (in->item[i].group.len)
            count(&group_of(out, groups, in->item[i].group)->count, &f, flip);
        if (flip)
            out->flip[flips++] = f;
    }
    double n = (double)in->count, k = (double)flips;
    out->share = n > 0 ? k / n : 0;
    out->low = binomial_lower(k, n, .975);
    out->high = binomial_upper(k, n, .975);
    qsort(out->flip, flips, sizeof *out->flip, by_weight);
}
