/* bench_text.c - how fast texts are folded, cut and hashed: `name value unit` lines; with the
 * vocabulary of GAVEL_RELEASE. */
#include "bench_clock.h"

#include "model/release.h"
#include "text/language.h"
#include "text/minhash.h"
#include "text/ngram.h"
#include "text/normalise.h"
#include "text/tokenizer.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const shorts[] = {
    "The committee will meet on Tuesday to talk about the budget for next year, ok?",
    "why would you say that to anyone, it is not funny and you should say sorry now",
    "my order arrived late and the box was open, can you tell me how to return it?!",
};
static const char mixed[] =
    "Tr\xc3\xa8s bien, \xd0\xbf\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82 \xf0\x9f\x98\x80 and "
    "some "
    "w 0 r d s of \xef\xbd\x81\xef\xbd\x82\xef\xbd\x83 that \xe2\x80\x9c change\xe2\x80\x9d. ";

enum { ROUNDS = 2000, LONG = 1 << 20, REPEATS = 9, ARENA = 512 << 20 };

typedef enum Work { FOLD = 1, NGRAMS = 2, PIECES = 4, LANGUAGE = 8 } Work;

typedef struct Bench {
    Arena *a;
    const Vocab *vocab;
    Folded folded[3]; /* of the short texts, for work that does not fold */
} Bench;

static void check(bool ok, const Err *err)
{
    if (ok)
        return;
    fprintf(stderr, "%s\n", err->msg);
    exit(1);
}

static void one_text(Bench *b, Str s, const Folded *folded, int work)
{
    Err err = {0};
    Folded f;
    Ngrams n;
    Pieces p;
    ArenaMark mark = arena_mark(b->a);
    if (work & FOLD)
        check(normalise(b->a, s, &f, &err), &err);
    if (work & NGRAMS)
        check(ngrams_read(b->a, s, work & FOLD ? &f : folded, 1 << 18, &n, &err), &err);
    if (work & PIECES)
        check(tokenize(b->vocab, b->a, s, 128, &p, &err), &err);
    if (work & LANGUAGE && language_of(s) == LANGUAGE_COUNT)
        exit(1); /* never; but the compiler may not leave the call out */
    arena_rewind(b->a, mark);
}

static double seconds_since(int64_t start) { return (double)(bench_cpu_ns() - start) * 1e-9; }

/* Seconds a text; the best of several rounds, since others may use the machine too. */
static double short_texts(Bench *b, int work)
{
    double best = 1e9;
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        int64_t start = bench_cpu_ns();
        for (int i = 0; i < ROUNDS; i++)
            one_text(b, str_of(shorts[i % 3]), &b->folded[i % 3], work);
        double seconds = seconds_since(start) / ROUNDS;
        best = seconds < best ? seconds : best;
    }
    return best;
}

/* MB/s of folding, over a megabyte of `unit`. */
static double long_text(Bench *b, const char *unit)
{
    ArenaMark mark = arena_mark(b->a);
    char *text = arena_array(b->a, char, LONG);
    size_t len = 0, n = strlen(unit);
    double best = 1e9;
    for (; len + n <= LONG; len += n)
        memcpy(text + len, unit, n);
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        int64_t start = bench_cpu_ns();
        one_text(b, (Str){text, len}, NULL, FOLD);
        double seconds = seconds_since(start);
        best = seconds < best ? seconds : best;
    }
    arena_rewind(b->a, mark);
    return (double)len / best / 1e6;
}

int main(void)
{
    Bench b = {.a = arena_open(ARENA)};
    const char *path = getenv("GAVEL_RELEASE");
    const Kernels *k;
    Release *r = NULL;
    Err err = {0};
    if (path) {
        check(kernels_find(STR("auto"), &k, &err) && release_open(path, k, &r, &err), &err);
        b.vocab = release_vocab(r);
    }
    for (int i = 0; i < 3; i++) {
        check(normalise(b.a, str_of(shorts[i]), &b.folded[i], &err), &err);
    }
    printf("text_normalise_short %.2f us\n", short_texts(&b, FOLD) * 1e6);
    printf("text_normalise_and_ngrams_short %.2f us\n", short_texts(&b, FOLD | NGRAMS) * 1e6);
    printf("text_ngrams_short %.0f texts/s\n", 1 / short_texts(&b, NGRAMS));
    printf("text_language_short %.2f us\n", short_texts(&b, LANGUAGE) * 1e6);
    if (b.vocab)
        printf("text_tokenize_short %.0f texts/s\n", 1 / short_texts(&b, PIECES));
    else
        printf("# absent: text_tokenize_short: GAVEL_RELEASE names no release\n");
    printf("text_normalise_ascii %.1f MB/s\n",
           long_text(&b, "a plain line of English words. "));
    printf("text_normalise_mixed %.1f MB/s\n", long_text(&b, mixed));
    printf("text_normalise_one_letter %.1f MB/s\n", long_text(&b, "a"));
    printf("text_normalise_spaced %.1f MB/s\n", long_text(&b, "k i l l "));
    printf("text_normalise_base64 %.1f MB/s\n", long_text(&b, "a2lsbCB5b3Vyc2VsZiBub3cg"));
    printf("text_normalise_marks %.1f MB/s\n", long_text(&b, "a\xcc\xb6\xcc\xb7"));
    release_close(r);
    arena_close(b.a);
    return 0;
}
