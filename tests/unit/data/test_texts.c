#include "archive.h"

#include "data/texts.h"

static void the_archive_gives_its_texts_by_digest(void **state)
{
    Temp *t = *state;
    Store *db = archive_open(t);
    Err err = {0};
    Buf lines;
    ArchiveText *all = NULL, *some = NULL;
    size_t count = 1, few = 0;
    uint64_t seed = 3;
    assert_true(texts_load(db, t->arena, 0, &all, &count, &err));
    assert_int_equal(count, 0);
    buf_init(&lines, 1 << 16);
    for (int i = 0; i < 20; i++)
        archive_line(&lines, archive_text(t->arena, &seed), i % 2, "train", "");
    const char *recipe = archive_recipe(t, "r.yaml", "made-up", "1", "hate");
    archive_ingest(db, recipe, archive_folder(t, "rows", buf_str(&lines)));
    buf_done(&lines);
    assert_true(texts_load(db, t->arena, 0, &all, &count, &err));
    assert_int_equal(count, 20);
    for (size_t i = 1; i < count; i++)
        assert_true(str_cmp(all[i - 1].digest, all[i].digest) < 0);
    assert_true(str_eq(all[0].source, STR("made-up")));
    assert_true(str_eq(all[0].language, STR("en")));
    assert_true(texts_load(db, t->arena, 5, &some, &few, &err));
    assert_int_equal(few, 5);
    for (size_t i = 0; i < few; i++)
        assert_int_equal(some[i].id, all[i].id);
    store_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_archive_gives_its_texts_by_digest, with_temp,
                                        without_temp),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
