/* recipe_reader.c - a recipe applied to files: records in, labelled rows out.
 *
 * A record goes this way: template, entities, replacements, masking, white space, case; then
 * `where`; then the text is cut into pieces or gets texts appended, and each piece is a row
 * to which the rules are applied.  Rows wait in a short queue, since one record may become
 * several.  Everything of a record dies with the next one's beginning.
 *
 * Random choices (where to cut, which replacement, what to append) are drawn from the digest
 * of the text, so that reading again gives the same rows, in whatever order files come.
 */
#include "base/file.h"
#include "base/hash.h"
#include "base/rng.h"
#include "data/clean.h"
#include "data/mask.h"
#include "data/overlay.h"
#include "data/recipe_internal.h"
#include "data/text_digest.h"
#include "data/votes_internal.h"

#include <stdio.h>

enum {
    FILES_MAX = 4096,
    TABLES_BYTES = 1 << 30, /* address space for file names, votes, appended texts */
    RECORD_LINES = 64,      /* a record's scratch, in max_line_bytes */
    RECORD_BYTES = 64 << 20,
    APPENDED_MAX = 100000,
};

typedef struct FileOf {
    const Part *part;
    const char *path;
} FileOf;

struct RecipeReader {
    const Recipe *recipe;
    size_t max_line_bytes;
    Arena *tables, *record;
    ArenaMark part_begin, record_begin;
    FileOf *file;
    size_t files, at;
    Reader *reader;
    const Part *part; /* whose votes and appended texts are loaded */
    const VoteTable *votes;
    const Str *append;
    size_t appends;
    size_t part_rows;
    RecipeCounts counts;

    /* the record whose rows are being handed out */
    Record now;
    Row common;
    Str *piece;
    size_t pieces, piece_at;
};

/* ---- which files -------------------------------------------------------------------- */

static Str base_name(Str path)
{
    for (size_t i = path.len; i > 0; i--)
        if (path.ptr[i - 1] == '/')
            return (Str){path.ptr + i, path.len - i};
    return path;
}

static Str folder_of(Str path)
{
    Str base = base_name(path);
    return base.len == path.len ? STR(".") : (Str){path.ptr, path.len - base.len - 1};
}

static bool add_file(RecipeReader *rr, const Part *p, const char *path, Err *err)
{
    if (rr->files == FILES_MAX)
        return err_set(err, ERR_LIMIT, "more than %d files", FILES_MAX);
    rr->file[rr->files++] = (FileOf){p, path};
    return true;
}

/* The folder of the pattern below `base`, or `base` itself where there is none: so the
 * operand may be the root of all data or the folder of this source. */
static const char *pattern_folder(Arena *a, const char *base, Str pattern)
{
    Str name = base_name(pattern);
    if (name.len == pattern.len)
        return base;
    Str dir = {pattern.ptr, pattern.len - name.len - 1};
    const char *below = str_z(a, str_print(a, "%s/" STR_FMT, base, STR_ARG(dir)));
    return file_is_dir(below) ? below : base;
}

static bool find_in_folder(RecipeReader *rr, const Part *p, const char *base, Str pattern,
                           Err *err)
{
    const char *folder = pattern_folder(rr->tables, base, pattern);
    Str *name;
    size_t count, before = rr->files;
    if (!file_list(rr->tables, folder, "", &name, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!str_fits(base_name(pattern), name[i]))
            continue;
        Str path = str_print(rr->tables, "%s/" STR_FMT, folder, STR_ARG(name[i]));
        if (!add_file(rr, p, str_z(rr->tables, path), err))
            return false;
    }
    return rr->files > before || err_set(err, ERR_NOT_FOUND, "no file '" STR_FMT "' in %s",
                                         STR_ARG(base_name(pattern)), folder);
}

static bool fits_part(const Part *p, Str name)
{
    for (size_t i = 0; i < p->files; i++)
        if (str_fits(base_name(p->file[i]), name))
            return true;
    return false;
}

