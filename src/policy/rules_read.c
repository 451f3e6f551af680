/* rules_read.c - the rule files of a folder into a book.
 *
 * A fault is noted and reading goes on, so that one run names all; a book comes of it only
 * where nothing was refused.  Everything is gathered in scratch with room for the most there
 * may be (address space, not memory), and what stays is copied once its number is known.
 */
#include "base/yaml.h"
#include "policy/date.h"
#include "policy/rules_internal.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { LIFTS_MAX = 256 };

static const char *const kinds[] = {
    [RULE_EXACT] = "exact", [RULE_PHRASE] = "phrase", [RULE_REGEX] = "regex",
    [RULE_URL] = "url",     [RULE_HASH] = "hash",
};

const char *rule_kind_name(RuleKind k) { return kinds[k]; }

/* ---- findings ------------------------------------------------------------------------------
 */

static void note(RulesReader *r, bool refused, const char *file, int line, const char *fmt,
                 va_list ap)
{
    RulesReport *p = r->report;
    p->total++;
    p->refused += refused;
    if (p->count == RULES_MAX_FINDINGS)
        return;
    RuleFinding *f = &p->finding[p->count++];
    f->file = file;
    f->line = line;
    f->refused = refused;
    vsnprintf(f->why, sizeof f->why, fmt, ap);
}

bool rules_refuse(RulesReader *r, const char *file, int line, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    note(r, true, file, line, fmt, ap);
    va_end(ap);
    return false;
}

void rules_warn(RulesReader *r, const char *file, int line, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    note(r, false, file, line, fmt, ap);
    va_end(ap);
}

/* ---- members of a rule
 * ------------------------------------------------------------------------ */

static bool is_scalar(const Js *v) { return v->type != JS_OBJECT && v->type != JS_ARRAY; }

/* The text of a member; empty where there is none. */
static bool read_text(RulesReader *r, const char *file, const Js *rule, const char *key,
                      Str *out)
{
    const Js *v = js_get(rule, str_of(key));
    *out = (Str){0};
    if (!v)
        return true;
    if (!is_scalar(v) || v->type == JS_NULL || !v->str.len)
        return rules_refuse(r, file, v->line, "'%s' must be a word", key);
    *out = str_copy(r->arena, v->str);
    return true;
}

static bool read_flag(RulesReader *r, const char *file, const Js *rule, const char *key,
                      bool *out)
{
    const Js *v = js_get(rule, str_of(key));
    if (v && v->type != JS_BOOL)
        return rules_refuse(r, file, v->line, "'%s' is true or false", key);
    *out = v && v->boolean;
    return true;
}

static int line_of(const Js *rule, const char *key)
{
    const Js *v = js_get(rule, str_of(key));
    return v ? v->line : rule->line;
}

static bool read_kind(RulesReader *r, const char *file, const Js *rule, Rule *out)
{
    Str name;
    if (!read_text(r, file, rule, "kind", &name))
        return false;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (str_eq(name, str_of(kinds[i]))) {
            out->kind = (RuleKind)i;
            return true;
        }
    }
    return rules_refuse(r, file, line_of(rule, "kind"),
                        "'kind' is exact, phrase, regex, url or hash");
}

static bool read_view(RulesReader *r, const char *file, const Js *rule, Rule *out)
{
    Str name;
    out->view = RULE_VIEW_BOTH;
    if (!read_text(r, file, rule, "view", &name))
        return false;
    if (name.len && (out->kind == RULE_EXACT || out->kind == RULE_HASH))
        return rules_refuse(r, file, line_of(rule, "view"), "a rule of kind %s has no view",
                            kinds[out->kind]);
    if (str_eq(name, STR("original")))
        out->view = RULE_VIEW_ORIGINAL;
    else if (str_eq(name, STR("folded")))
        out->view = RULE_VIEW_FOLDED;
    else if (name.len && !str_eq(name, STR("both")))
        return rules_refuse(r, file, line_of(rule, "view"),
                            "'view' is original, folded or both");
    return true;
}

