/* regex.c - the states of an expression, and a search that is in all of them at once.
 *
 * A state reads one character, or leads on without reading (a fork, a jump, a place that
 * must hold).  While the text is read once, character by character, `now` lists the reading
 * states that some beginning of a match could be in, each with where that match began.  A
 * state is listed once, for the earliest beginning: lists are in order of beginnings, so what
 * comes first is it.  That is all there is to keep, so cost and memory are bounded
 * (Thompson 1968; Cox, "Regular expression matching can be simple and fast", 2007).
 */
#include "text/regex.h"

#include "text/regex_internal.h"
#include "text/utf8.h"

typedef enum StateKind {
    READ_CHARACTER,
    READ_CLASS,
    FORK,  /* to the next state and to `to` */
    JUMP,  /* to `to` */
    PLACE, /* on, where it holds */
    MATCH
} StateKind;

typedef struct RegexState {
    StateKind kind;
    uint32_t value; /* character, class, state, RegexAssert */
} RegexState;

struct Regex {
    const RegexState *state;
    const RegexClass *class;
    const Str *need;
    size_t states, needs;
};

/* ---- from tree to states --------------------------------------------------------------- */

static bool is_empty(const RegexTree *t, int n) /* may it match nothing? */
{
    const RegexNode *x = &t->node[n];
    if (x->kind == REGEX_EMPTY || x->kind == REGEX_ASSERT)
        return true;
    if (x->kind == REGEX_CHARACTER || x->kind == REGEX_CLASS)
        return false;
    if (x->kind == REGEX_REPEAT)
        return x->least == 0 || is_empty(t, x->first);
    for (int c = x->first; c != REGEX_NONE; c = t->node[c].next)
        if (is_empty(t, c) == (x->kind == REGEX_CHOICE))
            return x->kind == REGEX_CHOICE;
    return x->kind == REGEX_SEQUENCE;
}

static size_t at_most(size_t n) { return n > REGEX_MAX_STATES ? REGEX_MAX_STATES + 1 : n; }

/* States that emit() makes of n; what is more than the limit is one more than it. */
static size_t size_of(const RegexTree *t, int n)
{
    const RegexNode *x = &t->node[n];
    if (x->kind == REGEX_CHARACTER || x->kind == REGEX_CLASS || x->kind == REGEX_ASSERT)
        return 1;
    if (x->kind == REGEX_REPEAT) {
        size_t body = size_of(t, x->first), least = (size_t)x->least;
        if (x->most == REGEX_UNBOUNDED)
            return at_most(least ? least * body + 1 : body + 2);
        return at_most(least * body + (size_t)(x->most - x->least) * (body + 1));
    }
    size_t sum = 0;
    for (int c = x->first; c != REGEX_NONE; c = t->node[c].next) {
        bool jumps = x->kind == REGEX_CHOICE && t->node[c].next != REGEX_NONE;
        sum = at_most(sum + size_of(t, c) + (jumps ? 2 : 0));
    }
    return sum;
}

typedef struct Emitter {
    const RegexTree *tree;
    RegexState *state;
    size_t count;
} Emitter;

static size_t put(Emitter *e, StateKind kind, uint32_t value)
{
    e->state[e->count] = (RegexState){kind, value};
    return e->count++;
}

static void emit(Emitter *e, int n);

static void emit_choice(Emitter *e, int first)
{
    /* The jumps to the end are chained through their values until the end is known. */
    uint32_t chain = 0;
    for (int c = first; c != REGEX_NONE; c = e->tree->node[c].next) {
        bool last = e->tree->node[c].next == REGEX_NONE;
        size_t fork = last ? 0 : put(e, FORK, 0);
        emit(e, c);
        if (last)
            break;
        chain = (uint32_t)put(e, JUMP, chain);
        e->state[fork].value = (uint32_t)e->count;
    }
    while (chain) {
        uint32_t next = e->state[chain].value;
        e->state[chain].value = (uint32_t)e->count;
        chain = next;
    }
}

