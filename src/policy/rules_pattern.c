/* rules_pattern.c - one pattern: is it sound, and what does the automaton look for?
 *
 * A phrase is looked for twice, as it is written and folded, because folding is meant for
 * texts and may make of a pattern what nobody wrote ("88" becomes letters); where both are
 * the same it is one literal.  An expression is looked for by the literals it needs.
 */
#include "policy/rules_internal.h"

#include "text/utf8.h"
#include "text/words.h"

#include <stdio.h>

static bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

static Str lowered(Arena *a, Str s)
{
    char *p = arena_array(a, char, s.len);
    for (size_t i = 0; i < s.len; i++)
        p[i] = is_upper(s.ptr[i]) ? (char)(s.ptr[i] | 0x20) : s.ptr[i];
    return (Str){p, s.len};
}

/* ---- what is listed twice ---------------------------------------------------------------- */

/* The same words in another list are one pattern too many only where they do the same. */
static bool is_new(RulesReader *r, Str text, const char *file, int line)
{
    const Rule *own = &r->rule[r->rules - 1];
    ArenaMark mark = arena_mark(r->arena);
    Str key = str_print(r->arena, "%d %d %d %d " STR_FMT " " STR_FMT, own->kind, own->category,
                        own->allow, own->dry_run, STR_ARG(own->locale), STR_ARG(text));
    uint64_t *first = map_slot(r->listed, key, r->patterns);
    arena_rewind(r->arena, mark);
    if (*first == r->patterns)
        return true;
    const RulePattern *p = &r->pattern[*first];
    return rules_refuse(r, file, line, "listed already, at %s:%d", p->file, p->line);
}

static bool has_room(RulesReader *r, size_t entries, size_t bytes, const char *file, int line)
{
    if (r->patterns < RULES_MAX_PATTERNS && r->entries + entries <= RULES_MAX_ENTRIES &&
        r->expressions < RULES_MAX_EXPRESSIONS &&
        r->literal_bytes + bytes <= LITERALS_MAX_BYTES)
        return true;
    r->full = true;
    return rules_refuse(r, file, line,
                        "too many patterns: at most %d, %d expressions, %d bytes",
                        RULES_MAX_PATTERNS, RULES_MAX_EXPRESSIONS, LITERALS_MAX_BYTES);
}

static void put_pattern(RulesReader *r, Str text, const char *file, int line)
{
    r->rule[r->rules - 1].patterns++;
    r->pattern[r->patterns++] = (RulePattern){(uint32_t)(r->rules - 1), line, file, text};
}

static void put_literal(RulesReader *r, RuleEntryKind kind, RuleView view, uint32_t target,
                        Str literal)
{
    r->entry[r->entries] = (RuleEntry){kind, view, target, (uint32_t)literal.len};
    r->literal[r->entries++] = literal;
    r->literal_bytes += literal.len;
}

/* ---- the kinds ----------------------------------------------------------------------------
 */

static void add_exact(RulesReader *r, Str text, const char *file, int line)
{
    if (!has_room(r, 1, text.len, file, line) || !is_new(r, text, file, line))
        return;
    put_literal(r, ENTRY_EXACT, RULE_VIEW_ORIGINAL, (uint32_t)r->patterns, text);
    put_pattern(r, text, file, line);
}

/* Folded, in scratch; empty where nothing is left, or too much. */
static Str folded(RulesReader *r, Str text)
{
    Err ignored = {0};
    Folded f;
    ArenaMark mark = arena_mark(r->arena);
    Str out = {0};
    if (normalise(r->arena, text, &f, &ignored) && f.text.len &&
        f.text.len <= RULES_MAX_PATTERN_BYTES)
        out = str_copy(r->scratch, f.text);
    arena_rewind(r->arena, mark);
    return out;
}

static void add_phrase(RulesReader *r, Str text, const char *file, int line)
{
    RuleView view = r->rule[r->rules - 1].view;
    Str written = lowered(r->scratch, text);
    Str other = view & RULE_VIEW_FOLDED ? folded(r, text) : (Str){0};
    size_t at = 0;
    Str word;
    if (!word_next(text, &at, &word)) {
        rules_refuse(r, file, line, "a phrase without a word");
        return;
    }
    if (!has_room(r, 2, text.len + other.len, file, line) || !is_new(r, written, file, line))
        return;
    uint32_t own = (uint32_t)r->patterns;
    bool same = str_eq(written, other);
    if (same || view & RULE_VIEW_ORIGINAL)
        put_literal(r, ENTRY_PHRASE, same ? view : RULE_VIEW_ORIGINAL, own, written);
    if (!same && other.len)
        put_literal(r, ENTRY_PHRASE, RULE_VIEW_FOLDED, own, other);
    put_pattern(r, text, file, line);
}

