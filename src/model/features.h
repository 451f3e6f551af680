/* features.h - what the tiers read of a text: hashed n-grams, and pieces in windows.
 *
 * The encoder reads short overlapping windows, so that one bad passage in a page is not
 * drowned by the rest; pooling joins them again (model/network.h).  It reads the original
 * and, when the folded view shows a disguise, the folded text as well: the score of a
 * factor is the greater of the two readings.
 *
 * Window i starts at i * stride; the last one ends where the text ends, so there is never
 * a tail of two pieces without context.  The two sizes are part of a release: what was
 * trained with is what is answered with.
 */
#ifndef MODEL_FEATURES_H
#define MODEL_FEATURES_H

#include "nn/encoder.h"
#include "text/ngram.h"
#include "text/normalise.h"
#include "text/tokenizer.h"

typedef struct Windows {
    int pieces; /* of one window: 1..ENCODER_MAX_PIECES */
    int stride; /* 1..pieces */
} Windows;

/* Windows over n pieces; none over none.  start: i < windows_count. */
size_t windows_count(const Windows *w, size_t n);
size_t windows_start(const Windows *w, size_t n, size_t i);
size_t windows_size(const Windows *w, size_t n); /* of each of them: pieces, or n if fewer */

/* Windows [first, first + count) of the pieces, as the encoder takes them.  The batch
 * lives in `a`. */
void windows_cut(Arena *a, const Windows *w, const Pieces *p, size_t first, size_t count,
                 WindowBatch *out);

typedef struct Features {
    Ngrams ngrams;
    Folded folded;
    Pieces original;
    Pieces disguised; /* of the folded text; count 0 unless folded.disguised */
    bool capped;      /* the text has more pieces than were read */
} Features;

/* The parts by themselves, so that a text the fast tier settles is never segmented. */
bool features_ngrams(Arena *a, Str text, uint32_t buckets, Features *out, Err *err);
bool features_pieces(const Vocab *v, Arena *a, Str text, size_t max_pieces, Features *out,
                     Err *err); /* after features_ngrams: needs the folded view */

#endif
