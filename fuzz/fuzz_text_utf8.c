/* Any bytes: valid() and repair() agree, and what is valid decodes and encodes to itself. */
#include "text/utf8.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *a = arena_open(1 << 24);
    Str s = {(const char *)data, size}, repaired;
    Err err;
    size_t bad = size;
    bool valid = utf8_valid(s, &bad);
    assert(valid == (bad == size));
    assert(utf8_valid((Str){s.ptr, bad}, NULL));
    if (utf8_repair(a, s, &repaired, &err)) {
        assert(utf8_valid(repaired, NULL));
        assert(str_eq(repaired, s) == valid);
        for (size_t i = 0, n; i < repaired.len; i += n) {
            char again[4];
            uint32_t c = utf8_decode(repaired, i, &n);
            assert(utf8_encode(c, again) == n && memcmp(again, repaired.ptr + i, n) == 0);
        }
    }
    arena_close(a);
    return 0;
}
