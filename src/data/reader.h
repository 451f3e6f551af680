/* reader.h - records out of the files that people have: CSV, TSV, JSONL, JSON, plain lines.
 *
 * A record is named text fields and the place it came from.  Files are streamed, so that
 * memory is bounded by one row; only JSON that is one large value is read whole.  Gzip is
 * recognised by its first bytes, whatever the file is called.
 *
 * What becomes a field:
 *   csv, tsv   the columns, named by the header line or by `columns`
 *   jsonl      the members of the object of each line
 *   json       the members of each value that `path` leads to; the keys and places that its
 *              wildcards went through are the fields $1, $2, ...
 *   lines      the field "line"
 * In JSON, members of an inner object are named "outer.inner"; an element of a list that is
 * itself the record is named by its place ("0", "1"); a value that is a bare text or number
 * is the field "value"; an inner list is its JSON text; null is no field.
 *
 * A bad row (too long, wrong number of columns, not UTF-8, not JSON) is reported with file,
 * line and reason, and the next call goes on behind it.
 */
#ifndef DATA_READER_H
#define DATA_READER_H

#include "base/err.h"
#include "base/str.h"

typedef enum ReaderFormat {
    READER_CSV,
    READER_TSV,
    READER_JSONL,
    READER_JSON,
    READER_LINES,
    READER_FORMAT_COUNT
} ReaderFormat;

const char *reader_format_name(ReaderFormat f);
bool reader_format_parse(Str name, ReaderFormat *out);

enum { READER_MAX_FIELDS = 512, READER_JSON_MAX_BYTES = 256 << 20 };

typedef struct ReaderOptions {
    ReaderFormat format;
    char separator;      /* csv, tsv; 0: the format's own */
    bool no_quotes;      /* csv, tsv: a quote is a character like others, a row is a line */
    const Str *columns;  /* csv, tsv: their names, when the file has no header line */
    size_t column_count; /* 0: the first row is the header */
    Str path;            /* json: "$[*]", "$.train[*]", "$.*.*[*]"; empty: "$[*]" */
    size_t max_line_bytes;
} ReaderOptions;

/* Borrowed from the reader until its next step. */
typedef struct Record {
    const char *file;
    size_t line; /* where it begins, from 1; in json: the how-manieth record */
    size_t count;
    const Str *name;
    const Str *value;
} Record;

bool record_text(const Record *r, Str name, Str *out);      /* false: no such field */
bool record_number(const Record *r, Str name, double *out); /* false: absent or no number */

typedef enum ReadStep {
    READ_ROW,
    READ_BAD,    /* *err says "file:line: reason"; the next step goes on behind it */
    READ_END,    /* and so does every step after it */
    READ_FAILED, /* the file cannot be read on: *err */
} ReadStep;

typedef struct Reader Reader;

/* Fails when the file cannot be opened, has no header or two columns of one name, or the
 * options do not fit together. */
bool reader_open(const char *path, const ReaderOptions *o, Reader **out, Err *err);
ReadStep reader_next(Reader *r, Record *out, Err *err);
void reader_close(Reader *r); /* NULL is fine */

#endif
