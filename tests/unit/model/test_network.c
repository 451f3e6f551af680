#include "test.h"

#include "fixture.h"
#include "model/network.h"
#include "nn/pool.h"

#include <math.h>

static int with_room(void **state)
{
    *state = arena_open((size_t)512 << 20);
    return 0;
}

static const Kernels *reference(void)
{
    const Kernels *k;
    Err err = {0};
    assert_true(kernels_find(STR("reference"), &k, &err));
    return k;
}

static void the_parameters_lie_in_one_block_one_after_the_other(void **state)
{
    NetworkParams p;
    float *all = arena_array(*state, float, network_param_count());
    network_params_at(&p, all);
    size_t at = 0;
    for (int i = 0; i < network_param_info_count; i++) {
        assert_int_equal(network_param_info[i].offset, at);
        at += (size_t)network_param_info[i].rows * (size_t)network_param_info[i].cols;
    }
    assert_int_equal(at, network_param_count());
    assert_ptr_equal(p.head_w, all);
    assert_ptr_equal(p.pool_s, all + at - FACTOR_COUNT);
}

static void a_long_text_is_the_pool_of_its_windows(void **state)
{
    Arena *a = *state;
    const Kernels *k = reference();
    ReleaseParts p;
    Err err = {0};
    if (!fixture_parts(a, 3, &p, &err))
        fail_msg("%s", err.msg);
    Windows w = {4, 3}; /* short, so that NETWORK_BATCH is passed with few pieces */
    int32_t piece[3 * NETWORK_BATCH + 10];
    size_t n = sizeof piece / sizeof *piece;
    for (size_t i = 0; i < n; i++)
        piece[i] = (int32_t)(6 + i * 7 % 50);
    float together[FACTOR_COUNT], want[FACTOR_COUNT];
    ArenaMark mark = arena_mark(a);
    Pieces pieces = {.id = piece, .count = n};
    network_text(&(Network){k, p.encoder, p.network, w}, a, &pieces, together);
    assert_int_equal(arena_mark(a), mark); /* scratch is given back */

    size_t count = windows_count(&w, n);
    assert_true(count > NETWORK_BATCH);
    float *each = arena_array(a, float, count *FACTOR_COUNT);
    for (size_t i = 0; i < count; i++) {
        WindowBatch b;
        float pooled[ENCODER_WIDTH];
        windows_cut(a, &w, &pieces, i, 1, &b);
        encoder_forward(k, p.encoder, a, &b, pooled);
        for (int f = 0; f < FACTOR_COUNT; f++) {
            float z = p.network->head_b[f];
            for (int j = 0; j < ENCODER_WIDTH; j++)
                z += pooled[j] * p.network->head_w[j * FACTOR_COUNT + f];
            each[i * FACTOR_COUNT + (size_t)f] = z;
        }
    }
    pool_forward(each, p.network->pool_s, (int)count, FACTOR_COUNT, want);
    for (int f = 0; f < FACTOR_COUNT; f++)
        assert_true(fabsf(together[f] - want[f]) < 1e-4f);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_room, without_arena)
    const struct CMUnitTest tests[] = {
        T(the_parameters_lie_in_one_block_one_after_the_other),
        T(a_long_text_is_the_pool_of_its_windows),
    };
    return cmocka_run_group_tests_name("model/network", tests, NULL, NULL);
}
