#include "test.h"

#include "moderate/inputs.h"

static const InputLimits limits = {.max_inputs = 4, .max_text_bytes = 8};

static const Js *json(Arena *a, const char *text)
{
    const Js *v;
    Err err = {0};
    if (!js_parse(a, str_of(text), &v, &err))
        fail_msg("%s", err.msg);
    return v;
}

static void every_form_of_the_endpoint_is_read(void **state)
{
    static const struct {
        const char *input;
        size_t results, texts; /* texts: of the first result */
        const char *first, *last;
    } cases[] = {
        {"\"abc\"",                                                                         1, 1, "abc",      "abc"     },
        {"\"\"",                                                                            1, 1, "",         ""        },
        {"[\"a\"]",                                                                         1, 1, "a",        "a"       },
        {"[\"a\",\"\",\"c\"]",                                                              3, 1, "a",        "c"       },
        {"[{\"type\":\"text\",\"text\":\"a\"}]",                                            1, 1, "a",        "a"       },
        {"[{\"type\":\"text\",\"text\":\"a\"},{\"text\":\"z\",\"type\":\"text\",\"x\":1}]", 1,
         2,                                                                                       "a",        "z"       },
        {"\"12345678\"",                                                                    1, 1, "12345678", "12345678"},
        {"[\"1\",\"2\",\"3\",\"4\"]",                                                       4, 1, "1",        "4"       },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Inputs in;
        InputFault fault;
        if (!inputs_read(*state, json(*state, cases[i].input), &limits, &in, &fault))
            fail_msg("%s: %s", cases[i].input, fault.message);
        assert_int_equal(in.count, cases[i].results);
        assert_int_equal(in.input[0].count, cases[i].texts);
        const Input *last = &in.input[in.count - 1];
        assert_true(str_eq(in.input[0].text[0], str_of(cases[i].first)));
        assert_true(str_eq(last->text[last->count - 1], str_of(cases[i].last)));
    }
}

static void refusals_name_the_parameter_and_a_code(void **state)
{
    static const struct {
        const char *input, *param, *code;
    } cases[] = {
        {NULL,                                                                             "input",         "missing_required_parameter"},
        {"null",                                                                           "input",         "invalid_type"              },
        {"3",                                                                              "input",         "invalid_type"              },
        {"{}",                                                                             "input",         "invalid_type"              },
        {"{\"type\":\"text\",\"text\":\"a\"}",                                             "input",         "invalid_type"              },
        {"[]",                                                                             "input",         "empty_array"               },
        {"[1]",                                                                            "input[0]",      "invalid_type"              },
        {"[[\"a\"]]",                                                                      "input[0]",      "invalid_type"              },
        {"[\"a\",null]",                                                                   "input[1]",      "invalid_type"              },
        {"[\"a\",{\"type\":\"text\",\"text\":\"a\"}]",                                     "input[1]",      "invalid_type"              },
        {"[{\"type\":\"text\",\"text\":\"a\"},\"a\"]",                                     "input[1]",      "invalid_type"              },
        {"[{\"text\":\"a\"}]",                                                             "input[0].type", "missing_required_parameter"},
        {"[{\"type\":\"audio\"}]",                                                         "input[0].type", "invalid_value"             },
        {"[{\"type\":1}]",                                                                 "input[0].type", "invalid_value"             },
        {"[{\"type\":\"text\"}]",                                                          "input[0].text", "missing_required_parameter"},
        {"[{\"type\":\"text\",\"text\":1}]",                                               "input[0].text", "invalid_type"              },
        {"[{\"type\":\"image_url\",\"image_url\":{\"url\":\"https://x.example/a.png\"}}]",
         "input[0]",                                                                                        "image_not_supported"       },
        {"\"123456789\"",                                                                  "input",         "string_above_max_length"   },
        {"[\"a\",\"123456789\"]",                                                          "input[1]",      "string_above_max_length"   },
        {"[{\"type\":\"text\",\"text\":\"123456789\"}]",                                   "input[0].text",
         "string_above_max_length"                                                                                                      },
        {"[\"1\",\"2\",\"3\",\"4\",\"5\"]",                                                "input",         "array_above_max_length"    },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Inputs in = {.count = 99};
        InputFault fault = {0};
        const Js *v = cases[i].input ? json(*state, cases[i].input) : NULL;
        assert_false(inputs_read(*state, v, &limits, &in, &fault));
        assert_string_equal(fault.param, cases[i].param);
        assert_string_equal(fault.code, cases[i].code);
        assert_true(fault.message[0] != 0);
        assert_int_equal(in.count, 99);
    }
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_arena, without_arena)
    const struct CMUnitTest tests[] = {
        T(every_form_of_the_endpoint_is_read),
        T(refusals_name_the_parameter_and_a_code),
    };
    return cmocka_run_group_tests_name("moderate/inputs", tests, NULL, NULL);
}
