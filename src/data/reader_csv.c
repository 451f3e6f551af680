/* reader_csv.c - rows of separated fields (RFC 4180), one pass, byte by byte.
 *
 * A field that begins with a quote ends at the next quote that is not doubled; separators
 * and line ends within are text.  A quote inside an unquoted field is a character, as every
 * spreadsheet does it.  Blank lines are no rows.
 *
 * Recovery: when a row is too long, or goes on behind a closing quote, the rest of the line
 * is skipped and the next line is a row again.  So a quote that never closes costs what
 * max_line_bytes holds, not the file.
 */
#include "data/reader_internal.h"

typedef enum RowEnd { ROW_GOES_ON, ROW_ENDS, ROW_INPUT_ENDS, ROW_FAILS } RowEnd;

static void field_begin(Reader *r)
{
    if (r->count < READER_MAX_FIELDS)
        r->start[r->count] = r->bytes.len;
}

static void field_end(Reader *r)
{
    if (r->count < READER_MAX_FIELDS)
        r->length[r->count] = r->bytes.len - r->start[r->count];
    r->count++; /* beyond the maximum only counted: reported as a bad row */
}

static RowEnd end_of(int c) { return c == INPUT_FAILED ? ROW_FAILS : ROW_INPUT_ENDS; }

/* What stands behind a field: separator, end of line or end of input. */
static RowEnd after(Reader *r, int c)
{
    if (c < 0)
        return end_of(c);
    if (c == '\r' && input_peek(r->in) == '\n')
        c = input_byte(r->in);
    if (c == '\n')
        return ROW_ENDS;
    return ROW_GOES_ON;
}

static bool stops(const Reader *r, int c)
{
    return c < 0 || c == '\n' || (unsigned char)r->o.separator == (unsigned)c;
}

/* Up to the end of the line, whatever it holds. */
static RowEnd skip_line(Reader *r)
{
    int c;
    while ((c = input_byte(r->in)) >= 0)
        if (c == '\n')
            return ROW_ENDS;
    return end_of(c);
}

static RowEnd plain_field(Reader *r)
{
    int c;
    while (!stops(r, c = input_byte(r->in)))
        buf_byte(&r->bytes, (char)c);
    bool cr = (c == '\n' || c == INPUT_END) && r->bytes.len > r->start[r->count] &&
              r->bytes.ptr[r->bytes.len - 1] == '\r';
    r->bytes.len -= cr;
    return after(r, c);
}

static RowEnd quoted_field(Reader *r, const char **why)
{
    input_byte(r->in); /* the opening quote */
    for (;;) {
        int c = input_byte(r->in);
        if (c < 0) {
            *why = "a quote is not closed";
            return end_of(c);
        }
        if (c == '"') {
            if (input_peek(r->in) != '"')
                break;
            input_byte(r->in);
        }
        r->line += c == '\n';
        buf_byte(&r->bytes, (char)c);
        if (r->bytes.over)
            return skip_line(r);
    }
    int c = input_byte(r->in);
    if (stops(r, c) || (c == '\r' && input_peek(r->in) == '\n'))
        return after(r, c);
    *why = "text behind a closing quote";
    return skip_line(r);
}

/* The fields of one row; *why is set when it is bad for another reason than its length. */
static RowEnd read_row(Reader *r, const char **why)
{
    RowEnd end = ROW_GOES_ON;
    r->count = 0;
    while (end == ROW_GOES_ON) {
        bool quoted = !r->o.no_quotes && input_peek(r->in) == '"';
        field_begin(r);
        if (r->count >= READER_MAX_FIELDS) {
            *why = "too many fields";
            return skip_line(r);
        }
        end = quoted ? quoted_field(r, why) : plain_field(r);
        field_end(r);
        if (*why || r->bytes.over)
            break;
    }
    return end;
}

static bool blank(const Reader *r) { return r->count == 1 && r->length[0] == 0; }

ReadStep csv_next(Reader *r, Err *err)
{
    for (;;) {
        const char *why = NULL;
        buf_clear(&r->bytes);
        if (input_peek(r->in) == INPUT_END)
            return READ_END;
        r->begin = ++r->line;
        RowEnd end = read_row(r, &why);
        if (end == ROW_FAILS) {
            input_error(r->in, err);
            return READ_FAILED;
        }
        if (r->bytes.over) {
            if (end == ROW_GOES_ON)
                skip_line(r);
            return reader_bad(r, err, "longer than %zu bytes", r->o.max_line_bytes);
        }
        if (why)
            return reader_bad(r, err, "%s", why);
        if (!blank(r) || r->header_count == 1)
            return READ_ROW;
    }
}
