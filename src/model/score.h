/* score.h - a text's calibrated category scores under a release. */
#ifndef MODEL_SCORE_H
#define MODEL_SCORE_H

#include "model/release.h"

typedef enum Tier { TIER_CASCADE, TIER_FAST, TIER_ENCODER } Tier;

typedef struct Scores {
    float factor[FACTOR_COUNT];     /* probabilities, ensemble of the tiers that ran */
    float logit_fast[FACTOR_COUNT]; /* as the tiers gave them: what an ensemble is fitted on */
    float logit_encoder[FACTOR_COUNT]; /* NaN where the encoder did not run */
    double composed[CATEGORY_COUNT];   /* by the policy, before calibration */
    double category[CATEGORY_COUNT];   /* calibrated */
    Language language; /* where it is one that the encoder does not read, the fast tier alone
                          answers; unknown is read by both */
    bool encoder_ran;
    bool disguised; /* the folded view differs in a way that is no accident */
    bool capped;    /* the text has more than max_pieces pieces */
    size_t pieces_read;
} Scores;

/* text: valid UTF-8.  Scratch is taken from `a` and given back.  Thread-safe. */
bool score_text(const Release *r, Arena *a, Str text, Tier tier, size_t max_pieces, Scores *out,
                Err *err);

#endif