static bool is_host_byte(char c)
{
    return is_ascii_lower(c) || is_ascii_digit(c) || c == '-' || c == '.' || (uint8_t)c >= 0x80;
}

static void add_url(RulesReader *r, Str text, const char *file, int line)
{
    Str url = lowered(r->scratch, text);
    for (size_t i = 0; i + 2 < url.len; i++) {
        if (url.ptr[i] == ':' && url.ptr[i + 1] == '/' && url.ptr[i + 2] == '/') {
            url = (Str){url.ptr + i + 3, url.len - i - 3};
            break;
        }
    }
    if (str_starts(url, STR("www.")))
        url = (Str){url.ptr + 4, url.len - 4};
    size_t host = 0, dots = 0;
    while (host < url.len && is_host_byte(url.ptr[host]))
        dots += url.ptr[host++] == '.';
    bool ends = host == url.len || url.ptr[host] == '/' || url.ptr[host] == ':';
    if (!ends || !dots || url.ptr[0] == '.' || url.ptr[0] == '-' || url.ptr[host - 1] == '.') {
        rules_refuse(r, file, line, "a host is written like shop.example or shop.example/path");
        return;
    }
    if (!has_room(r, 1, url.len, file, line) || !is_new(r, url, file, line))
        return;
    put_literal(r, ENTRY_URL, r->rule[r->rules - 1].view, (uint32_t)r->patterns, url);
    put_pattern(r, text, file, line);
}

static void add_hash(RulesReader *r, Str text, const char *file, int line)
{
    Digest d;
    if (!digest_parse(text, &d)) {
        rules_refuse(r, file, line, "a digest has 64 hexadecimal digits");
        return;
    }
    if (!has_room(r, 0, 0, file, line) || !is_new(r, lowered(r->scratch, text), file, line))
        return;
    r->hash[r->hashes++] = (RuleHash){d, (uint32_t)r->patterns};
    put_pattern(r, text, file, line);
}

static void add_regex(RulesReader *r, Str text, const char *file, int line)
{
    Err err = {0};
    const Regex *x;
    if (!has_room(r, REGEX_NEEDS_MAX, 0, file, line))
        return;
    if (!regex_compile(r->arena, r->scratch, text, &x, &err)) {
        rules_refuse(r, file, line, "%s", err.msg);
        return;
    }
    size_t needs;
    const Str *need = regex_needs(x, &needs);
    r->states += regex_states(x);
    r->eager_states += needs ? 0 : regex_states(x);
    if (r->states > RULES_MAX_STATES || r->eager_states > RULES_MAX_EAGER_STATES) {
        r->full = r->states > RULES_MAX_STATES;
        rules_refuse(r, file, line,
                     r->full ? "all expressions together are too large"
                             : "too many expressions without a literal of %d bytes: each runs "
                               "on every text",
                     REGEX_NEED_LEAST);
        return;
    }
    if (!is_new(r, text, file, line))
        return;
    RuleView view = r->rule[r->rules - 1].view;
    for (size_t i = 0; i < needs; i++)
        put_literal(r, ENTRY_NEED, view, (uint32_t)r->expressions, need[i]);
    r->expression[r->expressions++] = (RuleExpression){x, (uint32_t)r->patterns, view};
    put_pattern(r, text, file, line);
}

void rules_add_pattern(RulesReader *r, Str text, const char *file, int line)
{
    static void (*const add[])(RulesReader *, Str, const char *, int) = {
        [RULE_EXACT] = add_exact, [RULE_PHRASE] = add_phrase, [RULE_REGEX] = add_regex,
        [RULE_URL] = add_url,     [RULE_HASH] = add_hash,
    };
    RuleKind kind = r->rule[r->rules - 1].kind;
    size_t bad, most = kind == RULE_REGEX ? REGEX_MAX_BYTES : RULES_MAX_PATTERN_BYTES;
    if (!text.len)
        rules_refuse(r, file, line, "an empty pattern");
    else if (text.len > most)
        rules_refuse(r, file, line, "a pattern of %zu bytes; at most %zu are taken", text.len,
                     most);
    else if (!utf8_valid(text, &bad))
        rules_refuse(r, file, line, "not UTF-8 at byte %zu of the pattern", bad + 1);
    else
        add[kind](r, text, file, line);
}
