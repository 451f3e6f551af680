/* Any text against a small vocabulary: the pieces cover it in order; fewer asked for are
 * the same first ones. */
#include "text/tokenizer.h"
#include "text/utf8.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char vocab[] =
    "[[\"?\",0],[\"<s>\",0],[\"</s>\",0],[\"x1\",0],[\"x2\",0],[\"x3\",0],"
    "[\"\u2581\",-4],[\"\u2581a\",-3],[\"a\",-2.5],[\"aa\",-3.5],[\"b\",-3],"
    "[\"ab\",-4],[\"abc\",-6],[\"\u00e9\",-5],[\"\u4e16\u754c\",-6],[\"e\",-3],"
    "[\"\u2581the\",-2],[\" \",-9],[\"aaaa\",-9]]";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *a = arena_open(64 << 20);
    const Vocab *v = NULL;
    Pieces all, few;
    Str text;
    Err err;
    bool ok = vocab_parse_json(a, str_of(vocab), &v, &err);
    assert(ok);
    if (utf8_repair(a, (Str){(const char *)data, size}, &text, &err) &&
        tokenize(v, a, text, 4096, &all, &err) && tokenize(v, a, text, 7, &few, &err)) {
        assert(all.from[all.count] <= text.len && (all.count > 0) == (text.len > 0));
        for (size_t i = 0; i < all.count; i++) {
            assert(all.id[i] >= 0 && all.id[i] < vocab_size(v));
            assert(all.from[i] <= all.from[i + 1]);
            assert(i == 0 || all.id[i] != 0 || all.id[i - 1] != 0);
        }
        if (text.len < 7 * 64) /* a longer text is not read whole for seven pieces */
            for (size_t i = 0; i < few.count; i++)
                assert(few.id[i] == all.id[i] && few.from[i] == all.from[i]);
    }
    arena_close(a);
    return 0;
}
