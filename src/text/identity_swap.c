/* identity_swap.c - words are runs of ASCII letters, since the table is English.
 *
 * The groups are dealt anew for every text: a shuffle in which no group that is named keeps
 * its place gives each its counterpart.
 */
#include "text/identity_swap.h"

#include "base/buf.h"

typedef struct Group {
    const char *plural;    /* for "Muslims"; several words may stand in for it */
    const char *singular;  /* for "Muslim" in "a Muslim"; likewise */
    const char *noun;      /* the plural as one word; NULL: it has none that is safe */
    const char *adjective; /* before a word for people */
    bool thing;            /* said of things too: "they are white" may be shirts */
} Group;

/* clang-format off */
static const Group groups[] = {
    {"Muslims",                  "Muslim",                   "Muslims",    "Muslim",           false},
    {"Jews",                     "Jewish person",            "Jews",       "Jewish",           false},
    {"Christians",               "Christian",                "Christians", "Christian",        false},
    {"Catholics",                "Catholic",                 "Catholics",  "Catholic",         false},
    {"Hindus",                   "Hindu",                    "Hindus",     "Hindu",            false},
    {"Buddhists",                "Buddhist",                 "Buddhists",  "Buddhist",         false},
    {"Sikhs",                    "Sikh",                     "Sikhs",      "Sikh",             false},
    {"atheists",                 "atheist",                  "atheists",   "atheist",          false},
    {"women",                    "woman",                    "women",      "female",           false},
    {"men",                      "man",                      "men",        "male",             false},
    {"gays",                     "gay person",               "gays",       "gay",              false},
    {"lesbians",                 "lesbian",                  "lesbians",   "lesbian",          false},
    {"bisexuals",                "bisexual",                 "bisexuals",  "bisexual",         false},
    {"transgender people",       "transgender person",       NULL,         "transgender",      false},
    {"trans people",             "trans person",             NULL,         "trans",            false},
    {"nonbinary people",         "nonbinary person",         NULL,         "nonbinary",        false},
    {"straight people",          "straight person",          NULL,         "straight",         true},
    {"Black people",             "Black person",             "blacks",     "Black",            true},
    {"white people",             "white person",             "whites",     "white",            true},
    {"Asians",                   "Asian",                    "Asians",     "Asian",            false},
    {"Latinos",                  "Latino",                   "Latinos",    "Latino",           false},
    {"Arabs",                    "Arab",                     "Arabs",      "Arab",             false},
    {"Africans",                 "African",                  "Africans",   "African",          false},
    {"Roma people",              "Roma person",              NULL,         "Roma",             false},
    {"Indigenous people",        "Indigenous person",        NULL,         "Indigenous",       false},
    {"Mexicans",                 "Mexican",                  "Mexicans",   "Mexican",          false},
    {"Chinese people",           "Chinese person",           NULL,         "Chinese",          false},
    {"Nigerians",                "Nigerian",                 "Nigerians",  "Nigerian",         false},
    {"Indians",                  "Indian",                   "Indians",    "Indian",           false},
    {"Pakistanis",               "Pakistani",                "Pakistanis", "Pakistani",        false},
    {"Turks",                    "Turk",                     "Turks",      "Turkish",          false},
    {"Polish people",            "Polish person",            NULL,         "Polish",           false},
    {"Americans",                "American",                 "Americans",  "American",         false},
    {"immigrants",               "immigrant",                "immigrants", "immigrant",        false},
    {"refugees",                 "refugee",                  "refugees",   "refugee",          false},
    {"foreigners",               "foreigner",                "foreigners", "foreign",          true},
    {"blind people",             "blind person",             NULL,         "blind",            false},
    {"deaf people",              "deaf person",              NULL,         "deaf",             false},
    {"disabled people",          "disabled person",          NULL,         "disabled",         false},
    {"autistic people",          "autistic person",          NULL,         "autistic",         false},
    {"elderly people",           "elderly person",           NULL,         "elderly",          false},
    {"middle-aged people",       "middle-aged person",       NULL,         "middle-aged",      false},
    {"people in their twenties", "person in their twenties", NULL,         "twenty-something", false},
    {"wheelchair users",         "wheelchair user",          NULL,         "wheelchair-using", false},
};
/* clang-format on */
enum { GROUPS = sizeof groups / sizeof *groups };

static const char *const person_words[] = {
    "people",    "person", "man",     "men",       "woman",      "women",
    "guy",       "guys",   "folk",    "folks",     "community",  "families",
    "family",    "couple", "couples", "neighbour", "neighbours", "neighbor",
    "neighbors", "friend", "friends", "workers",   "worker",     "citizens",
};

/* What goes on after a person: "a Muslim who", not "a Muslim country". */
static const char *const behind_person[] = {
    "is",      "was", "who",  "and",  "or",   "in",    "on",   "at",    "from",
    "with",    "to",  "has",  "had",  "will", "would", "can",  "could", "that",
    "as",      "but", "for",  "by",   "like", "not",   "than", "so",    "should",
    "because", "if",  "when", "told", "said", "moved",
};

