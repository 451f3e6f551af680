#include "test.h"

#include "text/words.h"

static void words_are_found_in_any_script(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *words[6];
    } cases[] = {
        {"",                                                          {NULL}                            },
        {" .,!? \t",                                                  {NULL}                            },
        {"one two",                                                   {"one", "two"}                    },
        {"don't 'quote' it's'",                                       {"don't", "quote", "it's"}        },
        {"well-known a.b",                                            {"well", "known", "a", "b"}       },
        {"h264 100%",                                                 {"h264", "100"}                   },
        {"na\u00efve\u2014caf\u00e9",                                 {"na\u00efve", "caf\u00e9"}       },
        {"\u043f\u0440\u0438\u0432\u0435\u0442, \u4f60\u597d\u3002x",
         {"\u043f\u0440\u0438\u0432\u0435\u0442", "\u4f60\u597d", "x"}                                  },
        {"hi\U0001f600\U0001f600!",                                   {"hi", "\U0001f600", "\U0001f600"}},
        {"\u2764\ufe0f",                                              {"\u2764"}                        },
        {"a\u00d7b \u00bd",                                           {"a", "b"}                        },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t at = 0, n = 0;
        Str word;
        for (; word_next(str_of(cases[i].text), &at, &word); n++)
            if (!cases[i].words[n] || !str_eq(word, str_of(cases[i].words[n])))
                fail_msg("%s: word %zu is " STR_FMT, cases[i].text, n, STR_ARG(word));
        if (cases[i].words[n])
            fail_msg("%s: no word %s", cases[i].text, cases[i].words[n]);
        assert_int_equal(at, strlen(cases[i].text));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(words_are_found_in_any_script)};
    return cmocka_run_group_tests_name("text/words", tests, NULL, NULL);
}
