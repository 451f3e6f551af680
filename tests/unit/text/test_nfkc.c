#include "test.h"

#include "text/nfkc.h"

static void forms_and_their_origins(void **state)
{
    Arena *a = *state;
    static const struct {
        const char *text;
        NfkcForm form;
        const char *out;
        uint32_t origin[12];
    } cases[] = {
        {"",                   NFKC_PLAIN,    "",          {0}                  },
        {"aB c",               NFKC_PLAIN,    "aB c",      {0, 1, 2, 3, 4}      },
        {"aB c",               NFKC_CASEFOLD, "ab c",      {0, 1, 2, 3, 4}      },
        {"xe\u0301y",          NFKC_PLAIN,    "x\u00e9y",  {0, 1, 1, 4, 5}      },
        {"\uff21b",            NFKC_PLAIN,    "Ab",        {0, 3, 4}            },
        {"\uff21b",            NFKC_CASEFOLD, "ab",        {0, 3, 4}            },
        {"\u00bd!",            NFKC_PLAIN,    "1\u20442!", {0, 0, 0, 0, 0, 2, 3}},
        {"a\u200bb",           NFKC_PLAIN,    "a\u200bb",  {0, 1, 1, 1, 4, 5}   },
        {"a\u200bb",           NFKC_CASEFOLD, "ab",        {0, 4, 5}            },
        {"\u00dfx",            NFKC_CASEFOLD, "ssx",       {0, 0, 2, 3}         },
        {"\U0001d400\u4f60",   NFKC_PLAIN,    "A\u4f60",   {0, 4, 4, 4, 7}      },
        {"\u1100\u1161\u11a8", NFKC_PLAIN,    "\uac01",    {0, 0, 0, 9}         }, /* Hangul composes */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Mapped m;
        Err err = {0};
        assert_true(nfkc(a, str_of(cases[i].text), cases[i].form, &m, &err));
        if (!str_eq(m.text, str_of(cases[i].out)))
            fail_msg("%s: " STR_FMT, cases[i].text, STR_ARG(m.text));
        for (size_t k = 0; k <= m.text.len; k++)
            assert_int_equal(m.origin[k], cases[i].origin[k]);
    }
}

static void origins_are_carried_through_a_second_form(void **state)
{
    Arena *a = *state;
    Mapped once, twice;
    Err err = {0};
    assert_true(nfkc(a, STR("\u00bdE\u0301"), NFKC_PLAIN, &once, &err));
    assert_true(nfkc_mapped(a, &once, NFKC_CASEFOLD, &twice, &err));
    assert_true(str_eq(twice.text, STR("1\u20442\u00e9")));
    const uint32_t want[] = {0, 0, 0, 0, 0, 2, 2, 5};
    for (size_t k = 0; k <= twice.text.len; k++)
        assert_int_equal(twice.origin[k], want[k]);
}

/* Marks of two classes in turn: sorting a whole megabyte of them would never end. */
static void a_tower_of_marks_is_cut(void **state)
{
    (void)state;
    Arena *a = arena_open(256 << 20);
    size_t pairs = 1 << 18;
    char *text = arena_array(a, char, 4 * pairs);
    for (size_t i = 0; i < pairs; i++)
        memcpy(text + 4 * i, "\u0301\u0323", 4);
    Mapped m;
    Err err = {0};
    assert_true(nfkc(a, (Str){text, 4 * pairs}, NFKC_PLAIN, &m, &err));
    assert_int_equal(m.text.len, 4 * pairs);
    arena_close(a);
}

static void growth_is_bounded(void **state)
{
    (void)state;
    Arena *a = arena_open(256 << 20);
    size_t count = 100000;
    char *text = arena_array(a, char, 3 * count);
    for (size_t i = 0; i < count; i++)
        memcpy(text + 3 * i, "\ufdfa", 3); /* eleven times as long under NFKC */
    Mapped m;
    Err err = {0};
    assert_true(nfkc(a, (Str){text, 3 * count}, NFKC_PLAIN, &m, &err));
    assert_true(m.text.len > 12 * count && m.text.len < 18 * count);
    arena_close(a);
}

static void a_full_arena_is_an_error(void **state)
{
    Arena *a = *state;
    char *text = arena_array(a, char, 500000);
    memset(text, 'x', 500000);
    Mapped m = {
        .text = {NULL, 3}
    };
    Err err = {0};
    assert_false(nfkc(a, (Str){text, 500000}, NFKC_PLAIN, &m, &err));
    assert_int_equal(err.code, ERR_LIMIT);
    assert_int_equal(m.text.len, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(forms_and_their_origins, with_arena, without_arena),
        cmocka_unit_test_setup_teardown(origins_are_carried_through_a_second_form, with_arena,
                                        without_arena),
        cmocka_unit_test(a_tower_of_marks_is_cut),
        cmocka_unit_test(growth_is_bounded),
        cmocka_unit_test_setup_teardown(a_full_arena_is_an_error, with_arena, without_arena),
    };
    return cmocka_run_group_tests_name("text/nfkc", tests, NULL, NULL);
}
