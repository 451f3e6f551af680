/* html.c - escaping is one walk over the text; see the header for what it promises. */
#include "base/html.h"

#include "base/hash.h"

#include <math.h>

/* Bytes of the well-formed character at s.ptr[at], 0 where there is none (RFC 3629). */
static size_t character(Str s, size_t at, uint32_t *code)
{
    const unsigned char *p = (const unsigned char *)s.ptr + at;
    size_t n = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    if (n == 0 || n > s.len - at || p[0] > 0xf4)
        return 0;
    uint32_t c = n == 1 ? p[0] : p[0] & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (p[i] & 0x3fu);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
        return 0;
    *code = c;
    return n;
}

static bool is_unwelcome(uint32_t c)
{
    return (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0) ||
           (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e ||
           c == 0x200f || c == 0x61c || (c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef);
}

static Str escaped(uint32_t c)
{
    switch (c) {
    case '&':
        return STR("&amp;");
    case '<':
        return STR("&lt;");
    case '>':
        return STR("&gt;");
    case '"':
        return STR("&quot;");
    case '\'':
        return STR("&#39;");
    default:
        return is_unwelcome(c) ? STR("\xef\xbf\xbd") : (Str){NULL, 0};
    }
}

void html_text(HtmlWriter *w, Str s)
{
    size_t plain = 0, at = 0; /* [plain, at) waits to be written as it is */
    if (s.len == 0)           /* may be no text at all, without an address */
        return;
    while (at < s.len) {
        uint32_t c = 0;
        size_t n = character(s, at, &c);
        Str other = n ? escaped(c) : STR("\xef\xbf\xbd");
        if (other.ptr) {
            buf_put(w->out, (Str){s.ptr + plain, at - plain});
            buf_put(w->out, other);
            plain = at + (n ? n : 1);
        }
        at += n ? n : 1;
    }
    buf_put(w->out, (Str){s.ptr + plain, s.len - plain});
}

void html_text_z(HtmlWriter *w, const char *z) { html_text(w, str_of(z)); }

void html_count(HtmlWriter *w, size_t n) { buf_print(w->out, "%zu", n); }

void html_number(HtmlWriter *w, double v, int decimals)
{
    if (isfinite(v))
        buf_print(w->out, "%.*f", decimals, v);
    else
        html(w, "–");
}

/* RFC 4648, with padding. */
static void base64(Buf *out, const uint8_t *byte, size_t n)
{
    static const char digit[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < n; i += 3) {
        uint32_t v = (uint32_t)byte[i] << 16;
        v |= i + 1 < n ? (uint32_t)byte[i + 1] << 8 : 0;
        v |= i + 2 < n ? byte[i + 2] : 0;
        buf_byte(out, digit[v >> 18]);
        buf_byte(out, digit[v >> 12 & 63]);
        buf_byte(out, i + 1 < n ? digit[v >> 6 & 63] : '=');
        buf_byte(out, i + 2 < n ? digit[v & 63] : '=');
    }
}

void html_head(HtmlWriter *w, Str title, Str style)
{
    Digest d = digest_of(style);
    html(w, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
            "style-src 'sha256-");
    base64(w->out, d.byte, sizeof d.byte);
    html(w, "'; base-uri 'none'; form-action 'none'\">\n"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
            "<meta name=\"color-scheme\" content=\"light dark\">\n"
            "<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
    html_text(w, title);
    html(w, "</title>\n<style>");
    buf_put(w->out, style); /* a literal of ours, and its hash is what the policy allows */
    html(w, "</style>\n</head>\n");
}
