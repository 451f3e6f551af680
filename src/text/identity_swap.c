/* identity_swap.c - words are runs of ASCII letters, since the table is English.
 *
 * The groups are dealt anew for every text: a shuffle in which no group that is named keeps
 * its place gives each its counterpart.
 */
#include "text/identity_swap.h"

#include "base/buf.h"

typedef struct Group {
    const char *plural;    /* for "Muslims"; several words may stand in for it */
    const char *noun;      /* the plural as one word; NULL: it has none that is safe */
    const char *adjective; /* before a word for people; NULL: likewise */
} Group;

/* clang-format off */
static const Group groups[] = {
    {"Muslims",            "Muslims",    "Muslim"},
    {"Jews",               "Jews",       "Jewish"},
    {"Christians",         "Christians", "Christian"},
    {"Catholics",          "Catholics",  "Catholic"},
    {"Hindus",             "Hindus",     "Hindu"},
    {"Buddhists",          "Buddhists",  "Buddhist"},
    {"Sikhs",              "Sikhs",      "Sikh"},
    {"atheists",           "atheists",   "atheist"},
    {"women",              "women",      "female"},
    {"men",                "men",        "male"},
    {"gays",               "gays",       "gay"},
    {"lesbians",           "lesbians",   "lesbian"},
    {"bisexuals",          "bisexuals",  "bisexual"},
    {"transgender people", NULL,         "transgender"},
    {"trans people",       NULL,         "trans"},
    {"nonbinary people",   NULL,         "nonbinary"},
    {"straight people",    NULL,         "straight"},
    {"Black people",       "blacks",     "Black"},
    {"white people",       "whites",     "white"},
    {"Asians",             "Asians",     "Asian"},
    {"Latinos",            "Latinos",    "Latino"},
    {"Arabs",              "Arabs",      "Arab"},
    {"Africans",           "Africans",   "African"},
    {"Roma people",        NULL,         "Roma"},
    {"Indigenous people",  NULL,         "Indigenous"},
    {"Mexicans",           "Mexicans",   "Mexican"},
    {"Chinese people",     NULL,         "Chinese"},
    {"Nigerians",          "Nigerians",  "Nigerian"},
    {"Indians",            "Indians",    "Indian"},
    {"Pakistanis",         "Pakistanis", "Pakistani"},
    {"Turks",              "Turks",      "Turkish"},
    {"Polish people",      NULL,         "Polish"},
    {"Americans",          "Americans",  "American"},
    {"immigrants",         "immigrants", "immigrant"},
    {"refugees",           "refugees",   "refugee"},
    {"foreigners",         "foreigners", "foreign"},
    {"blind people",       NULL,         "blind"},
    {"deaf people",        NULL,         "deaf"},
    {"disabled people",    NULL,         "disabled"},
    {"autistic people",    NULL,         "autistic"},
    {"elderly people",     NULL,         "elderly"},
};
/* clang-format on */
enum { GROUPS = sizeof groups / sizeof *groups };

static const char *const person_words[] = {
    "people",    "person", "man",     "men",       "woman",      "women",
    "guy",       "guys",   "folk",    "folks",     "community",  "families",
    "family",    "couple", "couples", "neighbour", "neighbours", "neighbor",
    "neighbors", "friend", "friends", "workers",   "worker",     "citizens",
};

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

static char upper(char c) { return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c; }
static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }

static bool same_word(Str x, const char *y)
{
    size_t i = 0;
    while (i < x.len && y[i] && lower(x.ptr[i]) == lower(y[i]))
        i++;
    return i == x.len && !y[i];
}

/* The run of letters from `at` on, which is moved to its start and behind it. */
static Str next_word(Str text, size_t *at)
{
    while (*at < text.len && !is_letter(text.ptr[*at]))
        (*at)++;
    size_t from = *at;
    while (*at < text.len && is_letter(text.ptr[*at]))
        (*at)++;
    return (Str){text.ptr + from, *at - from};
}

static bool is_person_next(Str text, size_t at)
{
    if (at >= text.len || text.ptr[at] != ' ')
        return false;
    Str word = next_word(text, &at);
    for (size_t i = 0; i < sizeof person_words / sizeof *person_words; i++)
        if (same_word(word, person_words[i]))
            return true;
    return false;
}

