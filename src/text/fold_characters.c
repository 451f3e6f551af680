/* fold_characters.c - from any script's look of a letter to the letter.
 *
 * Four steps, none of them for pure ASCII:
 *   1. invisible characters go (tag characters hide ASCII and are opened), pictured
 *      letters (squared, negative circled, regional indicators that are no flag) become letters
 *   2. NFKC: fullwidth, circled, mathematical letters
 *   3. look-alikes, word by word: a word that also has ASCII letters is read as Latin; a
 *      word wholly of look-alikes only where the text holds no real word of another
 *      script and the reading is English, so that Russian and Greek stay what they are
 *   4. combining marks on ASCII letters go
 * Accents (e with an acute) go quietly, without a trace: they are spelling, not disguise.
 */
#include "text/confusable.h"
#include "text/english.h"
#include "text/fold_internal.h"
#include "text/nfkc.h"
#include "text/utf8.h"
#include "text/words.h"

static bool is_ascii_letter(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_invisible(uint32_t c)
{
    static const uint32_t range[][2] = {
        {0xad,    0xad   },
        {0x34f,   0x34f  },
        {0x61c,   0x61c  },
        {0x115f,  0x1160 },
        {0x17b4,  0x17b5 },
        {0x180b,  0x180f },
        {0x200b,  0x200f },
        {0x202a,  0x202e },
        {0x2060,  0x206f },
        {0x2800,  0x2800 },
        {0x3164,  0x3164 },
        {0xfe00,  0xfe0f },
        {0xfeff,  0xfeff },
        {0xffa0,  0xffa0 },
        {0xfff0,  0xfff8 },
        {0x1bca0, 0x1bca3},
        {0x1d173, 0x1d17a},
        {0xe0000, 0xe0fff},
    };
    for (size_t i = 0; i < sizeof range / sizeof *range; i++)
        if (c <= range[i][1])
            return c >= range[i][0];
    return false;
}

/* Letters drawn in another style, which NFKC makes ASCII. */
static bool is_styled(uint32_t c)
{
    return (c >= 0xff21 && c <= 0xff3a) || (c >= 0xff41 && c <= 0xff5a) ||
           (c >= 0x249c && c <= 0x24e9) || (c >= 0x1d400 && c <= 0x1d6a3) ||
           (c >= 0x1f110 && c <= 0x1f149) || (c >= 0x1d2c && c <= 0x1d61) ||
           (c >= 0x2090 && c <= 0x209c) || (c >= 0x210a && c <= 0x2134) || c == 0x2071;
}

/* Pairs of regional indicators that are flags, one bit for each second letter. */
static bool is_flag(char first, char second)
{
    static const char *const second_letters[26] = {
        "cdefgilmoqrstuwxz",
        "abdefghijlmnoqrstvwyz",
        "acdfghiklmnoprtuvwxyz",
        "ejkmoz",
        "acegrstu",
        "ijkmor",
        "abdefghilmnpqrstuwy",
        "kmnrtu",
        "delmnoqrst",
        "emop",
        "eghimnprwyz",
        "abcikrstuvy",
        "acdefghklmnopqrstuvwxyz",
        "acefgiloprtuz",
        "m",
        "aefghklmnrstwy",
        "a",
        "eosuw",
        "abcdeghijklmnorstvxyz",
        "acdfghjklmnortvwz",
        "agkmnsyz",
        "aceginu",
        "fs",
        "k",
        "et",
        "amw",
    };
    return strchr(second_letters[first - 'a'], second) != NULL;
}

static char regional(Str s, size_t at)
{
    size_t bytes;
    uint32_t c = at < s.len ? utf8_decode(s, at, &bytes) : 0;
    return c >= 0x1f1e6 && c <= 0x1f1ff ? pictured_letter(c) : 0;
}

/* A run of regional indicators is flags when each pair is one. */
static bool run_is_flags(Str s, size_t at, size_t *end)
{
    bool flags = true;
    size_t i = at;
    for (char first; (first = regional(s, i)); i += 8) {
        char second = regional(s, i + 4);
        flags &= second && is_flag(first, second);
        if (!second) {
            i += 4;
            break;
        }
    }
    *end = i;
    return flags;
}

/* What step 1 saw in one token. */
typedef struct Seen {
    bool between, tags, pictures;
    int styled, ascii;
} Seen;

static bool joins_letters(Str s, size_t before, size_t behind, bool has_before)
{
    size_t bytes;
    if (!has_before || behind >= s.len)
        return false;
    uint32_t x = utf8_decode(s, before, &bytes), y = utf8_decode(s, behind, &bytes);
    return x >= 'A' && x < 0x530 && y >= 'A' && y < 0x530; /* Latin, Greek, Cyrillic */
}

/* Copies the token [from, to) without what cannot be seen. */
static Seen strip_token(FoldWriter *w, size_t from, size_t to)
{
    Fold *f = w->f;
    Str s = {f->p, to};
    Seen seen = {0};
    size_t bytes, before = 0, run_end = 0, begin = w->at;
    bool flags = false;
    uint32_t previous = 0;
    for (size_t i = from; i < to; i += bytes) {
        uint32_t c = utf8_decode(s, i, &bytes);
        uint32_t origin = f->origin[i];
        if (c >= 0xe0020 && c <= 0xe007e && previous != 0x1f3f4) {
            fold_put(w, (char)(c - 0xe0000), origin);
            seen.tags = true;
            continue;
        }
        if (is_invisible(c)) {
            seen.between |=
                c != 0xad && joins_letters((Str){f->p, to}, before, i + bytes, w->at > begin);
            continue;
        }
        char letter = pictured_letter(c);
        if (letter && c >= 0x1f1e6) {
            if (i >= run_end)
                flags = run_is_flags(s, i, &run_end);
            letter = flags ? 0 : letter;
        }
        seen.ascii += is_ascii_letter(c);
        seen.styled += is_styled(c) || letter;
        before = w->at;
        previous = c;
        if (letter)
            fold_put(w, letter, origin);
        else
            fold_copy(w, i, i + bytes);
    }
    return seen;
}

static bool note_token(Fold *f, const FoldWriter *w, size_t begin, uint32_t from, uint32_t to,
                       Seen seen, Err *err)
{
    Str now = {f->p + begin, w->at - begin};
    if (seen.between || seen.tags)
        fold_note(f, FOLD_INVISIBLE, from, to, now);
    if (seen.styled < 2 && (seen.styled == 0 || seen.ascii == 0))
        return true;
    Mapped plain;
    if (!nfkc(f->arena, utf8_head(now, FOLD_EVIDENCE_MAX), NFKC_PLAIN, &plain, err))
        return false;
    fold_note(f, FOLD_COMPATIBILITY, from, to, plain.text);
    return true;
}

static bool strip_invisible(Fold *f, Err *err)
{
    FoldWriter w = {f, 0};
    size_t at = 0, done = 0, from, to;
    while (fold_token(f, &at, &from, &to)) {
        fold_copy(&w, done, from);
        done = to;
        size_t begin = w.at;
        uint32_t source = f->origin[from], source_end = f->origin[to];
        if (utf8_ascii_run((Str){f->p, to}, from) == to - from) {
            fold_copy(&w, from, to);
            continue;
        }
        Seen seen = strip_token(&w, from, to);
        if (!note_token(f, &w, begin, source, source_end, seen, err))
            return false;
    }
    fold_copy(&w, done, f->len);
    fold_end(&w);
    return true;
}

/* Punctuation that word processors and phones write by themselves. */
static char plain_sign(uint32_t c)
{
    if (c >= 0x2018 && c <= 0x201b)
        return '\'';
    if (c >= 0x201c && c <= 0x201f)
        return '"';
    if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212)
        return '-';
    if (c == 0x02bc)
        return '\'';
    return c == 0xb7 || c == 0x2022 || c == 0x2219 || c == 0x22c5 ? '.' : 0;
}

