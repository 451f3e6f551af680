#include "test.h"

#include "base/rng.h"
#include "model/ensemble.h"

#include <math.h>

enum { ROWS = 4000 };

static int with_room(void **state)
{
    *state = arena_open((size_t)64 << 20);
    return 0;
}

/* The encoder says twice what the fast tier says, less one, and a little of its own. */
static EnsembleRows planted(Arena *a)
{
    Rng r;
    rng_seed(&r, 11);
    float *encoder = arena_array(a, float, (size_t)ROWS *FACTOR_COUNT);
    float *fast = arena_array(a, float, (size_t)ROWS *FACTOR_COUNT);
    for (size_t i = 0; i < (size_t)ROWS * FACTOR_COUNT; i++) {
        fast[i] = (float)(2 * rng_normal(&r));
        encoder[i] = 2 * fast[i] - 1 + (float)(0.1 * rng_normal(&r));
    }
    return (EnsembleRows){ROWS, encoder, fast};
}

static void the_share_is_the_same_for_every_factor(void **state)
{
    EnsembleRows rows = planted(*state);
    float e[ENSEMBLE_ROWS][FACTOR_COUNT];
    ensemble_fit(&rows, 0.25, e);
    for (int f = 0; f < FACTOR_COUNT; f++) {
        assert_true(e[ENSEMBLE_ENCODER][f] == 0.75f);
        assert_true(e[ENSEMBLE_FAST][f] == 0.25f);
        assert_true(e[ENSEMBLE_BIAS][f] == 0);
        assert_true(e[ENSEMBLE_SURE][f] < -1e8f);
    }
}

/* joined = .75 (2 fast - 1) + .25 fast = 1.75 fast - .75 */
static void the_fast_tier_alone_means_what_both_mean_together(void **state)
{
    EnsembleRows rows = planted(*state);
    float e[ENSEMBLE_ROWS][FACTOR_COUNT];
    ensemble_fit(&rows, 0.25, e);
    for (int f = 0; f < FACTOR_COUNT; f++) {
        assert_true(fabsf(e[ENSEMBLE_ALONE][f] - 1.75f) < 0.05f);
        assert_true(fabsf(e[ENSEMBLE_ALONE_BIAS][f] + 0.75f) < 0.05f);
    }
}

static void a_fast_tier_that_says_the_opposite_is_silenced_not_turned(void **state)
{
    EnsembleRows rows = planted(*state);
    float *turned = arena_array(*state, float, (size_t)ROWS *FACTOR_COUNT);
    for (size_t i = 0; i < (size_t)ROWS * FACTOR_COUNT; i++)
        turned[i] = -rows.fast[i];
    rows.fast = turned;
    float e[ENSEMBLE_ROWS][FACTOR_COUNT];
    ensemble_fit(&rows, 0.0, e);
    assert_true(e[ENSEMBLE_ALONE][FACTOR_HATE] == 0);
}

static void rows_that_the_encoder_did_not_read_do_not_count(void **state)
{
    EnsembleRows rows = planted(*state);
    float *gaps = arena_array(*state, float, (size_t)ROWS *FACTOR_COUNT);
    memcpy(gaps, rows.encoder, (size_t)ROWS * FACTOR_COUNT * sizeof *gaps);
    for (size_t i = 0; i < (size_t)ROWS * FACTOR_COUNT; i += 3)
        gaps[i] = NAN;
    rows.encoder = gaps;
    float e[ENSEMBLE_ROWS][FACTOR_COUNT];
    ensemble_fit(&rows, 0.25, e);
    assert_true(fabsf(e[ENSEMBLE_ALONE][FACTOR_HATE] - 1.75f) < 0.05f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_share_is_the_same_for_every_factor, with_room,
                                        without_arena),
        cmocka_unit_test_setup_teardown(the_fast_tier_alone_means_what_both_mean_together,
                                        with_room, without_arena),
        cmocka_unit_test_setup_teardown(
            a_fast_tier_that_says_the_opposite_is_silenced_not_turned, with_room,
            without_arena),
        cmocka_unit_test_setup_teardown(rows_that_the_encoder_did_not_read_do_not_count,
                                        with_room, without_arena),
    };
    return cmocka_run_group_tests_name("model/ensemble", tests, NULL, NULL);
}
