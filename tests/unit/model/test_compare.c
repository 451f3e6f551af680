/* Worked examples: McNemar's p from tables of the binomial distribution, Holm's from his
 * own rule by hand, the interval of matched pairs from its formula by hand. */
#include "test.h"

#include "base/file.h"
#include "model/compare.h"

#include <math.h>

enum { N = 400 };

static void assert_near(double got, double want, double within)
{
    if (!(fabs(got - want) <= within))
        fail_msg("%.9g, wanted %.9g", got, want);
}

static void mcnemar_is_a_fair_coin_thrown_for_each_disagreement(void **state)
{
    (void)state;
    static const struct {
        size_t b, c;
        double p;
    } cases[] = {
        {0, 0, 1              },
        {1, 0, 1              }, /* 2 * 1/2 */
        {5, 0, .0625          }, /* 2 / 32 */
        {0, 6, .03125         }, /* 2 / 64 */
        {1, 9, 22. / 1024     }, /* 2 * (1 + 10) / 1024 */
        {2, 8, 112. / 1024    }, /* 2 * (1 + 10 + 45) / 1024 */
        {5, 5, 1              },
        {4, 6, 2 * 386. / 1024}, /* 2 * (1 + 10 + 45 + 120 + 210) / 1024 */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_near(mcnemar_exact(cases[i].b, cases[i].c), cases[i].p, 1e-12);
        assert_near(mcnemar_exact(cases[i].c, cases[i].b), cases[i].p, 1e-12);
    }
    double far = mcnemar_exact(100, 10000);
    assert_true(far >= 0 && far < 1e-300);
}

static void holm_multiplies_the_least_by_the_family_and_never_falls(void **state)
{
    (void)state;
    /* .01 * 4; .02 * 3 = .06; .03 * 2 = .06; .04 * 1, held at .06. */
    double p[] = {.04, NAN, .01, .03, .02};
    holm(p, 5);
    assert_near(p[2], .04, 1e-12);
    assert_near(p[4], .06, 1e-12);
    assert_near(p[3], .06, 1e-12);
    assert_near(p[0], .06, 1e-12);
    assert_true(isnan(p[1]));
    double all[] = {.5, 1, .9};
    holm(all, 3);
    for (int i = 0; i < 3; i++)
        assert_near(all[i], 1, 1e-12);
    double one[] = {.03};
    holm(one, 1);
    assert_near(one[0], .03, 1e-12);
    holm(NULL, 0);
}

static void the_interval_of_matched_pairs_follows_its_formula(void **state)
{
    (void)state;
    /* n 98, b 12, c 4: gap 8 / 100; reach 1.96 * sqrt(17 - 64 / 100) / 100. */
    Interval x = matched_difference(12, 4, 98);
    assert_near(x.low, .08 - .0792747, 1e-6);
    assert_near(x.high, .08 + .0792747, 1e-6);
    Interval mirrored = matched_difference(4, 12, 98);
    assert_near(mirrored.low, -x.high, 1e-12);
    Interval none = matched_difference(0, 0, 50);
    assert_near(none.low, -none.high, 1e-12);
    assert_true(isnan(matched_difference(0, 0, 0).low));
}

/* ---- on rows ------------------------------------------------------------------------ */

typedef struct World {
    Arena *arena;
    const Policy *policy;
    Rows rows;
    Judged one[N], two[N];
} World;

static int with_world(void **state)
{
    Arena *a = arena_open((size_t)256 << 20);
    World *w = arena_new(a, World);
    Str text;
    Err err = {0};
    uint64_t seed = 5;
    w->arena = a;
    if (!file_load(a, "policies/openai-13/policy.yaml", POLICY_MAX_BYTES, &text, &err) ||
        !policy_parse(a, text, "policy", &w->policy, &err))
        return -1;
    w->rows = (Rows){arena_array(a, Row, N), N};
    for (int i = 0; i < N; i++) {
        labels_unknown(&w->rows.row[i].labels);
        w->rows.row[i].labels.category[CATEGORY_HATE] = (float)(random_u64(&seed) % 4 == 0);
    }
    *state = w;
    return 0;
}

static int without_world(void **state)
{
    World *w = *state;
    arena_close(w->arena);
    return 0;
}

