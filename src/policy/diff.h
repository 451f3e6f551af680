/* diff.h - what changed from one policy to another: its words, and what they do.
 *
 * Words are clauses, by number: added, removed, reworded.  What they do is in policy.yaml and
 * in the locales and rules beside it: compositions, thresholds, severities, actions, rules.
 * A composition that is only written otherwise is told from one that gives other scores by
 * composing both over a fixed set of probes.
 *
 * What a rule matches and what a golden case holds is never in a Change: only which.
 */
#ifndef POLICY_DIFF_H
#define POLICY_DIFF_H

#include "policy/bundle.h"

/* clang-format off */
#define CHANGE_TABLE(X)                                              \
    /* area                 name           in words or meaning?   */ \
    X(CHANGE_CLAUSE,        "clause",      true)                     \
    X(CHANGE_PAGE,          "page",        true)                     \
    X(CHANGE_ABOUT,         "about",       true)                     \
    X(CHANGE_COMPOSITION,   "composition", false)                    \
    X(CHANGE_THRESHOLD,     "threshold",   false)                    \
    X(CHANGE_SEVERITY,      "severity",    false)                    \
    X(CHANGE_ACTION,        "action",      false)                    \
    X(CHANGE_RULE,          "rule",        false)                    \
    X(CHANGE_GOLDEN,        "golden",      true)                     \
    X(CHANGE_OTHER,         "other",       false)
/* clang-format on */

typedef enum ChangeArea {
#define X(id, name, words) id,
    CHANGE_TABLE(X)
#undef X
        CHANGE_AREA_COUNT
} ChangeArea;

typedef enum ChangeKind { CHANGE_ADDED, CHANGE_REMOVED, CHANGE_ALTERED } ChangeKind;

typedef struct Change {
    ChangeArea area;
    ChangeKind kind;
    Str path;          /* of the file: "policy.yaml" */
    Str where;         /* "H3"; "categories.hate.threshold"; "categories.hate.score" */
    Str before, after; /* what differs, in as few words as show it; empty where it is hidden */
    double shift;      /* CHANGE_COMPOSITION: the greatest difference of scores over the probes;
                          0: it is written otherwise and gives the same; else NaN */
    bool factor[FACTOR_COUNT], category[CATEGORY_COUNT]; /* that it speaks of; none: all */
} Change;

typedef struct PolicyDiff {
    Change *change; /* by area, then in the order of B's and A's files */
    size_t count;
    size_t area_count[CHANGE_AREA_COUNT];
} PolicyDiff;

const char *change_area_name(ChangeArea x);
bool change_is_words(ChangeArea x); /* it is of words; no verdict follows from it alone */
const char *change_kind_name(ChangeKind x);

/* Both must parse. */
bool policy_diff(Arena *a, const Bundle *before, const Bundle *after, PolicyDiff *out,
                 Err *err);

/* The factors that the change may move labels of: those it names, and those that the
 * categories it names are composed of under `p`.  All where it names none. */
void change_factors(const Change *c, const Policy *p, bool factor[FACTOR_COUNT]);

#endif
