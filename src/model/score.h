/* score.h - a text's calibrated category scores under a release. */
#ifndef MODEL_SCORE_H
#define MODEL_SCORE_H

#include "model/release.h"

/* What is asked for, and which one answered: a release without a student or without bounds
 * (model/cascade.h) asks the encoder where the cascade is asked for.  TIER_STUDENT never asks
 * the encoder, TIER_ENCODER always, as far as it can read the text. */
typedef enum Tier { TIER_CASCADE, TIER_FAST, TIER_STUDENT, TIER_ENCODER } Tier;

typedef struct Scores {
    float factor[FACTOR_COUNT];     /* probabilities, ensemble of the tiers that ran */
    float logit_fast[FACTOR_COUNT]; /* as the tiers gave them: what an ensemble is fitted on */
    float logit_encoder[FACTOR_COUNT]; /* NaN where the encoder did not run */
    float logit_student[FACTOR_COUNT]; /* in the encoder's place; NaN likewise */
    double composed[CATEGORY_COUNT];   /* by the policy, before calibration */
    double category[CATEGORY_COUNT];   /* calibrated */
    Language language; /* where it is one that the encoder does not read, the fast tier alone
                          answers; unknown is read by both */
    Tier tier;         /* that answered: TIER_FAST, TIER_STUDENT or TIER_ENCODER */
    bool encoder_ran;  /* tier is TIER_ENCODER */
    bool disguised;    /* the folded view differs in a way that is no accident */
    bool capped;       /* the text has more than max_pieces pieces */
    size_t pieces_read;
} Scores;

/* A text half judged: all is known but what the encoder says of its windows.  So the windows
 * of many texts can go through it together, a few at a time. */
typedef struct ScoreRun {
    Scores scores;
    bool silent;       /* nothing is written there: every factor stays 0 */
    Pieces reading[2]; /* as written, and with its disguise off; `from` is not kept */
    size_t windows[2]; /* of each; none: the encoder is not asked */
    float *logit;      /* [both, FACTOR_COUNT], for the reader of windows to fill */
} ScoreRun;

/* text: valid UTF-8.  What is kept goes to `a`; scratch, which may be the same arena, is
 * given back. */
bool score_begin(const Release *r, Arena *a, Arena *scratch, Str text, Tier tier,
                 size_t max_pieces, ScoreRun *out, Err *err);
size_t score_windows(const ScoreRun *run); /* of both readings */
void score_window(const Release *r, const ScoreRun *run, size_t i, NetworkWindow *out);
void score_end(const Release *r, const ScoreRun *run, Scores *out); /* all logits are there */
Network score_network(const Release *r);

/* What `p` makes of the factors that are there, by the calibration of the tier that answered:
 * composed and category anew. */
void score_under(const Release *r, const Policy *p, Scores *s);

/* Both halves and the encoder between them.  text: valid UTF-8.  Scratch is taken from `a` and
 * given back.  Thread-safe. */
bool score_text(const Release *r, Arena *a, Str text, Tier tier, size_t max_pieces, Scores *out,
                Err *err);

#endif