static bool read_action(RulesReader *r, const char *file, const Js *rule, Rule *out)
{
    Str name;
    if (!read_text(r, file, rule, "action", &name))
        return false;
    out->action = ACTION_NONE;
    out->allow = str_eq(name, STR("allow"));
    if (!name.len || out->allow)
        return true;
    for (int i = ACTION_NONE + 1; i < ACTION_COUNT; i++)
        if (str_eq(name, action_name((Action)i)))
            out->action = (Action)i;
    return out->action != ACTION_NONE ||
           rules_refuse(r, file, line_of(rule, "action"), "no action is called '" STR_FMT "'",
                        STR_ARG(name));
}

static bool read_category(RulesReader *r, const char *file, const Js *rule, Rule *out)
{
    Str name;
    out->category = -1;
    if (!read_text(r, file, rule, "category", &name))
        return false;
    if (out->allow)
        return !name.len || rules_refuse(r, file, line_of(rule, "category"),
                                         "an allow rule has 'lifts', and no category");
    if (!policy_find(r->from->policy, name, &out->category))
        return rules_refuse(r, file, line_of(rule, "category"),
                            name.len ? "the policy has no category '" STR_FMT "'"
                                     : "the rule has no 'category'" STR_FMT,
                            STR_ARG(name));
    if (out->action == ACTION_NONE)
        out->action = policy_category(r->from->policy, out->category)->action;
    return true;
}

static bool read_severity(RulesReader *r, const char *file, const Js *rule, Rule *out)
{
    Str name;
    out->severity = -1;
    if (!read_text(r, file, rule, "severity", &name))
        return false;
    PolicyNames known = policy_severities(r->from->policy);
    for (size_t i = 0; i < known.count; i++)
        if (str_eq(name, known.at[i].name))
            out->severity = (int)i;
    return !name.len || out->severity >= 0 ||
           rules_refuse(r, file, line_of(rule, "severity"),
                        "the policy has no severity '" STR_FMT "'", STR_ARG(name));
}

static bool read_expiry(RulesReader *r, const char *file, const Js *rule, Rule *out)
{
    Str date;
    out->expires_ms = INT64_MAX;
    if (!read_text(r, file, rule, "expires", &date))
        return false;
    if (date.len && !date_parse(date, &out->expires_ms))
        return rules_refuse(r, file, line_of(rule, "expires"),
                            "a date is written like 2027-06-30");
    if (out->expires_ms <= r->from->now_ms)
        rules_warn(r, file, line_of(rule, "expires"), "expired: '" STR_FMT "' no longer holds",
                   STR_ARG(out->id));
    return true;
}

/* It becomes a metric's label and a word in answers. */
static bool read_id(RulesReader *r, const char *file, const Js *rule, Rule *out)
{
    if (!read_text(r, file, rule, "id", &out->id))
        return false;
    bool fine = out->id.len > 0 && out->id.len <= POLICY_MAX_NAME;
    for (size_t i = 0; i < out->id.len && fine; i++) {
        char c = out->id.ptr[i];
        fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '-' || c == '_';
    }
    if (!fine)
        return rules_refuse(r, file, line_of(rule, "id"),
                            "'id' is up to %d letters, digits, dots, dashes and underscores",
                            POLICY_MAX_NAME);
    for (size_t i = 0; i < r->rules; i++)
        if (str_eq(r->rule[i].id, out->id))
            return rules_refuse(r, file, line_of(rule, "id"),
                                "the id '" STR_FMT "' is taken by %s:%d", STR_ARG(out->id),
                                r->rule[i].file, r->rule[i].line);
    return true;
}

static bool read_scope(RulesReader *r, const char *file, const Js *rule, Rule *out)
{
    Str name;
    if (!read_text(r, file, rule, "scope", &name))
        return false;
    out->whole_text = str_eq(name, STR("text"));
    if (name.len && !out->allow)
        return rules_refuse(r, file, line_of(rule, "scope"), "only allow rules have a scope");
    return !name.len || out->whole_text || str_eq(name, STR("span")) ||
           rules_refuse(r, file, line_of(rule, "scope"), "'scope' is span or text");
}

