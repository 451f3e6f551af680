/* language.c - one pass: letters are counted by script, Latin words are looked up.
 *
 * A word of a list gives points to every language that has it: many where it is one, few where
 * several share it, so that "de" and "la" decide nothing between French and Spanish, and "des"
 * and "los" do.  Letters and endings give less.  The best language holds when it has enough
 * points, enough for the length of the text, and clearly more than the second; else the text is
 * short, mixed or foreign.
 *
 * Mentions, tags, links and the marks of masking are no language and are stepped over.
 */
#include "text/language_internal.h"

#include "text/utf8.h"

#include <endian.h>

/* ---- scripts ------------------------------------------------------------------------ */

typedef enum Script {
    SCRIPT_NONE, /* digits, signs, emoji, and scripts that are not here */
    SCRIPT_LATIN,
    SCRIPT_GREEK,
    SCRIPT_CYRILLIC,
    SCRIPT_HEBREW,
    SCRIPT_ARABIC,
    SCRIPT_DEVANAGARI,
    SCRIPT_BENGALI,
    SCRIPT_TAMIL,
    SCRIPT_TELUGU,
    SCRIPT_THAI,
    SCRIPT_HANGUL,
    SCRIPT_KANA,
    SCRIPT_HAN,
    SCRIPT_FOREIGN, /* letters of a script whose languages we do not name */
    SCRIPT_COUNT
} Script;

/* Beyond ASCII, in ascending order; what lies between is SCRIPT_NONE. */
static const struct {
    uint32_t first, last;
    Script script;
} ranges[] = {
    {0x00c0,  0x024f,  SCRIPT_LATIN     },
    {0x0300,  0x036f,  SCRIPT_LATIN     }, /* accents that stand behind their letter */
    {0x0370,  0x03ff,  SCRIPT_GREEK     },
    {0x0400,  0x052f,  SCRIPT_CYRILLIC  },
    {0x0530,  0x058f,  SCRIPT_FOREIGN   }, /* Armenian */
    {0x05d0,  0x05ea,  SCRIPT_HEBREW    },
    {0x0620,  0x064a,  SCRIPT_ARABIC    },
    {0x0671,  0x06d3,  SCRIPT_ARABIC    },
    {0x0700,  0x08ff,  SCRIPT_FOREIGN   }, /* Syriac, Thaana, N'Ko ... */
    {0x0900,  0x097f,  SCRIPT_DEVANAGARI},
    {0x0980,  0x09ff,  SCRIPT_BENGALI   },
    {0x0a00,  0x0b7f,  SCRIPT_FOREIGN   }, /* Gurmukhi, Gujarati, Oriya */
    {0x0b80,  0x0bff,  SCRIPT_TAMIL     },
    {0x0c00,  0x0c7f,  SCRIPT_TELUGU    },
    {0x0c80,  0x0dff,  SCRIPT_FOREIGN   }, /* Kannada, Malayalam, Sinhala */
    {0x0e00,  0x0e7f,  SCRIPT_THAI      },
    {0x0e80,  0x10ff,  SCRIPT_FOREIGN   }, /* Lao, Tibetan, Burmese, Georgian */
    {0x1100,  0x11ff,  SCRIPT_HANGUL    },
    {0x1200,  0x18af,  SCRIPT_FOREIGN   }, /* Ethiopic, Cherokee, Khmer, Mongolian */
    {0x1e00,  0x1eff,  SCRIPT_LATIN     },
    {0x1f00,  0x1fff,  SCRIPT_GREEK     },
    {0x3040,  0x30ff,  SCRIPT_KANA      },
    {0x3130,  0x318f,  SCRIPT_HANGUL    },
    {0x3400,  0x4dbf,  SCRIPT_HAN       },
    {0x4e00,  0x9fff,  SCRIPT_HAN       },
    {0xac00,  0xd7af,  SCRIPT_HANGUL    },
    {0xf900,  0xfaff,  SCRIPT_HAN       },
    {0x20000, 0x323af, SCRIPT_HAN       },
};

