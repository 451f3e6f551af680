/* split.h - which side of a split each sample goes to.
 *
 * Samples that belong together (near-duplicates, or pieces of one group) are one unit
 * and a unit goes to one side whole.  Where a sample's origin fixes its side, the unit
 * goes there; where its members are fixed to different sides, test beats calibrate
 * beats train, and the members fixed to a losing side are dropped: a published test
 * set stays what it is, and nothing like it is trained on.  Other units are drawn by a
 * hash of their smallest digest and the seed, so the same text lands on the same side
 * whatever else is in the archive.
 */
#ifndef DATA_SPLIT_H
#define DATA_SPLIT_H

#include "data/rows.h"

typedef struct SplitShares {
    uint64_t seed;
    double calibrate, test; /* of free units, in [0, 1], together at most 1 */
} SplitShares;

/* What the split has to know of a sample. */
typedef struct SplitMember {
    Digest digest;
    uint32_t cluster; /* an index into the members: dedupe.h */
    Split fixed;      /* SPLIT_COUNT: free */
} SplitMember;

/* A member may belong to several groups: each source has its own. */
typedef struct SplitGroup {
    uint32_t member, group;
} SplitGroup;

typedef struct SplitInput {
    const SplitMember *member;
    size_t count;
    const SplitGroup *group;
    size_t group_entries;
    uint32_t groups; /* their numbers are below this */
} SplitInput;

typedef struct SplitReport {
    size_t units;
    size_t largest; /* members of the largest unit */
    size_t dropped; /* fixed to a side that their unit lost */
} SplitReport;

/* side[i] is where member i goes; SPLIT_COUNT: dropped.  Scratch from `a` is given
 * back. */
void split_assign(Arena *a, const SplitInput *in, const SplitShares *shares, Split *side,
                  SplitReport *report);

#endif