static bool is_mark(uint32_t c)
{
    return (c >= 0x300 && c <= 0x36f) || (c >= 0x483 && c <= 0x489) ||
           (c >= 0x1ab0 && c <= 0x1aff) || (c >= 0x1dc0 && c <= 0x1dff) ||
           (c >= 0x20d0 && c <= 0x20ff) || (c >= 0xfe20 && c <= 0xfe2f);
}

/* Strokes through a letter and frames around it: no language writes these. */
static bool is_overlay(uint32_t c)
{
    return (c >= 0x334 && c <= 0x338) || c == 0x488 || c == 0x489 ||
           (c >= 0x20d2 && c <= 0x20d3) || (c >= 0x20d8 && c <= 0x20e0) ||
           (c >= 0x20e2 && c <= 0x20ea);
}

/* A run of letters, digits and signs for letters, and what it is made of. */
typedef struct Run {
    size_t from, to;
    size_t latin, looks, loose, foreign;
} Run;

static bool count_character(Run *r, uint32_t c, uint32_t before)
{
    ConfusableKind kind;
    if (c < 0x80) {
        r->latin += is_ascii_letter(c);
        return is_ascii_letter(c) || (c >= '0' && c <= '9') || (c && strchr("@$!|+", (int)c));
    }
    if (is_mark(c))
        return true;
    confusable(c, &kind);
    if (!is_word_character(c) || (c >= 0x2000 && c < 0x2100)) {
        bool sign = kind != CONFUSABLE_NONE && before > '9'; /* for a letter, not a price */
        r->loose += sign;
        return sign;
    }
    r->latin += kind == CONFUSABLE_ACCENT;
    r->looks += kind == CONFUSABLE_LOOKS;
    r->loose += kind == CONFUSABLE_LOOSE;
    r->foreign += kind == CONFUSABLE_NONE;
    return true;
}

