#include "base/str.h"

#include "base/locale.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

int str_cmp(Str a, Str b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int c = n ? memcmp(a.ptr, b.ptr, n) : 0;
    if (c != 0)
        return c;
    return (a.len > b.len) - (a.len < b.len);
}

bool str_starts(Str s, Str prefix)
{
    return s.len >= prefix.len && str_eq((Str){s.ptr, prefix.len}, prefix);
}

bool str_ends(Str s, Str suffix)
{
    return s.len >= suffix.len && str_eq((Str){s.ptr + s.len - suffix.len, suffix.len}, suffix);
}

static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

bool str_fits(Str pattern, Str text)
{
    size_t p = 0, t = 0, star = SIZE_MAX, mark = 0;
    while (t < text.len) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = p++;
            mark = t;
        } else if (p < pattern.len && pattern.ptr[p] == text.ptr[t]) {
            p++;
            t++;
        } else if (star != SIZE_MAX) { /* let the last star take one more */
            p = star + 1;
            t = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*')
        p++;
    return p == pattern.len;
}

Str str_trim(Str s)
{
    while (s.len && is_space(s.ptr[0]))
        s = (Str){s.ptr + 1, s.len - 1};
    while (s.len && is_space(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

bool str_cut(Str *rest, char sep, Str *part)
{
    if (!rest->ptr)
        return false;
    const char *at = rest->len ? memchr(rest->ptr, sep, rest->len) : NULL;
    if (!at) {
        *part = *rest;
        *rest = (Str){0};
        return true;
    }
    size_t n = (size_t)(at - rest->ptr);
    *part = (Str){rest->ptr, n};
    *rest = (Str){at + 1, rest->len - n - 1};
    return true;
}

enum { NUMBER_MAX = 63 }; /* longer numbers are not numbers we take */

static bool number_text(Str s, char z[NUMBER_MAX + 1])
{
    if (s.len == 0 || s.len > NUMBER_MAX || is_space(s.ptr[0]) || memchr(s.ptr, 0, s.len))
        return false;
    memcpy(z, s.ptr, s.len);
    z[s.len] = 0;
    return true;
}

bool str_to_i64(Str s, int64_t *out)
{
    char z[NUMBER_MAX + 1], *end;
    if (!number_text(s, z))
        return false;
    errno = 0;
    long long v = strtoll(z, &end, 10);
    if (errno || *end)
        return false;
    *out = v;
    return true;
}

bool str_to_double(Str s, double *out)
{
    char z[NUMBER_MAX + 1], *end;
    if (!number_text(s, z) || strpbrk(z, "xX")) /* strtod would read hexadecimal */
        return false;
    double v = strtod_l(z, &end, locale_c());
    if (*end || !isfinite(v))
        return false;
    *out = v;
    return true;
}

Str str_copy(Arena *a, Str s)
{
    char *p = arena_array(a, char, s.len);
    if (s.len)
        memcpy(p, s.ptr, s.len);
    return (Str){p, s.len};
}

char *str_z(Arena *a, Str s)
{
    char *p = arena_array(a, char, s.len + 1);
    if (s.len)
        memcpy(p, s.ptr, s.len);
    return p;
}

Str str_print(Arena *a, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    assert(n >= 0);
    char *p = arena_array(a, char, (size_t)n + 1);
    va_start(ap, fmt);
    vsnprintf(p, (size_t)n + 1, fmt, ap);
    va_end(ap);
    return (Str){p, (size_t)n};
}
