/* agreement.c - readings sorted by text, each text boiled down to six numbers a factor, and the
 * three figures computed from sums of those: so a resample of the texts is a sum too.
 *
 * Of a text with m sure readers, y of whom say yes: its pairs by what the first and the second
 * say, and for alpha its part of the coincidence matrix, in which each of its m values counts
 * once, whatever m is: a pair weighs 1 / (m - 1).
 */
#include "label/agreement.h"

#include "base/map.h"
#include "base/rng.h"
#include "data/overlay.h"

#include <stdlib.h>

/* ---- reading ------------------------------------------------------------------------ */

static bool add(Arena *a, const Record *r, Readings *all, Err *err)
{
    Overlay o;
    if (!overlay_read(r, STR(OVERLAY_DIGEST), &o, err))
        return false;
    if (all->count == READINGS_MAX)
        return err_set(err, ERR_LIMIT, "more than %d readings", READINGS_MAX);
    if (all->count == all->room) {
        size_t room = all->room ? 2 * all->room : 256;
        Reading *more = arena_try_array(a, Reading, room);
        if (!more)
            return err_set(err, ERR_LIMIT, "more readings than memory");
        if (all->count)
            memcpy(more, all->reading, all->count * sizeof *more);
        all->reading = more;
        all->room = room;
    }
    all->reading[all->count++] =
        (Reading){o.digest, str_copy(a, o.policy), str_copy(a, o.by), o.labels};
    return true;
}

bool readings_load(Arena *a, const char *path, size_t max_line_bytes, Readings *all, Err *err)
{
    Reader *reader = NULL;
    const ReaderOptions o = {.format = READER_JSONL, .max_line_bytes = max_line_bytes};
    Readings to = *all;
    Record r;
    ReadStep step;
    bool ok = reader_open(path, &o, &reader, err);
    while (ok && (step = reader_next(reader, &r, err)) != READ_END)
        ok = step == READ_ROW &&
             (add(a, &r, &to, err) || err_wrap(err, "%s:%zu", r.file, r.line));
    reader_close(reader);
    if (ok)
        *all = to;
    return ok;
}

/* ---- one text ----------------------------------------------------------------------- */

typedef struct Counts {
    double pairs[2][2]; /* by what the first and the second say */
    double said[2];     /* values, no and yes */
    double split;       /* the coincidence matrix's no-yes cell, which is its yes-no cell */
} Counts;

static int by_text_and_reader(const void *x, const void *y)
{
    const Reading *p = x, *q = y;
    int c = memcmp(p->text.byte, q->text.byte, sizeof p->text.byte);
    c = c ? c : str_cmp(p->policy, q->policy);
    return c ? c : str_cmp(p->by, q->by);
}

static bool same_text(const Reading *x, const Reading *y)
{
    return digest_eq(&x->text, &y->text) && str_eq(x->policy, y->policy);
}

/* False: fewer than two were sure. */
static bool count_text(const Reading *r, size_t n, int factor, Counts *out)
{
    Counts c = {0};
    double sure = 0;
    for (size_t j = 0; j < n; j++) {
        float second = r[j].labels.factor[factor];
        if (!label_known(second))
            continue;
        sure++;
        c.said[second >= 0.5f]++;
        for (size_t i = 0; i < j; i++) {
            float first = r[i].labels.factor[factor];
            if (label_known(first))
                c.pairs[first >= 0.5f][second >= 0.5f]++;
        }
    }
    if (sure < 2)
        return false;
    c.split = c.said[0] * c.said[1] / (sure - 1);
    *out = c;
    return true;
}

/* ---- figures ------------------------------------------------------------------------ */

static void sum(Counts *to, const Counts *c)
{
    for (int i = 0; i < 2; i++) {
        to->said[i] += c->said[i];
        for (int j = 0; j < 2; j++)
            to->pairs[i][j] += c->pairs[i][j];
    }
    to->split += c->split;
}

static double pairs_of(const Counts *c)
{
    return c->pairs[0][0] + c->pairs[0][1] + c->pairs[1][0] + c->pairs[1][1];
}

static double raw(const Counts *c) { return (c->pairs[0][0] + c->pairs[1][1]) / pairs_of(c); }

static double kappa(const Counts *c)
{
    double n = pairs_of(c);
    double first = (c->pairs[1][0] + c->pairs[1][1]) / n;
    double second = (c->pairs[0][1] + c->pairs[1][1]) / n;
    double chance = first * second + (1 - first) * (1 - second);
    return chance < 1 ? (raw(c) - chance) / (1 - chance) : NAN;
}

