/* english.c - see english_table.c for the larger tables and tools/make-english.c for
 * how they are made.
 *
 * The thresholds were set on a word list: of words with five letters and more 95 %
 * score over -5.25, of random letters 3 %; short words tell too little, they must be known.
 */
#include "text/english.h"

#include "text/english_internal.h"
#include "text/utf8.h"
#include "text/words.h"

#include <endian.h>

static const double LEAST_SCORE = -5.2;
enum { PLAUSIBLE_LETTERS = 5, FOREIGN_LETTERS = 6, SURE_LETTERS = 12 };

/* clang-format off */
/* Words that are disguised on purpose: abuse, and what attacks on a model are made of. */
static const char targets[][ENGLISH_WORD_MAX] = { /* ascending */
    "anal", "anus", "arse", "arsehole", "ass", "asses", "asshole", "bastard", "bastards", "bitch", "bitches",
    "blowjob", "bollocks", "bomb", "boob", "boobs", "bullshit", "bypass", "cocaine", "cock", "cocks", "coon",
    "crap", "crypto", "cum", "cunt", "cunts", "dick", "dickhead", "die", "dildo", "dumb", "dumbass", "dyke",
    "fag", "faggot", "faggots", "fags", "fap", "fat", "fentanyl", "fuck", "fucked", "fucker", "fuckers",
    "fucking", "fucks", "gook", "gun", "hack", "hang", "hate", "heil", "hello", "hentai", "heroin", "hitler", "hoe",
    "hoes", "homo", "horny", "ignore", "instructions", "jailbreak", "jihad", "kike", "kill", "killing", "kys",
    "leet", "lesbo", "loser", "meth", "molest", "moron", "murder", "naked", "nazi", "nazis", "negro",
    "nigga", "niggas", "nigger", "niggers", "noob", "nude", "nudes", "orgasm", "paki", "password", "pedo",
    "penis", "piss", "porn", "porno", "prick", "prompt", "pussy", "rape", "raped", "rapist", "retard",
    "retarded", "scum", "semen", "sex", "sexy", "shit", "shitty", "skank", "slag", "slave", "slut", "sluts",
    "spastic", "speak", "spic", "stab", "stupid", "subhuman", "suicide", "tard", "terrorist", "thot", "tits",
    "titties", "tranny", "twat", "ugly", "vagina", "vermin", "viagra", "wank", "wanker", "weed", "wetback",
    "whore", "whores", "yourself",
};
/* The likeliest first: the first that fits is taken. */
static const char *const masked[] = {
    "fuck", "fucking", "fucker", "fucked", "fucks", "shit", "shitty", "bitch", "bitches", "cunt", "cunts",
    "asshole", "assholes", "pussy", "dick", "cock", "whore", "slut", "sluts", "nigger", "niggers", "nigga",
    "faggot", "fag", "retard", "retarded", "bastard", "bullshit", "porn", "rape", "rapist", "suicide", "murder",
    "kill", "wanker", "twat", "damn", "crap", "tits", "penis", "vagina", "bollocks", "motherfucker",
};
static const Str endings[] = {
    STR("s"), STR("es"), STR("ed"), STR("d"), STR("er"), STR("ers"), STR("ing"), STR("in"), STR("y"),
};
/* clang-format on */

/* A word of at most 16 letters as two numbers whose order is the order of its bytes. */
typedef struct Packed {
    uint64_t high, low;
} Packed;

static uint64_t first_eight(const char *p)
{
    uint64_t w;
    memcpy(&w, p, sizeof w);
    return be64toh(w);
}

static Packed pack(const char padded[ENGLISH_WORD_MAX])
{
    return (Packed){first_eight(padded), first_eight(padded + 8)};
}

/* To the first row that is not below by its first eight letters, by halving without a branch
 * that depends on the word; then along the few that share those. */
static bool in_rows(const char (*row)[ENGLISH_WORD_MAX], size_t count, Packed word)
{
    const char(*end)[ENGLISH_WORD_MAX] = row + count;
    while (count > 0) {
        size_t half = (count + 1) / 2;
        row += first_eight(row[half - 1]) < word.high ? half : 0;
        count -= half;
    }
    for (; row < end && first_eight(*row) == word.high; row++)
        if (pack(*row).low == word.low)
            return true;
    return false;
}

