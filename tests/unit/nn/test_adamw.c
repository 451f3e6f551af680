#include "nn_test.h"

#include "nn/adamw.h"
#include "nn/layers.h"
#include "nn/loss.h"

static AdamwSpan whole(size_t n) { return (AdamwSpan){.count = n, .rate = 1}; }

static void the_first_steps_are_those_of_the_paper(void **state)
{
    const Kernels *k = kernels_named("reference");
    float p[1] = {1}, g[1] = {0.5f};
    AdamwConfig c = adamw_defaults(0.1f);
    c.clip_norm = 0;
    AdamwSpan s = whole(1);
    s.decay = 0.01f;
    Adamw *o = adamw_new(*state, &c, &s, 1, p, 1);
    /* m/(1-b1) = g and v/(1-b2) = g^2, so the first move is the rate, whatever g */
    assert_true(fabs(adamw_step(k, o, p, g) - 0.5) < 1e-7);
    assert_close(p, (float[]){1 * (1 - 0.1f * 0.01f) - 0.1f}, 1, 1e-6);
    float before = p[0];
    g[0] = -0.5f; /* m = .9 .05 - .05 = -.005, over 1-.81; v as before */
    adamw_step(k, o, p, g);
    assert_close(p, (float[]){before * (1 - 0.001f) + 0.1f * 0.005f / 0.19f / 0.5f}, 1, 1e-5);
    assert_int_equal(o->step, 2);
}

static void the_rate_warms_up_and_falls(void **state)
{
    (void)state;
    AdamwConfig c = adamw_defaults(2);
    c.warmup_steps = 10;
    c.total_steps = 110;
    static const struct {
        AdamwFall fall;
        float last;
        int64_t step;
        float rate;
    } rows[] = {
        {ADAMW_FALL_LINEAR, 0,    1,    0.2f      },
        {ADAMW_FALL_LINEAR, 0,    10,   2         },
        {ADAMW_FALL_LINEAR, 0,    60,   1         },
        {ADAMW_FALL_LINEAR, 0,    110,  0         },
        {ADAMW_FALL_LINEAR, 0.1f, 500,  0.2f      },
        {ADAMW_FALL_COSINE, 0,    60,   1         },
        {ADAMW_FALL_COSINE, 0,    35,   1.7071068f},
        {ADAMW_FALL_COSINE, 0.5f, 110,  1         },
        {ADAMW_FALL_NONE,   0,    5,    1         },
        {ADAMW_FALL_NONE,   0,    5000, 2         },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        c.fall = rows[i].fall;
        c.last_rate = rows[i].last;
        float rate = adamw_rate(&c, rows[i].step);
        assert_close(&rate, &rows[i].rate, 1, 1e-6);
    }
    c = adamw_defaults(1); /* no warm-up, no steps to fall over */
    c.fall = ADAMW_FALL_LINEAR;
    assert_true(adamw_rate(&c, 1) == 0);
}

static void the_gradient_is_clipped_to_its_norm(void **state)
{
    const Kernels *k = kernels_named("reference");
    AdamwConfig c = adamw_defaults(0.1f);
    c.clip_norm = 1;
    AdamwSpan s = whole(2);
    float p[2] = {0}, g[2] = {30, 40};
    Adamw *o = adamw_new(*state, &c, &s, 1, p, 2);
    assert_true(fabs(adamw_step(k, o, p, g) - 50) < 1e-4);
    assert_close(o->m, (float[]){0.06f, 0.08f}, 2, 1e-6); /* a tenth of (0.6, 0.8) */
}

static void frozen_and_uncovered_floats_never_move(void **state)
{
    const Kernels *k = kernels_named("auto");
    AdamwConfig c = adamw_defaults(0.1f);
    c.ema = 0.9f;
    float p[4] = {1, 1, 1, 1}, g[4] = {1, 1, 1e30f, 1};
    AdamwSpan s[2] = {
        {.from = 0,   .count = 2, .rate = 1    },
        { .from = 2, .count = 1,  .rate = 0, .decay = 0.1f}
    };
    Adamw *o = adamw_new(*state, &c, s, 2, p, 4);
    assert_true(fabs(adamw_step(k, o, p, g) - sqrt(2)) < 1e-6); /* and no part of the norm */
    assert_true(p[0] < 1 && p[1] < 1 && p[2] == 1 && p[3] == 1);
    assert_true(o->ema[2] == 1 && o->ema[3] == 1);
}

static void a_span_of_lower_rate_moves_less(void **state)
{
    const Kernels *k = kernels_named("reference");
    AdamwConfig c = adamw_defaults(0.1f);
    float p[2] = {0}, g[2] = {0.1f, 0.1f};
    AdamwSpan s[2] = {
        {.from = 0, .count = 1, .rate = 1   },
        {.from = 1, .count = 1, .rate = 0.3f}
    };
    adamw_step(k, adamw_new(*state, &c, s, 2, p, 2), p, g);
    assert_close(p, (float[]){-0.1f, -0.03f}, 2, 1e-5);
}

