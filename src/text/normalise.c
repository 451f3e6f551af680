/* normalise.c - the folded view, stage by stage.
 *
 * The stages, in order, and why in this order:
 *     characters   invisible characters, NFKC, look-alikes, marks; case is kept, because
 *     decode       base64 needs it; what was opened is read again, FOLD_DEPTH times at most
 *     case
 *     spacing      before leet, because a spaced word may be leet as well
 *     leet
 *     repeat
 *     cipher       rot13 and reversed words: they need plain letters
 *     spaces
 * When a stage undid a disguise, all run once more on the result (at most FOLD_PASSES
 * times), so that disguises in disguises come off, and folding a folded view
 * changes nothing unless there were more layers than passes.
 *
 * Cost: a text of ASCII never meets ICU and is never copied; each stage is one scan that
 * first looks for what it would undo.  Each is linear: words are undone up to a fixed length
 * and passes are counted.
 */
#include "text/normalise.h"

#include "text/fold_internal.h"
#include "text/utf8.h"

static const struct {
    const char *name;
    bool disguise; /* nobody does it by accident */
} steps[FOLD_STEP_COUNT] = {
    [FOLD_COMPATIBILITY] = {"compatibility", true },
    [FOLD_CONFUSABLE] = {"confusable",    true },
    [FOLD_INVISIBLE] = {"invisible",     true },
    [FOLD_MARK] = {"mark",          true },
    [FOLD_LEET] = {"leet",          true },
    [FOLD_SPACING] = {"spacing",       true },
    [FOLD_REPEAT] = {"repeat",        false},
    [FOLD_BASE64] = {"base64",        true },
    [FOLD_HEX] = {"hex",           true },
    [FOLD_PERCENT] = {"percent",       true },
    [FOLD_ROT13] = {"rot13",         true },
    [FOLD_REVERSED] = {"reversed",      true },
};

const char *fold_step_name(FoldStep s) { return steps[s].name; }

void fold_note(Fold *f, FoldStep step, uint32_t from, uint32_t to, Str became)
{
    f->changed = true;
    f->trace_total++;
    f->disguised |= steps[step].disguise;
    if (f->trace_count == FOLD_TRACE_MAX)
        return;
    if (!f->trace)
        f->trace = arena_try_array(f->arena, FoldTrace, FOLD_TRACE_MAX);
    Str kept = utf8_head(became, FOLD_EVIDENCE_MAX);
    char *copy = f->trace ? arena_try_array(f->arena, char, kept.len) : NULL;
    if (!copy)
        return; /* evidence only: the folded view itself does not need it */
    memcpy(copy, kept.ptr, kept.len);
    if (to <= from) { /* a part of one character's long NFKC form */
        size_t bytes;
        utf8_decode(f->original, from, &bytes);
        to = from + (uint32_t)bytes;
    }
    Str was = {f->original.ptr + from, to - from};
    f->trace[f->trace_count++] = (FoldTrace){
        .step = step,
        .from = from,
        .to = to,
        .was = utf8_head(was, FOLD_EVIDENCE_MAX),
        .became = {copy, kept.len},
    };
}

void fold_move(FoldWriter *w, size_t from, size_t to)
{
    Fold *f = w->f;
    memmove(f->p + w->at, f->p + from, to - from);
    memmove(f->origin + w->at, f->origin + from, (to - from) * sizeof *f->origin);
    w->at += to - from;
}

void fold_end(FoldWriter *w)
{
    w->f->len = w->at;
    w->f->origin[w->at] = (uint32_t)w->f->original.len;
}

static bool is_space(char c) { return (uint8_t)c <= ' ' || c == 0x7f; }

bool fold_token(const Fold *f, size_t *at, size_t *from, size_t *to)
{
    size_t i = *at;
    while (i < f->len && is_space(f->p[i]))
        i++;
    *from = i;
    while (i < f->len && !is_space(f->p[i]))
        i++;
    *to = *at = i;
    return *from < i;
}

static bool is_single_spaced(const Fold *f)
{
    bool after_space = true, only = true;
    for (size_t i = 0; i < f->len; i++) {
        bool space = is_space(f->p[i]);
        only &= !space || (f->p[i] == ' ' && !after_space);
        after_space = space;
    }
    return only && (f->len == 0 || !after_space);
}

/* White space and control characters become one space; none at either end. */
void fold_spaces(Fold *f)
{
    if (is_single_spaced(f))
        return;
    FoldWriter w = {f, 0};
    size_t at = 0, from, to;
    while (fold_token(f, &at, &from, &to)) {
        if (w.at)
            fold_put(&w, ' ', f->origin[from - 1]);
        fold_copy(&w, from, to);
    }
    fold_end(&w);
}

static bool fold_begin(Arena *a, Str original, Fold *f, Err *err)
{
    *f = (Fold){.arena = a, .original = original, .len = original.len};
    f->p = arena_try_array(a, char, original.len);
    f->origin = arena_try_array(a, uint32_t, original.len + 1);
    if (!f->p || !f->origin)
        return err_set(err, ERR_LIMIT, "no room to fold a text of %zu bytes", original.len);
    if (original.len)
        memcpy(f->p, original.ptr, original.len);
    for (size_t i = 0; i <= original.len; i++)
        f->origin[i] = (uint32_t)i;
    return true;
}

static bool fold_pass(Fold *f, Err *err)
{
    do {
        if (!fold_characters(f, err))
            return false;
    } while (fold_decode(f));
    if (!fold_case(f, err))
        return false;
    fold_spacing(f);
    fold_leet(f);
    fold_repeat(f);
    fold_cipher(f);
    fold_spaces(f);
    return true;
}

bool normalise(Arena *a, Str original, Folded *out, Err *err)
{
    Fold f;
    if (!fold_begin(a, original, &f, err))
        return false;
    f.changed = true;
    for (int pass = 0; pass < FOLD_PASSES && f.changed; pass++) {
        f.changed = false;
        if (!fold_pass(&f, err))
            return false;
    }
    *out = (Folded){
        .text = fold_text(&f),
        .origin = f.origin,
        .trace = f.trace,
        .trace_count = f.trace_count,
        .trace_total = f.trace_total,
        .disguised = f.disguised,
    };
    return true;
}
