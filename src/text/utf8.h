/* utf8.h - strict UTF-8 (RFC 3629): no overlong forms, no surrogates, no more than U+10FFFF. */
#ifndef TEXT_UTF8_H
#define TEXT_UTF8_H

#include "base/err.h"
#include "base/str.h"

/* False: *bad_at (may be NULL) is the offset of the first byte that does not belong. */
bool utf8_valid(Str s, size_t *bad_at);

/* The code point at s.ptr[at] of valid text, and its bytes; at < s.len. */
uint32_t utf8_decode(Str s, size_t at, size_t *bytes);

size_t utf8_encode(uint32_t code_point, char out[4]); /* bytes written */

/* How many bytes from `at` on are ASCII; at <= s.len. */
size_t utf8_ascii_run(Str s, size_t at);

/* The longest start of valid text that has at most max_bytes and ends with a whole character.
 */
Str utf8_head(Str s, size_t max_bytes);

/* A copy with each bad byte sequence replaced by U+FFFD (Unicode's "maximal subpart" rule). */
bool utf8_repair(Arena *a, Str s, Str *out, Err *err);

#endif
