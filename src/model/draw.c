/* draw.c - a step is filled by pieces, not by texts: tweets come by the dozen, pages by
 * twos, and every step costs the same.
 *
 * A long text gives a run of at most plan->max_windows windows at a random place.  Its
 * label is said of the whole text, so the run may miss what made it so; that noise is
 * the price of reading pages at all, and multiple-instance pooling bears it.
 *
 * A share of the texts is shown in lower case or in capitals: the pieces of "IDIOT" and
 * of "idiot" have nothing in common, and people write both.
 */
#include "model/draw.h"

#include "base/map.h"
#include "text/identity_swap.h"

#include <math.h>
#include <stdlib.h>

enum {
    PIECES_READ = 4096, /* of a text, at most: a run is chosen within them */
    PART_PIECES_MAX = 1 << 20,
};

struct Draw {
    const Rows *rows;
    const Plan *plan;
    const Vocab *vocab;
    Sampler *sampler;
    Windows cut;
    size_t source_count;
    Str *source_name;
    SamplerSource *source;
    double total;
    Rng rng;
};

/* The plan's row for a source: by its name, else by the first pattern; NULL: none. */
static const PlanSource *row_of(const Plan *plan, Str name)
{
    for (size_t i = 0; i < plan->source_count; i++)
        if (str_eq(plan->source[i].name, name))
            return &plan->source[i];
    for (size_t i = 0; i < plan->source_count; i++)
        if (str_fits(plan->source[i].name, name))
            return &plan->source[i];
    return NULL;
}

/* Of source i; rows of each. */
static double source_weight(const Plan *plan, const Map *of, const size_t *rows, size_t i)
{
    const PlanSource *r = row_of(plan, map_key_at(of, i));
    size_t together = 0;
    if (!r)
        return pow((double)rows[i], plan->default_power);
    for (size_t k = 0; k < map_count(of); k++)
        together += row_of(plan, map_key_at(of, k)) == r ? rows[k] : 0;
    return r->weight * ((double)rows[i] / (double)together);
}

static bool has_label(const Row *r)
{
    for (int f = 0; f < FACTOR_COUNT; f++)
        if (label_known(r->labels.factor[f]))
            return true;
    return false;
}

static bool usable(const Plan *plan, const Row *r)
{
    return plan->texts_only || (r->split == SPLIT_TRAIN && has_label(r));
}

/* A row with a rare factor stands several times in its source's list. */
static size_t copies(const Plan *plan, const Row *r)
{
    for (int f = 0; f < FACTOR_COUNT; f++)
        if (plan->rare[f] && r->labels.factor[f] >= 0.5f)
            return (size_t)plan->rare_repeat;
    return 1;
}

/* Rows of the training split by source, each list ascending. */
static void group_rows(Arena *a, Draw *d)
{
    Map *of = map_new(a, 64);
    size_t *count = arena_array(a, size_t, d->rows->count + 1);
    for (size_t i = 0; i < d->rows->count; i++)
        if (usable(d->plan, &d->rows->row[i]))
            count[*map_slot(of, d->rows->row[i].source, map_count(of))] +=
                copies(d->plan, &d->rows->row[i]);
    size_t n = map_count(of);
    d->source = arena_array(a, SamplerSource, n);
    d->source_name = arena_array(a, Str, n);
    uint32_t **row = arena_array(a, uint32_t *, n);
    for (size_t i = 0; i < n; i++) {
        row[i] = arena_array(a, uint32_t, count[i]);
        count[i] = 0;
    }
    for (size_t i = 0; i < d->rows->count; i++) {
        if (!usable(d->plan, &d->rows->row[i]))
            continue;
        uint64_t s = 0;
        map_get(of, d->rows->row[i].source, &s);
        for (size_t n_copies = copies(d->plan, &d->rows->row[i]); n_copies > 0; n_copies--)
            row[s][count[s]++] = (uint32_t)i;
    }
    for (size_t i = 0; i < n; i++) {
        double w = source_weight(d->plan, of, count, i);
        if (w <= 0)
            continue;
        d->source_name[d->source_count] = map_key_at(of, i);
        d->source[d->source_count++] = (SamplerSource){row[i], count[i], w};
        d->total += w;
    }
}

