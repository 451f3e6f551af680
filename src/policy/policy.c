/* policy.c - what a policy says of a text's factors: scores, labels, signals. */
#include "policy/policy.h"

#include "policy/policy_internal.h"
#include "text/normalise.h"
#include "text/utf8.h"
#include "text/words.h"

#include <math.h>

Str policy_id(const Policy *p) { return p->id; }
Str policy_version(const Policy *p) { return p->version; }
Str policy_text(const Policy *p) { return p->text; }
bool policy_is_own(const Policy *p) { return p->own; }
int policy_count(const Policy *p) { return p->count; }
const PolicyCategory *policy_category(const Policy *p, int i) { return &p->category[i]; }
int policy_signal_count(const Policy *p) { return p->signal_count; }
const PolicySignal *policy_signal(const Policy *p, int i) { return &p->signal[i]; }
PolicyNames policy_severities(const Policy *p) { return p->severities; }
PolicyNames policy_locales(const Policy *p) { return p->locales; }
PolicyNames policy_routes(const Policy *p) { return p->routes; }

/* A release scores factors alone: what needs the text itself belongs in a folder. */
bool policy_fits_release(const Policy *p, Err *err)
{
    return (!p->own && p->signal_count == 0) ||
           err_set(err, ERR_INPUT, "the policy " STR_FMT " cannot go into a release: %s",
                   STR_ARG(p->id),
                   p->own ? "it has a taxonomy of its own" : "it listens for signals");
}

bool policy_find(const Policy *p, Str name, int *out)
{
    for (int i = 0; i < p->count; i++) {
        if (str_eq(p->category[i].name, name)) {
            *out = i;
            return true;
        }
    }
    return false;
}

static const PolicyCategory *of_key(const Policy *p, Category c)
{
    return p->of_key[c] < 0 ? NULL : &p->category[p->of_key[c]];
}

double policy_threshold(const Policy *p, Category c)
{
    const PolicyCategory *x = of_key(p, c);
    return x ? x->threshold : NAN;
}

double policy_precision(const Policy *p, Category c)
{
    const PolicyCategory *x = of_key(p, c);
    return x ? x->precision : NAN;
}

double policy_false_positives(const Policy *p, Category c)
{
    const PolicyCategory *x = of_key(p, c);
    return x ? x->false_positives : NAN;
}

Action policy_action(const Policy *p, Category c)
{
    const PolicyCategory *x = of_key(p, c);
    return x ? x->action : ACTION_NONE;
}

/* ---- signals ------------------------------------------------------------------------- */

/* Scripts from here on (Thai, kana, Han ...) set no space between words; Hangul and the like
 * are lost to this rule, which then finds a phrase inside a longer word. */
enum { UNSPACED_FROM = 0x0E00 };

static uint32_t code_point_at(Str text, size_t at)
{
    size_t bytes;
    return utf8_decode(text, at, &bytes);
}

static size_t step_back(Str text, size_t at)
{
    do
        at--;
    while (at > 0 && ((unsigned char)text.ptr[at] & 0xC0) == 0x80);
    return at;
}

static bool parted(Str text, size_t at) /* no word goes on across this place */
{
    if (at == 0 || at == text.len)
        return true;
    uint32_t before = code_point_at(text, step_back(text, at)),
             behind = code_point_at(text, at);
    return !is_word_character(before) || !is_word_character(behind) ||
           (before >= UNSPACED_FROM && behind >= UNSPACED_FROM);
}

static bool holds_phrase(Str text, Str phrase)
{
    const char *at = text.ptr, *end = text.ptr + text.len;
    while (at < end && (at = memmem(at, (size_t)(end - at), phrase.ptr, phrase.len))) {
        size_t from = (size_t)(at - text.ptr);
        if (parted(text, from) && parted(text, from + phrase.len))
            return true;
        at++;
    }
    return false;
}

bool policy_hear(const Policy *p, Arena *scratch, Str text, bool *signal, Err *err)
{
    Folded folded;
    if (p->signal_count == 0)
        return true;
    ArenaMark mark = arena_mark(scratch);
    if (!normalise(scratch, text, &folded, err))
        return false;
    for (int s = 0; s < p->signal_count; s++)
        for (size_t i = 0; !signal[s] && i < p->signal[s].count; i++)
            signal[s] = holds_phrase(folded.text, p->signal[s].phrase[i]);
    arena_rewind(scratch, mark);
    return true;
}

