#include "test.h"

#include "serve/moderation_reply.h"

static void every_map_has_every_category_and_scores_read_back(void **state)
{
    Verdict v[2] = {{.flagged = true}, {0}};
    uint64_t seed = 3;
    for (Category c = 0; c < CATEGORY_COUNT; c++) {
        v[0].category[c] = c % 2;
        v[0].score[c] = (double)(random_u64(&seed) >> 11) / 9007199254740992.0;
        v[0].applies_text[c] = true;
        v[0].applies_image[c] = category_takes_images(c);
    }
    v[0].score[0] = 1.573112165348997e-6;
    v[0].score[1] = 5e-324;
    v[0].score[2] = 1;
    Buf out;
    Err err = {0};
    const Js *root;
    buf_init(&out, 1 << 16);
    moderation_reply_print(&out, STR("modr-1"), STR("a \"model\""), v, 2,
                           &(ReplyExtensions){0});
    assert_true(js_parse(*state, buf_str(&out), &root, &err));
    assert_int_equal(root->count, 3);
    assert_true(str_eq(js_get(root, STR("id"))->str, STR("modr-1")));
    assert_true(str_eq(js_get(root, STR("model"))->str, STR("a \"model\"")));
    const Js *results = js_get(root, STR("results"));
    assert_int_equal(results->count, 2);
    for (size_t i = 0; i < 2; i++) {
        const Js *r = &results->item[i];
        assert_int_equal(r->count, 4);
        assert_int_equal(js_get(r, STR("flagged"))->boolean, v[i].flagged);
        const Js *flags = js_get(r, STR("categories"));
        const Js *scores = js_get(r, STR("category_scores"));
        const Js *types = js_get(r, STR("category_applied_input_types"));
        assert_int_equal(flags->count, 13);
        assert_int_equal(scores->count, 13);
        assert_int_equal(types->count, 13);
        for (Category c = 0; c < CATEGORY_COUNT; c++) {
            Str name = category_name(c);
            assert_int_equal(js_get(flags, name)->boolean, v[i].category[c]);
            double read = js_get(scores, name)->number;
            assert_memory_equal(&read, &v[i].score[c], sizeof read);
            const Js *t = js_get(types, name);
            assert_int_equal(t->count, v[i].applies_text[c] + v[i].applies_image[c]);
            if (t->count == 2)
                assert_true(str_eq(t->item[1].str, STR("image")));
        }
    }
    buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_map_has_every_category_and_scores_read_back,
                                        with_arena, without_arena),
    };
    return cmocka_run_group_tests_name("serve/moderation_reply", tests, NULL, NULL);
}
