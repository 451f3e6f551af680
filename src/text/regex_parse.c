/* regex_parse.c - an expression's text into a tree; classes of characters.
 *
 * Recursive descent, one function a level: choice, sequence, repeat, atom.  The first fault
 * ends the reading and says at which byte.
 */
#include "text/regex_internal.h"

#include "text/utf8.h"
#include "text/words.h"

#include <stdarg.h>
#include <stdio.h>
#include <unicode/uchar.h>

typedef struct Parser {
    Str text;
    size_t at;
    int depth;
    RegexTree tree;
    int most; /* nodes there is room for */
    Err *err;
} Parser;

static int fail(const Parser *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static int fail(const Parser *p, const char *fmt, ...)
{
    char why[160];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(why, sizeof why, fmt, ap);
    va_end(ap);
    err_set(p->err, ERR_INPUT, "at %zu: %s", p->at + 1, why);
    return REGEX_NONE;
}

/* ---- characters ---------------------------------------------------------------------- */

uint32_t regex_fold(uint32_t c)
{
    if (c < 0x80)
        return c - 'A' < 26 ? c | 0x20 : c;
    UChar32 folded = u_foldCase((UChar32)c, U_FOLD_CASE_DEFAULT);
    return folded < 0x80 ? c : (uint32_t)folded;
}

bool regex_is_word(uint32_t c) { return c == '_' || is_word_character(c); }

static bool is_space(uint32_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x80 && u_isUWhiteSpace((UChar32)c));
}

static bool in_ranges(const RegexClass *k, uint32_t c)
{
    for (int i = 0; i < k->ranges; i++)
        if (c >= k->low[i] && c <= k->high[i])
            return true;
    return (k->words && regex_is_word(c)) || (k->spaces && is_space(c));
}

bool regex_class_has(const RegexClass *k, uint32_t c)
{
    if (c < 0x80)
        return k->ascii[c >> 6] >> (c & 63) & 1;
    bool has = in_ranges(k, c) || in_ranges(k, regex_fold(c)) ||
               in_ranges(k, (uint32_t)u_toupper((UChar32)c));
    return has != k->negated;
}

static void class_end(RegexClass *k)
{
    for (uint32_t c = 0; c < 0x80; c++) {
        uint32_t other = (c | 0x20) - 'a' < 26 ? c ^ 0x20 : c;
        if ((in_ranges(k, c) || in_ranges(k, other)) != k->negated)
            k->ascii[c >> 6] |= (uint64_t)1 << (c & 63);
    }
}

/* ---- nodes --------------------------------------------------------------------------- */

static int node_new(Parser *p, RegexKind kind)
{
    if (p->tree.nodes == p->most)
        return fail(p, "the expression is too large");
    p->tree.node[p->tree.nodes] =
        (RegexNode){.kind = kind, .first = REGEX_NONE, .next = REGEX_NONE};
    return p->tree.nodes++;
}

static int class_new(Parser *p, RegexClass **out)
{
    int n = node_new(p, REGEX_CLASS);
    if (n == REGEX_NONE)
        return n;
    p->tree.node[n].class = p->tree.classes;
    *out = &p->tree.class[p->tree.classes++];
    **out = (RegexClass){0};
    return n;
}

static bool is_next(const Parser *p, char c)
{
    return p->at < p->text.len && p->text.ptr[p->at] == c;
}

static uint32_t take(Parser *p)
{
    size_t bytes;
    uint32_t c = utf8_decode(p->text, p->at, &bytes);
    p->at += bytes;
    return c;
}

static bool add_range(const Parser *p, RegexClass *k, uint32_t low, uint32_t high)
{
    if (k->ranges == REGEX_CLASS_RANGES)
        return fail(p, "a class has more than %d parts", REGEX_CLASS_RANGES), false;
    k->low[k->ranges] = low;
    k->high[k->ranges++] = high;
    return true;
}

