#include "test.h"

#include "fixture.h"
#include "model/cascade.h"

#include <stdio.h>

enum { TEXT_MAX = 1 << 20 };

static const Js *parse(Arena *a, const char *text)
{
    const Js *v;
    Err err = {0};
    if (!js_parse(a, str_of(text), &v, &err))
        fail_msg("%s", err.msg);
    return v;
}

static const char *printed(Arena *a, const Cascade *c)
{
    Buf b;
    buf_init(&b, TEXT_MAX);
    JsWriter w = js_writer(&b);
    cascade_print(c, &w);
    const char *s = str_z(a, buf_str(&b));
    buf_done(&b);
    return s;
}

static void it_is_sure_when_every_score_is_below_its_bound(void **state)
{
    (void)state;
    Cascade c;
    double score[CATEGORY_COUNT];
    fixture_cascade(.25, &c);
    c.group[CASCADE_DISGUISED].bound[CATEGORY_HATE] = 0;
    for (int i = 0; i < CATEGORY_COUNT; i++)
        score[i] = 0;
    assert_true(cascade_is_sure(&c, CASCADE_PLAIN, score));
    assert_false(cascade_is_sure(&c, CASCADE_DISGUISED, score)); /* never */
    for (int i = 0; i < CATEGORY_COUNT; i++) {
        score[i] = .25;
        assert_false(cascade_is_sure(&c, CASCADE_PLAIN, score));
        score[i] = .2499;
        assert_true(cascade_is_sure(&c, CASCADE_PLAIN, score));
    }
    c.fitted = false;
    assert_false(cascade_is_sure(&c, CASCADE_PLAIN, score));
}

static void what_is_printed_reads_back(void **state)
{
    Arena *a = *state;
    Cascade c, d;
    Err err = {0};
    fixture_cascade(.25, &c);
    c.map[CATEGORY_SEXUAL] = (CalibrationMap){
        .kind = CALIBRATION_BETA, .a = 1.5, .b = .5, .c = -.25, .threshold = .5};
    c.group[CASCADE_PLAIN].lost =
        (Promise){.bound = .005, .achieved = .002, .limit = .004, .n = 2000, .holds = true};
    c.group[CASCADE_PLAIN].texts = 100, c.group[CASCADE_PLAIN].alone = 90;
    c.group[CASCADE_PLAIN].benign = 80, c.group[CASCADE_PLAIN].benign_alone = 79;
    if (!cascade_read(parse(a, printed(a, &c)), &d, &err))
        fail_msg("%s", err.msg);
    assert_true(d.fitted);
    assert_string_equal(printed(a, &c), printed(a, &d));
    assert_float_equal(d.map[CATEGORY_SEXUAL].a, 1.5, 0);
    assert_float_equal(d.group[CASCADE_PLAIN].lost.limit, .004, 0);
    assert_int_equal(d.group[CASCADE_PLAIN].benign_alone, 79);
}

/* Each case breaks one thing in what was printed. */
static void what_is_not_sound_is_refused(void **state)
{
    Arena *a = *state;
    static const struct {
        const char *from, *to;
    } cases[] = {
        {"\"maps\":",      "\"mops\":"      },
        {"\"bounds\":",    "\"bonds\":"     },
        {"\"plain\":",     "\"plane\":"     },
        {"\"disguised\":", "\"dressed\":"   },
        {"\"lost\":",      "\"last\":"      },
        {"\"hate\":0.25",  "\"hate\":1.25"  },
        {"\"hate\":0.25",  "\"hate\":null"  },
        {"\"hate\":0.25",  "\"hate\":-0.25" },
        {"\"alone\":0",    "\"alone\":1"    },
        {"\"alone\":0",    "\"alone\":-1"   },
        {"\"benign\":0",   "\"benign\":1"   },
        {"\"texts\":0",    "\"texts\":\"0\""},
    };
    Cascade c;
    fixture_cascade(.25, &c);
    const char *good = printed(a, &c);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Err err = {0};
        Cascade out = {.fitted = false};
        const char *at = strstr(good, cases[i].from);
        assert_non_null(at);
        Str bad = str_print(a, "%.*s%s%s", (int)(at - good), good, cases[i].to,
                            at + strlen(cases[i].from));
        assert_false(cascade_read(parse(a, bad.ptr), &out, &err));
        assert_true(err.code == ERR_CORRUPT || err.code == ERR_INPUT);
        assert_false(out.fitted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_sure_when_every_score_is_below_its_bound),
        cmocka_unit_test_setup_teardown(what_is_printed_reads_back, with_arena, without_arena),
        cmocka_unit_test_setup_teardown(what_is_not_sound_is_refused, with_arena,
                                        without_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
