#include "documents.h"
#include "temp.h"

#include "policy/publication.h"

static Store *open_store(Temp *t)
{
    Store *db = NULL;
    Err err = {0};
    if (!store_open(temp_path(t, "s.db"), &db, &err))
        fail_msg("%s", err.msg);
    return db;
}

static bool put(Temp *t, Store *db, const char *version, const char *hate, Publication *out,
                bool *fresh, Err *err)
{
    Bundle b = policy_bundle(t->arena, policy_document(t->arena, version, hate), "**H1** x\n");
    PublicationNote note = {STR("kim"), STR("a reason"), 1700000000000};
    return publication_put(db, t->arena, &b, &note, out, fresh, err);
}

static Publication must_put(Temp *t, Store *db, const char *version, const char *hate,
                            bool want_fresh)
{
    Publication p = {0};
    bool fresh = false;
    Err err = {0};
    if (!put(t, db, version, hate, &p, &fresh, &err))
        fail_msg("%s", err.msg);
    assert_int_equal(fresh, want_fresh);
    return p;
}

static void what_is_published_comes_back_whole(void **state)
{
    Temp *t = *state;
    Store *db = open_store(t);
    Err err = {0};
    Bundle b;
    Publication p = must_put(t, db, "1", "{score: hate}", true), q;
    assert_true(publication_find(db, t->arena, STR("test"), &q, &err));
    assert_true(digest_eq(&p.digest, &q.digest));
    assert_true(str_eq(q.author, STR("kim")));
    assert_true(publication_bundle(db, t->arena, &q, &b, &err));
    assert_int_equal(b.count, 2);
    assert_true(str_eq(bundle_file(&b, STR("factors.md"))->text, STR("**H1** x\n")));
    store_close(db);
}

static void the_newest_publication_is_in_force_and_going_back_is_one_more(void **state)
{
    Temp *t = *state;
    Store *db = open_store(t);
    Err err = {0};
    Publication q, *list;
    size_t count;
    bool found = true;
    assert_true(publication_in_force(db, t->arena, STR("test"), &q, &found, &err));
    assert_false(found);
    Publication one = must_put(t, db, "1", "{score: hate}", true);
    must_put(t, db, "1", "{score: hate}", false);
    Publication two = must_put(t, db, "2", "{score: insult}", true);
    assert_true(publication_find(db, t->arena, STR("test"), &q, &err));
    assert_true(digest_eq(&q.digest, &two.digest));
    assert_true(publication_find(db, t->arena, STR("test@1"), &q, &err));
    assert_true(digest_eq(&q.digest, &one.digest));
    Publication back = must_put(t, db, "1", "{score: hate}", true);
    assert_int_equal(back.row, one.row);
    assert_true(publication_find(db, t->arena, STR("test"), &q, &err));
    assert_true(digest_eq(&q.digest, &one.digest));
    assert_true(publication_list(db, t->arena, &list, &count, &err));
    assert_int_equal(count, 3);
    assert_int_equal(list[0].id, back.id);
    store_close(db);
}

static void a_version_stands_for_one_content(void **state)
{
    Temp *t = *state;
    Store *db = open_store(t);
    Err err = {0};
    Publication p;
    bool fresh;
    must_put(t, db, "1", "{score: hate}", true);
    assert_false(put(t, db, "1", "{score: insult}", &p, &fresh, &err));
    assert_int_equal(err.code, ERR_CONFLICT);
    store_close(db);
}

static void what_cannot_be_published_leaves_nothing(void **state)
{
    Temp *t = *state;
    Store *db = open_store(t);
    Err err = {0};
    Publication p, *list;
    size_t count;
    bool fresh;
    Bundle b = policy_bundle(t->arena, policy_document(t->arena, "1", "{score: hate}"), NULL);
    PublicationNote nobody = {STR(" "), STR("why"), 1}, why = {STR("kim"), STR(""), 1};
    assert_false(put(t, db, "1", "{score: hat}", &p, &fresh, &err));
    assert_false(publication_put(db, t->arena, &b, &nobody, &p, &fresh, &err));
    assert_false(publication_put(db, t->arena, &b, &why, &p, &fresh, &err));
    assert_int_equal(err.code, ERR_USAGE);
    assert_true(publication_list(db, t->arena, &list, &count, &err));
    assert_int_equal(count, 0);
    assert_false(publication_find(db, t->arena, STR("test"), &p, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    store_close(db);
}

static void digits_find_a_version_and_changed_bytes_are_noticed(void **state)
{
    Temp *t = *state;
    Store *db = open_store(t);
    Err err = {0};
    Publication p = must_put(t, db, "1", "{score: hate}", true), q;
    char hex[DIGEST_HEX_SIZE];
    Bundle b;
    digest_hex(&p.digest, hex);
    assert_true(publication_find(db, t->arena, (Str){hex, 8}, &q, &err));
    assert_true(publication_find(db, t->arena, (Str){hex, 64}, &q, &err));
    assert_false(publication_find(db, t->arena, (Str){hex, 5}, &q, &err));
    assert_true(
        store_exec(db, "UPDATE policy_file SET text = 'x' WHERE path = 'factors.md'", &err));
    assert_false(publication_bundle(db, t->arena, &q, &b, &err));
    assert_int_equal(err.code, ERR_CORRUPT);
    store_close(db);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, with_temp, without_temp)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_published_comes_back_whole),
        TEST(the_newest_publication_is_in_force_and_going_back_is_one_more),
        TEST(a_version_stands_for_one_content),
        TEST(what_cannot_be_published_leaves_nothing),
        TEST(digits_find_a_version_and_changed_bytes_are_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
