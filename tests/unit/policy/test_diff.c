#include "documents.h"

#include "policy/diff.h"

#include <math.h>

static int with_room(void **state)
{
    *state = arena_open(256 << 20);
    return 0;
}

static PolicyDiff diff(Arena *a, const Bundle *x, const Bundle *y)
{
    PolicyDiff d = {0};
    Err err = {0};
    if (!policy_diff(a, x, y, &d, &err))
        fail_msg("%s", err.msg);
    return d;
}

static PolicyDiff diff_hate(Arena *a, const char *before, const char *after)
{
    Bundle x = policy_bundle(a, policy_document(a, "1", before), NULL);
    Bundle y = policy_bundle(a, policy_document(a, "1", after), NULL);
    return diff(a, &x, &y);
}

static void nothing_differs_from_itself(void **state)
{
    PolicyDiff d = diff_hate(*state, "{score: hate}", "{score: hate}");
    assert_int_equal(d.count, 0);
    d = diff_hate(*state, "{score: hate, threshold: 0.5}", "{threshold: 0.50, score: hate}");
    assert_int_equal(d.count, 0);
}

static void each_key_has_its_area(void **state)
{
    static const struct {
        const char *before, *after;
        ChangeArea area;
        ChangeKind kind;
    } cases[] = {
        {"{score: hate}",                       "{score: hate, threshold: 0.4}",  CHANGE_THRESHOLD,   CHANGE_ADDED  },
        {"{score: hate, threshold: 0.4}",       "{score: hate, threshold: 0.3}",  CHANGE_THRESHOLD,
         CHANGE_ALTERED                                                                                             },
        {"{score: hate, false-positives: 0.1}", "{score: hate}",                  CHANGE_THRESHOLD,
         CHANGE_REMOVED                                                                                             },
        {"{score: hate, action: flag}",         "{score: hate, action: block}",   CHANGE_ACTION,
         CHANGE_ALTERED                                                                                             },
        {"{score: hate, about: x}",             "{score: hate, about: y}",        CHANGE_ABOUT,       CHANGE_ALTERED},
        {"{score: hate}",                       "{score: {any: [hate, insult]}}", CHANGE_COMPOSITION, CHANGE_ALTERED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        PolicyDiff d = diff_hate(*state, cases[i].before, cases[i].after);
        assert_int_equal(d.count, 1);
        assert_int_equal(d.change[0].area, cases[i].area);
        assert_int_equal(d.change[0].kind, cases[i].kind);
        assert_true(d.change[0].category[CATEGORY_HATE]);
        assert_int_equal(d.area_count[cases[i].area], 1);
    }
}

static void a_composition_written_otherwise_is_told_from_another_one(void **state)
{
    PolicyDiff d =
        diff_hate(*state, "{score: {any: [hate, insult]}}", "{score: {any: [insult, hate]}}");
    assert_int_equal(d.count, 1);
    assert_true(d.change[0].shift >= 0 && d.change[0].shift <= 0);
    d = diff_hate(*state, "{score: {not: {not: hate}}}", "{score: hate}");
    assert_true(d.change[0].shift >= 0 && d.change[0].shift <= 0);
    d = diff_hate(*state, "{score: hate}", "{score: {any: [hate, {share: 0.1, of: insult}]}}");
    assert_true(fabs(d.change[0].shift - .1) < .01);
}

static void clauses_are_compared_by_number_and_words(void **state)
{
    Arena *a = *state;
    Str doc = policy_document(a, "1", "{score: hate}");
    Bundle x =
        policy_bundle(a, doc, "## hate\n**H1** one two\nthree **H2** gone **H3** stays\n");
    Bundle y = policy_bundle(a, doc, "## hate\n**H1** one 2 three **H3** stays\n**H4** new\n");
    PolicyDiff d = diff(a, &x, &y);
    assert_int_equal(d.area_count[CHANGE_CLAUSE], 3);
    assert_true(str_eq(d.change[0].where, STR("H1")));
    assert_true(str_eq(str_trim(d.change[0].before), STR("two")));
    assert_true(str_eq(str_trim(d.change[0].after), STR("2")));
    assert_true(d.change[0].factor[FACTOR_HATE]);
    assert_int_equal(d.change[1].kind, CHANGE_ADDED);
    assert_int_equal(d.change[2].kind, CHANGE_REMOVED);
}

static void what_rules_match_and_cases_hold_is_not_shown(void **state)
{
    Arena *a = *state;
    Str doc = policy_document(a, "1", "{score: hate}");
    BundleFile x[] = {
        {STR("policy.yaml"),    doc                                         },
        {STR("golden/a.jsonl"), STR("{\"id\":\"c1\",\"text\":\"secret\"}\n")},
        {STR("rules/r.yaml"),   STR("rules: [{id: r1, phrase: secret}]\n")  }
    };
    BundleFile y[] = {
        {STR("policy.yaml"),    doc                                                           },
        {STR("golden/a.jsonl"),
         STR("{\"id\":\"c1\",\"text\":\"other\"}\n{\"id\":\"c2\",\"text\":\"x\"}\n")          },
        {STR("rules/r.yaml"),   STR("rules: [{id: r1, phrase: other}, {id: r2, phrase: x}]\n")}
    };
    Bundle before, after;
    bundle_of(x, 3, &before);
    bundle_of(y, 3, &after);
    PolicyDiff d = diff(a, &before, &after);
    assert_int_equal(d.area_count[CHANGE_RULE], 2);
    assert_int_equal(d.area_count[CHANGE_GOLDEN], 2);
    for (size_t i = 0; i < d.count; i++)
        assert_int_equal(d.change[i].before.len + d.change[i].after.len, 0);
    assert_true(str_eq(d.change[0].where, STR("rules.r1.phrase")));
    assert_true(str_eq(d.change[1].where, STR("rules.r2")));
}

static void a_change_moves_the_factors_it_names_or_that_its_categories_use(void **state)
{
    Arena *a = *state;
    const Policy *p;
    Err err = {0};
    bool factor[FACTOR_COUNT];
    Bundle b = policy_bundle(a, policy_document(a, "1", "{score: hate}"), NULL);
    assert_true(bundle_policy(a, &b, "t", &p, &err));
    Change c = {.area = CHANGE_CLAUSE};
    c.category[CATEGORY_HATE_THREATENING] = true;
    change_factors(&c, p, factor);
    for (int f = 0; f < FACTOR_COUNT; f++)
        assert_int_equal(factor[f], f == FACTOR_HATE || f == FACTOR_THREAT);
    change_factors(&(Change){.area = CHANGE_CLAUSE}, p, factor);
    assert_true(factor[FACTOR_SPAM]);
}

static void what_does_not_parse_is_refused(void **state)
{
    Arena *a = *state;
    PolicyDiff d;
    Err err = {0};
    Bundle x = policy_bundle(a, policy_document(a, "1", "{score: hate}"), NULL);
    Bundle y = policy_bundle(a, policy_document(a, "1", "{score: hat}"), NULL);
    assert_false(policy_diff(a, &x, &y, &d, &err));
    assert_non_null(strstr(err.msg, "the latter policy"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, with_room, without_arena)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_differs_from_itself),
        TEST(each_key_has_its_area),
        TEST(a_composition_written_otherwise_is_told_from_another_one),
        TEST(clauses_are_compared_by_number_and_words),
        TEST(what_rules_match_and_cases_hold_is_not_shown),
        TEST(a_change_moves_the_factors_it_names_or_that_its_categories_use),
        TEST(what_does_not_parse_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
