#include "model/features.h"

#include <assert.h>

size_t windows_count(const Windows *w, size_t n)
{
    assert(1 <= w->stride && w->stride <= w->pieces && w->pieces <= ENCODER_MAX_PIECES);
    size_t pieces = (size_t)w->pieces, stride = (size_t)w->stride;
    if (n <= pieces)
        return n > 0;
    return 1 + (n - pieces + stride - 1) / stride;
}

size_t windows_size(const Windows *w, size_t n)
{
    return n < (size_t)w->pieces ? n : (size_t)w->pieces;
}

size_t windows_start(const Windows *w, size_t n, size_t i)
{
    size_t start = i * (size_t)w->stride, last = n - windows_size(w, n);
    return start < last ? start : last;
}

void windows_cut(Arena *a, const Windows *w, const Pieces *p, size_t first, size_t count,
                 WindowBatch *out)
{
    assert(first + count <= windows_count(w, p->count));
    size_t size = windows_size(w, p->count);
    int32_t *id = arena_array(a, int32_t, count * size);
    int32_t *start = arena_array(a, int32_t, count + 1);
    for (size_t i = 0; i < count; i++) {
        memcpy(id + i * size, p->id + windows_start(w, p->count, first + i), size * sizeof *id);
        start[i + 1] = (int32_t)((i + 1) * size);
    }
    *out = (WindowBatch){.piece = id, .start = start, .count = (int)count};
}

bool features_ngrams(Arena *a, Str text, uint32_t buckets, Features *out, Err *err)
{
    Features f = {0};
    if (!normalise(a, text, &f.folded, err) ||
        !ngrams_read(a, text, &f.folded, buckets, &f.ngrams, err))
        return false;
    *out = f;
    return true;
}

/* One piece more than will be read is asked for: that is how a cut is noticed. */
static bool read_pieces(const Vocab *v, Arena *a, Str text, size_t max, Pieces *out,
                        bool *capped, Err *err)
{
    if (!tokenize(v, a, text, max + 1, out, err))
        return false;
    if (out->count > max) {
        out->count = max;
        *capped = true;
    }
    return true;
}

bool features_pieces(const Vocab *v, Arena *a, Str text, size_t max_pieces, Features *out,
                     Err *err)
{
    bool capped = false;
    Pieces original, disguised = {0};
    if (!read_pieces(v, a, text, max_pieces, &original, &capped, err))
        return false;
    if (out->folded.disguised &&
        !read_pieces(v, a, out->folded.text, max_pieces, &disguised, &capped, err))
        return false;
    out->original = original;
    out->disguised = disguised;
    out->capped = capped;
    return true;
}