static Script script_of(uint32_t c)
{
    size_t low = 0, high = sizeof ranges / sizeof *ranges;
    if (c < 0x80)
        return (c | 32) >= 'a' && (c | 32) <= 'z' ? SCRIPT_LATIN : SCRIPT_NONE;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (c > ranges[mid].last)
            low = mid + 1;
        else
            high = mid;
    }
    if (low == sizeof ranges / sizeof *ranges || c < ranges[low].first || c == 0xd7 ||
        c == 0xf7)
        return SCRIPT_NONE;
    return ranges[low].script;
}

/* How many Latin letters one letter is worth: a syllable or a word in one sign. */
static unsigned worth(Script s) { return s == SCRIPT_HAN || s == SCRIPT_HANGUL ? 3 : 1; }

/* ---- the state of the pass ---------------------------------------------------------- */

/* Letters that tell languages of one script apart. */
typedef enum Mark {
    MARK_URDU,
    MARK_PERSIAN, /* and Urdu */
    MARK_ARABIC,
    MARK_RUSSIAN,
    MARK_UKRAINIAN,
    MARK_OTHER_CYRILLIC,
    MARK_COUNT
} Mark;

static const struct {
    uint32_t letter;
    Mark mark;
} marks[] = {
    {0x0679, MARK_URDU          },
    {0x0688, MARK_URDU          },
    {0x0691, MARK_URDU          },
    {0x06ba, MARK_URDU          },
    {0x06be, MARK_URDU          },
    {0x06c1, MARK_URDU          },
    {0x06d2, MARK_URDU          },
    {0x067e, MARK_PERSIAN       },
    {0x0686, MARK_PERSIAN       },
    {0x0698, MARK_PERSIAN       },
    {0x06a9, MARK_PERSIAN       },
    {0x06af, MARK_PERSIAN       },
    {0x06cc, MARK_PERSIAN       },
    {0x0643, MARK_ARABIC        },
    {0x064a, MARK_ARABIC        },
    {0x0629, MARK_ARABIC        },
    {0x0649, MARK_ARABIC        },
    {0x0623, MARK_ARABIC        },
    {0x0625, MARK_ARABIC        },
    {0x044b, MARK_RUSSIAN       },
    {0x044d, MARK_RUSSIAN       },
    {0x0451, MARK_RUSSIAN       },
    {0x0456, MARK_UKRAINIAN     },
    {0x0457, MARK_UKRAINIAN     },
    {0x0454, MARK_UKRAINIAN     },
    {0x0491, MARK_UKRAINIAN     },
    {0x044a, MARK_OTHER_CYRILLIC}, /* Bulgarian; rare in Russian */
    {0x045e, MARK_OTHER_CYRILLIC},
    {0x0458, MARK_OTHER_CYRILLIC},
    {0x0459, MARK_OTHER_CYRILLIC},
    {0x045a, MARK_OTHER_CYRILLIC},
    {0x045b, MARK_OTHER_CYRILLIC},
    {0x0452, MARK_OTHER_CYRILLIC},
    {0x0493, MARK_OTHER_CYRILLIC},
    {0x049b, MARK_OTHER_CYRILLIC},
    {0x04a3, MARK_OTHER_CYRILLIC},
    {0x04af, MARK_OTHER_CYRILLIC},
    {0x04e9, MARK_OTHER_CYRILLIC},
};

typedef struct Pass {
    unsigned letters[SCRIPT_COUNT]; /* in worth */
    unsigned mark[MARK_COUNT];
    unsigned points[LATIN_LANGUAGES];
    unsigned words; /* of Latin letters */
    char word[LANGUAGE_WORD_MAX + 4];
    size_t len;          /* of the word so far; more than fits: it is in no list */
    unsigned letters_in; /* languages that the word's letters speak for */
} Pass;

/* Of one that speaks for so many languages.  What one alone has is worth five times what is
 * shared by four: chosen on the sets of docs/decisions/0041-languages.md. */