static bool find_files(RecipeReader *rr, const char *path, Err *err)
{
    const Recipe *r = rr->recipe;
    rr->file = arena_array(rr->tables, FileOf, FILES_MAX);
    if (file_is_dir(path)) {
        for (size_t i = 0; i < r->parts; i++)
            for (size_t f = 0; f < r->part[i].files; f++)
                if (!find_in_folder(rr, &r->part[i], path, r->part[i].file[f], err))
                    return false;
        return true;
    }
    const char *own = str_z(rr->tables, str_of(path));
    for (size_t i = 0; i < r->parts; i++)
        if (fits_part(&r->part[i], base_name(str_of(own))) &&
            !add_file(rr, &r->part[i], own, err))
            return false;
    return rr->files || add_file(rr, &r->part[0], own, err);
}

/* ---- opening ------------------------------------------------------------------------ */

bool recipe_reader_open(const Recipe *r, const char *path, size_t max_line_bytes,
                        RecipeReader **out, Err *err)
{
    Arena *tables = arena_open(TABLES_BYTES);
    RecipeReader *rr = arena_new(tables, RecipeReader);
    *rr = (RecipeReader){.recipe = r, .tables = tables, .max_line_bytes = max_line_bytes};
    rr->record = arena_open(RECORD_LINES * max_line_bytes + RECORD_BYTES);
    rr->record_begin = arena_mark(rr->record);
    if (!find_files(rr, path, err)) {
        recipe_reader_close(rr);
        return false;
    }
    rr->part_begin = arena_mark(tables);
    *out = rr;
    return true;
}

void recipe_reader_close(RecipeReader *rr)
{
    if (!rr)
        return;
    reader_close(rr->reader);
    arena_close(rr->record);
    arena_close(rr->tables);
}

RecipeCounts recipe_reader_counts(const RecipeReader *rr) { return rr->counts; }

/* Texts that are put behind others: read once a part; a bad one ends the reading. */
static bool load_appended(RecipeReader *rr, const Append *ap, Str folder, Err *err)
{
    Arena *a = rr->tables;
    Reader *reader = NULL;
    Record r;
    ReadStep step;
    ReaderOptions o = {
        .format = ap->format, .path = ap->path, .max_line_bytes = rr->max_line_bytes};
    Str path = str_print(a, STR_FMT "/" STR_FMT, STR_ARG(folder), STR_ARG(ap->file));
    if (!reader_open(str_z(a, path), &o, &reader, err))
        return false;
    Str *text = arena_array(a, Str, APPENDED_MAX);
    size_t n = 0;
    bool ok = true;
    while (ok && (step = reader_next(reader, &r, err)) != READ_END) {
        ok = step == READ_ROW;
        if (ok && n == APPENDED_MAX)
            ok = err_set(err, ERR_LIMIT, STR_FMT ": more than %d texts", STR_ARG(path),
                         APPENDED_MAX);
        if (ok)
            text[n++] = str_copy(a, template_fill(rr->record, &ap->text, &r));
    }
    reader_close(reader);
    if (ok && !n)
        ok = err_set(err, ERR_INPUT, STR_FMT ": no texts", STR_ARG(path));
    rr->append = text;
    rr->appends = n;
    return ok;
}

static bool begin_part(RecipeReader *rr, const FileOf *f, Err *err)
{
    Str folder = folder_of(str_of(f->path));
    arena_rewind(rr->tables, rr->part_begin);
    rr->part = f->part;
    rr->part_rows = 0;
    rr->votes = NULL;
    rr->append = NULL;
    rr->appends = 0;
    return (!f->part->votes.file.len || votes_load(rr->tables, &f->part->votes, folder,
                                                   rr->max_line_bytes, &rr->votes, err)) &&
           (!f->part->append.file.len || load_appended(rr, &f->part->append, folder, err));
}

static bool next_file(RecipeReader *rr, Err *err)
{
    const FileOf *f = &rr->file[rr->at++];
    reader_close(rr->reader);
    rr->reader = NULL;
    if (f->part != rr->part && !begin_part(rr, f, err))
        return false;
    ReaderOptions o = f->part->reader;
    o.max_line_bytes = rr->max_line_bytes;
    return reader_open(f->path, &o, &rr->reader, err);
}

/* ---- a record's text ---------------------------------------------------------------- */

