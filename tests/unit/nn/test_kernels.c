#include "nn_test.h"

#include <pthread.h>

/* Odd sizes on purpose: below, at and beyond the width of a vector. */
static const int sizes[] = {1, 2, 3, 7, 8, 9, 16, 17, 31, 33, 64, 100, 257};
enum { SIZES = sizeof sizes / sizeof *sizes };

static const Kernels *reference(void) { return kernels_named("reference"); }

typedef void (*Gemm)(int, int, int, const float *, int, const float *, int, float, float *,
                     int);

static void check_gemm(Arena *a, Gemm fast, Gemm truth, int M, int N, int K, float beta)
{
    ArenaMark mark = arena_mark(a);
    uint64_t seed = (uint64_t)(M * 1000003 + N * 1009 + K);
    int ld = (M > N ? M : N) > K ? (M > N ? M : N) + 3 : K + 3; /* wide enough for all three */
    size_t n = (size_t)ld * (size_t)ld;
    float *A = random_floats(a, &seed, n), *B = random_floats(a, &seed, n);
    float *C = random_floats(a, &seed, n), *D = arena_array(a, float, n);
    if (beta == 0.0f)
        for (size_t i = 0; i < n; i++)
            C[i] = NAN; /* what is not read cannot spread */
    memcpy(D, C, n * sizeof *C);
    fast(M, N, K, A, ld, B, ld, beta, C, ld);
    truth(M, N, K, A, ld, B, ld, beta, D, ld);
    for (int i = 0; i < M; i++)
        assert_close(C + i * ld, D + i * ld, (size_t)N, 1e-5 * sqrt(K));
    if (beta != 0.0f) /* nothing beside the product was written */
        for (int i = 0; i < M; i++)
            assert_memory_equal(C + i * ld + N, D + i * ld + N,
                                sizeof(float) * (size_t)(ld - N));
    arena_rewind(a, mark);
}

static void products_agree_with_the_reference(void **state)
{
    const Kernels *r = reference();
    for (int t = 0; t < KERNEL_NAMES; t++) {
        const Kernels *k = kernels_named(kernel_names[t]);
        for (int i = 0; k && i < 5 * 5 * 5; i++) {
            static const int dim[] = {1, 5, 16, 33, 130};
            int M = dim[i % 5], N = dim[i / 5 % 5], K = dim[i / 25];
            static const float betas[] = {0, 1, -0.5f};
            float beta = betas[i % 3];
            check_gemm(*state, k->gemm_nn, r->gemm_nn, M, N, K, beta);
            check_gemm(*state, k->gemm_nt, r->gemm_nt, M, N, K, beta);
            check_gemm(*state, k->gemm_tn, r->gemm_tn, M, N, K, beta);
        }
    }
}

/* The reference itself, against numbers worked out by hand. */
static void the_reference_multiplies_as_on_paper(void **state)
{
    (void)state;
    const Kernels *r = reference();
    const float A[] = {1, 2, 3, 4, 5, 6} /* 2x3 or 3x2 */, B[] = {1, 0, 2, -1, 3, 1};
    float C[4] = {10, 10, 10, 10};
    r->gemm_nn(2, 2, 3, A, 3, B, 2, 0, C, 2); /* [1 2 3; 4 5 6] [1 0; 2 -1; 3 1] */
    assert_memory_equal(C, ((float[]){14, 1, 32, 1}), sizeof C);
    r->gemm_nt(2, 2, 3, A, 3, B, 3, 1, C, 2); /* += A [1 0 2; -1 3 1]^T */
    assert_memory_equal(C, ((float[]){21, 9, 48, 18}), sizeof C);
    r->gemm_tn(2, 2, 3, A, 2, B, 2, 0, C, 2); /* [1 2; 3 4; 5 6]^T B */
    assert_memory_equal(C, ((float[]){22, 2, 28, 2}), sizeof C);
}

