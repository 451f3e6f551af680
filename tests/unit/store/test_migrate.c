#include "temp.h"

#include "base/fault.h"
#include "base/file.h"
#include "store/store_internal.h"

#include <sys/wait.h>

#define ONE                                                          \
    {                                                                \
        "0001-one.sql", "CREATE TABLE one (id INTEGER PRIMARY KEY);" \
    }
#define TWO                                                                        \
    {                                                                              \
        "0002-two.sql", "CREATE TABLE two (id INTEGER PRIMARY KEY);\n-- the end\n" \
    }
#define THREE                                                                                \
    {                                                                                        \
        "0003-three.sql", "ALTER TABLE two ADD COLUMN word TEXT; INSERT INTO one VALUES (3)" \
    }

static const EmbeddedFile none[] = {{0}};
static const EmbeddedFile only_one[] = {ONE, {0}};
static const EmbeddedFile two[] = {ONE, TWO, {0}};
static const EmbeddedFile three[] = {ONE, TWO, THREE, {0}};

static bool open_at(Temp *t, const EmbeddedFile *files, Store **db, Err *err)
{
    const StoreOptions o = {.migrations = files, .busy_timeout_ms = 5000};
    return store_open_with(temp_path(t, "m.db"), &o, db, err);
}

static Store *must_open(Temp *t, const EmbeddedFile *files)
{
    Store *db = NULL;
    Err err = {0};
    if (!open_at(t, files, &db, &err))
        fail_msg("%s", err.msg);
    return db;
}

#define number_of(db, sql) number_of_literal((db), "" sql "")
static int64_t number_of_literal(Store *db, const char *sql)
{
    Err err = {0};
    Stmt *s = NULL;
    bool row = false;
    if (!stmt_open_literal(db, sql, &s, &err) || !stmt_step(s, &row, &err) || !row)
        fail_msg("%s: %s", sql, err.msg);
    int64_t n = stmt_i64(s, 0);
    stmt_close(s);
    return n;
}

static void a_fresh_store_gets_every_file_in_order(void **state)
{
    Store *db = must_open(*state, three);
    assert_int_equal(number_of(db, "SELECT count(*) FROM migration"), 3);
    assert_int_equal(number_of(db, "SELECT id FROM one"), 3);
    assert_int_equal(number_of(db, "SELECT count(word) FROM two"), 0);
    assert_int_equal(number_of(db, "SELECT count(*) FROM migration WHERE length(digest) = 64"
                                   " AND applied_ms > 0 AND name LIKE '000' || number || '-%'"),
                     3);
    store_close(db);
}

static void a_second_opening_changes_nothing(void **state)
{
    Store *db = must_open(*state, two);
    int64_t when = number_of(db, "SELECT sum(applied_ms) FROM migration");
    store_close(db);
    db = must_open(*state, two);
    assert_int_equal(number_of(db, "SELECT sum(applied_ms) FROM migration"), when);
    assert_int_equal(number_of(db, "SELECT count(*) FROM migration"), 2);
    store_close(db);
}

static void an_older_store_is_brought_forward(void **state)
{
    Store *db = must_open(*state, none);
    store_close(db);
    db = must_open(*state, only_one);
    Err err = {0};
    assert_true(store_exec(db, "INSERT INTO one VALUES (1)", &err));
    store_close(db);
    db = must_open(*state, three);
    assert_int_equal(number_of(db, "SELECT count(*) FROM one"), 2);
    store_close(db);
}

static void a_newer_store_is_refused_untouched(void **state)
{
    Store *db = must_open(*state, three);
    store_close(db);
    db = NULL;
    Err err = {0};
    assert_false(open_at(*state, two, &db, &err));
    assert_int_equal(err.code, ERR_CONFLICT);
    assert_non_null(strstr(err.msg, "newer"));
    assert_null(db);
    db = must_open(*state, three);
    assert_int_equal(number_of(db, "SELECT count(*) FROM migration"), 3);
    store_close(db);
}

static void an_edited_file_is_refused(void **state)
{
    static const EmbeddedFile edited[] = {
        {"0001-one.sql", "CREATE TABLE one (id INTEGER);"},
        TWO, {0             }
    };
    Store *db = must_open(*state, only_one);
    store_close(db);
    Err err = {0};
    assert_false(open_at(*state, edited, &db, &err));
    assert_int_equal(err.code, ERR_CONFLICT);
    assert_non_null(strstr(err.msg, "0001-one.sql"));
    db = must_open(*state, only_one);
    assert_int_equal(number_of(db, "SELECT count(*) FROM migration"), 1);
    store_close(db);
}

