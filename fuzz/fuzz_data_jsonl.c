/* JSON lines, and one JSON value with a path into it: fields are UTF-8 without zero bytes, and
 * what is refused says why.  The first byte chooses. */
#include "data/reader.h"
#include "memory_file.h"
#include "text/utf8.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const Str paths[] = {STR(""), STR("$"), STR("$.*[*]"), STR("$.*.*[*]"),
                                STR("$.a[*]")};
    if (size == 0)
        return 0;
    ReaderOptions o = {.format = data[0] & 1 ? READER_JSON : READER_JSONL,
                       .path = paths[data[0] / 2 % 5],
                       .max_line_bytes = 4096};
    MemoryFile f = memory_file(data + 1, size - 1);
    Reader *r = NULL;
    Record rec;
    Err err = {0};
    ReadStep s = READ_FAILED;
    if (reader_open(f.path, &o, &r, &err)) {
        while ((s = reader_next(r, &rec, &err)) == READ_ROW || s == READ_BAD) {
            if (s == READ_BAD)
                assert(strncmp(err.msg, f.path, strlen(f.path)) == 0);
            for (size_t i = 0; s == READ_ROW && i < rec.count; i++) {
                assert(utf8_valid(rec.name[i], NULL) && utf8_valid(rec.value[i], NULL));
                assert(!memchr(rec.value[i].ptr, 0, rec.value[i].len));
            }
        }
        reader_close(r);
    }
    assert(s == READ_END || err.msg[0]);
    close(f.fd);
    return 0;
}
