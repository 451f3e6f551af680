/* normalise.h - the folded view: what a text says once its disguises are off.
 *
 * The original is kept by the caller; this derives a second view from it: Unicode
 * NFKC and case fold, confusable skeleton, invisible and combining marks removed,
 * leetspeak and letter-spacing undone, repeated letters squeezed, and common
 * encodings (base64, hexadecimal, percent, rot13, reversed) opened where they decode
 * to language.  Each step that changed something a writer does not do by accident
 * leaves a trace, which an answer may show as evidence.
 *
 * Work is linear in the length for any input, hostile ones included: about 5 bytes of
 * arena a byte for ASCII, some 120 at the very worst.
 *
 * Folding a folded view changes nothing, with two exceptions: where more than four
 * disguises or two encodings lay over each other it takes off some more; and letters
 * spaced by line breaks are joined only then, when the breaks have become spaces.
 */
#ifndef TEXT_NORMALISE_H
#define TEXT_NORMALISE_H

#include "base/err.h"
#include "base/str.h"

typedef enum FoldStep {
    FOLD_COMPATIBILITY, /* fullwidth, circled, mathematical letters ... (NFKC) */
    FOLD_CONFUSABLE,    /* look-alikes of other scripts, squared letters */
    FOLD_INVISIBLE,     /* zero-width and format characters */
    FOLD_MARK,          /* combining marks stacked on letters */
    FOLD_LEET,          /* digits and signs for letters, inside a word */
    FOLD_SPACING,       /* letters set apart by spaces, dots, dashes ... */
    FOLD_REPEAT,        /* a letter three times or more in a row */
    FOLD_BASE64,
    FOLD_HEX,
    FOLD_PERCENT,
    FOLD_ROT13,
    FOLD_REVERSED,
    FOLD_STEP_COUNT
} FoldStep;

const char *fold_step_name(FoldStep s);

typedef struct FoldTrace {
    FoldStep step;
    size_t from, to; /* bytes of the original that were read */
    Str was, became;
} FoldTrace;

enum { FOLD_TRACE_MAX = 64 }; /* more are counted, not kept */

typedef struct Folded {
    Str text;               /* UTF-8, lower case, single spaces */
    const uint32_t *origin; /* text.len + 1 entries: byte offset in the original */
    const FoldTrace *trace;
    size_t trace_count, trace_total;
    bool disguised; /* a step that is no accident of typing changed something */
} Folded;

/* `original` is valid UTF-8 and shorter than 2^32 bytes.  The result lives in `a`. */
bool normalise(Arena *a, Str original, Folded *out, Err *err);

#endif
