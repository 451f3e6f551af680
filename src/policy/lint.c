/* lint.c - the passes that look at the document, the golden cases and the locales; those over
 * the pages are in lint_pages.c. */
#include "policy/lint.h"

#include "base/map.h"
#include "policy/lint_internal.h"

#include <math.h>
#include <stdlib.h>

static Place in_document(int line, int column)
{
    return (Place){STR("policy.yaml"), line, column};
}

/* ---- the document -------------------------------------------------------------------- */

typedef struct Range {
    double low, high;
} Range;

/* Which scores a composition can take, were its parts independent. */
static Range reach(const Policy *p, const PolicyNode *n)
{
    Range x = n->kind == NODE_ALL || n->kind == NODE_ANY ? (Range){1, 1} : (Range){0, 0}, y;
    switch (n->kind) {
    case NODE_FACTOR:
    case NODE_SIGNAL: /* a locale may fill a list that is empty here */
        return (Range){0, 1};
    case NODE_CATEGORY:
        return reach(p, &policy_category(p, n->index)->score);
    case NODE_ALL:
        for (int i = 0; i < n->count; i++) {
            y = reach(p, &n->part[i]);
            x = (Range){x.low * y.low, x.high * y.high};
        }
        return x;
    case NODE_ANY:
        for (int i = 0; i < n->count; i++) {
            y = reach(p, &n->part[i]);
            x = (Range){x.low * (1 - y.high), x.high * (1 - y.low)};
        }
        return (Range){1 - x.high, 1 - x.low};
    case NODE_MOST:
        for (int i = 0; i < n->count; i++) {
            y = reach(p, &n->part[i]);
            x = (Range){fmax(x.low, y.low), fmax(x.high, y.high)};
        }
        return x;
    case NODE_NOT:
        y = reach(p, n->part);
        return (Range){1 - y.high, 1 - y.low};
    case NODE_SHARE:
        y = reach(p, n->part);
        return (Range){n->share * y.low, n->share * y.high};
    }
    return x;
}

static bool opposed(const PolicyNode *x, const PolicyNode *y)
{
    return (x->kind == NODE_NOT && policy_same_score(x->part, y)) ||
           (y->kind == NODE_NOT && policy_same_score(y->part, x));
}

static void look_for_contradictions(Lint *l, const PolicyNode *n)
{
    for (int i = 0; i < n->count; i++) {
        for (int k = 0; k < i && n->kind != NODE_MOST; k++)
            if (opposed(&n->part[i], &n->part[k]))
                findings_add(l->out, in_document(n->part[i].line, n->part[i].column),
                             "contradicts a part before it: one of them always fails");
        for (int k = 0; k < i; k++)
            if (policy_same_score(&n->part[i], &n->part[k]))
                findings_add(l->out, in_document(n->part[i].line, n->part[i].column),
                             "says what a part before it says already");
        look_for_contradictions(l, &n->part[i]);
    }
}

/* A rung may begin below the threshold, and holds from there on; not if the next does too. */
static const PolicyRung *passed_over(const PolicyCategory *c)
{
    for (int i = 0; i + 1 < c->rung_count; i++)
        if (c->rung[i + 1].from <= c->threshold)
            return &c->rung[i];
    return NULL;
}

static void lint_rungs(Lint *l, const PolicyCategory *c, Range range)
{
    const PolicyRung *low = passed_over(c);
    if (low)
        findings_add(l->out, in_document(low->line, low->column),
                     "no text reaches the severity '" STR_FMT
                     "': the category holds from %g, where the next has begun",
                     STR_ARG(low->name), c->threshold);
    for (int i = 0; i < c->rung_count; i++) {
        const PolicyRung *x = &c->rung[i];
        double next = i + 1 < c->rung_count ? c->rung[i + 1].from : 1.0001;
        if (x->from > range.high)
            findings_add(l->out, in_document(x->line, x->column),
                         "no text reaches the severity '" STR_FMT "': the score ends at %g",
                         STR_ARG(x->name), range.high);
        else if (x->from >= c->unsure.from && next <= c->unsure.until)
            findings_add(l->out, in_document(x->line, x->column),
                         "no text reaches the severity '" STR_FMT "': all of it is unsure",
                         STR_ARG(x->name));
    }
    if (c->rung_count && c->threshold < c->rung[0].from)
        findings_add(l->out, in_document(c->rung[0].line, c->rung[0].column),
                     "scores from %g to %g hold and have no severity", c->threshold,
                     c->rung[0].from);
}

