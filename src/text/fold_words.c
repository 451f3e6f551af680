/* fold_words.c - spaced letters, leetspeak, masks and stretched words.
 *
 * All three undo a distortion of words and believe the result only when it reads as
 * English (english.h); numbers, names of models ("mp3", "h264", "win32"), initials
 * ("j. r. r.") and lists ("a b c d") do not, and stay.
 *
 * Leet reads a word's signs as the letters that make the likeliest word by letter pairs
 * (dynamic programming over at most two readings of a sign).  It believes
 *     a known word, or
 *     a word that reads well, of five letters and more, with a digit here and there
 *     between its letters, but no number;
 * other signs than digits (@ $ ! | +) are believed for known words only.  "sh*t" is looked up
 * in a short list.
 */
#include "text/english.h"
#include "text/fold_internal.h"
#include "text/words.h"

enum {
    SPACED_MAX = 64,
    SPACED_LEAST = 3,
    GAP_MAX = 4,
    LONG_RUN = 16,
    PART_LEAST = 4,
    PARTS_MAX = 512 /* tries in one text: keeps it linear */
};

static const char *readings(char c)
{
    static const char *const of_digit[10] = {"o", "il", "", "e", "a", "s", "gb", "t", "b", "g"};
    if (is_ascii_digit(c))
        return of_digit[c - '0'];
    switch (c) {
    case '@':
        return "a";
    case '$':
        return "s";
    case '!':
        return "i";
    case '|':
        return "il";
    case '+':
        return "t";
    default:
        return "";
    }
}

static bool is_sign(char c) { return *readings(c) != 0; }

static char reading_of(char c, int which)
{
    if (is_ascii_lower(c))
        return which == 0 ? c : 0;
    const char *r = readings(c);
    return which == 0 ? r[0] : r[0] ? r[1] : 0;
}

typedef struct Way {
    int score;      /* of the likeliest letters so far that end in this reading */
    uint8_t before; /* which reading the character before it has in them */
} Way;

#define NO_WAY (INT32_MIN / 2)

/* To the reading c of in[i], over the readings of the character before it. */
static Way way_to(const char *in, size_t i, char c, const Way *before)
{
    if (i == 0)
        return (Way){english_pair_score(' ', c), 0};
    Way best = {NO_WAY, 0};
    for (int b = 0; b < 2; b++) {
        char last = reading_of(in[i - 1], b);
        int s = before[b].score + (last ? english_pair_score(last, c) : -9999);
        if (s > best.score)
            best = (Way){s, (uint8_t)b};
    }
    return best;
}

/* The likeliest letters for in[0, n), n <= SPACED_MAX; false: a character has no reading. */
static bool read_letters(const char *in, size_t n, char *out)
{
    Way way[SPACED_MAX][2];
    for (size_t i = 0; i < n; i++)
        for (int k = 0; k < 2; k++) {
            char c = reading_of(in[i], k);
            if (!c && k == 0)
                return false;
            way[i][k] = c ? way_to(in, i, c, i ? way[i - 1] : NULL) : (Way){NO_WAY, 0};
        }
    int k = way[n - 1][1].score > way[n - 1][0].score;
    for (size_t i = n; i > 0; k = way[--i][k].before)
        out[i - 1] = reading_of(in[i - 1], k);
    return true;
}

/* As read_letters, but a known word wins over a likelier one. */
static bool read_word(const char *in, size_t n, char *out)
{
    for (int k = 1; k >= 0; k--) {
        bool whole = true;
        for (size_t i = 0; i < n; i++) {
            char c = reading_of(in[i], k);
            out[i] = c ? c : reading_of(in[i], 0);
            whole &= out[i] != 0;
        }
        if (whole && english_known((Str){out, n}))
            return true;
    }
    return read_letters(in, n, out);
}

/* ---- leet ---- */

static bool is_leet_character(char c)
{
    return is_ascii_lower(c) || is_ascii_digit(c) || c == '*' || (c != ' ' && is_sign(c));
}

typedef struct Shape {
    size_t letters, digits, signs, stars;
    bool inside;      /* a digit between letters */
    bool number;      /* two different digits side by side */
    bool edge_number; /* and that at an end of the word: "us35", "60th" */
} Shape;

static Shape shape_of(Str word)
{
    Shape s = {0};
    size_t last_letter = 0;
    for (size_t i = 0; i < word.len; i++) {
        char c = word.ptr[i];
        if (is_ascii_lower(c)) {
            s.inside |= s.letters && last_letter + 1 < i && is_ascii_digit(word.ptr[i - 1]);
            last_letter = i;
            s.letters++;
            continue;
        }
        s.digits += is_ascii_digit(c);
        s.stars += c == '*';
        s.signs += c != '*' && !is_ascii_digit(c);
        if (i && is_ascii_digit(c) && is_ascii_digit(word.ptr[i - 1]) && word.ptr[i - 1] != c) {
            s.number = true;
            s.edge_number |= i == 1 || i + 1 == word.len;
        }
    }
    return s;
}

