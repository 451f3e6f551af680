/* Packed products against plain ones: int8 to the bit, float32 within what the order of a sum
 * can change. */
#include "nn/packed.h"
#include "nn_test.h"

static const int rows_tried[] = {1, 2, 5, 6, 7, 12, 13, 16, 31, 33};
enum { ROWS_TRIED = sizeof rows_tried / sizeof *rows_tried, I = 192, O = 64 };

typedef struct Product {
    float *w, *bias, *in, *out, *old, *gain, *shift;
    void *scratch;
} Product;

static Product product_new(Arena *a, uint64_t seed, int M)
{
    Product p = {.w = random_floats(a, &seed, I * O),
                 .bias = random_floats(a, &seed, O),
                 .in = random_floats(a, &seed, (size_t)M * I),
                 .old = random_floats(a, &seed, (size_t)M * O),
                 .gain = random_floats(a, &seed, I),
                 .shift = random_floats(a, &seed, I),
                 .out = arena_array(a, float, (size_t)M *O),
                 .scratch = arena_raw(a, char, packed_scratch(M, I))};
    for (int i = 0; i < I; i++)
        p.in[i] *= 100; /* rows of different sizes */
    for (int i = 0; i < I && M > 1; i++)
        p.in[I + i] = 0; /* and one of nothing */
    for (int i = 0; i < M * I; i += 5)
        p.in[i] = fabsf(p.in[i]);
    return p;
}

static void run(const Kernels *k, Arena *a, const Product *p, PackedThen then, bool norm, int M)
{
    PackedLinear l = packed_linear(a, k->packed, &(PackedSource){.w = p->w}, p->bias, I, O);
    memcpy(p->out, p->old, (size_t)M * O * sizeof(float));
    k->packed->linear(&l, &(PackedCall){.in = p->in,
                                        .gain = norm ? p->gain : NULL,
                                        .shift = p->shift,
                                        .out = p->out,
                                        .M = M,
                                        .then = then,
                                        .scratch = p->scratch});
}

/* The same by plain loops in float32. */
static const float *plainly(Arena *a, const Product *p, PackedThen then, bool norm, int M)
{
    const Kernels *r = kernels_named("reference");
    const float *in = p->in;
    float *out = arena_array(a, float, (size_t)M *O);
    if (norm) {
        float *n = arena_array(a, float, (size_t)M *I);
        r->layernorm(n, NULL, NULL, in, p->gain, p->shift, M, I);
        in = n;
    }
    r->gemm_nn(M, O, I, in, I, p->w, O, 0, out, O);
    for (int i = 0; i < M * O; i++) {
        out[i] += p->bias[i % O];
        if (then == PACKED_RELU)
            out[i] = fmaxf(out[i], 0);
        if (then == PACKED_ADD)
            out[i] += p->old[i];
    }
    return out;
}

static const Kernels *packed_named(const char *name)
{
    const Kernels *k = kernels_named(name);
    return k && k->packed ? k : NULL;
}

static void float32_products_agree_with_plain_ones(void **state)
{
    for (int t = 0; t < KERNEL_NAMES; t++) {
        const Kernels *k = packed_named(kernel_names[t]);
        for (int i = 0; k && !k->packed->int8 && i < ROWS_TRIED * 3 * 2; i++) {
            ArenaMark mark = arena_mark(*state);
            int M = rows_tried[i % ROWS_TRIED];
            PackedThen then = (PackedThen)(i / ROWS_TRIED % 3);
            bool norm = i / (3 * ROWS_TRIED);
            Product p = product_new(*state, (uint64_t)i, M);
            run(k, *state, &p, then, norm, M);
            const float *want = plainly(*state, &p, then, norm, M);
            double off = 0, size = 1;
            for (int j = 0; j < M * O; j++) {
                off = fmax(off, fabs((double)p.out[j] - (double)want[j]));
                size = fmax(size, fabs((double)want[j]));
            }
            assert_true(off < 2e-6 * size);
            arena_rewind(*state, mark);
        }
    }
}

