#include "test.h"

#include "base/file.h"
#include "policy/decide.h"

/* The shipped policy, with other keys for `hate` in place of its bound on false positives. */
static const Policy *policy(Arena *a, const char *more)
{
    Str text;
    const Policy *p = NULL;
    Err err = {0};
    if (!file_load(a, "policies/openai-13/policy.yaml", POLICY_MAX_BYTES, &text, &err))
        fail_msg("%s", err.msg);
    char *z = str_z(a, text);
    char *at = strstr(z, "\n  hate:\n");
    assert_non_null(at);
    char *bound = strstr(at, "    false-positives:");
    assert_non_null(bound);
    *bound = 0;
    const char *behind = strchr(bound + 1, '\n') + 1;
    Str doc = str_print(a, "%s%s%s", z, more, behind);
    if (!policy_parse(a, doc, "t", &p, &err))
        fail_msg("%s", err.msg);
    return p;
}

static void a_category_holds_from_its_threshold_on(void **state)
{
    const Policy *p = policy(*state, "");
    double at[CATEGORY_COUNT], score[CATEGORY_COUNT] = {0};
    for (int c = 0; c < CATEGORY_COUNT; c++)
        at[c] = .5;
    Decision d;
    score[CATEGORY_HATE] = .4999999;
    decide(p, at, score, &d);
    assert_false(d.flagged);
    assert_int_equal(d.action, ACTION_NONE);
    score[CATEGORY_HATE] = .5;
    decide(p, at, score, &d);
    assert_true(d.flagged && d.category[CATEGORY_HATE]);
    assert_false(d.category[CATEGORY_VIOLENCE]);
    assert_int_equal(d.action, ACTION_FLAG);
}

static void the_policys_threshold_wins_over_the_releases(void **state)
{
    const Policy *p = policy(*state, "    threshold: 0.25\n");
    double at[CATEGORY_COUNT], score[CATEGORY_COUNT] = {0};
    for (int c = 0; c < CATEGORY_COUNT; c++)
        at[c] = .5;
    assert_true(decide_threshold(p, CATEGORY_HATE, at) == .25);
    assert_true(decide_threshold(p, CATEGORY_SEXUAL, at) == .5);
    Decision d;
    score[CATEGORY_HATE] = .3;
    score[CATEGORY_SEXUAL] = .3;
    decide(p, at, score, &d);
    assert_true(d.category[CATEGORY_HATE]);
    assert_false(d.category[CATEGORY_SEXUAL]);
}

static void the_strongest_action_counts(void **state)
{
    const Policy *p = policy(*state, "");
    double at[CATEGORY_COUNT], score[CATEGORY_COUNT] = {0};
    for (int c = 0; c < CATEGORY_COUNT; c++)
        at[c] = .5;
    Decision d;
    score[CATEGORY_HATE] = 1;
    score[CATEGORY_SELF_HARM] = 1;
    decide(p, at, score, &d);
    assert_int_equal(d.action, ACTION_REVIEW);
    score[CATEGORY_SEXUAL_MINORS] = 1;
    decide(p, at, score, &d);
    assert_int_equal(d.action, ACTION_BLOCK);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_arena, without_arena)
    const struct CMUnitTest tests[] = {
        T(a_category_holds_from_its_threshold_on),
        T(the_policys_threshold_wins_over_the_releases),
        T(the_strongest_action_counts),
    };
    return cmocka_run_group_tests_name("policy/decide", tests, NULL, NULL);
}
