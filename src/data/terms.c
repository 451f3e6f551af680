#include "data/terms.h"

#include "base/hash.h"
#include "base/map.h"

enum {
    STEM_LEAST = 2, /* letters */
    STEM_MOST = 16,
    CHOICES_MAX = 32,
    WORD_MAX = 64, /* longer words of a text match nothing */
    NONE = -1,
};

typedef struct Choice {
    Str word; /* lower case; empty with stem: any word */
    bool stem;
} Choice;

typedef struct TermWord {
    const Choice *choice;
    size_t count;
    bool optional;
} TermWord;

typedef struct Phrase {
    TermWord word[TERMS_PHRASE_WORDS];
    size_t count;
} Phrase;

/* One way to begin a phrase; those of one first word are chained. */
typedef struct Entry {
    const Phrase *phrase;
    int64_t next;
} Entry;

struct Terms {
    Map *whole, *stem; /* first word -> the last entry of it */
    Entry *entry;
    size_t entries;
};

static bool word_byte(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80;
}

static Str lowered(Arena *a, Str s)
{
    char *p = arena_array(a, char, s.len);
    for (size_t i = 0; i < s.len; i++)
        p[i] = s.ptr[i] >= 'A' && s.ptr[i] <= 'Z' ? (char)(s.ptr[i] + 32) : s.ptr[i];
    return (Str){p, s.len};
}

/* ---- parsing ------------------------------------------------------------------------ */

static bool parse_word(Arena *a, Str text, TermWord *out, const char **why)
{
    Choice *choice = arena_array(a, Choice, CHOICES_MAX);
    TermWord w = {.choice = choice};
    if (str_ends(text, STR("?"))) {
        w.optional = true;
        text.len--;
    }
    for (Str part; str_cut(&text, '|', &part);) {
        bool stem = str_ends(part, STR("*"));
        part.len -= stem;
        if (w.count == CHOICES_MAX || (!stem && !part.len) || memchr(part.ptr, '*', part.len)) {
            *why = "a word is not like this: kill|shoot*|just?";
            return false;
        }
        choice[w.count++] = (Choice){lowered(a, part), stem};
    }
    *out = w;
    return w.count > 0;
}

static bool begins_well(const TermWord *w)
{
    for (size_t i = 0; i < w->count; i++)
        if (w->choice[i].stem &&
            (w->choice[i].word.len < STEM_LEAST || w->choice[i].word.len > STEM_MOST))
            return false;
    return !w->optional;
}

static bool parse_phrase(Arena *a, Str line, Phrase *out, const char **why)
{
    Phrase p = {0};
    for (Str word; str_cut(&line, ' ', &word);) {
        if (!word.len)
            continue;
        if (p.count == TERMS_PHRASE_WORDS) {
            *why = "a phrase has too many words";
            return false;
        }
        if (!parse_word(a, word, &p.word[p.count++], why))
            return false;
    }
    if (!begins_well(&p.word[0])) {
        *why = "a phrase begins with a word or a stem of 2 to 16 letters";
        return false;
    }
    *out = p;
    return true;
}

static void index_phrase(Terms *t, const Phrase *p)
{
    const TermWord *first = &p->word[0];
    for (size_t i = 0; i < first->count; i++) {
        Map *m = first->choice[i].stem ? t->stem : t->whole;
        uint64_t *head = map_slot(m, first->choice[i].word, UINT64_MAX);
        t->entry[t->entries] = (Entry){p, (int64_t)*head};
        *head = t->entries++;
    }
}

bool terms_parse(Arena *a, Str text, const char *name, const Terms **out, Err *err)
{
    if (text.len > TERMS_LIST_MAX)
        return err_set(err, ERR_LIMIT, "%s: longer than %d bytes", name, TERMS_LIST_MAX);
    size_t lines = 1, choices = 1;
    for (size_t i = 0; i < text.len; i++) {
        lines += text.ptr[i] == '\n';
        choices += text.ptr[i] == '|' || text.ptr[i] == '\n';
    }
    Terms *t = arena_new(a, Terms);
    Phrase *phrase = arena_try_array(a, Phrase, lines);
    t->entry = arena_try_array(a, Entry, choices);
    t->whole = map_new(a, choices);
    t->stem = map_new(a, 64);
    if (!phrase || !t->entry)
        return err_set(err, ERR_LIMIT, "%s: too many terms", name);
    size_t count = 0, number = 0;
    for (Str line; str_cut(&text, '\n', &line);) {
        const char *why = "empty word";
        Str part;
        number++;
        str_cut(&line, '#', &part);
        part = str_trim(part);
        if (!part.len)
            continue;
        if (!parse_phrase(a, part, &phrase[count], &why))
            return err_set(err, ERR_INPUT, "%s:%zu: %s", name, number, why);
        index_phrase(t, &phrase[count++]);
    }
    *out = t;
    return true;
}

