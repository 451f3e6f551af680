#include "documents.h"
#include "temp.h"

static const char *folder(Temp *t, const char *name)
{
    Err err = {0};
    const char *dir = temp_path(t, name);
    assert_true(file_make_dirs(str_print(t->arena, "%s/golden", dir).ptr, &err));
    temp_file(t, str_print(t->arena, "%s/policy.yaml", name).ptr,
              policy_document(t->arena, "1", "{score: hate}"));
    temp_file(t, str_print(t->arena, "%s/hate.md", name).ptr, STR("**H1** A clause.\n"));
    temp_file(t, str_print(t->arena, "%s/golden/a.jsonl", name).ptr, STR("{\"id\":\"1\"}\n"));
    return dir;
}

static Bundle load(Temp *t, const char *path)
{
    Bundle b;
    Err err = {0};
    if (!bundle_load(t->arena, path, &b, &err))
        fail_msg("%s", err.msg);
    return b;
}

static void a_folder_is_its_files_by_path(void **state)
{
    Temp *t = *state;
    Bundle b = load(t, folder(t, "p"));
    assert_int_equal(b.count, 3);
    assert_true(str_eq(b.file[0].path, STR("golden/a.jsonl")));
    assert_true(str_eq(b.file[1].path, STR("hate.md")));
    assert_non_null(bundle_file(&b, STR("policy.yaml")));
    assert_null(bundle_file(&b, STR("absent.md")));
}

static void the_digest_follows_from_paths_and_bytes_alone(void **state)
{
    Temp *t = *state;
    Bundle one = load(t, folder(t, "p")), two = load(t, folder(t, "q"));
    assert_true(digest_eq(&one.digest, &two.digest));
    temp_file(t, "q/.hidden", STR("not looked at"));
    two = load(t, temp_path(t, "q"));
    assert_true(digest_eq(&one.digest, &two.digest));
    temp_file(t, "q/hate.md", STR("**H1** Another clause.\n"));
    two = load(t, temp_path(t, "q"));
    assert_false(digest_eq(&one.digest, &two.digest));
    /* the same bytes cut otherwise into files */
    BundleFile x[] =
        {
            {STR("a.md"), STR("bc")}
    },
               y[] = {{STR("a.mdb"), STR("c")}};
    bundle_of(x, 1, &one);
    bundle_of(y, 1, &two);
    assert_false(digest_eq(&one.digest, &two.digest));
}

static void a_lone_document_is_a_policy(void **state)
{
    Temp *t = *state;
    const Policy *p;
    Err err = {0};
    folder(t, "p");
    Bundle b = load(t, temp_path(t, "p/policy.yaml"));
    assert_int_equal(b.count, 1);
    assert_true(bundle_policy(t->arena, &b, "p", &p, &err));
    assert_true(str_eq(policy_id(p), STR("test")));
}

static void what_is_no_policy_is_refused(void **state)
{
    Temp *t = *state;
    Bundle b;
    Err err = {0};
    assert_true(file_make_dirs(temp_path(t, "empty"), &err));
    assert_false(bundle_load(t->arena, temp_path(t, "empty"), &b, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_false(bundle_load(t->arena, temp_path(t, "absent"), &b, &err));
    folder(t, "p");
    temp_file(t, "p/program.exe", STR("x"));
    assert_false(bundle_load(t->arena, temp_path(t, "p"), &b, &err));
    assert_non_null(strstr(err.msg, "program.exe"));
    assert_true(file_remove(temp_path(t, "p/program.exe"), &err));
    assert_true(file_make_dirs(temp_path(t, "p/a/b/c/d"), &err));
    assert_false(bundle_load(t->arena, temp_path(t, "p"), &b, &err));
    assert_int_equal(err.code, ERR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_folder_is_its_files_by_path, with_temp, without_temp),
        cmocka_unit_test_setup_teardown(the_digest_follows_from_paths_and_bytes_alone,
                                        with_temp, without_temp),
        cmocka_unit_test_setup_teardown(a_lone_document_is_a_policy, with_temp, without_temp),
        cmocka_unit_test_setup_teardown(what_is_no_policy_is_refused, with_temp, without_temp),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