static bool next_run(const Fold *f, size_t at, Run *r)
{
    size_t bytes;
    uint32_t before = 0;
    *r = (Run){.from = at, .to = at};
    for (; r->to < f->len; r->to += bytes) {
        uint32_t c = utf8_decode(fold_text(f), r->to, &bytes);
        if (!count_character(r, c, before))
            break;
        before = is_mark(c) ? before : c;
    }
    return r->to > r->from;
}

static bool has_foreign_words(const Fold *f)
{
    size_t bytes;
    for (size_t i = 0; i < f->len; i += bytes) {
        ConfusableKind kind;
        uint32_t c = utf8_decode(fold_text(f), i, &bytes);
        if (c < 0x370 || !is_word_character(c) || (c >= 0x1ab0 && c < 0x2100) || is_mark(c))
            continue;
        confusable(c, &kind);
        if (kind == CONFUSABLE_NONE || kind == CONFUSABLE_LOOSE)
            return true;
    }
    return false;
}

static bool reads_as_english(const Fold *f, const Run *r)
{
    char word[FOLD_WORD_MAX];
    size_t n = 0, bytes;
    for (size_t i = r->from; i < r->to; i += bytes) {
        ConfusableKind kind;
        char letter = confusable(utf8_decode(fold_text(f), i, &bytes), &kind);
        if (letter && n == sizeof word)
            return false;
        if (letter)
            word[n++] = letter;
    }
    return english_plausible((Str){word, n});
}

static bool run_is_disguised(const Fold *f, const Run *r, bool foreign_text)
{
    size_t masked = r->looks + r->loose;
    if (masked == 0)
        return false;
    if (r->latin)
        return r->latin + masked >= 3 && (r->foreign == 0 || r->latin > 3 * r->foreign);
    return !foreign_text && r->loose + r->foreign == 0 && masked >= 2 && reads_as_english(f, r);
}

static void write_run(FoldWriter *w, const Run *r, bool disguised)
{
    Fold *f = w->f;
    size_t bytes, begin = w->at;
    uint32_t from = f->origin[r->from], to = f->origin[r->to];
    for (size_t i = r->from; i < r->to; i += bytes) {
        ConfusableKind kind;
        char letter = confusable(utf8_decode(fold_text(f), i, &bytes), &kind);
        if (letter && (disguised || kind == CONFUSABLE_ACCENT))
            fold_put(w, letter, f->origin[i]);
        else
            fold_copy(w, i, i + bytes);
    }
    if (disguised)
        fold_note(f, FOLD_CONFUSABLE, from, to, (Str){f->p + begin, w->at - begin});
}

