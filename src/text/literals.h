/* literals.h - tens of thousands of strings looked for at once (Aho and Corasick 1975).
 *
 * Every occurrence of every literal is found in one pass over the text, whatever their
 * number.  ASCII letters are compared without case, other bytes as they are.  What a
 * literal means (whole words, a host name, a part of a regular expression) is the
 * caller's business: he is told where each one ends.
 *
 * An automaton is immutable and may be shared between threads.
 */
#ifndef TEXT_LITERALS_H
#define TEXT_LITERALS_H

#include "base/err.h"
#include "base/str.h"

enum {
    LITERAL_MAX_BYTES = 1024,      /* of one */
    LITERALS_MAX_BYTES = 16 << 20, /* of all together */
};

typedef struct Literals Literals;

/* Of each an occurrence is reported by its index; equal ones are reported each.  Empty
 * literals are refused.  ERR_LIMIT over a limit or where an arena is full.  Scratch, another
 * arena than `a`, is given back. */
bool literals_build(Arena *a, Arena *scratch, const Str *literal, size_t count,
                    const Literals **out, Err *err);

size_t literals_states(const Literals *l);

/* text[end - length of the literal, end) is it.  False: enough, the search ends. */
typedef bool LiteralFound(void *context, uint32_t literal, size_t end);

/* Work: a few steps a byte, and one call an occurrence. */
void literals_find(const Literals *l, Str text, LiteralFound *found, void *context);

#endif
