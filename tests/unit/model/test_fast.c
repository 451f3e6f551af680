#include "test.h"

#include "model/fast.h"

static void int8_rows_with_scales_are_read_as_the_sum_they_stand_for(void **state)
{
    static int8_t q[8 * FACTOR_COUNT];
    float scale[8] = {0}, bias[FACTOR_COUNT] = {0}, logit[FACTOR_COUNT];
    q[2 * FACTOR_COUNT + 3] = 127;
    q[5 * FACTOR_COUNT + 3] = -10;
    scale[2] = .5f;
    scale[5] = 2;
    bias[3] = -1;
    Fast m = {
        .layer = {.buckets = 8, .F = FACTOR_COUNT, .q = q, .row_scale = scale},
          .bias = bias
    };
    const uint32_t bucket[] = {2, 5};
    const float value[] = {.25f, .5f};
    fast_forward(&m, *state, &(Ngrams){bucket, value, 2}, logit);
    assert_true(logit[3] == .25f * .5f * 127 - .5f * 2 * 10 - 1);
    assert_true(logit[0] == 0);
    fast_forward(&m, *state, &(Ngrams){NULL, NULL, 0}, logit);
    assert_true(logit[3] == -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            int8_rows_with_scales_are_read_as_the_sum_they_stand_for, with_arena,
            without_arena),
    };
    return cmocka_run_group_tests_name("model/fast", tests, NULL, NULL);
}
