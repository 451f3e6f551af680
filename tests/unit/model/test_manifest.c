#include "fixture.h"
#include "test.h"

#include "model/manifest.h"

#include <stdio.h>

static Str good(Arena *a, const char *name, Str training)
{
    Manifest m = {.name = str_of(name),
                  .created_ms = 5,
                  .windows = WINDOWS_DEFAULT,
                  .buckets = 1024,
                  .alone[FACTOR_HATE] = name[0] == 'a',
                  .training = training};
    calibration_none(&m.calibration);
    Buf b;
    buf_init(&b, MANIFEST_MAX_BYTES);
    manifest_print(&m, a, &b);
    Str s = str_copy(a, buf_str(&b));
    buf_done(&b);
    return s;
}

static void what_is_printed_reads_back(void **state)
{
    Manifest m;
    Err err = {0};
    Str json = good(*state, "a-1.b_C", STR("{\"seed\":1,\"list\":[null,true,\"x\\u0000y\"]}"));
    if (!manifest_parse(*state, json, &m, &err))
        fail_msg("%s", err.msg);
    assert_true(str_eq(m.name, STR("a-1.b_C")));
    assert_int_equal(m.created_ms, 5);
    assert_int_equal(m.windows.pieces, 32);
    assert_int_equal(m.windows.stride, 24);
    assert_int_equal(m.buckets, 1024);
    for (int f = 0; f < FACTOR_COUNT; f++)
        assert_int_equal(m.alone[f], f == FACTOR_HATE);
    assert_true(str_eq(m.training, STR("{\"seed\":1,\"list\":[null,true,\"x\\u0000y\"]}")));
}

static void rows_by_language_are_read_from_what_training_says(void **state)
{
    Manifest m;
    Err err = {0};
    Str json = good(*state, "x",
                    STR("{\"languages\":{\"en\":7,\"pt\":1,\"pt-BR\":2,\"ur-Latn\":4,"
                        "\"sv\":5,\"\":6}}"));
    if (!manifest_parse(*state, json, &m, &err))
        fail_msg("%s", err.msg);
    for (int l = 0; l < LANGUAGE_COUNT; l++)
        assert_int_equal(m.language_rows[l], l == LANGUAGE_EN        ? 7
                                             : l == LANGUAGE_PT      ? 3
                                             : l == LANGUAGE_UR_LATN ? 4
                                                                     : 0);
    assert_true(manifest_parse(*state, good(*state, "x", STR("{}")), &m, &err));
    assert_int_equal(m.language_rows[LANGUAGE_EN], MANIFEST_LANGUAGE_ROWS);
    assert_int_equal(m.language_rows[LANGUAGE_DE], 0);
}

/* Replaces the first `from` in a good manifest. */
static Str bent(Arena *a, const char *from, const char *to)
{
    char *z = str_z(a, good(a, "name", STR("{}"))), *at = strstr(z, from);
    assert_non_null(at);
    *at = 0;
    return str_print(a, "%s%s%s", z, to, at + strlen(from));
}

static void a_release_of_the_first_format_has_one_table(void **state)
{
    Arena *a = *state;
    Manifest m;
    Err err = {0};
    char *z = str_z(a, bent(a, "\"format\":2", "\"format\":1")),
         *at = strstr(z, "\"alone\":[],");
    assert_non_null(at);
    memmove(at, at + strlen("\"alone\":[],"), strlen(at + strlen("\"alone\":[],")) + 1);
    assert_true(manifest_parse(a, str_of(z), &m, &err));
    for (int f = 0; f < FACTOR_COUNT; f++)
        assert_false(m.alone[f]);
}