/* Not a known word, but hardly anything else: "sn0wfl4kes". */
static bool is_word_like(const Shape *s, Str word, Str read)
{
    static const double LEAST = -4.5;
    return s->inside && !s->number && s->signs == 0 && s->letters > 2 * s->digits &&
           is_ascii_lower(word.ptr[0]) && is_ascii_lower(word.ptr[word.len - 1]) &&
           read.len > 4 && english_score(read) >= LEAST;
}

/* The letters behind a word of letters, digits and signs; false: it is none, or nothing
 * but what it seems. */
static bool undo_leet(Str word, char out[FOLD_WORD_MAX])
{
    Shape s = shape_of(word);
    if (word.len < 3 || word.len > FOLD_WORD_MAX || s.letters == 0 ||
        s.digits + s.signs + s.stars == 0)
        return false;
    if (s.stars) {
        const char *plain = s.digits + s.signs ? NULL : english_unmask(word);
        if (plain)
            memcpy(out, plain, word.len);
        return plain != NULL;
    }
    if (!read_word(word.ptr, word.len, out))
        return false;
    Str read = {out, word.len};
    if (english_known(read)) /* "r18" is no rib */
        return !s.edge_number && (s.letters > 1 || s.signs || word.len > 3);
    return is_word_like(&s, word, read);
}

/* Signs at the edges that are punctuation: "hell!", "+1", "*bold*". */
static Str trim_signs(Str s)
{
    while (s.len && (s.ptr[0] == '!' || s.ptr[0] == '|' || s.ptr[0] == '+' || s.ptr[0] == '*'))
        s = (Str){s.ptr + 1, s.len - 1};
    while (s.len && (s.ptr[s.len - 1] == '!' || s.ptr[s.len - 1] == '|'))
        s.len--;
    return s;
}

static bool is_address(const Fold *f, size_t from, size_t to)
{
    bool at_sign = memchr(f->p + from, '@', to - from) != NULL && f->p[from] != '@';
    bool dot = to + 1 < f->len && f->p[to] == '.' && is_ascii_lower(f->p[to + 1]);
    return at_sign && dot;
}

/* A run [from, to) of leet characters at or behind *at that are not all letters; false: there
 * is none. */
static bool next_leet(const Fold *f, size_t *at, size_t *from, size_t *to)
{
    for (size_t i = *at; i < f->len; i++) {
        bool plain = true;
        *from = i;
        for (; i < f->len && is_leet_character(f->p[i]); i++)
            plain &= is_ascii_lower(f->p[i]);
        *to = *at = i;
        if (!plain)
            return true;
    }
    return false;
}

void fold_leet(Fold *f)
{
    FoldWriter w = {f, 0};
    size_t at = 0, done = 0, run, to;
    while (next_leet(f, &at, &run, &to)) {
        Str word = trim_signs((Str){f->p + run, to - run});
        char plain[FOLD_WORD_MAX];
        if (is_address(f, run, to) || !undo_leet(word, plain))
            continue;
        size_t from = (size_t)(word.ptr - f->p), end = from + word.len, begin;
        uint32_t source = f->origin[from], source_end = f->origin[end];
        fold_copy(&w, done, from);
        done = end;
        begin = w.at;
        for (size_t k = 0; k < word.len; k++)
            fold_put(&w, plain[k], f->origin[from + k]);
        fold_note(f, FOLD_LEET, source, source_end, (Str){f->p + begin, w.at - begin});
    }
    fold_copy(&w, done, f->len);
    fold_end(&w);
}

/* ---- spaced letters ---- */

typedef struct Spaced {
    size_t end;            /* behind the last letter */
    size_t resume;         /* where to go on when it says nothing; 0: at its end */
    size_t count;          /* letters and signs */
    char in[SPACED_MAX];   /* as they stand */
    size_t at[SPACED_MAX]; /* where */
} Spaced;

static bool joins_word(const Fold *f, size_t at)
{
    return at < f->len &&
           (is_ascii_lower(f->p[at]) || is_ascii_digit(f->p[at]) || (uint8_t)f->p[at] >= 0x80);
}

static bool is_separator(char c) { return c == ' ' || (c && strchr(".-_*,/~:;^=\\'\"|+", c)); }

