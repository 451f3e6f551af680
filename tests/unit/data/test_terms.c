#include "data/terms.h"
#include "test.h"

static size_t count(Arena *a, const char *list, const char *text)
{
    const Terms *t = NULL;
    Err err = {0};
    if (!terms_parse(a, str_of(list), "list", &t, &err))
        fail_msg("%s", err.msg);
    return terms_count(t, a, str_of(text), 100);
}

static void words_and_phrases_are_found(void **state)
{
    static const struct {
        const char *list, *text;
        size_t want;
    } cases[] = {
        {"kill",                         "Kill! KILL, kill.",           1}, /* one word, however often */
        {"kill",                         "killer skill",                0},
        {"kill*",                        "killer, killed; skill",       2},
        {"kill|shoot",                   "kill shoot",                  2},
        {"take own? life",               "take life; take own life",    2},
        {"take my own? life",            "take my  own\nlife",          1},
        {"set * on fire",                "set it on fire, set on fire", 1},
        {"a b c",                        "a b b c a b c",               1},
        {"don't go",                     "don’t go",                  1},
        {"dont go",                      "don't go",                    0},
        {"x",                            "“x” x😀 x—y",         1},
        {"über",                        "Das ist über uns",           1},
        {"# comment\n\n kill  # more\n", "kill",                        1},
        {"ab*|cd",                       "abc cd ab",                   3},
        {"go and? die",                  "go die and go and die",       2},
        {"kill",                         "",                            0},
        {"a|a b",                        "a b",                         1}, /* the longest at a place */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t got = count(*state, cases[i].list, cases[i].text);
        if (got != cases[i].want)
            fail_msg("'%s' in '%s': %zu, wanted %zu", cases[i].list, cases[i].text, got,
                     cases[i].want);
    }
}

static void counting_stops_where_it_is_enough(void **state)
{
    const Terms *t;
    Err err;
    assert_true(terms_parse(*state, STR("a*|aa*|b\nc"), "list", &t, &err) ||
                terms_parse(*state, STR("aa*|b|c"), "list", &t, &err));
    assert_int_equal(terms_count(t, *state, STR("aa b c aab"), 2), 2);
    assert_int_equal(terms_count(t, *state, STR("aa b c aab"), 9), 4);
}

static void lists_that_cannot_be_meant_are_refused(void **state)
{
    static const struct {
        const char *list, *want;
    } cases[] = {
        {"fine\n*\n",         "list:2: a phrase begins with"       },
        {"a* b",              "list:1: a phrase begins with"       },
        {"just? kill",        "list:1: a phrase begins with"       },
        {"a b c d e f g h i", "list:1: a phrase has too many words"},
        {"kill||shoot",       "list:1: a word is not like this"    },
        {"ki*ll",             "list:1: a word is not like this"    },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const Terms *t = NULL;
        Err err = {0};
        assert_false(terms_parse(*state, str_of(cases[i].list), "list", &t, &err));
        assert_null(t);
        if (!str_starts(str_of(err.msg), str_of(cases[i].want)))
            fail_msg("'%s', wanted '%s'", err.msg, cases[i].want);
    }
}

#define T(f) cmocka_unit_test_setup_teardown(f, with_arena, without_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(words_and_phrases_are_found),
        T(counting_stops_where_it_is_enough),
        T(lists_that_cannot_be_meant_are_refused),
    };
    return cmocka_run_group_tests_name("data/terms", tests, NULL, NULL);
}
