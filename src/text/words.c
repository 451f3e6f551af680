#include "text/words.h"

#include "text/utf8.h"

typedef enum Kind { BETWEEN, WORD, PICTURE } Kind;

static Kind kind_of(uint32_t c)
{
    if (c < 0x80)
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                   ? WORD
                   : BETWEEN;
    if (c < 0xc0)
        return c == 0xaa || c == 0xb5 || c == 0xba ? WORD : BETWEEN;
    if (c == 0xd7 || c == 0xf7 || c == 0xfffd)
        return BETWEEN;
    if ((c >= 0x2000 && c <= 0x206f) || (c >= 0x3000 && c <= 0x3004) ||
        (c >= 0x3007 && c <= 0x3020) || (c >= 0xfe00 && c <= 0xfe0f) ||
        (c >= 0xfe30 && c <= 0xfe6b) || c >= 0xe0000)
        return BETWEEN;
    if ((c >= 0x2190 && c <= 0x2bff) || (c >= 0x1f000 && c <= 0x1fbff))
        return PICTURE;
    return WORD;
}

bool is_word_character(uint32_t c) { return kind_of(c) == WORD; }

static Kind kind_at(Str s, size_t at, size_t *bytes)
{
    uint32_t c = utf8_decode(s, at, bytes);
    Kind k = kind_of(c);
    if (c != '\'' || at == 0 || at + 1 >= s.len)
        return k;
    return kind_of((uint8_t)s.ptr[at - 1]) == WORD && kind_of((uint8_t)s.ptr[at + 1]) == WORD
               ? WORD
               : BETWEEN;
}

static bool is_ascii_word(char c)
{
    return (uint8_t)((c | 0x20) - 'a') < 26 || (uint8_t)(c - '0') < 10;
}

bool word_next(Str s, size_t *at, Str *word)
{
    size_t i = *at, bytes = 0;
    Kind k = BETWEEN;
    for (; i < s.len && (k = kind_at(s, i, &bytes)) == BETWEEN; i += bytes)
        ;
    if (i >= s.len) {
        *at = s.len;
        return false;
    }
    size_t from = i;
    i += bytes;
    if (k == WORD)
        for (; i < s.len && (is_ascii_word(s.ptr[i]) || kind_at(s, i, &bytes) == WORD);
             i += bytes)
            bytes = is_ascii_word(s.ptr[i]) ? 1 : bytes;
    *word = (Str){s.ptr + from, i - from};
    *at = i;
    return true;
}
