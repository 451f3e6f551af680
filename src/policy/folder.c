/* folder.c - loads a folder's files in the order that they need each other: the document, the
 * locales over it, the pages, and last the golden cases, which cite all of them. */
#include "policy/folder.h"

#include "policy/folder_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const Str parts[] = {STR(""),         STR("Definition"), STR("Includes"),
                            STR("Excludes"), STR("Borderline"), STR("Severity"),
                            STR("Examples")};
static const Str expects[] = {STR("yes"), STR("no"), STR("unsure")};

Str guide_part_name(GuidePart p) { return parts[p]; }
Str expect_name(Expect e) { return expects[e]; }

bool expect_parse(Str name, Expect *out)
{
    for (int i = 0; i < EXPECT_COUNT; i++) {
        if (str_eq(name, expects[i])) {
            *out = (Expect)i;
            return true;
        }
    }
    return false;
}

/* ---- findings ------------------------------------------------------------------------ */

void findings_new(Arena *a, Findings *out)
{
    *out = (Findings){a, arena_array(a, Finding, FINDINGS_MAX), 0};
}

void findings_add(Findings *f, Place at, const char *fmt, ...)
{
    char why[400];
    va_list ap;
    if (f->count == FINDINGS_MAX)
        return;
    va_start(ap, fmt);
    vsnprintf(why, sizeof why, fmt, ap);
    va_end(ap);
    f->at[f->count++] = (Finding){at, str_copy(f->arena, str_of(why))};
}

void findings_take(Findings *f, Str file, const Err *err)
{
    Place at = {.file = file};
    Str rest = str_of(err->msg), part;
    int64_t line, column;
    if (str_starts(rest, file) && rest.len > file.len && rest.ptr[file.len] == ':') {
        Str behind = {rest.ptr + file.len + 1, rest.len - file.len - 1};
        if (str_cut(&behind, ':', &part) && str_to_i64(part, &line) &&
            str_cut(&behind, ':', &part) && str_to_i64(part, &column)) {
            at.line = (int)line;
            at.column = (int)column;
            rest = str_trim(behind);
        }
    }
    findings_add(f, at, STR_FMT, STR_ARG(rest));
}

/* ---- loading ------------------------------------------------------------------------- */

static bool in_folder(Str path, Str folder, Str ending)
{
    return str_starts(path, folder) && str_ends(path, ending) &&
           !memchr(path.ptr + folder.len, '/', path.len - folder.len);
}

static void read_files(FolderReader *r, Str folder, Str ending,
                       void (*read)(FolderReader *, const BundleFile *))
{
    const Bundle *b = &r->folder->bundle;
    for (size_t i = 0; i < b->count; i++) {
        Str path = b->file[i].path;
        bool other = str_eq(path, STR("terms.md")) || str_eq(path, STR("factors.md"));
        if (in_folder(path, folder, ending) && !other)
            read(r, &b->file[i]);
    }
}

static void make_room(Arena *a, PolicyFolder *f)
{
    f->page = arena_array(a, GuidePage, BUNDLE_MAX_FILES);
    f->clause = arena_array(a, GuideClause, FOLDER_MAX_CLAUSES);
    f->example = arena_array(a, GuideExample, FOLDER_MAX_EXAMPLES);
    f->term = arena_array(a, GuideTerm, FOLDER_MAX_CLAUSES);
    f->use = arena_array(a, TermUse, FOLDER_MAX_CLAUSES);
    f->golden = arena_array(a, GoldenCase, FOLDER_MAX_CASES);
    f->pack = arena_array(a, LocalePack, FOLDER_MAX_LOCALES);
}

bool folder_load(Arena *a, const char *path, PolicyFolder *out, Findings *faults, Err *err)
{
    PolicyFolder f = {.path = path};
    Findings own;
    if (!bundle_load(a, path, &f.bundle, err) ||
        !bundle_policy(a, &f.bundle, path, &f.policy, err))
        return false;
    f.lone = f.bundle.count == 1;
    make_room(a, &f);
    if (!faults)
        findings_new(a, &own);
    FolderReader r = {a, &f, faults ? faults : &own};
    const BundleFile *terms = bundle_file(&f.bundle, STR("terms.md"));
    if (terms)
        folder_read_terms(&r, terms);
    read_files(&r, STR("locales/"), STR(".yaml"), folder_read_locale);
    read_files(&r, STR(""), STR(".md"), folder_read_page);
    read_files(&r, STR("golden/"), STR(".jsonl"), folder_read_golden);
    if (!faults && own.count) {
        const Finding *x = &own.at[0];
        return err_set(err, ERR_INPUT, "%s/" STR_FMT ":%d:%d: " STR_FMT, path,
                       STR_ARG(x->at.file), x->at.line, x->at.column, STR_ARG(x->text));
    }
    *out = f;
    return true;
}

/* ---- looking up ---------------------------------------------------------------------- */

const GuideClause *folder_clause(const PolicyFolder *f, Str id)
{
    for (size_t i = 0; i < f->clause_count; i++)
        if (str_eq(f->clause[i].id, id))
            return &f->clause[i];
    return NULL;
}

Str folder_clause_text(const PolicyFolder *f, const LocalePack *pack, Str id)
{
    for (size_t i = 0; pack && i < pack->clause_count; i++)
        if (str_eq(pack->clause[i].id, id))
            return pack->clause[i].text;
    const GuideClause *c = folder_clause(f, id);
    return c ? c->text : STR("");
}

static bool same_tag(Str x, Str y)
{
    return x.len == y.len && strncasecmp(x.ptr, y.ptr, x.len) == 0;
}

static bool holds_tag(PolicyNames names, Str tag)
{
    for (size_t i = 0; i < names.count; i++)
        if (same_tag(names.at[i].name, tag))
            return true;
    return false;
}

const LocalePack *folder_pack(const PolicyFolder *f, Str tag)
{
    for (size_t i = 0; tag.len && i < f->pack_count; i++)
        if (same_tag(f->pack[i].name, tag) || holds_tag(f->pack[i].also, tag))
            return &f->pack[i];
    return NULL;
}

const LocalePack *folder_pack_of_language(const PolicyFolder *f, Str code)
{
    for (size_t i = 0; i < f->pack_count; i++)
        if (holds_tag(f->pack[i].languages, code))
            return &f->pack[i];
    return NULL;
}

const Policy *folder_policy(const PolicyFolder *f, const LocalePack *pack, int64_t now_ms,
                            Str *period)
{
    if (period)
        *period = (Str){"", 0};
    for (size_t i = 0; pack && i < pack->period_count; i++) {
        const LocalePeriod *x = &pack->period[i];
        if (now_ms < x->from_ms || now_ms >= x->until_ms)
            continue;
        if (period)
            *period = x->name;
        return x->policy;
    }
    return pack ? pack->policy : f->policy;
}
