/* Any text: the folded view is valid, its offsets ascend within the original, and its
 * evidence lies there; n-grams and shingles of it can be read. */
#include "text/minhash.h"
#include "text/ngram.h"
#include "text/normalise.h"
#include "text/utf8.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *a = arena_open(64 << 20);
    Str text;
    Folded f;
    Ngrams n;
    Shingles s;
    Minhash m;
    Err err;
    if (!utf8_repair(a, (Str){(const char *)data, size}, &text, &err) ||
        !normalise(a, text, &f, &err)) {
        arena_close(a);
        return 0;
    }
    assert(utf8_valid(f.text, NULL) && f.origin[f.text.len] == text.len);
    for (size_t i = 0; i < f.text.len; i++)
        assert(f.origin[i] <= f.origin[i + 1] && f.origin[i] < text.len);
    for (size_t i = 0; i < f.trace_count; i++) {
        assert(f.trace[i].from < f.trace[i].to && f.trace[i].to <= text.len);
        assert(utf8_valid(f.trace[i].was, NULL) && utf8_valid(f.trace[i].became, NULL));
    }
    if (ngrams_read(a, text, &f, 1 << 16, &n, &err))
        for (size_t i = 0; i < n.count; i++)
            assert(n.bucket[i] < 1 << 16 && (i == 0 || n.bucket[i] > n.bucket[i - 1]));
    shingles_read(a, f.text, &s);
    minhash_read(&s, &m);
    arena_close(a);
    return 0;
}
