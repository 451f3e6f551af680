/* bench_score.c - what one short text costs without the network: `name value unit` lines.
 * Median of each tier over texts of about 80 characters, on one thread, with the release
 * that ships (or GAVEL_RELEASE). */
#include "bench_clock.h"

#include "base/file.h"
#include "model/score.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const texts[] = {
    "The committee will meet on Tuesday to talk about the budget for next year, ok?",
    "why would you say that to anyone, it is not funny and you should say sorry now",
    "my order arrived late and the box was open, can you tell me how to return it?!",
    "Nobody asked for your opinion, so keep it to yourself and leave us alone today",
};

enum { ROUNDS = 400, ARENA = 256 << 20 };

static int by_time(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return (a > b) - (a < b);
}

static bool measure(const Release *r, Arena *a, Tier tier, const char *name, Err *err)
{
    static int64_t took[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        Scores s;
        int64_t began = bench_cpu_ns();
        if (!score_text(r, a, str_of(texts[i % 4]), tier, 4096, &s, err))
            return false;
        took[i] = bench_cpu_ns() - began;
    }
    qsort(took, ROUNDS, sizeof *took, by_time);
    printf("score_%s_p50 %.3f ms\n", name, (double)took[ROUNDS / 2] * 1e-6);
    printf("score_%s_p99 %.3f ms\n", name, (double)took[ROUNDS * 99 / 100] * 1e-6);
    return true;
}

int main(void)
{
    const char *path = getenv("GAVEL_RELEASE");
    const Kernels *k;
    Release *r = NULL;
    Err err = {0};
    if (!path)
        path = "releases/third.gavel";
    if (!file_exists(path)) {
        printf("# bench_score: no release at %s\n", path);
        return 0;
    }
    Arena *a = arena_open(ARENA);
    bool ok = kernels_find(STR("auto"), &k, &err) && release_open(path, k, &r, &err) &&
              measure(r, a, TIER_FAST, "fast", &err) &&
              measure(r, a, TIER_ENCODER, "encoder", &err);
    if (!ok)
        fprintf(stderr, "bench_score: %s\n", err.msg);
    release_close(r);
    arena_close(a);
    return ok ? 0 : 1;
}
