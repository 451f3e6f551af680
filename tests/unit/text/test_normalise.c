#include "test.h"

#include "base/buf.h"
#include "text/normalise.h"
#include "text/utf8.h"

static int with_big_arena(void **state)
{
    *state = arena_open(512 << 20);
    return 0;
}

static Folded fold(Arena *a, Str s)
{
    Folded f;
    Err err = {0};
    if (!normalise(a, s, &f, &err))
        fail_msg("%s", err.msg);
    return f;
}

enum { NONE = FOLD_STEP_COUNT }; /* no trace is left */

typedef struct Case {
    const char *text, *folded;
    int step; /* the first trace's */
} Case;

static void check(Arena *a, const Case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        Folded f = fold(a, str_of(cases[i].text));
        if (!str_eq(f.text, str_of(cases[i].folded)))
            fail_msg("%s: " STR_FMT, cases[i].text, STR_ARG(f.text));
        int step = f.trace_total ? (int)f.trace[0].step : NONE;
        if (step != cases[i].step)
            fail_msg("%s: %s", cases[i].text,
                     step == NONE ? "none" : fold_step_name(f.trace[0].step));
        assert_int_equal(f.disguised, step != NONE && step != FOLD_REPEAT);
    }
}
#define CHECK(a, cases) check((a), (cases), sizeof(cases) / sizeof *(cases))

static void ordinary_text_is_lowered_and_spaced_once(void **state)
{
    static const Case cases[] = {
        {"",                                                                                  "",                                         NONE},
        {" \t\n ",                                                                            "",                                         NONE},
        {"  Hello,   World!\n",                                                               "hello, world!",                            NONE},
        {"Stra\u00dfe",                                                                       "strasse",                                  NONE},
        {"na\u00efve caf\u00e9 \u00fcber \u0141\u00f3d\u017a",                                "naive cafe uber lodz",                     NONE},
        {"\u201cIt\u2019s\u201d \u2014 fine\u2026",                                           "\"it's\" - fine...",                       NONE},
        {"\u041f\u0440\u0438\u0432\u0435\u0442, \u043a\u0430\u043a \u0434\u0435\u043b\u0430",
         "\u043f\u0440\u0438\u0432\u0435\u0442, \u043a\u0430\u043a \u0434\u0435\u043b\u0430",                                             NONE},
 /* sugar and a hand, in Russian: look-alikes only, but the text has other words */
        {"\u0441\u0430\u0445\u0430\u0440 \u0438 \u0440\u0443\u043a\u0430",
         "\u0441\u0430\u0445\u0430\u0440 \u0438 \u0440\u0443\u043a\u0430",                                                                NONE},
        {"\u0395\u03bb\u03bb\u03ac\u03b4\u03b1",                                              "\u03b5\u03bb\u03bb\u03ac\u03b4\u03b1",     NONE},
        {"\u4f60\u597d\u4e16\u754c",                                                          "\u4f60\u597d\u4e16\u754c",                 NONE},
        {"\U0001f1eb\U0001f1f7\U0001f1e9\U0001f1ea",                                          "\U0001f1eb\U0001f1f7\U0001f1e9\U0001f1ea",
         NONE                                                                                                                                 }, /* two flags */
        {"soft\u00adhyphen",                                                                  "softhyphen",                               NONE},
        {"\u2764\ufe0f",                                                                      "\u2764",                                   NONE},
    };
    CHECK(*state, cases);
}

static void numbers_names_initials_and_lists_stay(void **state)
{
    static const char *const same[] = {
        "in 2024 i paid 1000 for mp3 files, h264, win32, utf8, covid19 and x86",
        "1st 2nd 3rd 4th 70s 10am 5pm 1080p r18 b12 ps5 i18n k8s",
        "a b c d e f g, j. r. r. tolkien, u.s.a., f.b.i., e.g., i.e.",
        "1. a b 2. c d. grade a, b, c, d. plan a, b, or c. a/b/c x,y,z n o p",
        "*bold* and **strong**, @sam, someone@example.org, 100%, c++, $100, us$, hell!",
        "well-known state-of-the-art check-in",
        "550e8400-e29b-41d4-a716-446655440000 deadbeef 3f4a9b2c internationalization",
        "https://example.org/a%20b?q=%d0%bf and 100%25",
        "xxx iii zzz www.example.org mmmm",
        "i saw the god was live on level noon",
        "route us35, the 60th street, room c001, cyp17a1, col4a5, map3k1, base64string",
        "desserts and liar, liar, warts - warts",
        "das ist so ein tag, cinema e musica, przez wszystko",
    };
    Arena *a = *state;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        Folded f = fold(a, str_of(same[i]));
        if (!str_eq(f.text, str_of(same[i])) || f.trace_total)
            fail_msg("%s: " STR_FMT, same[i], STR_ARG(f.text));
    }
}

