/* The golden vectors come from the base package's own JavaScript; the gradient norms
 * from a port in PyTorch.  Both are independent of this code. */
#include "nn_test.h"

#include "base/js.h"
#include "nn/packed.h"

static const char golden_path[] = "tests/golden/encoder-base/golden.jsonl";

typedef struct Golden {
    int32_t piece[ENCODER_MAX_PIECES];
    int32_t start[2];
    float pooled[ENCODER_WIDTH], embed[ENCODER_WIDTH];
} Golden;
enum { GOLDEN_ROWS = 19 };

static void read_floats(const Js *line, Str key, float *out)
{
    const Js *list = js_get(line, key);
    assert_non_null(list);
    assert_int_equal(list->count, ENCODER_WIDTH);
    for (size_t i = 0; i < list->count; i++)
        out[i] = (float)list->item[i].number;
}

static Golden *golden_rows(Arena *a)
{
    Str all, line;
    Err err = {0};
    if (!file_load(a, golden_path, 1 << 20, &all, &err))
        fail_msg("%s", err.msg);
    Golden *rows = arena_array(a, Golden, GOLDEN_ROWS);
    int n = 0;
    while (str_cut(&all, '\n', &line)) {
        if (line.len == 0)
            continue;
        const Js *row;
        assert_true(js_parse(a, line, &row, &err));
        assert_true(n < GOLDEN_ROWS);
        const Js *pieces = js_get(row, STR("pieces"));
        assert_in_range(pieces->count, 1, ENCODER_MAX_PIECES);
        for (size_t i = 0; i < pieces->count; i++)
            rows[n].piece[i] = (int32_t)pieces->item[i].integer;
        rows[n].start[1] = (int32_t)pieces->count;
        read_floats(row, STR("pooled"), rows[n].pooled);
        read_floats(row, STR("embedding"), rows[n++].embed);
    }
    assert_int_equal(n, GOLDEN_ROWS);
    return rows;
}

static double largest(const float *x, const float *y, int n)
{
    double most = 0;
    for (int i = 0; i < n; i++)
        most = fmax(most, fabs((double)x[i] - (double)y[i]));
    return most;
}

/* With its packed weights, if it has any; true: they are int8. */
static bool pack_for(Arena *a, const Kernels *k, EncoderParams *p)
{
    p->packed = NULL;
    encoder_pack(a, k, p);
    return k->packed && k->packed->int8;
}

static void every_kernel_table_meets_the_golden_vectors(void **state)
{
    Arena *a = *state;
    EncoderParams p;
    if (!base_params(a, &p))
        skip();
    Golden *rows = golden_rows(a);
    for (int t = 0; t < KERNEL_NAMES; t++) {
        const Kernels *k = kernels_named(kernel_names[t]);
        double pooled_off = 0, embed_off = 0;
        if (k && pack_for(a, k, &p))
            continue; /* int8 has bounds of its own, below */
        for (int i = 0; k && i < GOLDEN_ROWS; i++) {
            float pooled[ENCODER_WIDTH], embed[ENCODER_WIDTH];
            WindowBatch b = {rows[i].piece, rows[i].start, 1};
            encoder_forward(k, &p, a, &b, pooled);
            encoder_embed(k, &p, pooled, 1, embed);
            pooled_off = fmax(pooled_off, largest(pooled, rows[i].pooled, ENCODER_WIDTH));
            embed_off = fmax(embed_off, largest(embed, rows[i].embed, ENCODER_WIDTH));
        }
        print_message("%s: pooled within %.1e, embedding within %.1e\n", kernel_names[t],
                      pooled_off, embed_off);
        assert_true(pooled_off < 1e-4 && embed_off < 1e-4);
    }
}

/* Rounded weights and rows: how far the vector of a window turns, as 1 - cos of the angle to
 * float32. */
static void int8_turns_an_embedding_by_little(void **state)
{
    Arena *a = *state;
    EncoderParams p;
    if (!base_params(a, &p))
        skip();
    Golden *rows = golden_rows(a);
    for (int t = 0; t < KERNEL_NAMES; t++) {
        const Kernels *k = kernels_named(kernel_names[t]);
        if (!k || !pack_for(a, k, &p))
            continue;
        double worst = 0;
        for (int i = 0; i < GOLDEN_ROWS; i++) {
            float pooled[ENCODER_WIDTH], embed[ENCODER_WIDTH];
            double cosine = 0;
            WindowBatch b = {rows[i].piece, rows[i].start, 1};
            encoder_forward(k, &p, a, &b, pooled);
            encoder_embed(k, &p, pooled, 1, embed);
            for (int c = 0; c < ENCODER_WIDTH; c++)
                cosine += (double)embed[c] * (double)rows[i].embed[c];
            worst = fmax(worst, 1 - cosine);
        }
        print_message("%s: 1 - cosine at most %.1e\n", kernel_names[t], worst);
        assert_true(worst < (1e-3));
    }
}

