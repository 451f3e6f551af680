/* Every backward against central differences: a random loss sum(dout * out) is taken,
 * each input nudged both ways, and the slope compared with the gradient.  Kernels are the
 * reference's, whose sums run in double, so that a step of 1/256 leaves digits enough. */
#include "nn_test.h"

#include "nn/layers.h"

typedef struct Check {
    Arena *a;
    const Kernels *k;
    uint64_t seed;
} Check;

static Check check_of(void **state) { return (Check){*state, kernels_named("reference"), 77}; }

typedef double (*Loss)(void *ctx);

static void assert_slopes(Loss loss, void *ctx, float *x, const float *grad, size_t n,
                          const char *what)
{
    const float h = 1.0f / 256;
    for (size_t i = 0; i < n; i++) {
        float kept = x[i];
        x[i] = kept + h;
        double up = loss(ctx);
        x[i] = kept - h;
        double down = loss(ctx);
        x[i] = kept;
        double slope = (up - down) / (2 * (double)h);
        if (fabs(slope - (double)grad[i]) > 2e-3 * (1 + fabs(slope)))
            fail_msg("%s[%zu]: slope %.6f, gradient %.6f", what, i, slope, (double)grad[i]);
    }
}

static double weighted(const float *out, const float *dout, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)out[i] * (double)dout[i];
    return sum;
}

enum { N = 5, I = 7, O = 6 };

typedef struct LinearCase {
    const Kernels *k;
    Linear l;
    float *in, *out, *dout;
} LinearCase;

static double linear_loss(void *ctx)
{
    LinearCase *c = ctx;
    linear_forward(c->k, &c->l, c->out, c->in, N);
    return weighted(c->out, c->dout, N * O);
}

static void linear_gradients_are_slopes(void **state)
{
    Check t = check_of(state);
    Arena *a = t.a;
    LinearCase c = {
        .k = t.k,
        .l = {random_floats(a, &t.seed, I * O), random_floats(a, &t.seed, O), I, O},
        .in = random_floats(a, &t.seed, N * I),
        .out = arena_array(a, float, N *O),
        .dout = random_floats(a, &t.seed, N * O)
    };
    Linear g = {arena_array(a, float, I *O), arena_array(a, float, O), I, O};
    float din[N * I] = {0}, twice[N * I];
    linear_backward(c.k, &c.l, &g, c.in, c.dout, N);
    linear_backward_input(c.k, &c.l, c.dout, N, 0, din);
    assert_slopes(linear_loss, &c, c.l.w, g.w, I * O, "w");
    assert_slopes(linear_loss, &c, c.l.b, g.b, O, "b");
    assert_slopes(linear_loss, &c, c.in, din, N * I, "in");

    memcpy(twice, din, sizeof din);
    linear_backward_input(c.k, &c.l, c.dout, N, 1, twice);
    float b0 = g.b[0], w0 = g.w[0];
    linear_backward(c.k, &c.l, &g, c.in, c.dout, N); /* added to */
    assert_close((float[]){twice[3], g.b[0], g.w[0]}, (float[]){2 * din[3], 2 * b0, 2 * w0}, 3,
                 1e-5);
}

enum { C = 9 };

typedef struct NormCase {
    const Kernels *k;
    float *in, *gain, *bias, *dout, *out, mean[N], rstd[N];
} NormCase;

static double norm_loss(void *ctx)
{
    NormCase *c = ctx;
    c->k->layernorm(c->out, c->mean, c->rstd, c->in, c->gain, c->bias, N, C);
    return weighted(c->out, c->dout, N * C);
}

static void layernorm_gradients_are_slopes(void **state)
{
    Check t = check_of(state);
    NormCase c = {.k = t.k};
    c.in = random_floats(t.a, &t.seed, N * C);
    c.gain = random_floats(t.a, &t.seed, C);
    c.bias = random_floats(t.a, &t.seed, C);
    c.dout = random_floats(t.a, &t.seed, N * C);
    c.out = arena_array(t.a, float, N *C);
    norm_loss(&c);
    float dgain[C] = {0}, dbias[C] = {0}, din[N * C] = {0};
    layernorm_backward(c.gain, &(LayernormGrad){dgain, dbias}, c.in, c.mean, c.rstd, c.dout,
                       din, N, C);
    assert_slopes(norm_loss, &c, c.gain, dgain, C, "gain");
    assert_slopes(norm_loss, &c, c.bias, dbias, C, "bias");
    assert_slopes(norm_loss, &c, c.in, din, N * C, "in");
}

enum { D = 8, HEADS = 2, ROWS = 9 };

typedef struct AttentionCase {
    const Kernels *k;
    AttentionShape s;
    float *qkv, *out, *probs, *dout;
} AttentionCase;

static double attention_loss(void *ctx)
{
    AttentionCase *c = ctx;
    attention_forward(c->k, &c->s, c->out, c->probs, c->qkv);
    return weighted(c->out, c->dout, ROWS * D);
}

static void attention_gradients_are_slopes(void **state)
{
    Check t = check_of(state);
    static const int32_t start[] = {0, 1, 4, 9}; /* windows of 1, 3 and 5 */
    AttentionCase c = {
        .k = t.k, .s = {start, 3, D, HEADS}
    };
    assert_int_equal(attention_probs(&c.s), (1 + 9 + 25) * HEADS);
    c.qkv = random_floats(t.a, &t.seed, ROWS * 3 * D);
    c.out = arena_array(t.a, float, ROWS *D);
    c.probs = arena_array(t.a, float, attention_probs(&c.s));
    c.dout = random_floats(t.a, &t.seed, ROWS * D);
    attention_loss(&c);
    float dqkv[ROWS * 3 * D], scratch[25];
    attention_backward(c.k, &c.s, c.qkv, c.probs, c.dout, dqkv, scratch);
    assert_slopes(attention_loss, &c, c.qkv, dqkv, ROWS * 3 * D, "qkv");
}