static void a_gradient_that_is_not_finite_changes_nothing(void **state)
{
    const Kernels *k = kernels_named("auto");
    static const float bad[] = {NAN, INFINITY, -INFINITY};
    for (int i = 0; i < 3; i++) {
        float p[3] = {1, 2, 3}, g[3] = {0.1f, bad[i], 0};
        AdamwConfig c = adamw_defaults(0.1f);
        c.ema = 0.5f;
        AdamwSpan s = whole(3);
        Adamw *o = adamw_new(*state, &c, &s, 1, p, 3);
        double norm = adamw_step(k, o, p, g);
        assert_true(!isfinite(norm));
        assert_memory_equal(p, ((float[]){1, 2, 3}), sizeof p);
        assert_memory_equal(o->ema, ((float[]){1, 2, 3}), sizeof p);
        assert_true(o->step == 0 && o->m[0] == 0 && o->v[2] == 0);
    }
}

static void the_average_follows_the_weights(void **state)
{
    const Kernels *k = kernels_named("reference");
    AdamwConfig c = adamw_defaults(0.1f);
    c.ema = 0.99f;
    AdamwSpan s = whole(1);
    float p[1] = {1}, g[1] = {1};
    Adamw *o = adamw_new(*state, &c, &s, 1, p, 1);
    double average = 1;
    for (int t = 1; t <= 100; t++) {
        adamw_step(k, o, p, g);
        double keep = fmin(0.99, (1.0 + t) / (10.0 + t));
        average = keep * average + (1 - keep) * (double)p[0];
    }
    assert_close(o->ema, (float[]){(float)average}, 1, 1e-4);
    assert_true(o->ema[0] > p[0]); /* behind */
}

enum { FACTORS = 3, WINDOWS = 6 };

/* The whole machine: encoder, dropout, heads, masked loss, AdamW. */
static void one_batch_is_learned_by_heart(void **state)
{
    Arena *a = *state;
    const Kernels *k = kernels_named("auto");
    uint64_t seed = 21;
    size_t E = encoder_param_count(), n = E + ENCODER_WIDTH * FACTORS + FACTORS;
    EncoderParams p, g;
    random_params(a, &seed, &p);
    float *all = arena_array(a, float, n), *grads = arena_array(a, float, n);
    memcpy(all, p.all, E * sizeof *all);
    encoder_params_at(&p, all);
    encoder_params_at(&g, grads);
    Linear head = {all + E, all + E + ENCODER_WIDTH * FACTORS, ENCODER_WIDTH, FACTORS};
    Linear head_grad = {grads + E, grads + E + ENCODER_WIDTH * FACTORS, ENCODER_WIDTH, FACTORS};

    int32_t piece[40], start[WINDOWS + 1] = {0};
    for (int w = 0; w < WINDOWS; w++)
        start[w + 1] = start[w] + 3 + w;
    for (int i = 0; i < start[WINDOWS]; i++)
        piece[i] = (int32_t)(random_u64(&seed) % ENCODER_VOCAB);
    float target[WINDOWS * FACTORS];
    for (int i = 0; i < WINDOWS * FACTORS; i++)
        target[i] = i % 5 == 4 ? NAN : (float)(random_u64(&seed) % 2);

    AdamwSpan span = whole(n);
    span.decay = 0.01f;
    AdamwConfig c = adamw_defaults(1e-3f);
    c.warmup_steps = 5;
    Adamw *o = adamw_new(a, &c, &span, 1, all, n);
    Rng rng;
    rng_seed(&rng, 1);
    double loss = 1;
    int steps = 0;
    for (ArenaMark mark = arena_mark(a); loss >= 0.01 && steps < 200; steps++) {
        float pooled[WINDOWS * ENCODER_WIDTH], dpooled[WINDOWS * ENCODER_WIDTH];
        float logit[WINDOWS * FACTORS], dlogit[WINDOWS * FACTORS];
        memset(grads, 0, n * sizeof *grads);
        WindowBatch b = {piece, start, WINDOWS};
        EncoderTape *tape = encoder_forward_train(k, &p, a, &b, 0.05f, &rng, pooled);
        linear_forward(k, &head, logit, pooled, WINDOWS);
        loss = bce_mean_loss(logit, target, NULL, WINDOWS * FACTORS, dlogit);
        linear_backward(k, &head, &head_grad, pooled, dlogit, WINDOWS);
        linear_backward_input(k, &head, dlogit, WINDOWS, 0, dpooled);
        encoder_backward(k, &p, tape, dpooled, &g, a);
        adamw_step(k, o, all, grads);
        arena_rewind(a, mark);
    }
    print_message("loss %.4f after %d steps\n", loss, steps);
    assert_true(loss < 0.01);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, with_big_arena, without_arena)
    const struct CMUnitTest tests[] = {
        TEST(the_first_steps_are_those_of_the_paper),
        TEST(the_rate_warms_up_and_falls),
        TEST(the_gradient_is_clipped_to_its_norm),
        TEST(frozen_and_uncovered_floats_never_move),
        TEST(a_span_of_lower_rate_moves_less),
        TEST(a_gradient_that_is_not_finite_changes_nothing),
        TEST(the_average_follows_the_weights),
        TEST(one_batch_is_learned_by_heart),
    };
    return cmocka_run_group_tests_name("nn/adamw", tests, NULL, NULL);
}
