/* score.c - text in, probabilities out.
 *
 * The fast tier always runs: it is cheap and its logits are half of what the ensemble
 * knows.  The encoder runs unless the fast tier is sure (TIER_CASCADE) or alone
 * (TIER_FAST), and never on a text in a language that it cannot read: there the fast tier's
 * own logits stand, which learned from labels.  A text whose folded view is empty (blank, or
 * invisible characters only) says nothing: every factor is 0, whatever the biases have learned.
 */
#include "model/score.h"

#include <math.h>

static bool fast_is_sure(const Release *r, const float *logit)
{
    const float *sure = release_ensemble(r, ENSEMBLE_SURE);
    for (int f = 0; f < FACTOR_COUNT; f++)
        if (!(logit[f] < sure[f]))
            return false;
    return true;
}

/* Both readings of a disguised text; the greater of the two counts. */
static void run_encoder(const Release *r, Arena *a, const Features *x, float *logit)
{
    const Pieces *reading[] = {&x->original, &x->disguised};
    Network network = {release_kernels(r), release_encoder(r), release_network(r),
                       *release_windows(r)};
    for (int i = 0; i < 2; i++) {
        float one[FACTOR_COUNT];
        if (reading[i]->count == 0)
            continue;
        network_text(&network, a, reading[i], one);
        for (int f = 0; f < FACTOR_COUNT; f++)
            logit[f] = isnan(logit[f]) || one[f] > logit[f] ? one[f] : logit[f];
    }
}

static void join(const Release *r, Scores *s)
{
    const float *encoder = release_ensemble(r, ENSEMBLE_ENCODER);
    const float *fast = release_ensemble(r, ENSEMBLE_FAST);
    const float *bias = release_ensemble(r, ENSEMBLE_BIAS);
    const float *alone = release_ensemble(r, ENSEMBLE_ALONE);
    const float *alone_bias = release_ensemble(r, ENSEMBLE_ALONE_BIAS);
    for (int f = 0; f < FACTOR_COUNT; f++) {
        float z = alone[f] * s->logit_fast[f] + alone_bias[f];
        if (!network_reads(s->language))
            z = s->logit_fast[f];
        else if (s->encoder_ran)
            z = encoder[f] * s->logit_encoder[f] + fast[f] * s->logit_fast[f] + bias[f];
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

static bool read_text(const Release *r, Arena *a, Str text, Tier tier, size_t max_pieces,
                      Scores *s, Err *err)
{
    Features x;
    if (!features_ngrams(a, text, release_fast(r, FAST_JOINED)->layer.buckets, &x, err))
        return false;
    s->disguised = x.folded.disguised;
    if (x.folded.text.len > 0)
        s->language = language_of(text);
    run_fast(r, a, &x.ngrams, s);
    for (int f = 0; f < FACTOR_COUNT; f++)
        s->logit_encoder[f] = NAN;
    if (x.folded.text.len == 0)
        return true;
    if (tier != TIER_FAST && network_reads(s->language) &&
        !(tier == TIER_CASCADE && fast_is_sure(r, s->logit_fast))) {
        if (!features_pieces(release_vocab(r), a, text, max_pieces, &x, err))
            return false;
        run_encoder(r, a, &x, s->logit_encoder);
        s->encoder_ran = x.original.count + x.disguised.count > 0;
        s->pieces_read = x.original.count;
        s->capped = x.capped;
    }
    join(r, s);
    return true;
}

bool score_text(const Release *r, Arena *a, Str text, Tier tier, size_t max_pieces, Scores *out,
                Err *err)
{
    Scores s = {0};
    ArenaMark mark = arena_mark(a);
    bool ok = read_text(r, a, text, tier, max_pieces, &s, err);
    arena_rewind(a, mark);
    if (!ok)
        return false;
    policy_compose(release_policy(r), s.factor, s.composed);
    for (int c = 0; c < CATEGORY_COUNT; c++)
        s.category[c] = calibration_apply(&release_calibration(r)->map[c], s.composed[c]);
    *out = s;
    return true;
}