/* All int8 tables: the same integers, and then the same floats. */
static void int8_products_are_the_reference_to_the_bit(void **state)
{
    const Kernels *r = kernels_named("int8-reference");
    for (int t = 0; t < KERNEL_NAMES; t++) {
        const Kernels *k = packed_named(kernel_names[t]);
        for (int i = 0; k && k->packed->int8 && i < ROWS_TRIED * 3; i++) {
            ArenaMark mark = arena_mark(*state);
            int M = rows_tried[i % ROWS_TRIED];
            PackedThen then = (PackedThen)(i / ROWS_TRIED);
            Product p = product_new(*state, (uint64_t)i, M);
            run(r, *state, &p, then, false, M);
            float *want = arena_array(*state, float, (size_t)M *O);
            memcpy(want, p.out, (size_t)M * O * sizeof *want);
            run(k, *state, &p, then, false, M);
            assert_memory_equal(p.out, want, (size_t)M * O * sizeof *want);
            arena_rewind(*state, mark);
        }
    }
}

/* Of M rows: how far a product is from that in float32, in `step`s of the row. */
static double steps_off(const Kernels *k, Arena *a, const Product *p, bool norm, int M,
                        const double *step)
{
    double worst = 0;
    run(k, a, p, PACKED_SET, norm, M);
    const float *want = plainly(a, p, PACKED_SET, norm, M);
    for (int i = 0; i < M * O; i++)
        worst = fmax(worst, fabs((double)p->out[i] - (double)want[i]) / step[i / O]);
    return worst;
}

/* Rounding moves a weight by half a step of its input's; errors add up like a random walk. */
static void int8_stays_within_its_rounding_of_float32(void **state)
{
    for (int t = 0; t < KERNEL_NAMES; t++) {
        const Kernels *k = packed_named(kernel_names[t]);
        for (int i = 0; k && k->packed->int8 && i < 2 * ROWS_TRIED; i++) {
            ArenaMark mark = arena_mark(*state);
            int M = rows_tried[i % ROWS_TRIED];
            bool norm = i >= ROWS_TRIED;
            Product p = product_new(*state, (uint64_t)i, M);
            double step[33];
            for (int m = 0; m < M; m++) {
                step[m] = norm ? 4 : 1e-9;
                for (int c = 0; c < I && !norm; c++)
                    step[m] = fmax(step[m], fabs((double)p.in[m * I + c]));
                step[m] *= sqrt(I) / 127;
            }
            assert_true(steps_off(k, *state, &p, norm, M, step) < 1);
            arena_rewind(*state, mark);
        }
    }
}

/* Weights out of a release are integers times a scale of their input: those integers are used,
 * and what remains is the rounding of the rows to fourteen bits. */
static void weights_that_were_int8_are_not_rounded_again(void **state)
{
    for (int t = 0; t < KERNEL_NAMES; t++) {
        const Kernels *k = packed_named(kernel_names[t]);
        for (int i = 0; k && k->packed->int8 && i < ROWS_TRIED; i++) {
            ArenaMark mark = arena_mark(*state);
            int M = rows_tried[i];
            Product p = product_new(*state, (uint64_t)i, M);
            double step[33];
            for (int c = 0; c < I; c++) {
                float scale = 0.001f * (float)(1 + c % 13);
                for (int o = 0; o < O; o++)
                    p.w[c * O + o] = o ? rintf(p.w[c * O + o] * 126) * scale : 127 * scale;
            }
            for (int m = 0; m < M; m++) {
                step[m] = 1e-9;
                for (int c = 0; c < I; c++)
                    step[m] = fmax(step[m], fabs((double)(p.in[m * I + c] * p.w[c * O])));
                step[m] *= sqrt(I) / PACKED_MOST;
            }
            assert_true(steps_off(k, *state, &p, false, M, step) < 1);
            arena_rewind(*state, mark);
        }
    }
}

