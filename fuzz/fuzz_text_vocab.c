/* Any bytes as a vocabulary, in both forms; one that is read is printed, read again and
 * used. */
#include "text/tokenizer.h"
#include "text/utf8.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use(Arena *a, const Vocab *v)
{
    const Vocab *again = NULL;
    Pieces p, q;
    Err err;
    Buf b;
    buf_init(&b, 1 << 24);
    vocab_print(v, &b);
    bool ok = vocab_parse(a, buf_str(&b), &again, &err);
    assert(ok && vocab_size(again) == vocab_size(v));
    Str text = vocab_piece(v, vocab_size(v) - 1);
    ok = tokenize(v, a, text, 100, &p, &err) && tokenize(again, a, text, 100, &q, &err);
    assert(ok && p.count == q.count);
    for (size_t i = 0; i < p.count; i++)
        assert(p.id[i] == q.id[i]);
    buf_done(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *a = arena_open(64 << 20);
    const Vocab *v = NULL;
    Err err;
    Str s = {(const char *)data, size};
    if (vocab_parse(a, s, &v, &err))
        use(a, v);
    if (vocab_parse_json(a, s, &v, &err))
        use(a, v);
    arena_close(a);
    return 0;
}