/* The separator at `at`: its length (0: none), and its first character that is no space. */
static size_t separator(const Fold *f, size_t at, char *what)
{
    size_t n = 0;
    *what = ' ';
    for (; n <= GAP_MAX && at + n < f->len && is_separator(f->p[at + n]); n++) {
        if (f->p[at + n] == ' ')
            continue;
        if (*what != ' ' && *what != f->p[at + n])
            return 0;
        *what = f->p[at + n];
    }
    return n <= GAP_MAX ? n : 0;
}

static void read_spaced(const Fold *f, size_t at, Spaced *s)
{
    char kind = 0, what;
    s->count = 0; /* not the arrays: this runs for every letter of a text */
    s->end = at;
    s->resume = 0;
    while (at < f->len && s->count < SPACED_MAX) {
        char c = f->p[at];
        if (!(is_ascii_lower(c) || is_sign(c)) || joins_word(f, at + 1))
            return;
        s->at[s->count] = at;
        s->in[s->count++] = c;
        s->end = at + 1;
        size_t n = separator(f, at + 1, &what);
        if (n == 0)
            return;
        if (kind && what != kind) {
            s->resume = at; /* "a.w h o": the next run begins with the last letter of this */
            return;
        }
        kind = what;
        at += 1 + n;
    }
}

static bool is_short_word(Str w)
{
    static const char all[] =
        " a i u am an at be by do go he hi if in is it me my no of oh on or so to up us "
        "we ";
    char padded[5] = " ";
    if (w.len > 2)
        return false;
    memcpy(padded + 1, w.ptr, w.len);
    padded[w.len + 1] = ' ';
    return strstr(all, padded) != NULL;
}

/* Cuts letters into known words, as few as possible; ends[i]: behind the i-th.  0: none. */
static size_t cut_words(Str letters, size_t ends[SPACED_MAX])
{
    enum { NEVER = 1000, LONGEST = 14 };
    int cost[SPACED_MAX + 1];
    size_t from[SPACED_MAX + 1] = {0};
    cost[0] = 0;
    for (size_t end = 1; end <= letters.len; end++) {
        cost[end] = NEVER;
        for (size_t n = 1; n <= LONGEST && n <= end; n++) {
            Str word = {letters.ptr + end - n, n};
            int c = cost[end - n] + (n < 3 ? 3 : 2);
            if (c < cost[end] && (n < 3 ? is_short_word(word) : english_known(word))) {
                cost[end] = c;
                from[end] = end - n;
            }
        }
    }
    if (cost[letters.len] >= NEVER)
        return 0;
    size_t n = 0, at = letters.len;
    for (size_t end = at; end > 0; end = from[end])
        n++;
    for (size_t k = n; k > 0; at = from[at])
        ends[--k] = at;
    return n;
}

/* The letters are cut into words, or there are none and the whole reads very well. */
static bool is_sure(Str all, const size_t *ends, size_t words, bool whole)
{
    static const double SURE = -4.4; /* no list of letters reads as well */
    size_t longest = 0;
    for (size_t k = 0, from = 0; k < words; from = ends[k++])
        longest = ends[k] - from > longest ? ends[k] - from : longest;
    if (words)
        return longest >= 3 && 2 * all.len >= 5 * words;
    return whole && all.len >= 5 && english_score(all) >= SURE;
}

/* What the spaced letters [first, last) say, with spaces between words; the length, 0 for
 * nothing. */
static size_t join_spaced(const Spaced *s, size_t first, size_t last, char out[2 * SPACED_MAX])
{
    static const double HOPELESS = -6.5;
    char letters[SPACED_MAX];
    size_t ends[SPACED_MAX], count = last - first, plain = 0, n = 0;
    for (size_t i = first; i < last; i++)
        plain += is_ascii_lower(s->in[i]);
    if (count < SPACED_LEAST || 2 * plain < count || !read_word(s->in + first, count, letters))
        return 0;
    Str all = {letters, count};
    if (count > LONG_RUN && english_score(all) < HOPELESS)
        return 0;
    size_t words = cut_words(all, ends);
    if (!is_sure(all, ends, words, count == s->count) && words)
        words = 0;
    if (!words && !is_sure(all, ends, 0, count == s->count))
        return 0;
    for (size_t i = 0, k = 0; i < count; i++) {
        if (k < words && i == ends[k]) {
            out[n++] = ' ';
            k++;
        }
        out[n++] = letters[i];
    }
    return n;
}

/* Joins all of the run, or all but a letter or two that stand at its ends by chance
 * ("9 k i l l x").  Returns the length of what it says; *first and *last: which letters. */
