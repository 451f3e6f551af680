#include "bench_world.h"

#include "moderate/scored.h"

static ScoredWork work(const World *w)
{
    return (ScoredWork){
        .db = w->db, .release = w->release, .limits = world_limits, .threads = 2};
}

static Scored *score(World *w, const ScoredWork *o, const Str *text, size_t n, size_t known)
{
    Scored *out = NULL;
    ScoredCounts c = {0};
    Err err = {0};
    if (!scored_texts(o, w->arena, text, n, &out, &c, &err))
        fail_msg("%s", err.msg);
    assert_int_equal(c.known, known);
    assert_int_equal(c.known + c.judged, n);
    return out;
}

static void expect_moderate(World *w, const Scored *x, Str text)
{
    Verdict v = world_verdict(w, text);
    assert_memory_equal(x->factor, v.factor, sizeof v.factor);
    assert_int_equal(x->tier, v.tier);
    assert_int_equal(x->language, v.language);
}

enum { TEXTS = 70 };

static Str *texts(World *w)
{
    uint64_t seed = 5;
    Str *t = arena_array(w->arena, Str, TEXTS);
    for (int i = 0; i < TEXTS; i++)
        t[i] = str_print(w->arena, "%s number %d of %llu words", i % 3 ? "hello" : FIXTURE_HATE,
                         i, (unsigned long long)(random_u64(&seed) % 100));
    t[7] = STR("");
    t[8] = t[9];
    return t;
}

static void factors_are_those_of_moderate_judged_or_remembered(void **state)
{
    World *w = *state;
    ScoredWork o = work(w);
    Str *t = texts(w);
    Scored *fresh = score(w, &o, t, TEXTS, 0);
    Scored *again = score(w, &o, t, TEXTS, TEXTS);
    for (int i = 0; i < TEXTS; i++) {
        expect_moderate(w, &fresh[i], t[i]);
        expect_moderate(w, &again[i], t[i]);
    }
}

static void only_what_is_new_is_judged(void **state)
{
    World *w = *state;
    ScoredWork o = work(w);
    Str *t = texts(w);
    score(w, &o, t + 10, 20, 0);
    Scored *all = score(w, &o, t, TEXTS, 20);
    for (int i = 0; i < TEXTS; i++)
        expect_moderate(w, &all[i], t[i]);
    score(w, &o, (Str[]){STR("Hello number 1")}, 1, 0); /* to the byte: case counts */
    o.limits.max_pieces = 128;
    score(w, &o, t, TEXTS, 0); /* other limits may give other factors */
}

static void without_a_store_everything_is_judged(void **state)
{
    World *w = *state;
    ScoredWork o = work(w);
    Str *t = texts(w);
    o.db = NULL;
    score(w, &o, t, TEXTS, 0);
    score(w, &o, t, TEXTS, 0);
    score(w, &o, t, 0, 0);
}

static void a_damaged_memory_is_judged_anew(void **state)
{
    World *w = *state;
    ScoredWork o = work(w);
    Str *t = texts(w);
    Err err = {0};
    score(w, &o, t, 10, 0);
    assert_true(store_exec(w->db, "UPDATE factor_score SET factors = x'00'", &err));
    score(w, &o, t, 10, 0);
    score(w, &o, t, 10, 10);
}

static void what_moderate_refuses_fails_with_its_place(void **state)
{
    World *w = *state;
    ScoredWork o = work(w);
    Scored *out;
    ScoredCounts c;
    Err err = {0};
    Str t[] = {STR("fine"), STR("\xff")};
    assert_false(scored_texts(&o, w->arena, t, 2, &out, &c, &err));
    assert_non_null(strstr(err.msg, "text 2"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, with_world, without_world)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(factors_are_those_of_moderate_judged_or_remembered),
        TEST(only_what_is_new_is_judged),
        TEST(without_a_store_everything_is_judged),
        TEST(a_damaged_memory_is_judged_anew),
        TEST(what_moderate_refuses_fails_with_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
