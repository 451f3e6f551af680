/* CSV, TSV and lines (gzip too): every row is UTF-8 with the header's number of fields, a bad
 * row says where, and the rows and bad rows together are no more than the lines.  The first
 * byte chooses the options. */
#include "data/reader.h"
#include "memory_file.h"
#include "text/utf8.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_all(const char *path, const ReaderOptions *o)
{
    Reader *r = NULL;
    Record rec;
    Err err = {0};
    ReadStep s;
    size_t width = 0, line = 0;
    if (!reader_open(path, o, &r, &err)) {
        assert(err.msg[0]);
        return;
    }
    while ((s = reader_next(r, &rec, &err)) != READ_END && s != READ_FAILED) {
        if (s == READ_BAD) {
            assert(strncmp(err.msg, path, strlen(path)) == 0);
            continue;
        }
        assert(rec.line > line && (!width || rec.count == width));
        line = rec.line;
        width = rec.count;
        for (size_t i = 0; i < rec.count; i++) {
            assert(utf8_valid(rec.value[i], NULL));
            assert(rec.value[i].len <= o->max_line_bytes);
        }
    }
    assert(reader_next(r, &rec, &err) == READ_END);
    reader_close(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const Str names[] = {STR("a"), STR("b"), STR("c")};
    if (size == 0)
        return 0;
    uint8_t how = data[0];
    ReaderOptions o = {
        .format = how % 3 == 0   ? READER_CSV
                  : how % 3 == 1 ? READER_TSV
                                 : READER_LINES,
        .no_quotes = how & 64,
        .separator = how & 128 ? ';' : 0,
        .columns = names,
        .column_count = how & 32 ? 3 : 0,
        .max_line_bytes = 256,
    };
    MemoryFile f = memory_file(data + 1, size - 1);
    read_all(f.path, &o);
    close(f.fd);
    return 0;
}