static void letters_in_other_clothes_become_letters(void **state)
{
    static const Case cases[] = {
        {"\uff46\uff55\uff43\uff4b",                           "fuck",   FOLD_COMPATIBILITY},
        {"\u24da\u24d8\u24db\u24db",                           "kill",   FOLD_COMPATIBILITY},
        {"\U0001d424\U0001d422\U0001d425\U0001d425",           "kill",   FOLD_COMPATIBILITY},
        {"\U0001f17a\U0001f178\U0001f17b\U0001f17b",           "kill",   FOLD_COMPATIBILITY},
        {"\U0001f1f0\U0001f1ee\U0001f1f1\U0001f1f1\U0001f1f8", "kills",  FOLD_COMPATIBILITY},
        {"fu\u0441k",                                          "fuck",   FOLD_CONFUSABLE   },
        {"\u0455\u0435\u0445",                                 "sex",    FOLD_CONFUSABLE   }, /* wholly Cyrillic */
        {"f\u1d1c\u1d04\u1d0b",                                "fuck",   FOLD_CONFUSABLE   }, /* small capitals */
        {"k\u20acpt",                                          "kept",   FOLD_CONFUSABLE   },
        {"k\u200bi\u200bl\u200bl",                             "kill",   FOLD_INVISIBLE    },
        {"hi\U000e006b\U000e0069\U000e006c\U000e006c",         "hikill", FOLD_INVISIBLE    }, /* tags */
        {"k\u0336i\u0336l\u0336l\u0336",                       "kill",   FOLD_MARK         },
        {"k\u0300\u0301\u0302ill",                             "kill",   FOLD_MARK         },
    };
    CHECK(*state, cases);
}

static void disguised_words_are_undone(void **state)
{
    static const Case cases[] = {
        {"w h o r e s",                       "whores",            FOLD_SPACING},
        {"k.i.l.l them",                      "kill them",         FOLD_SPACING},
        {"f-u-c-k",                           "fuck",              FOLD_SPACING},
        {"k i l l   y o u r s e l f   n o w", "kill yourself now", FOLD_SPACING},
        {"k i l l y o u",                     "kill you",          FOLD_SPACING},
        {"k 1 l l",                           "kill",              FOLD_SPACING},
        {"(k_i_l_l)",                         "(kill)",            FOLD_SPACING},
        {"b1tch",                             "bitch",             FOLD_LEET   },
        {"h3ll0",                             "hello",             FOLD_LEET   },
        {"5ex",                               "sex",               FOLD_LEET   },
        {"sh!t!!",                            "shit!!",            FOLD_LEET   },
        {"$h1t",                              "shit",              FOLD_LEET   },
        {"a$$",                               "ass",               FOLD_LEET   },
        {"sp34k",                             "speak",             FOLD_LEET   },
        {"f*ck",                              "fuck",              FOLD_LEET   },
        {"sh*t",                              "shit",              FOLD_LEET   },
        {"fuuuuck",                           "fuck",              FOLD_REPEAT },
        {"goooood",                           "good",              FOLD_REPEAT },
        {"blaaah",                            "blaah",             FOLD_REPEAT },
    };
    CHECK(*state, cases);
}

