#include "test.h"

#include "base/rng.h"
#include "nn/gist_internal.h"

#include <math.h>

enum { VOCAB = 12, WIDTH = 16, PAIRS = 5, ROWS = GIST_PLACES * VOCAB + PAIRS, LONGEST = 9 };

typedef struct Weights {
    float w[ROWS * WIDTH], bias[WIDTH], scale[ROWS];
    int8_t q[ROWS * WIDTH];
} Weights;

static void random_weights(Weights *x, uint64_t seed)
{
    Rng r;
    rng_seed(&r, seed);
    for (int i = 0; i < ROWS; i++)
        x->scale[i] = (float)(.001 + .01 * rng_unit(&r));
    for (int i = 0; i < ROWS * WIDTH; i++) {
        x->q[i] = (int8_t)((int)rng_below(&r, 255) - 127);
        x->w[i] = x->scale[i / WIDTH] * (float)x->q[i];
    }
    for (int i = 0; i < WIDTH; i++)
        x->bias[i] = (float)(.3 * rng_normal(&r));
}

static Gist gist_of(const Weights *x, bool bytes, uint32_t pairs)
{
    Gist g = {.width = WIDTH, .vocab = VOCAB, .pairs = pairs, .bias = x->bias};
    g.w = bytes ? NULL : x->w;
    g.q = bytes ? x->q : NULL;
    g.scale = bytes ? x->scale : NULL;
    return g;
}

static int random_pieces(Rng *r, int32_t piece[LONGEST])
{
    int n = 1 + (int)rng_below(r, LONGEST);
    for (int i = 0; i < n; i++)
        piece[i] = (int32_t)rng_below(r, VOCAB);
    return n;
}

/* Without pairs it can be written down from the header's formula. */
static void a_gist_is_the_mean_and_the_greatest_of_what_each_place_adds_up(void **state)
{
    (void)state;
    Weights x;
    Rng r;
    random_weights(&x, 1);
    rng_seed(&r, 2);
    Gist g = gist_of(&x, false, 0);
    for (int trial = 0; trial < 50; trial++) {
        int32_t p[LONGEST];
        int n = random_pieces(&r, p);
        float out[2 * WIDTH];
        gist_forward(&g, p, n, out, NULL);
        for (int j = 0; j < WIDTH; j++) {
            double sum = 0, top = 0;
            for (int i = 0; i < n; i++) {
                double z = (double)x.bias[j] + (double)x.w[(VOCAB + p[i]) * WIDTH + j];
                z += i > 0 ? (double)x.w[p[i - 1] * WIDTH + j] : 0;
                z += i + 1 < n ? (double)x.w[(2 * VOCAB + p[i + 1]) * WIDTH + j] : 0;
                sum += fmax(z, 0);
                top = fmax(top, z);
            }
            double mean = sum / n;
            assert_float_equal(out[j], mean, 1e-5);
            assert_float_equal(out[WIDTH + j], top, 1e-5);
        }
    }
}

static void bytes_with_a_scale_say_what_floats_say(void **state)
{
    (void)state;
    Weights x;
    Rng r;
    random_weights(&x, 3);
    rng_seed(&r, 4);
    Gist floats = gist_of(&x, false, PAIRS), bytes = gist_of(&x, true, PAIRS);
    for (int trial = 0; trial < 50; trial++) {
        int32_t p[LONGEST];
        int n = random_pieces(&r, p);
        float a[2 * WIDTH], b[2 * WIDTH];
        gist_forward(&floats, p, n, a, NULL);
        gist_forward(&bytes, p, n, b, NULL);
        for (int j = 0; j < 2 * WIDTH; j++)
            assert_float_equal(a[j], b[j], 1e-6);
    }
}

static void a_pair_has_a_row_that_neither_piece_has(void **state)
{
    (void)state;
    Weights x;
    random_weights(&x, 5);
    memset(x.w, 0, GIST_PLACES * VOCAB * WIDTH * sizeof *x.w);
    for (int i = 0; i < WIDTH; i++)
        x.bias[i] = 1;
    Gist g = gist_of(&x, false, PAIRS);
    float one[2 * WIDTH], two[2 * WIDTH];
    gist_forward(&g, (int32_t[]){3}, 1, one, NULL);
    gist_forward(&g, (int32_t[]){3, 4}, 2, two, NULL);
    assert_float_equal(one[0], 1, 0);
    assert_true(memcmp(one, two, sizeof one) != 0);
}

