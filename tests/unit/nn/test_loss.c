#include "nn_test.h"

#include "nn/loss.h"

static void values_are_those_worked_out_by_hand(void **state)
{
    (void)state;
    static const struct {
        float logit, target;
        double loss, slope;
    } rows[] = {
        {0,    0,    0.6931471805599453, 0.5                 },
        {0,    1,    0.6931471805599453, -0.5                },
        {0,    0.5f, 0.6931471805599453, 0                   },
        {2,    1,    0.1269280110429726, -0.11920292202211755},
        {-2,   0,    0.1269280110429726, 0.11920292202211755 },
        {100,  0,    100,                1                   },
        {-100, 1,    100,                -1                  },
        {100,  1,    0,                  0                   },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        float grad;
        LossSum s = bce_loss(&rows[i].logit, &rows[i].target, NULL, 1, 1, &grad);
        assert_true(fabs(s.loss - rows[i].loss) < 1e-9 && s.known == 1);
        assert_true(fabs((double)grad - rows[i].slope) < 1e-7);
    }
}

static void the_unknown_contributes_nothing(void **state)
{
    (void)state;
    float logit[4] = {5, 1, NAN, -1}, target[4] = {NAN, 1, NAN, 0}, grad[4];
    LossSum s = bce_loss(logit, target, NULL, 4, 1, grad);
    float two[2] = {1, -1}, known[2] = {1, 0}, same[2];
    LossSum t = bce_loss(two, known, NULL, 2, 1, same);
    assert_true(s.loss == t.loss && s.weight == 2 && s.known == 2);
    assert_true(grad[0] == 0 && grad[2] == 0 && grad[1] == same[0] && grad[3] == same[1]);
    assert_true(bce_mean_loss(logit, target, NULL, 1, grad) == 0 && grad[0] == 0);
    assert_true(bce_mean_loss(logit, target, NULL, 0, NULL) == 0);
}

static void weights_and_scale_multiply(void **state)
{
    (void)state;
    float logit[3] = {1, -2, 0.5f}, target[3] = {0, 0.25f, 1}, weight[3] = {3, 0, 0.5f};
    float plain[3], heavy[3];
    double each[3];
    for (int i = 0; i < 3; i++)
        each[i] = bce_loss(&logit[i], &target[i], NULL, 1, 1, &plain[i]).loss;
    LossSum s = bce_loss(logit, target, weight, 3, 2, heavy);
    assert_true(fabs(s.loss - (3 * each[0] + 0.5 * each[2])) < 1e-12 && s.weight == 3.5);
    assert_close(heavy, (float[]){6 * plain[0], 0, plain[2]}, 3, 1e-6);
    double mean = bce_mean_loss(logit, target, weight, 3, heavy);
    assert_true(fabs(mean - s.loss / 3.5) < 1e-12);
    assert_close(heavy, (float[]){3 * plain[0] / 3.5f, 0, plain[2] / 7}, 3, 1e-6);
}

static void gradients_are_slopes(void **state)
{
    Arena *a = *state;
    uint64_t seed = 2;
    float *x = random_floats(a, &seed, 50), *t = random_floats(a, &seed, 50), grad[50];
    for (int i = 0; i < 50; i++) {
        x[i] *= 8;
        t[i] = i % 7 ? (t[i] + 1) / 2 : NAN;
    }
    bce_mean_loss(x, t, NULL, 50, grad);
    for (int i = 0; i < 50; i++) {
        float kept = x[i];
        x[i] = kept + 0x1p-7f;
        double up = bce_mean_loss(x, t, NULL, 50, NULL);
        x[i] = kept - 0x1p-7f;
        double slope = (up - bce_mean_loss(x, t, NULL, 50, NULL)) * 0x1p6;
        x[i] = kept;
        assert_true(fabs(slope - (double)grad[i]) < 1e-6);
    }
}