static void lint_cited(Lint *l, Str clause, int line, int column, int category)
{
    if (l->folder->lone || clause.len == 0)
        return;
    const GuideClause *c = folder_clause(l->folder, clause);
    if (!c)
        findings_add(l->out, in_document(line, column), "no page has a clause " STR_FMT,
                     STR_ARG(clause));
    else if (c->category != category)
        findings_add(l->out, in_document(line, column),
                     "the clause " STR_FMT " belongs to another category", STR_ARG(clause));
    else if (c->part == PART_EXCLUDES)
        findings_add(l->out, in_document(line, column),
                     "the clause " STR_FMT " excludes: it cannot be why a category holds",
                     STR_ARG(clause));
}

static void lint_category(Lint *l, int i)
{
    const Policy *p = l->folder->policy;
    const PolicyCategory *c = policy_category(p, i);
    Range range = reach(p, &c->score);
    if (c->threshold > range.high)
        findings_add(l->out, in_document(c->threshold_line, c->threshold_column),
                     "the category never holds: its score ends at %g", range.high);
    if (range.high - range.low < 1e-9)
        findings_add(l->out, in_document(c->score.line, c->score.column),
                     "the score is %g whatever the text", range.low);
    look_for_contradictions(l, &c->score);
    lint_rungs(l, c, range);
    lint_cited(l, c->clause, c->line, c->column, i);
    if (c->clause.len == 0 && !l->folder->lone)
        findings_add(l->out, in_document(c->line, c->column),
                     "the category '" STR_FMT "' cites no clause", STR_ARG(c->name));
    for (int k = 0; k < c->rung_count; k++)
        lint_cited(l, c->rung[k].clause, c->rung[k].line, c->rung[k].column, i);
}

static bool hears(const PolicyNode *n, int signal)
{
    bool found = n->kind == NODE_SIGNAL && n->index == signal;
    for (int i = 0; !found && i < n->count; i++)
        found = hears(&n->part[i], signal);
    return found;
}

static void lint_unused(Lint *l)
{
    const Policy *p = l->folder->policy;
    PolicyNames severities = policy_severities(p), routes = policy_routes(p);
    for (int s = 0; s < policy_signal_count(p); s++) {
        const PolicySignal *x = policy_signal(p, s);
        bool used = false;
        for (int i = 0; i < policy_count(p); i++)
            used = used || hears(&policy_category(p, i)->score, s);
        if (!used)
            findings_add(l->out, in_document(x->line, x->column),
                         "no category listens for the signal '" STR_FMT "'", STR_ARG(x->name));
    }
    for (size_t s = 0; s < severities.count; s++) {
        bool used = false;
        for (int i = 0; i < policy_count(p); i++)
            for (int k = 0; k < policy_category(p, i)->rung_count; k++)
                used = used || policy_category(p, i)->rung[k].level == (int)s;
        if (!used)
            findings_add(l->out, in_document(severities.at[s].line, severities.at[s].column),
                         "no category has the severity '" STR_FMT "'",
                         STR_ARG(severities.at[s].name));
    }
    for (size_t s = 0; s < routes.count; s++) {
        bool used = false;
        for (int i = 0; i < policy_count(p); i++)
            used = used || str_eq(policy_category(p, i)->route, routes.at[s].name);
        if (!used)
            findings_add(l->out, in_document(routes.at[s].line, routes.at[s].column),
                         "no category takes the route '" STR_FMT "'",
                         STR_ARG(routes.at[s].name));
    }
}

