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

/* The verdict takes the higher of what it has and what one more text says. */
static void add(Verdict *v, const Scores *s)
{
    for (int c = 0; c < CATEGORY_COUNT; c++)
        if (s->category[c] > v->score[c])
            v->score[c] = s->category[c];
    for (int f = 0; f < FACTOR_COUNT; f++)
        if (s->factor[f] > v->factor[f])
            v->factor[f] = s->factor[f];
    v->encoder_ran = v->encoder_ran || s->encoder_ran;
    v->disguised = v->disguised || s->disguised;
    v->capped = v->capped || s->capped;
}

bool moderate(const Release *r, const Limits *limits, Arena *a, const Input *in, Verdict *out,
              Err *err)
{
    Verdict v = {0};
    bool mixed = false;
    for (size_t i = 0; i < in->count; i++) {
        Scores s;
        if (!fits(limits, in->text[i], err) ||
            !score_text(r, a, in->text[i], TIER_CASCADE, limits->max_pieces, &s, err))
            return false;
        add(&v, &s);
        if (s.language == LANGUAGE_UNKNOWN) /* too short to say, mostly */
            continue;
        mixed = mixed || (v.language != LANGUAGE_UNKNOWN && v.language != s.language);
        v.language = s.language;
    }
    if (mixed)
        v.language = LANGUAGE_UNKNOWN;
    v.language_known = release_knows(r, v.language);
    double shipped[CATEGORY_COUNT];
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        shipped[c] = release_threshold(r, (Category)c);
        v.applies_text[c] = in->count > 0;
    }
    Decision d;
    decide(release_policy(r), shipped, v.score, &d);
    v.flagged = d.flagged;
    v.action = d.action;
    memcpy(v.category, d.category, sizeof v.category);
    *out = v;
    return true;
}
