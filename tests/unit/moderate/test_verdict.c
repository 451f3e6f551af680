#include "test.h"

#include "moderate/verdict.h"

static const Js *printed(Arena *a, const Verdict *v)
{
    Buf b;
    Err err = {0};
    const Js *js;
    buf_init(&b, 1 << 16);
    JsWriter w = js_writer(&b);
    js_object(&w);
    verdict_print(v, &w);
    verdict_print_types(v, &w);
    js_end_object(&w);
    if (!js_parse(a, str_copy(a, buf_str(&b)), &js, &err))
        fail_msg("%s", err.msg);
    buf_done(&b);
    return js;
}

static void every_map_has_all_thirteen_keys_in_order(void **state)
{
    static const char *const maps[] = {"categories", "category_scores",
                                       "category_applied_input_types"};
    const Js *v = printed(*state, &(Verdict){0});
    for (int m = 0; m < 3; m++) {
        const Js *map = js_get(v, str_of(maps[m]));
        assert_non_null(map);
        assert_int_equal(map->count, CATEGORY_COUNT);
        for (int c = 0; c < CATEGORY_COUNT; c++)
            assert_true(str_eq(map->key[c], category_name((Category)c)));
    }
}

static void scores_read_back_to_the_bit(void **state)
{
    Verdict v = {.flagged = true};
    v.category[CATEGORY_SEXUAL] = true;
    v.score[CATEGORY_SEXUAL] = 1. / 3;
    v.score[CATEGORY_HATE] = 1.573112165348997e-6;
    v.applies_text[CATEGORY_SEXUAL] = v.applies_image[CATEGORY_SEXUAL] = true;
    const Js *js = printed(*state, &v);
    const Js *scores = js_get(js, STR("category_scores"));
    assert_true(js_get(js, STR("flagged"))->boolean);
    assert_true(js_get(scores, STR("sexual"))->number == v.score[CATEGORY_SEXUAL]);
    assert_true(js_get(scores, STR("hate"))->number == v.score[CATEGORY_HATE]);
    const Js *types = js_get(js, STR("category_applied_input_types"));
    assert_int_equal(js_get(types, STR("sexual"))->count, 2);
    assert_int_equal(js_get(types, STR("hate"))->count, 0);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_arena, without_arena)
    const struct CMUnitTest tests[] = {
        T(every_map_has_all_thirteen_keys_in_order),
        T(scores_read_back_to_the_bit),
    };
    return cmocka_run_group_tests_name("moderate/verdict", tests, NULL, NULL);
}
