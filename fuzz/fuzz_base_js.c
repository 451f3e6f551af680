/* JSON: whatever is taken is written and read back, and the second text equals the first. */
#include "base/js.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write(Buf *out, const Js *j)
{
    Err err = {0};
    buf_init(out, 64 << 20);
    JsWriter w = js_writer(out);
    js_value(&w, j);
    bool ok = buf_ok(out, &err);
    assert(ok);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *a = arena_open(256 << 20);
    Err err = {0};
    const Js *first = NULL, *second = NULL;
    if (js_parse(a, (Str){(const char *)data, size}, &first, &err)) {
        assert(err.code == ERR_NONE && first);
        Buf one, two;
        write(&one, first);
        bool ok = js_parse(a, buf_str(&one), &second, &err);
        assert(ok);
        write(&two, second);
        assert(str_eq(buf_str(&one), buf_str(&two)));
        buf_done(&one);
        buf_done(&two);
    } else {
        assert(!first && err.code != ERR_NONE && err.msg[0]);
    }
    arena_close(a);
    return 0;
}