/* The same composition twice is one category with two names. */
static void lint_twins(Lint *l)
{
    const Policy *p = l->folder->policy;
    for (int i = 0; i < policy_count(p); i++)
        for (int k = 0; k < i; k++)
            if (policy_same_score(&policy_category(p, i)->score, &policy_category(p, k)->score))
                findings_add(l->out,
                             in_document(policy_category(p, i)->score.line,
                                         policy_category(p, i)->score.column),
                             "is composed as '" STR_FMT "' is",
                             STR_ARG(policy_category(p, k)->name));
}

void lint_document(Lint *l)
{
    for (int i = 0; i < policy_count(l->folder->policy); i++)
        lint_category(l, i);
    lint_unused(l);
    lint_twins(l);
}

/* ---- golden cases -------------------------------------------------------------------- */

static const GuideClause *lint_case(Lint *l, const GoldenCase *c)
{
    const PolicyFolder *f = l->folder;
    const GuideClause *clause = folder_clause(f, c->clause);
    const LocalePack *pack = folder_pack(f, c->locale);
    bool known_severity = c->severity.len == 0;
    PolicyNames severities = policy_severities(f->policy);
    for (size_t i = 0; i < severities.count; i++)
        known_severity = known_severity || str_eq(severities.at[i].name, c->severity);
    if (!clause && folder_clause_text(f, pack, c->clause).len == 0)
        findings_add(l->out, c->clause_at, "no page has a clause " STR_FMT, STR_ARG(c->clause));
    if (clause && clause->category != c->category)
        findings_add(l->out, c->clause_at,
                     "the clause " STR_FMT " belongs to another category than the case",
                     STR_ARG(c->clause));
    if (c->locale.len && !pack)
        findings_add(l->out, c->locale_at, "there is no locale '" STR_FMT "'",
                     STR_ARG(c->locale));
    if (!known_severity)
        findings_add(l->out, c->severity_at, "no severity is called '" STR_FMT "'",
                     STR_ARG(c->severity));
    return clause;
}

/* Under a locale other words hold than the page's. */
static void lint_outcome(Lint *l, const GoldenCase *c, const GuideClause *clause)
{
    if (!clause || c->locale.len)
        return;
    if (c->expect == EXPECT_YES && clause->part == PART_EXCLUDES)
        findings_add(l->out, c->clause_at,
                     "the case expects yes by " STR_FMT ", which excludes", STR_ARG(c->clause));
    bool allowed = c->has_action && c->action == ACTION_NONE; /* it holds, and is let be */
    if (c->expect == EXPECT_NO && !allowed &&
        (clause->part == PART_INCLUDES || clause->part == PART_SEVERITY))
        findings_add(l->out, c->clause_at, "the case expects no by " STR_FMT ", which includes",
                     STR_ARG(c->clause));
}

static void lint_repeats(Lint *l)
{
    const PolicyFolder *f = l->folder;
    Map *seen = map_new(l->arena, f->golden_count);
    for (size_t i = 0; i < f->golden_count; i++) {
        const GoldenCase *c = &f->golden[i];
        Str key = str_print(l->arena, "%d\n" STR_FMT "\n%lld\n" STR_FMT, c->category,
                            STR_ARG(c->locale), (long long)c->at_ms, STR_ARG(c->text));
        uint64_t *at = map_slot(seen, key, i);
        if (*at == i)
            continue;
        const GoldenCase *twin = &f->golden[*at];
        findings_add(l->out, c->at, "%s the case at " STR_FMT ":%d",
                     twin->expect == c->expect ? "repeats" : "contradicts",
                     STR_ARG(twin->at.file), twin->at.line);
    }
}

