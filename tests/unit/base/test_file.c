#include "temp.h"

#include "base/buf.h"
#include "base/fault.h"
#include "base/file.h"

#include <sys/stat.h>

static Str must_load(Temp *t, const char *path)
{
    Str s = {0};
    Err err = {0};
    if (!file_load(t->arena, path, 1 << 20, &s, &err))
        fail_msg("%s", err.msg);
    return s;
}

static void what_is_saved_is_loaded_and_mapped(void **state)
{
    Temp *t = *state;
    Err err = {0};
    uint64_t seed = 1;
    static const size_t sizes[] = {0, 1, 65535, 65536, 65537, 300000}; /* round the buffer */
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char *p = arena_array(t->arena, char, sizes[i]);
        for (size_t k = 0; k < sizes[i]; k++)
            p[k] = (char)random_u64(&seed);
        const char *path = temp_path(t, "x");
        assert_true(file_save(path, (Str){p, sizes[i]}, &err));
        assert_true(str_eq(must_load(t, path), (Str){p, sizes[i]}));
        FileMap m = {0};
        if (sizes[i]) {
            assert_true(file_map(path, &m, &err));
            assert_true(str_eq(m.bytes, (Str){p, sizes[i]}));
        }
        file_unmap(&m);
        file_unmap(&m); /* harmless */
    }
    assert_int_equal(temp_entries(t), 1); /* no temporary is left */
}

static void writes_of_any_size_add_up(void **state)
{
    Temp *t = *state;
    Err err = {0};
    uint64_t seed = 2;
    const char *path = temp_path(t, "x");
    Buf want;
    buf_init(&want, 8 << 20);
    File *f = NULL;
    assert_true(file_create(path, &f, &err));
    for (int i = 0; i < 60; i++) {
        ArenaMark m = arena_mark(t->arena);
        Str s = random_text(t->arena, &seed, i % 7 ? 9000 : 200000);
        buf_put(&want, s);
        assert_true(file_write(f, s, &err));
        arena_rewind(t->arena, m);
    }
    assert_false(file_exists(path)); /* nothing to see before the commit */
    assert_true(file_commit(f, &err));
    file_close(f);
    FileMap map = {0};
    assert_true(file_map(path, &map, &err));
    assert_true(str_eq(map.bytes, buf_str(&want)));
    file_unmap(&map);
    buf_done(&want);
}

static void without_a_commit_nothing_happened(void **state)
{
    Temp *t = *state;
    Err err = {0};
    const char *path = temp_path(t, "x");
    assert_true(file_save(path, STR("old"), &err));
    File *f = NULL;
    assert_true(file_create(path, &f, &err) && file_write(f, STR("new"), &err));
    file_close(f);
    assert_true(str_eq(must_load(t, path), STR("old")));
    assert_int_equal(temp_entries(t), 1);
    file_close(NULL);
}

static void what_cannot_be_read_is_told_by_its_code(void **state)
{
    Temp *t = *state;
    Str s = STR("untouched");
    FileMap m = {.bytes = STR("untouched")};
    Err err = {0};
    assert_true(file_save(temp_path(t, "ten"), STR("0123456789"), &err));
    assert_true(file_save(temp_path(t, "empty"), STR(""), &err));
    assert_true(file_load(t->arena, temp_path(t, "ten"), 10, &s, &err));
    s = STR("untouched");
    static const struct {
        const char *name;
        size_t max;
        ErrCode load, map;
    } rows[] = {
        {"ten",      9,  ERR_LIMIT,     ERR_NONE     },
        {"absent",   10, ERR_NOT_FOUND, ERR_NOT_FOUND},
        {"absent/x", 10, ERR_NOT_FOUND, ERR_NOT_FOUND},
        {"ten/x",    10, ERR_IO,        ERR_IO       }, /* not a folder */
        {".",        10, ERR_IO,        ERR_IO       },
        {"empty",    10, ERR_NONE,      ERR_CORRUPT  },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *path = temp_path(t, rows[i].name);
        err = (Err){0};
        Str got = s;
        assert_int_equal(file_load(t->arena, path, rows[i].max, &got, &err),
                         rows[i].load == ERR_NONE);
        assert_int_equal(err.code, rows[i].load);
        assert_true(rows[i].load == ERR_NONE || str_eq(got, s));
        err = (Err){0};
        FileMap map = m;
        assert_int_equal(file_map(path, &map, &err), rows[i].map == ERR_NONE);
        assert_int_equal(err.code, rows[i].map);
        if (rows[i].map == ERR_NONE)
            file_unmap(&map);
        else
            assert_true(str_eq(map.bytes, m.bytes));
    }
}

static void a_file_larger_than_the_arena_is_over_the_limit(void **state)
{
    Temp *t = *state;
    Err err = {0};
    const char *path = temp_path(t, "x");
    Arena *small = arena_open(4096);
    Str s;
    assert_true(file_save(path, str_print(t->arena, "%8000d", 1), &err));
    assert_false(file_load(small, path, 1 << 20, &s, &err));
    assert_int_equal(err.code, ERR_LIMIT);
    arena_close(small);
}

static void a_log_grows_line_by_line_until_it_is_removed(void **state)
{
    Temp *t = *state;
    const char *path = temp_path(t, "log");
    Err err = {0};
    Str s;
    assert_true(file_append(path, (Str){0}, &err)); /* makes it */
    assert_true(file_append(path, STR("one\n"), &err) && file_append(path, STR("two\n"), &err));
    assert_true(file_load(t->arena, path, 100, &s, &err));
    assert_true(str_eq(s, STR("one\ntwo\n")));
    assert_true(file_remove(path, &err));
    assert_false(file_exists(path));
    assert_false(file_remove(path, &err));
    assert_non_null(strstr(err.msg, "cannot remove"));
    assert_false(file_append(temp_path(t, "no/such/log"), STR("x"), &err));
    assert_non_null(strstr(err.msg, "cannot write"));
}

