/* bench_nn.c - what the arithmetic costs on this machine: one thread, best of several. */
#include "base/arena.h"
#include "base/clock.h"
#include "nn/adamw.h"
#include "nn/encoder.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const char *const tables[] = {"reference", "blas", "avx2"};

static double seconds_since(int64_t from) { return (double)(clock_mono_ns() - from) * 1e-9; }

static float *numbers(Arena *a, size_t n)
{
    Rng rng;
    rng_seed(&rng, n);
    float *x = arena_array(a, float, n);
    for (size_t i = 0; i < n; i++)
        x[i] = (float)(rng_unit(&rng) - 0.5) * 0.1f;
    return x;
}

static WindowBatch batch_of(Arena *a, int windows, int pieces)
{
    int32_t *piece = arena_array(a, int32_t, (size_t)(windows * pieces));
    int32_t *start = arena_array(a, int32_t, (size_t)windows + 1);
    for (int i = 0; i < windows * pieces; i++)
        piece[i] = 10 + i * 101 % 7000;
    for (int w = 0; w <= windows; w++)
        start[w] = w * pieces;
    return (WindowBatch){piece, start, windows};
}

static void bench_gemm(const Kernels *k, Arena *a)
{
    static const int shape[][3] = {
        {16,   1536, 512 },
        {32,   512,  1536},
        {128,  1536, 512 },
        {1792, 768,  256 },
        {1792, 1536, 512 },
        {1792, 512,  1536}
    };
    for (size_t i = 0; i < sizeof shape / sizeof *shape; i++) {
        ArenaMark mark = arena_mark(a);
        int M = shape[i][0], N = shape[i][1], K = shape[i][2];
        float *A = numbers(a, (size_t)M * (size_t)K), *B = numbers(a, (size_t)K * (size_t)N),
              *C = numbers(a, (size_t)M * (size_t)N);
        double work = 2.0 * M * N * K, best = 0;
        for (int r = 0; r < 5; r++) {
            int64_t from = clock_mono_ns();
            k->gemm_nn(M, N, K, A, K, B, N, 0, C, N);
            double speed = work / seconds_since(from) * 1e-9;
            best = speed > best ? speed : best;
        }
        printf("gemm_%s_%dx%dx%d %.1f GFLOP/s\n", k->name, M, N, K, best);
        arena_rewind(a, mark);
    }
}

static void bench_forward(const Kernels *k, const EncoderParams *p, Arena *a)
{
    static const int shape[][2] = {
        {1,  16 },
        {1,  32 },
        {1,  128},
        {32, 32 }
    };
    for (size_t i = 0; i < sizeof shape / sizeof *shape; i++) {
        ArenaMark mark = arena_mark(a);
        WindowBatch b = batch_of(a, shape[i][0], shape[i][1]);
        float *pooled = arena_array(a, float, (size_t)b.count *ENCODER_WIDTH);
        double best = 1e9;
        int repeats = strcmp(k->name, "reference") == 0 ? 2 : 12;
        for (int r = 0; r < repeats; r++) {
            int64_t from = clock_mono_ns();
            encoder_forward(k, p, a, &b, pooled);
            double t = seconds_since(from);
            best = t < best ? t : best;
        }
        printf("encoder_%s_%dx%d %.3f ms\n", k->name, shape[i][0], shape[i][1], best * 1e3);
        arena_rewind(a, mark);
    }
}

/* Weights of all matrices but the word table: each costs a piece two operations forward
 * and four back. */
static double matrix_weights(void)
{
    double n = 0;
    for (int i = 0; i < encoder_param_info_count; i++) {
        const EncoderParamInfo *info = &encoder_param_info[i];
        if (info->rows > 1 && strcmp(info->name, "embed") != 0 &&
            strcmp(info->name, "top_w") != 0)
            n += (double)info->rows * info->cols;
    }
    return n;
}

static void bench_training(const Kernels *k, const EncoderParams *p, Arena *a)
{
    enum { WINDOWS = 64, PIECES = 28 };
    WindowBatch b = batch_of(a, WINDOWS, PIECES);
    EncoderParams g;
    encoder_params_at(&g, arena_array(a, float, encoder_param_count()));
    float *pooled = numbers(a, WINDOWS * ENCODER_WIDTH),
          *d = numbers(a, WINDOWS * ENCODER_WIDTH);
    Rng rng;
    rng_seed(&rng, 1);
    double best = 1e9;
    for (int r = 0; r < 5; r++) {
        ArenaMark mark = arena_mark(a);
        int64_t from = clock_mono_ns();
        EncoderTape *tape = encoder_forward_train(k, p, a, &b, 0.1f, &rng, pooled);
        encoder_backward(k, p, tape, d, &g, a);
        double t = seconds_since(from);
        best = t < best ? t : best;
        arena_rewind(a, mark);
    }
    double pieces = WINDOWS * PIECES, work = 6 * matrix_weights() * pieces;
    printf("train_%s_64x28 %.0f pieces/s\n", k->name, pieces / best);
    printf("train_%s_64x28 %.1f GFLOP/s\n", k->name, work / best * 1e-9);
}

static void bench_adamw(const Kernels *k, const EncoderParams *p, Arena *a)
{
    AdamwSpan span = {.count = p->count, .rate = 1, .decay = 0.01f};
    AdamwConfig c = adamw_defaults(1e-6f);
    c.ema = 0.999f;
    float *grads = numbers(a, p->count);
    Adamw *o = adamw_new(a, &c, &span, 1, p->all, p->count);
    double best = 1e9;
    for (int r = 0; r < 8; r++) {
        int64_t from = clock_mono_ns();
        adamw_step(k, o, p->all, grads);
        double t = seconds_since(from);
        best = t < best ? t : best;
    }
    printf("adamw_%s %.2f ms\n", k->name, best * 1e3);
}

int main(void)
{
    Arena *a = arena_open((size_t)8 << 30);
    EncoderParams p;
    encoder_params_at(&p, numbers(a, encoder_param_count()));
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        Err err = {0};
        const Kernels *k;
        if (!kernels_find(str_of(tables[i]), &k, &err)) {
            fprintf(stderr, "%s\n", err.msg);
            continue;
        }
        ArenaMark mark = arena_mark(a);
        if (strcmp(k->name, "reference") != 0)
            fprintf(stderr, "%s: OpenBLAS runs its %s code\n", k->name, kernels_blas_core());
        bench_gemm(k, a);
        bench_forward(k, &p, a);
        if (strcmp(k->name, "reference") != 0)
            bench_training(k, &p, a);
        bench_adamw(k, &p, a);
        arena_rewind(a, mark);
    }
    arena_close(a);
    return 0;
}