static void a_broken_file_leaves_the_store_where_it_was(void **state)
{
    static const EmbeddedFile broken[] = {
        ONE,
        {"0002-two.sql", "CREATE TABLE two (id INTEGER); INSERT INTO nowhere VALUES (1);"},
        {0             }
    };
    Store *db = NULL;
    Err err = {0};
    assert_false(open_at(*state, broken, &db, &err));
    assert_non_null(strstr(err.msg, "0002-two.sql"));
    assert_non_null(strstr(err.msg, "nowhere"));
    db = must_open(*state, two); /* repaired before it ever shipped */
    assert_int_equal(number_of(db, "SELECT count(*) FROM migration"), 2);
    store_close(db);
}

static void a_file_may_not_end_its_transaction(void **state)
{
    static const EmbeddedFile commits[] = {
        {"0001-one.sql", "CREATE TABLE one (id INTEGER); COMMIT;"},
        {0             }
    };
    Store *db = NULL;
    Err err = {0};
    assert_false(open_at(*state, commits, &db, &err));
    assert_int_equal(err.code, ERR_CORRUPT);
}

static void a_database_of_another_program_is_refused_untouched(void **state)
{
    Temp *t = *state;
    Store *db = must_open(t, none);
    Err err = {0};
    assert_true(store_exec(db, "PRAGMA journal_mode = DELETE; CREATE TABLE theirs (x)", &err));
    store_close(db);
    Str before, after;
    assert_true(file_load(t->arena, temp_path(t, "m.db"), 1 << 20, &before, &err));
    assert_false(open_at(t, two, &db, &err));
    assert_int_equal(err.code, ERR_CONFLICT);
    err = (Err){0};
    assert_true(file_load(t->arena, temp_path(t, "m.db"), 1 << 20, &after, &err));
    assert_true(str_eq(before, after));
}

static void processes_that_open_a_fresh_store_at_once_agree(void **state)
{
    enum { PROCESSES = 6 };
    pid_t child[PROCESSES];
    int gate[2];
    assert_int_equal(pipe(gate), 0);
    for (int i = 0; i < PROCESSES; i++) {
        child[i] = fork();
        assert_true(child[i] >= 0);
        if (child[i] == 0) {
            char c;
            close(gate[1]);
            (void)!read(gate[0], &c, 1); /* returns when the parent closes its end */
            Store *db = NULL;
            Err err = {0};
            bool ok = open_at(*state, three, &db, &err);
            if (!ok)
                fprintf(stderr, "%s\n", err.msg);
            store_close(db);
            _exit(ok ? 0 : 1);
        }
    }
    close(gate[0]);
    close(gate[1]);
    for (int i = 0; i < PROCESSES; i++) {
        int status = 0;
        assert_int_equal(waitpid(child[i], &status, 0), child[i]);
        assert_int_equal(status, 0);
    }
    Store *db = must_open(*state, three);
    assert_int_equal(number_of(db, "SELECT count(*) FROM migration"), 3);
    assert_int_equal(number_of(db, "SELECT count(*) FROM one"), 1);
    store_close(db);
}

static void the_shipped_files_make_a_store(void **state)
{
    Store *db = must_open(*state, embedded_migrations);
    int64_t files = 0;
    while (embedded_migrations[files].name)
        files++;
    assert_int_equal(
        number_of(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'migration'"),
        files > 0);
    if (files)
        assert_int_equal(number_of(db, "SELECT max(number) FROM migration"), files);
    store_close(db);
}

#ifdef FAULTS
static void a_migration_that_is_cut_short_is_done_by_the_next_opening(void **state)
{
    Temp *t = *state;
    long tried = 0;
    FAULT_SWEEP(n)
    {
        fault_arm(0, 0);
        without_temp(state);
        with_temp(state);
        t = *state;
        Store *db = must_open(t, only_one);
        store_close(db);
        db = NULL;
        Err err = {0};
        fault_arm(n, 5);
        bool ok = open_at(t, three, &db, &err);
        assert_true(ok != fault_hit());
        store_close(db);
        fault_arm(0, 0);
        db = must_open(t, three);
        assert_int_equal(number_of(db, "SELECT count(*) FROM migration"), 3);
        assert_int_equal(number_of(db, "SELECT count(*) FROM one"), 1);
        store_close(db);
        tried = n;
        if (ok)
            break;
    }
    assert_in_range(tried, 10, 200);
}
#endif

#define T(f) cmocka_unit_test_setup_teardown(f, with_temp, without_temp)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_fresh_store_gets_every_file_in_order),
        T(a_second_opening_changes_nothing),
        T(an_older_store_is_brought_forward),
        T(a_newer_store_is_refused_untouched),
        T(an_edited_file_is_refused),
        T(a_broken_file_leaves_the_store_where_it_was),
        T(a_file_may_not_end_its_transaction),
        T(a_database_of_another_program_is_refused_untouched),
        T(processes_that_open_a_fresh_store_at_once_agree),
        T(the_shipped_files_make_a_store),
#ifdef FAULTS
        T(a_migration_that_is_cut_short_is_done_by_the_next_opening),
#endif
    };
    return cmocka_run_group_tests_name("store/migrate", tests, NULL, NULL);
}