typedef struct Mention {
    int group; /* -1: none */
    bool adjective;
} Mention;

/* Of the word that ends at `end`. */
static Mention mention_of(Str text, Str word, size_t end)
{
    for (int g = 0; g < GROUPS; g++) {
        if (groups[g].noun && same_word(word, groups[g].noun))
            return (Mention){g, false};
        if (same_word(word, groups[g].adjective) && is_person_next(text, end))
            return (Mention){g, true};
    }
    return (Mention){-1, false};
}

/* to[GROUPS]: a counterpart for each group that is named, none of them itself. */
static void deal(Rng *rng, const bool *named, int *to)
{
    uint32_t order[GROUPS];
    for (;;) {
        bool own = false;
        for (uint32_t g = 0; g < GROUPS; g++)
            order[g] = g;
        rng_shuffle(rng, order, GROUPS);
        for (int g = 0; g < GROUPS; g++)
            own |= named[g] && order[g] == (uint32_t)g;
        if (own)
            continue;
        for (int g = 0; g < GROUPS; g++)
            to[g] = (int)order[g];
        return;
    }
}

/* As the replaced word was written: all small, all capitals, or as the table has it. */
static void put_like(Buf *out, const char *word, Str like, bool starts)
{
    bool small = true, capitals = like.len > 1;
    for (size_t i = 0; i < like.len; i++) {
        small &= like.ptr[i] == lower(like.ptr[i]);
        capitals &= like.ptr[i] == upper(like.ptr[i]);
    }
    for (size_t i = 0; word[i]; i++) {
        char c = word[i];
        if (small)
            c = lower(c);
        else if (capitals || (i == 0 && starts))
            c = upper(c);
        buf_byte(out, c);
    }
}

static bool is_vowel(char c)
{
    c = lower(c);
    return c == 'a' || c == 'e' || c == 'i' || c == 'o';
}

/* The text up to a swapped word, with the article before it, if there is one, as the new
 * word wants it. */
static void put_before(Buf *out, Str gap, char next)
{
    size_t article = 0; /* letters of it */
    if (gap.len >= 2 && gap.ptr[gap.len - 1] == ' ') {
        bool an = gap.len >= 3 && lower(gap.ptr[gap.len - 2]) == 'n';
        size_t from = gap.len - (an ? 3 : 2);
        if (lower(gap.ptr[from]) == 'a' && (from == 0 || !is_letter(gap.ptr[from - 1])))
            article = an ? 2 : 1;
    }
    if (article == 0) {
        buf_put(out, gap);
        return;
    }
    buf_put(out, (Str){gap.ptr, gap.len - article});
    buf_put(out, is_vowel(next) ? STR("n ") : STR(" "));
}

bool identity_swap(Arena *a, Str text, Rng *rng, Str *out)
{
    bool named[GROUPS] = {0}, any = false;
    for (size_t at = 0; at < text.len;) {
        Str word = next_word(text, &at);
        Mention m = mention_of(text, word, at);
        if (m.group >= 0)
            named[m.group] = any = true;
    }
    if (!any)
        return false;
    int to[GROUPS];
    deal(rng, named, to);
    Buf b;
    buf_init(&b, 8 * text.len + 64);
    size_t done = 0;
    for (size_t at = 0; at < text.len;) {
        Str word = next_word(text, &at);
        Mention m = mention_of(text, word, at);
        if (m.group < 0)
            continue;
        const Group *g = &groups[to[m.group]];
        const char *new = m.adjective ? g->adjective : g->plural;
        size_t start = (size_t)(word.ptr - text.ptr);
        bool starts = start == 0 || (start > 1 && text.ptr[start - 2] == '.');
        put_before(&b, (Str){text.ptr + done, start - done}, new[0]);
        put_like(&b, new, word, starts);
        done = at;
    }
    buf_put(&b, (Str){text.ptr + done, text.len - done});
    *out = str_copy(a, buf_str(&b));
    buf_done(&b);
    return true;
}
