/* policy.h - a policy document: how categories are composed of factors, from which score a
 * verdict follows, how severe it is and what is to be done.
 *
 * policies/<id>/policy.yaml, parsed with errors that name file, line and column.  A
 * category's `score` is a small tree:
 *
 *     hate                            the factor's probability
 *     {signal: salutes}               1 where a phrase of that list stands in the text, else 0
 *     {category: rudeness}            what that category of the same document is composed to
 *     {all: [x, y]}                   product
 *     {any: [x, y]}                   1 - product of complements (noisy-or)
 *     {most: [x, y]}                  maximum
 *     {not: x}                        1 - x
 *     {share: 0.5, of: x}             0.5 x: weak evidence
 *
 * Categories that are composed of each other in a circle are refused.  sexual/minors is
 * fixed by the parser to {all: [sexual, minor-reference]}: no example of it is ever used
 * for training, so nothing else may feed it.  See policies/openai-13/policy.yaml.
 *
 * A document has the endpoint's thirteen categories and no other; or it says `taxonomy: own`,
 * has categories of its own under names of its own, and fixes a threshold for each, on the
 * composed score, since no release has calibrated them (policies/community).  What surrounds
 * the document in its folder - pages for people, cases, locales - is policy/folder.h's.
 *
 * A Policy is immutable and may be shared between threads.
 */
#ifndef POLICY_POLICY_H
#define POLICY_POLICY_H

#include "base/err.h"
#include "base/js.h"
#include "policy/taxonomy.h"

/* clang-format off */
#define ACTION_TABLE(X) /* from the mildest on: the strongest of a verdict's categories counts */ \
    X(ACTION_NONE,     "none")     /* written `allow`: noticed, and let be */                    \
    X(ACTION_FLAG,     "flag")     /* the caller is told */                                      \
    X(ACTION_REVIEW,   "review")   /* it stays, and a person looks at it */                      \
    X(ACTION_HOLD,     "hold")     /* it waits until a person has looked at it */                \
    X(ACTION_ESCALATE, "escalate") /* it waits, and goes to the front of the line */             \
    X(ACTION_BLOCK,    "block")
/* clang-format on */

typedef enum Action {
#define X(id, name) id,
    ACTION_TABLE(X)
#undef X
        ACTION_COUNT
} Action;

Str action_name(Action x);

enum {
    POLICY_MAX_BYTES = 1 << 20, /* of a document */
    POLICY_MAX_DEPTH = 8,       /* of a composition */
    POLICY_MAX_PARTS = 32,      /* of one `all`, `any`, `most` */
    POLICY_MAX_NAME = 64,       /* bytes of id, version, and every name in a document */
    POLICY_MAX_CATEGORIES = 64,
    POLICY_MAX_SIGNALS = 64,
    POLICY_MAX_PHRASES = 256, /* of a signal: longer lists are rules */
    POLICY_MAX_RUNGS = 8,     /* of a ladder of severities */
};

typedef enum PolicyNodeKind {
    NODE_FACTOR,
    NODE_SIGNAL,
    NODE_CATEGORY,
    NODE_ALL,
    NODE_ANY,
    NODE_MOST,
    NODE_NOT,
    NODE_SHARE
} PolicyNodeKind;

typedef struct PolicyNode PolicyNode;
struct PolicyNode {
    PolicyNodeKind kind;
    int index;    /* of the factor, the signal or the category */
    double share; /* NODE_SHARE */
    int count;
    const PolicyNode *part;
    int line, column;
};

/* A severity: from this score on, this is done and this clause is cited. */
typedef struct PolicyRung {
    Str name;
    int level; /* among the document's `severities`, from 0 */
    double from;
    Action action;
    Str clause; /* empty: the category's */
    int line, column;
} PolicyRung;

/* Scores from `from` up to below `until` tell neither yes nor no: the verdict abstains. */
typedef struct PolicyBand {
    double from, until; /* NaN: there is none */
    Action action;
    int line, column;
} PolicyBand;

