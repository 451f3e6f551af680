#include "test.h"

#include "model/anchors.h"

#include <math.h>

enum { N = 20000 };

/* Scores of benign rows as two releases give them: the second is surer of itself. */
static void two_releases(double *now, double *former, uint64_t seed)
{
    for (int i = 0; i < N; i++) {
        double u = ((double)(random_u64(&seed) % N) + .5) / N;
        double v = ((double)(random_u64(&seed) % N) + .5) / N;
        former[i] = pow(u, 6);
        now[i] = pow(.9 * u + .1 * v, 2); /* not the same order either */
    }
}

static double share_above(const double *score, double threshold)
{
    int n = 0;
    for (int i = 0; i < N; i++)
        n += score[i] >= threshold;
    return (double)n / N;
}

static Arena *room(void **state)
{
    (void)state;
    return arena_open(8 << 20);
}

static void as_few_benign_rows_reach_a_score_as_before(void **state)
{
    Arena *a = room(state);
    double *now = arena_array(a, double, N), *former = arena_array(a, double, N);
    two_releases(now, former, 7);
    Anchors m;
    anchors_fit(a, now, former, N, &m);
    assert_true(m.count >= 8);
    for (int i = 0; i < N; i++)
        now[i] = anchors_apply(&m, now[i]);
    static const double scores[] = {.1, .3, .5, .7, .9, .95};
    for (size_t i = 0; i < sizeof scores / sizeof *scores; i++) {
        double before = share_above(former, scores[i]), after = share_above(now, scores[i]);
        assert_true(fabs(before - after) < .004 + .05 * before);
    }
    arena_close(a);
}

static void the_meaning_carries_over_to_other_rows(void **state)
{
    Arena *a = room(state);
    double *now = arena_array(a, double, N), *former = arena_array(a, double, N);
    Anchors m;
    two_releases(now, former, 7);
    anchors_fit(a, now, former, N, &m);
    two_releases(now, former, 8);
    for (int i = 0; i < N; i++)
        now[i] = anchors_apply(&m, now[i]);
    assert_true(fabs(share_above(now, .5) - share_above(former, .5)) < .012);
    arena_close(a);
}

static void the_map_rises_everywhere_and_stays_a_probability(void **state)
{
    Arena *a = room(state);
    double *now = arena_array(a, double, N), *former = arena_array(a, double, N);
    Anchors m;
    two_releases(now, former, 9);
    anchors_fit(a, now, former, N, &m);
    double before = -1;
    for (double p = 0; p <= 1; p += 1. / 1024) {
        double q = anchors_apply(&m, p);
        assert_true(q > before && q >= 0 && q <= 1);
        before = q;
    }
    arena_close(a);
}

static void the_same_release_changes_nothing(void **state)
{
    Arena *a = room(state);
    double *now = arena_array(a, double, N), *former = arena_array(a, double, N);
    Anchors m;
    two_releases(now, former, 10);
    anchors_fit(a, now, now, N, &m);
    for (double p = .001; p < 1; p += .001)
        assert_true(fabs(anchors_apply(&m, p) - p) < 1e-9);
    arena_close(a);
}

static void too_few_rows_anchor_nothing(void **state)
{
    double now[60], former[60];
    for (int i = 0; i < 60; i++)
        now[i] = i / 60., former[i] = i / 120.;
    Anchors m;
    anchors_fit(*state, now, former, 19, &m);
    assert_int_equal(m.count, 0);
    anchors_fit(*state, now, former, 0, &m);
    assert_int_equal(m.count, 0);
    assert_true(anchors_apply(&m, .3) == .3);
    anchors_fit(*state, now, former, 60, &m); /* a half and a fifth: 30 and 12 rows above */
    assert_int_equal(m.count, 2);
    for (int i = 0; i < 60; i++)
        now[i] = .5; /* all alike: nothing rises */
    anchors_fit(*state, now, former, 60, &m);
    assert_int_equal(m.count, 0);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_arena, without_arena)
    const struct CMUnitTest tests[] = {
        T(as_few_benign_rows_reach_a_score_as_before),
        T(the_meaning_carries_over_to_other_rows),
        T(the_map_rises_everywhere_and_stays_a_probability),
        T(the_same_release_changes_nothing),
        T(too_few_rows_anchor_nothing),
    };
    return cmocka_run_group_tests_name("model/anchors", tests, NULL, NULL);
}