static void attention_stays_inside_a_window(void **state)
{
    Check t = check_of(state);
    static const int32_t start[] = {0, 4, 9};
    AttentionShape s = {start, 2, D, HEADS};
    float *qkv = random_floats(t.a, &t.seed, ROWS * 3 * D);
    float out[2][ROWS * D], probs[(16 + 25) * HEADS];
    attention_forward(t.k, &s, out[0], probs, qkv);
    for (int i = 0; i < 4 * 3 * D; i++)
        qkv[i] += 1; /* all of the first window */
    attention_forward(t.k, &s, out[1], probs, qkv);
    assert_memory_equal(out[0] + 4 * D, out[1] + 4 * D, 5 * D * sizeof(float));
    assert_memory_not_equal(out[0], out[1], 4 * D * sizeof(float));
}

typedef struct PointCase {
    const Kernels *k;
    int which;
    float *in, *dout, out[C];
} PointCase;

static void point_forward(PointCase *c)
{
    if (c->which == 3) {
        l2norm_forward(c->out, c->in, 1, C);
        return;
    }
    memcpy(c->out, c->in, sizeof c->out);
    if (c->which == 0)
        c->k->softmax(c->out, C);
    else if (c->which == 1)
        c->k->relu(c->out, C);
    else
        tanh_forward(c->out, C);
}

static double point_loss(void *ctx)
{
    PointCase *c = ctx;
    point_forward(c);
    return weighted(c->out, c->dout, C);
}

static void gradients_of_softmax_relu_tanh_and_l2norm_are_slopes(void **state)
{
    Check t = check_of(state);
    static const char *const name[] = {"softmax", "relu", "tanh", "l2norm"};
    for (int which = 0; which < 4; which++) {
        PointCase c = {.k = t.k, .which = which};
        c.in = random_floats(t.a, &t.seed, C);
        c.dout = random_floats(t.a, &t.seed, C);
        for (int i = 0; i < C; i++)
            if (fabsf(c.in[i]) < 0.02f) /* keep off the corner of relu */
                c.in[i] = 0.1f;
        point_forward(&c);
        float d[C];
        memcpy(d, c.dout, sizeof d);
        if (which == 0)
            softmax_backward(t.k, c.out, d, C);
        else if (which == 1)
            relu_backward(c.out, d, C);
        else if (which == 2)
            tanh_backward(c.out, d, C);
        else {
            memset(d, 0, sizeof d);
            l2norm_backward(c.in, c.dout, d, 1, C);
        }
        assert_slopes(point_loss, &c, c.in, d, C, name[which]);
    }
}

static void a_row_of_zeros_has_no_direction_and_no_trouble(void **state)
{
    (void)state;
    float in[4] = {0}, out[4], dout[4] = {1, 1, 1, 1}, din[4] = {0};
    l2norm_forward(out, in, 1, 4);
    assert_memory_equal(out, in, sizeof in);
    l2norm_backward(in, dout, din, 1, 4);
    assert_true(isfinite(din[0]));
}

static void dropout_keeps_its_share_and_the_mean(void **state)
{
    Arena *a = *state;
    enum { MANY = 40000 };
    static const float rates[] = {0, 0.1f, 0.5f, 0.9f};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        float *x = arena_array(a, float, MANY), *d = arena_array(a, float, MANY), sum = 0;
        uint8_t *keep = arena_array(a, uint8_t, MANY);
        for (int j = 0; j < MANY; j++)
            x[j] = d[j] = 1;
        Rng rng;
        rng_seed(&rng, i);
        dropout_forward(x, keep, MANY, rates[i], &rng);
        int kept = 0;
        for (int j = 0; j < MANY; j++) {
            kept += keep[j];
            sum += x[j];
            assert_true(keep[j] ? x[j] >= 1 : x[j] == 0);
        }
        double share = 1 - (double)rates[i], spread = sqrt(share * (1 - share) / MANY);
        assert_true(fabs((double)kept / MANY - share) <= 5 * spread);
        assert_true(fabs((double)sum / MANY - 1) <= 5 * spread / share + 1e-4);
        dropout_backward(d, keep, MANY, rates[i]);
        assert_memory_equal(d, x, MANY * sizeof *x); /* the same mask, the same growth */
    }
}

static void dropout_repeats_from_its_seed(void **state)
{
    (void)state;
    uint8_t keep[2][64];
    for (int i = 0; i < 2; i++) {
        float x[64] = {0};
        Rng rng;
        rng_seed(&rng, 5);
        dropout_forward(x, keep[i], 64, 0.5f, &rng);
    }
    assert_memory_equal(keep[0], keep[1], sizeof keep[0]);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, with_big_arena, without_arena)
    const struct CMUnitTest tests[] = {
        TEST(linear_gradients_are_slopes),
        TEST(layernorm_gradients_are_slopes),
        TEST(attention_gradients_are_slopes),
        TEST(attention_stays_inside_a_window),
        TEST(gradients_of_softmax_relu_tanh_and_l2norm_are_slopes),
        TEST(a_row_of_zeros_has_no_direction_and_no_trouble),
        TEST(dropout_keeps_its_share_and_the_mean),
        TEST(dropout_repeats_from_its_seed),
    };
    return cmocka_run_group_tests_name("nn/layers", tests, NULL, NULL);
}
