/* The gradients are taken through the encoder, as training does; the loss is held against a
 * naive one in double. */
#include "nn_test.h"

#include "nn/masked.h"

enum { WINDOWS = 3, PIECES = 12, HOLES = 4 };

typedef struct World {
    Arena *arena;
    EncoderParams enc;
    MaskedParams head;
    const Kernels *k;
} World;

static const int32_t pieces[PIECES] = {7, 3, 9, 3, 11, 3, 4000, 8, 9, 3, 20, 8001};
static const int32_t starts[WINDOWS + 1] = {0, 5, 6, 12};
static const int32_t holes[HOLES] = {1, 3, 5, 9}, wanted[HOLES] = {100, 7, 8001, 9};

static World world_of(Arena *a)
{
    World w = {.arena = a, .k = kernels_named("auto")};
    uint64_t seed = 21;
    random_params(a, &seed, &w.enc);
    for (int i = 0; i < ENCODER_VOCAB * ENCODER_WIDTH0; i++)
        w.enc.embed[i] *= 0.2f; /* or a handful of pieces takes the whole softmax */
    masked_params_at(&w.head, random_floats(a, &seed, masked_param_count()));
    for (int i = 0; i < ENCODER_WIDTH * ENCODER_WIDTH0; i++)
        w.head.dense_w[i] *= sqrtf(3.0f / ENCODER_WIDTH);
    for (int i = 0; i < ENCODER_WIDTH0; i++)
        w.head.norm_g[i] = 1 + 0.3f * w.head.norm_g[i];
    return w;
}

static double loss_and_grads(World *w, EncoderParams *denc, MaskedParams *dhead)
{
    Arena *a = w->arena;
    ArenaMark mark = arena_mark(a);
    WindowBatch b = {pieces, starts, WINDOWS};
    MaskedPieces m = {holes, wanted, HOLES};
    EncoderTape *tape = encoder_forward_train(w->k, &w->enc, a, &b, 0, NULL, NULL);
    float *dout = arena_array(a, float, PIECES *ENCODER_WIDTH);
    MaskedGrads g = {dhead, denc ? denc->embed : NULL, dout};
    double loss = masked_loss(w->k, &w->head, w->enc.embed, a, encoder_piece_output(tape), &m,
                              0.25f, dhead ? &g : NULL);
    if (denc)
        encoder_backward_pieces(w->k, &w->enc, tape, dout, denc, a);
    arena_rewind(a, mark);
    return 0.25 * loss;
}

/* Along its own gradient the loss rises by the gradient's norm. */
static void check_slope(World *w, const char *name, float *x, const float *grad, size_t n)
{
    double square = 0, side[2], h = 1e-2;
    for (size_t i = 0; i < n; i++)
        square += (double)grad[i] * (double)grad[i];
    double norm = sqrt(square);
    assert_true(norm > 1e-4);
    float *kept = arena_array(w->arena, float, n);
    memcpy(kept, x, n * sizeof *x);
    for (int s = 0; s < 2; s++) {
        for (size_t i = 0; i < n; i++)
            x[i] = kept[i] + (float)((s ? h : -h) * (double)grad[i] / norm);
        side[s] = loss_and_grads(w, NULL, NULL);
    }
    memcpy(x, kept, n * sizeof *x);
    double slope = (side[1] - side[0]) / (2 * h);
    if (fabs(slope - norm) > 0.02 * norm + 2e-4)
        fail_msg("%s: slope %.6f, gradient norm %.6f", name, slope, norm);
}

static void gradients_are_the_slopes_of_the_loss(void **state)
{
    World w = world_of(*state);
    EncoderParams denc;
    MaskedParams dhead;
    encoder_params_at(&denc, arena_array(w.arena, float, encoder_param_count()));
    masked_params_at(&dhead, arena_array(w.arena, float, masked_param_count()));
    loss_and_grads(&w, &denc, &dhead);
    for (int i = 0; i < masked_param_info_count; i++) {
        const MaskedParamInfo *p = &masked_param_info[i];
        check_slope(&w, p->name, w.head.all + p->offset, dhead.all + p->offset,
                    (size_t)p->rows * (size_t)p->cols);
    }
    for (int i = 0; i < encoder_param_info_count; i++) {
        const EncoderParamInfo *p = &encoder_param_info[i];
        if (strcmp(p->name, "freq") != 0 && strncmp(p->name, "top_", 4) != 0)
            check_slope(&w, p->name, w.enc.all + p->offset, denc.all + p->offset,
                        (size_t)p->rows * (size_t)p->cols);
    }
}

