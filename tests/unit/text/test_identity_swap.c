#include "test.h"

#include "text/identity_swap.h"

static Arena *room(void **state)
{
    (void)state;
    return arena_open((size_t)16 << 20);
}

static bool holds(Str text, const char *part)
{
    return memmem(text.ptr, text.len, part, strlen(part)) != NULL;
}

static void each_group_becomes_another_wherever_it_stands(void **state)
{
    Arena *a = room(state);
    for (uint64_t seed = 0; seed < 200; seed++) {
        Rng r;
        Str out;
        rng_seed(&r, seed);
        assert_true(identity_swap(a, STR("zq Muslims zq, no Muslims zq"), &r, &out));
        assert_false(holds(out, "Muslim"));
        Str first = {0}, second = {0}, rest = out;
        assert_true(str_cut(&rest, ',', &first));
        second = rest;
        first = (Str){first.ptr + 3, first.len - 6};
        second = (Str){second.ptr + 4, second.len - 7};
        assert_true(str_eq(first, second));
    }
    arena_close(a);
}

static void two_groups_never_become_one(void **state)
{
    Arena *a = room(state);
    for (uint64_t seed = 0; seed < 200; seed++) {
        Rng r;
        Str out, first, rest;
        rng_seed(&r, seed);
        assert_true(identity_swap(a, STR("Jews|Hindus"), &r, &out));
        rest = out;
        assert_true(str_cut(&rest, '|', &first));
        assert_false(str_eq(first, rest));
        assert_false(str_eq(first, STR("Jews")) || str_eq(rest, STR("Hindus")));
    }
    arena_close(a);
}

static void an_adjective_counts_only_before_people(void **state)
{
    Arena *a = room(state);
    static const char *const left[] = {
        "white wine and blind faith",
        "a straight line",
        "Black Friday",
        "the blind",
        "mankind",
        "womenfolk",
        "",
        "old people",
        "a trans-",
        "white",
        "a Muslim country",
        "a man-made lake",
        "they are white.",
        "the food is Chinese.",
        "it was gay.",
        "being straight",
        "gay",
    };
    for (size_t i = 0; i < sizeof left / sizeof *left; i++) {
        Rng r, same;
        Str out = STR("untouched");
        rng_seed(&r, 1);
        same = r;
        assert_false(identity_swap(a, str_of(left[i]), &r, &out));
        assert_true(str_eq(out, STR("untouched")));
        assert_memory_equal(&r, &same, sizeof r);
    }
    Rng r;
    Str out;
    rng_seed(&r, 1);
    assert_true(identity_swap(a, STR("my blind neighbours"), &r, &out));
    assert_true(str_starts(out, STR("my ")) && holds(out, " neighbours"));
    assert_false(holds(out, "blind"));
    arena_close(a);
}

static void one_of_a_group_and_who_is_said_to_be_of_it_are_swapped(void **state)
{
    Arena *a = room(state);
    static const struct {
        const char *text, *head, *named, *tail;
    } rows[] = {
        {"a Muslim who sang",     "a",         "Muslim", " who sang"},
        {"I met an immigrant.",   "I met a",   "mmigra", "."        },
        {"a woman",               "a",         "woman",  ""         },
        {"they are Muslim",       "they are ", "Muslim", ""         },
        {"I'm gay and I sing",    "I'm ",      "gay",    " and I"   },
        {"on being Jewish, then", "on being ", "Jewish", ", then"   },
        {"Black people sing",     "",          "Black",  " sing"    },
        {"a Black person sings",  "a",         "Black",  " sings"   },
        {"some white folks",      "some ",     "white",  " folks"   },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (uint64_t seed = 0; seed < 100; seed++) {
            Rng r;
            Str out;
            rng_seed(&r, seed);
            assert_true(identity_swap(a, str_of(rows[i].text), &r, &out));
            assert_true(str_starts(out, str_of(rows[i].head)));
            assert_true(holds(out, rows[i].tail));
            assert_true(!holds(out, rows[i].named) || holds(out, "foreign"));
        }
    arena_close(a);
}

static void capitals_and_articles_follow(void **state)
{
    Arena *a = room(state);
    bool an = false, plain = false;
    for (uint64_t seed = 0; seed < 100; seed++) {
        Rng r;
        Str out;
        rng_seed(&r, seed);
        assert_true(identity_swap(a, STR("WOMEN"), &r, &out));
        for (size_t i = 0; i < out.len; i++)
            assert_false(out.ptr[i] >= 'a' && out.ptr[i] <= 'z');
        assert_true(identity_swap(a, STR("a gay man"), &r, &out));
        bool with_n = str_starts(out, STR("an "));
        bool vowel = strchr("aeio", out.ptr[with_n ? 3 : 2] | 0x20) != NULL;
        assert_int_equal(vowel, with_n);
        an |= with_n;
        plain |= !with_n;
        assert_true(identity_swap(a, STR("an Arab woman"), &r, &out));
        assert_true(str_starts(out, STR("an ")) || str_starts(out, STR("a ")));
        assert_true(identity_swap(a, STR("So. women came"), &r, &out));
    }
    assert_true(an && plain);
    arena_close(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_group_becomes_another_wherever_it_stands),
        cmocka_unit_test(two_groups_never_become_one),
        cmocka_unit_test(an_adjective_counts_only_before_people),
        cmocka_unit_test(one_of_a_group_and_who_is_said_to_be_of_it_are_swapped),
        cmocka_unit_test(capitals_and_articles_follow),
    };
    return cmocka_run_group_tests_name("text/identity_swap", tests, NULL, NULL);
}