/* count windows of 1, 4, 7, ... pieces. */
static WindowBatch small_batch(Arena *a, int count)
{
    int32_t *start = arena_array(a, int32_t, (size_t)count + 1);
    for (int w = 0; w < count; w++)
        start[w + 1] = start[w] + 1 + 3 * w % 40;
    int32_t *piece = arena_array(a, int32_t, (size_t)start[count]);
    uint64_t seed = 5;
    for (int i = 0; i < start[count]; i++)
        piece[i] = (int32_t)(random_u64(&seed) % ENCODER_VOCAB);
    return (WindowBatch){piece, start, count};
}

static void a_window_is_judged_alike_alone_and_among_others(void **state)
{
    Arena *a = *state;
    uint64_t seed = 3;
    EncoderParams p;
    random_params(a, &seed, &p);
    WindowBatch b = small_batch(a, 60); /* more pieces than one chunk */
    assert_true(b.start[60] > 1024);
    static const char *const tried[] = {"blas", "auto", "int8"};
    for (int t = 0; t < 3; t++) {
        const Kernels *k = kernels_named(tried[t]);
        if (!k)
            continue;
        pack_for(a, k, &p);
        float *all = arena_array(a, float, 60 * ENCODER_WIDTH), one[ENCODER_WIDTH];
        ArenaMark mark = arena_mark(a);
        encoder_forward(k, &p, a, &b, all);
        assert_int_equal(arena_mark(a), mark); /* scratch was given back */
        for (int w = 0; w < 60; w++) {
            int32_t start[2] = {0, b.start[w + 1] - b.start[w]};
            encoder_forward(k, &p, a, &(WindowBatch){b.piece + b.start[w], start, 1}, one);
            if (p.packed) /* in any company to the bit */
                assert_memory_equal(one, all + w * ENCODER_WIDTH, sizeof one);
            else
                assert_close(one, all + w * ENCODER_WIDTH, ENCODER_WIDTH, 1e-4);
        }
    }
}

static void training_without_dropout_runs_the_same_numbers(void **state)
{
    Arena *a = *state;
    uint64_t seed = 4;
    EncoderParams p;
    random_params(a, &seed, &p);
    const Kernels *k = kernels_named("auto");
    WindowBatch b = small_batch(a, 8);
    float x[8 * ENCODER_WIDTH], y[8 * ENCODER_WIDTH];
    encoder_forward(k, &p, a, &b, x);
    encoder_forward_train(k, &p, a, &b, 0, NULL, y);
    assert_memory_equal(x, y, sizeof x);
}

static void an_empty_batch_is_no_work(void **state)
{
    uint64_t seed = 4;
    EncoderParams p;
    random_params(*state, &seed, &p);
    const Kernels *k = kernels_named("auto");
    int32_t start[1] = {0};
    WindowBatch b = {NULL, start, 0};
    encoder_forward(k, &p, *state, &b, NULL);
}

/* sum over the embedding of value times a ramp from -1 to 1: the loss of the port's --grad. */
static double ramp_loss(const float *embed, int count, float *grad)
{
    double loss = 0;
    for (int i = 0; i < count * ENCODER_WIDTH; i++) {
        float ramp = (float)(-1 + 2.0 * (i % ENCODER_WIDTH) / (ENCODER_WIDTH - 1));
        loss += (double)embed[i] * (double)ramp;
        if (grad)
            grad[i] = ramp;
    }
    return loss;
}

static double loss_and_grads(const Kernels *k, const EncoderParams *p, Arena *a,
                             const WindowBatch *b, float dropout, EncoderParams *g)
{
    ArenaMark mark = arena_mark(a);
    size_t n = (size_t)b->count * ENCODER_WIDTH;
    float *pooled = arena_array(a, float, n), *embed = arena_array(a, float, n);
    float *dembed = arena_array(a, float, n), *dpooled = arena_array(a, float, n);
    Rng rng;
    rng_seed(&rng, 11);
    EncoderTape *tape = encoder_forward_train(k, p, a, b, dropout, &rng, pooled);
    encoder_embed(k, p, pooled, b->count, embed);
    double loss = ramp_loss(embed, b->count, dembed);
    if (g) {
        encoder_embed_backward(k, p, a, pooled, b->count, dembed, g, dpooled);
        encoder_backward(k, p, tape, dpooled, g, a);
    }
    arena_rewind(a, mark);
    return loss;
}