/* One row, in double and by the formula. */
static double naive_loss(const World *w, const float *x, int want)
{
    double h[ENCODER_WIDTH0], mean = 0, square = 0, sum = 0, at_want = 0;
    for (int o = 0; o < ENCODER_WIDTH0; o++) {
        double z = (double)w->head.dense_b[o];
        for (int i = 0; i < ENCODER_WIDTH; i++)
            z += (double)x[i] * (double)w->head.dense_w[i * ENCODER_WIDTH0 + o];
        h[o] = z * 0.5 * (1 + erf(z / sqrt(2)));
        mean += h[o] / ENCODER_WIDTH0;
    }
    for (int o = 0; o < ENCODER_WIDTH0; o++)
        square += (h[o] - mean) * (h[o] - mean) / ENCODER_WIDTH0;
    for (int v = 0; v < ENCODER_VOCAB; v++) {
        double z = (double)w->head.piece_b[v];
        for (int o = 0; o < ENCODER_WIDTH0; o++)
            z += ((h[o] - mean) / sqrt(square + 1e-6) * (double)w->head.norm_g[o] +
                  (double)w->head.norm_b[o]) *
                 (double)w->enc.embed[v * ENCODER_WIDTH0 + o];
        sum += exp(z);
        at_want = v == want ? z : at_want;
    }
    return log(sum) - at_want;
}

static void the_loss_is_that_of_the_formula(void **state)
{
    World w = world_of(*state);
    uint64_t seed = 4;
    const float *out = random_floats(w.arena, &seed, PIECES * ENCODER_WIDTH);
    MaskedPieces m = {holes, wanted, HOLES};
    double want = 0;
    for (int i = 0; i < HOLES; i++)
        want += naive_loss(&w, out + holes[i] * ENCODER_WIDTH, wanted[i]);
    for (int t = 0; t < KERNEL_NAMES; t++) {
        const Kernels *k = kernels_named(kernel_names[t]);
        if (!k)
            continue;
        ArenaMark mark = arena_mark(w.arena);
        double is = masked_loss(k, &w.head, w.enc.embed, w.arena, out, &m, 1, NULL);
        assert_int_equal(arena_mark(w.arena), mark); /* scratch was given back */
        if (fabs(is - want) > 1e-4 * want)
            fail_msg("%s: %.7f, not %.7f", kernel_names[t], is, want);
    }
}

static void an_impossible_piece_costs_much_but_not_infinitely(void **state)
{
    World w = world_of(*state);
    uint64_t seed = 4;
    const float *out = random_floats(w.arena, &seed, PIECES * ENCODER_WIDTH);
    MaskedPieces m = {holes, wanted, 1};
    w.head.piece_b[wanted[0]] = -1000; /* its probability is zero in float */
    double loss = masked_loss(w.k, &w.head, w.enc.embed, w.arena, out, &m, 1, NULL);
    assert_true(loss > 900 && loss < 1100);
}

static void without_holes_there_is_no_loss(void **state)
{
    World w = world_of(*state);
    MaskedPieces m = {0};
    assert_true(masked_loss(w.k, &w.head, w.enc.embed, w.arena, NULL, &m, 1, NULL) == 0);
}

static void the_output_layer_can_learn_alone(void **state)
{
    World w = world_of(*state);
    EncoderParams denc;
    MaskedParams both, alone;
    encoder_params_at(&denc, arena_array(w.arena, float, encoder_param_count()));
    masked_params_at(&both, arena_array(w.arena, float, masked_param_count()));
    masked_params_at(&alone, arena_array(w.arena, float, masked_param_count()));
    loss_and_grads(&w, &denc, &both);
    loss_and_grads(&w, NULL, &alone);
    assert_close(alone.all, both.all, both.count, 1e-6);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, with_big_arena, without_arena)
    const struct CMUnitTest tests[] = {
        TEST(gradients_are_the_slopes_of_the_loss),
        TEST(the_loss_is_that_of_the_formula),
        TEST(an_impossible_piece_costs_much_but_not_infinitely),
        TEST(without_holes_there_is_no_loss),
        TEST(the_output_layer_can_learn_alone),
    };
    return cmocka_run_group_tests_name("nn/masked", tests, NULL, NULL);
}
