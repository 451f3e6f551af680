#include "test.h"

static void texts_compare_bytewise_then_by_length(void **state)
{
    (void)state;
    static const struct {
        Str a, b;
        int sign;
    } rows[] = {
        {STR(""),     STR(""),     0 },
        {STR("a"),    STR("b"),    -1},
        {STR("a"),    STR("aa"),   -1},
        {STR(""),     STR("\0"),   -1},
        {STR("\xff"), STR("a"),    1 },
        {STR("a\0b"), STR("a\0c"), -1},
        {STR("same"), STR("same"), 0 },
        {{0},         STR(""),     0 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int c = str_cmp(rows[i].a, rows[i].b);
        assert_int_equal((c > 0) - (c < 0), rows[i].sign);
        assert_int_equal(str_eq(rows[i].a, rows[i].b), rows[i].sign == 0);
        c = str_cmp(rows[i].b, rows[i].a);
        assert_int_equal((c > 0) - (c < 0), -rows[i].sign);
    }
}

static void beginnings_and_ends_are_found(void **state)
{
    (void)state;
    assert_true(str_starts(STR("gavel"), STR("ga")) && str_ends(STR("gavel"), STR("el")));
    assert_true(str_starts(STR("gavel"), STR("")) && str_ends(STR(""), STR("")));
    assert_false(str_starts(STR("ga"), STR("gavel")));
    static const struct {
        const char *pattern, *text;
        bool fits;
    } cases[] = {
        {"gavel", "gavel",  true },
        {"gavel", "gavels", false},
        {"ga*",   "gavel",  true },
        {"ga*",   "ga",     true },
        {"*el",   "gavel",  true },
        {"g*v*l", "gavel",  true },
        {"g*x*l", "gavel",  false},
        {"*",     "",       true },
        {"",      "",       true },
        {"",      "g",      false},
        {"*ab",   "aab",    true },
        {"a**b",  "ab",     true },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(str_fits(str_of(cases[i].pattern), str_of(cases[i].text)),
                         cases[i].fits);
    assert_false(str_ends(STR("el"), STR("gavel")));
    assert_false(str_starts(STR("gavel"), STR("GA")));
}

static void trim_takes_white_space_off_both_ends_only(void **state)
{
    (void)state;
    assert_true(str_eq(str_trim(STR(" \t\r\n\v\f a b \n")), STR("a b")));
    assert_int_equal(str_trim(STR(" \n ")).len, 0);
    assert_int_equal(str_trim(STR("")).len, 0);
    assert_true(str_eq(str_trim(STR("\xa0x")), STR("\xa0x"))); /* ASCII only */
}

static void cut_takes_part_after_part(void **state)
{
    (void)state;
    static const struct {
        Str text;
        int parts;
        Str part[4];
    } rows[] = {
        {STR("a,b,c"), 3, {STR("a"), STR("b"), STR("c")}},
        {STR("a,,"),   3, {STR("a"), STR(""), STR("")}  },
        {STR(","),     2, {STR(""), STR("")}            },
        {STR(""),      1, {STR("")}                     },
        {STR("abc"),   1, {STR("abc")}                  },
        {{0},          0, {{0}}                         },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Str rest = rows[i].text, part;
        int n = 0;
        while (str_cut(&rest, ',', &part)) {
            assert_true(n < rows[i].parts && str_eq(part, rows[i].part[n]));
            n++;
        }
        assert_int_equal(n, rows[i].parts);
    }
}

static void whole_numbers_are_read_whole_or_not_at_all(void **state)
{
    (void)state;
    static const struct {
        Str text;
        bool ok;
        int64_t value;
    } rows[] = {
        {STR("0"),                                                                 true,  0        },
        {STR("-7"),                                                                true,  -7       },
        {STR("+7"),                                                                true,  7        },
        {STR("007"),                                                               true,  7        },
        {STR("9223372036854775807"),                                               true,  INT64_MAX},
        {STR("-9223372036854775808"),                                              true,  INT64_MIN},
        {STR("9223372036854775808"),                                               false, 0        },
        {STR("-9223372036854775809"),                                              false, 0        },
        {STR("99999999999999999999999999999999999999999999999999999999999999999"), false, 0        },
        {STR(""),                                                                  false, 0        },
        {STR("-"),                                                                 false, 0        },
        {STR(" 1"),                                                                false, 0        },
        {STR("1 "),                                                                false, 0        },
        {STR("1\0"),                                                               false, 0        },
        {STR("0x10"),                                                              false, 0        },
        {STR("1.0"),                                                               false, 0        },
        {STR("1e3"),                                                               false, 0        },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t v = -99;
        assert_int_equal(str_to_i64(rows[i].text, &v), rows[i].ok);
        assert_true(v == (rows[i].ok ? rows[i].value : -99));
    }
}

static void decimal_numbers_are_read_whole_or_not_at_all(void **state)
{
    (void)state;
    static const struct {
        Str text;
        bool ok;
        double value;
    } rows[] = {
        {STR("0.1"),       true,  0.1   },
        {STR("-2"),        true,  -2    },
        {STR("1e-300"),    true,  1e-300},
        {STR(".5"),        true,  .5    },
        {STR("5."),        true,  5     },
        {STR("1E3"),       true,  1000  },
        {STR("1e999"),     false, 0     },
        {STR("nan"),       false, 0     },
        {STR("inf"),       false, 0     },
        {STR("-Infinity"), false, 0     },
        {STR("0x10"),      false, 0     },
        {STR("0x1p3"),     false, 0     },
        {STR("1,5"),       false, 0     },
        {STR("1.5x"),      false, 0     },
        {STR(" 1.5"),      false, 0     },
        {STR(""),          false, 0     },
        {STR("."),         false, 0     },
        {STR("e5"),        false, 0     },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double v = -99;
        assert_int_equal(str_to_double(rows[i].text, &v), rows[i].ok);
        assert_true(v == (rows[i].ok ? rows[i].value : -99));
    }
}

static void copies_are_copies(void **state)
{
    Arena *a = *state;
    char text[] = "abc";
    Str copy = str_copy(a, (Str){text, 3});
    char *z = str_z(a, (Str){text, 2});
    text[0] = 'X';
    assert_true(str_eq(copy, STR("abc")));
    assert_string_equal(z, "ab");
    assert_string_equal(str_z(a, (Str){0}), "");
    assert_true(str_eq(str_print(a, "%s-%d", "a", 5), STR("a-5")));
    assert_int_equal(str_print(a, "%2000d", 5).len, 2000);
}

#define T(f) cmocka_unit_test_setup_teardown(f, with_arena, without_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(texts_compare_bytewise_then_by_length),
        T(beginnings_and_ends_are_found),
        T(trim_takes_white_space_off_both_ends_only),
        T(cut_takes_part_after_part),
        T(whole_numbers_are_read_whole_or_not_at_all),
        T(decimal_numbers_are_read_whole_or_not_at_all),
        T(copies_are_copies),
    };
    return cmocka_run_group_tests_name("base/str", tests, NULL, NULL);
}