static void the_loss_of_a_class_is_that_worked_out_by_hand(void **state)
{
    (void)state;
    float logit[3] = {0, 0, 0}, far[2] = {-1000, 1000}, grad[3];
    assert_true(fabs(softmax_loss(logit, 3, 1, 2, grad) - 1.0986122886681098) < 1e-12);
    assert_close(grad, (float[]){2 / 3.0f, -4 / 3.0f, 2 / 3.0f}, 3, 1e-6);
    assert_true(fabs(softmax_loss(far, 2, 0, 1, NULL) - 2000) < 1e-9);
    assert_true(softmax_loss(far, 2, 1, 1, grad) == 0 && grad[0] == 0 && grad[1] == 0);
    assert_true(softmax_loss(far, 1, 0, 1, grad) == 0 && grad[0] == 0);
}

static void the_gradient_of_a_class_is_the_slope(void **state)
{
    Arena *a = *state;
    uint64_t seed = 4;
    float *x = random_floats(a, &seed, 9), grad[9];
    for (int target = 0; target < 9; target++) {
        softmax_loss(x, 9, target, 1, grad);
        for (int i = 0; i < 9; i++) {
            float kept = x[i];
            x[i] = kept + 0x1p-7f;
            double up = softmax_loss(x, 9, target, 1, NULL);
            x[i] = kept - 0x1p-7f;
            double slope = (up - softmax_loss(x, 9, target, 1, NULL)) * 0x1p6;
            x[i] = kept;
            assert_true(fabs(slope - (double)grad[i]) < 1e-5);
        }
    }
}

static void a_pair_is_apart_by_the_square_and_from_one_on_by_the_line(void **state)
{
    (void)state;
    static const struct {
        float x, y;
        double apart, slope;
    } rows[] = {
        {3,   3,     0,    0 },
        {0.5, 0,     0.25, 1 },
        {0,   0.5,   0.25, -1},
        {1,   2,     1,    -2},
        {2,   -2,    7,    2 },
        {0,   100.5, 200,  -2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        float dx = 10, dy = 20;
        double apart = pair_loss(&rows[i].x, &rows[i].y, 1, 3, &dx, &dy);
        assert_true(apart == rows[i].apart);
        assert_true((double)dx == 10 + 3 * rows[i].slope);
        assert_true((double)dy == 20 - 3 * rows[i].slope);
        assert_true(pair_loss(&rows[i].x, &rows[i].y, 1, 3, NULL, NULL) == apart);
    }
    assert_true(pair_loss(NULL, NULL, 0, 1, NULL, NULL) == 0);
}

static void gradients_of_a_pair_are_slopes(void **state)
{
    Arena *a = *state;
    uint64_t seed = 5;
    enum { N = 40 };
    float *x = random_floats(a, &seed, 2 * (size_t)N), grad[2 * N] = {0};
    for (int i = 0; i < 2 * N; i++)
        x[i] *= 2;
    pair_loss(x, x + N, N, 1, grad, grad + N);
    for (int i = 0; i < 2 * N; i++) {
        float kept = x[i];
        x[i] = kept + 0x1p-9f;
        double up = pair_loss(x, x + N, N, 1, NULL, NULL);
        x[i] = kept - 0x1p-9f;
        double slope = (up - pair_loss(x, x + N, N, 1, NULL, NULL)) * 0x1p8;
        x[i] = kept;
        assert_true(fabs(slope - (double)grad[i]) < 0x1p-9); /* that far at the kink */
    }
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, with_big_arena, without_arena)
    const struct CMUnitTest tests[] = {
        TEST(values_are_those_worked_out_by_hand),
        TEST(the_unknown_contributes_nothing),
        TEST(weights_and_scale_multiply),
        TEST(gradients_are_slopes),
        TEST(the_loss_of_a_class_is_that_worked_out_by_hand),
        TEST(the_gradient_of_a_class_is_the_slope),
        TEST(a_pair_is_apart_by_the_square_and_from_one_on_by_the_line),
        TEST(gradients_of_a_pair_are_slopes),
    };
    return cmocka_run_group_tests_name("nn/loss", tests, NULL, NULL);
}
