/* utf8.c - reading, checking and repairing UTF-8.
 *
 * One table of the Unicode Standard decides everything (table 3-7, "Well-Formed UTF-8
 * Byte Sequences"): the first byte fixes the length and the range of the second byte,
 * all later bytes are 80..BF.  Overlong forms, surrogates and numbers over U+10FFFF
 * are exactly what the second byte's range excludes.  `scan` walks it and so knows,
 * for a bad sequence, its longest start that could have become a character: the
 * "maximal subpart" that repair turns into one U+FFFD.
 */
#include "text/utf8.h"

typedef struct Scan {
    size_t bytes; /* of the character, or of the maximal subpart of a bad one */
    bool ok;
} Scan;

static Scan scan(const uint8_t *p, size_t n)
{
    uint8_t low = 0x80, high = 0xbf; /* of the second byte */
    size_t want;
    if (p[0] < 0x80)
        return (Scan){1, true};
    if (p[0] >= 0xc2 && p[0] <= 0xdf) {
        want = 2;
    } else if (p[0] >= 0xe0 && p[0] <= 0xef) {
        want = 3;
        low = p[0] == 0xe0 ? 0xa0 : low;
        high = p[0] == 0xed ? 0x9f : high;
    } else if (p[0] >= 0xf0 && p[0] <= 0xf4) {
        want = 4;
        low = p[0] == 0xf0 ? 0x90 : low;
        high = p[0] == 0xf4 ? 0x8f : high;
    } else {
        return (Scan){1, false};
    }
    for (size_t i = 1; i < want; i++, low = 0x80, high = 0xbf)
        if (i >= n || p[i] < low || p[i] > high)
            return (Scan){i, false};
    return (Scan){want, true};
}

size_t utf8_ascii_run(Str s, size_t at)
{
    size_t i = at;
    uint64_t w;
    for (; s.len - i >= sizeof w; i += sizeof w) {
        memcpy(&w, s.ptr + i, sizeof w);
        if (w & 0x8080808080808080u)
            break;
    }
    while (i < s.len && (uint8_t)s.ptr[i] < 0x80)
        i++;
    return i - at;
}

bool utf8_valid(Str s, size_t *bad_at)
{
    const uint8_t *p = (const uint8_t *)s.ptr;
    size_t i = 0;
    while (i < s.len) {
        if (p[i] < 0x80) {
            i += utf8_ascii_run(s, i);
            continue;
        }
        Scan c = scan(p + i, s.len - i);
        if (!c.ok) {
            if (bad_at)
                *bad_at = i;
            return false;
        }
        i += c.bytes;
    }
    return true;
}

uint32_t utf8_decode(Str s, size_t at, size_t *bytes)
{
    const uint8_t *p = (const uint8_t *)s.ptr + at;
    if (p[0] < 0x80) {
        *bytes = 1;
        return p[0];
    }
    if (p[0] < 0xe0) {
        *bytes = 2;
        return (uint32_t)(p[0] & 0x1f) << 6 | (p[1] & 0x3f);
    }
    if (p[0] < 0xf0) {
        *bytes = 3;
        return (uint32_t)(p[0] & 0x0f) << 12 | (uint32_t)(p[1] & 0x3f) << 6 | (p[2] & 0x3f);
    }
    *bytes = 4;
    return (uint32_t)(p[0] & 0x07) << 18 | (uint32_t)(p[1] & 0x3f) << 12 |
           (uint32_t)(p[2] & 0x3f) << 6 | (p[3] & 0x3f);
}

size_t utf8_encode(uint32_t c, char out[4])
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3f));
        out[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3f));
    out[2] = (char)(0x80 | (c >> 6 & 0x3f));
    out[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

Str utf8_head(Str s, size_t max_bytes)
{
    if (s.len <= max_bytes)
        return s;
    size_t n = max_bytes;
    while (n > 0 && ((uint8_t)s.ptr[n] & 0xc0) == 0x80)
        n--;
    return (Str){s.ptr, n};
}

bool utf8_repair(Arena *a, Str s, Str *out, Err *err)
{
    const uint8_t *p = (const uint8_t *)s.ptr;
    size_t bad = 0;
    for (size_t i = 0; i < s.len;) {
        Scan c = scan(p + i, s.len - i);
        bad += !c.ok;
        i += c.bytes;
    }
    char *to = arena_try_array(a, char, s.len + 2 * bad); /* a bad byte becomes three */
    if (!to)
        return err_set(err, ERR_LIMIT, "no room to repair a text of %zu bytes", s.len);
    size_t n = 0;
    for (size_t i = 0; i < s.len;) {
        Scan c = scan(p + i, s.len - i);
        if (c.ok) {
            memcpy(to + n, p + i, c.bytes);
            n += c.bytes;
        } else {
            n += utf8_encode(0xfffd, to + n);
        }
        i += c.bytes;
    }
    *out = (Str){to, n};
    return true;
}
