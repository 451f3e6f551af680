#include "data/split.h"
#include "test.h"

enum { MANY = 5000, GROUPS = 1000 };

static const SplitShares thirds = {.seed = 1, .calibrate = 0.3, .test = 0.3};

/* Group 0 is none. */
typedef struct Case {
    SplitMember *m;
    uint32_t *group;
    size_t count;
} Case;

static SplitMember member(uint64_t name, uint32_t cluster, Split fixed)
{
    Str bytes = {(const char *)&name, sizeof name};
    return (SplitMember){digest_of(bytes), cluster, fixed};
}

static Case new_case(Arena *a, size_t n)
{
    return (Case){arena_array(a, SplitMember, n), arena_array(a, uint32_t, n), n};
}

static SplitReport assign_shares(Arena *a, Case c, const SplitShares *shares, Split *side)
{
    SplitReport r;
    SplitGroup *g = arena_array(a, SplitGroup, c.count);
    size_t n = 0;
    for (size_t i = 0; i < c.count; i++)
        if (c.group[i])
            g[n++] = (SplitGroup){(uint32_t)i, c.group[i]};
    split_assign(a, &(SplitInput){c.m, c.count, g, n, GROUPS}, shares, side, &r);
    return r;
}

static SplitReport assign(Arena *a, Case c, Split *side)
{
    return assign_shares(a, c, &thirds, side);
}

static Case random_case(Arena *a, uint64_t *seed, size_t n, int fixed_in)
{
    Case c = new_case(a, n);
    for (size_t i = 0; i < n; i++) {
        uint32_t cluster = (uint32_t)(random_u64(seed) % 4 ? i : random_u64(seed) % (i + 1));
        bool fixed = random_u64(seed) % (uint64_t)fixed_in == 0;
        c.m[i] = member(random_u64(seed), cluster,
                        fixed ? (Split)(random_u64(seed) % 3) : SPLIT_COUNT);
        c.group[i] = (uint32_t)(random_u64(seed) % 3 ? 0 : 1 + random_u64(seed) % (GROUPS - 1));
    }
    return c;
}

static Case singles(Arena *a, size_t n)
{
    Case c = new_case(a, n);
    for (uint32_t i = 0; i < n; i++)
        c.m[i] = member(i, i, SPLIT_COUNT);
    return c;
}

static void no_cluster_and_no_group_has_members_on_two_sides(void **state)
{
    Arena *a = *state;
    uint64_t seed = 11;
    for (int round = 0; round < 20; round++) {
        ArenaMark mark = arena_mark(a);
        Case k = random_case(a, &seed, MANY, 1 + round * 5);
        Split *side = arena_array(a, Split, MANY);
        assign(a, k, side);
        Split of_cluster[MANY], of_group[GROUPS];
        for (int i = 0; i < MANY; i++)
            of_cluster[i] = SPLIT_COUNT;
        for (int i = 0; i < GROUPS; i++)
            of_group[i] = SPLIT_COUNT;
        for (int i = 0; i < MANY; i++) {
            if (side[i] == SPLIT_COUNT)
                continue;
            Split *c = &of_cluster[k.m[i].cluster], *g = &of_group[k.group[i]];
            assert_true(*c == SPLIT_COUNT || *c == side[i]);
            assert_true(k.group[i] == 0 || *g == SPLIT_COUNT || *g == side[i]);
            assert_true(k.m[i].fixed == SPLIT_COUNT || k.m[i].fixed == side[i]);
            *c = *g = side[i];
        }
        arena_rewind(a, mark);
    }
}

static void the_order_of_members_does_not_matter(void **state)
{
    Arena *a = *state;
    uint64_t seed = 5;
    enum { N = 400 };
    Case c = random_case(a, &seed, N, 10), back = new_case(a, N);
    for (uint32_t i = 0; i < N; i++) {
        back.m[N - 1 - i] = c.m[i];
        back.m[N - 1 - i].cluster = N - 1 - c.m[i].cluster;
        back.group[N - 1 - i] = c.group[i];
    }
    Split *side = arena_array(a, Split, N), *again = arena_array(a, Split, N);
    assign(a, c, side);
    assign(a, back, again);
    for (int i = 0; i < N; i++)
        assert_int_equal(side[i], again[N - 1 - i]);
}