static bool listed(Str word)
{
    char padded[ENGLISH_WORD_MAX] = {0};
    if (word.len > ENGLISH_WORD_MAX || word.len == 0 || !is_ascii_lower(word.ptr[0]))
        return false;
    memcpy(padded, word.ptr, word.len);
    Packed p = pack(padded);
    int letter = word.ptr[0] - 'a';
    size_t first = english_first[letter];
    return in_rows(english_common + first, english_first[letter + 1] - first, p) ||
           in_rows(targets, sizeof targets / sizeof *targets, p);
}

bool english_known(Str word)
{
    if (word.len < 2 || word.len > 32)
        return false;
    if (listed(word))
        return true;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        Str end = endings[i];
        if (word.ptr[word.len - 1] == end.ptr[end.len - 1] && word.len >= end.len + 4 &&
            str_ends(word, end) && listed((Str){word.ptr, word.len - end.len}))
            return true;
    }
    return false;
}

static int index_of(char c) { return is_ascii_lower(c) ? c - 'a' + 1 : 0; }

int english_pair_score(char a, char b)
{
    static const int WORST = -127;
    return is_ascii_lower(b) ? english_pair[index_of(a)][index_of(b)] : WORST;
}

double english_score(Str word)
{
    long sum = 0;
    char before = ' ';
    for (size_t i = 0; i < word.len; before = word.ptr[i++])
        sum += english_pair_score(before, word.ptr[i]);
    return word.len ? (double)sum / 8 / (double)word.len : -16;
}

bool english_plausible(Str word)
{
    return (word.len >= PLAUSIBLE_LETTERS && english_score(word) >= LEAST_SCORE) ||
           english_known(word);
}

/* What a decoded text is made of. */
typedef struct Makeup {
    size_t letters, foreign, other; /* characters; white space is not counted */
    long score;                     /* of all pairs of ASCII letters */
    bool printable, known;          /* known: every word of three letters and more */
} Makeup;

static void end_word(Makeup *m, char *word, size_t *len)
{
    if (*len > 2 && !english_known((Str){word, *len}))
        m->known = false;
    *len = 0;
}

static Makeup makeup_of(Str s)
{
    Makeup m = {.printable = true, .known = true};
    char word[33] = "", before = ' ';
    size_t len = 0, bytes;
    for (size_t i = 0; i < s.len; i += bytes) {
        uint32_t c = utf8_decode(s, i, &bytes);
        c = c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
        if (c >= 'a' && c <= 'z') {
            m.letters++;
            m.score += english_pair_score(before, (char)c);
            before = (char)c;
            word[len < sizeof word - 1 ? len++ : len] = (char)c;
            continue;
        }
        before = ' ';
        end_word(&m, word, &len);
        if (c == ' ' || c == '\n' || c == '\t' || c == '\r')
            continue;
        m.printable &= c >= ' ' && c != 0x7f && c != 0xfffd && !(c >= 0x80 && c < 0xa0);
        m.foreign += c >= 0x80;
        m.other += c < 0x80;
        if (!m.printable)
            break;
    }
    end_word(&m, word, &len);
    return m;
}

bool english_like(Str s)
{
    if (!utf8_valid(s, NULL))
        return false;
    Makeup m = makeup_of(s);
    if (!m.printable)
        return false;
    size_t all = m.letters + m.foreign + m.other;
    if (m.foreign >= FOREIGN_LETTERS && 2 * m.foreign >= all)
        return true;
    if (m.letters < 4 || 4 * m.letters < 3 * all)
        return false;
    if (m.letters < SURE_LETTERS)
        return m.known;
    return (double)m.score / 8 / (double)m.letters >= LEAST_SCORE;
}

static bool fits(Str mask, const char *word)
{
    for (size_t i = 0; i < mask.len; i++)
        if (mask.ptr[i] != '*' && mask.ptr[i] != word[i])
            return false;
    return true;
}

const char *english_unmask(Str mask)
{
    size_t seen = 0;
    for (size_t i = 0; i < mask.len; i++)
        seen += mask.ptr[i] != '*';
    if (mask.len < 3 || mask.ptr[0] == '*' || seen == mask.len)
        return NULL;
    if (seen < 2 && !str_eq(mask, STR("f***")))
        return NULL;
    for (size_t i = 0; i < sizeof masked / sizeof *masked; i++)
        if (strlen(masked[i]) == mask.len && fits(mask, masked[i]))
            return masked[i];
    return NULL;
}
