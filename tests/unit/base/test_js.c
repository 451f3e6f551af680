#include "test.h"

#include "base/js.h"

#include <math.h>

static const struct {
    Str text;
    bool ok;
} strict[] = {
    {STR("{}"),                                                        true },
    {STR(" [1, 2.5, -3e2, \"x\", true, false, null, {\"a\": []}] \n"), true },
    {STR("\"text\""),                                                  true },
    {STR("0"),                                                         true },
    {STR("-0"),                                                        true },
    {STR("\"\\ud83d\\ude00\""),                                        true }, /* a surrogate pair */
    {STR("\"a\\u0000b\""),                                             true }, /* NUL: Str has a length */
    {STR("{\"a\":1,\"A\":1}"),                                         true },
 /* what laxer parsers take: what each of four parsers did was measured */
    {STR("{\"a\":1}x"),                                                false}, /* something behind the value */
    {STR("{} {}"),                                                     false},
    {STR("\"\\ud800\""),                                               false}, /* a lone surrogate */
    {STR("\"\\udc00\\ud800\""),                                        false}, /* a pair the wrong way round */
    {STR("{\"a\":1,\"a\":2}"),                                         false}, /* a key twice */
    {STR("\"\xff\""),                                                  false}, /* no UTF-8 */
    {STR("\"\xed\xa0\x80\""),                                          false}, /* a surrogate in UTF-8 */
    {STR("\"\xc0\xaf\""),                                              false}, /* overlong */
    {STR("\"\xf4\x90\x80\x80\""),                                      false}, /* above U+10FFFF */
    {STR("\"\xe2\x82"),                                                false}, /* cut */
    {STR("1e999"),                                                     false}, /* out of range */
    {STR("12345678901234567890123"),                                   false},
    {STR("01"),                                                        false}, /* leading zero */
    {STR("NaN"),                                                       false},
    {STR("Infinity"),                                                  false},
    {STR("-"),                                                         false},
    {STR("+1"),                                                        false},
    {STR(".5"),                                                        false},
    {STR("1."),                                                        false},
    {STR("0x10"),                                                      false},
    {STR("'a'"),                                                       false},
    {STR("{a:1}"),                                                     false},
    {STR("[1,]"),                                                      false},
    {STR("{\"a\":1,}"),                                                false},
    {STR("[1 2]"),                                                     false},
    {STR("// c\n1"),                                                   false},
    {STR("\"a\nb\""),                                                  false}, /* a raw line feed in a string */
    {STR("\"a\0b\""),                                                  false},
    {STR("\"\\x41\""),                                                 false},
    {STR("tru"),                                                       false},
    {STR("\xef\xbb\xbf{}"),                                            false}, /* a byte order mark */
    {STR(""),                                                          false},
    {STR("   "),                                                       false},
    {STR("\0"),                                                        false},
    {STR("{}\0"),                                                      false},
    {STR("["),                                                         false},
    {{0},                                                              false},
};

static void only_strict_json_is_taken(void **state)
{
    Arena *a = *state;
    for (size_t i = 0; i < sizeof strict / sizeof *strict; i++) {
        Err err = {0};
        const Js *j = NULL;
        bool ok = js_parse(a, strict[i].text, &j, &err);
        if (ok != strict[i].ok)
            fail_msg("row %zu '" STR_FMT "': %s", i, STR_ARG(strict[i].text), err.msg);
        assert_int_equal(j != NULL, ok);
        assert_int_equal(err.code, ok ? ERR_NONE : ERR_INPUT);
    }
}

static void a_refusal_says_where(void **state)
{
    Err err = {0};
    const Js *j = NULL;
    assert_false(js_parse(*state, STR("{\n  \"a\": 01\n}"), &j, &err));
    assert_non_null(strstr(err.msg, "line 2"));
}

static Str nested(Arena *a, int depth)
{
    char *p = arena_array(a, char, 2 * (size_t)depth);
    memset(p, '[', (size_t)depth);
    memset(p + depth, ']', (size_t)depth);
    return (Str){p, 2 * (size_t)depth};
}

static void depth_is_limited(void **state)
{
    Arena *a = *state;
    static const struct {
        int depth;
        ErrCode code;
    } rows[] = {
        {1,                ERR_NONE },
        {JS_MAX_DEPTH,     ERR_NONE },
        {JS_MAX_DEPTH + 1, ERR_LIMIT},
        {2000,             ERR_LIMIT},
        {200000,           ERR_INPUT}
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ArenaMark m = arena_mark(a);
        Err err = {0};
        const Js *j = NULL;
        js_parse(a, nested(a, rows[i].depth), &j, &err);
        assert_int_equal(err.code, rows[i].code);
        arena_rewind(a, m);
    }
}

