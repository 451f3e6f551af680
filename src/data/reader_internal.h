/* reader_internal.h - what the formats share: the record being built. */
#ifndef DATA_READER_INTERNAL_H
#define DATA_READER_INTERNAL_H

#include "base/buf.h"
#include "base/js.h"
#include "data/input.h"
#include "data/reader.h"

typedef struct JsonItem {
    const Js *value;     /* NULL: `path` did not fit here */
    size_t first, count; /* of the reader's list of keys: what the wildcards went through */
} JsonItem;

struct Reader {
    Arena *arena;    /* the reader, header, and for json the tree */
    ArenaMark clean; /* jsonl: each line is parsed behind this mark */
    ReaderOptions o;
    const char *path;
    Input *in;
    size_t line;  /* lines begun so far */
    size_t begin; /* line at which the record begins */
    bool ended;

    Buf bytes; /* the record's text, or the line */
    size_t start[READER_MAX_FIELDS], length[READER_MAX_FIELDS]; /* csv: in `bytes` */
    Str name[READER_MAX_FIELDS], value[READER_MAX_FIELDS];
    size_t count, header_count;

    const JsonItem *item; /* json */
    const Str *key;
    size_t item_count, item_at;
};

/* "file:line: reason", READ_BAD. */
ReadStep reader_bad(const Reader *r, Err *err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* One line without its end into `bytes`; READ_ROW, READ_BAD (too long), READ_END, READ_FAILED.
 */
ReadStep reader_line(Reader *r, Err *err);

/* One row split into fields start/length/count. */
ReadStep csv_next(Reader *r, Err *err);

ReadStep jsonl_next(Reader *r, Err *err);
bool json_open(Reader *r, Err *err); /* reads the whole file, finds what `path` leads to */
ReadStep json_next(Reader *r, Err *err);

#endif
