/* bench_paths.c - the hot paths, each by itself, for Callgrind to count: bench/instructions.
 *
 *     bench_paths RELEASE      names each path in the order in which it is counted
 *
 * Callgrind counts inside of path_run() alone and tells the sum at each of its returns, so what
 * is made ready before (and what a first call makes ready for all others) is not in it.  Texts
 * are always the same; kernels are those of AVX2, which every valgrind can run, whatever this
 * processor has.
 */
#include "base/buf.h"
#include "model/score.h"
#include "serve/moderation_reply.h"
#include "serve/moderation_request.h"

#include <stdio.h>
#include <string.h>

#define ARENA ((size_t)1 << 30) /* address space */
enum { TEXTS = 16, PIECES = 32, REPLY_MAX = 1 << 16, TIER_PIECES = 4096 };

static const char *const texts[TEXTS] = {
    "The committee will meet on Tuesday to talk about the budget for next year, ok?",
    "why would you say that to anyone, it is not funny and you should say sorry now",
    "my order arrived late and the box was open, can you tell me how to return it?!",
    "Nobody asked for your opinion, so keep it to yourself and leave us alone today",
    "See you at the library tomorrow at noon.",
    "The train was late again, but we made it in time for the second act.",
    "Thanks for the recipe, it was lovely! My sister wants it too.",
    "I will find you and break your legs, you stupid idiot",
    "y0u are such an 1d10t, n o b o d y likes you",
    "Tr\xc3\xa8s bien, merci. Caf\xc3\xa9 \xc3\xa0 huit heures \xf0\x9f\x98\x80",
    "PLEASE STOP SHOUTING AT THE REFEREE, IT DOES NOT HELP ANYBODY",
    "How long does the bread have to bake? Mine is still white after an hour.",
    "We should paint the kitchen yellow, and the door blue.",
    "he said the match was killed off in the first half, what a striker",
    "My cat sleeps on the keyboard all day and writes better letters than I do.",
    "ok",
};

typedef struct Paths {
    Arena *a;
    Release *release;
    EncoderParams encoder;
    WindowBatch window;
    float pooled[ENCODER_WIDTH];
    Folded folded[TEXTS];
    Ngrams ngrams[TEXTS];
    Str body[TEXTS];
    Verdict verdict;
    Buf reply;
} Paths;

static bool do_normalise(Paths *p, size_t i, Err *err)
{
    Folded f;
    return normalise(p->a, str_of(texts[i]), &f, err);
}

static bool do_tokenize(Paths *p, size_t i, Err *err)
{
    Pieces x;
    return tokenize(release_vocab(p->release), p->a, str_of(texts[i]), TIER_PIECES, &x, err);
}

static bool do_ngrams(Paths *p, size_t i, Err *err)
{
    Ngrams x;
    return ngrams_read(p->a, str_of(texts[i]), &p->folded[i], FAST_BUCKETS, &x, err);
}

static bool do_fast_forward(Paths *p, size_t i, Err *err)
{
    (void)err;
    float logit[FACTOR_COUNT];
    fast_forward(release_fast(p->release, FAST_JOINED), p->a, &p->ngrams[i], logit);
    return true;
}

static bool do_fast_tier(Paths *p, size_t i, Err *err)
{
    Scores s;
    return score_text(p->release, p->a, str_of(texts[i]), TIER_FAST, TIER_PIECES, &s, err);
}

static bool do_encoder(Paths *p, size_t i, Err *err)
{
    (void)i;
    (void)err;
    encoder_forward(release_kernels(p->release), &p->encoder, p->a, &p->window, p->pooled);
    return true;
}

static bool do_request(Paths *p, size_t i, Err *err)
{
    InputLimits limits = {32, 1 << 20};
    ModerationRequest r;
    ApiError e;
    return moderation_request_parse(p->a, p->body[i], &limits, &r, &e) ||
           err_set(err, ERR_INPUT, "a request was refused");
}

static bool do_reply(Paths *p, size_t i, Err *err)
{
    (void)i;
    (void)err;
    buf_clear(&p->reply);
    moderation_reply_print(&p->reply, STR("modr-1"), STR("second"), &p->verdict, 1,
                           &(ReplyExtensions){0});
    return true;
}

static const struct Path {
    const char *name; /* of one call */
    bool (*call)(Paths *p, size_t i, Err *err);
    size_t calls;
} paths[] = {
    {"normalise",         do_normalise,    TEXTS},
    {"tokenise",          do_tokenize,     TEXTS},
    {"ngram_hashes",      do_ngrams,       TEXTS},
    {"fast_products",     do_fast_forward, TEXTS},
    {"fast_tier",         do_fast_tier,    TEXTS},
    {"encoder_32_pieces", do_encoder,      1    },
    {"request_parse",     do_request,      TEXTS},
    {"reply_write",       do_reply,        TEXTS},
};

/* What Callgrind looks for, by this name. */
__attribute__((noinline)) static bool path_run(Paths *p, const struct Path *x, Err *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < x->calls; i++) {
        ArenaMark mark = arena_mark(p->a);
        ok = x->call(p, i, err);
        arena_rewind(p->a, mark);
    }
    return ok;
}

static bool prepare(Paths *p, const char *path, Err *err)
{
    static int32_t piece[PIECES], start[] = {0, PIECES};
    const Kernels *k;
    if (!kernels_find(STR("avx2"), &k, err) || !release_open(path, k, &p->release, err))
        return false;
    p->encoder = *release_encoder(p->release);
    for (int i = 0; i < PIECES; i++)
        piece[i] = 10 + i * 101 % 7000;
    p->window = (WindowBatch){piece, start, 1};
    for (size_t i = 0; i < TEXTS; i++) {
        Str text = str_of(texts[i]);
        p->body[i] = str_print(p->a, "{\"input\":\"%s\"}", texts[i]);
        if (!normalise(p->a, text, &p->folded[i], err) ||
            !ngrams_read(p->a, text, &p->folded[i], FAST_BUCKETS, &p->ngrams[i], err))
            return false;
    }
    Limits limits = {1 << 20, TIER_PIECES};
    Str one = str_of(texts[0]);
    buf_init(&p->reply, REPLY_MAX);
    return moderate(p->release, &limits, p->a, &(Input){.text = &one, .count = 1}, &p->verdict,
                    err);
}

static bool run(Paths *p, const char *release, Err *err)
{
    if (!prepare(p, release, err))
        return false;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        if (!paths[i].call(p, 0, err) || !path_run(p, &paths[i], err))
            return err_wrap(err, "%s", paths[i].name);
        printf("%s %zu\n", paths[i].name, paths[i].calls);
    }
    return true;
}

int main(int argc, char **argv)
{
    Err err = {0};
    if (argc != 2) {
        fprintf(stderr, "usage: bench_paths RELEASE\n");
        return 2;
    }
    Arena *a = arena_open(ARENA);
    Paths *p = arena_new(a, Paths);
    p->a = a;
    bool ok = run(p, argv[1], &err);
    if (!ok)
        fprintf(stderr, "bench_paths: %s\n", err.msg);
    buf_done(&p->reply);
    release_close(p->release);
    arena_close(a);
    return ok ? 0 : 1;
}