static bool read_keys(RulesReader *r, const char *file, const Js *rule)
{
    static const char *const keys[] = {
        "id",    "kind",    "list",    "patterns", "category", "action", "severity", "clause",
        "owner", "expires", "dry-run", "locale",   "view",     "note",   "lifts",    "scope"};
    bool ok = true;
    for (size_t i = 0; i < rule->count; i++) {
        bool known = false;
        for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
            known = known || str_eq(rule->key[i], str_of(keys[k]));
        if (!known)
            ok = rules_refuse(r, file, rule->item[i].line, "a rule has no key '" STR_FMT "'",
                              STR_ARG(rule->key[i]));
    }
    return ok;
}

static bool read_members(RulesReader *r, const char *file, const Js *rule, Rule *out)
{
    bool ok = read_keys(r, file, rule);
    ok &= read_id(r, file, rule, out);
    if (!read_kind(r, file, rule, out))
        return false;
    ok &= read_view(r, file, rule, out);
    ok &= read_action(r, file, rule, out) && read_category(r, file, rule, out);
    ok &= read_severity(r, file, rule, out);
    ok &= read_expiry(r, file, rule, out);
    ok &= read_scope(r, file, rule, out);
    ok &= read_flag(r, file, rule, "dry-run", &out->dry_run);
    ok &= read_text(r, file, rule, "clause", &out->clause);
    ok &= read_text(r, file, rule, "locale", &out->locale);
    ok &= read_text(r, file, rule, "note", &out->note);
    ok &= read_text(r, file, rule, "owner", &out->owner);
    if (!out->owner.len)
        ok = rules_refuse(r, file, rule->line, "the rule has no 'owner'");
    return ok;
}

/* ---- patterns
 * ---------------------------------------------------------------------------------- */

static bool is_comment(Str line)
{
    return line.len == 0 || str_eq(line, STR("#")) || str_starts(line, STR("# "));
}

/* rules/<name>, whose lines are patterns */
static void read_list(RulesReader *r, const char *file, const Js *v)
{
    Str path = str_print(r->scratch, "rules/" STR_FMT, STR_ARG(v->str));
    const BundleFile *list = is_scalar(v) ? bundle_file(r->from->bundle, path) : NULL;
    if (!list || !str_ends(path, STR(".txt"))) {
        rules_refuse(r, file, v->line, "there is no list '" STR_FMT "' in rules/ (a .txt file)",
                     STR_ARG(v->str));
        return;
    }
    const char *name =
        str_z(r->arena, str_print(r->scratch, "%s/" STR_FMT, r->from->name, STR_ARG(path)));
    Str rest = list->text, line;
    for (int n = 1; !r->full && str_cut(&rest, '\n', &line); n++)
        if (line = str_trim(line), !is_comment(line))
            rules_add_pattern(r, line, name, n);
}

static void read_patterns(RulesReader *r, const char *file, const Js *rule)
{
    const Js *list = js_get(rule, STR("list")), *inside = js_get(rule, STR("patterns"));
    Rule *own = &r->rule[r->rules - 1];
    size_t refused = r->report->refused;
    if (list)
        read_list(r, file, list);
    if (inside && inside->type != JS_ARRAY)
        rules_refuse(r, file, inside->line, "'patterns' is a list");
    for (size_t i = 0; inside && inside->type == JS_ARRAY && i < inside->count && !r->full;
         i++) {
        const Js *v = &inside->item[i];
        if (is_scalar(v))
            rules_add_pattern(r, str_copy(r->arena, v->str), file, v->line);
        else
            rules_refuse(r, file, v->line, "a pattern is a text");
    }
    if (!own->patterns && refused == r->report->refused)
        rules_refuse(r, file, rule->line, "'" STR_FMT "' has no patterns", STR_ARG(own->id));
}

/* ---- what allow rules lift
 * ----------------------------------------------------------------------- */

static bool is_minors(const RulesReader *r, int category)
{
    return category >= 0 &&
           policy_category(r->from->policy, category)->key == CATEGORY_SEXUAL_MINORS;
}

static bool lift(RulesReader *r, Rule *own, const Js *v, int *rule)
{
    int category = -1;
    bool known = is_scalar(v) && policy_find(r->from->policy, v->str, &category);
    if (known && !is_minors(r, category)) {
        own->lifts_category |= (uint64_t)1 << category;
        return true;
    }
    for (size_t i = 0; i < r->rules && !known; i++) {
        if (!is_scalar(v) || r->rule[i].allow || !str_eq(r->rule[i].id, v->str))
            continue;
        if (!is_minors(r, r->rule[i].category)) {
            rule[own->lifts_rules++] = (int)i;
            return true;
        }
        known = true;
    }
    return rules_refuse(r, own->file, v->line,
                        known ? "'" STR_FMT "' cannot be lifted"
                              : "no rule and no category is called '" STR_FMT "'",
                        STR_ARG(v->str));
}

