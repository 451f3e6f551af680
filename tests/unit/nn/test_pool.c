#include "nn_test.h"

#include "nn/pool.h"

enum { W = 5, F = 3 };

static void one_window_is_itself(void **state)
{
    (void)state;
    float z[F] = {-3, 0.25f, 1000}, s[F] = {-20, 0, 50}, pooled[F];
    pool_forward(z, s, 1, F, pooled);
    assert_close(pooled, z, F, 1e-6);
}

static void small_is_the_mean_and_large_the_maximum(void **state)
{
    (void)state;
    float z[4 * 2] = {1, 1, 2, 2, 3, 3, 6, 6}, s[2] = {-40, 300}, pooled[2];
    pool_forward(z, s, 4, 2, pooled);
    assert_close(pooled, (float[]){3, 6}, 2, 6e-3); /* POOL_LEAST off, log(4)/300 off */
    assert_true(pooled[0] >= 3 && pooled[1] <= 6);
}

static void extremes_neither_overflow_nor_vanish(void **state)
{
    (void)state;
    float z[3] = {-1e30f, 1e30f, 0}, s[1], out[1], dz[3] = {0}, ds[1] = {0}, one[1] = {1};
    static const float places[] = {-1e4f, -30, 0, 30, 1e4f};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        s[0] = places[i];
        pool_forward(z, s, 3, 1, out);
        pool_backward(z, s, one, 3, 1, dz, ds);
        assert_true(isfinite(out[0]) && isfinite(dz[0]) && isfinite(dz[1]) && isfinite(ds[0]));
        assert_true(out[0] > 0.9e30f);
    }
}

static double loss(const float *z, const float *s, const float *d)
{
    float pooled[F];
    double sum = 0;
    pool_forward(z, s, W, F, pooled);
    for (int f = 0; f < F; f++)
        sum += (double)pooled[f] * (double)d[f];
    return sum;
}

static void gradients_are_slopes_and_are_added_to(void **state)
{
    Arena *a = *state;
    uint64_t seed = 8;
    for (int round = 0; round < 20; round++) {
        float *z = random_floats(a, &seed, W * F), *s = random_floats(a, &seed, F),
              *d = random_floats(a, &seed, F), dz[W * F] = {0}, ds[F] = {0};
        for (int i = 0; i < W * F; i++)
            z[i] *= 3;
        for (int f = 0; f < F; f++)
            s[f] *= 4;
        pool_backward(z, s, d, W, F, dz, NULL);
        pool_backward(z, s, d, W, F, dz, ds);
        for (int i = 0; i < W * F + F; i++) {
            float *x = i < W * F ? &z[i] : &s[i - W * F], kept = *x;
            double grad = i < W * F ? (double)dz[i] / 2 : (double)ds[i - W * F];
            *x = kept + 0x1p-7f;
            double up = loss(z, s, d);
            *x = kept - 0x1p-7f;
            double slope = (up - loss(z, s, d)) * 0x1p6;
            *x = kept;
            if (fabs(slope - grad) > 1e-3)
                fail_msg("round %d, at %d: slope %.6f, gradient %.6f", round, i, slope, grad);
        }
    }
}

static void more_windows_alike_change_nothing(void **state)
{
    (void)state;
    float z[40 * 1], s[1] = {0.5f}, out[1];
    for (int i = 0; i < 40; i++)
        z[i] = -2.5f;
    pool_forward(z, s, 40, 1, out);
    assert_close(out, z, 1, 1e-6);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, with_big_arena, without_arena)
    const struct CMUnitTest tests[] = {
        TEST(one_window_is_itself),
        TEST(small_is_the_mean_and_large_the_maximum),
        TEST(extremes_neither_overflow_nor_vanish),
        TEST(gradients_are_slopes_and_are_added_to),
        TEST(more_windows_alike_change_nothing),
    };
    return cmocka_run_group_tests_name("nn/pool", tests, NULL, NULL);
}