static void what_cannot_be_true_is_refused(void **state)
{
    static const struct {
        const char *from, *to;
        ErrCode code;
    } cases[] = {
        {"\"format\":2",         "\"format\":4",                                ERR_CONFLICT},
        {"\"format\":2",         "\"format\":0",                                ERR_CONFLICT},
        {"\"format\":2",         "\"format\":\"1\"",                            ERR_INPUT   },
        {"\"format\":2,",        "",                                            ERR_INPUT   },
        {"\"alone\":[]",         "\"alone\":{}",                                ERR_CORRUPT },
        {"\"alone\":[]",         "\"alone\":[\"hatred\"]",                      ERR_CORRUPT },
        {"\"alone\":[]",         "\"alone\":[0]",                               ERR_CORRUPT },
        {"\"alone\":[],",        "",                                            ERR_CORRUPT },
        {"\"name\":\"name\"",    "\"name\":\"../x\"",                           ERR_CORRUPT },
        {"\"name\":\"name\"",    "\"name\":\"\"",                               ERR_CORRUPT },
        {"\"created_ms\":5",     "\"created_ms\":-5",                           ERR_CORRUPT },
        {"\"window_pieces\":32", "\"window_pieces\":129",                       ERR_CORRUPT },
        {"\"window_pieces\":32", "\"window_pieces\":0",                         ERR_CORRUPT },
        {"\"window_stride\":24", "\"window_stride\":33",                        ERR_CORRUPT },
        {"\"window_stride\":24", "\"window_stride\":0",                         ERR_CORRUPT },
        {"\"window_stride\":24", "\"window_stride\":1.5",                       ERR_INPUT   },
        {"\"buckets\":1024",     "\"buckets\":1000",                            ERR_CORRUPT },
        {"\"buckets\":1024",     "\"buckets\":0",                               ERR_CORRUPT },
        {"\"buckets\":1024",     "\"buckets\":2097152",                         ERR_CORRUPT },
        {"\"calibration\"",      "\"celebration\"",                             ERR_CORRUPT },
        {"\"sexual/minors\"",    "\"sexual/x\"",                                ERR_CORRUPT },
        {"\"training\":{}",      "\"training\":[]",                             ERR_CORRUPT },
        {"\"training\":{}",      "\"x\":{}",                                    ERR_CORRUPT },
        {"\"training\":{}",      "\"training\":{\"languages\":[]}",             ERR_CORRUPT },
        {"\"training\":{}",      "\"training\":{\"languages\":{\"en\":-1}}",    ERR_CORRUPT },
        {"\"training\":{}",      "\"training\":{\"languages\":{\"en\":\"7\"}}", ERR_INPUT   },
    };
    Arena *a = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Manifest m = {.buckets = 77};
        Err err = {0};
        ArenaMark mark = arena_mark(a);
        assert_false(manifest_parse(a, bent(a, cases[i].from, cases[i].to), &m, &err));
        if (err.code != cases[i].code)
            fail_msg("%s -> %s: %s", cases[i].from, cases[i].to, err.msg);
        assert_int_equal(m.buckets, 77);
        arena_rewind(a, mark);
    }
}

static void names_are_file_names(void **state)
{
    (void)state;
    char long_name[MANIFEST_NAME_MAX + 2];
    memset(long_name, 'x', sizeof long_name);
    assert_true(manifest_name_fits((Str){long_name, MANIFEST_NAME_MAX}));
    assert_false(manifest_name_fits((Str){long_name, MANIFEST_NAME_MAX + 1}));
    assert_false(manifest_name_fits(STR(".x")));
    assert_false(manifest_name_fits(STR("x/y")));
    assert_true(manifest_name_fits(STR("x..y")));
}

static void a_student_and_its_bounds_are_kept(void **state)
{
    static const struct {
        const char *from, *to; /* NULL: as printed */
    } cases[] = {
        {NULL,           NULL            },
        {"\"width\":16", "\"width\":12"  },
        {"\"width\":16", "\"width\":0"   },
        {"\"hidden\":9", "\"hidden\":0"  },
        {"\"hidden\":9", "\"hidden\":513"},
        {"\"pairs\":7",  "\"pairs\":-1"  },
        {"\"student\":", "\"stud\":"     }, /* a cascade of nobody */
        {"\"plain\":",   "\"plane\":"    },
    };
    Arena *a = *state;
    Manifest m = {
        .name = STR("s"),
        .windows = WINDOWS_DEFAULT,
        .buckets = 1024,
        .student = {16, 9, 7},
        .training = STR("{}")
    };
    Buf b;
    calibration_none(&m.calibration);
    fixture_cascade(.25, &m.cascade);
    buf_init(&b, MANIFEST_MAX_BYTES);
    manifest_print(&m, a, &b);
    const char *good = str_z(a, buf_str(&b));
    buf_done(&b);
    assert_non_null(strstr(good, "\"format\":3"));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Manifest read = {0};
        Err err = {0};
        Str text = str_of(good);
        if (cases[i].from) {
            const char *at = strstr(good, cases[i].from);
            assert_non_null(at);
            text = str_print(a, "%.*s%s%s", (int)(at - good), good, cases[i].to,
                             at + strlen(cases[i].from));
        }
        assert_int_equal(manifest_parse(a, text, &read, &err), cases[i].from == NULL);
        assert_true(cases[i].from || (read.student.hidden == 9 && read.cascade.fitted));
    }
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_arena, without_arena)
    const struct CMUnitTest tests[] = {
        T(what_is_printed_reads_back),
        T(rows_by_language_are_read_from_what_training_says),
        T(a_release_of_the_first_format_has_one_table),
        T(a_student_and_its_bounds_are_kept),
        T(what_cannot_be_true_is_refused),
        T(names_are_file_names),
    };
    return cmocka_run_group_tests_name("model/manifest", tests, NULL, NULL);
}