static bool read_lifts(RulesReader *r, Rule *own, const Js *rule)
{
    const Js *v = js_get(rule, STR("lifts"));
    if (!own->allow)
        return !v || rules_refuse(r, own->file, v->line, "only allow rules have 'lifts'");
    if (!v || v->type != JS_ARRAY || !v->count || v->count > LIFTS_MAX)
        return rules_refuse(r, own->file, own->line,
                            "an allow rule says what it lifts: a list of rules and categories");
    int *index = arena_array(r->arena, int, v->count);
    bool ok = true;
    for (size_t i = 0; i < v->count; i++)
        ok &= lift(r, own, &v->item[i], index);
    own->lifts_rule = index;
    return ok;
}

/* ---- files
 * ------------------------------------------------------------------------------------------ */

static void read_rule(RulesReader *r, const char *file, const Js *v, const Js **tree)
{
    if (r->rules == RULES_MAX) {
        r->full = true;
        rules_refuse(r, file, v->line, "more than %d rules", RULES_MAX);
        return;
    }
    Rule own = {.file = file, .line = v->line};
    if (v->type != JS_OBJECT) {
        rules_refuse(r, file, v->line, "a rule is a mapping");
    } else if (read_members(r, file, v, &own)) {
        tree[r->rules] = v;
        r->rule[r->rules++] = own;
        read_patterns(r, file, v);
    }
}

static void read_file(RulesReader *r, const BundleFile *f, const Js **tree)
{
    Err err = {0};
    const Js *doc;
    const char *name =
        str_z(r->arena, str_print(r->scratch, "%s/" STR_FMT, r->from->name, STR_ARG(f->path)));
    if (f->text.len > RULES_MAX_YAML) {
        rules_refuse(r, name, 1, "the document has %zu bytes, at most %d are taken: use lists",
                     f->text.len, RULES_MAX_YAML);
        return;
    }
    if (!yaml_parse(r->scratch, f->text, name, &doc, &err)) {
        rules_refuse(r, name, 1, "%s", err.msg);
        return;
    }
    const Js *rules = js_get(doc, STR("rules"));
    if (!rules || doc->count != 1 || rules->type != JS_ARRAY) {
        rules_refuse(r, name, 1, "a document of rules has one key, 'rules', a list");
        return;
    }
    for (size_t i = 0; i < rules->count && !r->full; i++)
        read_rule(r, name, &rules->item[i], tree);
}

/* ---- the book
 * ---------------------------------------------------------------------------------------- */

static int by_digest(const void *x, const void *y)
{
    return memcmp(&((const RuleHash *)x)->digest, &((const RuleHash *)y)->digest,
                  sizeof(Digest));
}

static void *kept(Arena *a, const void *from, size_t count, size_t size)
{
    void *to = arena_try(a, count, size);
    if (to && count)
        memcpy(to, from, count * size);
    return to;
}

/* Those that no literal chooses come first. */
static size_t sort_expressions(RulesReader *r)
{
    RuleExpression *sorted = arena_raw(r->scratch, RuleExpression, r->expressions + 1);
    uint32_t *moved = arena_raw(r->scratch, uint32_t, r->expressions + 1);
    size_t n = 0, eager = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < r->expressions; i++) {
            size_t needs;
            regex_needs(r->expression[i].regex, &needs);
            if ((needs > 0) != (pass == 1))
                continue;
            moved[i] = (uint32_t)n;
            sorted[n++] = r->expression[i];
        }
        eager = pass == 0 ? n : eager;
    }
    for (size_t i = 0; i < r->entries; i++)
        if (r->entry[i].kind == ENTRY_NEED)
            r->entry[i].target = moved[r->entry[i].target];
    r->expression = sorted;
    return eager;
}

