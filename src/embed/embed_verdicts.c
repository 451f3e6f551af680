/* embed_verdicts.c - texts in, verdicts to read.
 *
 * The handle keeps two arenas: a small one for itself, which never moves, and one for the
 * answers, which is opened anew, twice as large, when a call has more texts than any before.
 * Its size is known before judging begins, spans included, so a call that has started cannot
 * run out of room for what it finds.
 *
 * Spans are what folding undid.  moderate() does not hand them up: a text that it found
 * disguised is folded once more, which is a small part of having judged it, and rare.
 */
#include "embed/embed_internal.h"

#include "text/normalise.h"

#include <math.h>

enum { WORDS_BYTES = 16 << 10, ARENA_ROUNDING = 64 }; /* of one text's spans, at most */
_Static_assert(FOLD_TRACE_MAX == 64, "gavel.h says how many spans are kept");

typedef struct Span {
    size_t from, to;
    const char *name, *read_as;
} Span;

typedef struct Answer {
    GavelStatus status;
    Verdict verdict;
    char message[sizeof((Err *)0)->msg];
    const Span *span;
    size_t span_count;
} Answer;

struct GavelVerdicts {
    Arena *arena, *answers; /* answers: NULL until the first call */
    size_t room;            /* texts that it has room for */
    Answer *answer;
    size_t count;
};

GavelStatus gavel_verdicts_open(GavelVerdicts **out, GavelError *error)
{
    Err err = {0};
    Arena *a = NULL;
    if (!out)
        err_set(&err, ERR_USAGE, "nowhere to put the verdicts");
    else if (!(a = arena_try_open(sizeof(GavelVerdicts))))
        err_set(&err, ERR_MEMORY, "no memory for verdicts");
    if (!a)
        return embed_fail(error, &err);
    *out = arena_new(a, GavelVerdicts);
    (*out)->arena = a;
    return GAVEL_OK;
}

void gavel_verdicts_close(GavelVerdicts *v)
{
    if (!v)
        return;
    arena_close(v->answers);
    arena_close(v->arena);
}

/* ---- judging ------------------------------------------------------------------------- */

static bool make_room(GavelVerdicts *v, size_t count, Err *err)
{
    const size_t each = sizeof(Answer) + FOLD_TRACE_MAX * sizeof(Span) + WORDS_BYTES;
    if (count > v->room) {
        size_t room = v->room ? v->room : 1;
        while (room < count)
            room *= 2;
        Arena *a = arena_try_open(room * each + ARENA_ROUNDING);
        if (!a)
            return err_set(err, ERR_MEMORY, "no memory for %zu verdicts", count);
        arena_close(v->answers);
        v->answers = a;
        v->room = room;
    }
    arena_reset(v->answers);
    v->answer = arena_array(v->answers, Answer, count);
    v->count = count;
    return true;
}

/* Evidence only: what does not fit is left out. */
static void keep_spans(Arena *a, const Folded *f, Answer *out)
{
    Span *span = arena_try_array(a, Span, f->trace_count);
    size_t words = 0;
    for (size_t i = 0; span && i < f->trace_count; i++) {
        const FoldTrace *t = &f->trace[i];
        words += t->became.len + 1 + ARENA_ROUNDING;
        if (words > WORDS_BYTES)
            break;
        span[i] = (Span){t->from, t->to, fold_step_name(t->step), str_z(a, t->became)};
        out->span_count = i + 1;
    }
    out->span = span;
}

static bool judge_text(const GavelRelease *r, Arena *scratch, const GavelText *text,
                       GavelVerdicts *v, Answer *out, Err *err)
{
    Str s = {text->text ? text->text : "", text->bytes};
    if (!text->text && text->bytes)
        return err_set(err, ERR_USAGE, "a text of %zu bytes is NULL", text->bytes);
    Folded folded;
    if (!moderate(r->release, &r->limits, scratch, &(Input){.text = &s, .count = 1},
                  &out->verdict, err))
        return false;
    if (!out->verdict.disguised)
        return true;
    if (!normalise(scratch, s, &folded, err))
        return false;
    keep_spans(v->answers, &folded, out);
    return true;
}

static bool judge_all(const GavelRelease *r, Arena *scratch, const GavelText *text,
                      GavelVerdicts *v, Err *err)
{
    bool ok = true;
    for (size_t i = 0; i < v->count; i++) {
        Err bad = {0};
        Answer *out = &v->answer[i];
        ArenaMark mark = arena_mark(scratch);
        if (!judge_text(r, scratch, &text[i], v, out, &bad)) {
            out->verdict = (Verdict){0};
            out->status = embed_status(bad.code);
            memcpy(out->message, bad.msg, sizeof bad.msg);
            if (ok && v->count > 1)
                err_wrap(&bad, "text %zu", i);
            if (ok)
                *err = bad;
            ok = false;
        }
        arena_rewind(scratch, mark);
    }
    return ok;
}