void lint_golden(Lint *l)
{
    const PolicyFolder *f = l->folder;
    size_t count[POLICY_MAX_CATEGORIES][EXPECT_COUNT] = {0};
    for (size_t i = 0; i < f->golden_count; i++) {
        lint_outcome(l, &f->golden[i], lint_case(l, &f->golden[i]));
        count[f->golden[i].category][f->golden[i].expect]++;
    }
    lint_repeats(l);
    for (int i = 0; i < policy_count(f->policy); i++) {
        const PolicyCategory *c = policy_category(f->policy, i);
        size_t sum = count[i][EXPECT_YES] + count[i][EXPECT_NO] + count[i][EXPECT_UNSURE];
        if (sum == 0)
            findings_add(l->out, in_document(c->line, c->column),
                         "no golden case is about '" STR_FMT "'", STR_ARG(c->name));
        else if (count[i][EXPECT_NO] == 0)
            findings_add(l->out, in_document(c->line, c->column),
                         "no golden case shows what is not '" STR_FMT "'", STR_ARG(c->name));
        else if (count[i][EXPECT_YES] == 0 && !c->describe_only)
            findings_add(l->out, in_document(c->line, c->column),
                         "no golden case shows what is '" STR_FMT "'", STR_ARG(c->name));
    }
}

/* ---- locales ------------------------------------------------------------------------- */

static bool same_number(double x, double y)
{
    return (isnan(x) && isnan(y)) || (x >= y && x <= y);
}

static bool same_rungs(const PolicyCategory *x, const PolicyCategory *y)
{
    if (x->rung_count != y->rung_count)
        return false;
    for (int i = 0; i < x->rung_count; i++)
        if (x->rung[i].level != y->rung[i].level || x->rung[i].action != y->rung[i].action ||
            !same_number(x->rung[i].from, y->rung[i].from) ||
            !str_eq(x->rung[i].clause, y->rung[i].clause))
            return false;
    return true;
}

static bool same_category(const PolicyCategory *x, const PolicyCategory *y)
{
    return policy_same_score(&x->score, &y->score) && x->action == y->action &&
           same_number(x->threshold, y->threshold) && same_rungs(x, y) &&
           same_number(x->unsure.from, y->unsure.from) &&
           same_number(x->unsure.until, y->unsure.until) &&
           x->unsure.action == y->unsure.action && str_eq(x->clause, y->clause) &&
           str_eq(x->route, y->route) && x->contested == y->contested &&
           same_number(x->precision, y->precision) &&
           same_number(x->false_positives, y->false_positives);
}

static bool same_signals(const Policy *x, const Policy *y)
{
    for (int i = 0; i < policy_signal_count(x); i++)
        if (policy_signal(x, i)->phrase != policy_signal(y, i)->phrase)
            return false;
    return true;
}

/* A category that the overlay names and leaves as it was: its place moved, nothing else. */
static bool lint_overrides(Lint *l, Str file, const Policy *base, const Policy *over)
{
    bool changed = !same_signals(base, over);
    for (int i = 0; i < policy_count(base); i++) {
        const PolicyCategory *x = policy_category(base, i), *y = policy_category(over, i);
        bool same = same_category(x, y), named = x->line != y->line || x->column != y->column;
        changed = changed || !same;
        if (named && same)
            findings_add(l->out, (Place){file, y->line, y->column},
                         "the locale changes nothing of '" STR_FMT "'", STR_ARG(y->name));
        if (named && y->clause.len && !str_eq(x->clause, y->clause) &&
            !folder_clause(l->folder, y->clause))
            findings_add(l->out, (Place){file, y->line, y->column},
                         "no page has a clause " STR_FMT, STR_ARG(y->clause));
        if (!same && passed_over(y))
            findings_add(l->out, (Place){file, y->line, y->column},
                         "no text reaches the severity '" STR_FMT "'",
                         STR_ARG(passed_over(y)->name));
    }
    return changed;
}