/* \d \w \s: into the class; false where the letter means no class. */
static bool add_property(RegexClass *k, uint32_t letter)
{
    if (letter == 'd') {
        k->low[k->ranges] = '0';
        k->high[k->ranges++] = '9';
    }
    k->words |= letter == 'w';
    k->spaces |= letter == 's';
    return letter == 'd' || letter == 'w' || letter == 's';
}

/* ---- escapes ------------------------------------------------------------------------- */

/* {1f600} behind \x */
static bool read_hex(Parser *p, uint32_t *out)
{
    uint32_t c = 0;
    size_t i = p->at + 1;
    if (!is_next(p, '{'))
        return fail(p, "a character's number is written \\x{1f600}"), false;
    for (; i < p->text.len && p->text.ptr[i] != '}' && c < 0x110000; i++) {
        char d = (char)(p->text.ptr[i] | 0x20);
        int digit = d >= '0' && d <= '9' ? d - '0' : d >= 'a' && d <= 'f' ? d - 'a' + 10 : -1;
        if (digit < 0)
            return fail(p, "a character's number is written \\x{1f600}"), false;
        c = c * 16 + (uint32_t)digit;
    }
    if (i >= p->text.len || c == 0 || c >= 0x110000 || (c >= 0xd800 && c <= 0xdfff))
        return fail(p, "no character has this number"), false;
    p->at = i + 1;
    *out = c;
    return true;
}

/* What stands for one character behind a backslash. */
static bool read_escaped(Parser *p, uint32_t *out)
{
    uint32_t c = take(p);
    if (c == 'x')
        return read_hex(p, out);
    if (c == 'n' || c == 't' || c == 'r') {
        *out = c == 'n' ? '\n' : c == 't' ? '\t' : '\r';
        return true;
    }
    if (c >= '0' && c <= '9') {
        p->at--;
        return fail(p, "references back are not supported"), false;
    }
    if (c < 0x80 && (c | 0x20) - 'a' < 26) {
        p->at--;
        return fail(p, "\\%c has no meaning here", (int)c), false;
    }
    *out = c;
    return true;
}

static int read_character(Parser *p, uint32_t c)
{
    int n = node_new(p, REGEX_CHARACTER);
    if (n != REGEX_NONE)
        p->tree.node[n].character = regex_fold(c);
    return n;
}

static int read_assert(Parser *p, RegexAssert what)
{
    int n = node_new(p, REGEX_ASSERT);
    if (n != REGEX_NONE)
        p->tree.node[n].assert = what;
    return n;
}

static int read_escape(Parser *p)
{
    if (p->at == p->text.len)
        return fail(p, "a backslash at the end");
    char c = p->text.ptr[p->at];
    if (c == 'b' || c == 'B') {
        p->at++;
        return read_assert(p, c == 'b' ? AT_WORD : NOT_AT_WORD);
    }
    if (c && strchr("dwsDWS", c)) {
        p->at++;
        RegexClass *k;
        int n = class_new(p, &k);
        if (n == REGEX_NONE)
            return n;
        add_property(k, (uint32_t)(c | 0x20));
        k->negated = c < 'a';
        class_end(k);
        return n;
    }
    uint32_t escaped;
    return read_escaped(p, &escaped) ? read_character(p, escaped) : REGEX_NONE;
}

/* ---- classes ------------------------------------------------------------------------- */

static bool read_class_character(Parser *p, uint32_t *out)
{
    if (!is_next(p, '\\')) {
        *out = take(p);
        return true;
    }
    p->at++;
    if (p->at == p->text.len)
        return fail(p, "a backslash at the end"), false;
    return read_escaped(p, out);
}

static bool read_class_part(Parser *p, RegexClass *k)
{
    uint32_t low, high;
    if (is_next(p, '\\') && p->at + 1 < p->text.len && k->ranges < REGEX_CLASS_RANGES &&
        add_property(k, (uint8_t)p->text.ptr[p->at + 1])) {
        p->at += 2;
        return true;
    }
    if (!read_class_character(p, &low))
        return false;
    if (!is_next(p, '-') || p->at + 1 >= p->text.len || p->text.ptr[p->at + 1] == ']')
        return add_range(p, k, low, low);
    p->at++;
    if (!read_class_character(p, &high))
        return false;
    if (high < low)
        return fail(p, "a range that ends before it begins"), false;
    return add_range(p, k, low, high);
}

