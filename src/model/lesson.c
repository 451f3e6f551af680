#include "model/lesson.h"

#include "base/file.h"
#include "base/parallel.h"
#include "model/score.h"
#include "nn/pack.h"

#include <stdio.h>

enum { TOGETHER = 16 };                 /* windows that go through the encoder in one call */
#define SCRATCH       ((size_t)1 << 30) /* address space a thread */
#define LESSON_FORMAT "lesson 1"        /* part of the files' names */

/* The windows of one text, found by one thread, in an arena of its own. */
typedef struct Cut {
    uint32_t windows[2];
    uint32_t pieces; /* of all windows */
} Cut;

typedef struct Cutting {
    const LessonInput *in;
    Cut *cut;
    /* The second time round: where each text's windows begin. */
    const uint32_t *first;
    uint32_t *start; /* [windows + 1]; start[w + 1] is written by w's text */
    int32_t *piece;
    const size_t *piece_at; /* [texts] */
} Cutting;

static bool read_views(const Cutting *c, Arena *a, size_t i, Features *x, Err *err)
{
    const Release *r = c->in->release;
    Str text = c->in->rows->row[c->in->row[i]].text;
    return features_ngrams(a, text, release_fast(r, FAST_JOINED)->layer.buckets, x, err) &&
           features_pieces(release_vocab(r), a, text, c->in->max_pieces, x, err);
}

static bool count_one(void *ctx, Arena *a, size_t i, Err *err)
{
    const Cutting *c = ctx;
    const Windows *w = release_windows(c->in->release);
    Features x;
    if (!read_views(c, a, i, &x, err))
        return false;
    const Pieces *view[2] = {&x.original, &x.disguised};
    Cut *cut = &c->cut[i];
    for (int v = 0; v < 2; v++) {
        cut->windows[v] = (uint32_t)windows_count(w, view[v]->count);
        cut->pieces += cut->windows[v] * (uint32_t)windows_size(w, view[v]->count);
    }
    return true;
}

static bool write_one(void *ctx, Arena *a, size_t i, Err *err)
{
    const Cutting *c = ctx;
    const Windows *w = release_windows(c->in->release);
    Features x;
    if (!read_views(c, a, i, &x, err))
        return false;
    const Pieces *view[2] = {&x.original, &x.disguised};
    size_t at = c->piece_at[i], window = c->first[2 * i];
    for (int v = 0; v < 2; v++) {
        size_t size = windows_size(w, view[v]->count);
        for (uint32_t k = 0; k < c->cut[i].windows[v]; k++) {
            const int32_t *id = view[v]->id + windows_start(w, view[v]->count, k);
            for (size_t p = 0; p < size; p++)
                c->piece[at++] = id[p];
            c->start[++window] = (uint32_t)at;
        }
    }
    return true;
}

static bool over_texts(const LessonInput *in, bool (*item)(void *, Arena *, size_t, Err *),
                       Cutting *ctx, const char *note, Err *err)
{
    ParallelWork work = {.item = item,
                         .ctx = ctx,
                         .count = in->count,
                         .threads = in->threads,
                         .arena_bytes = SCRATCH,
                         .progress = in->progress,
                         .what = "texts",
                         .note = note};
    return parallel_run(&work, err);
}

static bool cut_windows(Arena *a, const LessonInput *in, Lesson *out, Err *err)
{
    Cutting c = {.in = in, .cut = arena_array(a, Cut, in->count + 1)};
    if (!over_texts(in, count_one, &c, "windows are counted", err))
        return false;
    uint32_t *first = arena_array(a, uint32_t, 2 * in->count + 1);
    size_t *piece_at = arena_array(a, size_t, in->count + 1), pieces = 0;
    for (size_t i = 0; i < in->count; i++) {
        first[2 * i + 1] = first[2 * i] + c.cut[i].windows[0];
        first[2 * i + 2] = first[2 * i + 1] + c.cut[i].windows[1];
        piece_at[i] = pieces;
        pieces += c.cut[i].pieces;
    }
    if (pieces > UINT32_MAX)
        return err_set(err, ERR_LIMIT, "%zu pieces are too many to learn from", pieces);
    size_t windows = first[2 * in->count];
    c.first = first;
    c.piece_at = piece_at;
    c.start = arena_array(a, uint32_t, windows + 1);
    c.piece = arena_array(a, int32_t, pieces + 1);
    *out = (Lesson){.texts = in->count,
                    .windows = windows,
                    .first = first,
                    .start = c.start,
                    .piece = c.piece};
    return over_texts(in, write_one, &c, "windows are cut", err);
}

