/* fuzz_nn_pack.c - hostile packs, signed or not: opened, then every section is read.
 *
 * A fuzzer cannot guess a SHA-256, so besides the input as it is, the input is tried with
 * its last 32 bytes replaced by the right digest; only then is the section table reached. */
#include "base/arena.h"
#include "nn/pack.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

enum { MAX_SIZE = 1 << 16 };

static void read_all(const Pack *p, Arena *a)
{
    Digest d = pack_digest(p);
    uint64_t sum = d.byte[0];
    for (size_t i = 0; i < pack_count(p); i++) {
        Str name, bytes;
        PackKind kind;
        size_t rows, cols;
        Err err = {0};
        const float *x;
        const int8_t *q;
        assert(pack_section(p, i, &name, &kind, &rows, &cols));
        const char *z = str_z(a, name);
        assert(pack_bytes(p, z, &bytes, &err) == (kind == PACK_BYTES));
        assert(pack_f32(p, z, rows, cols, &x, &err) == (kind == PACK_F32));
        assert(pack_i8(p, z, rows, cols, &q, &x, &err) == (kind == PACK_I8));
        if (kind == PACK_BYTES) {
            for (size_t j = 0; j < bytes.len; j++)
                sum += (uint8_t)bytes.ptr[j];
        } else if (rows * cols <= MAX_SIZE) { /* a shape of no columns may have any rows */
            assert(pack_read_f32(p, z, rows, cols, arena_array(a, float, rows *cols), &err));
        }
    }
    volatile uint64_t keep = sum;
    (void)keep;
}

static void try_bytes(Str s, Arena *a)
{
    Pack *p = NULL;
    Err err = {0};
    if (pack_open_bytes(s, &p, &err)) {
        read_all(p, a);
        pack_close(p);
    } else {
        assert(err.code == ERR_CORRUPT && err.msg[0] && !p);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > MAX_SIZE)
        return 0;
    Arena *a = arena_open(4 << 20);
    char *copy = arena_array(a, char, size); /* aligned, as a map is */
    if (size)
        memcpy(copy, data, size);
    try_bytes((Str){copy, size}, a);
    if (size >= 32) {
        Digest d = digest_of((Str){copy, size - 32});
        memcpy(copy + size - 32, d.byte, 32);
        try_bytes((Str){copy, size}, a);
    }
    arena_close(a);
    return 0;
}