static bool make_book(RulesReader *r, const RuleBook **out, Err *err)
{
    RuleBook *b = arena_new(r->arena, RuleBook);
    size_t eager = sort_expressions(r);
    *b = (RuleBook){
        .rule = kept(r->arena, r->rule, r->rules, sizeof(Rule)),
        .pattern = kept(r->arena, r->pattern, r->patterns, sizeof(RulePattern)),
        .entry = kept(r->arena, r->entry, r->entries, sizeof(RuleEntry)),
        .expression = kept(r->arena, r->expression, r->expressions, sizeof(RuleExpression)),
        .rules = r->rules,
        .patterns = r->patterns,
        .entries = r->entries,
        .expressions = r->expressions,
        .hashes = r->hashes,
        .eager = eager,
    };
    if (r->hashes)
        qsort(r->hash, r->hashes, sizeof *r->hash, by_digest);
    b->hash = kept(r->arena, r->hash, r->hashes, sizeof(RuleHash));
    if (!b->rule || !b->pattern || !b->entry || !b->expression || !b->hash)
        return err_set(err, ERR_LIMIT, "%s: no room for its rules", r->from->name);
    if (!literals_build(r->arena, r->scratch, r->literal, r->entries, &b->literals, err))
        return err_wrap(err, "%s", r->from->name);
    *out = b;
    return true;
}

static void read_files(RulesReader *r)
{
    const Bundle *b = r->from->bundle;
    const Js **tree = arena_raw(r->scratch, const Js *, RULES_MAX);
    for (size_t i = 0; i < b->count && !r->full; i++)
        if (str_starts(b->file[i].path, STR("rules/")) &&
            str_ends(b->file[i].path, STR(".yaml")))
            read_file(r, &b->file[i], tree);
    for (size_t i = 0; i < r->rules; i++)
        read_lifts(r, &r->rule[i], tree[i]);
}

static bool refused(const RulesReader *r, Err *err)
{
    const RulesReport *p = r->report;
    if (!p->refused)
        return false;
    const RuleFinding *f = p->finding;
    while (f < p->finding + p->count - 1 && !f->refused)
        f++;
    if (p->refused > 1)
        return !err_set(err, ERR_INPUT, "%s:%d: %s (and %zu more)", f->file, f->line, f->why,
                        p->refused - 1);
    return !err_set(err, ERR_INPUT, "%s:%d: %s", f->file, f->line, f->why);
}

static bool read_all(RulesReader *r, const RuleBook **out, Err *err)
{
    const RuleBook *b = NULL;
    read_files(r);
    if (refused(r, err) || !make_book(r, &b, err) || !rules_check_breadth(r, b, err) ||
        refused(r, err))
        return false;
    *out = b;
    return true;
}

bool rules_read(Arena *a, Arena *scratch, const RulesSource *from, RulesReport *report,
                const RuleBook **out, Err *err)
{
    assert(a != scratch);
    *report = (RulesReport){.finding = arena_array(a, RuleFinding, RULES_MAX_FINDINGS)};
    ArenaMark mark = arena_mark(scratch);
    RulesReader r = {
        .arena = a,
        .scratch = scratch,
        .from = from,
        .report = report,
        .rule = arena_raw(scratch, Rule, RULES_MAX),
        .pattern = arena_raw(scratch, RulePattern, RULES_MAX_PATTERNS),
        .entry = arena_raw(scratch, RuleEntry, RULES_MAX_ENTRIES),
        .literal = arena_raw(scratch, Str, RULES_MAX_ENTRIES),
        .expression = arena_raw(scratch, RuleExpression, RULES_MAX_EXPRESSIONS),
        .hash = arena_raw(scratch, RuleHash, RULES_MAX_PATTERNS),
        .listed = map_new(scratch, 1024),
    };
    bool ok = read_all(&r, out, err);
    arena_rewind(scratch, mark);
    return ok;
}

size_t rules_count(const RuleBook *b) { return b->rules; }
const Rule *rules_at(const RuleBook *b, size_t i) { return &b->rule[i]; }
size_t rules_patterns(const RuleBook *b) { return b->patterns; }
const char *rules_pattern_file(const RuleBook *b, uint32_t p) { return b->pattern[p].file; }
int rules_pattern_line(const RuleBook *b, uint32_t p) { return b->pattern[p].line; }
