/* literals.c - the automaton: a trie of the literals with a way back from each state.
 *
 * The trie is built from the sorted literals, level by level: a state is a range of literals
 * that agree so far, its children are the parts of that range by the next byte.  So the
 * children of a state are neighbours in number, and finding one is a look through a few
 * adjacent bytes (label), without tables of 256 entries a state: 50,000 literals of ten
 * bytes take some 6 MB and build in a tenth of a second.  Only the root has a full row, for
 * that is where a text spends most of its bytes.
 *
 * Where a state has no child for the next byte, `back` leads to the state of the longest
 * proper suffix that is in the trie; `also` to the nearest state on that way at which a
 * literal ends.  Steps back never outnumber steps forward: the work is linear.
 */
#include "text/literals.h"

#include <assert.h>
#include <stdlib.h>

enum { ROOT = 0, FEW = 16 /* children: looked through by a plain loop */ };

typedef struct State {
    uint32_t child; /* the first; the others follow */
    uint32_t back, also;
    uint32_t ends; /* the first of the literals that end here, in order; see ends_at */
    uint16_t children;
} State;

struct Literals {
    const State *state; /* one more than there are: its `ends` closes the last */
    const uint8_t *label;
    const uint32_t *order; /* of literals, sorted */
    size_t states;
    uint32_t first[256]; /* root's children, ROOT where there is none */
};

/* A literal in lower case, and its place in the caller's list. */
typedef struct Entry {
    Str text;
    uint32_t index;
} Entry;

typedef struct Span {
    uint32_t from, to, depth; /* entries that a state stands for */
} Span;

static uint8_t lower(char c)
{
    uint8_t u = (uint8_t)c;
    return (uint8_t)(u - 'A') < 26 ? u | 0x20 : u;
}

static int by_text(const void *x, const void *y)
{
    const Entry *p = x, *q = y;
    int order = str_cmp(p->text, q->text);
    return order ? order : (p->index > q->index) - (p->index < q->index);
}

static bool entries_read(Arena *a, const Str *literal, size_t count, Entry **out, Err *err)
{
    size_t bytes = 0;
    if (count > LITERALS_MAX_BYTES)
        return err_set(err, ERR_LIMIT, "%zu literals are too many", count);
    for (size_t i = 0; i < count; i++) {
        if (!literal[i].len || literal[i].len > LITERAL_MAX_BYTES)
            return err_set(err, ERR_LIMIT, "a literal has %zu bytes, not 1 to %d",
                           literal[i].len, LITERAL_MAX_BYTES);
        bytes += literal[i].len;
    }
    if (bytes > LITERALS_MAX_BYTES)
        return err_set(err, ERR_LIMIT, "the literals have %zu bytes, at most %d are taken",
                       bytes, LITERALS_MAX_BYTES);
    Entry *e = arena_try_array(a, Entry, count + 1);
    char *p = arena_try_array(a, char, bytes + 1);
    if (!e || !p)
        return err_set(err, ERR_LIMIT, "no room for %zu literals", count);
    for (size_t i = 0; i < count; i++) {
        e[i] = (Entry){
            {p, literal[i].len},
            (uint32_t)i
        };
        for (size_t k = 0; k < literal[i].len; k++)
            *p++ = (char)lower(literal[i].ptr[k]);
    }
    qsort(e, count, sizeof *e, by_text);
    *out = e;
    return true;
}

/* States a trie of sorted entries has: each adds what it does not share with the one before. */
static size_t count_states(const Entry *e, size_t count)
{
    size_t states = 1;
    for (size_t i = 0; i < count; i++) {
        size_t same = 0;
        if (i)
            while (same < e[i].text.len && same < e[i - 1].text.len &&
                   e[i].text.ptr[same] == e[i - 1].text.ptr[same])
                same++;
        states += e[i].text.len - same;
    }
    return states;
}

/* Children of state s, numbered from `next` on; the number behind them. */
static uint32_t grow(const Entry *e, Span *span, State *state, uint8_t *label, uint32_t s,
                     uint32_t next)
{
    Span own = span[s];
    uint32_t i = own.from;
    while (i < own.to && e[i].text.len == own.depth)
        i++; /* those end here */
    state[s].child = next;
    while (i < own.to) {
        uint8_t byte = (uint8_t)e[i].text.ptr[own.depth];
        uint32_t from = i;
        while (i < own.to && (uint8_t)e[i].text.ptr[own.depth] == byte)
            i++;
        span[next] = (Span){from, i, own.depth + 1};
        label[next++] = byte;
        state[s].children++;
    }
    return next;
}

