/* rules_internal.h - a rule book from the inside: patterns, and what the automaton finds. */
#ifndef POLICY_RULES_INTERNAL_H
#define POLICY_RULES_INTERNAL_H

#include "base/map.h"
#include "policy/rules.h"
#include "text/literals.h"
#include "text/regex.h"

enum {
    RULES_MAX_ENTRIES = 3 * RULES_MAX_PATTERNS,
    RULES_MAX_EXPRESSIONS = 20000,
};

typedef struct RulePattern {
    uint32_t rule;
    int line;
    const char *file;
    Str text; /* as far as it counts: a url without its scheme */
} RulePattern;

/* What a literal of the automaton stands for. */
typedef enum RuleEntryKind { ENTRY_EXACT, ENTRY_PHRASE, ENTRY_URL, ENTRY_NEED } RuleEntryKind;

typedef struct RuleEntry {
    RuleEntryKind kind;
    RuleView view;
    uint32_t target; /* a pattern; ENTRY_NEED: an expression */
    uint32_t bytes;  /* of the literal */
} RuleEntry;

typedef struct RuleExpression {
    const Regex *regex;
    uint32_t pattern;
    RuleView view;
} RuleExpression;

typedef struct RuleHash {
    Digest digest;
    uint32_t pattern;
} RuleHash;

struct RuleBook {
    const Rule *rule;
    const RulePattern *pattern;
    const Literals *literals;
    const RuleEntry *entry; /* of each literal */
    const RuleExpression *expression;
    const RuleHash *hash; /* sorted */
    size_t rules, patterns, entries, expressions, hashes;
    size_t eager; /* the first so many expressions are chosen by no literal */
};

/* ---- reading ----------------------------------------------------------------------------- */

/* What has been read so far: in scratch, with room for the most there may be. */
typedef struct RulesReader {
    Arena *arena, *scratch;
    const RulesSource *from;
    RulesReport *report;
    Rule *rule;
    RulePattern *pattern;
    RuleEntry *entry;
    Str *literal; /* of each entry */
    RuleExpression *expression;
    RuleHash *hash;
    size_t rules, patterns, entries, expressions, hashes;
    size_t states, eager_states, literal_bytes;
    Map *listed; /* what is listed already: its pattern */
    bool full;   /* a limit of the whole is reached, and noted */
} RulesReader;

/* Always false, so that `return rules_refuse(...)` reads as a failure. */
bool rules_refuse(RulesReader *r, const char *file, int line, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
void rules_warn(RulesReader *r, const char *file, int line, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* One more pattern of the last rule.  What is wrong with it is noted, and it left out. */
void rules_add_pattern(RulesReader *r, Str text, const char *file, int line);

/* ---- checking ---------------------------------------------------------------------------- */

/* Notes each rule and pattern that matches more than one in a hundred benign texts. */
bool rules_check_breadth(RulesReader *r, const RuleBook *b, Err *err);

/* rules_match, without its lifting; all rules hold where `at` is NULL. */
void rules_scan(const RuleBook *b, Arena *a, Str original, const Folded *folded,
                const RuleContext *at, RuleHits *out);

#endif
