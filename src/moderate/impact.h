/* impact.h - what another policy would do: two policies over the same texts, counted.
 *
 * Factors do not depend on a policy, so they are given (moderate/scored.h); each policy
 * composes, calibrates and decides for itself, under the calibration of one release.  An item
 * *flips* when its flag, one of its categories or its action differs.
 *
 * The load is what people have to look at: items whose action sends them to a person.
 */
#ifndef MODERATE_IMPACT_H
#define MODERATE_IMPACT_H

#include "moderate/scored.h"

typedef struct ImpactItem {
    Str id, text;
    Str group; /* what to count by besides language: a locale; may be empty */
    Language language;
} ImpactItem;

typedef struct ImpactInput {
    const Release *release;
    const Policy *before, *after;
    const ImpactItem *item;
    const Scored *scored; /* of each */
    size_t count;
} ImpactInput;

typedef struct ImpactSide {
    bool flagged;
    Action action;
    bool category[CATEGORY_COUNT];
    double score[CATEGORY_COUNT];
} ImpactSide;

typedef struct Flip {
    size_t item;
    ImpactSide before, after;
} Flip;

typedef struct ImpactCount {
    size_t items, flips;
    size_t on, off; /* flags that came and went */
} ImpactCount;

typedef struct ImpactGroup {
    Str name;
    ImpactCount count;
} ImpactGroup;

typedef struct Impact {
    ImpactCount all;
    double share, low, high;            /* flips: of the items, with 95 % confidence (exact) */
    size_t category[CATEGORY_COUNT][2]; /* that went, that came */
    size_t holds[CATEGORY_COUNT][2];    /* under either policy */
    size_t action[ACTION_COUNT][ACTION_COUNT]; /* [before][after], every item */
    size_t flagged[2], people[2]; /* items flagged, items for a person, before and after */
    ImpactCount language[LANGUAGE_COUNT];
    ImpactGroup *group; /* in order of first appearance */
    size_t groups;
    Flip *flip; /* all.flips: those whose flag changed first, then the higher scores */
} Impact;

bool action_asks_people(Action x);

/* What `p` decides of one text under the calibration of `r`. */
void impact_decide(const Release *r, const Policy *p, const Scored *x, ImpactSide *out);

void impact_measure(Arena *a, const ImpactInput *in, Impact *out);

#endif
