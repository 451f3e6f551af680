#include "test.h"

#include "base/file.h"
#include "model/labelled.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void labels_are_read_in_every_form(void **state)
{
    static const struct {
        const char *line, *text;
        Category category;
        float want;
    } cases[] = {
        {"{\"text\":\"a\",\"labels\":{\"hate\":1}}",                      "a", CATEGORY_HATE,             1   },
        {"{\"prompt\":\"b\",\"categories\":{\"self-harm/intent\":true}}", "b",
         CATEGORY_SELF_HARM_INTENT,                                                                       1   },
        {"{\"input\":\"c\",\"category\":{\"violence\":false}}",           "c", CATEGORY_VIOLENCE,         0   },
        {"{\"text\":\"d\",\"labels\":{\"sexual\":0.25}}",                 "d", CATEGORY_SEXUAL,           .25f},
        {"{\"text\":\"e\",\"labels\":{\"sexual\":null}}",                 "e", CATEGORY_SEXUAL,           NAN },
        {"{\"text\":\"f\"}",                                              "f", CATEGORY_HATE,             NAN },
        {"{\"prompt\":\"\",\"S\":1,\"H2\":0}",                            "",  CATEGORY_SEXUAL,           1   },
        {"{\"prompt\":\"g\",\"H2\":1}",                                   "g", CATEGORY_HATE_THREATENING, 1   },
        {"{\"prompt\":\"g\",\"V2\":0}",                                   "g", CATEGORY_VIOLENCE_GRAPHIC, 0   },
        {"{\"prompt\":\"g\",\"HR\":1}",                                   "g", CATEGORY_HARASSMENT,       1   },
        {"{\"prompt\":\"g\",\"SH\":1,\"extra\":[]}",                      "g", CATEGORY_SELF_HARM,        1   },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Row row;
        Err err = {0};
        if (!labelled_line(*state, str_of(cases[i].line), &row, &err))
            fail_msg("%s", err.msg);
        float got = row.labels.category[cases[i].category];
        assert_true(str_eq(row.text, str_of(cases[i].text)));
        assert_true(isnan(cases[i].want) ? isnan(got) : got == cases[i].want);
    }
    Row row;
    Err err = {0};
    Str line = STR("{\"text\":\"a\",\"labels\":{\"insult\":1},\"source\":\"here\"}");
    assert_true(labelled_line(*state, line, &row, &err));
    assert_true(row.labels.factor[FACTOR_INSULT] == 1);
    assert_true(isnan(row.labels.factor[FACTOR_HATE]));
    assert_true(str_eq(row.source, STR("here")));
}

static void bad_lines_are_refused(void **state)
{
    static const struct {
        const char *line, *words;
    } cases[] = {
        {"[]",                                             "must be an object"},
        {"{",                                              "JSON"             },
        {"{\"labels\":{}}",                                "a text under"     },
        {"{\"text\":1}",                                   "a text under"     },
        {"{\"text\":\"a\",\"labels\":[]}",                 "must be an object"},
        {"{\"text\":\"a\",\"labels\":{\"love\":1}}",       "'love'"           },
        {"{\"text\":\"a\",\"labels\":{\"hate\":2}}",       "'hate' wants"     },
        {"{\"text\":\"a\",\"labels\":{\"hate\":-0.1}}",    "'hate' wants"     },
        {"{\"text\":\"a\",\"labels\":{\"hate\":\"yes\"}}", "'hate' wants"     },
        {"{\"text\":\"a\",\"S\":\"1\"}",                   "'S' wants"        },
        {"{\"text\":\"a\",\"source\":1}",                  "source"           },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Row row;
        Err err = {0};
        assert_false(labelled_line(*state, str_of(cases[i].line), &row, &err));
        assert_non_null(strstr(err.msg, cases[i].words));
    }
}

static void a_file_is_read_whole_or_refused_at_its_line(void **state)
{
    Arena *a = arena_open((size_t)64 << 20);
    char path[] = "/tmp/gavel-labelled-XXXXXX";
    int fd = mkstemp(path);
    Err err = {0};
    Rows rows = {.count = 7};
    (void)state;
    assert_true(fd >= 0);
    close(fd);
    Buf b;
    buf_init(&b, 1 << 20);
    for (int i = 0; i < 3000; i++) /* more than the first room */
        buf_print(&b, "{\"text\":\"%d\",\"H\":%d}\n%s", i, i % 2, i % 100 ? "" : "\n");
    assert_true(file_save(path, buf_str(&b), &err));
    assert_true(labelled_read(a, path, 1 << 16, &rows, &err));
    assert_int_equal(rows.count, 3000);
    assert_true(str_eq(rows.row[2999].text, STR("2999")));
    assert_true(rows.row[2999].labels.category[CATEGORY_HATE] == 1);
    assert_true(file_save(path, STR("{\"text\":\"a\"}\n\n{\"text\":1}\n"), &err));
    assert_false(labelled_read(a, path, 1 << 16, &rows, &err));
    assert_non_null(strstr(err.msg, ":3"));
    assert_int_equal(rows.count, 3000);
    unlink(path);
    assert_false(labelled_read(a, path, 1 << 16, &rows, &err)); /* it is gone */
    buf_done(&b);
    arena_close(a);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_arena, without_arena)
    const struct CMUnitTest tests[] = {
        T(labels_are_read_in_every_form),
        T(bad_lines_are_refused),
        T(a_file_is_read_whole_or_refused_at_its_line),
    };
    return cmocka_run_group_tests_name("model/labelled", tests, NULL, NULL);
}
