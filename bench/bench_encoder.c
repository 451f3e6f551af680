/* bench_encoder.c - what scoring costs by kernels, on one thread.
 *
 * Every kernel table in turn, again and again, and OpenBLAS's own product at a size that
 * it likes beside them: whatever else the machine does hits all alike, and the best of many
 * rounds is nearly free of it.  So the ratios of one run hold where its times may not.
 * An operation is a multiplication or an addition of the matrices' products.
 */
#include "base/arena.h"
#include "base/clock.h"
#include "nn/encoder.h"
#include "nn/packed.h"

#include <stdio.h>
#include <string.h>

static const char *const names[] = {"blas",        "avx2",         "avx512",    "neon",
                                    "int8-avx512", "int8-avxvnni", "int8-avx2", "int8-neon"};
enum { NAMES = sizeof names / sizeof *names, ROUNDS = 20, PEAK = 768 };

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
    const Kernels *k;
    EncoderParams p;
    double best[SHAPES];
} Entry;

static double once(const Entry *e, Arena *a, const WindowBatch *b, float *pooled)
{
    int64_t from = clock_mono_ns();
    encoder_forward(e->k, &e->p, a, b, pooled);
    return (double)(clock_mono_ns() - from) * 1e-9;
}

/* The square product that shows a BLAS at its best. */
static double peak_once(const Kernels *k, const float *A, const float *B, float *C)
{
    int64_t from = clock_mono_ns();
    k->gemm_nn(PEAK, PEAK, PEAK, A, PEAK, B, PEAK, 0, C, PEAK);
    return (double)(clock_mono_ns() - from) * 1e-9;
}

static void measure(Arena *a, Entry *entry, int entries, double *peak)
{
    WindowBatch b[SHAPES];
    float *pooled = arena_array(a, float, 32 * ENCODER_WIDTH);
    size_t square = (size_t)PEAK * PEAK;
    float *A = numbers(a, square, 1), *B = numbers(a, square, 1), *C = numbers(a, square, 1);
    for (int s = 0; s < SHAPES; s++)
        b[s] = batch_of(a, shapes[s][0], shapes[s][1]);
    for (int round = 0; round < ROUNDS; round++) {
        double t = peak_once(entry[0].k, A, B, C);
        *peak = t < *peak ? t : *peak;
        for (int s = 0; s < SHAPES; s++)
            for (int i = 0; i < entries; i++) {
                once(&entry[i], a, &b[s], pooled); /* its weights into the cache */
                t = once(&entry[i], a, &b[s], pooled);
                if (t < entry[i].best[s])
                    entry[i].best[s] = t;
            }
    }
}

int main(void)
{
    Arena *a = arena_open((size_t)2 << 30);
    EncoderParams p;
    Entry entry[NAMES];
    int entries = 0;
    double peak = 1e9;
    encoder_params_at(&p, numbers(a, encoder_param_count(), 0.1f));
    for (int i = 0; i < NAMES; i++) {
        Err err = {0};
        const Kernels *k;
        if (!kernels_find(str_of(names[i]), &k, &err)) {
            fprintf(stderr, "%s\n", err.msg);
            continue;
        }
        entry[entries] = (Entry){.k = k, .p = p};
        for (int s = 0; s < SHAPES; s++)
            entry[entries].best[s] = 1e9;
        encoder_pack(a, k, &entry[entries++].p);
    }
    measure(a, entry, entries, &peak);
    double flops = 2.0 * PEAK * PEAK * PEAK / peak * 1e-9;
    printf("sgemm_openblas_%s %.1f GFLOP/s\n", kernels_blas_core(), flops);
    for (int s = 0; s < SHAPES; s++)
        for (int i = 0; i < entries; i++) {
            double t = entry[i].best[s], speed = operations(shapes[s][0], shapes[s][1]) / t;
            char name[64];
            snprintf(name, sizeof name, "encoder_%s_%dx%d", entry[i].k->name, shapes[s][0],
                     shapes[s][1]);
            printf("%s %.3f ms\n%s %.1f GOP/s\n", name, t * 1e3, name, speed * 1e-9);
            printf("%s %.2f of_sgemm\n%s %.2f of_blas\n", name, speed * 1e-9 / flops, name,
                   entry[0].best[s] / t);
        }
    arena_close(a);
    return 0;
}