static void emit_repeat(Emitter *e, const RegexNode *x)
{
    size_t begin = e->count;
    for (int i = 0; i < x->least; i++) {
        begin = e->count;
        emit(e, x->first);
    }
    if (x->most == REGEX_UNBOUNDED && x->least) { /* the last copy loops */
        put(e, FORK, (uint32_t)begin);
        return;
    }
    if (x->most == REGEX_UNBOUNDED) {
        size_t fork = put(e, FORK, 0);
        emit(e, x->first);
        put(e, JUMP, (uint32_t)fork);
        e->state[fork].value = (uint32_t)e->count;
        return;
    }
    uint32_t chain = 0; /* of forks, as above */
    bool chained = false;
    for (int i = x->least; i < x->most; i++) {
        size_t fork = put(e, FORK, chain);
        chain = (uint32_t)fork;
        chained = true;
        emit(e, x->first);
    }
    for (int i = x->least; chained && i < x->most; i++) {
        uint32_t next = e->state[chain].value;
        e->state[chain].value = (uint32_t)e->count;
        chain = next;
    }
}

static void emit(Emitter *e, int n)
{
    const RegexNode *x = &e->tree->node[n];
    switch (x->kind) {
    case REGEX_EMPTY:
        break;
    case REGEX_CHARACTER:
        put(e, READ_CHARACTER, x->character);
        break;
    case REGEX_CLASS:
        put(e, READ_CLASS, (uint32_t)x->class);
        break;
    case REGEX_ASSERT:
        put(e, PLACE, x->assert);
        break;
    case REGEX_SEQUENCE:
        for (int c = x->first; c != REGEX_NONE; c = e->tree->node[c].next)
            emit(e, c);
        break;
    case REGEX_CHOICE:
        emit_choice(e, x->first);
        break;
    case REGEX_REPEAT:
        emit_repeat(e, x);
        break;
    }
}

static bool compile(Arena *a, Arena *scratch, Str pattern, Regex *out, Err *err)
{
    RegexTree t;
    if (!regex_parse(scratch, pattern, &t, err))
        return false;
    if (is_empty(&t, t.root))
        return err_set(err, ERR_INPUT, "it matches the empty text");
    size_t states = size_of(&t, t.root) + 1;
    if (states > REGEX_MAX_STATES)
        return err_set(err, ERR_INPUT,
                       "too large: its repeats written out, it has more than "
                       "%d states",
                       REGEX_MAX_STATES);
    RegexState *state = arena_try_array(a, RegexState, states);
    RegexClass *class = arena_try_array(a, RegexClass, (size_t)t.classes);
    if (!state || !class)
        return err_set(err, ERR_LIMIT, "no room for an expression");
    if (t.classes)
        memcpy(class, t.class, (size_t)t.classes * sizeof *class);
    Emitter e = {&t, state, 0};
    emit(&e, t.root);
    put(&e, MATCH, 0);
    *out = (Regex){.state = state, .class = class, .states = e.count};
    regex_find_needs(a, &t, &out->need, &out->needs);
    return true;
}

bool regex_compile(Arena *a, Arena *scratch, Str pattern, const Regex **out, Err *err)
{
    Regex r;
    ArenaMark mark = arena_mark(scratch);
    bool ok = compile(a, scratch, pattern, &r, err);
    arena_rewind(scratch, mark);
    if (!ok)
        return false;
    Regex *kept = arena_try_array(a, Regex, 1);
    if (!kept)
        return err_set(err, ERR_LIMIT, "no room for an expression");
    *kept = r;
    *out = kept;
    return true;
}

const Str *regex_needs(const Regex *r, size_t *count)
{
    *count = r->needs;
    return r->need;
}

size_t regex_states(const Regex *r) { return r->states; }

/* ---- searching --------------------------------------------------------------------------- */

typedef struct Thread {
    uint32_t state, start;
} Thread;

typedef struct Search {
    const Regex *regex;
    Str text;
    Thread *now, *next;
    size_t now_count, next_count;
    uint32_t *seen; /* by state: the round in which it was listed */
    uint32_t *stack;
    uint32_t round;
    uint64_t budget;
    bool found;
    size_t start, end;
} Search;