static int read_class(Parser *p)
{
    RegexClass *k;
    int n = class_new(p, &k);
    if (n == REGEX_NONE)
        return n;
    if (is_next(p, '^')) {
        k->negated = true;
        p->at++;
    }
    if (is_next(p, ']'))
        return fail(p, "an empty class; a bracket is written \\]");
    while (!is_next(p, ']')) {
        if (p->at == p->text.len)
            return fail(p, "a class without its ]");
        if (!read_class_part(p, k))
            return REGEX_NONE;
    }
    p->at++;
    class_end(k);
    return n;
}

/* ---- the levels ---------------------------------------------------------------------- */

static int read_choice(Parser *p);

static int read_group(Parser *p)
{
    if (is_next(p, '?')) {
        if (p->at + 1 >= p->text.len || p->text.ptr[p->at + 1] != ':')
            return fail(p, "of groups with (? there is only (?:...): no looking around, no "
                           "options");
        p->at += 2;
    }
    if (++p->depth > REGEX_MAX_DEPTH)
        return fail(p, "groups nested deeper than %d", REGEX_MAX_DEPTH);
    int n = read_choice(p);
    p->depth--;
    if (n == REGEX_NONE)
        return n;
    if (!is_next(p, ')'))
        return fail(p, "a group without its )");
    p->at++;
    return n;
}

static int read_dot(Parser *p)
{
    RegexClass *k;
    int n = class_new(p, &k);
    if (n == REGEX_NONE)
        return n;
    k->negated = true;
    add_range(p, k, '\n', '\n');
    class_end(k);
    return n;
}

static int read_atom(Parser *p)
{
    char c = p->text.ptr[p->at];
    if (c && strchr("*+?{", c))
        return fail(p, "nothing to repeat");
    if (c == '(' || c == '[' || c == '\\' || c == '.' || c == '^' || c == '$') {
        p->at++;
        return c == '('    ? read_group(p)
               : c == '['  ? read_class(p)
               : c == '\\' ? read_escape(p)
               : c == '.'  ? read_dot(p)
                           : read_assert(p, c == '^' ? AT_START : AT_END);
    }
    return read_character(p, take(p));
}

static bool read_number(Parser *p, int *out)
{
    int n = 0;
    size_t from = p->at;
    for (; p->at < p->text.len && is_ascii_digit(p->text.ptr[p->at]); p->at++)
        if ((n = n * 10 + p->text.ptr[p->at] - '0') > REGEX_MAX_REPEAT)
            return fail(p, "a repeat of more than %d", REGEX_MAX_REPEAT), false;
    if (p->at == from)
        return fail(p, "a repeat is written {2}, {2,} or {2,5}"), false;
    *out = n;
    return true;
}

/* {n} {n,} {n,m}; p is behind the brace */
static bool read_bounds(Parser *p, int *least, int *most)
{
    if (!read_number(p, least))
        return false;
    *most = *least;
    if (is_next(p, ',')) {
        p->at++;
        *most = REGEX_UNBOUNDED;
        if (!is_next(p, '}') && !read_number(p, most))
            return false;
    }
    if (!is_next(p, '}'))
        return fail(p, "a repeat is written {2}, {2,} or {2,5}"), false;
    if (*most != REGEX_UNBOUNDED && (*most < *least || *most == 0))
        return fail(p, "a repeat of nothing"), false;
    p->at++;
    return true;
}

static bool has_unbounded(const RegexTree *t, int n)
{
    const RegexNode *x = &t->node[n];
    if (x->kind == REGEX_REPEAT && x->most == REGEX_UNBOUNDED)
        return true;
    for (int c = x->first; c != REGEX_NONE; c = t->node[c].next)
        if (has_unbounded(t, c))
            return true;
    return false;
}

