/* suspects.c - two passes over the labels: means for the thresholds, then counts of the joint.
 *
 * A group is a source and a factor; group 0 of each factor is all sources together.  The
 * interval of the noise joins two Wilson intervals (1927), one for each given answer, by the
 * method of variance estimates recovery (Zou, Donner, "Construction of confidence limits about
 * effect measures", 2008).
 */
#include "label/suspects.h"

#include "base/hash.h"
#include "base/map.h"

#include <stdlib.h>

#define Z95 1.959963984540054
enum {
    MEASURED_TENTHS = 14
}; /* suspects listed, per planted error: recall .7 at precision .5 */

typedef struct Group {
    size_t given[2];     /* labels that say 0, and 1 */
    double sum[2];       /* of the probability that each class gives its own answer */
    double threshold[2]; /* NaN: nobody says so */
    size_t joint[2][2];  /* by given and confident answer */
    size_t suspects, relabel;
} Group;

typedef struct Search {
    const SuspectInput *in;
    Map *source;  /* to its number, from 1 */
    Group *group; /* [sources + 1, FACTOR_COUNT] */
    size_t sources;
} Search;

bool suspect_is_hard(float label)
{
    return label <= SUSPECT_HARD || label >= 1 - SUSPECT_HARD; /* false of NaN */
}

static bool asked(const SuspectInput *in, size_t i, int f, int *given, double p[2])
{
    float label = in->rows->row[in->row[i]].labels.factor[f];
    if (!(in->factors >> f & 1) || !suspect_is_hard(label))
        return false;
    *given = label >= 0.5f;
    p[1] = (double)in->probability[i * FACTOR_COUNT + (size_t)f];
    p[0] = 1 - p[1];
    return true;
}

static Group *group_of(const Search *s, size_t i, int f)
{
    uint64_t n = 0;
    map_get(s->source, s->in->rows->row[s->in->row[i]].source, &n);
    return &s->group[n * FACTOR_COUNT + (size_t)f];
}

/* ---- thresholds -------------------------------------------------------------------------- */

static void add_means(Search *s)
{
    for (size_t i = 0; i < s->in->count; i++) {
        for (int f = 0; f < FACTOR_COUNT; f++) {
            int given;
            double p[2];
            if (!asked(s->in, i, f, &given, p))
                continue;
            Group *const both[2] = {&s->group[f], group_of(s, i, f)};
            for (int k = 0; k < 2; k++) {
                both[k]->given[given]++;
                both[k]->sum[given] += p[given];
            }
        }
    }
}

static void set_thresholds(Search *s)
{
    for (size_t n = 0; n <= s->sources; n++) {
        for (int f = 0; f < FACTOR_COUNT; f++) {
            Group *g = &s->group[n * FACTOR_COUNT + (size_t)f];
            bool own = g->given[0] >= SUSPECT_CLASS_LEAST && g->given[1] >= SUSPECT_CLASS_LEAST;
            const Group *from = own ? g : &s->group[f];
            for (int c = 0; c < 2; c++)
                g->threshold[c] = from->given[c] ? from->sum[c] / (double)from->given[c] : NAN;
        }
    }
}

/* ---- the joint --------------------------------------------------------------------------- */

/* The answer that is surely given, or -1. */
static int confident(const Group *g, const double p[2])
{
    bool no = p[0] >= g->threshold[0], yes = p[1] >= g->threshold[1]; /* false of NaN */
    if (no && yes)
        return p[1] > p[0];
    return yes ? 1 : no ? 0 : -1;
}

static bool far_beyond(double p, double threshold) { return p > (1 + threshold) / 2; }