static EncoderParams zero_grads(Arena *a)
{
    EncoderParams g;
    encoder_params_at(&g, arena_array(a, float, encoder_param_count()));
    return g;
}

static double norm_of(const EncoderParams *g, const EncoderParamInfo *info)
{
    double sum = 0;
    for (size_t i = 0; i < (size_t)info->rows * (size_t)info->cols; i++)
        sum += (double)g->all[info->offset + i] * (double)g->all[info->offset + i];
    return sqrt(sum);
}

static void gradient_norms_are_those_of_the_independent_port(void **state)
{
    Arena *a = *state;
    EncoderParams p;
    if (!base_params(a, &p))
        skip();
    int32_t piece[64], start[5] = {0};
    for (int w = 0; w < 4; w++) {
        start[w + 1] = start[w] + 5 + 3 * w;
        for (int j = 0; j < 5 + 3 * w; j++)
            piece[start[w] + j] = 10 + (w * 37 + j * 101) % 7000;
    }
    Str all, line;
    Err err = {0};
    assert_true(file_load(a, "tests/golden/encoder-base/grad_norms.txt", 1 << 16, &all, &err));
    for (int t = 0; t < KERNEL_NAMES; t++) {
        const Kernels *k = kernels_named(kernel_names[t]);
        if (!k)
            continue;
        EncoderParams g = zero_grads(a);
        double loss = loss_and_grads(k, &p, a, &(WindowBatch){piece, start, 4}, 0, &g);
        int seen = 0;
        for (Str rest = all; str_cut(&rest, '\n', &line);) {
            Str name, value = line;
            double want, is = loss;
            if (line.len == 0 || line.ptr[0] == '#')
                continue;
            assert_true(str_cut(&value, ' ', &name) && str_to_double(value, &want));
            for (int i = 0; i < encoder_param_info_count; i++)
                if (str_eq(name, str_of(encoder_param_info[i].name)))
                    is = norm_of(&g, &encoder_param_info[i]);
            if (fabs(is - want) > 1e-4 * fabs(want))
                fail_msg(STR_FMT ": %.8f, not %.8f", STR_ARG(name), is, want);
            seen++;
        }
        assert_int_equal(seen, 1 + encoder_param_info_count - 1); /* the loss; all but freq */
    }
}

/* Along its own gradient a function rises by the gradient's norm: for each parameter,
 * a central difference over the whole tensor at once. */
static void check_slopes(Arena *a, float dropout, double tolerance)
{
    uint64_t seed = 9;
    EncoderParams p, g = zero_grads(a);
    random_params(a, &seed, &p);
    const Kernels *k = kernels_named("auto");
    WindowBatch b = small_batch(a, 4);
    loss_and_grads(k, &p, a, &b, dropout, &g);
    for (int i = 0; i < encoder_param_info_count; i++) {
        const EncoderParamInfo *info = &encoder_param_info[i];
        size_t n = (size_t)info->rows * (size_t)info->cols;
        float *x = p.all + info->offset, *kept = arena_array(a, float, n);
        double norm = norm_of(&g, info), side[2];
        if (strcmp(info->name, "freq") == 0) {
            assert_true(norm == 0); /* a constant */
            continue;
        }
        assert_true(norm > 1e-4);
        memcpy(kept, x, n * sizeof *x);
        double h = 2e-2;
        for (int s = 0; s < 2; s++) {
            for (size_t j = 0; j < n; j++)
                x[j] = kept[j] + (float)((s ? h : -h) * (double)g.all[info->offset + j] / norm);
            side[s] = loss_and_grads(k, &p, a, &b, dropout, NULL);
        }
        memcpy(x, kept, n * sizeof *x);
        double slope = (side[1] - side[0]) / (2 * h);
        if (fabs(slope - norm) > tolerance * norm + 2e-4)
            fail_msg("%s: slope %.6f, gradient norm %.6f", info->name, slope, norm);
    }
}

static void gradients_are_the_slopes_of_the_loss(void **state)
{
    check_slopes(*state, 0, 0.02);
}

static void gradients_are_right_behind_dropout_too(void **state)
{
    check_slopes(*state, 0.3f, 0.02);
}

