/* moderate.h - one input, one verdict.  There is exactly one moderate(), and everybody
 * calls it: the command line, the server, evaluation, and later the red team.
 */
#ifndef MODERATE_MODERATE_H
#define MODERATE_MODERATE_H

#include "model/score.h"
#include "moderate/marks.h"
#include "policy/decide.h"

typedef struct Limits {
    size_t max_text_bytes, max_pieces;
} Limits;

/* One input of the endpoint: a text, or the texts of an array of parts, which get one
 * combined verdict (the highest score of each category). */
typedef struct Input {
    const Str *text;
    size_t count;
    const Policy *policy;  /* to judge by; NULL: the release's own */
    const RuleBook *rules; /* of that policy; NULL: none */
    RuleContext at;        /* for them */
} Input;

typedef struct Verdict {
    bool flagged;
    bool category[CATEGORY_COUNT];
    double score[CATEGORY_COUNT];
    bool applies_text[CATEGORY_COUNT], applies_image[CATEGORY_COUNT];
    Action action;
    float factor[FACTOR_COUNT]; /* probabilities, the highest of the texts */
    Tier tier;                  /* that answered; of several texts the slowest */
    bool encoder_ran, disguised, capped;
    Language language;   /* unknown too where the texts are in several */
    bool language_known; /* the release learnt from enough rows in it */
    Marks marks;         /* what rules found; in the arena of the call */
} Verdict;

/* An input half judged: everything but the encoder, whose windows are read in company of
 * other inputs' (moderate/docket.h).  moderate() is both halves with the encoder between. */
typedef struct Hearing {
    ScoreRun *run; /* of each text */
    size_t count;
    size_t windows; /* of all of them */
    const Policy *policy;
    const RuleBook *rules;
    Marks marks;
} Hearing;

/* What is kept goes to `a`; scratch is given back.  Refuses what moderate() refuses. */
bool moderate_begin(const Release *r, const Limits *limits, Arena *a, Arena *scratch,
                    const Input *in, Hearing *out, Err *err);
void moderate_end(const Release *r, const Hearing *h, Verdict *out);

/* ERR_LIMIT over a limit, ERR_INPUT for text that is not UTF-8. */
bool moderate(const Release *r, const Limits *limits, Arena *a, const Input *in, Verdict *out,
              Err *err);

#endif
