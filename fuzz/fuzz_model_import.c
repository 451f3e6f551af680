/* fuzz_model_import.c - hostile files of weights: read as what they look like, then every
 * tensor is touched from its first byte to its last. */
#include "base/arena.h"
#include "model/import.h"

#include <assert.h>

enum { MAX_SIZE = 1 << 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > MAX_SIZE)
        return 0;
    Arena *a = arena_open(16 << 20);
    ImportFile file;
    Err err = {0};
    if (import_read(a, (Str){(const char *)data, size}, &file, &err)) {
        uint64_t sum = 0;
        assert(file.count <= IMPORT_TENSORS_MAX);
        for (size_t i = 0; i < file.count; i++) {
            const ImportTensor *t = &file.tensor[i];
            assert(t->type && t->bytes.len <= size);
            sum += t->name.len + t->dims;
            for (size_t j = 0; j < t->bytes.len; j++)
                sum += (uint8_t)t->bytes.ptr[j];
        }
        volatile uint64_t keep = sum;
        (void)keep;
    } else {
        assert(err.msg[0]);
    }
    arena_close(a);
    return 0;
}
