/* score.c - text in, probabilities out.
 *
 * The fast tier always runs: it is cheap and its logits are half of what the ensemble
 * knows.  The encoder runs unless the student is sure (TIER_CASCADE) or the fast tier alone
 * (TIER_FAST), and never on a text in a language that it cannot read: there the fast tier's
 * own logits stand, which learned from labels.  A text whose folded view is empty (blank, or
 * invisible characters only) says nothing: every factor is 0, whatever the biases have learned.
 */
#include "model/score.h"

#include "nn/pool.h"

#include <math.h>
#include <string.h>

Network score_network(const Release *r)
{
    return (Network){release_kernels(r), release_encoder(r), release_network(r),
                     *release_windows(r)};
}

/* Where the student answers, its logits stand in the encoder's place. */
static void join(const Release *r, Scores *s)
{
    const float *read = s->tier == TIER_STUDENT ? s->logit_student : s->logit_encoder;
    const float *encoder = release_ensemble(r, ENSEMBLE_ENCODER);
    const float *fast = release_ensemble(r, ENSEMBLE_FAST);
    const float *bias = release_ensemble(r, ENSEMBLE_BIAS);
    const float *alone = release_ensemble(r, ENSEMBLE_ALONE);
    const float *alone_bias = release_ensemble(r, ENSEMBLE_ALONE_BIAS);
    for (int f = 0; f < FACTOR_COUNT; f++) {
        float z = alone[f] * s->logit_fast[f] + alone_bias[f];
        if (!network_reads(s->language))
            z = s->logit_fast[f];
        else if (s->tier != TIER_FAST)
            z = encoder[f] * read[f] + fast[f] * s->logit_fast[f] + bias[f];
        s->factor[f] = (float)(1 / (1 + exp(-(double)z)));
    }
}

/* In a language that the encoder does not read, what the table for such has learned; the
 * other's n-grams (names, addresses, words that languages share) for the rest. */
static void run_fast(const Release *r, Arena *a, const Ngrams *x, Scores *s)
{
    fast_forward(release_fast(r, FAST_JOINED), a, x, s->logit_fast);
    const Fast *alone = release_fast(r, FAST_ALONE);
    if (network_reads(s->language) || !alone)
        return;
    float logit[FACTOR_COUNT];
    fast_forward(alone, a, x, logit);
    for (int f = 0; f < FACTOR_COUNT; f++)
        if (release_alone(r)[f])
            s->logit_fast[f] = logit[f];
}

/* Of the readings of a disguised text the greater logit counts. */
static void take_greater(float greatest[FACTOR_COUNT], const float *logit)
{
    for (int f = 0; f < FACTOR_COUNT; f++)
        if (isnan(greatest[f]) || logit[f] > greatest[f])
            greatest[f] = logit[f];
}

void score_under(const Release *r, const Policy *p, Scores *s)
{
    const Cascade *cascade = release_cascade(r);
    bool own = s->tier == TIER_STUDENT && cascade->fitted;
    const CalibrationMap *map = own ? cascade->map : release_calibration(r)->map;
    policy_compose(p, s->factor, s->composed);
    for (int c = 0; c < CATEGORY_COUNT; c++)
        s->category[c] = calibration_apply(&map[c], s->composed[c]);
}

static void finish(const Release *r, bool silent, Scores *s)
{
    if (!silent)
        join(r, s);
    score_under(r, release_policy(r), s);
}

/* The student's scores, as if it answered; whether they stand.  Where they do not, they are
 * left as they are: the encoder's will be written over them. */
static bool ask_student(const Release *r, Arena *a, Tier tier, const Features *x, Scores *s)
{
    const StudentParams *student = release_student(r);
    const Windows *w = release_windows(r);
    const Pieces *view[2] = {&x->original, &x->disguised};
    if (!student || (tier == TIER_CASCADE && !release_cascade(r)->fitted))
        return tier == TIER_STUDENT;
    for (int i = 0; i < 2; i++) {
        float one[FACTOR_COUNT];
        size_t windows = windows_count(w, view[i]->count);
        if (windows == 0)
            continue;
        float *each = arena_raw(a, float, windows *FACTOR_COUNT);
        student_windows(student, release_kernels(r), w, view[i], each);
        pool_forward(each, release_network(r)->pool_s, (int)windows, FACTOR_COUNT, one);
        take_greater(s->logit_student, one);
    }
    s->tier = TIER_STUDENT;
    finish(r, false, s);
    CascadeGroup group = s->disguised ? CASCADE_DISGUISED : CASCADE_PLAIN;
    return tier == TIER_STUDENT || cascade_is_sure(release_cascade(r), group, s->category);
}

