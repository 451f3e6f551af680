#include "data/reader.h"

#include "data/reader_internal.h"
#include "text/utf8.h"

#include <stdarg.h>
#include <stdio.h>

enum { READER_ARENA = 1 << 30 /* address space; a json tree is the largest thing in it */ };

static const Str format_names[] = {
    [READER_CSV] = STR("csv"),   [READER_TSV] = STR("tsv"),     [READER_JSONL] = STR("jsonl"),
    [READER_JSON] = STR("json"), [READER_LINES] = STR("lines"),
};

const char *reader_format_name(ReaderFormat f) { return format_names[f].ptr; }

bool reader_format_parse(Str name, ReaderFormat *out)
{
    for (int f = 0; f < READER_FORMAT_COUNT; f++) {
        if (str_eq(name, format_names[f])) {
            *out = (ReaderFormat)f;
            return true;
        }
    }
    return false;
}

bool record_text(const Record *r, Str name, Str *out)
{
    for (size_t i = 0; i < r->count; i++) {
        if (str_eq(r->name[i], name)) {
            *out = r->value[i];
            return true;
        }
    }
    return false;
}

bool record_number(const Record *r, Str name, double *out)
{
    Str s;
    return record_text(r, name, &s) && str_to_double(str_trim(s), out);
}

ReadStep reader_bad(const Reader *r, Err *err, const char *fmt, ...)
{
    char why[160];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(why, sizeof why, fmt, ap);
    va_end(ap);
    err_set(err, ERR_INPUT, "%s:%zu: %s", r->path, r->begin, why);
    return READ_BAD;
}

ReadStep reader_line(Reader *r, Err *err)
{
    buf_clear(&r->bytes);
    int c = input_peek(r->in);
    if (c == INPUT_END)
        return READ_END;
    r->begin = ++r->line;
    while ((c = input_byte(r->in)) >= 0 && c != '\n')
        buf_byte(&r->bytes, (char)c);
    if (c == INPUT_FAILED) {
        input_error(r->in, err);
        return READ_FAILED;
    }
    if (r->bytes.over)
        return reader_bad(r, err, "longer than %zu bytes", r->o.max_line_bytes);
    if (r->bytes.len && r->bytes.ptr[r->bytes.len - 1] == '\r')
        r->bytes.len--;
    return READ_ROW;
}

static ReadStep lines_next(Reader *r, Err *err)
{
    ReadStep s = reader_line(r, err);
    r->count = 1;
    r->start[0] = 0;
    r->length[0] = r->bytes.len;
    return s;
}

/* Byte formats: fields become views of `bytes`, which must be UTF-8 without zero bytes. */
static ReadStep finish(Reader *r, Err *err)
{
    size_t bad_at;
    Str all = buf_str(&r->bytes);
    if (!utf8_valid(all, &bad_at))
        return reader_bad(r, err, "not UTF-8 at byte %zu of the row", bad_at + 1);
    if (all.len && memchr(all.ptr, 0, all.len))
        return reader_bad(r, err, "holds a zero byte");
    for (size_t i = 0; i < r->count; i++) /* an empty Buf may have no memory at all */
        r->value[i] = r->length[i] ? (Str){all.ptr + r->start[i], r->length[i]} : STR("");
    return READ_ROW;
}

static ReadStep row_next(Reader *r, Err *err)
{
    ReadStep s;
    switch (r->o.format) {
    case READER_JSONL:
        return jsonl_next(r, err);
    case READER_JSON:
        return json_next(r, err);
    case READER_LINES:
        s = lines_next(r, err);
        return s == READ_ROW ? finish(r, err) : s;
    case READER_CSV:
    case READER_TSV:
        s = csv_next(r, err);
        return s == READ_ROW ? finish(r, err) : s;
    case READER_FORMAT_COUNT:
        break;
    }
    return READ_END;
}

static bool is_table(const Reader *r)
{
    return r->o.format == READER_CSV || r->o.format == READER_TSV;
}

ReadStep reader_next(Reader *r, Record *out, Err *err)
{
    if (r->ended)
        return READ_END;
    ReadStep s = row_next(r, err);
    if (s == READ_ROW && is_table(r) && r->count != r->header_count)
        s = reader_bad(r, err, "%zu fields where %zu are wanted", r->count, r->header_count);
    r->ended = s == READ_END || s == READ_FAILED;
    if (s == READ_ROW)
        *out = (Record){r->path, r->begin, r->count, r->name, r->value};
    return s;
}

static bool set_names(Reader *r, const Str *name, size_t count, Err *err)
{
    if (count > READER_MAX_FIELDS)
        return err_set(err, ERR_LIMIT, "%s: more than %d columns", r->path, READER_MAX_FIELDS);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < i; j++)
            if (name[i].len && str_eq(r->name[j], name[i]))
                return err_set(err, ERR_INPUT, "%s: two columns are called '" STR_FMT "'",
                               r->path, STR_ARG(name[i]));
        r->name[i] = str_copy(r->arena, name[i]);
    }
    r->header_count = count;
    return true;
}

static bool read_header(Reader *r, Err *err)
{
    if (r->o.column_count)
        return set_names(r, r->o.columns, r->o.column_count, err);
    switch (row_next(r, err)) {
    case READ_ROW:
        return set_names(r, r->value, r->count, err);
    case READ_END:
        return err_set(err, ERR_INPUT, "%s: no header line", r->path);
    case READ_BAD:
    case READ_FAILED:
        break;
    }
    return false;
}

static void skip_byte_order_mark(Reader *r)
{
    if (input_peek(r->in) != 0xef)
        return;
    for (int i = 0; i < 3; i++)
        input_byte(r->in);
}

static bool start(Reader *r, Err *err)
{
    if (!input_open(r->path, &r->in, err))
        return false;
    skip_byte_order_mark(r);
    switch (r->o.format) {
    case READER_CSV:
    case READER_TSV:
        if (!r->o.separator)
            r->o.separator = r->o.format == READER_CSV ? ',' : '\t';
        return read_header(r, err);
    case READER_LINES:
        r->name[0] = STR("line");
        return true;
    case READER_JSON:
        return json_open(r, err);
    case READER_JSONL:
    case READER_FORMAT_COUNT:
        break;
    }
    return true;
}

bool reader_open(const char *path, const ReaderOptions *o, Reader **out, Err *err)
{
    Arena *arena = arena_open(READER_ARENA);
    Reader *r = arena_new(arena, Reader);
    r->arena = arena;
    r->o = *o;
    r->path = str_z(arena, str_of(path));
    buf_init(&r->bytes, o->format == READER_JSON ? READER_JSON_MAX_BYTES : o->max_line_bytes);
    if (!start(r, err)) {
        reader_close(r);
        return false;
    }
    r->clean = arena_mark(arena);
    *out = r;
    return true;
}

void reader_close(Reader *r)
{
    if (!r)
        return;
    buf_done(&r->bytes);
    input_close(r->in);
    arena_close(r->arena);
}
