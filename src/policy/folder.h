/* folder.h - a policy as people keep it: the document and all that stands around it.
 *
 *     policy.yaml            the document (policy/policy.h)
 *     hate.md                a page for each category, for annotators, judges and readers
 *     terms.md               what words in the pages mean that are set _like this_
 *     golden/NAME.jsonl      cases with the outcome that is wanted, and the clause for it
 *     locales/de-DE.yaml     what is otherwise there (a norm pack)
 *     rules/NAME.yaml        lists and patterns (policy/rules.h; not read here)
 *
 * A page has the parts Definition, Includes, Excludes, Borderline, Severity and Examples.  In
 * the first five stand clauses, numbered so that they can be cited; in the last, lines that
 * each cite one:
 *
 *     ## Excludes
 *     **hate.4** Criticism of ideas, states and parties.
 *     ## Examples
 *     - no hate.4: That church should pay taxes.
 *
 * A golden case is an object a line: text, category, expect (yes, no, unsure), clause; and
 * where they matter locale, at (a date), severity, action, known (why a release gets it wrong).
 *
 * A locale overrides `categories` and `signals` of the document and `clauses` of the pages;
 * its `periods` do so between two dates.  Each becomes a Policy of its own, so that deciding
 * knows nothing of locales.
 *
 * A lone document is a folder without the rest.  Immutable; may be shared between threads.
 */
#ifndef POLICY_FOLDER_H
#define POLICY_FOLDER_H

#include "policy/bundle.h"

enum {
    FOLDER_MAX_CLAUSES = 4096,
    FOLDER_MAX_EXAMPLES = 8192,
    FOLDER_MAX_CASES = 20000,
    FOLDER_MAX_LOCALES = 256,
    FOLDER_MAX_PERIODS = 64, /* of a locale */
    FINDINGS_MAX = 1000,
};

typedef struct Place {
    Str file; /* as it lies in the folder, or the folder's own path where it is about no file */
    int line, column; /* from 1; 0: the file as a whole */
} Place;

/* What is wrong with a folder, for the one who writes it. */
typedef struct Finding {
    Place at;
    Str text;
} Finding;

typedef struct Findings {
    Arena *arena;
    Finding *at;
    size_t count; /* of FINDINGS_MAX; what is beyond is dropped */
} Findings;

void findings_new(Arena *a, Findings *out);
/* A message of a parser, which begins with the place: "locales/x.yaml:3:7: no factor ...". */
void findings_take(Findings *f, Str file, const Err *err);
void findings_add(Findings *f, Place at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

typedef enum GuidePart {
    PART_NONE,
    PART_DEFINITION,
    PART_INCLUDES,
    PART_EXCLUDES,
    PART_BORDERLINE,
    PART_SEVERITY,
    PART_EXAMPLES,
    PART_COUNT
} GuidePart;

Str guide_part_name(GuidePart p); /* "Definition" */

typedef enum Expect { EXPECT_YES, EXPECT_NO, EXPECT_UNSURE, EXPECT_COUNT } Expect;

Str expect_name(Expect e);

typedef struct GuideClause {
    Str id, text; /* the text's runs of white space are one space each */
    GuidePart part;
    int category;
    Place at;
} GuideClause;

typedef struct GuideExample {
    Str clause, text;
    Expect expect;
    int category;
    Place at, clause_at;
} GuideExample;

typedef struct GuidePage {
    int category; /* -1: it names none */
    Str file;
    int line[PART_COUNT]; /* of each heading; 0: it has none */
} GuidePage;

typedef struct GuideTerm {
    Str name;
    bool used;
    Place at;
} GuideTerm;

typedef struct TermUse {
    Str name;
    Place at;
} TermUse;

typedef struct GoldenCase {
    Str text, clause, locale, severity, known; /* empty: not said, but for text */
    int category;
    Expect expect;
    bool has_action;
    Action action;
    bool has_time;
    int64_t at_ms; /* when it is said */
    Place at, clause_at, locale_at, severity_at;
} GoldenCase;

typedef struct LocaleClause {
    Str id, text;
    Place at;
} LocaleClause;

typedef struct LocalePeriod {
    Str name;
    int64_t from_ms, until_ms;
    const Policy *policy;
    Place at;
} LocalePeriod;

typedef struct LocalePack {
    Str name, about, note;
    PolicyNames also, languages; /* further tags that mean it; languages it may follow from */
    const Policy *policy;
    const LocaleClause *clause;
    size_t clause_count;
    const LocalePeriod *period;
    size_t period_count;
    Place at;
} LocalePack;

typedef struct PolicyFolder {
    const char *path;
    Bundle bundle; /* the files and their digest */
    const Policy *policy;
    bool lone; /* one document and nothing else */
    GuidePage *page;
    GuideClause *clause;
    GuideExample *example;
    GuideTerm *term;
    TermUse *use;
    GoldenCase *golden;
    LocalePack *pack;
    size_t page_count, clause_count, example_count, term_count, use_count, golden_count,
        pack_count;
} PolicyFolder;

/* False: there is no such folder, or its document does not read.  What is wrong in the files
 * around goes to `faults` and is left out; with faults NULL the first such fault fails. */
bool folder_load(Arena *a, const char *path, PolicyFolder *out, Findings *faults, Err *err);

const GuideClause *folder_clause(const PolicyFolder *f, Str id); /* NULL: none */
Str folder_clause_text(const PolicyFolder *f, const LocalePack *pack,
                       Str id); /* may be empty */

/* By name or another tag of it, whatever the case; NULL: none. */
const LocalePack *folder_pack(const PolicyFolder *f, Str tag);
const LocalePack *folder_pack_of_language(const PolicyFolder *f, Str code);

/* What is law there and then; pack NULL: the document.  period, may be NULL: its name. */
const Policy *folder_policy(const PolicyFolder *f, const LocalePack *pack, int64_t now_ms,
                            Str *period);

#endif