static double alpha(const Counts *c)
{
    double no = c->said[0], yes = c->said[1];
    return no > 0 && yes > 0 ? 1 - (no + yes - 1) * c->split / (no * yes) : NAN;
}

typedef double (*Figure)(const Counts *c);
static const Figure figures[] = {raw, kappa, alpha};
enum { FIGURES = sizeof figures / sizeof *figures };

static int by_value(const void *x, const void *y)
{
    double p = *(const double *)x, q = *(const double *)y;
    return (p > q) - (p < q);
}

/* 95 % of those resamples that say anything; NaN when fewer than half do. */
static void set_interval(double *value, size_t n, AgreementFigure *f)
{
    f->low = f->high = NAN;
    if (2 * n < AGREEMENT_RESAMPLES)
        return;
    qsort(value, n, sizeof *value, by_value);
    f->low = value[(size_t)(0.025 * (double)(n - 1) + 0.5)];
    f->high = value[(size_t)(0.975 * (double)(n - 1) + 0.5)];
}

static void measure(Arena *a, const Counts *text, size_t n, uint64_t seed, FactorAgreement *out)
{
    ArenaMark mark = arena_mark(a);
    AgreementFigure *figure[FIGURES] = {&out->raw, &out->kappa, &out->alpha};
    double *value[FIGURES];
    size_t defined[FIGURES] = {0};
    Counts all = {0};
    Rng rng;
    for (size_t i = 0; i < n; i++)
        sum(&all, &text[i]);
    out->texts = n;
    out->pairs = (size_t)pairs_of(&all);
    out->both = (size_t)all.pairs[1][1];
    out->either = out->pairs - (size_t)all.pairs[0][0];
    for (int k = 0; k < FIGURES; k++) {
        value[k] = arena_array(a, double, AGREEMENT_RESAMPLES);
        figure[k]->value = n ? figures[k](&all) : NAN;
    }
    rng_seed(&rng, seed);
    for (int s = 0; n && s < AGREEMENT_RESAMPLES; s++) {
        Counts c = {0};
        for (size_t i = 0; i < n; i++)
            sum(&c, &text[rng_below(&rng, n)]);
        for (int k = 0; k < FIGURES; k++) {
            double v = figures[k](&c);
            if (!isnan(v))
                value[k][defined[k]++] = v;
        }
    }
    for (int k = 0; k < FIGURES; k++)
        set_interval(value[k], defined[k], figure[k]);
    arena_rewind(a, mark);
}

/* ---- all of it ---------------------------------------------------------------------- */

/* Where the readings of the text at `i` end. */
static size_t end_of(const Readings *all, size_t i)
{
    size_t end = i + 1;
    while (end < all->count && same_text(&all->reading[i], &all->reading[end]))
        end++;
    return end;
}

static bool once_each(const Readings *all, Err *err)
{
    char hex[DIGEST_HEX_SIZE];
    for (size_t i = 1; i < all->count; i++) {
        const Reading *x = &all->reading[i - 1], *y = &all->reading[i];
        if (!same_text(x, y) || !str_eq(x->by, y->by))
            continue;
        digest_hex(&y->text, hex);
        return err_set(err, ERR_INPUT, STR_FMT " read the text %.12s twice under " STR_FMT,
                       STR_ARG(y->by), hex, STR_ARG(y->policy));
    }
    return true;
}

static void count_readings(Arena *a, const Readings *all, Agreement *out)
{
    ArenaMark mark = arena_mark(a);
    Map *readers = map_new(a, 16);
    for (size_t i = 0; i < all->count; i++)
        map_put(readers, all->reading[i].by, 1);
    out->readings = all->count;
    out->readers = map_count(readers);
    for (size_t i = 0, end; i < all->count; i = end) {
        end = end_of(all, i);
        out->texts++;
        out->again += end - i > 1;
    }
    arena_rewind(a, mark);
}

bool agreement(Arena *a, Readings *all, uint64_t seed, Agreement *out, Err *err)
{
    if (all->count)
        qsort(all->reading, all->count, sizeof *all->reading, by_text_and_reader);
    if (!once_each(all, err))
        return false;
    Agreement g = {0};
    count_readings(a, all, &g);
    ArenaMark mark = arena_mark(a);
    Counts *text = arena_array(a, Counts, g.again);
    for (int f = 0; f < FACTOR_COUNT; f++) {
        size_t n = 0;
        for (size_t i = 0, end; i < all->count; i = end) {
            end = end_of(all, i);
            n += end - i > 1 && count_text(&all->reading[i], end - i, f, &text[n]);
        }
        measure(a, text, n, seed, &g.factor[f]);
    }
    arena_rewind(a, mark);
    *out = g;
    return true;
}
