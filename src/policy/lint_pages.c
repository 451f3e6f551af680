/* lint_pages.c - the pages: what is missing, contradicts, overlaps, or is shown by nothing.
 *
 * Overlap is that of the sets of folded words (not of shingles: examples are short, and one
 * other word would hide a twin), so those that differ in spelling and order are the same.
 */
#include "base/hash.h"
#include "policy/lint_internal.h"
#include "text/minhash.h"
#include "text/normalise.h"
#include "text/words.h"

#include <stdlib.h>

enum { COMPARED_MAX = 2000 }; /* texts: they are compared in pairs */

/* ---- parts --------------------------------------------------------------------------- */

static void lint_page(Lint *l, const GuidePage *page)
{
    bool silent = policy_category(l->folder->policy, page->category)->describe_only;
    for (int part = PART_DEFINITION; part < PART_COUNT; part++)
        if (page->line[part] == 0 && !(silent && part == PART_EXAMPLES))
            findings_add(l->out, (Place){page->file, 1, 1},
                         "the page has no part '" STR_FMT "'",
                         STR_ARG(guide_part_name((GuidePart)part)));
    for (int part = PART_DEFINITION; part < PART_EXAMPLES; part++) {
        bool held = page->line[part] == 0;
        for (size_t i = 0; i < l->folder->clause_count; i++)
            held = held || (l->folder->clause[i].category == page->category &&
                            (int)l->folder->clause[i].part == part);
        if (!held)
            findings_add(l->out, (Place){page->file, page->line[part], 1},
                         "the part '" STR_FMT "' holds no clause",
                         STR_ARG(guide_part_name((GuidePart)part)));
    }
}

static void lint_missing_pages(Lint *l)
{
    const PolicyFolder *f = l->folder;
    for (int i = 0; i < policy_count(f->policy); i++) {
        const PolicyCategory *c = policy_category(f->policy, i);
        bool there = false;
        for (size_t k = 0; k < f->page_count; k++)
            there = there || f->page[k].category == i;
        if (!there)
            findings_add(l->out, (Place){STR("policy.yaml"), c->line, c->column},
                         "the category '" STR_FMT "' has no page", STR_ARG(c->name));
    }
}

/* ---- examples ------------------------------------------------------------------------ */

static void lint_example(Lint *l, const GuideExample *e)
{
    const GuideClause *c = folder_clause(l->folder, e->clause);
    const PolicyCategory *category = policy_category(l->folder->policy, e->category);
    if (category->describe_only && e->expect != EXPECT_NO)
        findings_add(l->out, e->at, "of '" STR_FMT "' no example may be given",
                     STR_ARG(category->name));
    if (!c)
        findings_add(l->out, e->clause_at, "no page has a clause " STR_FMT, STR_ARG(e->clause));
    else if (c->category != e->category)
        findings_add(l->out, e->clause_at, "the clause " STR_FMT " belongs to another page",
                     STR_ARG(e->clause));
    else if (e->expect == EXPECT_YES && c->part == PART_EXCLUDES)
        findings_add(l->out, e->clause_at,
                     "a yes cannot follow from " STR_FMT ", which excludes",
                     STR_ARG(e->clause));
    else if (e->expect == EXPECT_NO && (c->part == PART_INCLUDES || c->part == PART_SEVERITY))
        findings_add(l->out, e->clause_at,
                     "a no cannot follow from " STR_FMT ", which includes", STR_ARG(e->clause));
}

/* What includes, excludes or stands between must be shown once, on the page or by a case. */
static void lint_shown(Lint *l, const GuideClause *c)
{
    const PolicyFolder *f = l->folder;
    bool shown =
        c->part == PART_DEFINITION || c->part == PART_SEVERITY ||
        (policy_category(f->policy, c->category)->describe_only && c->part != PART_EXCLUDES);
    for (size_t i = 0; !shown && i < f->example_count; i++)
        shown = str_eq(f->example[i].clause, c->id);
    for (size_t i = 0; !shown && i < f->golden_count; i++)
        shown = str_eq(f->golden[i].clause, c->id);
    if (!shown)
        findings_add(l->out, c->at, "no example and no golden case shows " STR_FMT,
                     STR_ARG(c->id));
    if (c->text.len == 0)
        findings_add(l->out, c->at, "the clause " STR_FMT " says nothing", STR_ARG(c->id));
}

