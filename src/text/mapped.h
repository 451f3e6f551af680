/* mapped.h - a text derived from another, each byte knowing where it came from.
 *
 * Normalising, folding and decoding change lengths, but evidence and pieces must
 * point into what the writer sent.  So derived texts are built byte by byte with the
 * offset of the original character beside each byte.
 *
 * The memory is the arena's and grows by doubling.  As with Buf, writers do not fail one
 * by one: when the arena is full the rest is dropped and mapped_end says ERR_LIMIT.
 */
#ifndef TEXT_MAPPED_H
#define TEXT_MAPPED_H

#include "base/err.h"
#include "base/str.h"

typedef struct Mapped {
    Str text;
    const uint32_t
        *origin; /* text.len + 1 entries, ascending; the last: the original's length */
} Mapped;

typedef struct MappedWriter {
    Arena *arena;
    char *ptr;
    uint32_t *origin;
    size_t len, cap;
    bool over;
} MappedWriter;

void mapped_begin(MappedWriter *w, Arena *a, size_t expected);
bool mapped_room(MappedWriter *w, size_t more); /* false: the arena is full */
bool mapped_end(MappedWriter *w, uint32_t end, Mapped *out, Err *err);

static inline void mapped_byte(MappedWriter *w, char c, uint32_t from)
{
    if (w->len >= w->cap && !mapped_room(w, 1))
        return;
    w->ptr[w->len] = c;
    w->origin[w->len++] = from;
}

void mapped_code_point(MappedWriter *w, uint32_t c, uint32_t from);
void mapped_put(MappedWriter *w, Str s, uint32_t from); /* every byte from there */

#endif
