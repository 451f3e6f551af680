/* fairness.c - one sort a category, then every area is a walk over the part it is about.
 *
 * A bootstrap resample draws templates: it is how often each template counts, so the order
 * of the sentences is never computed again.
 */
#include "model/fairness.h"

#include "base/rng.h"

#include <math.h>
#include <stdlib.h>

/* A sentence with a known label. */
typedef struct Item {
    double score;
    int template, group;
    bool positive;
} Item;

typedef struct Items {
    const Item *item; /* highest score first */
    size_t count;
} Items;

typedef enum Part { PART_ALL, PART_SUBGROUP, PART_BPSN, PART_BNSP } Part;

static int compare_items(const void *x, const void *y)
{
    const Item *p = x, *q = y;
    if (p->score != q->score)
        return p->score < q->score ? 1 : -1;
    if (p->template != q->template)
        return p->template <q->template ? -1 : 1;
    return (p->group > q->group) - (p->group < q->group);
}

static bool takes_part(const Item *x, Part part, int group)
{
    bool own = x->group == group;
    switch (part) {
    case PART_ALL:
        return true;
    case PART_SUBGROUP:
        return own;
    case PART_BPSN:
        return own != x->positive;
    case PART_BNSP:
        return own == x->positive;
    }
    return false;
}

/* Mann-Whitney, ties a half; times[template]: how often each counts, NULL: once. */
static double area(const Items *x, Part part, int group, const uint32_t *times)
{
    double hit = 0, miss = 0, step_hit = 0, step_miss = 0, sum = 0;
    for (size_t i = 0; i < x->count; i++) {
        const Item *item = &x->item[i];
        if (takes_part(item, part, group))
            *(item->positive ? &step_hit : &step_miss) += times ? times[item->template] : 1;
        if (i + 1 < x->count && x->item[i + 1].score == item->score)
            continue;
        sum += step_miss * (hit + step_hit / 2);
        hit += step_hit;
        miss += step_miss;
        step_hit = step_miss = 0;
    }
    return hit > 0 && miss > 0 ? sum / (hit * miss) : NAN;
}

static double generalised_mean(const Items *x, Part part, int groups, const uint32_t *times)
{
    double sum = 0;
    int n = 0;
    for (int g = 0; g < groups; g++) {
        double v = area(x, part, g, times);
        if (isnan(v))
            continue;
        sum += pow(v, FAIRNESS_POWER);
        n++;
    }
    return n ? pow(sum / n, 1 / FAIRNESS_POWER) : NAN;
}

static double bias_of(const Items *x, int groups, const uint32_t *times)
{
    return (area(x, PART_ALL, 0, times) + generalised_mean(x, PART_SUBGROUP, groups, times) +
            generalised_mean(x, PART_BPSN, groups, times) +
            generalised_mean(x, PART_BNSP, groups, times)) /
           4;
}

/* ---- intervals ----------------------------------------------------------------------- */

static int compare_doubles(const void *x, const void *y)
{
    double p = *(const double *)x, q = *(const double *)y;
    return (p > q) - (p < q);
}

typedef double (*Statistic)(const void *ctx, const uint32_t *times);

/* 95 % of METRIC_RESAMPLES resamples of the templates. */
static Interval interval(Arena *a, int templates, uint64_t seed, Statistic f, const void *ctx)
{
    ArenaMark mark = arena_mark(a);
    uint32_t *times = arena_array(a, uint32_t, (size_t)templates);
    double *value = arena_array(a, double, METRIC_RESAMPLES);
    size_t n = 0;
    Interval out = {NAN, NAN};
    Rng rng;
    rng_seed(&rng, seed);
    for (int s = 0; s < METRIC_RESAMPLES; s++) {
        memset(times, 0, (size_t)templates * sizeof *times);
        for (int t = 0; t < templates; t++)
            times[rng_below(&rng, (uint64_t)templates)]++;
        double v = f(ctx, times);
        if (!isnan(v))
            value[n++] = v;
    }
    if (n >= METRIC_RESAMPLES / 2) {
        qsort(value, n, sizeof *value, compare_doubles);
        out = (Interval){value[(size_t)(.025 * (double)(n - 1) + .5)],
                         value[(size_t)(.975 * (double)(n - 1) + .5)]};
    }
    arena_rewind(a, mark);
    return out;
}

typedef struct BiasInput {
    Items items;
    int groups;
} BiasInput;