/* The loss is a fixed direction of the gist; AdaGrad from large squares is a plain step, so
 * what moved says what the gradient was. */
static void the_backward_pass_agrees_with_differences(void **state)
{
    (void)state;
    static Weights x;
    static float before[ROWS * WIDTH], squares[ROWS * WIDTH];
    Rng r;
    random_weights(&x, 6);
    rng_seed(&r, 7);
    memcpy(before, x.w, sizeof before);
    float direction[2 * WIDTH], out[2 * WIDTH], z[LONGEST * WIDTH], dbias[WIDTH] = {0};
    int top[WIDTH];
    for (int j = 0; j < 2 * WIDTH; j++)
        direction[j] = (float)rng_normal(&r);
    for (int i = 0; i < ROWS * WIDTH; i++)
        squares[i] = 1e6f;
    int32_t p[LONGEST] = {1, 2, 3, 2, 7}; /* 2 stands twice */
    Gist g = gist_of(&x, false, PAIRS);
    GistTrace trace = {z, top};
    GistTrainer t = {x.w, squares, 1, 0};
    gist_forward(&g, p, 5, out, &trace);
    gist_backward(&g, &t, p, 5, &trace, direction, dbias);
    int moved = 0;
    for (int i = 0; i < ROWS * WIDTH; i += 3) {
        float gradient = (before[i] - x.w[i]) * 1000.0f, sum[2] = {0};
        static Weights y;
        for (int side = 0; side < 2; side++) {
            y = x;
            memcpy(y.w, before, sizeof before);
            y.w[i] += side ? 1e-3f : -1e-3f;
            Gist h = gist_of(&y, false, PAIRS);
            gist_forward(&h, p, 5, out, NULL);
            for (int j = 0; j < 2 * WIDTH; j++)
                sum[side] += direction[j] * out[j];
        }
        moved += gradient != 0;
        assert_float_equal(gradient, (sum[1] - sum[0]) / 2e-3f, 2e-2);
    }
    assert_true(moved > 20);
}

static void avx2_gives_the_same_bits(void **state)
{
    (void)state;
#ifdef __x86_64__
    if (!__builtin_cpu_supports("avx2"))
        skip();
    Rng r;
    rng_seed(&r, 8);
    for (int trial = 0; trial < 100; trial++) {
        int W = 8 * (1 + (int)rng_below(&r, 4)), top[2][32];
        int8_t q[32];
        float z[2][32], sum[2][32] = {{0}}, most[2][32] = {{0}}, w[2][32], sq[2][32], g[32];
        for (int j = 0; j < W; j++) {
            q[j] = (int8_t)((int)rng_below(&r, 255) - 127);
            g[j] = (float)rng_normal(&r);
            z[0][j] = z[1][j] = (float)rng_normal(&r);
            w[0][j] = w[1][j] = (float)rng_normal(&r);
            sq[0][j] = sq[1][j] = (float)rng_unit(&r);
            top[0][j] = top[1][j] = -1;
        }
        const GistLoops *l[2] = {&gist_loops_plain, &gist_loops_avx2};
        for (int k = 0; k < 2; k++) {
            l[k]->add_i8(W, q, .037f, z[k]);
            l[k]->add_f32(W, g, z[k]);
            l[k]->collect(W, 4, z[k], sum[k], most[k], top[k]);
            l[k]->adagrad(W, g, .1f, 1e-6f, w[k], sq[k]);
        }
        size_t n = (size_t)W * sizeof(float);
        assert_memory_equal(z[0], z[1], n);
        assert_memory_equal(sum[0], sum[1], n);
        assert_memory_equal(most[0], most[1], n);
        assert_memory_equal(w[0], w[1], n);
        assert_memory_equal(sq[0], sq[1], n);
        assert_memory_equal(top[0], top[1], (size_t)W * sizeof(int));
    }
#else
    skip();
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_gist_is_the_mean_and_the_greatest_of_what_each_place_adds_up),
        cmocka_unit_test(bytes_with_a_scale_say_what_floats_say),
        cmocka_unit_test(a_pair_has_a_row_that_neither_piece_has),
        cmocka_unit_test(the_backward_pass_agrees_with_differences),
        cmocka_unit_test(avx2_gives_the_same_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