/* The ids alone, out of the scratch they were found in. */
static void keep_reading(const Release *r, Arena *a, const Pieces *p, ScoreRun *run, int i)
{
    if (p->count == 0)
        return;
    int32_t *id = arena_array(a, int32_t, p->count);
    memcpy(id, p->id, p->count * sizeof *id);
    run->reading[i] = (Pieces){.id = id, .count = p->count};
    run->windows[i] = windows_count(release_windows(r), p->count);
}

static bool read_text(const Release *r, Arena *a, Arena *scratch, Str text, Tier tier,
                      size_t max_pieces, ScoreRun *run, Err *err)
{
    Features x;
    Scores *s = &run->scores;
    if (!features_ngrams(scratch, text, release_fast(r, FAST_JOINED)->layer.buckets, &x, err))
        return false;
    s->disguised = x.folded.disguised;
    run->silent = x.folded.text.len == 0;
    if (!run->silent)
        s->language = language_of(text);
    run_fast(r, scratch, &x.ngrams, s);
    for (int f = 0; f < FACTOR_COUNT; f++)
        s->logit_encoder[f] = s->logit_student[f] = NAN;
    s->tier = TIER_FAST;
    if (run->silent || tier == TIER_FAST || !network_reads(s->language))
        return true;
    if (!features_pieces(release_vocab(r), scratch, text, max_pieces, &x, err))
        return false;
    s->pieces_read = x.original.count;
    s->capped = x.capped;
    if (x.original.count + x.disguised.count == 0 ||
        (tier != TIER_ENCODER && ask_student(r, scratch, tier, &x, s)))
        return true;
    s->tier = TIER_ENCODER;
    s->encoder_ran = true;
    keep_reading(r, a, &x.original, run, 0);
    keep_reading(r, a, &x.disguised, run, 1);
    return true;
}

bool score_begin(const Release *r, Arena *a, Arena *scratch, Str text, Tier tier,
                 size_t max_pieces, ScoreRun *out, Err *err)
{
    ScoreRun run = {0};
    ArenaMark mark = arena_mark(scratch);
    bool ok = read_text(r, a, scratch, text, tier, max_pieces, &run, err);
    if (!ok || a != scratch)
        arena_rewind(scratch, mark);
    if (!ok)
        return false;
    size_t windows = score_windows(&run);
    if (windows)
        run.logit = arena_array(a, float, windows *FACTOR_COUNT);
    *out = run;
    return true;
}

size_t score_windows(const ScoreRun *run) { return run->windows[0] + run->windows[1]; }

void score_window(const Release *r, const ScoreRun *run, size_t i, NetworkWindow *out)
{
    int which = i >= run->windows[0];
    const Pieces *p = &run->reading[which];
    const Windows *w = release_windows(r);
    size_t start = windows_start(w, p->count, i - (which ? run->windows[0] : 0));
    *out = (NetworkWindow){.piece = p->id + start,
                           .count = (int)windows_size(w, p->count),
                           .logit = run->logit + i * FACTOR_COUNT};
}

void score_end(const Release *r, const ScoreRun *run, Scores *out)
{
    Scores s = run->scores;
    const float *each = run->logit, *sharpness = release_network(r)->pool_s;
    for (int i = 0; i < 2; i++) {
        float one[FACTOR_COUNT];
        if (run->windows[i] == 0)
            continue;
        pool_forward(each, sharpness, (int)run->windows[i], FACTOR_COUNT, one);
        take_greater(s.logit_encoder, one);
        each += run->windows[i] * FACTOR_COUNT;
    }
    if (s.tier != TIER_STUDENT) /* whose scores are there */
        finish(r, run->silent, &s);
    *out = s;
}

bool score_text(const Release *r, Arena *a, Str text, Tier tier, size_t max_pieces, Scores *out,
                Err *err)
{
    ScoreRun run;
    ArenaMark mark = arena_mark(a);
    bool ok = score_begin(r, a, a, text, tier, max_pieces, &run, err);
    Network network = score_network(r);
    for (int i = 0; ok && i < 2; i++) {
        float one[FACTOR_COUNT];
        if (run.windows[i] == 0)
            continue;
        network_text(&network, a, &run.reading[i], one);
        take_greater(run.scores.logit_encoder, one);
    }
    arena_rewind(a, mark);
    if (!ok)
        return false;
    if (run.scores.tier != TIER_STUDENT)
        finish(r, run.silent, &run.scores);
    *out = run.scores;
    return true;
}