static void vector_kernels_agree_with_the_reference(void **state)
{
    const Kernels *r = reference();
    for (int t = 0; t < KERNEL_NAMES; t++) {
        const Kernels *k = kernels_named(kernel_names[t]);
        for (int i = 0; k && i < SIZES; i++) {
            ArenaMark mark = arena_mark(*state);
            int n = sizes[i];
            size_t bytes = (size_t)n * sizeof(float);
            uint64_t seed = (uint64_t)n;
            float *x = random_floats(*state, &seed, (size_t)n);
            float *y = random_floats(*state, &seed, (size_t)n);
            float *z = arena_array(*state, float, (size_t)n);
            float d = k->dot(x, y, n), e = r->dot(x, y, n);
            assert_close(&d, &e, 1, 1e-5);
            memcpy(z, y, bytes);
            k->axpy(n, 0.7f, x, y);
            r->axpy(n, 0.7f, x, z);
            assert_close(y, z, (size_t)n, 1e-6);
            memcpy(z, y, bytes);
            k->lerp((size_t)n, 0.3f, x, y);
            r->lerp((size_t)n, 0.3f, x, z);
            assert_close(y, z, (size_t)n, 1e-6);
            memcpy(z, y, bytes);
            k->relu(y, n);
            r->relu(z, n);
            assert_memory_equal(y, z, bytes);
            for (int j = 0; j < n; j++)
                x[j] *= 40; /* far apart: some weights are nearly zero */
            memcpy(z, x, bytes);
            k->softmax(x, n);
            r->softmax(z, n);
            assert_close(x, z, (size_t)n, 2e-6);
            arena_rewind(*state, mark);
        }
    }
}

static void softmax_sums_to_one_at_the_edges(void **state)
{
    (void)state;
    for (int t = 0; t < KERNEL_NAMES; t++) {
        const Kernels *k = kernels_named(kernel_names[t]);
        if (!k)
            continue;
        float far[3] = {-1e30f, 1e30f, 0}, alone[1] = {-1e9f}, big[9];
        k->softmax(far, 3);
        assert_memory_equal(far, ((float[]){0, 1, 0}), sizeof far);
        k->softmax(alone, 1);
        assert_true(alone[0] == 1);
        for (int i = 0; i < 9; i++)
            big[i] = 80; /* e^80 nine times would overflow without the shift */
        k->softmax(big, 9);
        assert_close(big, (float[]){1.f / 9, 1.f / 9}, 2, 1e-6);
        k->softmax(big, 0);
    }
}

static void layernorm_agrees_with_the_reference(void **state)
{
    const Kernels *r = reference();
    for (int t = 0; t < KERNEL_NAMES; t++) {
        const Kernels *k = kernels_named(kernel_names[t]);
        for (int i = 0; k && i < SIZES; i++) {
            ArenaMark mark = arena_mark(*state);
            int C = sizes[i], rows = 3;
            size_t n = (size_t)(rows * C);
            uint64_t seed = (uint64_t)C + 7;
            float *x = random_floats(*state, &seed, n),
                  *g = random_floats(*state, &seed, (size_t)C),
                  *b = random_floats(*state, &seed, (size_t)C),
                  *y = arena_array(*state, float, n), *z = arena_array(*state, float, n),
                  m[2][3], s[2][3];
            for (int j = 0; j < C; j++)
                x[j] = 5; /* one row without any spread */
            k->layernorm(y, m[0], s[0], x, g, b, rows, C);
            r->layernorm(z, m[1], s[1], x, g, b, rows, C);
            assert_close(y, z, n, 2e-5);
            assert_close(m[0], m[1], 3, 1e-6);
            if (C > 1)
                assert_close(s[0] + 1, s[1] + 1, 2, 1e-5);
            k->layernorm(z, NULL, NULL, x, g, b, rows, C);
            assert_memory_equal(y, z, n * sizeof *y);
            arena_rewind(*state, mark);
        }
    }
}