static Str replace_one(Arena *a, Str text, Str from, Str to)
{
    size_t hits = 0, n = 0;
    for (size_t i = 0; i + from.len <= text.len; i++) {
        if (memcmp(text.ptr + i, from.ptr, from.len) == 0) {
            hits++;
            i += from.len - 1;
        }
    }
    if (!hits)
        return text;
    char *p = arena_array(a, char, text.len - hits * from.len + hits * to.len);
    for (size_t i = 0; i < text.len;) {
        if (i + from.len <= text.len && memcmp(text.ptr + i, from.ptr, from.len) == 0) {
            if (to.len)
                memcpy(p + n, to.ptr, to.len);
            n += to.len;
            i += from.len;
        } else {
            p[n++] = text.ptr[i++];
        }
    }
    return (Str){p, n};
}

static Str replace_all(Arena *a, const Part *p, Str text)
{
    Rng rng;
    rng_seed(&rng, hash64(text, 1));
    for (size_t i = 0; i < p->replaces; i++) {
        const Replace *r = &p->replace[i];
        text = replace_one(a, text, r->from, r->to[rng_below(&rng, r->choices)]);
    }
    return text;
}

static Str between(Str text, Str after, Str until)
{
    const char *p = after.len ? memmem(text.ptr, text.len, after.ptr, after.len) : NULL;
    if (p)
        text = (Str){p + after.len, text.len - (size_t)(p - text.ptr) - after.len};
    p = until.len ? memmem(text.ptr, text.len, until.ptr, until.len) : NULL;
    return p ? (Str){text.ptr, (size_t)(p - text.ptr)} : text;
}

static bool clean(Arena *a, const Part *p, Str text, Str *out, Err *err)
{
    if (p->entities)
        text = clean_entities(a, text);
    text = replace_all(a, p, text);
    if (!mask_pii(a, text, &text, err))
        return false;
    text = clean_space(a, text);
    switch (p->text_case) {
    case CASE_KEEP:
        break;
    case CASE_LOWER:
        text = clean_lower(a, text);
        break;
    case CASE_SENTENCE:
        text = clean_sentence_case(a, text);
        break;
    }
    *out = text;
    return true;
}

/* ---- pieces ------------------------------------------------------------------------- */

static bool space(char c) { return c == ' ' || c == '\n'; }

/* Words from..to of the text (as clean_space leaves it), found from *at on. */
static Str take_words(Str text, size_t *at, size_t words)
{
    size_t from = *at, i = from;
    while (i < text.len && words) {
        while (i < text.len && !space(text.ptr[i]))
            i++;
        if (--words)
            while (i < text.len && space(text.ptr[i]))
                i++;
    }
    size_t end = i;
    while (i < text.len && space(text.ptr[i]))
        i++;
    *at = i;
    return str_trim((Str){text.ptr + from, end - from});
}

static size_t count_words(Str text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++)
        n += !space(text.ptr[i]) && (i == 0 || space(text.ptr[i - 1]));
    return n;
}

/* The whole text in pieces whose lengths are drawn evenly in the logarithm, so that short
 * ones are as common as long ones; of these at most cut.pieces are kept, at random. */
static void cut_text(Arena *a, const Cut *cut, Str text, Rng *rng, Str **out, size_t *count)
{
    size_t words = count_words(text);
    Str *piece = arena_array(a, Str, words / cut->least + 1);
    uint32_t *order = arena_array(a, uint32_t, words / cut->least + 1);
    size_t n = 0, at = 0;
    double low = log((double)cut->least), high = log((double)cut->most + 1);
    while (words >= cut->least) {
        size_t take = (size_t)exp(low + rng_unit(rng) * (high - low));
        take = take < cut->least ? cut->least : take > cut->most ? cut->most : take;
        take = take > words ? words : take;
        order[n] = (uint32_t)n;
        piece[n++] = take_words(text, &at, take);
        words -= take;
    }
    if (n == 0) { /* shorter than the shortest piece: whole */
        piece[n++] = text;
    } else if (n > cut->pieces) {
        Str *kept = arena_array(a, Str, cut->pieces);
        rng_shuffle(rng, order, n);
        for (size_t i = 0; i < cut->pieces; i++)
            kept[i] = piece[order[i]];
        piece = kept;
        n = cut->pieces;
    }
    *out = piece;
    *count = n;
}