/* ---- matching ----------------------------------------------------------------------- */

typedef struct Words {
    const Str *word;
    size_t count;
} Words;

/* Bytes of the character at `at` that stands between words although it is not ASCII, 0: none.
 * U+2000..U+2FFF (punctuation, arrows, symbols), U+3000..U+303F, and what is beyond the basic
 * plane, which is emoji far more often than letters.  The text is UTF-8. */
static size_t separator_at(Str text, size_t at)
{
    unsigned char c = (unsigned char)text.ptr[at];
    if (c == 0xe2 ||
        (c == 0xe3 && at + 1 < text.len && (unsigned char)text.ptr[at + 1] == 0x80))
        return text.len - at < 3 ? text.len - at : 3;
    return c >= 0xf0 ? (text.len - at < 4 ? text.len - at : 4) : 0;
}

/* Lower case, typographic apostrophes as ASCII, signs and emoji as a space. */
static Str plain(Arena *a, Str text)
{
    char *p = arena_array(a, char, text.len);
    size_t n = 0;
    for (size_t i = 0; i < text.len; n++) {
        Str rest = {text.ptr + i, text.len - i};
        size_t sign = separator_at(text, i);
        char c = text.ptr[i];
        if (str_starts(rest, STR("\xe2\x80\x98")) || str_starts(rest, STR("\xe2\x80\x99")))
            p[n] = '\'';
        else if (sign)
            p[n] = ' ';
        else
            p[n] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
        i += sign ? sign : 1;
    }
    return (Str){p, n};
}

static Words split(Arena *a, Str text)
{
    Str low = plain(a, text);
    Str *word = arena_array(a, Str, text.len / 2 + 1);
    size_t n = 0;
    for (size_t i = 0; i < low.len;) {
        if (!word_byte((unsigned char)low.ptr[i])) {
            i++;
            continue;
        }
        size_t from = i;
        while (i < low.len && (word_byte((unsigned char)low.ptr[i]) ||
                               (low.ptr[i] == '\'' && i + 1 < low.len &&
                                word_byte((unsigned char)low.ptr[i + 1]))))
            i++;
        word[n++] = (Str){low.ptr + from, i - from};
    }
    return (Words){word, n};
}

static bool word_fits(const TermWord *w, Str text)
{
    for (size_t i = 0; i < w->count; i++)
        if (w->choice[i].stem ? str_starts(text, w->choice[i].word)
                              : str_eq(text, w->choice[i].word))
            return true;
    return false;
}

/* Number of the text's words that the phrase takes from `at`, 0: it does not fit.  An
 * optional word is taken when it fits: no phrase needs to try both. */
static size_t phrase_fits(const Phrase *p, const Words *w, size_t at)
{
    size_t from = at;
    for (size_t i = 0; i < p->count; i++) {
        bool fits = at < w->count && word_fits(&p->word[i], w->word[at]);
        if (!fits && !p->word[i].optional)
            return 0;
        at += fits;
    }
    return at - from;
}

/* Longest phrase that begins at `at` by the entries of one first word. */
static size_t chain_fits(const Terms *t, const Map *m, Str key, const Words *w, size_t at)
{
    uint64_t head;
    size_t best = 0;
    if (!map_get(m, key, &head))
        return 0;
    for (int64_t e = (int64_t)head; e != NONE; e = t->entry[e].next) {
        size_t n = phrase_fits(t->entry[e].phrase, w, at);
        best = n > best ? n : best;
    }
    return best;
}

static size_t longest_at(const Terms *t, const Words *w, size_t at)
{
    Str word = w->word[at];
    if (word.len > WORD_MAX)
        return 0;
    size_t best = chain_fits(t, t->whole, word, w, at);
    for (size_t n = STEM_LEAST; n <= word.len && n <= STEM_MOST; n++) {
        size_t stem = chain_fits(t, t->stem, (Str){word.ptr, n}, w, at);
        best = stem > best ? stem : best;
    }
    return best;
}

size_t terms_count(const Terms *t, Arena *scratch, Str text, size_t most)
{
    ArenaMark mark = arena_mark(scratch);
    Words w = split(scratch, text);
    Map *seen = map_new(scratch, 16);
    for (size_t at = 0; at < w.count && map_count(seen) < most;) {
        size_t n = longest_at(t, &w, at);
        if (n) {
            Str last = w.word[at + n - 1];
            map_put(seen, (Str){w.word[at].ptr, (size_t)(last.ptr + last.len - w.word[at].ptr)},
                    1);
        }
        at += n ? n : 1;
    }
    size_t count = map_count(seen);
    arena_rewind(scratch, mark);
    return count;
}
