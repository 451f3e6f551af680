/* letters.h - a vocabulary of single letters, for tests that need no real one. */
#ifndef TEST_MODEL_LETTERS_H
#define TEST_MODEL_LETTERS_H

#include "test.h"

#include "text/tokenizer.h"

/* Six special pieces, then one for each letter and the space mark: a text of n letters
 * and spaces has n + 1 pieces. */
static inline const Vocab *letters(Arena *a)
{
    Buf json;
    buf_init(&json, 1 << 16);
    buf_put(&json, STR("[[\"<unk>\",null],[\"<s>\",null],[\"</s>\",null],[\"a1\",null],"
                       "[\"a2\",null],[\"a3\",null],[\"\xe2\x96\x81\",-1]"));
    for (char c = 'a'; c <= 'z'; c++)
        buf_print(&json, ",[\"%c\",-1],[\"%c\",-1]", c, c - 'a' + 'A');
    buf_byte(&json, ']');
    const Vocab *v;
    Err err = {0};
    if (!vocab_parse_json(a, buf_str(&json), &v, &err))
        fail_msg("%s", err.msg);
    buf_done(&json);
    return v;
}

#endif