static double bias_statistic(const void *ctx, const uint32_t *times)
{
    const BiasInput *in = ctx;
    return bias_of(&in->items, in->groups, times);
}

/* ---- swaps --------------------------------------------------------------------------- */

/* Pairs and flips, by template and by pair of groups. */
typedef struct Tally {
    int templates, groups;
    size_t *pairs, *flips;             /* [templates] */
    size_t *group_pairs, *group_flips; /* [groups, groups], first below second */
} Tally;

static double flip_statistic(const void *ctx, const uint32_t *times)
{
    const Tally *t = ctx;
    double pairs = 0, flips = 0;
    for (int i = 0; i < t->templates; i++) {
        pairs += times[i] * (double)t->pairs[i];
        flips += times[i] * (double)t->flips[i];
    }
    return pairs > 0 ? flips / pairs : NAN;
}

/* Rows of one template lie together, and a group comes once in it. */
static void tally(const Identities *set, const bool *flagged, Tally *t)
{
    for (size_t i = 0; i < set->rows.count; i++) {
        IdentityText x = set->text[i];
        for (size_t j = i + 1; j < set->rows.count && set->text[j].template == x.template;
             j++) {
            size_t cell = (size_t)x.group * (size_t)t->groups + (size_t)set->text[j].group;
            bool flips = flagged[i] != flagged[j];
            t->pairs[x.template]++;
            t->flips[x.template] += flips;
            t->group_pairs[cell]++;
            t->group_flips[cell] += flips;
        }
    }
}

static void find_worst(const Tally *t, Swaps *out)
{
    double worst = 0;
    out->worst_one = out->worst_two = -1;
    for (int g = 0; g < t->groups; g++) {
        for (int h = g + 1; h < t->groups; h++) {
            size_t cell = (size_t)g * (size_t)t->groups + (size_t)h;
            size_t pairs = t->group_pairs[cell], flips = t->group_flips[cell];
            double rate = flips ? (double)flips / (double)pairs : 0;
            if (rate < worst || (rate == worst && flips <= out->worst_flips))
                continue;
            worst = rate;
            out->worst_one = g, out->worst_two = h;
            out->worst_pairs = pairs, out->worst_flips = flips;
        }
    }
}

static void measure_swaps(Arena *a, const Identities *set, const bool *flagged, uint64_t seed,
                          Swaps *out)
{
    ArenaMark mark = arena_mark(a);
    size_t T = (size_t)set->template_count, G = (size_t)set->group_count;
    Tally t = {.templates = set->template_count,
               .groups = set->group_count,
               .pairs = arena_array(a, size_t, T),
               .flips = arena_array(a, size_t, T),
               .group_pairs = arena_array(a, size_t, G * G),
               .group_flips = arena_array(a, size_t, G * G)};
    tally(set, flagged, &t);
    *out = (Swaps){0};
    for (size_t i = 0; i < T; i++) {
        out->pairs += t.pairs[i];
        out->flips += t.flips[i];
        out->templates += t.pairs[i] > 0;
        out->mixed += t.flips[i] > 0;
    }
    out->rate = out->pairs ? (double)out->flips / (double)out->pairs : NAN;
    out->interval = interval(a, set->template_count, seed, flip_statistic, &t);
    find_worst(&t, out);
    arena_rewind(a, mark);
}

/* ---- one category -------------------------------------------------------------------- */

typedef struct Column {
    const Identities *set;
    const double *score; /* [rows] */
    Category category;
} Column;

static float label_of(const Column *x, size_t row)
{
    return x->set->rows.row[row].labels.category[x->category];
}

static Items items_new(Arena *a, const Column *x)
{
    Item *item = arena_array(a, Item, x->set->rows.count);
    size_t n = 0;
    for (size_t i = 0; i < x->set->rows.count; i++) {
        float label = label_of(x, i);
        if (label_known(label))
            item[n++] = (Item){x->score[i], x->set->text[i].template, x->set->text[i].group,
                               label >= .5f};
    }
    if (n)
        qsort(item, n, sizeof *item, compare_items);
    return (Items){item, n};
}

static void count_groups(const Items *x, double threshold, FairnessCategory *out,
                         FairnessGroup *group)
{
    for (size_t i = 0; i < x->count; i++) {
        const Item *item = &x->item[i];
        bool flagged = item->score >= threshold;
        *(item->positive ? &out->positives : &out->negatives) += 1;
        if (item->group < 0)
            continue;
        FairnessGroup *g = &group[item->group];
        *(item->positive ? &g->positives : &g->negatives) += 1;
        *(item->positive ? &g->positives_flagged : &g->negatives_flagged) += flagged;
    }
}