static void gradients_are_added_to(void **state)
{
    Arena *a = *state;
    uint64_t seed = 9;
    EncoderParams p, once = zero_grads(a), twice = zero_grads(a);
    random_params(a, &seed, &p);
    const Kernels *k = kernels_named("auto");
    WindowBatch b = small_batch(a, 3);
    loss_and_grads(k, &p, a, &b, 0, &once);
    loss_and_grads(k, &p, a, &b, 0, &twice);
    loss_and_grads(k, &p, a, &b, 0, &twice);
    for (size_t i = 0; i < once.count; i++)
        once.all[i] *= 2;
    assert_close(twice.all, once.all, once.count, 1e-4);
}

static void parameters_cover_the_block_without_gaps(void **state)
{
    (void)state;
    size_t at = 0;
    for (int i = 0; i < encoder_param_info_count; i++) {
        assert_int_equal(encoder_param_info[i].offset, at);
        at += (size_t)encoder_param_info[i].rows * (size_t)encoder_param_info[i].cols;
    }
    assert_int_equal(at, encoder_param_count());
    float mark[1];
    EncoderParams p;
    encoder_params_at(&p, mark);
    assert_ptr_equal(p.embed, mark);
    assert_int_equal(p.freq - p.all, encoder_param_count() - ENCODER_FREQS);
}

/* Bytes with a scale a row, and the floats that they stand for. */
static void stored_bytes_run_as_the_floats_they_stand_for(void **state)
{
    Arena *a = *state;
    uint64_t seed = 11;
    float *all = arena_array(a, float, encoder_param_count());
    EncoderStored *s = arena_array(a, EncoderStored, (size_t)encoder_param_info_count);
    for (int i = 0; i < encoder_param_info_count; i++) {
        const EncoderParamInfo *e = &encoder_param_info[i];
        size_t rows = (size_t)e->rows, cols = (size_t)e->cols;
        float *w = all + e->offset, *scale = arena_array(a, float, rows);
        int8_t *q = arena_array(a, int8_t, rows * cols);
        for (size_t r = 0; r < rows; r++) {
            scale[r] = (float)(1 + random_u64(&seed) % 9) * 1e-4f;
            for (size_t c = 0; c < cols; c++) {
                q[r * cols + c] = (int8_t)(random_u64(&seed) % 255 - 127);
                w[r * cols + c] = scale[r] * (float)q[r * cols + c];
            }
        }
        s[i] = rows == 1 ? (EncoderStored){.w = w} : (EncoderStored){.q = q, .scale = scale};
    }
    static const int32_t piece[] = {5, 8001, 17, 4000, 0, 77, 3}, start[] = {0, 3, 7};
    WindowBatch b = {piece, start, 2};
    int tried = 0;
    for (int t = 0; t < KERNEL_NAMES; t++) {
        const Kernels *k = kernels_named(kernel_names[t]);
        if (!k || !k->packed)
            continue;
        EncoderParams floats, stored;
        float x[2 * ENCODER_WIDTH], y[2 * ENCODER_WIDTH];
        ArenaMark mark = arena_mark(a);
        encoder_params_at(&floats, all);
        encoder_pack(a, k, &floats);
        encoder_pack_stored(a, k, s, &stored);
        encoder_forward(k, &floats, a, &b, x);
        encoder_forward(k, &stored, a, &b, y);
        for (int i = 0; k->packed->int8 && i < 2 * ENCODER_WIDTH; i++)
            assert_float_equal(x[i], y[i],
                               1e-3); /* a scale found again may differ in its last bit */
        if (!k->packed->int8)
            assert_memory_equal(x, y, sizeof x);
        arena_rewind(a, mark);
        tried++;
    }
    if (!tried)
        skip();
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, with_big_arena, without_arena)
    const struct CMUnitTest tests[] = {
        TEST(parameters_cover_the_block_without_gaps),
        TEST(every_kernel_table_meets_the_golden_vectors),
        TEST(int8_turns_an_embedding_by_little),
        TEST(stored_bytes_run_as_the_floats_they_stand_for),
        TEST(a_window_is_judged_alike_alone_and_among_others),
        TEST(training_without_dropout_runs_the_same_numbers),
        TEST(an_empty_batch_is_no_work),
        TEST(gradient_norms_are_those_of_the_independent_port),
        TEST(gradients_are_the_slopes_of_the_loss),
        TEST(gradients_are_right_behind_dropout_too),
        TEST(gradients_are_added_to),
    };
    return cmocka_run_group_tests_name("nn/encoder", tests, NULL, NULL);
}