/* Every byte at its end, as deep as a product may be: no sum overflows or saturates. */
static void the_largest_sums_fit(void **state)
{
    enum { DEEP = PACKED_DEPTH, WIDE = 32 };
    for (int t = 0; t < KERNEL_NAMES; t++) {
        const Kernels *k = packed_named(kernel_names[t]);
        if (!k || !k->packed->int8)
            continue;
        ArenaMark mark = arena_mark(*state);
        float *w = arena_array(*state, float, DEEP *WIDE),
              *in = arena_array(*state, float, DEEP);
        float bias[WIDE] = {0}, out[WIDE];
        for (int i = 0; i < DEEP; i++)
            in[i] = 255;
        for (int i = 0; i < DEEP * WIDE; i++)
            w[i] = i % WIDE % 2 ? -1 : 1;
        void *scratch = arena_raw(*state, char, packed_scratch(1, DEEP));
        for (int sign = -1; sign <= 1; sign += 2) {
            for (int i = 0; i < DEEP; i++)
                in[i] = (float)(255 * sign);
            PackedLinear l =
                packed_linear(*state, k->packed, &(PackedSource){.w = w}, bias, DEEP, WIDE);
            k->packed->linear(&l,
                              &(PackedCall){.in = in, .out = out, .M = 1, .scratch = scratch});
            for (int o = 0; o < WIDE; o++) {
                float want = (float)(sign * (o % 2 ? -1 : 1)) * 255.0f * DEEP;
                assert_close(&out[o], &want, 1, 1e-6);
            }
        }
        arena_rewind(*state, mark);
    }
}

static void numbers_that_are_not_finite_are_no_undefined_bytes(void **state)
{
    for (int t = 0; t < KERNEL_NAMES; t++) {
        const Kernels *k = packed_named(kernel_names[t]);
        if (!k)
            continue;
        ArenaMark mark = arena_mark(*state);
        Product p = product_new(*state, 1, 3);
        p.in[0] = NAN;
        p.in[I] = INFINITY;
        run(k, *state, &p, PACKED_SET, false, 3);
        assert_true(isfinite(p.out[2 * O])); /* the third row knows nothing of the others */
        arena_rewind(*state, mark);
    }
}

static void a_row_does_not_depend_on_its_company(void **state)
{
    for (int t = 0; t < KERNEL_NAMES; t++) {
        const Kernels *k = packed_named(kernel_names[t]);
        if (!k)
            continue;
        ArenaMark mark = arena_mark(*state);
        Product p = product_new(*state, 3, 33);
        run(k, *state, &p, PACKED_SET, true, 33);
        float *all = arena_array(*state, float, 33 * O);
        memcpy(all, p.out, 33 * O * sizeof *all);
        for (int m = 0; m < 33; m++) {
            run(k, *state, &p, PACKED_SET, true, 1);
            assert_memory_equal(p.out, all + m * O, O * sizeof *all);
            p.in += I;
        }
        arena_rewind(*state, mark);
    }
}

static void attention_agrees_with_the_reference(void **state)
{
    enum { D = 256, H = 4, MOST = 128 };
    const Kernels *r = kernels_named("int8-reference");
    for (int t = 0; t < KERNEL_NAMES; t++) {
        const Kernels *k = packed_named(kernel_names[t]);
        static const int windows[] = {1, 2, 15, 16, 17, 31, 32, 33, 65, MOST};
        for (size_t i = 0; k && i < sizeof windows / sizeof *windows; i++) {
            ArenaMark mark = arena_mark(*state);
            int T = windows[i];
            uint64_t seed = i;
            float *qkv = random_floats(*state, &seed, (size_t)T * 3 * D);
            float *out = arena_array(*state, float, (size_t)T *D),
                  *want = arena_array(*state, float, (size_t)T *D);
            for (int j = 0; j < T * 3 * D; j++)
                qkv[j] *= 3;
            float *scratch = arena_raw(*state, float, packed_attention_scratch(T, D, H));
            k->packed->attention(T, D, H, qkv, out, scratch);
            r->packed->attention(T, D, H, qkv, want, scratch);
            assert_close(out, want, (size_t)T * D, 5e-6);
            arena_rewind(*state, mark);
        }
    }
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, with_big_arena, without_arena)
    const struct CMUnitTest tests[] = {
        TEST(float32_products_agree_with_plain_ones),
        TEST(int8_products_are_the_reference_to_the_bit),
        TEST(int8_stays_within_its_rounding_of_float32),
        TEST(weights_that_were_int8_are_not_rounded_again),
        TEST(the_largest_sums_fit),
        TEST(numbers_that_are_not_finite_are_no_undefined_bytes),
        TEST(a_row_does_not_depend_on_its_company),
        TEST(attention_agrees_with_the_reference),
    };
    return cmocka_run_group_tests_name("nn/packed", tests, NULL, NULL);
}
