/* fold_internal.h - the text being folded, and the stages that fold it.
 *
 * Every stage but NFKC and case folding works in place: what it writes is never longer than
 * what it has read, so one buffer serves all.  A stage that undid something leaves a trace and
 * sets `changed`, for which normalise() runs the stages once more.
 */
#ifndef TEXT_FOLD_INTERNAL_H
#define TEXT_FOLD_INTERNAL_H

#include "text/mapped.h"
#include "text/normalise.h"

enum {
    FOLD_PASSES = 4,        /* of all stages, while they find something */
    FOLD_DEPTH = 2,         /* encodings in encodings */
    FOLD_WORD_MAX = 32,     /* longer words are not undone */
    FOLD_EVIDENCE_MAX = 160 /* bytes of was and became that a trace keeps */
};

typedef struct Fold {
    Arena *arena;
    Str original;
    char *p; /* len bytes; origin has len + 1 */
    uint32_t *origin;
    size_t len;
    FoldTrace *trace;
    size_t trace_count, trace_total;
    bool changed, disguised;
    int parts_tried; /* by fold_spacing */
    int opened;      /* how often an encoding was opened: at most FOLD_DEPTH rounds */
} Fold;

/* The bytes of the original from `from` to `to` read `became`. */
void fold_note(Fold *f, FoldStep step, uint32_t from, uint32_t to, Str became);

static inline Str fold_text(const Fold *f) { return (Str){f->p, f->len}; }

/* Writing behind the reading: bytes [0, at) are done. */
typedef struct FoldWriter {
    Fold *f;
    size_t at;
} FoldWriter;

static inline void fold_put(FoldWriter *w, char c, uint32_t from)
{
    w->f->p[w->at] = c;
    w->f->origin[w->at++] = from;
}

void fold_move(FoldWriter *w, size_t from, size_t to); /* as fold_copy, where it must move */

/* Bytes of the text as they are. */
static inline void fold_copy(FoldWriter *w, size_t from, size_t to)
{
    if (w->at == from)
        w->at = to;
    else
        fold_move(w, from, to);
}

void fold_end(FoldWriter *w);

/* A run of bytes other than white space at or behind *at; false at the end. */
bool fold_token(const Fold *f, size_t *at, size_t *from, size_t *to);

/* fold_characters.c: to plain letters, case kept. */
bool fold_characters(Fold *f, Err *err);
bool fold_case(Fold *f, Err *err);

/* fold_decode.c: true when something was opened. */
bool fold_decode(Fold *f);

/* fold_cipher.c */
void fold_cipher(Fold *f);

/* fold_words.c: on lower-case text. */
void fold_spacing(Fold *f);
void fold_leet(Fold *f);
void fold_repeat(Fold *f);
void fold_spaces(Fold *f);

#endif
