#include "test.h"

#include "text/english.h"
#include "text/english_internal.h"

static void common_words_and_targets_are_known(void **state)
{
    (void)state;
    static const char *const known[] = {"the",    "you",     "yourself", "hello",   "kill",
                                        "killed", "killing", "whores",   "fucking", "zone"};
    static const char *const unknown[] = {"",     "a",
                                          "xq",   "zzz",
                                          "teh",  "qwrt",
                                          "1",    "The",
                                          "you1", "\u0435\u0445",
                                          "-",    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!english_known(str_of(known[i])))
            fail_msg("%s", known[i]);
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        if (english_known(str_of(unknown[i])))
            fail_msg("%s", unknown[i]);
}

/* Binary search needs the order, and every word must be found by its first letter. */
static void the_table_is_in_order_and_finds_each_of_its_words(void **state)
{
    (void)state;
    assert_int_equal(english_first[0], 0);
    assert_true(english_first[26] > 4000);
    for (int i = 0; i < english_first[26]; i++) {
        char word[ENGLISH_WORD_MAX + 1] = "";
        memcpy(word, english_common[i], ENGLISH_WORD_MAX);
        assert_true(i == 0 ||
                    memcmp(english_common[i - 1], english_common[i], ENGLISH_WORD_MAX) < 0);
        if (!english_known(str_of(word)))
            fail_msg("%s", word);
    }
}

static void english_scores_higher_than_noise(void **state)
{
    (void)state;
    assert_true(english_score(STR("nothing")) > -4.5);
    assert_true(english_score(STR("xkqzvj")) < -8);
    assert_true(english_score(STR("")) < -8);
    assert_true(english_plausible(STR("wonderish")));
    assert_false(english_plausible(STR("zvxq")));
    assert_false(english_plausible(STR("bcdfgh")));
}

static void decoded_text_is_told_from_decoded_noise(void **state)
{
    (void)state;
    const Str yes[] = {STR("kill yourself"), STR("I will go there now, ok?"), STR("kill"),
                       STR("\u043f\u0440\u0438\u0432\u0435\u0442 \u043c\u0438\u0440")};
    const Str no[] = {STR(""),
                      STR("abc"),
                      STR("\x01\x02kill you now"),
                      STR("\xff\xfe"),
                      STR("{\"a\":1,\"b\":[2]}"),
                      STR("xkqzvj wrtp qqkz"),
                      STR("12345678"),
                      STR("a\0b c d e f")};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        assert_true(english_like(yes[i]));
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        assert_false(english_like(no[i]));
}

static void masks_are_lifted_when_enough_shows(void **state)
{
    (void)state;
    static const struct {
        const char *mask, *word;
    } cases[] = {
        {"f*ck",  "fuck" },
        {"f**k",  "fuck" },
        {"sh*t",  "shit" },
        {"f***",  "fuck" },
        {"b*tch", "bitch"},
        {"****",  NULL   },
        {"*uck",  NULL   },
        {"s***",  NULL   },
        {"fuck",  NULL   },
        {"**",    NULL   },
        {"h*llo", NULL   },
        {"f*ckk", NULL   },
        {"",      NULL   },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *word = english_unmask(str_of(cases[i].mask));
        if ((word == NULL) != (cases[i].word == NULL) ||
            (word && strcmp(word, cases[i].word) != 0))
            fail_msg("%s: %s", cases[i].mask, word ? word : "nothing");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(common_words_and_targets_are_known),
        cmocka_unit_test(the_table_is_in_order_and_finds_each_of_its_words),
        cmocka_unit_test(english_scores_higher_than_noise),
        cmocka_unit_test(decoded_text_is_told_from_decoded_noise),
        cmocka_unit_test(masks_are_lifted_when_enough_shows),
    };
    return cmocka_run_group_tests_name("text/english", tests, NULL, NULL);
}
