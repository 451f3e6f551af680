#include "data/label.h"
#include "test.h"

static Labels labels_of(Arena *a, const char *text)
{
    Labels l;
    Err err = {0};
    assert_true(labels_parse(a, str_of(text), &l, &err));
    return l;
}

static Str printed(Arena *a, const Labels *l)
{
    Buf b;
    buf_init(&b, LABELS_TEXT_MAX);
    labels_print(l, &b);
    assert_false(b.over);
    Str s = str_copy(a, buf_str(&b));
    buf_done(&b);
    return s;
}

static void assert_prints(Arena *a, const Labels *l, const char *want)
{
    Str got = printed(a, l);
    assert_string_equal(str_z(a, got), want);
}

static void unknown_is_left_out_and_zero_is_kept(void **state)
{
    Labels l;
    labels_unknown(&l);
    assert_prints(*state, &l, "{}");
    l.factor[FACTOR_THREAT] = 0;
    l.factor[FACTOR_HATE] = 0.1f;
    l.category[CATEGORY_VIOLENCE] = 1;
    assert_prints(*state, &l, "{\"hate\":0.1,\"threat\":0,\"category:violence\":1}");
}

static void any_labels_survive_print_and_parse_to_the_bit(void **state)
{
    uint64_t seed = 7;
    for (int round = 0; round < 500; round++) {
        Labels l;
        labels_unknown(&l);
        for (int f = 0; f < FACTOR_COUNT; f++)
            if (random_u64(&seed) & 1)
                l.factor[f] = (float)((double)(random_u64(&seed) >> 11) * 0x1p-53);
        for (int c = 0; c < CATEGORY_COUNT; c++)
            if (random_u64(&seed) & 1)
                l.category[c] = (float)(random_u64(&seed) % 4) / 3.0f;
        Labels back = labels_of(*state, str_z(*state, printed(*state, &l)));
        for (int f = 0; f < FACTOR_COUNT; f++)
            assert_true(label_known(l.factor[f]) ? l.factor[f] == back.factor[f]
                                                 : !label_known(back.factor[f]));
        for (int c = 0; c < CATEGORY_COUNT; c++)
            assert_true(label_known(l.category[c]) ? l.category[c] == back.category[c]
                                                   : !label_known(back.category[c]));
    }
}

static void the_longest_labels_fit(void **state)
{
    Labels l;
    for (int f = 0; f < FACTOR_COUNT; f++)
        l.factor[f] = 1.17549435e-38f;
    for (int c = 0; c < CATEGORY_COUNT; c++)
        l.category[c] = 1.17549435e-38f;
    printed(*state, &l);
}

static void what_is_no_label_is_refused_by_name(void **state)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"[]",                   "object"        },
        {"{\"hat\":1}",          "'hat'"         },
        {"{\"category:hat\":1}", "'category:hat'"},
        {"{\"hate\":1.5}",       "from 0 to 1"   },
        {"{\"hate\":-0.1}",      "from 0 to 1"   },
        {"{\"hate\":true}",      "from 0 to 1"   },
        {"{\"hate\":null}",      "from 0 to 1"   },
        {"{",                    "line"          },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Labels l;
        Err err = {0};
        assert_false(labels_parse(*state, str_of(cases[i].text), &l, &err));
        assert_int_equal(err.code, ERR_INPUT);
        if (!strstr(err.msg, cases[i].says))
            fail_msg("'%s' does not say '%s'", err.msg, cases[i].says);
    }
}

static void equals_are_averaged_by_weight_and_authority_wins(void **state)
{
    Labels one = labels_of(*state, "{\"hate\":1,\"insult\":1}");
    Labels two = labels_of(*state, "{\"hate\":0,\"threat\":0}");
    Labels read = labels_of(*state, "{\"insult\":0}");
    LabelVoice voice[] = {
        {&one,  LABEL_ORIGIN_IMPORT, 0.75f},
        {&two,  LABEL_ORIGIN_IMPORT, 0.25f},
        {&read, LABEL_ORIGIN_HUMAN,  0.5f },
    };
    Labels out;
    assert_float_equal(labels_merge(voice, 3, &out), 0.75, 0);
    assert_prints(*state, &out, "{\"hate\":0.75,\"insult\":0,\"threat\":0}");
}

static void a_voice_that_was_overruled_gives_no_weight(void **state)
{
    Labels sure = labels_of(*state, "{\"hate\":1}");
    Labels judge = labels_of(*state, "{\"hate\":0}");
    LabelVoice voice[] = {
        {&sure,  LABEL_ORIGIN_IMPORT, 1   },
        {&judge, LABEL_ORIGIN_LLM,    0.4f},
    };
    Labels out;
    assert_float_equal(labels_merge(voice, 2, &out), 0.4f, 0);
    assert_prints(*state, &out, "{\"hate\":0}");
}

static void origins_and_splits_are_found_by_name_alone(void **state)
{
    (void)state;
    for (int o = 0; o < LABEL_ORIGIN_COUNT; o++) {
        LabelOrigin back;
        assert_true(label_origin_parse(str_of(label_origin_name((LabelOrigin)o)), &back));
        assert_int_equal(back, o);
    }
    LabelOrigin origin;
    assert_false(label_origin_parse(STR("humans"), &origin));
    assert_false(label_origin_parse(STR(""), &origin));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_arena, without_arena)
    const struct CMUnitTest tests[] = {
        T(unknown_is_left_out_and_zero_is_kept),
        T(any_labels_survive_print_and_parse_to_the_bit),
        T(the_longest_labels_fit),
        T(what_is_no_label_is_refused_by_name),
        T(equals_are_averaged_by_weight_and_authority_wins),
        T(a_voice_that_was_overruled_gives_no_weight),
        T(origins_and_splits_are_found_by_name_alone),
    };
    return cmocka_run_group_tests_name("data/label", tests, NULL, NULL);
}
