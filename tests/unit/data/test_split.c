#include "data/split.h"
#include "test.h"

enum { MANY = 5000 };

static const SplitShares thirds = {.seed = 1, .calibrate = 0.3, .test = 0.3};

static SplitMember member(uint64_t name, uint32_t cluster, uint32_t group, Split fixed)
{
    Str bytes = {(const char *)&name, sizeof name};
    return (SplitMember){digest_of(bytes), cluster, group, fixed};
}

static SplitReport assign(Arena *a, const SplitMember *m, size_t n, Split *side)
{
    SplitReport r;
    split_assign(a, m, n, 1000, &thirds, side, &r);
    return r;
}

static SplitMember *random_members(Arena *a, uint64_t *seed, size_t n, int fixed_in)
{
    SplitMember *m = arena_array(a, SplitMember, n);
    for (size_t i = 0; i < n; i++) {
        uint32_t cluster = (uint32_t)(random_u64(seed) % 4 ? i : random_u64(seed) % (i + 1));
        uint32_t group = (uint32_t)(random_u64(seed) % 3 ? 0 : 1 + random_u64(seed) % 999);
        bool fixed = random_u64(seed) % (uint64_t)fixed_in == 0;
        m[i] = member(random_u64(seed), cluster, group,
                      fixed ? (Split)(random_u64(seed) % 3) : SPLIT_COUNT);
    }
    return m;
}

static void no_cluster_and_no_group_has_members_on_two_sides(void **state)
{
    Arena *a = *state;
    uint64_t seed = 11;
    for (int round = 0; round < 20; round++) {
        ArenaMark mark = arena_mark(a);
        SplitMember *m = random_members(a, &seed, MANY, 1 + round * 5);
        Split *side = arena_array(a, Split, MANY);
        assign(a, m, MANY, side);
        Split of_cluster[MANY], of_group[1000];
        for (int i = 0; i < MANY; i++)
            of_cluster[i] = SPLIT_COUNT;
        for (int i = 0; i < 1000; i++)
            of_group[i] = SPLIT_COUNT;
        for (int i = 0; i < MANY; i++) {
            if (side[i] == SPLIT_COUNT)
                continue;
            Split *c = &of_cluster[m[i].cluster], *g = &of_group[m[i].group];
            assert_true(*c == SPLIT_COUNT || *c == side[i]);
            assert_true(m[i].group == 0 || *g == SPLIT_COUNT || *g == side[i]);
            assert_true(m[i].fixed == SPLIT_COUNT || m[i].fixed == side[i]);
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
    SplitMember *m = random_members(a, &seed, N, 10);
    SplitMember *back = arena_array(a, SplitMember, N);
    for (uint32_t i = 0; i < N; i++) {
        back[N - 1 - i] = m[i];
        back[N - 1 - i].cluster = N - 1 - m[i].cluster;
    }
    Split *side = arena_array(a, Split, N), *again = arena_array(a, Split, N);
    assign(a, m, N, side);
    assign(a, back, N, again);
    for (int i = 0; i < N; i++)
        assert_int_equal(side[i], again[N - 1 - i]);
}

static void a_text_stays_on_its_side_when_others_come(void **state)
{
    Arena *a = *state;
    enum { FEW = 200, MORE = 600 };
    SplitMember m[MORE];
    Split few[MORE], more[MORE];
    for (uint32_t i = 0; i < MORE; i++)
        m[i] = member(i, i, 0, SPLIT_COUNT);
    assign(a, m, FEW, few);
    assign(a, m, MORE, more);
    for (int i = 0; i < FEW; i++)
        assert_int_equal(few[i], more[i]);
}

static void shares_are_met_and_the_seed_matters(void **state)
{
    Arena *a = *state;
    SplitMember *m = arena_array(a, SplitMember, MANY);
    Split *side = arena_array(a, Split, MANY), *other = arena_array(a, Split, MANY);
    for (uint32_t i = 0; i < MANY; i++)
        m[i] = member(i, i, 0, SPLIT_COUNT);
    assign(a, m, MANY, side);
    SplitReport r;
    split_assign(a, m, MANY, 1, &(SplitShares){2, 0.3, 0.3}, other, &r);
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
    SplitMember m[100];
    Split side[100];
    SplitReport r;
    for (uint32_t i = 0; i < 100; i++)
        m[i] = member(i, i, 0, SPLIT_COUNT);
    split_assign(a, m, 100, 1, &(SplitShares){1, 0, 0}, side, &r);
    for (int i = 0; i < 100; i++)
        assert_int_equal(side[i], SPLIT_TRAIN);
    split_assign(a, m, 100, 1, &(SplitShares){1, 0, 1}, side, &r);
    for (int i = 0; i < 100; i++)
        assert_int_equal(side[i], SPLIT_TEST);
    split_assign(a, m, 0, 1, &thirds, side, &r);
    assert_int_equal(r.units, 0);
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
        SplitMember m[3]; /* 0 and 1 in one cluster, 1 and 2 in one group */
        Split side[3];
        m[0] = member(1, 0, 0, cases[c].fixed[0]);
        m[1] = member(2, 0, 7, cases[c].fixed[1]);
        m[2] = member(3, 2, 7, cases[c].fixed[2]);
        SplitReport r = assign(*state, m, 3, side);
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
