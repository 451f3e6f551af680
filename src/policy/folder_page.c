/* folder_page.c - the pages: clauses by number, examples that cite them, words that need a
 * definition.  Line by line; Markdown beyond headings, bold and list items is text. */
#include "policy/folder_internal.h"

#include <ctype.h>

typedef struct Page {
    FolderReader *r;
    GuidePage *page;
    GuidePart part;
    Str file;
    int line;
    GuideClause *open; /* to which further lines belong */
} Page;

static Place place(const Page *p, Str line, const char *at)
{
    return (Place){p->file, p->line, (int)(at - line.ptr) + 1};
}

/* "hate-threatening.md" is the page of hate/threatening, as a file's name has no slash. */
static bool is_page_of(Str file, Str category)
{
    if (file.len != category.len + 3)
        return false;
    for (size_t i = 0; i < category.len; i++)
        if (file.ptr[i] != category.ptr[i] && !(file.ptr[i] == '-' && category.ptr[i] == '/'))
            return false;
    return true;
}

static int category_of(const PolicyFolder *f, Str file)
{
    for (int i = 0; i < policy_count(f->policy); i++)
        if (is_page_of(file, policy_category(f->policy, i)->name))
            return i;
    return -1;
}

static bool is_id(Str s)
{
    bool digit = false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        digit = digit || isdigit((unsigned char)c);
        if (!isalnum((unsigned char)c) && c != '.' && c != '-' && c != '_')
            return false;
    }
    return digit;
}

static Str behind(Str s, size_t n) { return (Str){s.ptr + n, s.len - n}; }

static Str join(Arena *a, Str x, Str y)
{
    return x.len == 0 ? str_copy(a, y)
                      : str_print(a, STR_FMT " " STR_FMT, STR_ARG(x), STR_ARG(y));
}

/* ---- terms --------------------------------------------------------------------------- */

static void note_term(Page *p, Str line, Str name)
{
    PolicyFolder *f = p->r->folder;
    for (size_t i = 0; i < f->term_count; i++) {
        Str t = f->term[i].name;
        if (t.len == name.len && strncasecmp(t.ptr, name.ptr, t.len) == 0)
            f->term[i].used = true;
    }
    if (f->use_count < FOLDER_MAX_CLAUSES)
        f->use[f->use_count++] = (TermUse){name, place(p, line, name.ptr)};
}

/* _Words_ between underscores that stand at the edges of words. */
static void note_terms(Page *p, Str line)
{
    for (size_t i = 0; i < line.len; i++) {
        bool starts =
            line.ptr[i] == '_' && (i == 0 || !isalnum((unsigned char)line.ptr[i - 1]));
        if (!starts)
            continue;
        const char *end = memchr(line.ptr + i + 1, '_', line.len - i - 1);
        if (!end)
            return;
        Str name = {line.ptr + i + 1, (size_t)(end - line.ptr) - i - 1};
        if (name.len)
            note_term(p, line, name);
        i = (size_t)(end - line.ptr);
    }
}

/* **protected trait**: what it means */
void folder_read_terms(FolderReader *r, const BundleFile *f)
{
    Str rest = f->text, line;
    PolicyFolder *out = r->folder;
    for (int n = 1; str_cut(&rest, '\n', &line); n++) {
        if (!str_starts(line, STR("**")) || out->term_count == FOLDER_MAX_CLAUSES)
            continue;
        const char *end = memmem(line.ptr + 2, line.len - 2, "**", 2);
        if (!end || end == line.ptr + 2) {
            findings_add(r->faults, (Place){f->path, n, 1}, "a term is **name**: meaning");
            continue;
        }
        out->term[out->term_count++] = (GuideTerm){
            .name = {line.ptr + 2, (size_t)(end - line.ptr) - 2},
              .at = { f->path,           n,                            1}
        };
    }
}

/* ---- clauses and examples ------------------------------------------------------------ */

