#include "test.h"

#include "augment/compose.h"

#define HEAD \
    "grammar: g\nparts:\n  who: [a cat, \"the {size} dog\"]\n  size: [big, small, old]\n"

static const Grammar *must_read(Arena *a, const char *text)
{
    Err err = {0};
    const Grammar *g = NULL;
    if (!grammar_parse(a, str_of(text), "g.yaml", &g, &err))
        fail_msg("%s", err.msg);
    return g;
}

static const Never *minors(Arena *a)
{
    Err err = {0};
    const Never *n = NULL;
    assert_true(never_parse(a, STR("# list\nteen*\nKid\n16\n"), &n, &err));
    return n;
}

static bool compose(Arena *a, const char *text, uint64_t seed, Buf *out, Composed *n, Err *err)
{
    return grammar_compose(a, must_read(a, text), minors(a), seed, map_new(a, 64), out, n, err);
}

static void a_row_has_its_text_its_labels_and_where_it_comes_from(void **state)
{
    Buf out;
    Composed n;
    Err err = {0};
    buf_init(&out, 1 << 16);
    assert_true(compose(*state,
                        "grammar: g\nzero: [hate, spam]\nparts: {who: [cat]}\ntemplates:\n"
                        "  - {text: [\"{Who} and {who}.\"], rows: 1, group: pair,\n"
                        "     labels: {insult: 0.5}, unknown: [spam]}\n",
                        1, &out, &n, &err));
    static const char want[] =
        "{\"text\":\"Cat and cat.\",\"labels\":{\"hate\":0,\"insult\":0.5},"
        "\"group\":\"g/pair\",\"grammar\":\"g\"}\n";
    assert_int_equal(out.len, sizeof want - 1);
    assert_memory_equal(out.ptr, want, out.len);
    assert_int_equal(n.rows, 1);
    buf_done(&out);
}

static void rows_never_repeat_and_what_is_missing_is_counted(void **state)
{
    Buf out;
    Composed n;
    Err err = {0};
    buf_init(&out, 1 << 16);
    assert_true(
        compose(*state, HEAD "templates: [{text: [\"{who}\"], rows: 9}]\n", 1, &out, &n, &err));
    assert_int_equal(n.rows, 4);
    assert_int_equal(n.missing, 5);
    buf_done(&out);
}

static void a_seed_gives_the_same_bytes_and_another_seed_others(void **state)
{
    static const char text[] =
        HEAD "noise: {lower: 0.5, bare: 0.5, typo: 0.5}\n"
             "templates: [{text: [\"{Who}, {who} and {who}.\"], rows: 30}]\n";
    Buf out[3];
    for (int i = 0; i < 3; i++) {
        Composed n;
        Err err = {0};
        buf_init(&out[i], 1 << 16);
        assert_true(compose(*state, text, i == 2 ? 8 : 7, &out[i], &n, &err));
    }
    assert_true(str_eq(buf_str(&out[0]), buf_str(&out[1])));
    assert_false(str_eq(buf_str(&out[0]), buf_str(&out[2])));
    for (int i = 0; i < 3; i++)
        buf_done(&out[i]);
}

static void a_sexual_row_never_holds_a_word_for_a_minor(void **state)
{
    static const struct {
        const char *frame, *sexual;
        bool refused;
    } rows[] = {
        {"a KID here",     "1",   true },
        {"two teenagers",  "0.1", true },
        {"she is 16",      "1",   true },
        {"a kid here",     "0",   false},
        {"a kidney stone", "1",   false},
        {"room 160",       "1",   false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Str text = str_print(*state,
                             "grammar: g\ntemplates: [{text: [\"%s\"], rows: 1, "
                             "labels: {sexual: %s}}]\n",
                             rows[i].frame, rows[i].sexual);
        Buf out;
        Composed n;
        Err err = {0};
        buf_init(&out, 1 << 12);
        bool ok = compose(*state, str_z(*state, text), 1, &out, &n, &err);
        assert_int_equal(ok, !rows[i].refused);
        assert_int_equal(out.len == 0, rows[i].refused);
        if (!ok)
            assert_non_null(strstr(err.msg, "g.yaml:2:21: a sexual row would hold"));
        buf_done(&out);
    }
}

static void a_bad_grammar_is_refused_with_its_place(void **state)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"templates: []\n",                                          "a grammar wants"                  },
        {"grammar: g\nzero: [hat]\ntemplates: []\n",                 "g.yaml:2:8: no such factor: 'hat'"},
        {"grammar: g\nfoo: 1\n",                                     "g.yaml:2:6: no such key: 'foo'"   },
        {"grammar: g\ntemplates:\n  - {text: [a], rows: 0}\n",
         "3:23: no such key, or a bad value"                                                            },
        {"grammar: g\ntemplates:\n  - {text: [a]}\n",                "3:5: a template wants"            },
        {"grammar: g\ntemplates:\n  - {rows: 1, text: []}\n",        "3:21: a list of phrases"          },
        {"grammar: g\ntemplates:\n  - {rows: 1, text: [\"{x}\"]}\n", "3:22: no such part: 'x'"          },
        {"grammar: g\ntemplates:\n  - {labels: {hate: 2}}\n",        "3:21: a value is from 0 to 1"     },
        {"grammar: g\ntemplates:\n  - {labels: {hat: 1}}\n",         "no such factor: 'hat'"            },
        {"grammar: g\nnoise: {lower: 2}\n",                          "2:16: a share is from 0 to 1"     },
        {"grammar: g\nnoise: {loud: 1}\n",                           "2:15: no such noise: 'loud'"      },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const Grammar *g = NULL;
        Err err = {0};
        assert_false(grammar_parse(*state, str_of(rows[i].text), "g.yaml", &g, &err));
        assert_null(g);
        if (!strstr(err.msg, rows[i].want))
            fail_msg("%s lacks %s", err.msg, rows[i].want);
    }
}

static void parts_in_a_circle_and_endless_texts_end(void **state)
{
    Buf out;
    Composed n;
    Err err = {0};
    buf_init(&out, 1 << 16);
    assert_false(compose(*state,
                         "grammar: g\nparts: {a: [\"x{a}\"]}\n"
                         "templates: [{text: [\"{a}\"], rows: 1}]\n",
                         1, &out, &n, &err));
    assert_non_null(strstr(err.msg, "parts nest deeper"));
    assert_false(compose(*state,
                         "grammar: g\nparts: {a: [\"{b}{b}{b}{b}{b}{b}{b}{b}\"], b: "
                         "[\"{c}{c}{c}{c}{c}{c}{c}{c}\"], c: [\"{d}{d}{d}{d}{d}{d}{d}{d}\"], "
                         "d: [twelve words]}\ntemplates: [{text: [\"{a}\"], rows: 1}]\n",
                         1, &out, &n, &err));
    assert_int_equal(err.code, ERR_LIMIT);
    buf_done(&out);
}

static void an_empty_never_list_is_refused(void **state)
{
    const Never *n = NULL;
    Err err = {0};
    assert_false(never_parse(*state, STR("# nothing\n\n"), &n, &err));
    assert_null(n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, with_arena, without_arena)
        TEST(a_row_has_its_text_its_labels_and_where_it_comes_from),
        TEST(rows_never_repeat_and_what_is_missing_is_counted),
        TEST(a_seed_gives_the_same_bytes_and_another_seed_others),
        TEST(a_sexual_row_never_holds_a_word_for_a_minor),
        TEST(a_bad_grammar_is_refused_with_its_place),
        TEST(parts_in_a_circle_and_endless_texts_end),
        TEST(an_empty_never_list_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
