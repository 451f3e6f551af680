#include "test.h"

#include "serve/moderation_request.h"

static const InputLimits limits = {.max_inputs = 5, .max_text_bytes = 20};

static Str body_of(const char *z) { return str_of(z); }

static void each_form_of_input_is_read(void **state)
{
    static const struct {
        const char *body;
        size_t count, bytes;
        const char *first, *last; /* texts */
    } rows[] = {
        {"{\"input\":\"hello\"}",                                                       1, 5, "hello", "hello"                   },
        {"{\"input\":\"\"}",                                                            1, 0, "",      ""                        },
        {"{\"input\":[\"a\",\"\",\"c\"]}",                                              3, 2, "a",     "c"                       },
        {"{\"input\":[{\"type\":\"text\",\"text\":\"a\"},{\"text\":\"bc\",\"type\":\"text\","
         "\"x\":[1]}]}",                                                       1, 3, "a",     "bc"                      },
        {" {\"input\" : \"\\u00e4\\ud83d\\ude00\", \"user\": {\"a\": [1.5e3, null]}} ", 1, 6,
         "\xc3\xa4\xf0\x9f\x98\x80",                                                                   "\xc3\xa4\xf0\x9f\x98\x80"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ModerationRequest r;
        ApiError e = {0};
        if (!moderation_request_parse(*state, body_of(rows[i].body), &limits, &r, &e))
            fail_msg("%s: %s", rows[i].body, e.message);
        assert_int_equal(r.inputs.count, rows[i].count);
        assert_int_equal(r.bytes, rows[i].bytes);
        const Input *last = &r.inputs.input[r.inputs.count - 1];
        assert_true(str_eq(r.inputs.input[0].text[0], str_of(rows[i].first)));
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

static const struct {
    const char *body;
    const char *code, *param, *words;
} wrong[] = {
    {"",                                                                          "invalid_json",               NULL,    ""         },
    {"{",                                                                         "invalid_json",               NULL,    ""         },
    {"{\"input\":\"x\"} x",                                                       "invalid_json",               NULL,    ""         },
    {"{\"input\":\"x\",\"input\":\"y\"}",                                         "invalid_json",               NULL,    "duplicate"},
    {"{\"input\":\"\xff\"}",                                                      "invalid_json",               NULL,    ""         },
    {"{\"input\":\"\xed\xa0\x80\"}",                                              "invalid_json",               NULL,    ""         },
    {"{\"input\":\"\\ud800\"}",                                                   "invalid_json",               NULL,    ""         },
    {"{\"input\":\"x\",\"a\":1e999}",                                             "invalid_json",               NULL,    ""         },
    {"{\"input\":\"x\",\"a\":01}",                                                "invalid_json",               NULL,    ""         },
    {"{\"input\":\"x\",\"a\":NaN}",                                               "invalid_json",               NULL,    ""         },
    {"{\"input\":\"a\nb\"}",                                                      "invalid_json",               NULL,    ""         },
    {"[]",                                                                        "invalid_type",               NULL,    "an array" },
    {"\"x\"",                                                                     "invalid_type",               NULL,    "a string" },
    {"{}",                                                                        "missing_required_parameter", "input", "Missing"  },
    {"{\"input\":null}",                                                          "invalid_type",               "input", "null"     },
    {"{\"input\":7}",                                                             "invalid_type",               "input", "a number" },
    {"{\"input\":true}",                                                          "invalid_type",               "input", "a boolean"},
    {"{\"input\":{\"type\":\"text\",\"text\":\"x\"}}",                            "invalid_type",               "input", "an object"},
    {"{\"input\":[]}",                                                            "empty_array",                "input", "empty"    },
    {"{\"input\":[1]}",                                                           "invalid_type",               "input", "input[0]" },
    {"{\"input\":[null]}",                                                        "invalid_type",               "input", "input[0]" },
    {"{\"input\":[[\"x\"]]}",                                                     "invalid_type",               "input", "an array" },
    {"{\"input\":[\"x\",2]}",                                                     "invalid_type",               "input", "input[1]" },
    {"{\"input\":[\"x\",{\"type\":\"text\",\"text\":\"x\"}]}",                    "invalid_type",               "input",
     "input[1]"                                                                                                                     },
    {"{\"input\":[{\"type\":\"text\",\"text\":\"x\"},\"y\"]}",                    "invalid_type",               "input",
     "input[1]"                                                                                                                     },
    {"{\"input\":[{}]}",                                                          "missing_required_parameter", "input", "type"     },
    {"{\"input\":[{\"type\":1,\"text\":\"x\"}]}",                                 "invalid_value",              "input", "type"     },
    {"{\"input\":[{\"type\":\"text\"}]}",                                         "missing_required_parameter", "input", "text"     },
    {"{\"input\":[{\"type\":\"text\",\"text\":[]}]}",                             "invalid_type",               "input", "text"     },
    {"{\"input\":[{\"type\":\"audio\"}]}",                                        "invalid_value",              "input", "type"     },
    {"{\"input\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"https://a.test/"
     "b.png\"}}]}",                                                          "image_not_supported",        "input", "image"    },
    {"{\"input\":[{\"type\":\"text\",\"text\":\"x\"},{\"type\":\"image_url\"}]}",
     "image_not_supported",                                                                                     "input", "input[1]" },
    {"{\"input\":\"123456789012345678901\"}",                                     "string_above_max_length",    "input", "20"       },
    {"{\"input\":[\"x\",\"123456789012345678901\"]}",                             "string_above_max_length",    "input",
     "input[1]"                                                                                                                     },
    {"{\"input\":[{\"type\":\"text\",\"text\":\"123456789012345678901\"}]}",
     "string_above_max_length",                                                                                 "input", "20"       },
    {"{\"input\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\"]}",                         "array_above_max_length",     "input",
     "got 6"                                                                                                                        },
    {"{\"input\":\"x\",\"model\":7}",                                             "invalid_type",               "model", "a number" },
    {"{\"input\":\"x\",\"model\":\"\"}",                                          "invalid_value",              "model", "256"      },
};

static void what_is_wrong_is_named(void **state)
{
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        ModerationRequest r;
        ApiError e = {0};
        if (moderation_request_parse(*state, body_of(wrong[i].body), &limits, &r, &e))
            fail_msg("accepted: %s", wrong[i].body);
        if (strcmp(e.code, wrong[i].code) != 0 || !strstr(e.message, wrong[i].words))
            fail_msg("%s: %s, %s", wrong[i].body, e.code, e.message);
        assert_int_equal(api_error_status(e.kind), 400);
        if (wrong[i].param)
            assert_string_equal(e.param, wrong[i].param);
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
    InputLimits wide = {.max_inputs = 2, .max_text_bytes = 1 << 20};
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
        ModerationRequest r = {.inputs.count = 77};
        ApiError e = {0};
        if (moderation_request_parse(*state, (Str){body, n}, &limits, &r, &e)) {
            assert_in_range(r.inputs.count, 1, limits.max_inputs);
        } else {
            assert_int_equal(r.inputs.count, 77);
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