static void open_clause(Page *p, Str line, Str id, Str text)
{
    PolicyFolder *f = p->r->folder;
    Findings *faults = p->r->faults;
    Place at = place(p, line, id.ptr);
    p->open = NULL;
    const GuideClause *twin = folder_clause(f, id);
    if (twin) {
        findings_add(faults, at, "the clause " STR_FMT " stands already at " STR_FMT ":%d",
                     STR_ARG(id), STR_ARG(twin->at.file), twin->at.line);
        return;
    }
    Str stem = {p->file.ptr, p->file.len - 3};
    if (!str_starts(id, stem) || id.len <= stem.len + 1 || id.ptr[stem.len] != '.')
        findings_add(faults, at, "the clause " STR_FMT " should be called " STR_FMT ".N",
                     STR_ARG(id), STR_ARG(stem));
    if (p->part == PART_NONE || p->part == PART_EXAMPLES)
        findings_add(faults, at, "the clause " STR_FMT " stands in no part that holds clauses",
                     STR_ARG(id));
    if (f->clause_count == FOLDER_MAX_CLAUSES)
        return;
    p->open = &f->clause[f->clause_count++];
    *p->open = (GuideClause){.id = id,
                             .text = str_trim(text),
                             .part = p->part,
                             .category = p->page->category,
                             .at = at};
}

/* "- no hate.4: That church should pay taxes." */
static void read_example(Page *p, Str line)
{
    PolicyFolder *f = p->r->folder;
    Str rest = str_trim(behind(line, 1)), word, clause;
    Place at = place(p, line, line.ptr);
    GuideExample e = {.category = p->page->category, .at = at};
    Str whole = rest;
    if (!str_cut(&rest, ' ', &word) || !expect_parse(word, &e.expect) ||
        !str_cut(&rest, ':', &clause) || !is_id(str_trim(clause)) || str_trim(rest).len == 0) {
        findings_add(p->r->faults, at,
                     "an example is '- yes|no|unsure CLAUSE: text', not '" STR_FMT "'",
                     STR_ARG(whole));
        return;
    }
    e.clause = str_trim(clause);
    e.clause_at = place(p, line, e.clause.ptr);
    e.text = str_trim(rest);
    if (f->example_count < FOLDER_MAX_EXAMPLES)
        f->example[f->example_count++] = e;
}

static void read_heading(Page *p, Str line)
{
    Str name = str_trim(behind(line, 2));
    p->open = NULL;
    p->part = PART_NONE;
    for (int i = PART_DEFINITION; i < PART_COUNT; i++)
        if (str_eq(name, guide_part_name((GuidePart)i)))
            p->part = (GuidePart)i;
    if (p->part == PART_NONE)
        findings_add(p->r->faults, place(p, line, line.ptr), "a page has no part '" STR_FMT "'",
                     STR_ARG(name));
    else
        p->page->line[p->part] = p->line;
}

static void read_line(Page *p, Str line)
{
    Str text = str_trim(line);
    if (str_starts(line, STR("## "))) {
        read_heading(p, line);
        return;
    }
    if (text.len == 0 || line.ptr[0] == '#') {
        p->open = NULL;
        return;
    }
    if (p->part == PART_EXAMPLES && str_starts(line, STR("- "))) {
        read_example(p, line);
        return;
    }
    note_terms(p, line);
    const char *bold = str_starts(text, STR("**")) ? text.ptr + 2 : NULL;
    const char *end = bold ? memmem(bold, text.len - 2, "**", 2) : NULL;
    Str id = end ? (Str){bold, (size_t)(end - bold)} : (Str){0};
    if (id.len && is_id(id))
        open_clause(p, line, id, behind(text, id.len + 4));
    else if (p->open)
        p->open->text = join(p->r->arena, p->open->text, text);
    else if (p->part == PART_EXAMPLES && p->r->folder->example_count) {
        GuideExample *last = &p->r->folder->example[p->r->folder->example_count - 1];
        if (str_eq(last->at.file, p->file))
            last->text = join(p->r->arena, last->text, text);
    }
}

void folder_read_page(FolderReader *r, const BundleFile *f)
{
    PolicyFolder *out = r->folder;
    GuidePage *page = &out->page[out->page_count++];
    *page = (GuidePage){.category = category_of(out, f->path), .file = f->path};
    Page p = {.r = r, .page = page, .file = f->path};
    if (page->category < 0) {
        findings_add(r->faults, (Place){f->path, 1, 1},
                     "the page is called after no category of the policy");
        return;
    }
    Str rest = f->text, line;
    while (str_cut(&rest, '\n', &line)) {
        p.line++;
        read_line(&p, line);
    }
}
