#include "test.h"

#include "base/fault.h"
#include "base/file.h"
#include "base/hash.h"
#include "serve/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char path[] = "/tmp/gavel-keys-XXXXXX";

static void write_keys(const char *text)
{
    Err err = {0};
    assert_true(file_save(path, str_of(text), &err));
}

static bool knows(Keys *k, Arena *a, const char *key, const char *name)
{
    Str found = {0};
    return keys_check(k, a, str_of(key), &found) && str_eq(found, str_of(name));
}

static void keys_names_and_comments_are_read(void **state)
{
    Keys *k = NULL;
    Err err = {0};
    write_keys("# who may ask\n\nsk-one\n  sk-two\tbilling team \r\n#sk-three\nsk-four#x y\n");
    assert_true(keys_open(path, &k, &err));
    assert_true(keys_wanted(k));
    assert_int_equal(keys_count(k), 3);
    assert_true(knows(k, *state, "sk-one", ""));
    assert_true(knows(k, *state, "sk-two", "billing team"));
    assert_true(knows(k, *state, "sk-four#x", "y"));
    static const char *const strangers[] = {"",         "sk-on", "sk-onee", "SK-ONE",
                                            "sk-three", "#",     "billing", " sk-one"};
    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++) {
        Str name = STR("untouched");
        assert_false(keys_check(k, *state, str_of(strangers[i]), &name));
        assert_true(str_eq(name, STR("untouched")));
    }
    keys_close(k);
}

static void without_a_file_no_key_is_wanted(void **state)
{
    Keys *k = NULL;
    Err err = {0};
    Str name;
    assert_true(keys_open("", &k, &err));
    assert_false(keys_wanted(k));
    assert_int_equal(keys_count(k), 0);
    assert_false(keys_check(k, *state, STR("sk-one"), &name));
    assert_true(keys_reload(k, &err));
    keys_close(k);
    keys_close(NULL);
}

static void a_file_that_cannot_serve_is_refused(void **state)
{
    (void)state;
    static char long_key[700];
    memset(long_key, 'k', sizeof long_key - 1);
    const struct {
        const char *text;
        ErrCode code;
    } rows[] = {
        {"",           ERR_INPUT},
        {"# nobody\n", ERR_INPUT},
        {long_key,     ERR_LIMIT}
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Keys *k = NULL;
        Err err = {0};
        write_keys(rows[i].text);
        assert_false(keys_open(path, &k, &err));
        assert_null(k);
        assert_int_equal(err.code, rows[i].code);
        assert_non_null(strstr(err.msg, path));
        assert_null(strstr(err.msg, "kkk")); /* no key in a message */
    }
    Keys *k = NULL;
    Err err = {0};
    assert_false(keys_open("/nowhere/keys", &k, &err));
    assert_non_null(strstr(err.msg, "/nowhere/keys"));
}

static void reloading_swaps_the_set_or_leaves_it(void **state)
{
    Keys *k = NULL;
    Err err = {0};
    write_keys("old\n");
    assert_true(keys_open(path, &k, &err));
    write_keys("new n\nnewer\n");
    assert_true(knows(k, *state, "old", ""));
    assert_true(keys_reload(k, &err));
    assert_false(knows(k, *state, "old", ""));
    assert_true(knows(k, *state, "new", "n"));
    write_keys("# empty\n");
    assert_false(keys_reload(k, &err));
    assert_true(knows(k, *state, "newer", ""));
    keys_close(k);
}

static void keyed_digests_depend_on_key_and_secret(void **state)
{
    (void)state;
    HashKey one, two;
    hash_key_random(&one);
    hash_key_random(&two);
    Digest a = digest_keyed(&one, STR("s")), b = digest_keyed(&one, STR("s"));
    Digest c = digest_keyed(&two, STR("s")), d = digest_keyed(&one, STR("t"));
    assert_true(digest_eq_secret(&a, &b));
    assert_false(digest_eq_secret(&a, &c));
    assert_false(digest_eq_secret(&a, &d));
}

#ifdef FAULTS
/* Whatever breaks while the file is read, somebody may still ask. */
static void a_broken_reload_leaves_the_former_keys(void **state)
{
    Keys *k = NULL;
    Err err = {0};
    write_keys("old\n");
    assert_true(keys_open(path, &k, &err));
    write_keys("new\n");
    FAULT_SWEEP(n)
    {
        bool ok = keys_reload(k, &err), hit = fault_hit();
        fault_arm(0, 0);
        assert_true(knows(k, *state, ok ? "new" : "old", ""));
        assert_true(ok || (hit && strstr(err.msg, path)));
        if (ok) /* at the latest when nothing was left to break */
            break;
    }
    keys_close(k);
}
#endif

int main(void)
{
    int fd = mkstemp(path);
    if (fd < 0)
        return 1;
    close(fd);
#define T(f) cmocka_unit_test_setup_teardown(f, with_arena, without_arena)
    const struct CMUnitTest tests[] = {
        T(keys_names_and_comments_are_read),       T(without_a_file_no_key_is_wanted),
        T(a_file_that_cannot_serve_is_refused),    T(reloading_swaps_the_set_or_leaves_it),
        T(keyed_digests_depend_on_key_and_secret),
#ifdef FAULTS
        T(a_broken_reload_leaves_the_former_keys),
#endif
    };
    int failed = cmocka_run_group_tests_name("serve/keys", tests, NULL, NULL);
    unlink(path);
    return failed;
}
