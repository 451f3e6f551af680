/* regex_needs.c - literals without which an expression cannot match.
 *
 * From below: of a sequence the best of what its parts need, where neighbouring plain
 * characters are one literal; of a choice all that its alternatives need, if each needs
 * something; of a repeat what its body needs, if it comes at least once.  "Best" is the
 * longest shortest literal.  (As RE2 and its like do before they search.)
 *
 * Literals are compared without ASCII case only, so other characters that have cases break
 * one off.
 */
#include "text/regex_internal.h"

#include "text/utf8.h"

#include <unicode/uchar.h>

enum { RUN_MAX = 64 /* bytes of a literal: more choose no better */ };

typedef struct Need {
    Str literal[REGEX_NEEDS_MAX];
    size_t count; /* 0: nothing is needed */
} Need;

static size_t shortest(const Need *n)
{
    size_t least = 0;
    for (size_t i = 0; i < n->count; i++)
        if (i == 0 || n->literal[i].len < least)
            least = n->literal[i].len;
    return least;
}

static void keep_better(Need *best, const Need *other)
{
    if (shortest(other) > shortest(best))
        *best = *other;
}

static bool is_plain(const RegexNode *x)
{
    if (x->kind != REGEX_CHARACTER)
        return false;
    UChar32 c = (UChar32)x->character;
    return c < 0x80 || (u_toupper(c) == c && u_tolower(c) == c && u_totitle(c) == c);
}

static void find(Arena *a, const RegexTree *t, int n, Need *out);

/* The plain character at node *n; in a sequence also those behind it, and *n moves on. */
static void find_run(Arena *a, const RegexTree *t, int *n, bool alone, Need *out)
{
    char run[RUN_MAX + 4];
    size_t len = 0;
    do {
        if (len < RUN_MAX)
            len += utf8_encode(t->node[*n].character, run + len);
        *n = t->node[*n].next;
    } while (!alone && *n != REGEX_NONE && is_plain(&t->node[*n]));
    out->literal[0] = str_copy(a, (Str){run, len});
    out->count = 1;
}

static void find_sequence(Arena *a, const RegexTree *t, int first, Need *out)
{
    for (int c = first; c != REGEX_NONE;) {
        Need part = {.count = 0};
        if (is_plain(&t->node[c])) {
            find_run(a, t, &c, false, &part);
        } else {
            find(a, t, c, &part);
            c = t->node[c].next;
        }
        keep_better(out, &part);
    }
}

static void find_choice(Arena *a, const RegexTree *t, int first, Need *out)
{
    Need all = {.count = 0};
    for (int c = first; c != REGEX_NONE; c = t->node[c].next) {
        Need one = {.count = 0};
        find(a, t, c, &one);
        if (!one.count || all.count + one.count > REGEX_NEEDS_MAX)
            return;
        for (size_t i = 0; i < one.count; i++)
            all.literal[all.count++] = one.literal[i];
    }
    *out = all;
}

static void find(Arena *a, const RegexTree *t, int n, Need *out)
{
    const RegexNode *x = &t->node[n];
    switch (x->kind) {
    case REGEX_EMPTY:
    case REGEX_CLASS:
    case REGEX_ASSERT:
        return;
    case REGEX_CHARACTER:
        if (is_plain(x))
            find_run(a, t, &n, true, out);
        return;
    case REGEX_SEQUENCE:
        find_sequence(a, t, x->first, out);
        return;
    case REGEX_CHOICE:
        find_choice(a, t, x->first, out);
        return;
    case REGEX_REPEAT:
        if (x->least > 0)
            find(a, t, x->first, out);
        return;
    }
}

void regex_find_needs(Arena *a, const RegexTree *t, const Str **out, size_t *count)
{
    Need need = {.count = 0};
    find(a, t, t->root, &need);
    bool chooses = need.count && shortest(&need) >= REGEX_NEED_LEAST;
    Str *kept = arena_array(a, Str, chooses ? need.count : 0);
    for (size_t i = 0; chooses && i < need.count; i++)
        kept[i] = need.literal[i];
    *out = kept;
    *count = chooses ? need.count : 0;
}