bool draw_open(Arena *a, const Rows *rows, const Plan *plan, const Vocab *vocab, Draw **out,
               Err *err)
{
    Draw *d = arena_new(a, Draw);
    *d = (Draw){.rows = rows, .plan = plan, .vocab = vocab, .cut = plan_windows(plan)};
    group_rows(a, d);
    if (d->source_count == 0)
        return err_set(err, ERR_INPUT,
                       "nothing to train on: no labelled row of the training split has a "
                       "source that the plan draws from");
    d->sampler = sampler_new(a, d->source, d->source_count, (uint64_t)plan->seed);
    rng_seed(&d->rng, (uint64_t)plan->seed ^ 0x64726177u);
    *out = d;
    return true;
}

static Str in_case(Arena *a, Str s, bool capitals)
{
    char *p = arena_array(a, char, s.len);
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (capitals && c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        else if (!capitals && c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        p[i] = c;
    }
    return (Str){p, s.len};
}

typedef struct Reading {
    const int32_t *piece;
    size_t pieces, first, windows; /* windows: 0, nothing to read */
} Reading;

typedef struct Drawn {
    uint32_t row;
    const float *target;
    float weight;
    Reading own, twin; /* twin: without windows where there is none */
    bool joined;
} Drawn;

/* The run of windows that begins at window `first`, or as near to it as there are windows. */
static void cut_at(const Draw *d, size_t first, Reading *x)
{
    size_t all = windows_count(&d->cut, x->pieces), most = (size_t)d->plan->max_windows;
    x->windows = all < most ? all : most;
    x->first = first < all - x->windows ? first : all - x->windows;
}

/* A run of windows over the pieces, at `place` in [0, 1). */
static void cut_run(const Draw *d, double place, Reading *x)
{
    cut_at(d, 0, x);
    size_t all = windows_count(&d->cut, x->pieces);
    x->first = (size_t)(place * (double)(all - x->windows + 1));
}

static bool all_read(const Draw *d, const Reading *x)
{
    return windows_count(&d->cut, x->pieces) == x->windows;
}

/* Pieces of its windows together. */
static size_t cost(const Draw *d, const Reading *x)
{
    return x->windows * windows_size(&d->cut, x->pieces);
}

static bool same_window(const Draw *d, const Reading *x, const Reading *y, size_t i)
{
    size_t n = windows_size(&d->cut, x->pieces);
    return n == windows_size(&d->cut, y->pieces) &&
           memcmp(x->piece + windows_start(&d->cut, x->pieces, x->first + i),
                  y->piece + windows_start(&d->cut, y->pieces, y->first + i),
                  n * sizeof *x->piece) == 0;
}

/* A twin that reads like the text, whose group is named outside of the run, teaches nothing. */
static void drop_idle_twin(const Draw *d, Drawn *x)
{
    if (x->twin.windows != x->own.windows)
        return;
    for (size_t i = 0; i < x->own.windows; i++)
        if (!same_window(d, &x->own, &x->twin, i))
            return;
    x->twin = (Reading){0};
}

/* Of one row.  The places that chance gives are fixed in number, whatever the text: how much
 * a swap draws depends on the text, so it has a generator of its own. */
static bool swap_groups(Arena *a, Str text, double chance, Str *out)
{
    Rng own;
    rng_seed(&own, (uint64_t)(chance * 0x1p53));
    return identity_swap(a, text, &own, out);
}

static bool read_text(const Draw *d, Arena *a, Str text, double noise, Reading *out, Err *err)
{
    if (noise < d->plan->case_noise)
        text = in_case(a, text, noise < d->plan->case_noise / 4);
    Pieces p;
    if (!tokenize(d->vocab, a, text, PIECES_READ, &p, err))
        return false;
    *out = (Reading){.piece = p.id, .pieces = p.count};
    return true;
}

/* Every draw takes the same number of random numbers, whatever the text. */
static bool draw_row(Draw *d, Arena *a, Drawn *out, Err *err)
{
    uint32_t row = sampler_next(d->sampler);
    double noise = rng_unit(&d->rng), place = rng_unit(&d->rng), swaps = rng_unit(&d->rng);
    bool pairs = d->plan->identity_pairing > 0;
    double twins = pairs ? rng_unit(&d->rng) : 0;
    const Row *r = &d->rows->row[row];
    Str text = r->text, twin;
    if (swaps < d->plan->identity_swap)
        swap_groups(a, text, swaps, &text);
    Drawn x = {.row = row, .target = r->labels.factor, .weight = r->weight};
    if (!read_text(d, a, text, noise, &x.own, err))
        return err_wrap(err, "row %u of the snapshot", row);
    cut_run(d, place, &x.own);
    if (pairs && swap_groups(a, text, twins, &twin)) {
        if (!read_text(d, a, twin, noise, &x.twin, err))
            return err_wrap(err, "row %u of the snapshot, swapped", row);
        cut_at(d, x.own.first, &x.twin);
    }
    *out = x;
    return true;
}

/* What is said of two texts set behind one another. */
static float joined_target(float x, float y)
{
    if (x >= 0.5f || y >= 0.5f) /* false of NaN */
        return y >= 0.5f && !(x > y) ? y : x;
    if (!label_known(x) || !label_known(y))
        return NAN;
    return x > y ? x : y;
}

/* x with y behind it, if all of both can be read. */
static bool join_reading(const Draw *d, Arena *a, const Reading *x, const Reading *y,
                         Reading *out)
{
    Reading both = {.pieces = x->pieces + y->pieces};
    cut_at(d, 0, &both);
    if (!all_read(d, &both))
        return false;
    int32_t *piece = arena_array(a, int32_t, both.pieces);
    memcpy(piece, x->piece, x->pieces * sizeof *piece);
    memcpy(piece + x->pieces, y->piece, y->pieces * sizeof *piece);
    both.piece = piece;
    *out = both;
    return true;
}

/* The twin of a joined text is joined of the parts' twins, and of a part itself that has none.
 */
static const Reading *twin_or_own(const Drawn *x)
{
    return x->twin.windows ? &x->twin : &x->own;
}

static bool join(const Draw *d, Arena *a, Drawn *x, const Drawn *y)
{
    Drawn both = {.row = x->row, .joined = true};
    if (!join_reading(d, a, &x->own, &y->own, &both.own))
        return false;
    if ((x->twin.windows || y->twin.windows) &&
        !join_reading(d, a, twin_or_own(x), twin_or_own(y), &both.twin))
        return false;
    float *target = arena_array(a, float, FACTOR_COUNT);
    for (int f = 0; f < FACTOR_COUNT; f++)
        target[f] = joined_target(x->target[f], y->target[f]);
    both.target = target;
    both.weight = x->weight < y->weight ? x->weight : y->weight;
    *x = both;
    return true;
}

static bool draw_one(Draw *d, Arena *a, Drawn *out, Err *err)
{
    double joins = rng_unit(&d->rng);
    if (!draw_row(d, a, out, err))
        return false;
    Drawn next;
    bool more = joins < d->plan->join && out->own.windows > 0;
    while (more) {
        if (!draw_row(d, a, &next, err))
            return false;
        more = next.own.windows > 0 && join(d, a, out, &next) && rng_unit(&d->rng) < 0.5;
    }
    drop_idle_twin(d, out);
    return true;
}

static size_t cost_of_both(const Draw *d, const Drawn *x)
{
    return cost(d, &x->own) + cost(d, &x->twin);
}

/* A part that is being filled: what its windows point to. */
typedef struct Filling {
    DrawPart *part;
    int32_t *piece, *start;
} Filling;

/* Windows of a reading behind those that the part has. */
static void put_reading(const Draw *d, const Drawn *x, const Reading *r, const Filling *to)
{
    DrawPart *part = to->part;
    int32_t *piece = to->piece, *start = to->start;
    bool twin = r == &x->twin;
    int w = part->windows.count;
    part->text[part->count++] =
        (DrawText){.row = x->row,
                   .target = x->target,
                   .weight = x->twin.windows ? x->weight / 2 : x->weight,
                   .first = w,
                   .count = (int)r->windows,
                   .twin = twin};
    part->twins += twin;
    size_t size = windows_size(&d->cut, r->pieces);
    for (size_t j = 0; j < r->windows; j++, w++) {
        size_t at = windows_start(&d->cut, r->pieces, r->first + j);
        memcpy(piece + start[w], r->piece + at, size * sizeof *piece);
        start[w + 1] = start[w] + (int32_t)size;
    }
    part->windows.count = w;
}

/* Texts to parts, a twin with its text: each next one to the part that has least so far. */
static void deal(Draw *d, Arena *a, const Drawn *drawn, int count, DrawPart *part)
{
    int parts = (int)d->plan->threads;
    size_t *load = arena_array(a, size_t, (size_t)parts);
    int *to = arena_array(a, int, (size_t)count);
    int *windows = arena_array(a, int, (size_t)parts);
    int *texts = arena_array(a, int, (size_t)parts);
    memset(part, 0, (size_t)parts * sizeof *part);
    for (int i = 0; i < count; i++) {
        int least = 0;
        for (int p = 1; p < parts; p++)
            if (load[p] < load[least])
                least = p;
        to[i] = least;
        load[least] += cost_of_both(d, &drawn[i]);
        texts[least] += drawn[i].twin.windows ? 2 : 1;
        windows[least] += (int)(drawn[i].own.windows + drawn[i].twin.windows);
    }
    for (int p = 0; p < parts; p++) {
        part[p].text = arena_array(a, DrawText, (size_t)texts[p]);
        Filling to_p = {&part[p], arena_array(a, int32_t, load[p]),
                        arena_array(a, int32_t, (size_t)windows[p] + 1)};
        part[p].windows = (WindowBatch){.piece = to_p.piece, .start = to_p.start};
        for (int i = 0; i < count; i++) {
            if (to[i] != p)
                continue;
            put_reading(d, &drawn[i], &drawn[i].own, &to_p);
            if (drawn[i].twin.windows)
                put_reading(d, &drawn[i], &drawn[i].twin, &to_p);
        }
    }
}

bool draw_next(Draw *d, Arena *a, DrawPart *part, Err *err)
{
    size_t budget = (size_t)d->plan->batch_pieces, used = 0;
    int count = 0, cap = (int)budget; /* a text costs a piece at least */
    Drawn *drawn = arena_array(a, Drawn, (size_t)cap);
    while (used < budget && count < cap) {
        if (!draw_one(d, a, &drawn[count], err))
            return false;
        used += cost_of_both(d, &drawn[count]);
        count += drawn[count].own.windows > 0; /* an empty text teaches nothing */
    }
    if (used > PART_PIECES_MAX)
        return err_set(err, ERR_LIMIT, "a batch of %zu pieces is too large", used);
    deal(d, a, drawn, count, part);
    return true;
}

bool draw_source(const Draw *d, size_t i, Str *name, size_t *rows, double *share,
                 size_t *rounds)
{
    if (i >= d->source_count)
        return false;
    *name = d->source_name[i];
    *rows = d->source[i].count;
    *share = d->source[i].weight / d->total;
    *rounds = sampler_rounds(d->sampler, i);
    return true;
}

Str draw_state(const Draw *d, Arena *a)
{
    Str inner = sampler_state(d->sampler, a);
    char *p = arena_array(a, char, sizeof d->rng.s + inner.len);
    memcpy(p, d->rng.s, sizeof d->rng.s);
    memcpy(p + sizeof d->rng.s, inner.ptr, inner.len);
    return (Str){p, sizeof d->rng.s + inner.len};
}

bool draw_restore(Draw *d, Str state, Err *err)
{
    size_t n = sizeof d->rng.s;
    if (state.len < n)
        return err_set(err, ERR_CORRUPT, "the state of the draw is cut short");
    if (!sampler_restore(d->sampler, (Str){state.ptr + n, state.len - n}, err))
        return false;
    memcpy(d->rng.s, state.ptr, n);
    return true;
}
