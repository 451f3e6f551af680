/* never.c - the words that never stand in a sexual row. */
#include "augment/compose.h"
#include "base/file.h"
#include "text/words.h"

enum { NEVER_FILE_MAX = 1 << 16, NEVER_WORD_MAX = 64 };

struct Never {
    Map *whole;
    Map *stem; /* without the star */
};

static Str lowered(Str word, char *into)
{
    size_t n = word.len < NEVER_WORD_MAX ? word.len : NEVER_WORD_MAX;
    for (size_t i = 0; i < n; i++)
        into[i] =
            (char)(word.ptr[i] >= 'A' && word.ptr[i] <= 'Z' ? word.ptr[i] + 32 : word.ptr[i]);
    return (Str){into, n};
}

static void add_words(Never *n, Str text)
{
    Str line;
    while (str_cut(&text, '\n', &line)) {
        char low[NEVER_WORD_MAX];
        Str word = lowered(str_trim(line), low);
        if (word.len == 0 || word.ptr[0] == '#')
            continue;
        if (str_ends(word, STR("*")))
            map_put(n->stem, (Str){word.ptr, word.len - 1}, 1);
        else
            map_put(n->whole, word, 1);
    }
}

static Never *empty(Arena *a)
{
    Never *n = arena_new(a, Never);
    *n = (Never){map_new(a, 256), map_new(a, 64)};
    return n;
}

static bool done(const Never *n, const Never **out, Err *err)
{
    if (map_count(n->whole) + map_count(n->stem) == 0)
        return err_set(err, ERR_INPUT, "the never list has no words");
    *out = n;
    return true;
}

bool never_parse(Arena *a, Str text, const Never **out, Err *err)
{
    Never *n = empty(a);
    add_words(n, text);
    return done(n, out, err);
}

bool never_load(Arena *a, const char *dir, const Never **out, Err *err)
{
    Never *n = empty(a);
    Str *names;
    size_t count;
    if (!file_list(a, dir, ".txt", &names, &count, err))
        return err_wrap(err, "the never list");
    for (size_t i = 0; i < count; i++) {
        Str path = str_print(a, "%s/" STR_FMT, dir, STR_ARG(names[i]));
        Str text;
        if (!file_load(a, str_z(a, path), NEVER_FILE_MAX, &text, err))
            return err_wrap(err, "the never list");
        add_words(n, text);
    }
    return done(n, out, err);
}

bool never_matches(const Never *n, Str text, Str *word)
{
    size_t at = 0;
    while (word_next(text, &at, word)) {
        char low[NEVER_WORD_MAX];
        Str w = lowered(*word, low);
        if (map_has(n->whole, w))
            return true;
        for (size_t k = 1; k <= w.len; k++)
            if (map_has(n->stem, (Str){w.ptr, k}))
                return true;
    }
    return false;
}
