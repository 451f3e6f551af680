#include "base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAP = 256 };

void buf_init(Buf *b, size_t max_bytes) { *b = (Buf){.max = max_bytes}; }

void buf_done(Buf *b)
{
    free(b->ptr);
    *b = (Buf){0};
}

void buf_clear(Buf *b)
{
    b->len = 0;
    b->over = false;
}

char *buf_reserve(Buf *b, size_t n)
{
    if (b->over || n > b->max - b->len) { /* after a gap nothing more is taken */
        b->over = true;
        return NULL;
    }
    if (n > b->cap - b->len) {
        size_t cap = b->cap ? b->cap : FIRST_CAP;
        while (cap - b->len < n)
            cap *= 2;
        if (cap > b->max)
            cap = b->max;
        char *p = realloc(b->ptr, cap + 1); /* a byte more: vsnprintf ends with a NUL */
        if (!p) {
            fprintf(stderr, "out of memory: a buffer of %zu bytes\n", cap);
            abort();
        }
        b->ptr = p;
        b->cap = cap;
    }
    return b->ptr ? b->ptr + b->len : NULL;
}

void buf_put(Buf *b, Str s)
{
    if (s.len == 0)
        return;
    char *p = buf_reserve(b, s.len);
    if (!p)
        return;
    memcpy(p, s.ptr, s.len);
    b->len += s.len;
}

void buf_print(Buf *b, const char *fmt, ...)
{
    char line[512];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    assert(n >= 0);
    if ((size_t)n < sizeof line) {
        buf_put(b, (Str){line, (size_t)n});
        return;
    }
    char *p = buf_reserve(b, (size_t)n);
    if (!p)
        return;
    va_start(ap, fmt);
    vsnprintf(p, (size_t)n + 1, fmt, ap);
    va_end(ap);
    b->len += (size_t)n;
}

bool buf_ok(const Buf *b, Err *err)
{
    if (!b->over)
        return true;
    return err_set(err, ERR_LIMIT, "more than %zu bytes", b->max);
}