static void numbers_keep_what_they_are(void **state)
{
    Arena *a = *state;
    static const struct {
        Str text;
        double number;
        bool is_integer;
        int64_t integer;
    } rows[] = {
        {STR("0"),                      0,                      true,  0        },
        {STR("9223372036854775807"),    0x1p63,                 true,  INT64_MAX},
        {STR("-9223372036854775808"),   -0x1p63,                true,  INT64_MIN},
        {STR("1.0"),                    1,                      false, 0        },
        {STR("1e3"),                    1000,                   false, 0        },
        {STR("0.1"),                    0.1,                    false, 0        },
        {STR("5e-324"),                 5e-324,                 false, 0        },
        {STR("1.7976931348623157e308"), 1.7976931348623157e308, false, 0        },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Err err = {0};
        const Js *j = NULL;
        assert_true(js_parse(a, rows[i].text, &j, &err));
        assert_int_equal(j->type, JS_NUMBER);
        assert_true(j->number == rows[i].number);
        assert_int_equal(j->is_integer, rows[i].is_integer);
        assert_true(!j->is_integer || j->integer == rows[i].integer);
    }
}

static void members_are_read_by_type(void **state)
{
    Arena *a = *state;
    Err err = {0};
    const Js *o = NULL;
    assert_true(
        js_parse(a, STR("{\"s\":\"x\",\"i\":5,\"d\":0.5,\"b\":true,\"n\":null}"), &o, &err));
    Str s = STR("kept");
    int64_t i = -1;
    double d = -1;
    bool b = false;
    assert_true(js_want_str(o, STR("s"), &s, &err) && str_eq(s, STR("x")));
    assert_true(js_want_i64(o, STR("i"), &i, &err) && i == 5);
    assert_true(js_want_double(o, STR("d"), &d, &err) && d == 0.5);
    assert_true(js_want_double(o, STR("i"), &d, &err) && d == 5); /* 5 is a number too */
    assert_true(js_opt_bool(o, STR("b"), &b, &err) && b);
    assert_true(js_opt_str(o, STR("absent"), &s, &err) && str_eq(s, STR("x")));
    assert_true(js_opt_i64(o, STR("absent"), &i, &err) && i == 5);
    assert_int_equal(err.code, ERR_NONE);

    assert_false(js_want_str(o, STR("absent"), &s, &err));
    assert_string_equal(err.msg, "'absent' is missing");
    assert_false(js_want_i64(o, STR("d"), &i, &err)); /* 0.5 is no whole number */
    assert_string_equal(err.msg, "'d' must be a whole number, not a number");
    assert_false(js_want_str(o, STR("n"), &s, &err));
    assert_string_equal(err.msg, "'n' must be a string, not null");
    assert_false(js_opt_bool(o, STR("i"), &b, &err));
    assert_false(js_want_double(o, STR("s"), &d, &err));
    assert_true(str_eq(s, STR("x")) && i == 5 && d == 5 && b);
    assert_null(js_get(o, STR("absent")));
    assert_null(js_get(js_get(o, STR("s")), STR("s")));
    assert_null(js_get(NULL, STR("s")));
}

static void a_full_arena_is_over_the_limit(void **state)
{
    (void)state;
    Arena *small = arena_open(2048);
    Err err = {0};
    const Js *j = NULL;
    assert_false(js_parse(small,
                          STR("[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,"
                              "22,23,24,25,26,27,28,29,30]"),
                          &j, &err));
    assert_int_equal(err.code, ERR_LIMIT);
    assert_null(j);
    arena_close(small);
}

static void the_writer_minds_the_commas_and_quotes(void **state)
{
    (void)state;
    Buf b;
    buf_init(&b, 1000);
    JsWriter w = js_writer(&b);
    js_object(&w);
    js_key(&w, "a");
    js_array(&w);
    js_i64(&w, INT64_MIN);
    js_double(&w, 0.1);
    js_double(&w, NAN);
    js_array(&w);
    js_end_array(&w);
    js_object(&w);
    js_end_object(&w);
    js_end_array(&w);
    js_key_str(&w, STR("q\"\n"));
    js_string(&w, STR("\\ \" \t\r\n\x01\0 caf\xc3\xa9"));
    js_key(&w, "z");
    js_bool(&w, true);
    js_key(&w, "n");
    js_null(&w);
    js_end_object(&w);
    static const char want[] =
        "{\"a\":[-9223372036854775808,0.1,null,[],{}],\"q\\\"\\n\":\"\\\\ \\\" "
        "\\t\\r\\n\\u0001\\u0000 caf\xc3\xa9\",\"z\":true,\"n\":null}";
    assert_true(str_eq(buf_str(&b), str_of(want)));
    buf_done(&b);
}

