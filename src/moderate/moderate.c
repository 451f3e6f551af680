#include "moderate/moderate.h"

#include "text/utf8.h"

static bool fits(const Limits *limits, Str text, Err *err)
{
    size_t bad;
    if (text.len > limits->max_text_bytes)
        return err_set(err, ERR_LIMIT, "the text has %zu bytes; at most %zu are taken",
                       text.len, limits->max_text_bytes);
    return utf8_valid(text, &bad) ||
           err_set(err, ERR_INPUT, "the text is not UTF-8 at byte %zu", bad);
}

typedef struct Sum {
    Verdict verdict;
    bool mixed; /* its texts are in several languages */
} Sum;

/* The verdict takes the higher of what it has and what one more text says. */
static void add(Sum *sum, const Scores *s)
{
    Verdict *v = &sum->verdict;
    for (int c = 0; c < CATEGORY_COUNT; c++)
        if (s->category[c] > v->score[c])
            v->score[c] = s->category[c];
    for (int f = 0; f < FACTOR_COUNT; f++)
        if (s->factor[f] > v->factor[f])
            v->factor[f] = s->factor[f];
    v->tier = s->tier > v->tier ? s->tier : v->tier;
    v->encoder_ran = v->encoder_ran || s->encoder_ran;
    v->disguised = v->disguised || s->disguised;
    v->capped = v->capped || s->capped;
    if (s->language == LANGUAGE_UNKNOWN) /* too short to say, mostly */
        return;
    sum->mixed = sum->mixed || (v->language != LANGUAGE_UNKNOWN && v->language != s->language);
    v->language = s->language;
}

static void conclude(const Release *r, const Hearing *h, Sum *sum, Verdict *out)
{
    Verdict *v = &sum->verdict;
    const Policy *p = h->policy ? h->policy : release_policy(r);
    if (sum->mixed)
        v->language = LANGUAGE_UNKNOWN;
    v->language_known = release_knows(r, v->language);
    double shipped[CATEGORY_COUNT];
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        shipped[c] = release_threshold(r, (Category)c);
        v->applies_text[c] = h->count > 0;
    }
    Decision d;
    decide(p, shipped, v->score, &d);
    v->marks = h->marks;
    if (h->rules)
        marks_apply(h->rules, p, shipped, &h->marks, &d, v->score);
    v->flagged = d.flagged;
    v->action = d.action;
    memcpy(v->category, d.category, sizeof v->category);
    *out = *v;
}

static bool read_marks(const Input *in, Arena *a, Arena *scratch, Hearing *h, Err *err)
{
    return !in->rules ||
           marks_read(in->rules, &in->at, a, scratch, in->text, in->count, &h->marks, err);
}

bool moderate(const Release *r, const Limits *limits, Arena *a, const Input *in, Verdict *out,
              Err *err)
{
    Sum sum = {0};
    Hearing h = {.count = in->count, .policy = in->policy, .rules = in->rules};
    for (size_t i = 0; i < in->count; i++) {
        Scores s;
        if (!fits(limits, in->text[i], err) ||
            !score_text(r, a, in->text[i], TIER_CASCADE, limits->max_pieces, &s, err))
            return false;
        if (in->policy)
            score_under(r, in->policy, &s);
        add(&sum, &s);
    }
    if (!read_marks(in, a, a, &h, err))
        return false;
    conclude(r, &h, &sum, out);
    return true;
}

bool moderate_begin(const Release *r, const Limits *limits, Arena *a, Arena *scratch,
                    const Input *in, Hearing *out, Err *err)
{
    Hearing h = {.run = arena_array(a, ScoreRun, in->count),
                 .count = in->count,
                 .policy = in->policy,
                 .rules = in->rules};
    for (size_t i = 0; i < in->count; i++) {
        if (!fits(limits, in->text[i], err) ||
            !score_begin(r, a, scratch, in->text[i], TIER_CASCADE, limits->max_pieces,
                         &h.run[i], err))
            return false;
        h.windows += score_windows(&h.run[i]);
    }
    if (!read_marks(in, a, scratch, &h, err))
        return false;
    *out = h;
    return true;
}

void moderate_end(const Release *r, const Hearing *h, Verdict *out)
{
    Sum sum = {0};
    for (size_t i = 0; i < h->count; i++) {
        Scores s;
        score_end(r, &h->run[i], &s);
        if (h->policy)
            score_under(r, h->policy, &s);
        add(&sum, &s);
    }
    conclude(r, h, &sum, out);
}
