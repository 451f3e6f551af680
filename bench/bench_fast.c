/* bench_fast.c - what each stage of the fast tier costs: `name value unit` lines.
 *
 *     bench_fast [FOLDER]
 *
 * Over thousands of different texts of the project's own rows (60 to 106 characters), since
 * four texts said again and again live in the caches and in the branch predictor and take a
 * third of the time.  In FOLDER the same texts are left for bench/fast.sh to give to fastText:
 * texts.txt, a line each, and train.txt, with a label in front. */
#include "bench_clock.h"
#include "bench_rows.h"

#include "base/buf.h"
#include "base/file.h"
#include "model/score.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    TEXTS_MAX = 4000,
    LEAST = 60,
    MOST = 106,
    REPEATS = 7,
    TIER_PIECES = 4096,
    FILE_MAX = 64 << 20
};

#define ARENA ((size_t)2 << 30) /* address space */

typedef enum Stage { NORMALISE, NGRAMS, LANGUAGE, SPARSE, WHOLE, STAGES } Stage;
static const char *const stage_name[STAGES] = {"normalise", "ngrams", "language", "sparse",
                                               "whole"};

typedef struct Bench {
    Arena *a;
    Release *release;
    Str text[TEXTS_MAX];
    bool labelled[TEXTS_MAX];
    Features x[TEXTS_MAX]; /* read beforehand, for stages that need them */
    size_t count;
} Bench;

static bool read_rows(Bench *b, const char *path, Err *err)
{
    BenchRows rows;
    if (!bench_rows_load(b->a, path, LEAST, MOST, TEXTS_MAX, &rows, err))
        return false;
    b->count = rows.count;
    for (size_t i = 0; i < rows.count; i++) {
        b->text[i] = rows.text[i];
        b->labelled[i] = rows.labelled[i];
        if (!features_ngrams(b->a, b->text[i], FAST_BUCKETS, &b->x[i], err))
            return false;
    }
    return true;
}

static bool run_one(const Bench *b, Stage stage, size_t i, double *sum, Err *err)
{
    Folded f;
    Ngrams n;
    Scores s;
    float logit[FACTOR_COUNT];
    switch (stage) {
    case NORMALISE:
        return normalise(b->a, b->text[i], &f, err);
    case NGRAMS:
        return ngrams_read(b->a, b->text[i], &b->x[i].folded, FAST_BUCKETS, &n, err);
    case LANGUAGE:
        *sum += language_of(b->text[i]);
        return true;
    case SPARSE:
        fast_forward(release_fast(b->release, FAST_JOINED), b->a, &b->x[i].ngrams, logit);
        *sum += (double)logit[0];
        return true;
    case WHOLE:
        return score_text(b->release, b->a, b->text[i], TIER_FAST, TIER_PIECES, &s, err);
    case STAGES:
        break;
    }
    return false;
}

/* Nanoseconds a text: the best pass, since others may use the machine too. */
static bool measure(const Bench *b, Stage stage, double *out, Err *err)
{
    double best = 1e18, sum = 0;
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        int64_t start = bench_cpu_ns();
        for (size_t i = 0; i < b->count; i++) {
            ArenaMark mark = arena_mark(b->a);
            if (!run_one(b, stage, i, &sum, err))
                return false;
            arena_rewind(b->a, mark);
        }
        double took = (double)(bench_cpu_ns() - start) / (double)b->count;
        best = took < best ? took : best;
    }
    *out = best + (sum < 0 ? 1e-9 : 0); /* the compiler may not leave the work out */
    return true;
}

static bool leave_texts(const Bench *b, const char *folder, Err *err)
{
    Buf texts, train;
    buf_init(&texts, FILE_MAX);
    buf_init(&train, FILE_MAX);
    for (size_t i = 0; i < b->count; i++) {
        buf_put(&texts, b->text[i]);
        buf_put(&train, b->labelled[i] ? STR("__label__bad ") : STR("__label__good "));
        buf_put(&train, b->text[i]);
        buf_byte(&texts, '\n');
        buf_byte(&train, '\n');
    }
    bool ok =
        file_save(str_z(b->a, str_print(b->a, "%s/texts.txt", folder)), buf_str(&texts), err) &&
        file_save(str_z(b->a, str_print(b->a, "%s/train.txt", folder)), buf_str(&train), err);
    buf_done(&texts);
    buf_done(&train);
    return ok;
}

static bool run(Bench *b, const char *folder, Err *err)
{
    const char *path = getenv("GAVEL_RELEASE");
    const Kernels *k;
    double ns[STAGES], stages = 0;
    if (!kernels_find(STR("auto"), &k, err) ||
        !release_open(path ? path : "releases/third.gavel", k, &b->release, err) ||
        !read_rows(b, "corpus/rows.jsonl", err))
        return false;
    for (Stage s = 0; s < STAGES; s++) {
        if (!measure(b, s, &ns[s], err))
            return false;
        printf("fast_%s %.0f ns\n", stage_name[s], ns[s]);
        stages += s == WHOLE ? 0 : ns[s];
    }
    printf("fast_rest %.0f ns\n", ns[WHOLE] - stages); /* sigmoid, policy, calibration */
    printf("fast_rate %.0f texts/s\n", 1e9 / ns[WHOLE]);
    return !folder || leave_texts(b, folder, err);
}

int main(int argc, char **argv)
{
    Err err = {0};
    Arena *a = arena_open(ARENA);
    Bench *b = arena_new(a, Bench);
    b->a = a;
    bool ok = run(b, argc > 1 ? argv[1] : NULL, &err);
    if (!ok)
        fprintf(stderr, "bench_fast: %s\n", err.msg);
    release_close(b->release);
    arena_close(a);
    return ok ? 0 : 1;
}