static void adamw_agrees_with_the_reference(void **state)
{
    const Kernels *r = reference();
    AdamwScalars s = {.grad_scale = 0.5f,
                      .beta1 = 0.9f,
                      .beta2 = 0.999f,
                      .step_size = 1e-2f,
                      .root_scale = 3,
                      .epsilon = 1e-8f,
                      .keep = 0.999f};
    for (int t = 0; t < KERNEL_NAMES; t++) {
        const Kernels *k = kernels_named(kernel_names[t]);
        for (int i = 0; k && i < SIZES; i++) {
            ArenaMark mark = arena_mark(*state);
            size_t n = (size_t)sizes[i];
            uint64_t seed = n;
            float *x[2][3], *g = random_floats(*state, &seed, n);
            for (int j = 0; j < 3; j++) {
                x[0][j] = random_floats(*state, &seed, n);
                x[1][j] = arena_array(*state, float, n);
                for (size_t c = 0; j == 2 && c < n; c++)
                    x[0][j][c] = fabsf(x[0][j][c]);
                memcpy(x[1][j], x[0][j], n * sizeof(float));
            }
            k->adamw(x[0][0], x[0][1], x[0][2], g, n, &s);
            r->adamw(x[1][0], x[1][1], x[1][2], g, n, &s);
            for (int j = 0; j < 3; j++)
                assert_close(x[0][j], x[1][j], n, 1e-6);
            arena_rewind(*state, mark);
        }
    }
}

typedef struct Work {
    const Kernels *k;
    const float *A, *B;
    float *C;
    int M;
} Work;

static void *multiply(void *arg)
{
    Work *w = arg;
    for (int i = 0; i < 20; i++)
        w->k->gemm_nn(w->M, 96, 128, w->A, 128, w->B, 96, 0, w->C, 96);
    return NULL;
}

static void two_threads_get_what_one_gets_to_the_bit(void **state)
{
    for (int t = 0; t < KERNEL_NAMES; t++) {
        const Kernels *k = kernels_named(kernel_names[t]);
        if (!k)
            continue;
        ArenaMark mark = arena_mark(*state);
        uint64_t seed = 1;
        float *A = random_floats(*state, &seed, 128 * 128);
        float *B = random_floats(*state, &seed, 128 * 128);
        Work w[3];
        for (int i = 0; i < 3; i++)
            w[i] = (Work){k, A, B, arena_array(*state, float, 128 * 96), 128};
        multiply(&w[0]);
        pthread_t thread[2];
        for (int i = 0; i < 2; i++)
            assert_int_equal(pthread_create(&thread[i], NULL, multiply, &w[i + 1]), 0);
        for (int i = 0; i < 2; i++)
            pthread_join(thread[i], NULL);
        assert_memory_equal(w[0].C, w[1].C, 128 * 96 * sizeof(float));
        assert_memory_equal(w[0].C, w[2].C, 128 * 96 * sizeof(float));
        arena_rewind(*state, mark);
    }
}

static void names_that_are_not_there_are_refused(void **state)
{
    (void)state;
    const Kernels *k = NULL;
    Err err = {0};
    assert_false(kernels_find(STR("cuda"), &k, &err));
    assert_int_equal(err.code, ERR_USAGE);
    for (int t = 0; t < KERNEL_NAMES; t++) /* all are named */
        assert_non_null(strstr(err.msg, kernel_names[t]));
    assert_false(kernels_find(STR(""), &k, &err));
    assert_null(k);
    assert_true(kernels_find(STR("auto"), &k, &err));
    assert_string_not_equal(k->name, "reference");
    const Kernels *best;
    if (kernels_find(STR("int8-avx512"), &best, &(Err){0})) /* not a name on other processors */
        assert_ptr_equal(k, best);
    assert_true(kernels_find(STR("float32"), &k, &err));
    assert_null(strstr(k->name, "int8"));
    assert_string_not_equal(k->name, "reference");
    assert_true(kernels_find(STR("int8"), &k, &err));
    assert_non_null(strstr(k->name, "int8-"));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, with_big_arena, without_arena)
    const struct CMUnitTest tests[] = {
        TEST(the_reference_multiplies_as_on_paper),
        TEST(products_agree_with_the_reference),
        TEST(vector_kernels_agree_with_the_reference),
        TEST(softmax_sums_to_one_at_the_edges),
        TEST(layernorm_agrees_with_the_reference),
        TEST(adamw_agrees_with_the_reference),
        TEST(two_threads_get_what_one_gets_to_the_bit),
        TEST(names_that_are_not_there_are_refused),
    };
    return cmocka_run_group_tests_name("nn/kernels", tests, NULL, NULL);
}
