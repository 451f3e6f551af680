#include "data/split.h"

#include "data/disjoint.h"

#include <assert.h>

/* A unit, kept at its root. */
typedef struct Unit {
    Digest smallest;
    uint32_t members;
    Split side; /* the strongest that a member is fixed to; SPLIT_COUNT: none */
} Unit;

static Split draw(const Digest *smallest, const SplitShares *s)
{
    uint64_t h = hash64((Str){(const char *)smallest->byte, sizeof smallest->byte}, s->seed);
    double u = (double)(h >> 11) * 0x1p-53;
    return u < s->test                  ? SPLIT_TEST
           : u < s->test + s->calibrate ? SPLIT_CALIBRATE
                                        : SPLIT_TRAIN;
}

static void unit_add(Unit *u, const SplitMember *m)
{
    if (u->members++ == 0) {
        u->smallest = m->digest;
        u->side = m->fixed;
        return;
    }
    if (memcmp(m->digest.byte, u->smallest.byte, sizeof m->digest.byte) < 0)
        u->smallest = m->digest;
    if (m->fixed != SPLIT_COUNT && (u->side == SPLIT_COUNT || m->fixed > u->side))
        u->side = m->fixed; /* the order of Split is the order of strength */
}

static void join_units(Arena *a, const SplitInput *in, uint32_t *parent)
{
    uint32_t *first = arena_array(a, uint32_t, in->groups); /* 1 + a member of the group */
    disjoint_init(parent, in->count);
    for (size_t i = 0; i < in->count; i++)
        disjoint_join(parent, (uint32_t)i, in->member[i].cluster);
    for (size_t i = 0; i < in->group_entries; i++) {
        SplitGroup g = in->group[i];
        assert(g.group < in->groups && g.member < in->count);
        if (first[g.group])
            disjoint_join(parent, g.member, first[g.group] - 1);
        else
            first[g.group] = g.member + 1;
    }
}

void split_assign(Arena *a, const SplitInput *in, const SplitShares *shares, Split *side,
                  SplitReport *report)
{
    assert(in->count < UINT32_MAX);
    ArenaMark mark = arena_mark(a);
    uint32_t *parent = arena_array(a, uint32_t, in->count);
    Unit *unit = arena_array(a, Unit, in->count);
    join_units(a, in, parent);
    for (size_t i = 0; i < in->count; i++)
        unit_add(&unit[disjoint_root(parent, (uint32_t)i)], &in->member[i]);
    *report = (SplitReport){0};
    for (size_t i = 0; i < in->count; i++) {
        if (unit[i].members == 0)
            continue;
        report->units++;
        report->largest = unit[i].members > report->largest ? unit[i].members : report->largest;
        if (unit[i].side == SPLIT_COUNT)
            unit[i].side = draw(&unit[i].smallest, shares);
    }
    for (size_t i = 0; i < in->count; i++) {
        Split s = unit[disjoint_root(parent, (uint32_t)i)].side;
        bool lost = in->member[i].fixed != SPLIT_COUNT && in->member[i].fixed != s;
        side[i] = lost ? SPLIT_COUNT : s;
        report->dropped += lost;
    }
    arena_rewind(a, mark);
}
