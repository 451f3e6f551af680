/* clauses.c - one pass over each page, line by line; Markdown beyond headings and bold is text.
 */
#include "policy/clauses.h"

#include "base/buf.h"

#include <ctype.h>

enum { CLAUSES_MAX = 4096, NUMBER_MAX = 24 };

typedef struct Page {
    Arena *arena;
    Clauses *out;
    Str path, folder;
    Clause section; /* what holds for the clauses of it */
    Buf text;       /* of the clause that is open */
    bool open;
    Err *err;
} Page;

static bool is_number(Str s)
{
    bool digit = false;
    if (s.len == 0 || s.len > NUMBER_MAX || !isalnum((unsigned char)s.ptr[0]))
        return false;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        digit = digit || isdigit(c);
        if (!isalnum(c) && c != '.' && c != '-')
            return false;
    }
    return digit;
}

/* "hate-threatening" names hate/threatening, as a file's name cannot hold a slash. */
static bool same_name(Str x, Str name)
{
    bool same = x.len == name.len;
    for (size_t i = 0; same && i < x.len; i++)
        same = x.ptr[i] == name.ptr[i] || (x.ptr[i] == '-' && name.ptr[i] == '/');
    return same;
}

static bool name_section(Clause *c, Str name)
{
    bool known = false, *hit;
    for (int f = 0; f < FACTOR_COUNT; f++) {
        hit = &c->factor[f];
        *hit = same_name(name, factor_name((Factor)f));
        known = known || *hit;
    }
    for (int k = 0; k < CATEGORY_COUNT; k++) {
        hit = &c->category[k];
        *hit = same_name(name, category_name((Category)k));
        known = known || *hit;
    }
    return known;
}

static bool close_clause(Page *p)
{
    Clauses *out = p->out;
    if (!p->open)
        return true;
    p->open = false;
    if (!buf_ok(&p->text, p->err))
        return err_wrap(p->err, STR_FMT, STR_ARG(p->path));
    out->clause[out->count - 1].text = str_copy(p->arena, str_trim(buf_str(&p->text)));
    return true;
}

static bool open_clause(Page *p, Str id, int line)
{
    if (!close_clause(p))
        return false;
    if (p->out->count == CLAUSES_MAX)
        return err_set(p->err, ERR_LIMIT, STR_FMT ": more than %d clauses", STR_ARG(p->path),
                       CLAUSES_MAX);
    Clause *c = &p->out->clause[p->out->count++];
    *c = p->section;
    c->id = str_print(p->arena, STR_FMT STR_FMT, STR_ARG(p->folder), STR_ARG(id));
    c->path = p->path;
    c->line = line;
    buf_clear(&p->text);
    p->open = true;
    return true;
}

/* White space becomes one space, whoever wraps the lines. */
static void add_text(Page *p, Str s)
{
    for (size_t i = 0; p->open && i < s.len; i++) {
        char c = s.ptr[i] == '\t' || s.ptr[i] == '\r' ? ' ' : s.ptr[i];
        bool space = p->text.len == 0 || p->text.ptr[p->text.len - 1] == ' ';
        if (c != ' ' || !space)
            buf_byte(&p->text, c);
    }
}

static bool read_words(Page *p, Str line, int number)
{
    Str rest = line;
    while (rest.len) {
        const char *mark = memmem(rest.ptr, rest.len, "**", 2), *end = NULL;
        if (mark)
            end = memmem(mark + 2, (size_t)(rest.ptr + rest.len - mark - 2), "**", 2);
        Str id = end ? (Str){mark + 2, (size_t)(end - mark - 2)} : (Str){0};
        while (id.len && (id.ptr[id.len - 1] == '.' || id.ptr[id.len - 1] == ':'))
            id.len--;
        if (!is_number(id)) { /* bold for its own sake: text, up to where it may end */
            size_t n = end ? (size_t)(end - rest.ptr) : rest.len;
            add_text(p, (Str){rest.ptr, n});
            rest = (Str){rest.ptr + n, rest.len - n};
            if (!end)
                break;
            add_text(p, (Str){end, 2});
            rest = (Str){end + 2, rest.len - 2};
            continue;
        }
        add_text(p, (Str){rest.ptr, (size_t)(mark - rest.ptr)});
        if (!open_clause(p, id, number))
            return false;
        rest = (Str){end + 2, (size_t)(rest.ptr + rest.len - end - 2)};
    }
    add_text(p, STR(" "));
    return true;
}

static bool read_heading(Page *p, Str line, int number)
{
    while (line.len && (line.ptr[0] == '#' || line.ptr[0] == ' '))
        line = (Str){line.ptr + 1, line.len - 1};
    Str title = str_trim(line), rest = title, word;
    if (!close_clause(p))
        return false;
    str_cut(&rest, ' ', &word);
    while (word.len && (word.ptr[word.len - 1] == '.' || word.ptr[word.len - 1] == ':'))
        word.len--;
    /* "## 13 categories" is no clause: a bare number there has a dot or a letter. */
    bool bare = true;
    for (size_t i = 0; i < word.len; i++)
        bare = bare && isdigit((unsigned char)word.ptr[i]);
    if (!bare && is_number(word)) {
        if (!open_clause(p, word, number))
            return false;
        if (rest.ptr)
            add_text(p, rest), add_text(p, STR(" "));
        return true;
    }
    Clause named = {.section = title};
    if (name_section(&named, title))
        p->section = named;
    else
        p->section.section = title;
    return true;
}

static bool read_page(Page *p, Str text)
{
    Str line;
    bool fenced = false;
    for (int number = 1; str_cut(&text, '\n', &line); number++) {
        Str t = str_trim(line);
        bool fence = str_starts(t, STR("```"));
        fenced = fenced != fence;
        bool heading = !fenced && !fence && str_starts(t, STR("#"));
        if (!(heading ? read_heading(p, t, number) : read_words(p, line, number)))
            return false;
    }
    return close_clause(p);
}

static Str without(Str path, Str *folder)
{
    const char *slash = memrchr(path.ptr, '/', path.len);
    size_t n = slash ? (size_t)(slash + 1 - path.ptr) : 0;
    *folder = (Str){path.ptr, n};
    return (Str){path.ptr + n, path.len - n - strlen(".md")};
}

/* Bold and headings: no page holds more clauses. */
static size_t most_clauses(const Bundle *b)
{
    size_t n = 0;
    for (size_t i = 0; i < b->count; i++)
        for (size_t k = 0; k < b->file[i].text.len; k++)
            n += b->file[i].text.ptr[k] == '*' || b->file[i].text.ptr[k] == '#';
    return n < CLAUSES_MAX ? n : CLAUSES_MAX;
}

bool clauses_read(Arena *a, const Bundle *b, Clauses *out, Err *err)
{
    Clauses all = {.clause = arena_array(a, Clause, most_clauses(b))};
    bool ok = true;
    for (size_t i = 0; ok && i < b->count; i++) {
        Page p = {.arena = a, .out = &all, .path = b->file[i].path, .err = err};
        if (!str_ends(p.path, STR(".md")))
            continue;
        buf_init(&p.text, POLICY_MAX_BYTES);
        p.section.section = without(p.path, &p.folder);
        name_section(&p.section, p.section.section);
        ok = read_page(&p, b->file[i].text);
        buf_done(&p.text);
    }
    if (ok)
        *out = all;
    return ok;
}

const Clause *clauses_find(const Clauses *c, Str id)
{
    for (size_t i = 0; i < c->count; i++)
        if (str_eq(c->clause[i].id, id))
            return &c->clause[i];
    return NULL;
}
