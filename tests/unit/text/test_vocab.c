#include "test.h"

#include "text/tokenizer.h"

#include <math.h>

#define SPECIAL "[\"?\",0],[\"<s>\",0],[\"\",0],[\"x1\",0],[\"x2\",0],[\"x3\",0]"

static const Vocab *read_json(Arena *a, const char *json)
{
    const Vocab *v = NULL;
    Err err = {0};
    if (!vocab_parse_json(a, str_of(json), &v, &err))
        fail_msg("%s", err.msg);
    return v;
}

static void what_is_printed_reads_back_the_same(void **state)
{
    Arena *a = *state;
    const Vocab *v = read_json(a, "[" SPECIAL ",[\"\u2581the\",-3.5],[\"\u00e9\",null],"
                                  "[\"a\",-1],[\"a\",-2]]");
    Buf first, second;
    buf_init(&first, 1 << 16);
    buf_init(&second, 1 << 16);
    vocab_print(v, &first);
    const Vocab *back;
    Err err = {0};
    assert_true(vocab_parse(a, buf_str(&first), &back, &err));
    assert_int_equal(vocab_size(back), vocab_size(v));
    for (int i = 0; i < vocab_size(v); i++)
        assert_true(str_eq(vocab_piece(back, i), vocab_piece(v, i)));
    vocab_print(back, &second);
    assert_true(str_eq(buf_str(&first), buf_str(&second)));

    Pieces x, y;
    assert_true(tokenize(v, a, STR("the \u00e9a"), 9, &x, &err));
    assert_true(tokenize(back, a, STR("the \u00e9a"), 9, &y, &err));
    assert_int_equal(x.count, 4);
    assert_int_equal(y.count, x.count);
    assert_memory_equal(x.id, y.id, x.count * sizeof *x.id);

    buf_clear(&second); /* by way of JSON too */
    vocab_print_json(v, &second);
    assert_true(vocab_parse_json(a, buf_str(&second), &back, &err));
    buf_clear(&second);
    vocab_print(back, &second);
    assert_true(str_eq(buf_str(&first), buf_str(&second)));
    buf_done(&first);
    buf_done(&second);
}

static void json_that_is_no_vocabulary_is_refused(void **state)
{
    Arena *a = *state;
    const struct {
        const char *json, *why;
    } bad[] = {
        {"",                            "vocabulary: "    },
        {"{}",                          "an array, not"   },
        {"[]",                          "of 0 pieces"     },
        {"[" SPECIAL ",7]",             "piece 6 is not"  },
        {"[" SPECIAL ",[\"a\"]]",       "piece 6 is not"  },
        {"[" SPECIAL ",[7,-1]]",        "piece 6 is not"  },
        {"[" SPECIAL ",[\"a\",\"b\"]]", "score of piece 6"},
        {"[" SPECIAL ",[\"\",-1]]",     "piece 6 is empty"},
        {"[" SPECIAL ",[\"a\",1e300]]", "no finite score" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const Vocab *v = NULL;
        Err err = {0};
        assert_false(vocab_parse_json(a, str_of(bad[i].json), &v, &err));
        assert_null(v);
        if (!strstr(err.msg, bad[i].why))
            fail_msg("%s: %s", bad[i].json, err.msg);
    }
}

static void bytes_cut_short_or_changed_are_refused_or_read(void **state)
{
    Arena *a = *state;
    const Vocab *v = read_json(a, "[" SPECIAL ",[\"ab\",-3.5],[\"\u00e9\",-2]]");
    Buf b;
    buf_init(&b, 1 << 16);
    vocab_print(v, &b);
    Err err = {0};
    const Vocab *out = NULL;
    for (size_t n = 0; n < b.len; n++) {
        assert_false(vocab_parse(a, (Str){b.ptr, n}, &out, &err));
        assert_null(out);
    }
    uint64_t seed = 3;
    for (int round = 0; round < 2000; round++) {
        ArenaMark mark = arena_mark(a);
        size_t at = random_u64(&seed) % b.len;
        char was = b.ptr[at];
        b.ptr[at] = (char)random_u64(&seed);
        if (vocab_parse(a, buf_str(&b), &out, &err)) {
            Pieces p;
            assert_true(tokenize(out, a, STR("ab\u00e9 ab"), 20, &p, &err));
        }
        b.ptr[at] = was;
        arena_rewind(a, mark);
    }
    buf_byte(&b, 'x');
    assert_false(vocab_parse(a, buf_str(&b), &out, &err));
    assert_non_null(strstr(err.msg, "1 bytes follow"));
    buf_done(&b);
}

static void a_count_that_lies_allocates_nothing_large(void **state)
{
    Arena *a = *state;
    Err err = {0};
    const Vocab *out = NULL;
    assert_false(vocab_parse(a, STR("GVOC\1\0\0\0\xff\xff\xff\xff"), &out, &err));
    assert_int_equal(err.code, ERR_INPUT);
    assert_false(vocab_parse(a, STR("GVOC\2\0\0\0\xff\0\0\0"), &out, &err));
    assert_non_null(strstr(err.msg, "version 2"));
    assert_false(vocab_parse(a, STR("GVOX\1\0\0\0\xff\0\0\0"), &out, &err));
    assert_int_equal(err.code, ERR_CORRUPT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_printed_reads_back_the_same, with_arena,
                                        without_arena),
        cmocka_unit_test_setup_teardown(json_that_is_no_vocabulary_is_refused, with_arena,
                                        without_arena),
        cmocka_unit_test_setup_teardown(bytes_cut_short_or_changed_are_refused_or_read,
                                        with_arena, without_arena),
        cmocka_unit_test_setup_teardown(a_count_that_lies_allocates_nothing_large, with_arena,
                                        without_arena),
    };
    return cmocka_run_group_tests_name("text/vocab", tests, NULL, NULL);
}
