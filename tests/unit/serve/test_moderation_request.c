#include "test.h"

#include "serve/moderation_request.h"

static const RequestLimits limits = {.max_inputs = 5, .max_text_bytes = 20};

static Str body_of(const char *z) { return str_of(z); }

static void each_form_of_input_is_read(void **state)
{
    static const struct {
        const char *body;
        size_t count, texts, bytes;
        const char *first, *last; /* texts */
    } rows[] = {
        {"{\"input\":\"hello\"}",                                                       1, 1, 5, "hello", "hello"                   },
        {"{\"input\":\"\"}",                                                            1, 1, 0, "",      ""                        },
        {"{\"input\":[\"a\",\"\",\"c\"]}",                                              3, 3, 2, "a",     "c"                       },
        {"{\"input\":[{\"type\":\"text\",\"text\":\"a\"},{\"text\":\"bc\",\"type\":\"text\","
         "\"x\":[1]}]}",                                                       1, 2, 3, "a",     "bc"                      },
        {" {\"input\" : \"\\u00e4\\ud83d\\ude00\", \"user\": {\"a\": [1.5e3, null]}} ", 1, 1, 6,
         "\xc3\xa4\xf0\x9f\x98\x80",                                                                      "\xc3\xa4\xf0\x9f\x98\x80"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ModerationRequest r;
        ApiError e = {0};
        if (!moderation_request_parse(*state, body_of(rows[i].body), &limits, &r, &e))
            fail_msg("%s: %s", rows[i].body, e.message);
        assert_int_equal(r.count, rows[i].count);
        assert_int_equal(r.texts, rows[i].texts);
        assert_int_equal(r.bytes, rows[i].bytes);
        const Input *last = &r.input[r.count - 1];
        assert_true(str_eq(r.input[0].text[0], str_of(rows[i].first)));
        assert_true(str_eq(last->text[last->count - 1], str_of(rows[i].last)));
        assert_true(str_eq(r.model, STR("omni-moderation-latest")));
    }
}

static void the_model_is_an_open_string(void **state)
{
    static const struct {
        const char *body, *model;
    } rows[] = {
        {"{\"input\":\"x\",\"model\":\"text-moderation-stable\"}", "text-moderation-stable"},
        {"{\"input\":\"x\",\"model\":\"whatever \\u00e4\"}",       "whatever \xc3\xa4"     },
        {"{\"input\":\"x\",\"model\":null}",                       "omni-moderation-latest"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ModerationRequest r;
        ApiError e = {0};
        assert_true(moderation_request_parse(*state, body_of(rows[i].body), &limits, &r, &e));
        assert_true(str_eq(r.model, str_of(rows[i].model)));
    }
}

static void what_is_wrong_is_named(void **state)
{
    static const struct {
        const char *body;
        ApiErrorKind kind;
        const char *param, *words;
    } rows[] = {
        {"",                                                                          API_BAD_JSON,    NULL,    ""         },
        {"{",                                                                         API_BAD_JSON,    NULL,    ""         },
        {"{\"input\":\"x\"} x",                                                       API_BAD_JSON,    NULL,    ""         },
        {"{\"input\":\"x\",\"input\":\"y\"}",                                         API_BAD_JSON,    NULL,    "duplicate"},
        {"{\"input\":\"\xff\"}",                                                      API_BAD_JSON,    NULL,    ""         },
        {"{\"input\":\"\xed\xa0\x80\"}",                                              API_BAD_JSON,    NULL,    ""         },
        {"{\"input\":\"\\ud800\"}",                                                   API_BAD_JSON,    NULL,    ""         },
        {"{\"input\":\"x\",\"a\":1e999}",                                             API_BAD_JSON,    NULL,    ""         },
        {"{\"input\":\"x\",\"a\":01}",                                                API_BAD_JSON,    NULL,    ""         },
        {"{\"input\":\"x\",\"a\":NaN}",                                               API_BAD_JSON,    NULL,    ""         },
        {"{\"input\":\"a\nb\"}",                                                      API_BAD_JSON,    NULL,    ""         },
        {"[]",                                                                        API_WRONG_TYPE,  NULL,    "an array" },
        {"\"x\"",                                                                     API_WRONG_TYPE,  NULL,    "a string" },
        {"{}",                                                                        API_MISSING,     "input", "missing"  },
        {"{\"input\":null}",                                                          API_MISSING,     "input", "missing"  },
        {"{\"input\":7}",                                                             API_WRONG_TYPE,  "input", "a number" },
        {"{\"input\":true}",                                                          API_WRONG_TYPE,  "input", "a boolean"},
        {"{\"input\":{\"type\":\"text\",\"text\":\"x\"}}",                            API_WRONG_TYPE,  "input",
         "an object"                                                                                                       },
        {"{\"input\":[]}",                                                            API_EMPTY_ARRAY, "input", "empty"    },
        {"{\"input\":[1]}",                                                           API_WRONG_TYPE,  "input", "input[0]" },
        {"{\"input\":[null]}",                                                        API_WRONG_TYPE,  "input", "input[0]" },
        {"{\"input\":[[\"x\"]]}",                                                     API_WRONG_TYPE,  "input", "an array" },
        {"{\"input\":[\"x\",2]}",                                                     API_WRONG_TYPE,  "input", "input[1]" },
        {"{\"input\":[\"x\",{\"type\":\"text\",\"text\":\"x\"}]}",                    API_WRONG_TYPE,  "input",
         "input[1]"                                                                                                        },
        {"{\"input\":[{\"type\":\"text\",\"text\":\"x\"},\"y\"]}",                    API_WRONG_TYPE,  "input",
         "input[1]"                                                                                                        },
        {"{\"input\":[{}]}",                                                          API_MISSING,     "input", "type"     },
        {"{\"input\":[{\"type\":1,\"text\":\"x\"}]}",                                 API_WRONG_TYPE,  "input", "type"     },
        {"{\"input\":[{\"type\":\"text\"}]}",                                         API_MISSING,     "input", "text"     },
        {"{\"input\":[{\"type\":\"text\",\"text\":[]}]}",                             API_WRONG_TYPE,  "input", "text"     },
        {"{\"input\":[{\"type\":\"audio\"}]}",                                        API_WRONG_VALUE, "input", "type"     },
        {"{\"input\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"https://a.test/"
         "b.png\"}}]}",                                                      API_NO_IMAGES,   "input", "image"    },
        {"{\"input\":[{\"type\":\"text\",\"text\":\"x\"},{\"type\":\"image_url\"}]}",
         API_NO_IMAGES,                                                                                "input", "input[1]" },
        {"{\"input\":\"123456789012345678901\"}",                                     API_TOO_LONG,    "input", "20"       },
        {"{\"input\":[\"x\",\"123456789012345678901\"]}",                             API_TOO_LONG,    "input", "Text 1"   },
        {"{\"input\":[{\"type\":\"text\",\"text\":\"123456789012345678901\"}]}",      API_TOO_LONG,
         "input",                                                                                               "20"       },
        {"{\"input\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\"]}",                         API_TOO_MANY,    "input",
         "6 elements"                                                                                                      },
        {"{\"input\":\"x\",\"model\":7}",                                             API_WRONG_TYPE,  "model", "a number" },
        {"{\"input\":\"x\",\"model\":\"\"}",                                          API_WRONG_VALUE, "model", "256"      },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ModerationRequest r;
        ApiError e = {0};
        if (moderation_request_parse(*state, body_of(rows[i].body), &limits, &r, &e))
            fail_msg("accepted: %s", rows[i].body);
        if (e.kind != rows[i].kind || !strstr(e.message, rows[i].words))
            fail_msg("%s: kind %d, %s", rows[i].body, (int)e.kind, e.message);
        if (rows[i].param)
            assert_string_equal(e.param, rows[i].param);
        else
            assert_null(e.param);
    }
}

static Str repeated(Arena *a, const char *start, const char *unit, size_t n, const char *end)
{
    Buf b;
    buf_init(&b, 1 << 19);
    buf_put(&b, str_of(start));
    for (size_t i = 0; i < n; i++)
        buf_put(&b, str_of(unit));
    buf_put(&b, str_of(end));
    Str s = str_copy(a, buf_str(&b));
    buf_done(&b);
    return s;
}

/* Decided before a tree is built: the arena would hold neither. */
static void what_would_blow_up_in_memory_is_refused_unparsed(void **state)
{
    Arena *small = arena_open(4096);
    ModerationRequest r;
    ApiError e = {0};
    Str deep = repeated(*state, "{\"input\":", "[", 1000, "");
    assert_false(moderation_request_parse(small, deep, &limits, &r, &e));
    assert_non_null(strstr(e.message, "deeper"));
    Str wide = repeated(*state, "{\"input\":[", "[],", 100000, "[]]}");
    assert_false(moderation_request_parse(small, wide, &limits, &r, &e));
    assert_int_equal(e.kind, API_TOO_MANY);
    Str commas = repeated(*state, "", ",", 100000, "");
    assert_false(moderation_request_parse(small, commas, &limits, &r, &e));
    assert_int_equal(e.kind, API_TOO_MANY);
    arena_close(small);
}

/* Brackets and commas inside strings are text. */
static void structure_inside_strings_is_not_counted(void **state)
{
    RequestLimits wide = {.max_inputs = 2, .max_text_bytes = 1 << 20};
    ModerationRequest r;
    ApiError e = {0};
    Str body = repeated(*state, "{\"input\":\"\\\"", "[{,\\\\", 20000, "\"}");
    assert_true(moderation_request_parse(*state, body, &wide, &r, &e));
    assert_int_equal(r.bytes, 1 + 4 * 20000);
}

/* Any bytes end in an answer, and nothing is written on failure. */
static void damaged_requests_are_refused_or_read(void **state)
{
    static const char *const seeds[] = {
        "{\"input\":[\"a\",\"b\"],\"model\":\"omni-moderation-latest\"}",
        "{\"input\":[{\"type\":\"text\",\"text\":\"a\"}]}",
    };
    uint64_t seed = 11;
    for (int i = 0; i < 20000; i++) {
        ArenaMark m = arena_mark(*state);
        const char *s = seeds[random_u64(&seed) % 2];
        char body[128];
        size_t n = strlen(s);
        memcpy(body, s, n);
        for (uint64_t k = 1 + random_u64(&seed) % 4; k > 0; k--)
            body[random_u64(&seed) % n] = (char)random_u64(&seed);
        ModerationRequest r = {.count = 77};
        ApiError e = {0};
        if (moderation_request_parse(*state, (Str){body, n}, &limits, &r, &e)) {
            assert_in_range(r.count, 1, limits.max_inputs);
        } else {
            assert_int_equal(r.count, 77);
            assert_true(e.message[0] != 0);
        }
        arena_rewind(*state, m);
    }
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_arena, without_arena)
    const struct CMUnitTest tests[] = {
        T(each_form_of_input_is_read),
        T(the_model_is_an_open_string),
        T(what_is_wrong_is_named),
        T(what_would_blow_up_in_memory_is_refused_unparsed),
        T(structure_inside_strings_is_not_counted),
        T(damaged_requests_are_refused_or_read),
    };
    return cmocka_run_group_tests_name("serve/moderation_request", tests, NULL, NULL);
}