/* Counts every label and lists the suspects. */
static void judge(Search *s, SuspectReport *out)
{
    const SuspectInput *in = s->in;
    for (size_t i = 0; i < in->count; i++) {
        const Row *row = &in->rows->row[in->row[i]];
        for (int f = 0; f < FACTOR_COUNT; f++) {
            int given;
            double p[2];
            if (!asked(in, i, f, &given, p))
                continue;
            Group *g = group_of(s, i, f), *all = &s->group[f];
            int says = confident(g, p), other = !given;
            if (says < 0 || (says == other && p[other] < SUSPECT_LEAST))
                continue;
            g->joint[given][says]++;
            all->joint[given][says]++;
            if (says == given)
                continue;
            bool relabel = far_beyond(p[other], g->threshold[other]);
            g->suspects++, all->suspects++;
            g->relabel += relabel, all->relabel += relabel;
            out->row[out->count] = in->row[i];
            out->suspect[out->count++] =
                (Suspect){.digest = row->digest,
                          .source = row->source,
                          .factor = (Factor)f,
                          .given = row->labels.factor[f],
                          .probability = (float)p[1],
                          .margin = (float)(p[other] - p[given]),
                          .proposal = relabel ? SUSPECT_RELABEL : SUSPECT_DROP};
        }
    }
}

/* ---- figures ----------------------------------------------------------------------------- */

static void wilson(double k, double n, double *low, double *high)
{
    if (n == 0) {
        *low = 0, *high = 1;
        return;
    }
    double z2 = Z95 * Z95, p = k / n, mid = (p + z2 / (2 * n)) / (1 + z2 / n);
    double half = Z95 / (1 + z2 / n) * sqrt(p * (1 - p) / n + z2 / (4 * n * n));
    *low = mid - half > 0 ? mid - half : 0;
    *high = mid + half < 1 ? mid + half : 1;
}

static void estimate(const Group *g, SuspectFigure *out)
{
    double n = (double)(g->given[0] + g->given[1]), below = 0, above = 0;
    for (int c = 0; c < 2; c++) {
        double share = (double)g->given[c] / n, low, high;
        double off = (double)g->joint[c][!c], sure = off + (double)g->joint[c][c];
        double rate = sure > 0 ? off / sure : 0;
        wilson(off, sure, &low, &high);
        out->noise += share * rate;
        below += share * share * (rate - low) * (rate - low);
        above += share * share * (high - rate) * (high - rate);
    }
    out->low = out->noise > sqrt(below) ? out->noise - sqrt(below) : 0;
    out->high = out->noise + sqrt(above) < 1 ? out->noise + sqrt(above) : 1;
}

static int by_source(const void *x, const void *y)
{
    const SuspectFigure *p = x, *q = y;
    int c = str_cmp(p->source, q->source);
    return c ? c : (int)p->factor - (int)q->factor;
}

static void print_figures(Arena *a, const Search *s, SuspectReport *out)
{
    out->figure = arena_array(a, SuspectFigure, (s->sources + 1) * FACTOR_COUNT);
    for (size_t n = 0; n <= s->sources; n++) {
        for (int f = 0; f < FACTOR_COUNT; f++) {
            const Group *g = &s->group[n * FACTOR_COUNT + (size_t)f];
            SuspectFigure x = {.source = n ? map_key_at(s->source, n - 1) : STR(""),
                               .factor = (Factor)f,
                               .known = g->given[0] + g->given[1],
                               .suspects = g->suspects,
                               .relabel = g->relabel};
            if (x.known == 0)
                continue;
            estimate(g, &x);
            out->figure[out->figures++] = x;
        }
    }
    qsort(out->figure, out->figures, sizeof *out->figure, by_source);
}

/* ---- the search -------------------------------------------------------------------------- */

typedef struct Ranked {
    Suspect suspect;
    uint32_t row;
} Ranked;

/* Ties by text and factor, so that equal rows give equal files. */
static int worst_first(const void *x, const void *y)
{
    const Ranked *p = x, *q = y;
    if (p->suspect.margin != q->suspect.margin)
        return p->suspect.margin > q->suspect.margin ? -1 : 1;
    int c = memcmp(p->suspect.digest.byte, q->suspect.digest.byte, sizeof(Digest));
    return c ? c : (int)p->suspect.factor - (int)q->suspect.factor;
}