static const char *const behind_trait[] = {"and", "or", "but", "because", "so", "like", "too"};

/* Who is surely a person, and what joins a trait to them; "s", "m" and "re" follow an
 * apostrophe. */
static const char *const pronouns[] = {"i", "he", "she", "we", "you", "they", "who"};
static const char *const copulas[] = {"am", "is", "are", "was", "were", "m", "s", "re"};

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

#define IS_ONE_OF(word, list) is_one_of(word, list, sizeof(list) / sizeof *(list))
static bool is_one_of(Str word, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (same_word(word, list[i]))
            return true;
    return false;
}

/* The word behind one space; empty: there is none, so that the sentence or clause ends. */
static Str word_behind(Str text, size_t *at)
{
    Str none = {text.ptr + *at, 0};
    if (*at + 1 >= text.len || text.ptr[*at] != ' ' || !is_letter(text.ptr[*at + 1]))
        return none;
    return next_word(text, at);
}

/* Nothing that this word could belong to stands behind it: a number, a hyphen, a letter of
 * another script and markup could. */
static bool is_closed(Str text, size_t at)
{
    return at == text.len || (text.ptr[at] && strchr(".,;:!?\n", text.ptr[at]));
}

typedef enum Form { FORM_PLURAL, FORM_SINGULAR, FORM_ADJECTIVE } Form;

typedef struct Mention {
    int group;
    Form form;
    Str word; /* whose capitals the new one takes */
    size_t start, end;
} Mention;

/* A walk over the words of a text. */
typedef struct Walk {
    Str text, word, before, earlier;
    size_t at;
} Walk;

static bool step(Walk *w)
{
    w->earlier = w->before;
    w->before = w->word;
    w->word = next_word(w->text, &w->at);
    return w->word.len > 0;
}

/* Whether x and the word w->word stand one character apart. */
static bool is_beside(Str x, Str word) { return x.ptr && x.ptr + x.len + 1 == word.ptr; }

static bool has_article(const Walk *w)
{
    return is_beside(w->before, w->word) && w->word.ptr[-1] == ' ' &&
           (same_word(w->before, "a") || same_word(w->before, "an"));
}

/* "they are gay", "I'm gay", "being gay". */
static bool is_said_of_person(const Walk *w)
{
    if (!is_beside(w->before, w->word) || w->word.ptr[-1] != ' ')
        return false;
    return same_word(w->before, "being") ||
           (IS_ONE_OF(w->before, copulas) && is_beside(w->earlier, w->before) &&
            IS_ONE_OF(w->earlier, pronouns));
}

/* Of group g at the walk's word. */
static bool is_mention(const Walk *w, const Group *g, Mention *m)
{
    size_t end = w->at;
    Str behind = word_behind(w->text, &end);
    bool closed = is_closed(w->text, w->at);
    m->end = w->at;
    m->form = FORM_PLURAL;
    if (g->noun && same_word(w->word, g->noun))
        return true;
    if (same_word(w->word, g->adjective) && IS_ONE_OF(behind, person_words)) {
        bool people = same_word(behind, "people"), person = same_word(behind, "person");
        m->form = people ? FORM_PLURAL : person ? FORM_SINGULAR : FORM_ADJECTIVE;
        m->end = people || person ? end : w->at;
        return true;
    }
    m->form = FORM_SINGULAR;
    if (same_word(w->word, g->singular) && has_article(w))
        return closed || IS_ONE_OF(behind, behind_person);
    m->form = FORM_ADJECTIVE;
    return same_word(w->word, g->adjective) && !g->thing && is_said_of_person(w) &&
           (closed || IS_ONE_OF(behind, behind_trait));
}

static bool next_mention(Walk *w, Mention *m)
{
    while (step(w)) {
        *m = (Mention){.word = w->word, .start = (size_t)(w->word.ptr - w->text.ptr)};
        for (m->group = 0; m->group < GROUPS; m->group++)
            if (is_mention(w, &groups[m->group], m)) {
                w->at = m->end;
                return true;
            }
    }
    return false;
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
    Mention m;
    for (Walk w = {.text = text}; next_mention(&w, &m);)
        named[m.group] = any = true;
    if (!any)
        return false;
    int to[GROUPS];
    deal(rng, named, to);
    Buf b;
    buf_init(&b, 8 * text.len + 64);
    size_t done = 0;
    for (Walk w = {.text = text}; next_mention(&w, &m);) {
        const Group *g = &groups[to[m.group]];
        const char *const form[] = {
            [FORM_PLURAL] = g->plural,
            [FORM_SINGULAR] = g->singular,
            [FORM_ADJECTIVE] = g->adjective,
        };
        const char *new = form[m.form];
        bool starts = m.start == 0 || (m.start > 1 && text.ptr[m.start - 2] == '.');
        put_before(&b, (Str){text.ptr + done, m.start - done}, new[0]);
        put_like(&b, new, m.word, starts);
        done = m.end;
    }
    buf_put(&b, (Str){text.ptr + done, text.len - done});
    *out = str_copy(a, buf_str(&b));
    buf_done(&b);
    return true;
}
