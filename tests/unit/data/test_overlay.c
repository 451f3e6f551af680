#include "data/overlay.h"

#include "temp.h"

#define HEX "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define OF  "\"sha256\":\"" HEX "\""
#define BY  ",\"by\":\"reader-1\",\"policy\":\"openai-13\""

/* The record's fields are borrowed from the reader: it stays open as long as *rd. */
static bool read_line(Temp *t, const char *line, Reader **rd, Overlay *o, Err *err)
{
    Record r;
    const ReaderOptions options = {.format = READER_JSONL, .max_line_bytes = 1 << 16};
    const char *path = temp_file(t, "x.jsonl", str_of(line));
    if (!reader_open(path, &options, rd, err) || reader_next(*rd, &r, err) != READ_ROW)
        fail_msg("%s", err->msg);
    return overlay_read(&r, STR(OVERLAY_DIGEST), o, err);
}

static void what_is_not_named_is_0_and_what_is_unsure_is_unknown(void **state)
{
    Overlay o;
    Err err = {0};
    Reader *rd = NULL;
    const char *line = "{" OF ",\"hate\":1,\"insult\":0.5,\"minor-reference\":0,"
                       "\"unsure\":\"weapon, gore\"" BY "}";
    if (!read_line(*state, line, &rd, &o, &err))
        fail_msg("%s", err.msg);
    char hex[DIGEST_HEX_SIZE];
    digest_hex(&o.digest, hex);
    assert_string_equal(hex, HEX);
    assert_true(str_eq(o.by, STR("reader-1")) && str_eq(o.policy, STR("openai-13")));
    for (int f = 0; f < FACTOR_COUNT; f++) {
        bool unsure = f == FACTOR_WEAPON || f == FACTOR_GORE;
        float want = f == FACTOR_HATE ? 1 : f == FACTOR_INSULT ? 0.5f : 0;
        assert_int_equal(label_known(o.labels.factor[f]), !unsure);
        assert_true(unsure || o.labels.factor[f] == want);
    }
    for (int c = 0; c < CATEGORY_COUNT; c++)
        assert_false(label_known(o.labels.category[c]));
    reader_close(rd);
}

static void a_reader_may_have_found_nothing_or_be_unsure_of_nothing(void **state)
{
    static const char *const lines[] = {"{" OF BY "}", "{" OF ",\"unsure\":\"\"" BY "}",
                                        "{" OF ",\"unsure\":null" BY "}"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        Overlay o;
        Err err = {0};
        Reader *rd = NULL;
        if (!read_line(*state, lines[i], &rd, &o, &err))
            fail_msg("%s: %s", lines[i], err.msg);
        for (int f = 0; f < FACTOR_COUNT; f++)
            assert_true(o.labels.factor[f] == 0);
        reader_close(rd);
    }
}

static void whatever_is_not_understood_is_refused_by_name(void **state)
{
    static const struct {
        const char *line, *want;
    } cases[] = {
        {"{" OF ",\"haet\":1" BY "}",                         "no factor is called 'haet'"     },
        {"{" OF ",\"violence/graphic\":1" BY "}",             "called 'violence/graphic'"      },
        {"{" OF ",\"text\":\"a\"" BY "}",                     "no factor is called 'text'"     },
        {"{" OF ",\"hate\":2" BY "}",                         "'hate' wants a number"          },
        {"{" OF ",\"hate\":-0.1" BY "}",                      "'hate' wants a number"          },
        {"{" OF ",\"hate\":true" BY "}",                      "'hate' wants a number"          },
        {"{" OF ",\"hate\":\"nan\"" BY "}",                   "'hate' wants a number"          },
        {"{" OF ",\"unsure\":\"haet\"" BY "}",                "'unsure' names no factor: 'haet"},
        {"{" OF ",\"unsure\":\"hate,\"" BY "}",               "'unsure' names no factor: ''"   },
        {"{" OF ",\"unsure\":[\"hate\"]" BY "}",              "'unsure' names no factor"       },
        {"{" OF ",\"hate\":0,\"unsure\":\"hate\"" BY "}",     "has a value and is unsure"      },
        {"{" OF ",\"policy\":\"p\"}",                         "'by' is missing"                },
        {"{" OF ",\"by\":\"\",\"policy\":\"p\"}",             "'by' is missing"                },
        {"{" OF ",\"by\":\"r\"}",                             "'policy' is missing"            },
        {"{\"hate\":1" BY "}",                                "'sha256' is missing"            },
        {"{\"sha256\":\"0011\"" BY "}",                       "no SHA-256 of 64 hex digits"    },
        {"{\"sha256\":\"" HEX "0\"" BY "}",                   "no SHA-256 of 64 hex digits"    },
        {"{\"sha256\":\"g0112233445566778899aabbccddeeff0"
         "0112233445566778899aabbccddeeff\"" BY "}",
         "no SHA-256 of 64 hex digits"                                                         },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Overlay o;
        Err err = {0};
        Reader *rd = NULL;
        if (read_line(*state, cases[i].line, &rd, &o, &err))
            fail_msg("taken: %s", cases[i].line);
        assert_int_equal(err.code, ERR_INPUT);
        if (!strstr(err.msg, cases[i].want))
            fail_msg("'%s' does not say '%s'", err.msg, cases[i].want);
        reader_close(rd);
    }
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_temp, without_temp)
    const struct CMUnitTest tests[] = {
        T(what_is_not_named_is_0_and_what_is_unsure_is_unknown),
        T(a_reader_may_have_found_nothing_or_be_unsure_of_nothing),
        T(whatever_is_not_understood_is_refused_by_name),
    };
    return cmocka_run_group_tests_name("data/overlay", tests, NULL, NULL);
}