typedef struct PolicyCategory {
    Str name, about;
    Category key; /* CATEGORY_COUNT: one of the document's own */
    PolicyNode score;
    Action action;
    double threshold;                  /* on the score; NaN: the release's */
    double precision, false_positives; /* wanted of the release's; NaN: not said */
    PolicyBand unsure;
    const PolicyRung *rung; /* rising */
    int rung_count;
    Str clause;         /* "hate.1", cited where no rung says another; may be empty */
    Str route;          /* the queue whose people look at it; may be empty */
    bool describe_only; /* its page gives no examples of what it forbids */
    bool contested;     /* people of good will differ, and so do laws: never blocked */
    int line, column;
    int threshold_line, threshold_column; /* 0: it has none */
} PolicyCategory;

typedef struct PolicySignal {
    Str name;
    const Str *phrase; /* folded */
    size_t count;
    int line, column;
} PolicySignal;

typedef struct PolicyName {
    Str name;
    int line, column;
} PolicyName;

typedef struct PolicyNames {
    const PolicyName *at;
    size_t count;
} PolicyNames;

typedef struct Policy Policy;

/* `name` is the file's name, for messages.  The policy lives in `a`, its text is copied. */
bool policy_parse(Arena *a, Str yaml, const char *name, const Policy **out, Err *err);
Str policy_id(const Policy *p);
Str policy_version(const Policy *p);
Str policy_text(const Policy *p); /* as it was parsed: a release keeps it */

/* Another policy: `base`, of which `categories` and `signals` in `overlay` override single
 * members.  Nothing may be added but phrases.  name: the overlay's file. */
bool policy_overlay(Arena *a, const Policy *base, const Js *overlay, const char *name,
                    const Policy **out, Err *err);

bool policy_is_own(const Policy *p); /* else it has the thirteen */
bool policy_fits_release(const Policy *p,
                         Err *err); /* has the thirteen, and hears no signals */
int policy_count(const Policy *p);
const PolicyCategory *policy_category(const Policy *p, int i);
bool policy_find(const Policy *p, Str name, int *out);
int policy_signal_count(const Policy *p);
const PolicySignal *policy_signal(const Policy *p, int i);
PolicyNames policy_severities(const Policy *p); /* from the mildest on */
PolicyNames policy_locales(const Policy *p);    /* that the folder must hold */
PolicyNames policy_routes(const Policy *p);

/* Which signals stand in the text, valid UTF-8: signal[policy_signal_count] are set and none is
 * cleared.  Phrases are found as whole words of the folded view. */
bool policy_hear(const Policy *p, Arena *scratch, Str text, bool *signal, Err *err);

/* The composed score of one category.  signal NULL: none stands there. */
double policy_score(const Policy *p, int i, const float factor[FACTOR_COUNT],
                    const bool *signal);
bool policy_same_score(const PolicyNode *x, const PolicyNode *y); /* composed alike */

/* Factor probabilities -> one uncalibrated probability a category of the thirteen; 0 for all
 * where the document has its own. */
void policy_compose(const Policy *p, const float factor[FACTOR_COUNT],
                    double category[CATEGORY_COUNT]);

/* The same over labels, three-valued (Kleene 1938): `all` is the least, `any` and `most`
 * the greatest, and an unknown factor (NaN) leaves a category NaN unless both ends of
 * what it might be fall on one side of a half.  So `all` with a known 0 is 0, `any` with
 * a known 1 is 1. */
void policy_compose_labels(const Policy *p, const float factor[FACTOR_COUNT],
                           float category[CATEGORY_COUNT]);

/* Where the policy fixes a threshold on the calibrated score it wins over the
 * release's; else NaN. */
double policy_threshold(const Policy *p, Category c);

/* What the policy asks of the threshold that a release chooses: a least precision, a most
 * share of benign texts flagged; NaN where it leaves that to `gavel calibrate`. */
double policy_precision(const Policy *p, Category c);
double policy_false_positives(const Policy *p, Category c);

Action policy_action(const Policy *p, Category c); /* where the category is flagged */

#endif
