/* Masking: valid UTF-8 stays valid, masking twice is masking once; the digest of a text does
 * not hang on its white space at the ends. */
#include "data/mask.h"
#include "data/text_digest.h"
#include "text/utf8.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Str text = {(const char *)data, size}, once, twice;
    if (!utf8_valid(text, NULL))
        return 0;
    Arena *a = arena_open(64 << 20);
    Err err = {0};
    bool ok = mask_pii(a, text, &once, &err) && mask_pii(a, once, &twice, &err);
    assert(ok && utf8_valid(once, NULL) && str_eq(once, twice));
    Digest plain = text_digest(once);
    Digest spaced = text_digest(str_print(a, " \n%.*s\t", STR_ARG(once)));
    assert(memchr(once.ptr, 0, once.len) || digest_eq(&plain, &spaced));
    arena_close(a);
    return 0;
}
