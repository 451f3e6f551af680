/* bench_train.c - rows a second of whole training steps: `name value unit` lines.
 *
 *     bench_train RELEASE [ROUNDS]
 *
 * A step is fit_step(), all of it: drawing and cutting texts, forward and backward on two
 * threads, clipping, AdamW and the average of the weights.  Each draws 64 rows of 40 pieces, as
 * bench/train_torch.py takes them; its rows are made of syllables, since only their number
 * counts.  A round is STEPS steps together, and every round is printed.
 */
#include "base/clock.h"
#include "model/fit.h"
#include "model/release.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { ROWS = 256, PIECES = 40, BATCH = 64, STEPS = 4, WARM = 2, TEXT = 240 };
#define ARENA ((size_t)8 << 30) /* address space */

static Str syllables(Arena *a, Rng *r)
{
    char *p = arena_array(a, char, TEXT);
    for (size_t i = 0; i < TEXT; i++)
        p[i] = i % 6 == 5   ? ' '
               : i % 6 == 4 ? (char)('a' + rng_below(r, 26))
               : i % 2      ? "aeiou"[rng_below(r, 5)]
                            : "bcdfghlmnprst"[rng_below(r, 13)];
    return (Str){p, TEXT};
}

static Rows rows_new(Arena *a)
{
    Rows rows = {arena_array(a, Row, ROWS), ROWS};
    Rng r;
    rng_seed(&r, 1);
    for (size_t i = 0; i < ROWS; i++) {
        Row *x = &rows.row[i];
        *x = (Row){.text = syllables(a, &r), .source = STR("s"), .weight = 1};
        x->split = SPLIT_TRAIN;
        for (int f = 0; f < FACTOR_COUNT; f++)
            x->labels.factor[f] = rng_below(&r, 2) ? 1 : 0;
    }
    return rows;
}

static Plan plan_new(void)
{
    Plan p;
    plan_defaults(&p);
    p.threads = 2;
    p.window_pieces = p.window_stride = PIECES;
    p.max_windows = 1;
    p.batch_pieces = BATCH * PIECES;
    return p;
}

static bool rounds_run(Fit *f, int rounds, Err *err)
{
    FitStep s;
    for (int i = 0; i < WARM; i++)
        if (!fit_step(f, &s, err))
            return false;
    for (int r = 0; r < rounds; r++) {
        double seconds = 0, work = 0;
        int rows = 0;
        int64_t from = clock_mono_ns();
        for (int i = 0; i < STEPS; i++) {
            if (!fit_step(f, &s, err))
                return false;
            rows += s.rows;
            work += s.gflops * s.rows / s.rows_per_s;
        }
        seconds = (double)(clock_mono_ns() - from) * 1e-9;
        printf("train_64x40 %.1f rows/s\n", rows / seconds);
        printf("train_64x40_speed %.1f GFLOP/s\n", work / seconds);
    }
    return true;
}

static bool run(Arena *a, const char *release, int rounds, Err *err)
{
    const Kernels *k;
    Release *r = NULL;
    Fit *f = NULL;
    if (!kernels_find(STR("auto"), &k, err) || !release_open(release, k, &r, err))
        return false;
    Rows rows = rows_new(a);
    Plan plan = plan_new();
    FitInput in = {.rows = &rows,
                   .plan = &plan,
                   .vocab = release_vocab(r),
                   .kernels = k,
                   .base = release_encoder(r),
                   .checkpoint = "/nonexistent"};
    bool ok = fit_open(a, &in, &f, err) && rounds_run(f, rounds, err);
    fit_close(f);
    release_close(r);
    return ok;
}

int main(int argc, char **argv)
{
    Err err = {0};
    if (argc < 2) {
        fprintf(stderr, "usage: bench_train RELEASE [ROUNDS]\n");
        return 2;
    }
    Arena *a = arena_open(ARENA);
    bool ok = run(a, argv[1], argc > 2 ? (int)strtol(argv[2], NULL, 10) : 3, &err);
    if (!ok)
        fprintf(stderr, "bench_train: %s\n", err.msg);
    arena_close(a);
    return ok ? 0 : 1;
}