static uint32_t child_of(const Literals *l, const State *s, uint8_t byte)
{
    const uint8_t *label = l->label + s->child;
    if (s->children > FEW) {
        const uint8_t *at = memchr(label, byte, s->children);
        return at ? s->child + (uint32_t)(at - label) : ROOT;
    }
    for (uint32_t i = 0; i < s->children; i++)
        if (label[i] == byte)
            return s->child + i;
    return ROOT;
}

static uint32_t step(const Literals *l, uint32_t at, uint8_t byte)
{
    while (at != ROOT) {
        uint32_t next = child_of(l, &l->state[at], byte);
        if (next != ROOT)
            return next;
        at = l->state[at].back;
    }
    return l->first[byte];
}

/* Where literals end that end at state s: the range of `order`. */
static bool has_end(const Literals *l, uint32_t s)
{
    return l->state[s].ends < l->state[s + 1].ends;
}

/* In the order of numbers, so that what is shorter is done before. */
static void link_back(const Literals *l, State *state)
{
    for (uint32_t s = 0; s < l->states; s++) {
        for (uint32_t k = 0; k < state[s].children; k++) {
            uint32_t c = state[s].child + k;
            uint32_t back = s == ROOT ? ROOT : step(l, state[s].back, l->label[c]);
            state[c].back = back;
            state[c].also = has_end(l, back) ? back : state[back].also;
        }
    }
}

static void number_ends(const Entry *e, const Span *span, State *state, uint32_t *order,
                        size_t states)
{
    uint32_t n = 0;
    for (size_t s = 0; s < states; s++) {
        state[s].ends = n;
        for (uint32_t i = span[s].from; i < span[s].to && e[i].text.len == span[s].depth; i++)
            order[n++] = e[i].index;
    }
    state[states].ends = n;
}

static bool build(Arena *a, Arena *scratch, const Str *literal, size_t count, Literals *out,
                  Err *err)
{
    Entry *e = NULL;
    if (!entries_read(scratch, literal, count, &e, err))
        return false;
    out->states = count_states(e, count);
    State *state = arena_try_array(a, State, out->states + 1);
    uint8_t *label = arena_try_array(a, uint8_t, out->states);
    uint32_t *order = arena_try_array(a, uint32_t, count);
    Span *span = arena_try_array(scratch, Span, out->states);
    if (!state || !label || !order || !span)
        return err_set(err, ERR_LIMIT, "no room for %zu literals", count);
    span[ROOT] = (Span){0, (uint32_t)count, 0};
    uint32_t next = 1;
    for (uint32_t s = 0; s < next; s++)
        next = grow(e, span, state, label, s, next);
    assert(next == out->states);
    number_ends(e, span, state, order, out->states);
    out->state = state;
    out->label = label;
    out->order = order;
    for (uint32_t k = 0; k < state[ROOT].children; k++)
        out->first[label[state[ROOT].child + k]] = state[ROOT].child + k;
    link_back(out, state);
    return true;
}

bool literals_build(Arena *a, Arena *scratch, const Str *literal, size_t count,
                    const Literals **out, Err *err)
{
    assert(a != scratch);
    Literals *l = arena_try_array(a, Literals, 1);
    ArenaMark mark = arena_mark(scratch);
    bool ok = l ? build(a, scratch, literal, count, l, err)
                : err_set(err, ERR_LIMIT, "no room for %zu literals", count);
    arena_rewind(scratch, mark);
    if (ok)
        *out = l;
    return ok;
}

size_t literals_states(const Literals *l) { return l->states; }

static bool report(const Literals *l, uint32_t s, size_t end, LiteralFound *found,
                   void *context)
{
    for (uint32_t i = l->state[s].ends; i < l->state[s + 1].ends; i++)
        if (!found(context, l->order[i], end))
            return false;
    return true;
}

void literals_find(const Literals *l, Str text, LiteralFound *found, void *context)
{
    uint32_t at = ROOT;
    for (size_t i = 0; i < text.len; i++) {
        at = step(l, at, lower(text.ptr[i]));
        for (uint32_t s = has_end(l, at) ? at : l->state[at].also; s != ROOT;
             s = l->state[s].also)
            if (!report(l, s, i + 1, found, context))
                return;
    }
}