static unsigned share(unsigned in, unsigned whole)
{
    unsigned n = (unsigned)__builtin_popcount(in);
    return n == 0 ? 0 : n == 1 ? whole : n == 2 ? whole / 2 : n == 3 ? whole / 3 : whole / 5;
}

enum {
    WORD_POINTS = 30,
    LETTER_POINTS = 20,
    ENDING_POINTS = 10,
    POINTS_LEAST = 45,   /* of the best: a word and a half */
    POINTS_PER_WORD = 3, /* likewise, on average: every tenth word */
};

static void give(Pass *p, unsigned in, unsigned whole)
{
    unsigned points = share(in, whole);
    for (; in; in &= in - 1)
        p->points[__builtin_ctz(in)] += points;
}

/* ---- words -------------------------------------------------------------------------- */

static uint64_t first_eight(const char *p)
{
    uint64_t w;
    memcpy(&w, p, sizeof w);
    return be64toh(w);
}

/* To the first row that is not below by its first eight bytes, by halving without a branch
 * that depends on the word; then along the few that share those. */
static unsigned listed_in(const Pass *p)
{
    uint8_t letter = (uint8_t)(p->word[0] - 'a');
    bool ascii = letter < 26;
    const LanguageWord *row = language_words + language_first[ascii ? letter : 26];
    const LanguageWord *end =
        language_words + (ascii ? language_first[letter + 1] : language_word_count);
    uint64_t word = first_eight(p->word);
    for (size_t count = (size_t)(end - row); count > 0;) {
        size_t half = (count + 1) / 2;
        row += first_eight(row[half - 1].word) < word ? half : 0;
        count -= half;
    }
    for (; row < end && first_eight(row->word) == word; row++)
        if (memcmp(p->word, row->word, LANGUAGE_WORD_MAX) == 0)
            return row->in;
    return 0;
}

static unsigned ending_in(const Pass *p)
{
    size_t low = 0, high = language_ending_count;
    uint8_t last = (uint8_t)p->word[p->len - 1];
    const LanguageEnding *e = language_endings;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if ((uint8_t)e[mid].ending[e[mid].len - 1] < last)
            low = mid + 1;
        else
            high = mid;
    }
    for (; low < language_ending_count; low++) {
        size_t n = e[low].len;
        if ((uint8_t)e[low].ending[n - 1] != last)
            break;
        if (p->len > n + 1 && memcmp(p->word + p->len - n, e[low].ending, n) == 0)
            return e[low].in;
    }
    return 0;
}

static void end_word(Pass *p)
{
    if (p->len == 0)
        return;
    p->words++;
    unsigned in = 0;
    if (p->len <= LANGUAGE_WORD_MAX) {
        in = listed_in(p);
        give(p, in, WORD_POINTS);
        if (!in)
            give(p, ending_in(p), ENDING_POINTS);
    }
    if (!in)
        give(p, p->letters_in, LETTER_POINTS);
    memset(p->word, 0, sizeof p->word);
    p->len = 0;
    p->letters_in = 0;
}

static uint32_t lower(uint32_t c)
{
    bool even = (c >= 0x100 && c <= 0x137) || (c >= 0x14a && c <= 0x177) ||
                (c >= 0x218 && c <= 0x21b) || c >= 0x1ea0;
    bool odd = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e) || c == 0x1af;
    if ((c >= 'A' && c <= 'Z') || (c >= 0xc0 && c <= 0xde && c != 0xd7))
        return c + 32;
    if (c == 0x130 || c == 0x1a0)
        return c == 0x130 ? 'i' : 0x1a1;
    if (c == 0x131)
        return c;
    return (even && c % 2 == 0) || (odd && c % 2 == 1) ? c + 1 : c;
}

static unsigned letter_in(uint32_t c)
{
    size_t low = 0, high = language_letter_count;
    if (c >= 0x1ea0 && c < 0x1efa)
        return LATIN_BIT(VI);
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (language_letters[mid].letter == c)
            return language_letters[mid].in;
        if (language_letters[mid].letter < c)
            low = mid + 1;
        else
            high = mid;
    }
    return 0;
}

