/* buf.h - growable bytes with a maximum fixed at birth.
 *
 * Writers never fail one by one: past the maximum the buffer keeps what it has,
 * drops the rest and remembers (`over`), so a long run of writes is checked once:
 *
 *     Buf b;
 *     buf_init(&b, limit);
 *     buf_put(&b, STR("x")); ...
 *     if (!buf_ok(&b, err)) ...
 *
 * The owner calls buf_done().  Not thread-safe.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/err.h"
#include "base/str.h"

typedef struct Buf {
    char *ptr;
    size_t len, cap, max; /* bytes */
    bool over;            /* something did not fit */
} Buf;

void buf_init(Buf *b, size_t max_bytes);
void buf_done(Buf *b);
void buf_clear(Buf *b); /* empty again, memory kept */

void buf_put(Buf *b, Str s);
void buf_print(Buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Room for n more bytes to be written by the caller, who then adds to len;
 * NULL (and over) when the maximum does not allow it. */
char *buf_reserve(Buf *b, size_t n);

/* False with ERR_LIMIT when anything was dropped. */
bool buf_ok(const Buf *b, Err *err);

static inline void buf_byte(Buf *b, char c)
{
    char *p = b->len < b->cap && !b->over ? b->ptr + b->len : buf_reserve(b, 1);
    if (p)
        b->ptr[b->len++] = c;
}

static inline Str buf_str(const Buf *b) { return (Str){b->ptr, b->len}; }

#endif