/* A template's rows are [from, to). */
static size_t template_end(const Identities *set, size_t from)
{
    size_t to = from;
    while (to < set->rows.count && set->text[to].template == set->text[from].template)
        to++;
    return to;
}

static void measure_gaps(const Column *x, int groups, FairnessCategory *out,
                         FairnessGroup *group)
{
    size_t templates = 0;
    for (size_t from = 0, to; from < x->set->rows.count; from = to) {
        to = template_end(x->set, from);
        double sum = 0, least = INFINITY, most = -INFINITY;
        for (size_t i = from; i < to; i++) {
            sum += x->score[i];
            least = fmin(least, x->score[i]);
            most = fmax(most, x->score[i]);
        }
        float label = label_of(x, from); /* the same in all of them */
        if (to - from < 2 || !label_known(label))
            continue;
        templates++;
        out->spread += most - least;
        for (size_t i = from; i < to; i++) {
            FairnessGroup *g = &group[x->set->text[i].group];
            *(label >= .5f ? &g->gap_positive : &g->gap_negative) +=
                x->score[i] - sum / (double)(to - from);
        }
    }
    out->spread = templates ? out->spread / (double)templates : NAN;
    for (int g = 0; g < groups; g++) {
        group[g].gap_positive /= (double)group[g].positives; /* 0 / 0: NaN */
        group[g].gap_negative /= (double)group[g].negatives;
    }
}

static void measure_category(Arena *a, const Column *x, double threshold, uint64_t seed,
                             FairnessCategory *out)
{
    int groups = x->set->group_count;
    FairnessGroup *group = arena_array(a, FairnessGroup, (size_t)groups);
    ArenaMark mark = arena_mark(a);
    BiasInput in = {items_new(a, x), groups};
    *out = (FairnessCategory){.threshold = threshold, .group = group};
    count_groups(&in.items, threshold, out, group);
    measure_gaps(x, groups, out, group);
    for (int g = 0; g < groups; g++) {
        group[g].subgroup = area(&in.items, PART_SUBGROUP, g, NULL);
        group[g].bpsn = area(&in.items, PART_BPSN, g, NULL);
        group[g].bnsp = area(&in.items, PART_BNSP, g, NULL);
    }
    out->measured = out->positives && out->negatives;
    out->overall = area(&in.items, PART_ALL, 0, NULL);
    out->subgroup = generalised_mean(&in.items, PART_SUBGROUP, groups, NULL);
    out->bpsn = generalised_mean(&in.items, PART_BPSN, groups, NULL);
    out->bnsp = generalised_mean(&in.items, PART_BNSP, groups, NULL);
    out->bias = bias_of(&in.items, groups, NULL);
    out->bias_interval = (Interval){NAN, NAN};
    if (out->measured)
        out->bias_interval = interval(a, x->set->template_count, seed, bias_statistic, &in);
    arena_rewind(a, mark);
}

void fairness_measure(Arena *a, const Identities *set, const Judged *judged,
                      const double threshold[CATEGORY_COUNT], uint64_t seed, Fairness *out)
{
    size_t n = set->rows.count;
    double *score = arena_array(a, double, n);
    bool *flagged = arena_array(a, bool, n), *any = arena_array(a, bool, n);
    *out = (Fairness){.group_count = set->group_count,
                      .template_count = set->template_count,
                      .sentences = n,
                      .group = set->group};
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        for (size_t i = 0; i < n; i++) {
            score[i] = judged[i].score[c];
            flagged[i] = score[i] >= threshold[c];
            any[i] = any[i] || flagged[i];
        }
        Column x = {set, score, (Category)c};
        measure_category(a, &x, threshold[c], seed, &out->category[c]);
        measure_swaps(a, set, flagged, seed, &out->category[c].swaps);
    }
    measure_swaps(a, set, any, seed, &out->swaps);
}

double fairness_bias(const Fairness *f)
{
    double least = NAN;
    for (int c = 0; c < CATEGORY_COUNT; c++)
        if (f->category[c].measured)
            least = fmin(least, f->category[c].bias); /* fmin passes over a NaN */
    return least;
}