static void add_latin(Pass *p, uint32_t c)
{
    char bytes[4];
    c = lower(c);
    if (c >= 0x300 && c <= 0x36f)
        return;
    size_t n = utf8_encode(c, bytes);
    if (p->len + n <= sizeof p->word)
        memcpy(p->word + p->len, bytes, n);
    p->len += n;
    if (c < 0x80)
        return;
    unsigned in = letter_in(c), both = p->letters_in & in;
    p->letters_in = both ? both : p->letters_in | in;
}

/* ---- the pass ----------------------------------------------------------------------- */

static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/* Behind what begins here and is no language; `at` itself where a word may begin. */
static size_t step_over(Str s, size_t at)
{
    static const Str links[] = {STR("http://"), STR("https://"), STR("www.")};
    Str rest = {s.ptr + at, s.len - at};
    if (!strchr("@#<hw", rest.ptr[0]))
        return at;
    bool skip = rest.ptr[0] == '@' || rest.ptr[0] == '#';
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        skip = skip || str_starts(rest, links[i]);
    if (rest.ptr[0] == '<') { /* <email> and other marks: short, and closed */
        const char *end = memchr(rest.ptr, '>', rest.len < 16 ? rest.len : 16);
        return end ? at + (size_t)(end - rest.ptr) + 1 : at;
    }
    while (skip && at < s.len && !is_space(s.ptr[at]))
        at++;
    return at;
}

static void add_letter(Pass *p, Script script, uint32_t c)
{
    p->letters[script] += worth(script);
    if (script == SCRIPT_LATIN) {
        add_latin(p, c);
        return;
    }
    end_word(p);
    if (script != SCRIPT_ARABIC && script != SCRIPT_CYRILLIC)
        return;
    if (c >= 0x410 && c <= 0x42f)
        c += 32;
    else if (c >= 0x400 && c <= 0x40f)
        c += 80;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (marks[i].letter == c)
            p->mark[marks[i].mark]++;
}

/* The letters of ASCII that stand from `at` on, the first at least; returns their end. */
static size_t add_ascii(Pass *p, Str s, size_t at)
{
    size_t i = at, n = p->len;
    for (uint8_t c; i < s.len && (uint8_t)((c = (uint8_t)(s.ptr[i] | 0x20)) - 'a') < 26;
         i++, n++)
        if (n < sizeof p->word)
            p->word[n] = (char)c;
    p->len = n;
    p->letters[SCRIPT_LATIN] += (unsigned)(i - at);
    return i;
}

static bool is_ascii_letter(char c) { return (uint8_t)((c | 0x20) - 'a') < 26; }

static void read_text(Pass *p, Str s)
{
    bool fresh = true; /* behind white space */
    for (size_t at = 0; at < s.len;) {
        size_t bytes = 0;
        if (fresh || s.ptr[at] == '<') {
            size_t next = step_over(s, at);
            if (next > at) {
                end_word(p);
                at = next;
                fresh = false;
                continue;
            }
        }
        if (is_ascii_letter(s.ptr[at])) {
            at = add_ascii(p, s, at);
            fresh = false;
            continue;
        }
        uint32_t c = utf8_decode(s, at, &bytes);
        fresh = bytes == 1 && is_space(s.ptr[at]);
        at += bytes;
        Script script = script_of(c);
        if (script == SCRIPT_NONE)
            end_word(p);
        else
            add_letter(p, script, c);
    }
    end_word(p);
}

/* ---- the answer --------------------------------------------------------------------- */

static Language of_latin(const Pass *p)
{
    int best = 0;
    unsigned second = 0;
    for (int l = 1; l < LATIN_LANGUAGES; l++) {
        if (p->points[l] > p->points[best]) {
            second = p->points[best];
            best = l;
        } else if (p->points[l] > second) {
            second = p->points[l];
        }
    }
    unsigned first = p->points[best];
    if (best == LATIN_OTHER || first < POINTS_LEAST || first < POINTS_PER_WORD * p->words ||
        2 * first < 3 * second)
        return LANGUAGE_UNKNOWN;
    return (Language)(best + LANGUAGE_EN);
}