static void folders_are_made_with_all_above_them(void **state)
{
    Temp *t = *state;
    Err err = {0};
    assert_true(file_make_dirs(temp_path(t, "a/b/c"), &err));
    assert_true(file_is_dir(temp_path(t, "a/b/c")));
    assert_true(file_make_dirs(temp_path(t, "a/b/c/"), &err)); /* again, and with a slash */
    assert_true(file_save(temp_path(t, "file"), STR("x"), &err));
    assert_false(file_make_dirs(temp_path(t, "file"), &err));
    assert_int_equal(err.code, ERR_CONFLICT);
    assert_false(file_make_dirs(temp_path(t, "file/x"), &err));
    assert_false(file_is_dir(temp_path(t, "file")));
    assert_false(file_is_dir(temp_path(t, "absent")));
    assert_false(file_make_dirs(str_print(t->arena, "%05000d", 0).ptr, &err));
    assert_int_equal(err.code, ERR_LIMIT);
}

static void a_folder_is_listed_by_suffix_in_order(void **state)
{
    Temp *t = *state;
    Err err = {0};
    Str *names = NULL;
    size_t n = 99;
    assert_true(file_list(t->arena, t->dir, "", &names, &n, &err));
    assert_int_equal(n, 0);
    for (int i = 40; i-- > 0;)
        assert_true(
            file_save(str_print(t->arena, "%s/%02d.yaml", t->dir, i).ptr, STR(""), &err));
    assert_true(file_save(temp_path(t, "x.yml"), STR(""), &err));
    assert_true(file_list(t->arena, t->dir, ".yaml", &names, &n, &err));
    assert_int_equal(n, 40);
    for (size_t i = 0; i < n; i++)
        assert_true(str_eq(names[i], str_print(t->arena, "%02zu.yaml", i)));
    assert_false(file_list(t->arena, temp_path(t, "absent"), "", &names, &n, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    Arena *small = arena_open(512);
    err = (Err){0};
    assert_false(file_list(small, t->dir, ".yaml", &names, &n, &err));
    assert_int_equal(err.code, ERR_LIMIT);
    arena_close(small);
}

#ifdef FAULTS
/* The destination holds the old bytes or the new ones, and no temporary stays. */
static void a_save_that_fails_anywhere_leaves_old_or_new(void **state)
{
    Temp *t = *state;
    const char *path = temp_path(t, "x");
    Str old = STR("old"), new = str_print(t->arena, "%0100000d", 7);
    long tried = 0;
    FAULT_SWEEP(n)
    {
        fault_arm(0, 0);
        Err err = {0};
        assert_true(file_save(path, old, &err));
        fault_arm(n, 28); /* ENOSPC */
        bool ok = file_save(path, new, &err), hit = fault_hit();
        assert_true(ok || hit); /* closing the folder may fail: all is on the disk by then */
        assert_true(ok || (err.code == ERR_IO && strstr(err.msg, "No space left")));
        fault_arm(0, 0);
        Str now = must_load(t, path);
        assert_true(str_eq(now, new) || (!ok && str_eq(now, old)));
        assert_int_equal(temp_entries(t), 1);
        tried = n;
        if (!hit)
            break;
    }
    assert_in_range(tried, 7, 20);
}

static void a_load_or_map_that_fails_anywhere_says_so(void **state)
{
    Temp *t = *state;
    Err err = {0};
    const char *path = temp_path(t, "x");
    assert_true(file_save(path, STR("bytes"), &err));
    FAULT_SWEEP(n)
    {
        Str s = {0};
        FileMap m = {0};
        err = (Err){0};
        bool ok = file_load(t->arena, path, 100, &s, &err) && file_map(path, &m, &err);
        assert_int_equal(ok, err.code == ERR_NONE);
        assert_true(ok ? str_eq(m.bytes, s) : m.bytes.ptr == NULL);
        file_unmap(&m);
        if (!fault_hit())
            break;
    }
}

static void folders_that_cannot_be_made_are_told(void **state)
{
    Temp *t = *state;
    FAULT_SWEEP(n)
    {
        Err err = {0};
        bool ok = file_make_dirs(temp_path(t, "a/b/c"), &err);
        assert_true(ok != fault_hit());
        if (ok)
            break;
    }
    assert_true(file_is_dir(temp_path(t, "a/b/c")));
}
#endif

#define T(f) cmocka_unit_test_setup_teardown(f, with_temp, without_temp)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(what_is_saved_is_loaded_and_mapped),
        T(writes_of_any_size_add_up),
        T(without_a_commit_nothing_happened),
        T(what_cannot_be_read_is_told_by_its_code),
        T(a_file_larger_than_the_arena_is_over_the_limit),
        T(a_log_grows_line_by_line_until_it_is_removed),
        T(folders_are_made_with_all_above_them),
        T(a_folder_is_listed_by_suffix_in_order),
#ifdef FAULTS
        T(a_save_that_fails_anywhere_leaves_old_or_new),
        T(a_load_or_map_that_fails_anywhere_says_so),
        T(folders_that_cannot_be_made_are_told),
#endif
    };
    return cmocka_run_group_tests_name("base/file", tests, NULL, NULL);
}
