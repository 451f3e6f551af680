#include "test.h"

#include "model/sampler.h"

enum { SMALL = 10, LARGE = 200 };

static Sampler *two_sources(Arena *a, uint64_t seed)
{
    static uint32_t small[SMALL], large[LARGE];
    for (uint32_t i = 0; i < SMALL; i++)
        small[i] = i;
    for (uint32_t i = 0; i < LARGE; i++)
        large[i] = 1000 + i;
    SamplerSource s[] = {
        {small, SMALL, 1.0},
        {large, LARGE, 3.0}
    };
    return sampler_new(a, s, 2, seed);
}

static void every_row_comes_once_before_any_comes_twice(void **state)
{
    Sampler *s = two_sources(*state, 5);
    int seen[SMALL] = {0}, small = 0;
    while (small < 7 * SMALL) {
        uint32_t r = sampler_next(s);
        if (r >= 1000)
            continue;
        seen[r]++;
        small++;
        if (small % SMALL == 0)
            for (int i = 0; i < SMALL; i++)
                assert_int_equal(seen[i], small / SMALL);
    }
}

static void sources_are_drawn_in_proportion_to_their_weights(void **state)
{
    Sampler *s = two_sources(*state, 6);
    int small = 0;
    for (int i = 0; i < 40000; i++)
        small += sampler_next(s) < 1000;
    assert_in_range(small, 9500, 10500); /* 10,000 expected, standard deviation 87 */
}

static void a_restored_sampler_goes_on_as_the_first_would_have(void **state)
{
    Arena *a = *state;
    Err err = {0};
    Sampler *s = two_sources(a, 7), *t = two_sources(a, 7);
    for (int i = 0; i < 777; i++)
        sampler_next(s);
    assert_true(sampler_restore(t, sampler_state(s, a), &err));
    for (int i = 0; i < 2000; i++)
        assert_int_equal(sampler_next(s), sampler_next(t));
    assert_int_equal(sampler_rounds(s, 0), sampler_rounds(t, 0));
}

static void a_foreign_state_is_refused(void **state)
{
    Arena *a = *state;
    Err err = {0};
    Sampler *s = two_sources(a, 8);
    assert_false(sampler_restore(s, STR("short"), &err));
    assert_int_equal(err.code, ERR_CORRUPT);
    uint32_t row[1] = {0};
    Sampler *other = sampler_new(a, &(SamplerSource){row, 1, 1.0}, 1, 8);
    assert_false(sampler_restore(s, sampler_state(other, a), &err));
    uint64_t words[9] = {2, 1, 2, 3, 4, SMALL + 1, 0, 0, 0};
    assert_false(sampler_restore(s, (Str){(char *)words, sizeof words}, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_row_comes_once_before_any_comes_twice, with_arena,
                                        without_arena),
        cmocka_unit_test_setup_teardown(sources_are_drawn_in_proportion_to_their_weights,
                                        with_arena, without_arena),
        cmocka_unit_test_setup_teardown(a_restored_sampler_goes_on_as_the_first_would_have,
                                        with_arena, without_arena),
        cmocka_unit_test_setup_teardown(a_foreign_state_is_refused, with_arena, without_arena),
    };
    return cmocka_run_group_tests_name("model/sampler", tests, NULL, NULL);
}