/* ---- overlap ------------------------------------------------------------------------- */

static int by_value(const void *x, const void *y)
{
    uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
    return (a > b) - (a < b);
}

static bool read_words(Lint *l, Str text, Shingles *out)
{
    Folded folded;
    Err err = {0};
    Str word;
    size_t n = 0, kept = 0, at = 0;
    *out = (Shingles){0};
    if (!normalise(l->arena, text, &folded, &err))
        return false;
    while (word_next(folded.text, &at, &word))
        n++;
    uint64_t *hash = arena_array(l->arena, uint64_t, n + 1);
    at = n = 0;
    while (word_next(folded.text, &at, &word))
        hash[n++] = hash64(word, 0);
    qsort(hash, n, sizeof *hash, by_value);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || hash[i] != hash[i - 1])
            hash[kept++] = hash[i];
    *out = (Shingles){hash, kept};
    return true;
}

static bool overlap(const Shingles *x, const Shingles *y)
{
    return x->count && y->count && shingles_overlap(x, y) >= LINT_OVERLAP;
}

static void lint_example_overlap(Lint *l)
{
    const PolicyFolder *f = l->folder;
    size_t n = f->example_count < COMPARED_MAX ? f->example_count : COMPARED_MAX;
    Shingles *words = arena_array(l->arena, Shingles, n + 1);
    for (size_t i = 0; i < n; i++) {
        const GuideExample *x = &f->example[i];
        if (!read_words(l, x->text, &words[i]))
            return;
        for (size_t k = 0; k < i; k++) {
            const GuideExample *y = &f->example[k];
            if (x->category != y->category || !overlap(&words[i], &words[k]))
                continue;
            findings_add(l->out, x->at, "the example %s that of line %d",
                         x->expect == y->expect ? "is nearly" : "contradicts", y->at.line);
        }
    }
}

static bool excludes(const GuideClause *c) { return c->part == PART_EXCLUDES; }

static void lint_clause_overlap(Lint *l)
{
    const PolicyFolder *f = l->folder;
    size_t n = f->clause_count < COMPARED_MAX ? f->clause_count : COMPARED_MAX;
    Shingles *words = arena_array(l->arena, Shingles, n + 1);
    for (size_t i = 0; i < n; i++) {
        const GuideClause *x = &f->clause[i];
        if (!read_words(l, x->text, &words[i]))
            return;
        for (size_t k = 0; k < i; k++) {
            const GuideClause *y = &f->clause[k];
            if (x->category != y->category || !overlap(&words[i], &words[k]))
                continue;
            findings_add(l->out, x->at, "the clause " STR_FMT " %s " STR_FMT, STR_ARG(x->id),
                         excludes(x) == excludes(y) ? "says what is said by" : "contradicts",
                         STR_ARG(y->id));
        }
    }
}

/* ---- terms --------------------------------------------------------------------------- */

static void lint_terms(Lint *l)
{
    const PolicyFolder *f = l->folder;
    for (size_t i = 0; i < f->use_count; i++) {
        const TermUse *u = &f->use[i];
        bool defined = false;
        for (size_t k = 0; k < f->term_count; k++)
            defined =
                defined || (f->term[k].name.len == u->name.len &&
                            strncasecmp(f->term[k].name.ptr, u->name.ptr, u->name.len) == 0);
        if (!defined)
            findings_add(l->out, u->at, "terms.md does not say what '" STR_FMT "' means",
                         STR_ARG(u->name));
    }
    for (size_t k = 0; k < f->term_count; k++)
        if (!f->term[k].used)
            findings_add(l->out, f->term[k].at, "no page uses the term '" STR_FMT "'",
                         STR_ARG(f->term[k].name));
}

void lint_pages(Lint *l)
{
    const PolicyFolder *f = l->folder;
    lint_missing_pages(l);
    for (size_t i = 0; i < f->page_count; i++)
        if (f->page[i].category >= 0)
            lint_page(l, &f->page[i]);
    for (size_t i = 0; i < f->example_count; i++)
        lint_example(l, &f->example[i]);
    for (size_t i = 0; i < f->clause_count; i++)
        lint_shown(l, &f->clause[i]);
    lint_example_overlap(l);
    lint_clause_overlap(l);
    lint_terms(l);
}
