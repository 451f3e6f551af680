#include "data/text_digest.h"

enum { CHUNK = 4096 };

/* Bytes of the white space at s.ptr[at], 0 when there is none: ASCII, U+0085, U+00A0,
 * U+1680, U+2000..U+200A, U+2028, U+2029, U+202F, U+205F, U+3000. */
static size_t space_at(Str s, size_t at)
{
    const unsigned char *p = (const unsigned char *)s.ptr + at;
    size_t left = s.len - at;
    if (p[0] == ' ' || (p[0] >= '\t' && p[0] <= '\r'))
        return 1;
    if (left >= 2 && p[0] == 0xc2 && (p[1] == 0x85 || p[1] == 0xa0))
        return 2;
    if (left < 3)
        return 0;
    unsigned c = (unsigned)p[0] << 16 | (unsigned)p[1] << 8 | p[2];
    bool is = c == 0xe19a80 || (c >= 0xe28080 && c <= 0xe2808a) || c == 0xe280a8 ||
              c == 0xe280a9 || c == 0xe280af || c == 0xe2819f || c == 0xe38080;
    return is ? 3 : 0;
}

Digest text_digest(Str text)
{
    DigestState st;
    digest_init(&st);
    char chunk[CHUNK];
    size_t n = 0;
    bool any = false, gap = false;
    for (size_t at = 0; at < text.len;) {
        size_t white = space_at(text, at);
        if (white) {
            gap = true;
            at += white;
            continue;
        }
        if (n + 2 > CHUNK) {
            digest_add(&st, (Str){chunk, n});
            n = 0;
        }
        if (gap && any)
            chunk[n++] = ' ';
        gap = false;
        any = true;
        char c = text.ptr[at++];
        chunk[n++] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
    }
    digest_add(&st, (Str){chunk, n});
    return digest_end(&st);
}