static Language of_arabic(const Pass *p)
{
    if (p->mark[MARK_URDU] && p->mark[MARK_URDU] + p->mark[MARK_PERSIAN] > p->mark[MARK_ARABIC])
        return LANGUAGE_UR;
    return p->mark[MARK_PERSIAN] > p->mark[MARK_ARABIC] ? LANGUAGE_FA : LANGUAGE_AR;
}

static Language of_cyrillic(const Pass *p)
{
    unsigned ru = p->mark[MARK_RUSSIAN], uk = p->mark[MARK_UKRAINIAN];
    if (p->mark[MARK_OTHER_CYRILLIC] > ru + uk)
        return LANGUAGE_UNKNOWN;
    return uk > ru ? LANGUAGE_UK : LANGUAGE_RU;
}

static Language of_script(const Pass *p, Script s)
{
    switch (s) {
    case SCRIPT_LATIN:
        return of_latin(p);
    case SCRIPT_GREEK:
        return LANGUAGE_EL;
    case SCRIPT_CYRILLIC:
        return of_cyrillic(p);
    case SCRIPT_HEBREW:
        return LANGUAGE_HE;
    case SCRIPT_ARABIC:
        return of_arabic(p);
    case SCRIPT_DEVANAGARI:
        return LANGUAGE_HI;
    case SCRIPT_BENGALI:
        return LANGUAGE_BN;
    case SCRIPT_TAMIL:
        return LANGUAGE_TA;
    case SCRIPT_TELUGU:
        return LANGUAGE_TE;
    case SCRIPT_THAI:
        return LANGUAGE_TH;
    case SCRIPT_HANGUL:
        return LANGUAGE_KO;
    case SCRIPT_KANA:
        return LANGUAGE_JA;
    case SCRIPT_HAN:
        return LANGUAGE_ZH;
    case SCRIPT_NONE:
    case SCRIPT_FOREIGN:
    case SCRIPT_COUNT:
        break;
    }
    return LANGUAGE_UNKNOWN;
}

enum { LETTERS_LEAST = 4 };

Language language_of(Str text)
{
    Pass p = {0};
    read_text(&p, utf8_head(text, LANGUAGE_READ_BYTES));
    /* Japanese writes Han and kana together; a sixth of kana is more than a quotation. */
    if (p.letters[SCRIPT_KANA] * 18 > p.letters[SCRIPT_HAN]) {
        p.letters[SCRIPT_KANA] += p.letters[SCRIPT_HAN];
        p.letters[SCRIPT_HAN] = 0;
    }
    unsigned all = 0, best = SCRIPT_LATIN;
    for (unsigned s = SCRIPT_LATIN; s < SCRIPT_COUNT; s++) {
        all += p.letters[s];
        best = p.letters[s] > p.letters[best] ? s : best;
    }
    if (all < LETTERS_LEAST || 3 * p.letters[best] < 2 * all)
        return LANGUAGE_UNKNOWN; /* too short, or in two scripts */
    return of_script(&p, (Script)best);
}

/* ---- names -------------------------------------------------------------------------- */

static const struct {
    Str code;
    const char *name;
} languages[LANGUAGE_COUNT] = {
#define X(id, code, name) {STR(code), name},
    LANGUAGE_TABLE(X)
#undef X
};

const char *language_code(Language l) { return languages[l].code.ptr; }
const char *language_name(Language l) { return languages[l].name; }

bool language_parse(Str tag, Language *out)
{
    for (Str part = tag;;) {
        for (int l = LANGUAGE_UNKNOWN + 1; l < LANGUAGE_COUNT; l++) {
            if (str_eq(part, languages[l].code)) {
                *out = (Language)l;
                return true;
            }
        }
        Str rest = tag;
        if (part.len < tag.len || !str_cut(&rest, '-', &part) || part.len == tag.len)
            return false;
    }
}