static void lint_pack(Lint *l, const LocalePack *pack)
{
    const PolicyFolder *f = l->folder;
    bool changed = lint_overrides(l, pack->at.file, f->policy, pack->policy);
    for (size_t i = 0; i < pack->period_count; i++)
        changed =
            lint_overrides(l, pack->at.file, pack->policy, pack->period[i].policy) || changed;
    for (size_t i = 0; i < pack->clause_count; i++)
        if (!folder_clause(f, pack->clause[i].id))
            findings_add(l->out, pack->clause[i].at,
                         "the locale rewords a clause that no page has: " STR_FMT,
                         STR_ARG(pack->clause[i].id));
    if (!changed && pack->clause_count == 0)
        findings_add(l->out, pack->at, "the locale overrides nothing");
    bool contested = false, cases = false;
    for (int i = 0; i < policy_count(pack->policy); i++)
        contested = contested || (policy_category(pack->policy, i)->contested &&
                                  !same_category(policy_category(pack->policy, i),
                                                 policy_category(f->policy, i)));
    if (contested && pack->note.len == 0)
        findings_add(l->out, pack->at, "what is contested needs a 'note' that says so");
    for (size_t i = 0; i < f->golden_count; i++)
        cases = cases || folder_pack(f, f->golden[i].locale) == pack;
    if (!cases)
        findings_add(l->out, pack->at, "no golden case is of the locale " STR_FMT,
                     STR_ARG(pack->name));
}

/* One tag, one pack. */
static void lint_tags(Lint *l, size_t i)
{
    const LocalePack *pack = &l->folder->pack[i];
    for (size_t k = 0; k < pack->also.count; k++) {
        const PolicyName *tag = &pack->also.at[k];
        const LocalePack *first = folder_pack(l->folder, tag->name);
        if (first != pack)
            findings_add(l->out, (Place){pack->at.file, tag->line, tag->column},
                         "the tag " STR_FMT " means " STR_FMT " already", STR_ARG(tag->name),
                         STR_ARG(first->name));
    }
}

void lint_locales(Lint *l)
{
    const PolicyFolder *f = l->folder;
    PolicyNames named = policy_locales(f->policy);
    for (size_t i = 0; i < named.count; i++) {
        bool there = false;
        for (size_t k = 0; k < f->bundle.count; k++) {
            Str path =
                str_print(l->arena, "locales/" STR_FMT ".yaml", STR_ARG(named.at[i].name));
            there = there || str_eq(f->bundle.file[k].path, path);
        }
        if (!there)
            findings_add(l->out, in_document(named.at[i].line, named.at[i].column),
                         "there is no locales/" STR_FMT ".yaml", STR_ARG(named.at[i].name));
    }
    for (size_t i = 0; i < f->pack_count; i++) {
        bool listed = false;
        for (size_t k = 0; k < named.count; k++)
            listed = listed || str_eq(named.at[k].name, f->pack[i].name);
        if (!listed)
            findings_add(l->out, f->pack[i].at, "policy.yaml does not list the locale " STR_FMT,
                         STR_ARG(f->pack[i].name));
        lint_tags(l, i);
        lint_pack(l, &f->pack[i]);
    }
}

/* ---- all of it ----------------------------------------------------------------------- */

void lint_folder(Arena *a, const PolicyFolder *f, Findings *out)
{
    Lint l = {a, f, out};
    lint_document(&l);
    if (f->lone)
        return;
    lint_pages(&l);
    lint_golden(&l);
    lint_locales(&l);
}

static int by_place(const void *x, const void *y)
{
    const Finding *a = x, *b = y;
    int order = str_cmp(a->at.file, b->at.file);
    if (order == 0)
        order = a->at.line - b->at.line;
    if (order == 0)
        order = a->at.column - b->at.column;
    return order ? order : str_cmp(a->text, b->text);
}

void findings_sort(Findings *f) { qsort(f->at, f->count, sizeof *f->at, by_place); }