static void undo_look_alikes(Fold *f)
{
    FoldWriter w = {f, 0};
    bool foreign = has_foreign_words(f);
    Run r;
    for (size_t i = 0; i < f->len;) {
        if (next_run(f, i, &r)) {
            write_run(&w, &r, run_is_disguised(f, &r, foreign));
            i = r.to;
            continue;
        }
        size_t bytes;
        char sign = plain_sign(utf8_decode(fold_text(f), i, &bytes));
        if (sign)
            fold_put(&w, sign, f->origin[i]);
        else
            fold_copy(&w, i, i + bytes);
        i += bytes;
    }
    fold_end(&w);
}

/* Copies a token without its marks on ASCII letters, and without towers of marks; true:
 * they were no accents. */
static bool unmark_token(FoldWriter *w, size_t from, size_t to)
{
    Fold *f = w->f;
    bool disguised = false;
    uint32_t base = 0;
    for (size_t i = from, bytes; i < to; i += bytes) {
        uint32_t c = utf8_decode((Str){f->p, to}, i, &bytes);
        if (!is_mark(c)) {
            base = c;
            fold_copy(w, i, i + bytes);
            continue;
        }
        size_t marks = 0, end = i;
        bool overlay = false;
        while (end < to && is_mark(c = utf8_decode((Str){f->p, to}, end, &bytes))) {
            overlay |= is_overlay(c);
            marks++;
            end += bytes;
        }
        bool letter = is_ascii_letter(base), ascii = base < 0x80;
        if (!ascii && marks < 3 && !overlay)
            fold_copy(w, i, end);
        else
            disguised |=
                marks > 2 || (letter && (marks == 2 || overlay)) || (!ascii && overlay);
        bytes = end - i;
    }
    return disguised;
}

static void fold_marks(Fold *f)
{
    FoldWriter w = {f, 0};
    size_t at = 0, done = 0, from, to;
    while (fold_token(f, &at, &from, &to)) {
        fold_copy(&w, done, from);
        done = to;
        size_t begin = w.at;
        uint32_t source = f->origin[from], source_end = f->origin[to];
        if (unmark_token(&w, from, to))
            fold_note(f, FOLD_MARK, source, source_end, (Str){f->p + begin, w.at - begin});
    }
    fold_copy(&w, done, f->len);
    fold_end(&w);
}

static bool is_ascii(const Fold *f) { return utf8_ascii_run(fold_text(f), 0) == f->len; }

/* NFKC may lengthen a text, so this is the one place where the buffer is another one. */
static bool compose(Fold *f, NfkcForm form, Err *err)
{
    Mapped in = {fold_text(f), f->origin}, out;
    if (!nfkc_mapped(f->arena, &in, form, &out, err))
        return false;
    f->p = (char *)out.text.ptr; /* fresh memory of our own arena */
    f->origin = (uint32_t *)out.origin;
    f->len = out.text.len;
    return true;
}

bool fold_characters(Fold *f, Err *err)
{
    if (is_ascii(f))
        return true;
    if (!strip_invisible(f, err) || !compose(f, NFKC_PLAIN, err))
        return false;
    undo_look_alikes(f);
    fold_marks(f);
    return true;
}

static void lower_ascii(Fold *f)
{
    for (size_t i = 0; i < f->len; i++)
        if (f->p[i] >= 'A' && f->p[i] <= 'Z')
            f->p[i] = (char)(f->p[i] + ('a' - 'A'));
}

bool fold_case(Fold *f, Err *err)
{
    lower_ascii(f);
    if (is_ascii(f))
        return true;
    Str before = fold_text(f);
    if (!compose(f, NFKC_CASEFOLD, err))
        return false;
    if (!str_eq(before, fold_text(f)))
        f->changed = true; /* a sharp s is ASCII now, a capital may look like another letter */
    return true;
}
