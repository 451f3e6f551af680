#include "bench_world.h"

#include "moderate/impact.h"

enum { ITEMS = 12 };

typedef struct Set {
    ImpactItem item[ITEMS];
    Scored scored[ITEMS];
} Set;

/* Item i has hate i / 12, in English or German. */
static Set *items(World *w)
{
    Set *s = arena_new(w->arena, Set);
    for (int i = 0; i < ITEMS; i++) {
        s->item[i] = (ImpactItem){.id = str_print(w->arena, "i%d", i),
                                  .group = i < 4 ? STR("de-DE") : (Str){0},
                                  .language = i < 4 ? LANGUAGE_DE : LANGUAGE_EN};
        s->scored[i].tier = TIER_ENCODER;
        s->scored[i].factor[FACTOR_HATE] = (float)i / ITEMS;
    }
    return s;
}

static Impact measure(World *w, const Set *s, const char *before, const char *after)
{
    Impact out;
    ImpactInput in = {.release = w->release,
                      .before = world_policy(w, before),
                      .after = world_policy(w, after),
                      .item = s->item,
                      .scored = s->scored,
                      .count = ITEMS};
    impact_measure(w->arena, &in, &out);
    return out;
}

/* The threshold stands on the calibrated score, so the expectation is counted apart. */
static size_t at_least(World *w, const Set *s, double threshold)
{
    size_t n = 0;
    const CalibrationMap *m = &release_calibration(w->release)->map[CATEGORY_HATE];
    for (int i = 0; i < ITEMS; i++)
        n += calibration_apply(m, (double)s->scored[i].factor[FACTOR_HATE]) >= threshold;
    return n;
}

static void the_same_policy_flips_nothing(void **state)
{
    World *w = *state;
    Impact x = measure(w, items(w), "{score: hate, threshold: 0.3}",
                       "{threshold: 0.3, score: {any: [hate]}}");
    assert_int_equal(x.all.items, ITEMS);
    assert_int_equal(x.all.flips, 0);
    assert_true(x.low <= 0 && x.high > .2); /* twelve items show little */
}

static void a_lower_threshold_flags_what_lies_between(void **state)
{
    World *w = *state;
    Set *s = items(w);
    Impact x = measure(w, s, "{score: hate, threshold: 0.4}", "{score: hate, threshold: 0.1}");
    size_t was = at_least(w, s, .4), is = at_least(w, s, .1);
    assert_true(is > was);
    assert_int_equal(x.all.flips, is - was);
    assert_int_equal(x.all.on, is - was);
    assert_int_equal(x.all.off, 0);
    assert_int_equal(x.holds[CATEGORY_HATE][0], was);
    assert_int_equal(x.holds[CATEGORY_HATE][1], is);
    assert_int_equal(x.category[CATEGORY_HATE][1], is - was);
    assert_int_equal(x.action[ACTION_NONE][ACTION_FLAG], is - was);
    assert_int_equal(x.language[LANGUAGE_DE].items, 4);
    assert_int_equal(x.language[LANGUAGE_DE].flips + x.language[LANGUAGE_EN].flips, is - was);
    assert_int_equal(x.groups, 1);
    assert_int_equal(x.group[0].count.items, 4);
    for (size_t i = 1; i < x.all.flips; i++)
        assert_true(x.flip[i - 1].after.score[CATEGORY_HATE] >=
                    x.flip[i].after.score[CATEGORY_HATE]);
}

static void another_action_flips_no_flag_but_asks_people(void **state)
{
    World *w = *state;
    Set *s = items(w);
    Impact x = measure(w, s, "{score: hate, threshold: 0.2, action: flag}",
                       "{score: hate, threshold: 0.2, action: review}");
    size_t n = at_least(w, s, .2);
    assert_true(n > 0);
    assert_int_equal(x.all.flips, n);
    assert_int_equal(x.all.on + x.all.off, 0);
    assert_int_equal(x.people[0], 0);
    assert_int_equal(x.people[1], n);
}

static void a_decision_is_that_of_moderate(void **state)
{
    World *w = *state;
    static const Str texts[] = {STR("hello there"), STR(FIXTURE_HATE), STR(""),
                                STR(FIXTURE_SEXUAL " " FIXTURE_VIOLENCE)};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        Verdict v = world_verdict(w, texts[i]);
        Scored x = {.tier = v.tier, .language = v.language};
        ImpactSide side;
        memcpy(x.factor, v.factor, sizeof x.factor);
        impact_decide(w->release, release_policy(w->release), &x, &side);
        assert_memory_equal(side.score, v.score, sizeof v.score);
        assert_memory_equal(side.category, v.category, sizeof v.category);
        assert_int_equal(side.flagged, v.flagged);
        assert_int_equal(side.action, v.action);
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, with_world, without_world)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_same_policy_flips_nothing),
        TEST(a_lower_threshold_flags_what_lies_between),
        TEST(another_action_flips_no_flag_but_asks_people),
        TEST(a_decision_is_that_of_moderate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
