/* compose.c - drawing rows.  Frames of a template are taken in turn, so that each gets its
 * share; slots are filled at random; a text that was made before is drawn again, a bounded
 * number of times.  The never lists are asked before and after the noise, because a slip of
 * the hand could hide a word. */
#include "augment/grammar.h"
#include "base/hash.h"
#include "base/js.h"
#include "base/rng.h"

#include <math.h>

enum { DEPTH_MAX = 8, TEXT_MAX = 4096, TRIES = 40 };

typedef struct Draw {
    Arena *arena;
    const Grammar *g;
    const Never *never;
    Map *seen;
    Buf *out;
    Rng rng;
    Buf text, noisy;
    Err *err;
} Draw;

static bool chance(Draw *d, double share) { return rng_unit(&d->rng) < share; }

static void capital_at(Buf *b, size_t at)
{
    if (at < b->len && b->ptr[at] >= 'a' && b->ptr[at] <= 'z')
        b->ptr[at] = (char)(b->ptr[at] - 32);
}

static bool fill(Draw *d, const Phrases *from, size_t index, int depth)
{
    const Phrase *p = &from->phrase[index];
    if (depth > DEPTH_MAX)
        return err_set(d->err, ERR_LIMIT, "%s:%d:%d: parts nest deeper than %d", d->g->file,
                       p->line, p->column, DEPTH_MAX);
    Str before, slot;
    size_t at = 0;
    while (slot_next(p->text, &at, &before, &slot)) {
        buf_put(&d->text, before);
        bool capital = false;
        const Phrases *part = grammar_part(d->g, slot, &capital);
        size_t start = d->text.len;
        if (!fill(d, part, (size_t)rng_below(&d->rng, part->count), depth + 1))
            return false;
        if (capital)
            capital_at(&d->text, start);
    }
    buf_put(&d->text, before);
    return true;
}

static bool fill_named(Draw *d, Str name)
{
    bool capital;
    const Phrases *part = grammar_part(d->g, name, &capital);
    return fill(d, part, (size_t)rng_below(&d->rng, part->count), 0);
}

static bool draw_text(Draw *d, const Template *t, size_t frame)
{
    const Noise *n = &d->g->noise;
    buf_clear(&d->text);
    if (n->has_lead && chance(d, n->lead)) {
        if (!fill_named(d, STR("lead")))
            return false;
        buf_byte(&d->text, ' ');
    }
    if (!fill(d, &t->frames, frame, 0))
        return false;
    if (n->has_tail && chance(d, n->tail)) {
        buf_byte(&d->text, ' ');
        if (!fill_named(d, STR("tail")))
            return false;
    }
    return buf_ok(&d->text, d->err);
}

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/* Two letters inside a word change places, or one is lost. */
static void slip(Draw *d, Buf *b)
{
    for (int tries = 0; tries < TRIES && b->len > 4; tries++) {
        size_t i = 1 + (size_t)rng_below(&d->rng, b->len - 3);
        if (!is_letter(b->ptr[i - 1]) || !is_letter(b->ptr[i]) || !is_letter(b->ptr[i + 1]))
            continue;
        if (rng_below(&d->rng, 2)) {
            char c = b->ptr[i];
            b->ptr[i] = b->ptr[i + 1];
            b->ptr[i + 1] = c;
        } else {
            memmove(b->ptr + i, b->ptr + i + 1, b->len - i - 1);
            b->len--;
        }
        return;
    }
}

static void make_noisy(Draw *d)
{
    const Noise *n = &d->g->noise;
    bool lower = chance(d, n->lower), bare = chance(d, n->bare), typo = chance(d, n->typo);
    Buf *b = &d->noisy;
    buf_clear(b);
    for (size_t i = 0; i < d->text.len; i++) {
        char c = d->text.ptr[i];
        if (bare && strchr(".,!?';:\"", c))
            continue;
        buf_byte(b, (char)(lower && c >= 'A' && c <= 'Z' ? c + 32 : c));
    }
    for (size_t slips = typo ? 1 + d->text.len / 120 : 0; slips; slips--)
        slip(d, b);
}

static bool is_sexual(const Template *t) { return t->value[FACTOR_SEXUAL] > 0; }

static bool check_never(Draw *d, const Template *t, size_t frame)
{
    Str word = {0};
    if (!is_sexual(t) || (!never_matches(d->never, buf_str(&d->text), &word) &&
                          !never_matches(d->never, buf_str(&d->noisy), &word)))
        return true;
    const Phrase *p = &t->frames.phrase[frame];
    return err_set(d->err, ERR_INPUT, "%s:%d:%d: a sexual row would hold '" STR_FMT "'",
                   d->g->file, p->line, p->column, STR_ARG(word));
}

static void put_row(Draw *d, const Template *t)
{
    JsWriter w = js_writer(d->out);
    js_object(&w);
    js_key(&w, "text");
    js_string(&w, buf_str(&d->noisy));
    js_key(&w, "labels");
    js_object(&w);
    for (int f = 0; f < FACTOR_COUNT; f++) {
        if (isnan(t->value[f]))
            continue;
        js_key_str(&w, factor_name((Factor)f));
        js_double(&w, t->value[f]);
    }
    js_end_object(&w);
    js_key(&w, "group");
    js_string(&w,
              str_print(d->arena, STR_FMT "/" STR_FMT, STR_ARG(d->g->name), STR_ARG(t->group)));
    js_key(&w, "grammar");
    js_string(&w, d->g->name);
    js_end_object(&w);
    buf_byte(d->out, '\n');
}

static bool draw_row(Draw *d, const Template *t, size_t frame, bool *found)
{
    for (int tries = 0; tries < TRIES; tries++) {
        if (!draw_text(d, t, frame))
            return false;
        make_noisy(d);
        if (!check_never(d, t, frame))
            return false;
        if (map_has(d->seen, buf_str(&d->noisy)))
            continue;
        map_put(d->seen, buf_str(&d->noisy), 1);
        put_row(d, t);
        *found = true;
        return true;
    }
    *found = false;
    return true;
}

bool grammar_compose(Arena *a, const Grammar *g, const Never *never, uint64_t seed, Map *seen,
                     Buf *out, Composed *counts, Err *err)
{
    Draw d = {.arena = a, .g = g, .never = never, .seen = seen, .out = out, .err = err};
    Composed sum = {0};
    rng_seed(&d.rng, hash64(g->name, seed));
    buf_init(&d.text, TEXT_MAX);
    buf_init(&d.noisy, TEXT_MAX);
    bool ok = true;
    for (size_t i = 0; ok && i < g->template_count; i++) {
        const Template *t = &g->templates[i];
        for (size_t k = 0; ok && k < t->rows; k++) {
            bool found = false;
            ok = draw_row(&d, t, k % t->frames.count, &found);
            sum.rows += found;
            sum.missing += !found;
        }
    }
    buf_done(&d.text);
    buf_done(&d.noisy);
    if (!ok || !buf_ok(out, err))
        return false;
    *counts = sum;
    return true;
}