/* ---- composing ----------------------------------------------------------------------- */

typedef struct Evidence {
    const Policy *policy;
    const float *factor;
    const bool *signal;
} Evidence;

static double compose(const PolicyNode *n, const Evidence *e)
{
    double x = n->kind == NODE_ALL || n->kind == NODE_ANY ? 1 : 0;
    switch (n->kind) {
    case NODE_FACTOR:
        return (double)e->factor[n->index];
    case NODE_SIGNAL:
        return e->signal && e->signal[n->index] ? 1 : 0;
    case NODE_CATEGORY:
        return compose(&e->policy->category[n->index].score, e);
    case NODE_ALL:
        for (int i = 0; i < n->count; i++)
            x *= compose(&n->part[i], e);
        return x;
    case NODE_ANY:
        for (int i = 0; i < n->count; i++)
            x *= 1 - compose(&n->part[i], e);
        return 1 - x;
    case NODE_MOST:
        for (int i = 0; i < n->count; i++)
            x = fmax(x, compose(&n->part[i], e));
        return x;
    case NODE_NOT:
        return 1 - compose(n->part, e);
    case NODE_SHARE:
        return n->share * compose(n->part, e);
    }
    return x;
}

double policy_score(const Policy *p, int i, const float factor[FACTOR_COUNT],
                    const bool *signal)
{
    return compose(&p->category[i].score, &(Evidence){p, factor, signal});
}

void policy_compose(const Policy *p, const float factor[FACTOR_COUNT],
                    double category[CATEGORY_COUNT])
{
    for (int c = 0; c < CATEGORY_COUNT; c++)
        category[c] = p->of_key[c] < 0 ? 0 : policy_score(p, p->of_key[c], factor, NULL);
}

bool policy_same_score(const PolicyNode *x, const PolicyNode *y)
{
    bool share = x->kind == NODE_SHARE;
    if (x->kind != y->kind || x->index != y->index || x->count != y->count ||
        (share && !(x->share >= y->share && x->share <= y->share)))
        return false;
    for (int i = 0; i < x->count; i++)
        if (!policy_same_score(&x->part[i], &y->part[i]))
            return false;
    return true;
}

/* What a label might be: [low, high]; a known one is a point. */
typedef struct Range {
    double low, high;
} Range;

static Range compose_labels(const Policy *p, const PolicyNode *n, const float *factor)
{
    Range x = n->kind == NODE_ALL ? (Range){1, 1} : (Range){0, 0};
    for (int i = 0; i < n->count; i++) {
        Range y = compose_labels(p, &n->part[i], factor);
        switch (n->kind) {
        case NODE_FACTOR: /* have no parts */
        case NODE_SIGNAL:
        case NODE_CATEGORY:
            break;
        case NODE_ALL:
            x = (Range){fmin(x.low, y.low), fmin(x.high, y.high)};
            break;
        case NODE_ANY:
        case NODE_MOST:
            x = (Range){fmax(x.low, y.low), fmax(x.high, y.high)};
            break;
        case NODE_NOT:
            x = (Range){1 - y.high, 1 - y.low};
            break;
        case NODE_SHARE:
            x = (Range){n->share * y.low, n->share * y.high};
            break;
        }
    }
    if (n->kind == NODE_SIGNAL) /* nobody labels those */
        return (Range){0, 1};
    if (n->kind == NODE_CATEGORY)
        return compose_labels(p, &p->category[n->index].score, factor);
    if (n->kind != NODE_FACTOR)
        return x;
    double v = (double)factor[n->index];
    return isnan(v) ? (Range){0, 1} : (Range){v, v};
}

void policy_compose_labels(const Policy *p, const float factor[FACTOR_COUNT],
                           float category[CATEGORY_COUNT])
{
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        Range x = p->of_key[c] < 0
                      ? (Range){0, 1}
                      : compose_labels(p, &p->category[p->of_key[c]].score, factor);
        /* Decided, but not to the point: the end nearer to a half claims the least. */
        category[c] = x.low >= .5 ? (float)x.low : x.high < .5 ? (float)x.high : NAN;
    }
}