static void a_text_stays_on_its_side_when_others_come(void **state)
{
    Arena *a = *state;
    enum { FEW = 200, MORE = 600 };
    Split few[MORE], more[MORE];
    Case c = singles(a, MORE);
    assign(a, c, more);
    c.count = FEW;
    assign(a, c, few);
    for (int i = 0; i < FEW; i++)
        assert_int_equal(few[i], more[i]);
}

static void shares_are_met_and_the_seed_matters(void **state)
{
    Arena *a = *state;
    Case c = singles(a, MANY);
    Split *side = arena_array(a, Split, MANY), *other = arena_array(a, Split, MANY);
    assign(a, c, side);
    assign_shares(a, c, &(SplitShares){2, 0.3, 0.3}, other);
    int count[SPLIT_COUNT] = {0}, moved = 0;
    for (int i = 0; i < MANY; i++) {
        count[side[i]]++;
        moved += side[i] != other[i];
    }
    assert_in_range(count[SPLIT_TEST], 1400, 1600); /* 1500, standard deviation 32 */
    assert_in_range(count[SPLIT_CALIBRATE], 1400, 1600);
    assert_in_range(moved, 3000, 3600); /* 1 - (.3^2 + .3^2 + .4^2) = .66 of 5000 */
}

static void shares_of_nothing_and_of_all_are_exact(void **state)
{
    Arena *a = *state;
    Split side[100];
    Case c = singles(a, 100);
    assign_shares(a, c, &(SplitShares){1, 0, 0}, side);
    for (int i = 0; i < 100; i++)
        assert_int_equal(side[i], SPLIT_TRAIN);
    assign_shares(a, c, &(SplitShares){1, 0, 1}, side);
    for (int i = 0; i < 100; i++)
        assert_int_equal(side[i], SPLIT_TEST);
    c.count = 0;
    assert_int_equal(assign(a, c, side).units, 0);
}

static void test_beats_calibrate_beats_train_and_losers_are_dropped(void **state)
{
    static const struct {
        const char *what;
        Split fixed[3], side[3];
        size_t dropped;
    } cases[] = {
        {"a test text pulls free ones along",
         {SPLIT_COUNT, SPLIT_TEST, SPLIT_COUNT},
         {SPLIT_TEST, SPLIT_TEST, SPLIT_TEST},
         0},
        {"what resembles a test text is not trained on",
         {SPLIT_TRAIN, SPLIT_TEST, SPLIT_TRAIN},
         {SPLIT_COUNT, SPLIT_TEST, SPLIT_COUNT},
         2},
        {"calibrate beats train",
         {SPLIT_TRAIN, SPLIT_COUNT, SPLIT_CALIBRATE},
         {SPLIT_COUNT, SPLIT_CALIBRATE, SPLIT_CALIBRATE},
         1},
        {"test beats calibrate",
         {SPLIT_TEST, SPLIT_CALIBRATE, SPLIT_TRAIN},
         {SPLIT_TEST, SPLIT_COUNT, SPLIT_COUNT},
         2},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        Case k = new_case(*state, 3); /* 0 and 1 in one cluster, 1 and 2 in one group */
        Split side[3];
        for (uint32_t i = 0; i < 3; i++)
            k.m[i] = member(i, i < 2 ? 0 : i, cases[c].fixed[i]);
        k.group[1] = k.group[2] = 7;
        SplitReport r = assign(*state, k, side);
        for (int i = 0; i < 3; i++)
            if (side[i] != cases[c].side[i])
                fail_msg("%s: member %d", cases[c].what, i);
        assert_int_equal(r.dropped, cases[c].dropped);
        assert_int_equal(r.units, 1);
        assert_int_equal(r.largest, 3);
    }
}

static int with_room(void **state)
{
    *state = arena_open(64 << 20);
    return 0;
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_room, without_arena)
    const struct CMUnitTest tests[] = {
        T(no_cluster_and_no_group_has_members_on_two_sides),
        T(the_order_of_members_does_not_matter),
        T(a_text_stays_on_its_side_when_others_come),
        T(shares_are_met_and_the_seed_matters),
        T(shares_of_nothing_and_of_all_are_exact),
        T(test_beats_calibrate_beats_train_and_losers_are_dropped),
    };
    return cmocka_run_group_tests_name("data/split", tests, NULL, NULL);
}
