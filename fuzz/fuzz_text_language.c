/* Any text: the language is one of the table, the same each time and in capitals, and white
 * space around the text does not change it. */
#include "text/language.h"
#include "text/utf8.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *a = arena_open(1 << 20);
    Str text;
    Err err;
    if (size < LANGUAGE_READ_BYTES / 4 &&
        utf8_repair(a, (Str){(const char *)data, size}, &text, &err)) {
        Language l = language_of(text), named;
        assert(l >= LANGUAGE_UNKNOWN && l < LANGUAGE_COUNT);
        assert(language_parse(str_of(language_code(l)), &named) == (l != LANGUAGE_UNKNOWN));
        assert(l == LANGUAGE_UNKNOWN || named == l);
        char *p = arena_array(a, char, text.len + 4);
        memcpy(p, " \n", 2);
        if (text.len)
            memcpy(p + 2, text.ptr, text.len);
        memcpy(p + 2 + text.len, "\t ", 2);
        assert(language_of((Str){p, text.len + 4}) == l);
        bool link = memmem(text.ptr, text.len, "://", 3) ||
                    memmem(text.ptr, text.len, "ww", 2) || memmem(text.ptr, text.len, "WW", 2);
        for (size_t i = 0; i < text.len; i++) {
            char c = text.ptr[i];
            p[i] = c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
            link = link || c == 'W';
        }
        assert(link || language_of((Str){p, text.len}) == l);
    }
    arena_close(a);
    return 0;
}
