#include "test.h"

#include "base/rng.h"
#include "model/ensemble.h"

#include <math.h>

enum { ROWS = 4000, F = FACTOR_HATE };

static int with_room(void **state)
{
    *state = arena_open((size_t)64 << 20);
    return 0;
}

/* Factor F: the truth is a coin of sigmoid(1.5 encoder + 0.5 fast - 1); of the other
 * factors nothing is known. */
static EnsembleRows planted(Arena *a)
{
    Rng r;
    rng_seed(&r, 11);
    float *x[3], *weight = arena_array(a, float, ROWS);
    for (int i = 0; i < 3; i++)
        x[i] = arena_array(a, float, (size_t)ROWS *FACTOR_COUNT);
    for (size_t i = 0; i < (size_t)ROWS * FACTOR_COUNT; i++) {
        x[0][i] = (float)(2 * rng_normal(&r));
        x[1][i] = (float)(2 * rng_normal(&r));
        double p = 1 / (1 + exp(-(1.5 * x[0][i] + 0.5 * x[1][i] - 1)));
        x[2][i] = i % FACTOR_COUNT != F ? NAN : rng_unit(&r) < p ? 1.0f : 0.0f;
    }
    for (int i = 0; i < ROWS; i++)
        weight[i] = 1;
    return (EnsembleRows){ROWS, x[0], x[1], x[2], weight};
}

static void planted_weights_are_found(void **state)
{
    EnsembleRows rows = planted(*state);
    float e[ENSEMBLE_ROWS][FACTOR_COUNT];
    ensemble_fit(&rows, e);
    /* standard errors are about .06 with 4,000 rows */
    assert_true(fabsf(e[ENSEMBLE_ENCODER][F] - 1.5f) < 0.2f);
    assert_true(fabsf(e[ENSEMBLE_FAST][F] - 0.5f) < 0.15f);
    assert_true(fabsf(e[ENSEMBLE_BIAS][F] + 1.0f) < 0.2f);
}

static void a_factor_of_which_nothing_is_known_keeps_the_encoders_word(void **state)
{
    EnsembleRows rows = planted(*state);
    float e[ENSEMBLE_ROWS][FACTOR_COUNT];
    ensemble_fit(&rows, e);
    assert_true(e[ENSEMBLE_ENCODER][FACTOR_SPAM] == 1.0f);
    assert_true(e[ENSEMBLE_FAST][FACTOR_SPAM] == 0.0f);
    assert_true(e[ENSEMBLE_BIAS][FACTOR_SPAM] == 0.0f);
    assert_true(e[ENSEMBLE_SURE][FACTOR_SPAM] < -1e8f);
}

static void weights_are_never_negative(void **state)
{
    EnsembleRows rows = planted(*state);
    float *turned = arena_array(*state, float, (size_t)ROWS *FACTOR_COUNT);
    for (size_t i = 0; i < (size_t)ROWS * FACTOR_COUNT; i++)
        turned[i] = -rows.fast[i];
    rows.fast = turned;
    float e[ENSEMBLE_ROWS][FACTOR_COUNT];
    ensemble_fit(&rows, e);
    assert_true(e[ENSEMBLE_FAST][F] == 0.0f);
    assert_true(e[ENSEMBLE_ENCODER][F] > 1.0f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(planted_weights_are_found, with_room, without_arena),
        cmocka_unit_test_setup_teardown(
            a_factor_of_which_nothing_is_known_keeps_the_encoders_word, with_room,
            without_arena),
        cmocka_unit_test_setup_teardown(weights_are_never_negative, with_room, without_arena),
    };
    return cmocka_run_group_tests_name("model/ensemble", tests, NULL, NULL);
}