static EvaluateInput input(World *w, const Judged *judged)
{
    EvaluateInput in = {.rows = &w->rows, .judged = judged, .policy = w->policy, .seed = 1};
    for (int c = 0; c < CATEGORY_COUNT; c++)
        in.threshold[c] = .5;
    return in;
}

static void score(World *w, Judged *judged, double signal, uint64_t seed)
{
    for (int i = 0; i < N; i++) {
        double noise = (double)(random_u64(&seed) % 1000) / 1000;
        bool yes = w->rows.row[i].labels.category[CATEGORY_HATE] > 0;
        judged[i].score[CATEGORY_HATE] = signal * (yes ? .8 : .2) + (1 - signal) * noise;
    }
}

static void the_better_one_is_found_and_the_other_way_round_is_worse(void **state)
{
    World *w = *state;
    score(w, w->one, .6, 1);
    score(w, w->two, .1, 2);
    EvaluateInput one = input(w, w->one), two = input(w, w->two);
    Comparison c = {.release = STR("two")}, back = {.release = STR("one")};
    compare(w->arena, &one, &two, 1, &c);
    compare(w->arena, &two, &one, 1, &back);
    const CompareCategory *hate = &c.category[CATEGORY_HATE];
    assert_int_equal(hate->known, N);
    assert_true(hate->auprc.delta > 0 && hate->auprc.interval.low > 0);
    assert_int_equal(hate->auprc.finding, FINDING_BETTER);
    assert_int_equal(hate->verdicts.finding, FINDING_BETTER);
    assert_int_equal(hate->fpr.finding, FINDING_BETTER);
    assert_true(hate->fpr.delta < 0);
    const CompareCategory *other = &back.category[CATEGORY_HATE];
    assert_near(other->auprc.delta, -hate->auprc.delta, 1e-12);
    assert_int_equal(other->auprc.finding, FINDING_WORSE);
    assert_int_equal(other->verdicts.finding, FINDING_WORSE);
    assert_int_equal(other->verdicts.only_first, hate->verdicts.only_second);
    assert_true(isnan(c.category[CATEGORY_SEXUAL].auprc.p));
    assert_int_equal(c.any.auprc.finding, FINDING_BETTER);
    assert_true(str_eq(c.release, STR("two")));
}

static void a_release_does_not_differ_from_itself(void **state)
{
    World *w = *state;
    score(w, w->one, .3, 7);
    EvaluateInput one = input(w, w->one);
    Comparison c = {0};
    compare(w->arena, &one, &one, 1, &c);
    const CompareCategory *hate = &c.category[CATEGORY_HATE];
    assert_near(hate->auprc.delta, 0, 0);
    assert_near(hate->auprc.p, 1, 0);
    assert_near(hate->auprc.interval.high, 0, 0);
    assert_int_equal(hate->auprc.finding, FINDING_NONE);
    assert_near(hate->verdicts.p, 1, 0);
    assert_int_equal(hate->fpr.finding, FINDING_NONE);
}

/* Two scorers of the same quality: under the level, a difference is shown about one time in
 * twenty.  Forty pairs give at most 6 with a probability of 98.6 %; the seed is fixed. */
static void what_does_not_differ_is_rarely_found_to(void **state)
{
    World *w = *state;
    int found = 0;
    for (uint64_t s = 0; s < 40; s++) {
        score(w, w->one, .3, 100 + 2 * s);
        score(w, w->two, .3, 101 + 2 * s);
        EvaluateInput one = input(w, w->one), two = input(w, w->two);
        Comparison c = {0};
        compare(w->arena, &one, &two, s, &c);
        found += c.category[CATEGORY_HATE].auprc.finding != FINDING_NONE;
    }
    assert_true(found <= 6);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_world, without_world)
    const struct CMUnitTest tests[] = {
        T(mcnemar_is_a_fair_coin_thrown_for_each_disagreement),
        T(holm_multiplies_the_least_by_the_family_and_never_falls),
        T(the_interval_of_matched_pairs_follows_its_formula),
        T(the_better_one_is_found_and_the_other_way_round_is_worse),
        T(a_release_does_not_differ_from_itself),
        T(what_does_not_differ_is_rarely_found_to),
    };
    return cmocka_run_group_tests_name("model/compare", tests, NULL, NULL);
}