/* ---- the encoder --------------------------------------------------------------------- */

typedef struct Asking {
    const Lesson *lesson;
    Network network;
    size_t from, to; /* windows */
    float *logit;
} Asking;

static bool ask(void *ctx, Arena *a, size_t i, Err *err)
{
    (void)err;
    const Asking *q = ctx;
    NetworkWindow window[TOGETHER];
    size_t from = q->from + i * TOGETHER;
    size_t to = from + TOGETHER < q->to ? from + TOGETHER : q->to;
    for (size_t w = from; w < to; w++) {
        uint32_t begin = q->lesson->start[w];
        window[w - from] = (NetworkWindow){.piece = q->lesson->piece + begin,
                                           .count = (int)(q->lesson->start[w + 1] - begin),
                                           .logit = q->logit + w * FACTOR_COUNT};
    }
    network_batch(&q->network, a, window, (int)(to - from));
    return true;
}

/* Its pieces say which windows they are, whatever text they came from. */
static const char *chunk_path(Arena *a, const LessonInput *in, const Lesson *l, size_t from,
                              size_t to)
{
    DigestState st;
    Digest release = release_digest(in->release);
    uint32_t begin = l->start[from], end = l->start[to];
    digest_init(&st);
    digest_add(&st, STR(LESSON_FORMAT));
    digest_add(&st, (Str){(const char *)release.byte, sizeof release.byte});
    digest_add(&st, str_of(release_kernels(in->release)->name));
    digest_add(&st, (Str){(const char *)(l->piece + begin), (end - begin) * sizeof *l->piece});
    for (size_t w = from; w <= to; w++) {
        uint32_t at = l->start[w] - begin;
        digest_add(&st, (Str){(const char *)&at, sizeof at});
    }
    Digest d = digest_end(&st);
    char hex[DIGEST_HEX_SIZE];
    digest_hex(&d, hex);
    return str_print(a, "%s/lesson-%.24s.pack", in->dir, hex).ptr;
}

static bool kept(const char *path, float *logit, size_t windows)
{
    Err ignored = {0};
    Pack *p = NULL;
    bool there = file_exists(path) && pack_open(path, &p, &ignored) &&
                 pack_read_f32(p, "logit", windows, FACTOR_COUNT, logit, &ignored);
    pack_close(p);
    return there;
}

static bool read_chunk(Arena *a, const LessonInput *in, Asking *q, const char *note, Err *err)
{
    size_t windows = q->to - q->from;
    float *logit = q->logit + q->from * FACTOR_COUNT;
    const char *path = chunk_path(a, in, q->lesson, q->from, q->to);
    if (windows == 0 || kept(path, logit, windows))
        return true;
    ParallelWork work = {.item = ask,
                         .ctx = q,
                         .count = (windows + TOGETHER - 1) / TOGETHER,
                         .threads = in->threads,
                         .arena_bytes = SCRATCH,
                         .progress = in->progress,
                         .what = "batches",
                         .note = note};
    Digest d;
    if (!parallel_run(&work, err))
        return false;
    PackWriter *w = pack_writer(a);
    pack_add_f32(w, "logit", logit, windows, FACTOR_COUNT);
    return pack_save(w, path, &d, err);
}

bool lesson_read(Arena *a, const LessonInput *in, Lesson *out, Err *err)
{
    Lesson l;
    if (!file_make_dirs(in->dir, err) || !cut_windows(a, in, &l, err))
        return false;
    float *logit = arena_array(a, float, (l.windows + 1) * FACTOR_COUNT);
    Asking q = {.lesson = &l, .network = score_network(in->release), .logit = logit};
    for (size_t i = 0; i < l.texts; i += LESSON_CHUNK) {
        char note[80];
        ArenaMark mark = arena_mark(a);
        size_t to = i + LESSON_CHUNK < l.texts ? i + LESSON_CHUNK : l.texts;
        q.from = l.first[2 * i];
        q.to = l.first[2 * to];
        snprintf(note, sizeof note, "the encoder reads texts %zu to %zu of %zu", i, to,
                 l.texts);
        if (!read_chunk(a, in, &q, note, err))
            return false;
        arena_rewind(a, mark);
    }
    l.logit = logit;
    *out = l;
    return true;
}
