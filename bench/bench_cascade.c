/* bench_cascade.c - what the cascade saves on a stream that is 99 % benign: `name value unit`.
 *
 *     bench_cascade RELEASE
 *
 * The stream is of the project's own rows: 99 that have no label for each one that has.  Many
 * of them were written to look bad and be benign, so the share that the fast tier settles is
 * less than on traffic.  Both ways read the same texts in turns, one thread, best pass.
 */
#include "bench_clock.h"
#include "bench_rows.h"

#include "model/score.h"

#include <stdio.h>

enum { TEXTS = 400, READ = 200000, LEAST = 20, MOST = 200, REPEATS = 3, TIER_PIECES = 4096 };
#define ARENA ((size_t)2 << 30) /* address space */

typedef struct Stream {
    Str text[TEXTS];
    size_t count;
} Stream;

/* Rows of one kind, evenly over all of that kind, to every step-th place from `at`. */
static void spread(const BenchRows *rows, bool labelled, Str *to, size_t at, size_t step)
{
    size_t there = 0, wanted = (TEXTS - at + step - 1) / step, seen = 0, put = 0;
    for (size_t i = 0; i < rows->count; i++)
        there += rows->labelled[i] == labelled;
    for (size_t i = 0; i < rows->count && put < wanted; i++) {
        if (rows->labelled[i] != labelled || seen++ < put * there / wanted)
            continue;
        to[at + put++ * step] = rows->text[i];
    }
}

/* Every hundredth text is one with a label. */
static bool stream_read(Arena *a, Stream *out, Err *err)
{
    BenchRows rows;
    if (!bench_rows_load(a, "corpus/rows.jsonl", LEAST, MOST, READ, &rows, err))
        return false;
    Str benign[TEXTS] = {0}, bad[TEXTS] = {0};
    spread(&rows, false, benign, 0, 1);
    spread(&rows, true, bad, 99, 100);
    for (size_t i = 0; i < TEXTS; i++)
        out->text[i] = bad[i].len ? bad[i] : benign[i];
    out->count = TEXTS;
    return true;
}

static bool pass(const Release *r, Arena *a, const Stream *s, Tier tier, double *best,
                 size_t *encoded, Err *err)
{
    Scores x;
    int64_t from = bench_cpu_ns();
    *encoded = 0;
    for (size_t i = 0; i < s->count; i++) {
        if (!score_text(r, a, s->text[i], tier, TIER_PIECES, &x, err))
            return false;
        *encoded += x.encoder_ran;
    }
    double us = (double)(bench_cpu_ns() - from) * 1e-3 / (double)s->count;
    *best = us < *best ? us : *best;
    return true;
}

static bool run(Arena *a, const char *path, Err *err)
{
    const Kernels *k;
    Release *r = NULL;
    Stream *s = arena_new(a, Stream);
    double cascade = 1e18, encoder = 1e18;
    size_t asked = 0, all = 0;
    bool ok = kernels_find(STR("auto"), &k, err) && release_open(path, k, &r, err) &&
              stream_read(a, s, err);
    for (int i = 0; ok && i < REPEATS; i++)
        ok = pass(r, a, s, TIER_CASCADE, &cascade, &asked, err) &&
             pass(r, a, s, TIER_ENCODER, &encoder, &all, err);
    release_close(r);
    if (!ok)
        return false;
    printf("cascade_text %.1f us\ncascade_encoder_text %.1f us\n", cascade, encoder);
    printf("cascade_settled %.3f of_texts\n", 1 - (double)asked / (double)s->count);
    return true;
}

int main(int argc, char **argv)
{
    Err err = {0};
    if (argc != 2) {
        fprintf(stderr, "usage: bench_cascade RELEASE\n");
        return 2;
    }
    Arena *a = arena_open(ARENA);
    bool ok = run(a, argv[1], &err);
    if (!ok)
        fprintf(stderr, "bench_cascade: %s\n", err.msg);
    arena_close(a);
    return ok ? 0 : 1;
}
