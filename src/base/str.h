/* str.h - a view of bytes somebody else owns: pointer and length, no terminator.
 * Passed by value; never freed.  Functions that take an Arena return a copy in it. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct Str {
    const char *ptr;
    size_t len;
} Str;

#define STR(literal) ((Str){"" literal, sizeof(literal) - 1})
#define STR_FMT      "%.*s"
#define STR_ARG(s)   (int)(s).len, (s).ptr

static inline Str str_of(const char *z) { return (Str){z, strlen(z)}; }

static inline bool str_eq(Str a, Str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

int str_cmp(Str a, Str b); /* bytewise, as memcmp then length: for sorting */
bool str_starts(Str s, Str prefix);
bool str_ends(Str s, Str suffix);
bool str_fits(Str pattern, Str s); /* '*' stands for any run of characters */
Str str_trim(Str s);               /* ASCII white space off both ends */

/* Cuts *rest at the first `sep`: the part before it is returned and *rest moves
 * behind it.  False when *rest was already spent (ptr NULL). */
bool str_cut(Str *rest, char sep, Str *part);

/* The whole of s as a number, nothing before or behind it; false leaves *out. */
bool str_to_i64(Str s, int64_t *out);
bool str_to_double(Str s, double *out); /* finite, C locale */

Str str_copy(Arena *a, Str s);
char *str_z(Arena *a, Str s); /* terminated copy, for the edges */
Str str_print(Arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
