#include "data/mask.h"
#include "test.h"
#include "text/utf8.h"

static Str masked(Arena *a, Str text)
{
    Str out;
    Err err = {0};
    assert_true(mask_pii(a, text, &out, &err));
    return out;
}

static const struct {
    const char *text, *want;
} cases[] = {
  /* handles */
    {"@some_body said so",                             "@user said so"                          },
    {"RT @a: hello @b2!",                              "RT @user: hello @user!"                 },
    {"@one@social.example and @two",                   "@user and @user"                        },
    {"see you @5pm",                                   "see you @5pm"                           },
    {"2 @ 3 and a@b",                                  "2 @ 3 and a@b"                          },
 /* e-mail */
    {"write to jane.doe+x@mail.example.org.",          "write to <email>."                      },
    {"<bob@x.example>",                                "<<email>>"                              },
    {"a_b%c-d@sub-domain.example",                     "<email>"                                },
 /* telephones */
    {"call (555) 123-4567 now",                        "call <phone> now"                       },
    {"555-123-4567",                                   "<phone>"                                },
    {"1.555.123.4567,",                                "<phone>,"                               },
    {"+44 20 7946 0958",                               "<phone>"                                },
    {"+15551234567",                                   "<phone>"                                },
    {"06 12 34 56 78",                                 "<phone>"                                },
    {"010-1234-5678",                                  "<phone>"                                },
    {"98765 43210",                                    "<phone>"                                },
    {"on 12 555-123-4567",                             "on 12 <phone>"                          },
 /* cards: numbers that card networks publish for tests */
    {"4111 1111 1111 1111",                            "<card>"                                 },
    {"5555555555554444 ok",                            "<card> ok"                              },
    {"3782-822463-10005",                              "<card>"                                 },
    {"4111 1111 1111 1112",                            "4111 1111 1111 1112"                    },
 /* addresses */
    {"from 192.168.10.1 and 10.0.0.255",               "from <ip> and <ip>"                     },
    {"2001:db8:0:0:8:800:200c:417a",                   "<ip>"                                   },
    {"2001:db8::8:800:200c:417a",                      "<ip>"                                   },
    {"fe80::1 is short",                               "fe80::1 is short"                       },
    {"http://192.168.10.1/x",                          "<url>"                                  },
    {"300.1.1.1 and 1.2.3.4 and 1.2.3.400",            "300.1.1.1 and 1.2.3.4 and 1.2.3.400"    },
 /* URLs keep their domain */
    {"see https://www.x.example/a/b?c=d#e.",           "see www.x.example."                     },
    {"(http://x.example)",                             "(x.example)"                            },
    {"https://user:secret@x.example:8080/p",           "x.example"                              },
    {"http://localhost/x",                             "<url>"                                  },
    {"t.example/abc123 wow",                           "t.example wow"                          },
    {"news.example and file.c",                        "news.example and file.c"                },
 /* placeholders */
    {"[NAME] met <Person> and [USER]",                 "<name> met <name> and @user"            },
    {"<user><URL>[EMAIL]",                             "@user<url><email>"                      },
    {"x<user>y",                                       "x @user y"                              },
    {"USERNAME and HTTPURL, not USERNAMES",            "@user and <url>, not USERNAMES"         },
    {"@URL @USER",                                     "<url> @user"                            },
    {"[name] <b>bold</b> a<b",                         "[name] <b>bold</b> a<b"                 },
 /* what stays */
    {"in 1984, 12:30:45, 3.14159, $1,000,000 and 50%",
     "in 1984, 12:30:45, 3.14159, $1,000,000 and 50%"                                           },
    {"2020-10-12 or 12/10/2020 or 12.10.2020",         "2020-10-12 or 12/10/2020 or 12.10.2020" },
    {"v10.0.19041.1 and 2.10.4",                       "v10.0.19041.1 and 2.10.4"               },
    {"1 000 000 people, 1990-2000, 5551234567",        "1 000 000 people, 1990-2000, 5551234567"},
    {"std::string a::b 9:15 C++ 1+1",                  "std::string a::b 9:15 C++ 1+1"          },
    {"",                                               ""                                       },
    {"日本語@abc テスト 電話010-1234-5678",    "日本語@user テスト 電話<phone>" },
};

static void what_points_at_a_person_is_masked_and_nothing_else(void **state)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Str got = masked(*state, str_of(cases[i].text));
        if (!str_eq(got, str_of(cases[i].want)))
            fail_msg("'%s' became '%.*s', wanted '%s'", cases[i].text, STR_ARG(got),
                     cases[i].want);
    }
}

static void masking_twice_is_masking_once(void **state)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Str once = masked(*state, str_of(cases[i].text));
        assert_true(str_eq(masked(*state, once), once));
    }
}

/* Random texts made of what the scanners look for, glued in every order. */
static void random_texts_stay_valid_and_masked(void **state)
{
    static const Str parts[] = {
        STR("@ab"),    STR("a.b"),       STR("@"),
        STR("."),      STR("-"),         STR("+"),
        STR(" "),      STR("555"),       STR("123"),
        STR("4567"),   STR("0"),         STR("12"),
        STR("<user>"), STR("[URL]"),     STR("http://"),
        STR("/"),      STR("x.example"), STR(":"),
        STR("::"),     STR("10"),        STR("4111111111111111"),
        STR("é"),      STR("😀"),         STR("("),
        STR(")"),      STR("\""),        STR("USERNAME"),
        STR("_"),      STR("%"),         STR("ab12"),
        STR("<"),      STR(">"),         STR("192.168.1.22"),
        STR("\n"),     STR("@url"),      STR("a"),
    };
    uint64_t seed = 7;
    Arena *a = *state;
    for (int round = 0; round < 30000; round++) {
        ArenaMark mark = arena_mark(a);
        char text[512];
        size_t n = 0, count = 1 + random_u64(&seed) % 12;
        for (size_t i = 0; i < count; i++) {
            Str p = parts[random_u64(&seed) % (sizeof parts / sizeof *parts)];
            memcpy(text + n, p.ptr, p.len);
            n += p.len;
        }
        Str once = masked(a, (Str){text, n}), twice = masked(a, once);
        if (!str_eq(once, twice))
            fail_msg("'%.*s' -> '%.*s' -> '%.*s'", (int)n, text, STR_ARG(once), STR_ARG(twice));
        assert_true(utf8_valid(once, NULL));
        arena_rewind(a, mark);
    }
}

static void a_full_arena_is_an_error(void **state)
{
    (void)state;
    Arena *small = arena_open(4096);
    Str out = {0};
    Err err = {0};
    char text[2000] = {0};
    assert_false(mask_pii(small, (Str){text, sizeof text}, &out, &err));
    assert_int_equal(err.code, ERR_LIMIT);
    assert_null(out.ptr);
    arena_close(small);
}

#define T(f) cmocka_unit_test_setup_teardown(f, with_arena, without_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(what_points_at_a_person_is_masked_and_nothing_else),
        T(masking_twice_is_masking_once),
        T(random_texts_stay_valid_and_masked),
        T(a_full_arena_is_an_error),
    };
    return cmocka_run_group_tests_name("data/mask", tests, NULL, NULL);
}