static bool word_before(Str s, size_t at)
{
    size_t i = at, bytes;
    while (i > 0 && ((uint8_t)s.ptr[--i] & 0xc0) == 0x80)
        ;
    return at > 0 && regex_is_word(utf8_decode(s, i, &bytes));
}

static bool word_behind(Str s, size_t at)
{
    size_t bytes;
    return at < s.len && regex_is_word(utf8_decode(s, at, &bytes));
}

static bool holds(Str s, size_t at, uint32_t place)
{
    switch ((RegexAssert)place) {
    case AT_START:
        return at == 0;
    case AT_END:
        return at == s.len;
    case AT_WORD:
        return word_before(s, at) != word_behind(s, at);
    case NOT_AT_WORD:
        return word_before(s, at) == word_behind(s, at);
    }
    return false;
}

/* Lists the reading states that `state` leads to, for a match that began at `start`. */
static void list(Search *s, uint32_t state, uint32_t start, size_t at)
{
    size_t depth = 0;
    s->stack[depth++] = state;
    while (depth && s->budget) {
        uint32_t i = s->stack[--depth];
        if (s->seen[i] == s->round)
            continue;
        s->seen[i] = s->round;
        s->budget--;
        RegexState x = s->regex->state[i];
        switch (x.kind) {
        case FORK:
            s->stack[depth++] = x.value;
            s->stack[depth++] = i + 1;
            break;
        case JUMP:
            s->stack[depth++] = x.value;
            break;
        case PLACE:
            if (holds(s->text, at, x.value))
                s->stack[depth++] = i + 1;
            break;
        case MATCH:
            if (!s->found || start < s->start || (start == s->start && at > s->end)) {
                s->found = true;
                s->start = start;
                s->end = at;
            }
            break;
        case READ_CHARACTER:
        case READ_CLASS:
            s->next[s->next_count++] = (Thread){i, start};
            break;
        }
    }
}

static bool reads(const Regex *r, RegexState x, uint32_t c, uint32_t folded)
{
    return x.kind == READ_CHARACTER ? x.value == folded
                                    : regex_class_has(&r->class[x.value], c);
}

static void turn(Search *s)
{
    Thread *t = s->now;
    s->now = s->next;
    s->now_count = s->next_count;
    s->next = t;
    s->next_count = 0;
    s->round++;
}

static void run(Search *s, size_t from)
{
    const Regex *r = s->regex;
    for (size_t at = from, bytes; s->budget; at += bytes) {
        if (!s->found)
            list(s, 0, (uint32_t)at, at); /* behind all that began before */
        turn(s);
        if (at >= s->text.len || (s->found && !s->now_count))
            return;
        uint32_t c = utf8_decode(s->text, at, &bytes), folded = regex_fold(c);
        for (size_t i = 0; i < s->now_count && s->budget; i++) {
            Thread t = s->now[i];
            if (s->found && t.start > s->start)
                break;
            s->budget--;
            if (reads(r, r->state[t.state], c, folded))
                list(s, t.state + 1, t.start, at + bytes);
        }
    }
}

bool regex_find(const Regex *r, Arena *scratch, Str text, size_t from, uint64_t *budget,
                size_t *start, size_t *end)
{
    ArenaMark mark = arena_mark(scratch);
    Search s = {.regex = r, .text = text, .round = 1, .budget = *budget};
    s.now = arena_try_array(scratch, Thread, r->states);
    s.next = arena_try_array(scratch, Thread, r->states);
    s.seen = arena_try_array(scratch, uint32_t, r->states);
    s.stack = arena_try_array(scratch, uint32_t, 2 * r->states + 2);
    if (s.now && s.next && s.seen && s.stack)
        run(&s, from);
    else
        s.budget = 0; /* no room is no time */
    arena_rewind(scratch, mark);
    *budget = s.budget;
    if (!s.found || !s.budget)
        return false;
    *start = s.start;
    *end = s.end;
    return true;
}