static bool judge_batch(GavelRelease *r, const GavelText *text, size_t count, GavelVerdicts *v,
                        Err *err)
{
    if (!v)
        return err_set(err, ERR_USAGE, "nowhere to put the verdicts");
    v->count = 0;
    if (!r || (!text && count))
        return err_set(err, ERR_USAGE, "no release, or no texts");
    if (count > r->max_texts)
        return err_set(err, ERR_LIMIT, "%zu texts; at most %zu are taken", count, r->max_texts);
    Arena *scratch = embed_scratch_take(r, err);
    if (!scratch)
        return false;
    size_t longest = 0;
    for (size_t i = 0; i < count; i++)
        longest = text[i].bytes > longest ? text[i].bytes : longest;
    bool ok = make_room(v, count, err) && judge_all(r, scratch, text, v, err);
    embed_scratch_give(r, scratch, longest);
    return ok;
}

GavelStatus gavel_judge_batch(GavelRelease *r, const GavelText *texts, size_t count,
                              GavelVerdicts *v, GavelError *error)
{
    Err err = {0};
    return judge_batch(r, texts, count, v, &err) ? GAVEL_OK : embed_fail(error, &err);
}

GavelStatus gavel_judge(GavelRelease *r, const char *text, size_t bytes, GavelVerdicts *v,
                        GavelError *error)
{
    GavelText one = {text, bytes};
    return gavel_judge_batch(r, &one, 1, v, error);
}

/* ---- reading ------------------------------------------------------------------------- */

/* NULL: there is no such verdict. */
static const Answer *answer_at(const GavelVerdicts *v, size_t i)
{
    return v && i < v->count ? &v->answer[i] : NULL;
}

static const Verdict *verdict_at(const GavelVerdicts *v, size_t i)
{
    const Answer *a = answer_at(v, i);
    return a && a->status == GAVEL_OK ? &a->verdict : NULL;
}

static bool is_category(int c) { return 0 <= c && c < CATEGORY_COUNT; }

size_t gavel_verdict_count(const GavelVerdicts *v) { return v ? v->count : 0; }

GavelStatus gavel_verdict_status(const GavelVerdicts *v, size_t i)
{
    const Answer *a = answer_at(v, i);
    return a ? a->status : GAVEL_USAGE;
}

const char *gavel_verdict_message(const GavelVerdicts *v, size_t i)
{
    const Answer *a = answer_at(v, i);
    return a ? a->message : "";
}

int gavel_verdict_flagged(const GavelVerdicts *v, size_t i)
{
    const Verdict *x = verdict_at(v, i);
    return x && x->flagged;
}

int gavel_verdict_holds(const GavelVerdicts *v, size_t i, int category)
{
    const Verdict *x = verdict_at(v, i);
    return x && is_category(category) && x->category[category];
}

double gavel_verdict_score(const GavelVerdicts *v, size_t i, int category)
{
    const Verdict *x = verdict_at(v, i);
    return x && is_category(category) ? x->score[category] : (double)NAN;
}

double gavel_verdict_factor(const GavelVerdicts *v, size_t i, int factor)
{
    const Verdict *x = verdict_at(v, i);
    return x && 0 <= factor && factor < FACTOR_COUNT ? (double)x->factor[factor] : (double)NAN;
}

const char *gavel_verdict_action(const GavelVerdicts *v, size_t i)
{
    const Verdict *x = verdict_at(v, i);
    return x ? action_name(x->action).ptr : "";
}

const char *gavel_verdict_language(const GavelVerdicts *v, size_t i)
{
    const Verdict *x = verdict_at(v, i);
    return x ? language_code(x->language) : "";
}

int gavel_verdict_is(const GavelVerdicts *v, size_t i, int trait)
{
    const Verdict *x = verdict_at(v, i);
    if (!x)
        return 0;
    switch (trait) {
    case GAVEL_LANGUAGE_KNOWN:
        return x->language_known;
    case GAVEL_DISGUISED:
        return x->disguised;
    case GAVEL_ENCODER_RAN:
        return x->encoder_ran;
    case GAVEL_CAPPED:
        return x->capped;
    }
    return 0; /* of a newer header */
}

size_t gavel_verdict_span_count(const GavelVerdicts *v, size_t i)
{
    return verdict_at(v, i) ? answer_at(v, i)->span_count : 0;
}

int gavel_verdict_span(const GavelVerdicts *v, size_t i, size_t n, GavelSpan *span)
{
    if (n >= gavel_verdict_span_count(v, i) || !span || span->size < sizeof span->size)
        return 0;
    const Span *s = &answer_at(v, i)->span[n];
    GavelSpan full = {.size = span->size,
                      .kind = GAVEL_SPAN_DISGUISE,
                      .category = -1,
                      .from = s->from,
                      .to = s->to,
                      .name = s->name,
                      .read_as = s->read_as};
    memcpy(span, &full, span->size < sizeof full ? span->size : sizeof full);
    return 1;
}