static void doubles_read_back_the_same_and_as_short_as_can_be(void **state)
{
    Arena *a = *state;
    static const struct {
        double v;
        const char *text;
    } rows[] = {
        {0,                    "0"                    },
        {0.1,                  "0.1"                  },
        {0.3,                  "0.3"                  },
        {1.0 / 3,              "0.333333333333333"    },
        {1e22,                 "1e+22"                },
        {1.573112165348997e-6, "1.573112165348997e-06"},
        {-0.0,                 "-0.0"                 },
    };
    Buf b;
    buf_init(&b, 100);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        buf_clear(&b);
        JsWriter w = js_writer(&b);
        js_double(&w, rows[i].v);
        if (rows[i].v != 1.0 / 3) /* needs its 16th digit */
            assert_true(str_eq(buf_str(&b), str_of(rows[i].text)));
        else
            assert_true(str_starts(buf_str(&b), str_of(rows[i].text)) && b.len == 18);
    }
    uint64_t seed = 3;
    for (int i = 0; i < 20000; i++) {
        uint64_t bits = random_u64(&seed);
        double v, back = 0;
        memcpy(&v, &bits, sizeof v);
        if (!isfinite(v))
            continue;
        buf_clear(&b);
        JsWriter w = js_writer(&b);
        js_double(&w, v);
        assert_true(str_to_double(buf_str(&b), &back) && memcmp(&back, &v, sizeof v) == 0);
    }
    (void)a;
    buf_done(&b);
}

/* A random tree as text. */
static void write_random(JsWriter *w, Arena *a, uint64_t *seed, int depth)
{
    uint64_t kind = random_u64(seed) % (depth > 4 ? 5 : 7), n = random_u64(seed) % 5;
    switch (kind) {
    case 0:
        js_null(w);
        return;
    case 1:
        js_bool(w, n & 1);
        return;
    case 2:
        js_i64(w, (int64_t)random_u64(seed));
        return;
    case 3:
        js_double(w, (double)(random_u64(seed) % 100000) / 7 + 0.001);
        return;
    case 4:
        js_string(w, random_text(a, seed, 40));
        return;
    case 5:
        js_array(w);
        while (n--)
            write_random(w, a, seed, depth + 1);
        js_end_array(w);
        return;
    default:
        js_object(w);
        for (uint64_t i = 0; i < n; i++) {
            js_key_str(w, str_print(a, "%d\"%s", (int)i, i & 1 ? "\x01" : ""));
            write_random(w, a, seed, depth + 1);
        }
        js_end_object(w);
    }
}

static void what_is_written_reads_back_and_writes_the_same(void **state)
{
    Arena *a = *state;
    uint64_t seed = 11;
    for (int i = 0; i < 500; i++) {
        ArenaMark m = arena_mark(a);
        Buf first, second;
        buf_init(&first, 1 << 20);
        buf_init(&second, 1 << 20);
        JsWriter w = js_writer(&first);
        write_random(&w, a, &seed, 0);
        const Js *j = NULL;
        Err err = {0};
        if (!js_parse(a, buf_str(&first), &j, &err))
            fail_msg("%s: " STR_FMT, err.msg, STR_ARG(buf_str(&first)));
        w = js_writer(&second);
        js_value(&w, j);
        assert_true(str_eq(buf_str(&first), buf_str(&second)));
        buf_done(&first);
        buf_done(&second);
        arena_rewind(a, m);
    }
}

#define T(f) cmocka_unit_test_setup_teardown(f, with_arena, without_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(only_strict_json_is_taken),
        T(a_refusal_says_where),
        T(depth_is_limited),
        T(numbers_keep_what_they_are),
        T(members_are_read_by_type),
        T(a_full_arena_is_over_the_limit),
        T(the_writer_minds_the_commas_and_quotes),
        T(doubles_read_back_the_same_and_as_short_as_can_be),
        T(what_is_written_reads_back_and_writes_the_same),
    };
    return cmocka_run_group_tests_name("base/js", tests, NULL, NULL);
}
