#include "data/clean.h"

#include "text/utf8.h"

enum { ENTITY_MAX = 10 };

static const struct {
    Str name, text;
} entities[] = {
    {STR("amp"),    STR("&")  },
    {STR("lt"),     STR("<")  },
    {STR("gt"),     STR(">")  },
    {STR("quot"),   STR("\"") },
    {STR("apos"),   STR("'")  },
    {STR("nbsp"),   STR(" ")  },
    {STR("ndash"),  STR("–")},
    {STR("mdash"),  STR("—")},
    {STR("hellip"), STR("…")},
    {STR("lsquo"),  STR("‘")},
    {STR("rsquo"),  STR("’")},
    {STR("ldquo"),  STR("“")},
    {STR("rdquo"),  STR("”")},
};

static int digit_value(char c, uint32_t base)
{
    int v = c >= '0' && c <= '9'   ? c - '0'
            : c >= 'a' && c <= 'f' ? c - 'a' + 10
            : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                   : 99;
    return v < (int)base ? v : -1;
}

/* "#8220", "#x200B": the code point, 0 when it is none that a text may hold. */
static uint32_t code_point(Str s)
{
    bool hex = s.len > 1 && (s.ptr[1] == 'x' || s.ptr[1] == 'X');
    uint32_t base = hex ? 16 : 10, v = 0;
    size_t i = hex ? 2 : 1;
    if (i >= s.len)
        return 0;
    for (; i < s.len; i++) {
        int d = digit_value(s.ptr[i], base);
        if (d < 0 || v > 0x110000)
            return 0;
        v = v * base + (uint32_t)d;
    }
    return v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff) ? 0 : v;
}

/* Writes what the entity s (without & and ;) stands for; 0: it is none. */
static size_t entity(Str s, char out[4])
{
    if (s.len && s.ptr[0] == '#') {
        uint32_t c = code_point(s);
        return c ? utf8_encode(c, out) : 0;
    }
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++) {
        if (str_eq(s, entities[i].name)) {
            memcpy(out, entities[i].text.ptr, entities[i].text.len);
            return entities[i].text.len;
        }
    }
    return 0;
}

Str clean_entities(Arena *a, Str text)
{
    char *p = arena_array(a, char, text.len);
    size_t n = 0;
    for (size_t i = 0; i < text.len;) {
        size_t len = 0, room = text.len - i - 1;
        const char *end = text.ptr[i] == '&' ? memchr(text.ptr + i + 1, ';',
                                                      room < ENTITY_MAX ? room : ENTITY_MAX)
                                             : NULL;
        char c[4];
        if (end)
            len = entity((Str){text.ptr + i + 1, (size_t)(end - text.ptr) - i - 1}, c);
        if (!len) {
            p[n++] = text.ptr[i++];
            continue;
        }
        memcpy(p + n, c, len);
        n += len;
        i = (size_t)(end - text.ptr) + 1;
    }
    return (Str){p, n};
}

Str clean_lower(Arena *a, Str text)
{
    char *p = arena_array(a, char, text.len);
    for (size_t i = 0; i < text.len; i++)
        p[i] =
            text.ptr[i] >= 'A' && text.ptr[i] <= 'Z' ? (char)(text.ptr[i] + 32) : text.ptr[i];
    return (Str){p, text.len};
}

static bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static bool space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

Str clean_sentence_case(Arena *a, Str text)
{
    char *p = arena_array(a, char, text.len);
    bool begins = true;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool first = i == 0 || space(text.ptr[i - 1]);
        bool alone = first && (i + 1 == text.len || !letter(text.ptr[i + 1]));
        bool raise = c >= 'a' && c <= 'z' && (begins || (c == 'i' && alone));
        p[i] = raise ? (char)(c - 32) : c;
        if (c == '.' || c == '!' || c == '?' || c == '\n')
            begins = true;
        else if (!space(c) && c != '"' && c != '\'' && c != '(')
            begins = false;
    }
    return (Str){p, text.len};
}

Str clean_space(Arena *a, Str text)
{
    char *p = arena_array(a, char, text.len);
    size_t n = 0, lines = 0;
    bool gap = false;
    for (size_t i = 0; i < text.len; i++) {
        if (space(text.ptr[i])) {
            gap = true;
            lines += text.ptr[i] == '\n';
            continue;
        }
        if (gap && n && lines > 1)
            p[n++] = '\n';
        if (gap && n)
            p[n++] = lines ? '\n' : ' ';
        gap = false;
        lines = 0;
        p[n++] = text.ptr[i];
    }
    return (Str){p, n};
}