static bool append_texts(RecipeReader *rr, Str text, Rng *rng, Err *err)
{
    Arena *a = rr->record;
    size_t take = rr->part->append.take;
    rr->piece = arena_array(a, Str, take);
    for (size_t i = 0; i < take; i++) {
        Str more = rr->append[rng_below(rng, rr->appends)];
        Str both = str_print(a, STR_FMT "\n" STR_FMT, STR_ARG(text), STR_ARG(more));
        if (!clean(a, rr->part, both, &rr->piece[i], err))
            return false;
    }
    rr->pieces = take;
    return true;
}

/* ---- a record's rows ---------------------------------------------------------------- */

static bool side_of(const SplitMap *m, const Record *r, Split *out)
{
    Str v;
    *out = m->fixed;
    if (!m->column.len)
        return true;
    *out = SPLIT_COUNT;
    if (!record_text(r, m->column, &v))
        return true;
    for (size_t i = 0; i < m->count; i++) {
        if (!str_eq(m->value[i], v))
            continue;
        if (m->to[i] == SPLIT_SKIP)
            return false;
        *out = (Split)m->to[i];
    }
    return true;
}

static Str group_name(Arena *a, Str source, Str value)
{
    return str_print(a, STR_FMT ":%016llx", STR_ARG(source),
                     (unsigned long long)hash64(value, 0));
}

static Str group_of(RecipeReader *rr, Str text)
{
    const Part *p = rr->part;
    Str value = template_fill(rr->record, &p->group, &rr->now);
    if (!p->group.count && (p->cut.most || p->append.file.len))
        value = text; /* its pieces belong together */
    return value.len ? group_name(rr->record, rr->recipe->source, value) : (Str){0};
}

static bool wanted(RecipeReader *rr, Str text)
{
    RuleRow row = {.record = &rr->now, .text = text, .scratch = rr->record};
    for (size_t i = 0; i < rr->part->wheres; i++)
        if (!conditions_hold(&rr->part->where[i], &row))
            return false;
    return side_of(&rr->part->split, &rr->now, &rr->common.split);
}

/* A record that names its text by the digest: one row without a text. */
static bool begin_overlay(RecipeReader *rr, Err *err)
{
    Overlay o;
    rr->pieces = rr->piece_at = 0;
    if (!overlay_read(&rr->now, rr->part->digest, &o, err))
        return false;
    if (!wanted(rr, STR(""))) {
        rr->counts.filtered++;
        return true;
    }
    rr->common = (Row){.source = template_fill(rr->record, &rr->part->source, &rr->now),
                       .policy = o.policy,
                       .digest = o.digest,
                       .labels = o.labels,
                       .split = SPLIT_COUNT};
    rr->piece = arena_array(rr->record, Str, 1);
    rr->pieces = 1;
    return true;
}

/* False: the text cannot be read (*err).  Leaves the pieces, none when it is filtered. */
static bool begin_record(RecipeReader *rr, Err *err)
{
    Arena *a = rr->record;
    const Part *p = rr->part;
    Str text;
    rr->pieces = rr->piece_at = 0;
    if (rr->votes)
        rr->now = votes_join(a, rr->votes, &p->votes, &rr->now);
    text = between(template_fill(a, &p->text, &rr->now), p->after, p->until);
    if (!clean(a, p, text, &text, err))
        return false;
    if (!wanted(rr, text)) {
        rr->counts.filtered++;
        return true;
    }
    if (!text.len) {
        rr->counts.empty++;
        return true;
    }
    rr->common.source = template_fill(a, &p->source, &rr->now);
    rr->common.language = template_fill(a, &p->language, &rr->now);
    rr->common.group = group_of(rr, text);
    Rng rng;
    rng_seed(&rng, hash64(text, 0));
    if (p->append.file.len)
        return append_texts(rr, text, &rng, err);
    if (p->cut.most) {
        cut_text(a, &p->cut, text, &rng, &rr->piece, &rr->pieces);
        return true;
    }
    rr->piece = arena_array(a, Str, 1);
    rr->piece[0] = text;
    rr->pieces = 1;
    return true;
}

