#include "test.h"

#include "text/utf8.h"

/* n: as a literal may hold zero bytes */
#define BYTES(literal)               \
    {                                \
        literal, sizeof(literal) - 1 \
    }

static void well_formed_text_is_accepted(void **state)
{
    (void)state;
    const Str good[] = {
        BYTES(""),
        BYTES("plain"),
        BYTES("a\0b"),
        BYTES("\x7f"),
        BYTES("\xc2\x80"),
        BYTES("\xdf\xbf"),
        BYTES("\xe0\xa0\x80"),
        BYTES("\xed\x9f\xbf"),
        BYTES("\xee\x80\x80"),
        BYTES("\xef\xbf\xbf"),
        BYTES("\xf0\x90\x80\x80"),
        BYTES("\xf4\x8f\xbf\xbf"),
        BYTES("eight-by\xc3\xa9te words and more \xf0\x9f\x98\x80"),
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(utf8_valid(good[i], NULL));
}

static void the_first_bad_byte_is_named(void **state)
{
    (void)state;
    const struct {
        Str text;
        size_t at;
        Str repaired;
    } bad[] = {
        {BYTES("\x80"),                 0, BYTES("\xef\xbf\xbd")                        },
        {BYTES("ab\xff"),               2, BYTES("ab\xef\xbf\xbd")                      },
        {BYTES("\xc0\xaf"),             0, BYTES("\xef\xbf\xbd\xef\xbf\xbd")            }, /* overlong '/' */
        {BYTES("\xc1\xbf"),             0, BYTES("\xef\xbf\xbd\xef\xbf\xbd")            },
        {BYTES("\xe0\x9f\xbf"),         0, BYTES("\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd")},
        {BYTES("\xed\xa0\x80"),         0,
         BYTES("\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd")                                  }, /* surrogate */
        {BYTES("\xf0\x8f\xbf\xbf"),     0,
         BYTES("\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd")                      },
        {BYTES("\xf4\x90\x80\x80"),     0,
         BYTES("\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd")                      }, /* over U+10FFFF */
        {BYTES("\xf5"),                 0, BYTES("\xef\xbf\xbd")                        },
        {BYTES("x\xe2\x82"),            1, BYTES("x\xef\xbf\xbd")                       }, /* cut off: one subpart, one U+FFFD */
        {BYTES("x\xf0\x9f\x98z"),       1, BYTES("x\xef\xbf\xbdz")                      },
        {BYTES("12345678\xe2\x28\xa1"), 8, BYTES("12345678\xef\xbf\xbd(\xef\xbf\xbd")   },
    };
    Arena *a = *state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        size_t at = 99;
        Str repaired;
        Err err;
        assert_false(utf8_valid(bad[i].text, &at));
        assert_int_equal(at, bad[i].at);
        assert_true(utf8_repair(a, bad[i].text, &repaired, &err));
        assert_true(str_eq(repaired, bad[i].repaired));
    }
}

static void every_code_point_comes_back(void **state)
{
    (void)state;
    for (uint32_t c = 0; c <= 0x10ffff; c++) {
        if (c >= 0xd800 && c <= 0xdfff)
            continue;
        char bytes[4];
        size_t n = utf8_encode(c, bytes), read;
        Str s = {bytes, n};
        if (!utf8_valid(s, NULL) || utf8_decode(s, 0, &read) != c || read != n)
            fail_msg("U+%04X does not come back", c);
    }
}

static void repair_of_anything_is_valid_and_stays(void **state)
{
    Arena *a = *state;
    uint64_t seed = 7;
    for (int round = 0; round < 2000; round++) {
        ArenaMark mark = arena_mark(a);
        size_t n = random_u64(&seed) % 40;
        char *p = arena_array(a, char, n);
        for (size_t i = 0; i < n; i++)
            p[i] = "\x80\xbf\xe2\xed\xf0\xf4\xc3 a"[random_u64(&seed) % 9];
        Str once, twice;
        Err err;
        assert_true(utf8_repair(a, (Str){p, n}, &once, &err));
        assert_true(utf8_valid(once, NULL));
        assert_true(utf8_repair(a, once, &twice, &err));
        assert_true(str_eq(once, twice));
        arena_rewind(a, mark);
    }
}

static void repair_refuses_what_the_arena_cannot_hold(void **state)
{
    Arena *a = *state;
    size_t n = 1 << 19;
    char *p = arena_array(a, char, n);
    memset(p, 0xff, n);
    Str out = {NULL, 5};
    Err err;
    assert_false(utf8_repair(a, (Str){p, n}, &out, &err));
    assert_int_equal(err.code, ERR_LIMIT);
    assert_int_equal(out.len, 5);
}

static void an_ascii_run_ends_at_the_first_other_byte(void **state)
{
    (void)state;
    Str s = STR("0123456789abcdef\xc3\xa9z");
    for (size_t i = 0; i <= 16; i++)
        assert_int_equal(utf8_ascii_run(s, i), 16 - i);
    assert_int_equal(utf8_ascii_run(s, 18), 1);
    assert_int_equal(utf8_ascii_run(s, 19), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(well_formed_text_is_accepted),
        cmocka_unit_test_setup_teardown(the_first_bad_byte_is_named, with_arena, without_arena),
        cmocka_unit_test(every_code_point_comes_back),
        cmocka_unit_test_setup_teardown(repair_of_anything_is_valid_and_stays, with_arena,
                                        without_arena),
        cmocka_unit_test_setup_teardown(repair_refuses_what_the_arena_cannot_hold, with_arena,
                                        without_arena),
        cmocka_unit_test(an_ascii_run_ends_at_the_first_other_byte),
    };
    return cmocka_run_group_tests_name("text/utf8", tests, NULL, NULL);
}
