#include "nn_test.h"

#include "nn/sparse.h"

static void forward_adds_the_rows_of_its_features(void **state)
{
    (void)state;
    const float w[] = {1, 2, 10, 20, 100, 200};
    SparseLinear l = {.buckets = 3, .F = 2, .w = w};
    SparseFeature x[] = {
        {2, 1   },
        {0, -2  },
        {2, 0.5f}
    };
    float out[2] = {5, 5};
    sparse_forward(&l, x, 3, out);
    assert_memory_equal(out, ((float[]){153, 301}), sizeof out);
    sparse_forward(&l, NULL, 0, out);
    assert_memory_equal(out, ((float[]){153, 301}), sizeof out);
}

static void int8_rows_count_with_their_scales(void **state)
{
    (void)state;
    const int8_t q[] = {1, -127, 3, 4};
    const float row[] = {0.5f, 2}, col[] = {10, 1};
    SparseFeature x[] = {
        {0, 1},
        {1, 3}
    };
    static const struct {
        bool row, col;
        float out[2];
    } rows[] = {
        {false, false, {10, -115}     },
        {true,  false, {18.5f, -39.5f}},
        {false, true,  {100, -115}    },
        {true,  true,  {185, -39.5f}  },
    };
    for (size_t i = 0; i < 4; i++) {
        SparseLinear l = {.buckets = 2,
                          .F = 2,
                          .q = q,
                          .row_scale = rows[i].row ? row : NULL,
                          .col_scale = rows[i].col ? col : NULL};
        float out[2] = {0};
        sparse_forward(&l, x, 2, out);
        assert_memory_equal(out, rows[i].out, sizeof out);
    }
}

/* Every width that has a fast way, and one on either side of them, against plain sums. */
static void int8_rows_give_the_same_in_every_width_to_the_bit(void **state)
{
    Arena *a = *state;
    enum { BUCKETS = 97, MOST = 40 };
    uint64_t seed = 11;
    for (int F = 15; F <= 25; F++) {
        ArenaMark mark = arena_mark(a);
        int8_t *q = arena_array(a, int8_t, (size_t)(BUCKETS * F)); /* ASan sees its end */
        float scale[BUCKETS], out[32], want[32];
        SparseFeature x[MOST];
        for (int i = 0; i < BUCKETS * F; i++)
            q[i] = (int8_t)((int)(random_u64(&seed) % 255) - 127);
        for (int i = 0; i < BUCKETS; i++)
            scale[i] = (float)(random_u64(&seed) % 1000) / 7919.0f;
        size_t n = random_u64(&seed) % (MOST + 1);
        for (size_t i = 0; i < n; i++)
            x[i] = (SparseFeature){i ? (uint32_t)(random_u64(&seed) % BUCKETS) : BUCKETS - 1,
                                   (float)(random_u64(&seed) % 1000) / 997.0f};
        for (int f = 0; f < F; f++)
            want[f] = out[f] = (float)f - 3.3f;
        for (size_t i = 0; i < n; i++)
            for (int f = 0; f < F; f++)
                want[f] += x[i].value * scale[x[i].bucket] *
                           (float)q[x[i].bucket * (uint32_t)F + (uint32_t)f];
        SparseLinear l = {.buckets = BUCKETS, .F = F, .q = q, .row_scale = scale};
        sparse_forward(&l, x, n, out);
        assert_memory_equal(out, want, (size_t)F * sizeof *out);
        arena_rewind(a, mark);
    }
}

static void adagrad_moves_touched_rows_by_its_rule(void **state)
{
    (void)state;
    float w[4] = {1, 1, 1, 1}, squares[4] = {0};
    SparseTrainer t = {
        .buckets = 2, .F = 2, .w = w, .squares = squares, .rate = 0.1f, .epsilon = 1e-8f};
    SparseFeature x = {1, 2};
    float dout[2] = {3, -0.25f};
    sparse_adagrad(&t, &x, 1, dout); /* the first move is the rate, whatever the gradient */
    assert_close(w, (float[]){1, 1, 0.9f, 1.1f}, 4, 1e-6);
    assert_close(squares, (float[]){0, 0, 36, 0.25f}, 4, 1e-6);
    sparse_adagrad(&t, &x, 1, dout); /* the second is rate / sqrt(2) */
    assert_close(w + 2, (float[]){0.9f - 0.1f / sqrtf(2), 1.1f + 0.1f / sqrtf(2)}, 2, 1e-6);
}

/* Which of three words stand in a text decides; the layer finds out. */
static void adagrad_learns_a_separable_rule(void **state)
{
    (void)state;
    enum { BUCKETS = 64 };
    float w[BUCKETS] = {0}, squares[BUCKETS] = {0};
    SparseTrainer t = {.buckets = BUCKETS,
                       .F = 1,
                       .w = w,
                       .squares = squares,
                       .rate = 0.3f,
                       .epsilon = 1e-6f,
                       .decay = 1e-5f};
    SparseLinear l = {.buckets = BUCKETS, .F = 1, .w = w};
    uint64_t seed = 3;
    int wrong = 0;
    for (int step = 0; step < 4000; step++) {
        SparseFeature x[5] = {{0}};
        bool bad = false;
        for (int i = 0; i < 5; i++) {
            x[i] = (SparseFeature){(uint32_t)(random_u64(&seed) % BUCKETS), 1};
            bad |= x[i].bucket < 3;
        }
        float z = -2, d; /* a fixed bias */
        sparse_forward(&l, x, 5, &z);
        d = 1 / (1 + expf(-z)) - (bad ? 1 : 0);
        if (step >= 3000)
            wrong += (z > 0) != bad;
        sparse_adagrad(&t, x, 5, &d);
    }
    assert_true(wrong < 10); /* of 1000 */
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, with_big_arena, without_arena)
    const struct CMUnitTest tests[] = {
        TEST(forward_adds_the_rows_of_its_features),
        TEST(int8_rows_count_with_their_scales),
        TEST(int8_rows_give_the_same_in_every_width_to_the_bit),
        TEST(adagrad_moves_touched_rows_by_its_rule),
        TEST(adagrad_learns_a_separable_rule),
    };
    return cmocka_run_group_tests_name("nn/sparse", tests, NULL, NULL);
}