static size_t join_part(Fold *f, const Spaced *s, size_t *first, size_t *last,
                        char out[2 * SPACED_MAX])
{
    static const uint8_t off[][2] = {
        {0, 0},
        {1, 0},
        {0, 1},
        {1, 1},
        {2, 0},
        {0, 2}
    };
    for (size_t i = 0; i < sizeof off / sizeof *off; i++) {
        size_t less = (size_t)off[i][0] + off[i][1];
        if (less && (s->count < PART_LEAST + less || f->parts_tried >= PARTS_MAX))
            return 0;
        f->parts_tried += less > 0;
        *first = off[i][0];
        *last = s->count - off[i][1];
        size_t n = join_spaced(s, *first, *last, out);
        if (n)
            return n;
    }
    return 0;
}

/* A letter or sign alone, at or behind *at; false: there is none. */
static bool next_single(const Fold *f, size_t *at)
{
    bool joined = *at > 0 && joins_word(f, *at - 1);
    for (size_t i = *at; i < f->len; i++) {
        bool joins = joins_word(f, i);
        char c = f->p[i];
        if (!joined && (is_ascii_lower(c) || (c != ' ' && is_sign(c))) &&
            !joins_word(f, i + 1)) {
            *at = i;
            return true;
        }
        joined = joins;
    }
    return false;
}

void fold_spacing(Fold *f)
{
    FoldWriter w = {f, 0};
    size_t done = 0;
    for (size_t i = 0; next_single(f, &i);) {
        Spaced s;
        char said[2 * SPACED_MAX];
        size_t first, last;
        read_spaced(f, i, &s);
        size_t n = join_part(f, &s, &first, &last, said);
        if (n == 0) {
            i = s.resume ? s.resume : s.end;
            continue;
        }
        size_t begin = s.at[first], end = s.at[last - 1] + 1;
        uint32_t from = f->origin[begin], to = f->origin[end];
        fold_copy(&w, done, begin);
        for (size_t k = 0, letter = first; k < n; k++) {
            fold_put(&w, said[k], f->origin[s.at[letter]]);
            letter += said[k] != ' ' && letter + 1 < last;
        }
        fold_note(f, FOLD_SPACING, from, to, (Str){said, n});
        done = i = end;
    }
    fold_copy(&w, done, f->len);
    fold_end(&w);
}

/* ---- stretched words ---- */

/* A word of ASCII letters with runs of three and more cut to `keep`. */
static size_t squeeze(Str word, size_t keep, char *out)
{
    size_t n = 0;
    for (size_t i = 0, run; i < word.len; i += run) {
        for (run = 1; i + run < word.len && word.ptr[i + run] == word.ptr[i]; run++)
            ;
        size_t kept = run < 3 ? run : keep;
        for (size_t k = 0; k < kept; k++)
            out[n++] = word.ptr[i];
    }
    return n;
}

static bool is_stretched(Str word)
{
    bool run = false, other = false;
    for (size_t i = 2; i < word.len; i++)
        run |= word.ptr[i] == word.ptr[i - 1] && word.ptr[i] == word.ptr[i - 2];
    for (size_t i = 1; i < word.len; i++)
        other |= word.ptr[i] != word.ptr[0]; /* "xxx", "iii" and "zzz" are words */
    return run && other && !str_eq(word, STR("www"));
}

static bool has_triple(const Fold *f)
{
    bool found = false;
    for (size_t i = 2; i < f->len; i++)
        found |= f->p[i] == f->p[i - 1] && f->p[i] == f->p[i - 2] && is_ascii_lower(f->p[i]);
    return found;
}

void fold_repeat(Fold *f)
{
    if (!has_triple(f))
        return;
    FoldWriter w = {f, 0};
    for (size_t i = 0; i < f->len;) {
        size_t to = i;
        while (to < f->len && is_ascii_lower(f->p[to]))
            to++;
        Str word = {f->p + i, to - i};
        if (!is_stretched(word)) {
            to += to == i;
            fold_copy(&w, i, to);
            i = to;
            continue;
        }
        uint32_t from = f->origin[i], source_end = f->origin[to];
        size_t begin = w.at, keep = 2, n;
        char tried[FOLD_WORD_MAX];
        if (word.len <= FOLD_WORD_MAX) {
            n = squeeze(word, 1, tried);
            bool once = english_known((Str){tried, n});
            n = squeeze(word, 2, tried);
            keep = once && !english_known((Str){tried, n}) ? 1 : 2;
        }
        for (size_t k = i, run; k < to; k += run) {
            for (run = 1; k + run < to && f->p[k + run] == f->p[k]; run++)
                ;
            char c = f->p[k];
            size_t kept = run < 3 ? run : keep;
            for (size_t e = 0; e < kept; e++)
                fold_put(&w, c, f->origin[k + e]);
        }
        fold_note(f, FOLD_REPEAT, from, source_end, (Str){f->p + begin, w.at - begin});
        i = to;
    }
    fold_end(&w);
}
