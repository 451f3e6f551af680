/* bench_encoder.c - what scoring costs by kernels, on one thread.
 *
 *     bench_encoder [ROUNDS [KERNELS...]]     without: 20 rounds of every table
 *
 * Times are the processor's, not the clock's.  Every kernel table in turn, again and again, and
 * OpenBLAS's own product at a size that it likes beside them: whatever else the machine does
 * hits all alike, and the best of many rounds is nearly free of it.  So the ratios of one run
 * hold where its times may not. An operation is a multiplication or an addition of the
 * matrices' products.
 */
#include "bench_clock.h"

#include "base/arena.h"
#include "nn/encoder.h"
#include "nn/packed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const every[] = {"avx2",         "avx512",    "neon",     "int8-avx512",
                                    "int8-avxvnni", "int8-avx2", "int8-neon"};
enum { EVERY = sizeof every / sizeof *every, NAMES_MAX = 16, ROUNDS = 20, PEAK_MAX = 1536 };

/* Square products: one of these shows a BLAS at its best. */
static const int peaks[] = {384, 512, 768, 1024, PEAK_MAX};
enum { PEAKS = sizeof peaks / sizeof *peaks };

static const int shapes[][2] = {
    {1,  16 },
    {1,  32 },
    {1,  128},
    {32, 32 }
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static float *numbers(Arena *a, size_t n, float size)
{
    Rng rng;
    rng_seed(&rng, n);
    float *x = arena_array(a, float, n);
    for (size_t i = 0; i < n; i++)
        x[i] = (float)(rng_unit(&rng) - 0.5) * size;
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

/* Of the matrices a piece passes, and of attention over T pieces. */
static double operations(int windows, int T)
{
    double weights = 0;
    for (int i = 0; i < encoder_param_info_count; i++) {
        const EncoderParamInfo *info = &encoder_param_info[i];
        if (info->rows > 1 && strcmp(info->name, "embed") != 0 &&
            strcmp(info->name, "top_w") != 0)
            weights += (double)info->rows * info->cols;
    }
    double attention = 2.0 * T * (ENCODER_WIDTH0 + ENCODER_WIDTH);
    return 2 * windows * T * (weights + attention);
}

typedef struct Entry {
    const char *name; /* as it was asked for */
    const Kernels *k;
    EncoderParams p;
    double best[SHAPES];
} Entry;

static double once(const Entry *e, Arena *a, const WindowBatch *b, float *pooled)
{
    int64_t from = bench_cpu_ns();
    encoder_forward(e->k, &e->p, a, b, pooled);
    return (double)(bench_cpu_ns() - from) * 1e-9;
}

/* GFLOP/s of OpenBLAS, the best of the sizes so far. */
static void peak_once(const Kernels *k, const float *A, const float *B, float *C, double *best)
{
    for (int i = 0; i < PEAKS; i++) {
        int n = peaks[i];
        int64_t from = bench_cpu_ns();
        k->gemm_nn(n, n, n, A, n, B, n, 0, C, n);
        double speed = 2.0 * n * n * n / (double)(bench_cpu_ns() - from);
        *best = speed > *best ? speed : *best;
    }
}

static void measure(Arena *a, Entry *entry, int entries, int rounds, double *peak)
{
    WindowBatch b[SHAPES];
    float *pooled = arena_array(a, float, 32 * ENCODER_WIDTH);
    size_t square = (size_t)PEAK_MAX * PEAK_MAX;
    float *A = numbers(a, square, 1), *B = numbers(a, square, 1), *C = numbers(a, square, 1);
    for (int s = 0; s < SHAPES; s++)
        b[s] = batch_of(a, shapes[s][0], shapes[s][1]);
    for (int round = 0; round < rounds; round++) {
        peak_once(entry[0].k, A, B, C, peak);
        for (int s = 0; s < SHAPES; s++)
            for (int i = 0; i < entries; i++) {
                once(&entry[i], a, &b[s], pooled); /* its weights into the cache */
                double t = once(&entry[i], a, &b[s], pooled);
                if (t < entry[i].best[s])
                    entry[i].best[s] = t;
            }
    }
}

static void print(const Entry *entry, int entries, double peak)
{
    printf("sgemm %.1f GFLOP/s\n", peak);
    for (int s = 0; s < SHAPES; s++)
        for (int i = 0; i < entries; i++) {
            double t = entry[i].best[s], speed = operations(shapes[s][0], shapes[s][1]) / t;
            char name[64];
            snprintf(name, sizeof name, "encoder_%s_%dx%d", entry[i].name, shapes[s][0],
                     shapes[s][1]);
            printf("%s %.3f ms\n%s_speed %.1f GOP/s\n", name, t * 1e3, name, speed * 1e-9);
            printf("%s_of_sgemm %.2f times\n%s_of_blas %.2f times\n", name, speed * 1e-9 / peak,
                   name, entry[0].best[s] / t);
        }
}

/* False: this machine has no such kernels. */
static bool add(Arena *a, const EncoderParams *p, const char *name, Entry *out)
{
    Err err = {0};
    const Kernels *k;
    if (!kernels_find(str_of(name), &k, &err)) {
        fprintf(stderr, "%s\n", err.msg);
        return false;
    }
    *out = (Entry){.name = name, .k = k, .p = *p};
    for (int s = 0; s < SHAPES; s++)
        out->best[s] = 1e9;
    encoder_pack(a, k, &out->p);
    return true;
}

int main(int argc, char **argv)
{
    Arena *a = arena_open((size_t)2 << 30);
    EncoderParams p;
    Entry entry[NAMES_MAX];
    double peak = 0;
    int rounds = argc > 1 ? (int)strtol(argv[1], NULL, 10) : ROUNDS;
    const char *const *name = argc > 2 ? (const char *const *)argv + 2 : every;
    int names = argc > 2 ? argc - 2 : EVERY;
    encoder_params_at(&p, numbers(a, encoder_param_count(), 0.1f));
    int entries = add(a, &p, "blas", &entry[0]);
    for (int i = 0; i < names && entries < NAMES_MAX; i++)
        entries += add(a, &p, name[i], &entry[entries]);
    fprintf(stderr, "OpenBLAS runs its %s code\n", kernels_blas_core());
    measure(a, entry, entries, rounds, &peak);
    print(entry, entries, peak);
    arena_close(a);
    return 0;
}
