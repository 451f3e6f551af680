/* HTML: whatever the text, it stays text, between tags and in an attribute. */
#include "base/html.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Follows a bare ampersand only where one of our five names stands behind it. */
static bool is_entity(Str s)
{
    static const char *const names[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_starts(s, str_of(names[i])))
            return true;
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Buf b;
    Err err = {0};
    buf_init(&b, 64 << 20);
    HtmlWriter w = html_writer(&b);
    html_text(&w, (Str){(const char *)data, size});
    assert(buf_ok(&b, &err));
    for (size_t i = 0; i < b.len; i++) {
        unsigned char c = (unsigned char)b.ptr[i];
        assert(c != '<' && c != '>' && c != '"' && c != '\'' && c != 0x7f);
        assert(c >= 0x20 || c == '\n' || c == '\t');
        assert(c != '&' || is_entity((Str){b.ptr + i, b.len - i}));
    }
    /* What comes out is UTF-8: a second writing finds nothing to replace, so only the
     * ampersands grow. */
    Buf again;
    size_t signs = 0;
    buf_init(&again, 64 << 20);
    HtmlWriter v = html_writer(&again);
    html_text(&v, buf_str(&b));
    for (size_t i = 0; i < b.len; i++)
        signs += b.ptr[i] == '&';
    assert(again.len == b.len + 4 * signs);
    buf_done(&again);
    buf_done(&b);
    return 0;
}