/* The next piece as a row; false: it was dropped. */
static bool next_piece(RecipeReader *rr, Row *out)
{
    const Part *p = rr->part;
    *out = rr->common;
    out->text = rr->piece[rr->piece_at++];
    out->origin = p->origin;
    if (!p->digest.len) {
        out->digest = text_digest(out->text);
        labels_unknown(&out->labels);
    }
    RuleRow row = {.record = &rr->now,
                   .text = out->text,
                   .scratch = rr->record,
                   .labels = &out->labels,
                   .weight = p->weight};
    if (p->max_rows && rr->part_rows == p->max_rows) {
        rr->counts.over++;
        return false;
    }
    for (size_t i = 0; i < p->label_sets; i++)
        rules_apply(&p->labels[i], &row);
    out->weight = (float)row.weight;
    rr->counts.filtered += row.drop;
    rr->counts.rows += !row.drop;
    rr->part_rows += !row.drop;
    return !row.drop;
}

static ReadStep bad(RecipeReader *rr, ReadStep step)
{
    rr->counts.bad += step == READ_BAD;
    return step;
}

ReadStep recipe_reader_next(RecipeReader *rr, Row *out, Err *err)
{
    for (;;) {
        while (rr->piece_at < rr->pieces)
            if (next_piece(rr, out))
                return READ_ROW;
        if (!rr->reader) {
            if (rr->at == rr->files)
                return READ_END;
            if (!next_file(rr, err))
                return READ_FAILED;
        }
        arena_rewind(rr->record, rr->record_begin);
        ReadStep step = reader_next(rr->reader, &rr->now, err);
        if (step == READ_END) {
            reader_close(rr->reader);
            rr->reader = NULL;
            continue;
        }
        if (step != READ_ROW)
            return bad(rr, step);
        rr->counts.records++;
        const char *file = rr->now.file;
        size_t line = rr->now.line;
        bool ok = rr->part->digest.len ? begin_overlay(rr, err) : begin_record(rr, err);
        if (!ok) {
            rr->counts.records--;
            err_wrap(err, "%s:%zu", file, line);
            return bad(rr, READ_BAD);
        }
    }
}

/* ---- all at once -------------------------------------------------------------------- */

static void keep_bad(Arena *a, BadRows *bad_rows, const char *why)
{
    if (bad_rows->count < BAD_ROWS_KEPT)
        bad_rows->message[bad_rows->count] = str_copy(a, str_of(why));
    bad_rows->count++;
}

static bool keep_row(Arena *a, const Row *row, Rows *rows, size_t *cap)
{
    if (rows->count == *cap) {
        size_t more = *cap ? 2 * *cap : 256;
        Row *list = arena_try_array(a, Row, more);
        if (!list)
            return false;
        if (rows->count)
            memcpy(list, rows->row, rows->count * sizeof *list);
        rows->row = list;
        *cap = more;
    }
    Row *r = &rows->row[rows->count];
    char *text = arena_try_array(a, char, row->text.len);
    if (!text)
        return false;
    *r = *row;
    r->text = (Str){memcpy(text, row->text.ptr, row->text.len), row->text.len};
    r->source = str_copy(a, row->source);
    r->group = str_copy(a, row->group);
    r->language = str_copy(a, row->language);
    r->policy = str_copy(a, row->policy);
    rows->count++;
    return true;
}

bool rows_read(Arena *a, const Recipe *r, const char *path, size_t max_line_bytes, Rows *out,
               BadRows *bad_rows, Err *err)
{
    RecipeReader *rr = NULL;
    for (size_t i = 0; i < r->parts; i++)
        if (r->part[i].digest.len)
            return err_set(err, ERR_INPUT, "%s: its recipe names texts and has none", path);
    if (!recipe_reader_open(r, path, max_line_bytes, &rr, err))
        return false;
    Rows rows = {0};
    BadRows bad_list = {0};
    size_t cap = 0;
    bool ok = true;
    ReadStep step;
    Row row;
    Err why;
    while (ok && (step = recipe_reader_next(rr, &row, &why)) != READ_END) {
        if (step == READ_BAD)
            keep_bad(a, &bad_list, why.msg);
        else if (step == READ_FAILED)
            ok = false;
        else if (!keep_row(a, &row, &rows, &cap))
            ok = err_set(&why, ERR_LIMIT, "%s: more rows than memory", path);
    }
    recipe_reader_close(rr);
    if (!ok) {
        *err = why;
        return false;
    }
    *out = rows;
    *bad_rows = bad_list;
    return true;
}