static void rank(Arena *a, SuspectReport *r)
{
    ArenaMark mark = arena_mark(a);
    Ranked *list = arena_array(a, Ranked, r->count + 1);
    for (size_t i = 0; i < r->count; i++)
        list[i] = (Ranked){r->suspect[i], r->row[i]};
    qsort(list, r->count, sizeof *list, worst_first);
    for (size_t i = 0; i < r->count; i++) {
        r->suspect[i] = list[i].suspect;
        r->row[i] = list[i].row;
    }
    arena_rewind(a, mark);
}

static size_t labels_of(const SuspectInput *in)
{
    size_t n = 0;
    int given;
    double p[2];
    for (size_t i = 0; i < in->count; i++)
        for (int f = 0; f < FACTOR_COUNT; f++)
            n += asked(in, i, f, &given, p);
    return n;
}

void suspects_find(Arena *a, const SuspectInput *in, SuspectReport *out)
{
    Search s = {.in = in, .source = map_new(a, 64)};
    SuspectReport r = {0};
    for (size_t i = 0; i < in->count; i++)
        map_slot(s.source, in->rows->row[in->row[i]].source, map_count(s.source) + 1);
    s.sources = map_count(s.source);
    s.group = arena_array(a, Group, (s.sources + 1) * FACTOR_COUNT);
    add_means(&s);
    set_thresholds(&s);
    size_t most = labels_of(in);
    r.suspect = arena_array(a, Suspect, most + 1);
    r.row = arena_array(a, uint32_t, most + 1);
    judge(&s, &r);
    rank(a, &r);
    print_figures(a, &s, &r);
    *out = r;
}

/* ---- measuring --------------------------------------------------------------------------- */

size_t suspects_plant(Rows *rows, const uint32_t *row, size_t count, uint32_t factors,
                      double share, uint64_t seed, bool *planted)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        Row *r = &rows->row[row[i]];
        for (int f = 0; f < FACTOR_COUNT; f++) {
            float *label = &r->labels.factor[f];
            uint64_t h = hash64((Str){(const char *)r->digest.byte, sizeof r->digest.byte},
                                seed * FACTOR_COUNT + (uint64_t)f);
            bool flip = (factors >> f & 1) && suspect_is_hard(*label) &&
                        (double)(h >> 11) * 0x1p-53 < share;
            planted[i * FACTOR_COUNT + (size_t)f] = flip;
            if (flip)
                *label = 1 - *label;
            n += flip;
        }
    }
    return n;
}

void suspects_measure(const SuspectInput *in, const SuspectReport *r, const bool *planted,
                      int factor, PlantedFigure *out)
{
    PlantedFigure m = {0};
    for (size_t i = 0; i < in->count; i++) {
        for (int f = 0; f < FACTOR_COUNT; f++) {
            int given;
            double p[2];
            if ((factor != FACTOR_COUNT && f != factor) || !asked(in, i, f, &given, p))
                continue;
            m.labels++;
            m.planted += planted[i * FACTOR_COUNT + (size_t)f];
        }
    }
    size_t most = (m.planted * MEASURED_TENTHS + 5) / 10;
    for (size_t k = 0; k < r->count; k++) {
        int f = (int)r->suspect[k].factor;
        if (factor != FACTOR_COUNT && f != factor)
            continue;
        size_t i = 0, end = in->count; /* in->row ascends */
        while (i < end) {
            size_t mid = (i + end) / 2;
            if (in->row[mid] < r->row[k])
                i = mid + 1;
            else
                end = mid;
        }
        bool found = planted[i * FACTOR_COUNT + (size_t)f];
        m.suspects++;
        m.found += found;
        m.listed += m.suspects <= most;
        m.listed_found += found && m.suspects <= most;
    }
    *out = m;
}
