/* rules.h - what a policy says outright: lists of words, addresses and digests, and what of it
 * stands in a text.
 *
 * rules/<any>.yaml of a policy's folder:
 *
 *     rules:
 *       - id: spam-shops
 *         kind: url               # exact, phrase, regex, url or hash
 *         list: spam-shops.txt    # rules/spam-shops.txt, a pattern a line; `# ` comments
 *         patterns: [shop.example, "pills.example/buy"]
 *         category: illicit       # that it sets
 *         action: review          # default: the category's; `allow`: see below
 *         severity: high          # one of the policy's
 *         clause: illicit.3       # cited as evidence
 *         owner: trust-and-safety # required: somebody answers for each rule
 *         expires: 2027-06-30     # from that day on (UTC) it no longer holds
 *         dry-run: true           # counted and shown, without effect
 *         locale: de              # or de-DE: for requests of that locale only
 *         view: original          # phrase, regex, url: default both
 *         note: why it exists
 *
 *     exact    these bytes at word bounds; case counts
 *     phrase   these words at word bounds, disguised or not: the text as it stands (ASCII case
 *              aside) and its folded view (text/normalise.h) are searched
 *     regex    text/regex.h, in both views
 *     url      a host and all below it, with a path perhaps; any scheme or none
 *     hash     SHA-256, in hexadecimal, of the whole folded view
 *
 * A rule with `action: allow` lifts only what its `lifts` names, by rule or by category:
 * with `scope: span` (default) hits of those rules that lie within what it matches, as "cock"
 * in "cock-a-hoop"; with `scope: text` all such hits, and the category itself whoever found
 * it.  sexual/minors cannot be lifted.
 *
 * Reading refuses bad patterns, each with file, line and reason: expressions that are
 * catastrophic, too large or match nothing; what is listed twice; what matches more than
 * one in a hundred of a benign sample.  Expired rules are a warning.
 *
 * Nobody's list and nobody's text can make this slow: sizes are limited below, matching
 * counts its steps, and stops at a number that depends on the length of the text alone.
 *
 * A RuleBook is immutable and may be shared between threads.
 */
#ifndef POLICY_RULES_H
#define POLICY_RULES_H

#include "policy/bundle.h"
#include "text/normalise.h"

typedef enum RuleKind { RULE_EXACT, RULE_PHRASE, RULE_REGEX, RULE_URL, RULE_HASH } RuleKind;

typedef enum RuleView {
    RULE_VIEW_ORIGINAL = 1,
    RULE_VIEW_FOLDED = 2,
    RULE_VIEW_BOTH = 3
} RuleView;

enum {
    RULES_MAX = 4096,
    RULES_MAX_PATTERNS = 200000,
    RULES_MAX_PATTERN_BYTES = 512, /* an expression may have more: REGEX_MAX_BYTES */
    RULES_MAX_YAML = 4 << 20,      /* bytes of one document; lists may be longer */
    RULES_MAX_STATES = 1 << 20,    /* of all expressions */
    RULES_MAX_EAGER_STATES = 1024, /* of those that no literal chooses: they run on each text */
    RULES_MAX_FINDINGS = 200,
    RULES_MAX_HITS = 1024, /* of a text; every rule keeps its first beyond that */
};

typedef struct Rule {
    Str id;
    RuleKind kind;
    RuleView view;
    int category; /* of the policy; -1: an allow rule, which sets none */
    Action action;
    int severity; /* level among the policy's; -1: the category's */
    bool allow, whole_text, dry_run;
    Str clause, owner, locale, note; /* may be empty, but the owner */
    int64_t expires_ms;              /* INT64_MAX: never */
    const int *lifts_rule;           /* an allow rule's */
    size_t lifts_rules;
    uint64_t lifts_category; /* a bit for each of the policy's */
    const char *file;
    int line;
    size_t patterns;
} Rule;

typedef struct RuleBook RuleBook;

typedef struct RuleFinding {
    const char *file;
    int line;
    bool refused; /* else a warning */
    char why[200];
} RuleFinding;

/* All that is to be said about the files, also where reading fails. */
typedef struct RulesReport {
    RuleFinding *finding; /* the first RULES_MAX_FINDINGS */
    size_t count, total, refused;
} RulesReport;

typedef struct RulesSource {
    const Bundle *bundle; /* its texts must live as long as the book */
    const Policy *policy;
    const char *name;  /* of the folder, for messages */
    const Str *benign; /* texts that no rule should match: rules_benign */
    size_t benigns;    /* 0: breadth is not checked */
    int64_t now_ms;
} RulesSource;

/* The lines of the bundle's benign.txt, or of the sample that is part of the program
 * (policies/benign.txt; tools/make-benign). */
void rules_benign(Arena *a, const Bundle *b, const Str **out, size_t *count);

/* The book lives in `a`; scratch, another arena, is given back.  The report is always
 * filled.  A bundle without rules gives a book without rules. */
bool rules_read(Arena *a, Arena *scratch, const RulesSource *from, RulesReport *report,
                const RuleBook **out, Err *err);

size_t rules_count(const RuleBook *b);
const Rule *rules_at(const RuleBook *b, size_t i);
size_t rules_patterns(const RuleBook *b);
const char *rule_kind_name(RuleKind k);

/* ---- matching ------------------------------------------------------------------------- */

typedef struct RuleContext {
    Str locale; /* "de-DE"; empty: rules with a locale do not hold */
    int64_t now_ms;
} RuleContext;

typedef struct RuleHit {
    uint32_t rule;
    uint32_t pattern; /* which of the book's */
    size_t from, to;  /* bytes of the original */
    RuleView view;    /* where it was seen */
    int lifted_by;    /* a rule; -1: it stands */
} RuleHit;

typedef struct RuleHits {
    RuleHit *hit; /* by rule, then by place; dry runs too */
    size_t count;
    uint64_t lifted; /* the policy's categories that an allow rule lifts from the whole text */
    int lifted_by;   /* the rule that does; -1: none */
    bool capped;     /* a limit ended the search: there may be more, and no span was lifted */
} RuleHits;

/* original: valid UTF-8; folded: of it.  The hits live in `a`, which also serves as scratch. */
void rules_match(const RuleBook *b, Arena *a, Str original, const Folded *folded,
                 const RuleContext *at, RuleHits *out);

/* Where a hit's pattern is written. */
const char *rules_pattern_file(const RuleBook *b, uint32_t pattern);
int rules_pattern_line(const RuleBook *b, uint32_t pattern);

/* It counts: no dry run, no allow rule, not lifted. */
bool rule_hit_stands(const RuleBook *b, const RuleHit *h);

#endif