static int read_repeat(Parser *p)
{
    int atom = read_atom(p);
    if (atom == REGEX_NONE || p->at == p->text.len || !p->text.ptr[p->at] ||
        !strchr("*+?{", p->text.ptr[p->at]))
        return atom;
    size_t place = p->at;
    char c = p->text.ptr[p->at++];
    int least = c == '+', most = c == '?' ? 1 : REGEX_UNBOUNDED;
    if (c == '{' && !read_bounds(p, &least, &most))
        return REGEX_NONE;
    if (p->tree.node[atom].kind == REGEX_ASSERT)
        return fail(p, "a place cannot be repeated");
    if (most == REGEX_UNBOUNDED && has_unbounded(&p->tree, atom)) {
        p->at = place;
        return fail(p, "an unbounded repeat inside an unbounded repeat (catastrophic): bound "
                       "one, as in {1,8}");
    }
    if (p->at < p->text.len && p->text.ptr[p->at] && strchr("*+?{", p->text.ptr[p->at]))
        return fail(p, "a repeat of a repeat; the longest match counts, lazy or not");
    int n = node_new(p, REGEX_REPEAT);
    if (n == REGEX_NONE)
        return n;
    RegexNode *x = &p->tree.node[n];
    x->least = least;
    x->most = most;
    x->first = atom;
    return n;
}

/* Siblings until a character of `ends`: one is itself, more get a parent of `kind`. */
static int gather(Parser *p, RegexKind kind, int (*read)(Parser *p), bool (*more)(Parser *p))
{
    int first = read(p), last = first, count = 1;
    while (last != REGEX_NONE && more(p)) {
        int n = read(p);
        if (n == REGEX_NONE)
            return n;
        p->tree.node[last].next = n;
        last = n;
        count++;
    }
    if (last == REGEX_NONE || count == 1)
        return last;
    int parent = node_new(p, kind);
    if (parent != REGEX_NONE)
        p->tree.node[parent].first = first;
    return parent;
}

static bool more_of_sequence(Parser *p)
{
    return p->at < p->text.len && p->text.ptr[p->at] != '|' && p->text.ptr[p->at] != ')';
}

static bool more_of_choice(Parser *p)
{
    bool more = is_next(p, '|');
    p->at += more;
    return more;
}

static int read_sequence(Parser *p)
{
    if (!more_of_sequence(p))
        return node_new(p, REGEX_EMPTY);
    return gather(p, REGEX_SEQUENCE, read_repeat, more_of_sequence);
}

static int read_choice(Parser *p)
{
    return gather(p, REGEX_CHOICE, read_sequence, more_of_choice);
}

bool regex_parse(Arena *a, Str pattern, RegexTree *out, Err *err)
{
    if (pattern.len > REGEX_MAX_BYTES)
        return err_set(err, ERR_INPUT, "the expression has %zu bytes, at most %d are taken",
                       pattern.len, REGEX_MAX_BYTES);
    size_t bad;
    if (!utf8_valid(pattern, &bad))
        return err_set(err, ERR_INPUT, "at %zu: not UTF-8", bad + 1);
    Parser p = {.text = pattern, .most = 4 * (int)pattern.len + 4, .err = err};
    p.tree.node = arena_try_array(a, RegexNode, (size_t)p.most);
    size_t classes = 1;
    for (size_t i = 0; i < pattern.len; i++)
        classes += pattern.ptr[i] == '[' || pattern.ptr[i] == '\\' || pattern.ptr[i] == '.';
    p.tree.class = arena_try_array(a, RegexClass, classes);
    if (!p.tree.node || !p.tree.class)
        return err_set(err, ERR_LIMIT, "no room for an expression");
    p.tree.root = read_choice(&p);
    if (p.tree.root == REGEX_NONE)
        return false;
    if (p.at < pattern.len)
        return fail(&p, "a ) without its group"), false;
    *out = p.tree;
    return true;
}
