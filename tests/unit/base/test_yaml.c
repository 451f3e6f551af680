#include "test.h"

#include "base/yaml.h"

static const Js *must_parse(Arena *a, Str text)
{
    Err err = {0};
    const Js *j = NULL;
    if (!yaml_parse(a, text, "x.yaml", &j, &err))
        fail_msg("%s", err.msg);
    return j;
}

static void plain_words_have_the_types_that_do_not_surprise(void **state)
{
    static const struct {
        const char *text;
        JsType type;
        double number;
        bool is_integer;
    } rows[] = {
        {"null",                JS_NULL,   0,      false},
        {"~",                   JS_NULL,   0,      false},
        {"true",                JS_BOOL,   1,      false},
        {"false",               JS_BOOL,   0,      false},
        {"yes",                 JS_STRING, 0,      false},
        {"no",                  JS_STRING, 0,      false},
        {"on",                  JS_STRING, 0,      false},
        {"True",                JS_STRING, 0,      false},
        {"0",                   JS_NUMBER, 0,      true },
        {"-12",                 JS_NUMBER, -12,    true },
        {"1.5",                 JS_NUMBER, 1.5,    false},
        {"1e3",                 JS_NUMBER, 1000,   false},
        {"0x10",                JS_STRING, 0,      false},
        {"1_000",               JS_STRING, 0,      false},
        {".inf",                JS_STRING, 0,      false},
        {"nan",                 JS_STRING, 0,      false},
        {"1e999",               JS_STRING, 0,      false},
        {"2026-11-24",          JS_STRING, 0,      false},
        {"12:30",               JS_STRING, 0,      false},
        {"\"5\"",               JS_STRING, 0,      false},
        {"'true'",              JS_STRING, 0,      false},
        {"\"\"",                JS_STRING, 0,      false},
        {"9223372036854775808", JS_NUMBER, 0x1p63, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const Js *j = must_parse(*state, str_of(rows[i].text));
        if (j->type != rows[i].type)
            fail_msg("%s is %s", rows[i].text, js_type_name(j->type));
        if (j->type == JS_NUMBER)
            assert_true(j->number == rows[i].number && j->is_integer == rows[i].is_integer);
        if (j->type == JS_BOOL)
            assert_int_equal(j->boolean, rows[i].number == 1);
        if (rows[i].text[0] != '"' && rows[i].text[0] != '\'')
            assert_true(str_eq(j->str, str_of(rows[i].text))); /* as it was written */
    }
}

static void a_tree_has_places_and_the_order_of_the_file(void **state)
{
    const Js *j = must_parse(*state, STR("# a comment\n"
                                         "name: caf\xc3\xa9\n"
                                         "list:\n"
                                         "  - 1\n"
                                         "  - {a: b, c: [x, y]}\n"
                                         "empty:\n"
                                         "block: |\n"
                                         "  two\n"
                                         "  lines\n"));
    assert_int_equal(j->type, JS_OBJECT);
    assert_int_equal(j->count, 4);
    assert_true(str_eq(j->key[0], STR("name")) && str_eq(j->key[3], STR("block")));
    assert_true(str_eq(js_get(j, STR("name"))->str, STR("caf\xc3\xa9")));
    assert_true(str_eq(js_get(j, STR("block"))->str, STR("two\nlines\n")));
    assert_int_equal(js_get(j, STR("empty"))->type, JS_NULL);
    const Js *list = js_get(j, STR("list"));
    assert_int_equal(list->count, 2);
    const Js *c = js_get(&list->item[1], STR("c"));
    assert_int_equal(c->item[1].line, 5);
    assert_int_equal(c->item[1].column, 19);
    int64_t n = 0;
    Err err = {0};
    assert_false(js_want_i64(j, STR("name"), &n, &err));
    assert_string_equal(err.msg, "2:7: 'name' must be a whole number, not a string");
}

static void an_empty_file_is_null(void **state)
{
    static const Str empty[] = {
        STR(""), STR("\n\n"), STR("# only a comment\n"), STR("---\n"), {0}};
    for (size_t i = 0; i < sizeof empty / sizeof *empty; i++)
        assert_int_equal(must_parse(*state, empty[i])->type, JS_NULL);
}

static void what_is_outside_the_subset_is_refused_with_its_place(void **state)
{
    static const struct {
        const char *text, *place, *why;
    } rows[] = {
        {"a: &x 1\n",           "x.yaml:1:4: ", "anchors"       },
        {"a: 1\nb: *x\n",       "x.yaml:2:4: ", "aliases"       },
        {"a: !!str 5\n",        "x.yaml:1:4: ", "tags"          },
        {"a: !thing {b: 1}\n",  "x.yaml:1:4: ", "tags"          },
        {"!!map {a: 1}\n",      "x.yaml:1:1: ", "tags"          },
        {"- ok\n- !!seq [1]\n", "x.yaml:2:3: ", "tags"          },
        {"<<: {a: 1}\n",        "x.yaml:1:1: ", "merge"         },
        {"a: 1\nb: 2\na: 3\n",  "x.yaml:3:1: ", "twice"         },
        {"? [a, b]\n: 1\n",     "x.yaml:1:3: ", "plain text"    },
        {"a: 1\n---\nb: 2\n",   "x.yaml:2:1: ", "one document"  },
        {"a: [1, 2\n",          "x.yaml:2:1: ", "not valid YAML"},
        {"a: 1\n b: 2\n",       "x.yaml:2:3: ", "not valid YAML"},
        {"a: \"x\n",            "x.yaml:2:1: ", "not valid YAML"},
        {"\tb: 1\n",            "x.yaml:1:1: ", "not valid YAML"},
        {"a: @x\n",             "x.yaml:1:4: ", "not valid YAML"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Err err = {0};
        const Js *j = NULL;
        assert_false(yaml_parse(*state, str_of(rows[i].text), "x.yaml", &j, &err));
        if (strncmp(err.msg, rows[i].place, strlen(rows[i].place)) != 0 ||
            !strstr(err.msg, rows[i].why))
            fail_msg("row %zu: %s", i, err.msg);
        assert_int_equal(err.code, ERR_INPUT);
        assert_null(j);
    }
}

static void bytes_that_are_no_text_are_refused(void **state)
{
    static const Str rows[] = {STR("a: \xff\n"), STR("a: \xed\xa0\x80\n"), STR("a: \x01\n"),
                               STR("a: x\0y\n")};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Err err = {0};
        const Js *j = NULL;
        assert_false(yaml_parse(*state, rows[i], "x.yaml", &j, &err));
        assert_int_equal(err.code, ERR_INPUT);
    }
}

/* Nine lines of aliases that would unfold to a billion words. */
static void a_billion_laughs_are_not_heard(void **state)
{
    Err err = {0};
    const Js *j = NULL;
    assert_false(
        yaml_parse(*state,
                   STR("a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
                       "c: [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"),
                   "x.yaml", &j, &err));
    assert_int_equal(err.code, ERR_INPUT);
}

static void depth_and_keys_and_memory_are_limited(void **state)
{
    (void)state;
    Arena *a = arena_open(8 << 20);
    char text[500];
    Err err = {0};
    const Js *j = NULL;
    memset(text, '[', 250);
    memset(text + 250, ']', 250);
    assert_true(
        yaml_parse(a, (Str){text + 250 - JS_MAX_DEPTH, 2 * JS_MAX_DEPTH}, "x", &j, &err));
    assert_false(
        yaml_parse(a, (Str){text + 249 - JS_MAX_DEPTH, 2 * JS_MAX_DEPTH + 2}, "x", &j, &err));
    assert_int_equal(err.code, ERR_LIMIT);

    Buf many;
    buf_init(&many, 1 << 20);
    for (int i = 0; i < 4096; i++)
        buf_print(&many, "k%d: 1\n", i);
    assert_true(yaml_parse(a, buf_str(&many), "x", &j, &err));
    buf_print(&many, "last: 1\n");
    assert_false(yaml_parse(a, buf_str(&many), "x", &j, &err));
    assert_int_equal(err.code, ERR_LIMIT);

    Arena *small = arena_open(4096);
    buf_clear(&many);
    for (int i = 0; i < 200; i++)
        buf_print(&many, "- word\n");
    assert_false(yaml_parse(small, buf_str(&many), "x", &j, &err));
    assert_int_equal(err.code, ERR_LIMIT);
    arena_close(small);
    buf_done(&many);
    arena_close(a);
}

#define T(f) cmocka_unit_test_setup_teardown(f, with_arena, without_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(plain_words_have_the_types_that_do_not_surprise),
        T(a_tree_has_places_and_the_order_of_the_file),
        T(an_empty_file_is_null),
        T(what_is_outside_the_subset_is_refused_with_its_place),
        T(bytes_that_are_no_text_are_refused),
        T(a_billion_laughs_are_not_heard),
        T(depth_and_keys_and_memory_are_limited),
    };
    return cmocka_run_group_tests_name("base/yaml", tests, NULL, NULL);
}