static void encodings_that_hold_language_are_opened(void **state)
{
    static const Case cases[] = {
        {"run: a2lsbCB5b3Vyc2VsZiBub3c=",       "run: kill yourself now", FOLD_BASE64  },
        {"a2lsbCB5b3Vyc2VsZiBub3c",             "kill yourself now",      FOLD_BASE64  },
        {"6b696c6c20796f757273656c66",          "kill yourself",          FOLD_HEX     },
        {"6B 69 6C 6C 20 79 6F 75",             "kill you",               FOLD_HEX     },
        {"\\x6b\\x69\\x6c\\x6c",                "kill",                   FOLD_HEX     },
        {"0x6b696c6c",                          "kill",                   FOLD_HEX     },
        {"01101011 01101001 01101100 01101100", "kill",                   FOLD_HEX     },
        {"k%69ll%20yourself",                   "kill yourself",          FOLD_PERCENT },
        {"xvyy lbhefrys abj",                   "kill yourself now",      FOLD_ROT13   },
        {"flesruoy llik",                       "kill yourself",          FOLD_REVERSED},
        {"0L/RgNC40LLQtdGCINC80LjRgA==",
         "\u043f\u0440\u0438\u0432\u0435\u0442 \u043c\u0438\u0440",       FOLD_BASE64  },
 /* base64 of base64 */
        {"YTJsc2JDQjViM1Z5YzJWc1ppQnViM2M9",    "kill yourself now",      FOLD_BASE64  },
    };
    CHECK(*state, cases);
}

static void a_trace_names_the_bytes_of_the_original(void **state)
{
    Arena *a = *state;
    Folded f = fold(a, STR("  \u00c9! You w h o r e s, g0 aw4y"));
    assert_true(str_eq(f.text, STR("e! you whores, g0 away")));
    assert_int_equal(f.trace_count, 2);
    assert_int_equal(f.trace[0].step, FOLD_SPACING);
    assert_int_equal(f.trace[0].from, 10);
    assert_int_equal(f.trace[0].to, 21);
    assert_true(str_eq(f.trace[0].was, STR("w h o r e s")));
    assert_true(str_eq(f.trace[0].became, STR("whores")));
    assert_true(str_eq(f.trace[1].was, STR("aw4y")));
    assert_int_equal(f.origin[0], 2);
    assert_int_equal(f.origin[7], 10); /* w */
    assert_int_equal(f.origin[8], 12); /* h */
    assert_int_equal(f.origin[f.text.len], 30);
}

static void traces_over_the_limit_are_counted(void **state)
{
    Arena *a = *state;
    Buf b;
    buf_init(&b, 1 << 16);
    for (int i = 0; i < 100; i++)
        buf_put(&b, STR("k1ll "));
    Folded f = fold(a, buf_str(&b));
    assert_int_equal(f.trace_count, FOLD_TRACE_MAX);
    assert_int_equal(f.trace_total, 100);
    assert_int_equal(f.text.len, 499);
    buf_done(&b);
}

/* Pieces of disguise in any order: what one stage makes must not be food for another. */
static Str random_disguise(Arena *a, uint64_t *seed)
{
    static const char *const part[] = {
        "a",          "b",          "k",           "i",          "l",           "l",
        " ",          ".",          "-",           "1",          "0",           "3",
        "$",          "@",          "!",           "*",          "+",           "|",
        "k1ll",       "f*ck",       "w h o r e s", "xvyy",       "lbh",         "flesruoy",
        "llik",       "6b69",       "6c6c",        "%6b",        "a2lsbCB5b3U", "=",
        "\u0435",     "\u043e",     "\u0455",      "\u0432",     "\u0442",      "\u044f",
        "\u00e9",     "\u0142",     "\u0336",      "\u0301",     "\u200b",      "\uff41",
        "\U0001d424", "\U0001f175", "\U0001f1eb",  "\U0001f1fa", "\U0001f468",  "\uab7a",
        "\u13aa",     "\u00df",     "\u0130",      "\u01f0",     "\u212a",      "you",
        "the",        "\n",         "  ",          "eee",        "ooo",         "A",
        "Z",          "\u202e",     "\U000e006b",  "\ufdfa",     "\u00bd",      "\u00a7",
        "\u20ac",     "'",          "_",           "/",          "(",           ")",
        "\u05d0",     "\u0627",     "\u304b",      "\u4e2d",     "\u0287",      "\u01dd",
        "\u03bf",     "\u03a9",     "u",           "r",          "9",           "\\x6b",
        "&#x6b;",     "01101011",
    };
    Buf b;
    buf_init(&b, 1 << 16);
    for (size_t n = 1 + random_u64(seed) % 20; n > 0; n--)
        buf_put(&b, str_of(part[random_u64(seed) % (sizeof part / sizeof *part)]));
    Str s = str_copy(a, buf_str(&b));
    buf_done(&b);
    return s;
}

static void folding_a_folded_view_changes_nothing(void **state)
{
    Arena *a = *state;
    uint64_t seed = 41;
    for (int round = 0; round < 20000; round++) {
        ArenaMark mark = arena_mark(a);
        Str s = random_disguise(a, &seed);
        Folded once = fold(a, s), twice = fold(a, once.text);
        if (!str_eq(once.text, twice.text))
            fail_msg("[" STR_FMT "] gives [" STR_FMT "], that gives [" STR_FMT "]", STR_ARG(s),
                     STR_ARG(once.text), STR_ARG(twice.text));
        arena_rewind(a, mark);
    }
}

static void origins_ascend_and_the_view_is_valid(void **state)
{
    Arena *a = *state;
    uint64_t seed = 43;
    for (int round = 0; round < 20000; round++) {
        ArenaMark mark = arena_mark(a);
        Str s = random_disguise(a, &seed);
        Folded f = fold(a, s);
        assert_true(utf8_valid(f.text, NULL));
        assert_int_equal(f.origin[f.text.len], s.len);
        for (size_t i = 0; i < f.text.len; i++) {
            assert_true(f.origin[i] <= f.origin[i + 1] && f.origin[i] < s.len);
            assert_false(f.text.ptr[i] == ' ' && (i == 0 || f.text.ptr[i - 1] == ' '));
        }
        for (size_t i = 0; i < f.trace_count; i++) {
            assert_true(f.trace[i].from < f.trace[i].to && f.trace[i].to <= s.len);
            assert_true(f.trace[i].was.ptr == s.ptr + f.trace[i].from);
            assert_true(utf8_valid(f.trace[i].became, NULL));
        }
        arena_rewind(a, mark);
    }
}

static void hostile_megabytes_are_folded_in_bounded_memory(void **state)
{
    static const char *const unit[] = {
        "a",          "a ",        "k i l l ",  "%6b",    "6b ",    "6b",      "a2ls",
        "YTJs",       "\u0301",    "a\u0336",   "\ufdfa", "\u0435", "x\u0435", "\u200b",
        "\U0001f1eb", "xvyy lbh ", "llik uoy ", "1",      "f*",     "a1",      "\n",
    };
    Arena *a = *state;
    for (size_t i = 0; i < sizeof unit / sizeof *unit; i++) {
        ArenaMark mark = arena_mark(a);
        size_t n = strlen(unit[i]), len = 0;
        char *text = arena_array(a, char, 1 << 20);
        for (; len + n <= 1 << 20; len += n)
            memcpy(text + len, unit[i], n);
        Folded f = fold(a, (Str){text, len});
        assert_true(utf8_valid(f.text, NULL));
        arena_rewind(a, mark);
    }
}

static void a_small_arena_gives_an_error(void **state)
{
    Arena *a = *state;
    char *text = arena_array(a, char, 300000);
    memset(text, 'a', 300000);
    Folded f = {.trace_total = 5};
    Err err = {0};
    assert_false(normalise(a, (Str){text, 300000}, &f, &err));
    assert_int_equal(err.code, ERR_LIMIT);
    assert_int_equal(f.trace_total, 5);
}

static void every_step_has_a_name(void **state)
{
    (void)state;
    for (int s = 0; s < FOLD_STEP_COUNT; s++)
        assert_non_null(fold_step_name((FoldStep)s));
}

#define TEST(f)     cmocka_unit_test_setup_teardown(f, with_arena, without_arena)
#define BIG_TEST(f) cmocka_unit_test_setup_teardown(f, with_big_arena, without_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(ordinary_text_is_lowered_and_spaced_once),
        TEST(numbers_names_initials_and_lists_stay),
        TEST(letters_in_other_clothes_become_letters),
        TEST(disguised_words_are_undone),
        TEST(encodings_that_hold_language_are_opened),
        TEST(a_trace_names_the_bytes_of_the_original),
        TEST(traces_over_the_limit_are_counted),
        TEST(folding_a_folded_view_changes_nothing),
        TEST(origins_ascend_and_the_view_is_valid),
        BIG_TEST(hostile_megabytes_are_folded_in_bounded_memory),
        TEST(a_small_arena_gives_an_error),
        TEST(every_step_has_a_name),
    };
    return cmocka_run_group_tests_name("text/normalise", tests, NULL, NULL);
}
