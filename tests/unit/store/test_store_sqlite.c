/* The contract of store.h, on the SQLite driver. */
#include "temp.h"

#include "base/fault.h"
#include "base/file.h"
#include "store/store_internal.h"

static const EmbeddedFile schema[] = {
    {"0001-thing.sql", "CREATE TABLE thing (id INTEGER PRIMARY KEY, text TEXT, blob BLOB,"
                       " real REAL) STRICT;"
                       "CREATE TABLE part (thing INTEGER NOT NULL REFERENCES thing(id));"},
    {0               },
};
static const StoreOptions options = {.migrations = schema, .busy_timeout_ms = 0};

static Store *open_thing(Temp *t)
{
    Err err = {0};
    Store *db = NULL;
    if (!store_open_with(temp_path(t, "thing.db"), &options, &db, &err))
        fail_msg("%s", err.msg);
    return db;
}

static bool insert(Store *db, int64_t id, Str text, Err *err)
{
    Stmt *s = NULL;
    if (!stmt_open(db, "INSERT INTO thing (id, text) VALUES (?1, ?2)", &s, err))
        return false;
    stmt_bind_i64(s, 1, id);
    stmt_bind_text(s, 2, text);
    bool ok = stmt_run(s, err);
    stmt_close(s);
    return ok;
}

static bool try_count(Store *db, int64_t *out, Err *err)
{
    Stmt *s = NULL;
    bool row = false;
    bool ok = stmt_open(db, "SELECT count(*) FROM thing", &s, err) && stmt_step(s, &row, err);
    if (ok)
        *out = stmt_i64(s, 0);
    stmt_close(s);
    return ok;
}

static int64_t count(Store *db)
{
    Err err = {0};
    int64_t n = -1;
    if (!try_count(db, &n, &err))
        fail_msg("%s", err.msg);
    return n;
}

static void every_type_comes_back_as_it_went_in(void **state)
{
    Store *db = open_thing(*state);
    Err err = {0};
    Stmt *s = NULL;
    bool row = false;
    Str text = STR("caf\xc3\xa9\0 behind a NUL"), blob = STR("\xff\x00\x01");
    assert_true(stmt_open(db,
                          "INSERT INTO thing (id, text, blob, real) VALUES (?1, ?2, ?3, ?4)"
                          " RETURNING id, text, blob, real",
                          &s, &err));
    stmt_bind_i64(s, 1, INT64_MIN);
    stmt_bind_text(s, 2, text);
    stmt_bind_blob(s, 3, blob);
    stmt_bind_double(s, 4, 0.1);
    assert_true(stmt_step(s, &row, &err) && row);
    assert_int_equal(stmt_i64(s, 0), INT64_MIN);
    assert_true(str_eq(stmt_text(s, 1), text));
    assert_true(str_eq(stmt_text(s, 2), blob));
    assert_true(stmt_double(s, 3) == 0.1);
    assert_true(stmt_step(s, &row, &err) && !row);
    assert_int_equal(store_changes(db), 1);
    stmt_close(s);
    store_close(db);
}

static void empty_is_not_null(void **state)
{
    Store *db = open_thing(*state);
    Err err = {0};
    Stmt *s = NULL;
    bool row = false;
    assert_true(stmt_open(db, "SELECT ?1, ?2, ?3, ?4", &s, &err));
    stmt_bind_text(s, 1, (Str){0});
    stmt_bind_blob(s, 2, (Str){0});
    stmt_bind_null(s, 3);
    assert_true(stmt_step(s, &row, &err) && row);
    assert_false(stmt_is_null(s, 0));
    assert_int_equal(stmt_text(s, 0).len, 0);
    assert_false(stmt_is_null(s, 1));
    assert_non_null(stmt_text(s, 1).ptr);
    assert_true(stmt_is_null(s, 2));
    assert_null(stmt_text(s, 2).ptr);
    assert_true(stmt_is_null(s, 3)); /* never bound */
    stmt_close(s);
    store_close(db);
}

static void a_statement_opened_again_is_the_same_one_without_its_values(void **state)
{
    Store *db = open_thing(*state);
    Err err = {0};
    Stmt *first = NULL, *second = NULL, *third = NULL;
    bool row = false;
    assert_true(stmt_open(db, "SELECT ?1", &first, &err));
    stmt_bind_i64(first, 1, 7);
    assert_true(stmt_step(first, &row, &err) && row);
    assert_true(stmt_open(db, "SELECT ?1", &second, &err)); /* the first is in use */
    assert_ptr_not_equal(first, second);
    stmt_close(second);
    stmt_close(first);
    assert_true(stmt_open(db, "SELECT ?1", &third, &err));
    assert_ptr_equal(first, third);
    assert_true(stmt_step(third, &row, &err) && row);
    assert_true(stmt_is_null(third, 0));
    stmt_close(third);
    store_close(db);
}

static void reset_keeps_the_values(void **state)
{
    Store *db = open_thing(*state);
    Err err = {0};
    Stmt *s = NULL;
    assert_true(stmt_open(db, "INSERT INTO thing (id, text) VALUES (?1, ?2)", &s, &err));
    stmt_bind_text(s, 2, STR("same"));
    for (int i = 0; i < 3; i++) {
        stmt_bind_i64(s, 1, i);
        assert_true(stmt_run(s, &err));
    }
    stmt_close(s);
    assert_true(stmt_open(db, "SELECT count(*) FROM thing WHERE text = 'same'", &s, &err));
    bool row = false;
    assert_true(stmt_step(s, &row, &err));
    assert_int_equal(stmt_i64(s, 0), 3);
    stmt_close(s);
    store_close(db);
}

static void too_many_open_statements_are_refused_and_closing_one_helps(void **state)
{
    Store *db = open_thing(*state);
    Err err = {0};
    Stmt *s[1000];
    int n = 0;
    while (n < 1000 && stmt_open(db, "SELECT 1", &s[n], &err))
        n++;
    assert_in_range(n, 32, 999);
    assert_int_equal(err.code, ERR_LIMIT);
    stmt_close(s[--n]);
    assert_true(stmt_open(db, "SELECT 2", &s[n], &err));
    n++;
    while (n > 0)
        stmt_close(s[--n]);
    store_close(db);
}

static void broken_rules_of_the_tables_are_conflicts(void **state)
{
    Store *db = open_thing(*state);
    Err err = {0};
    assert_true(insert(db, 1, STR("one"), &err));
    assert_false(insert(db, 1, STR("again"), &err));
    assert_int_equal(err.code, ERR_CONFLICT);
    assert_false(store_exec(db, "INSERT INTO part VALUES (99)", &err)); /* foreign key */
    assert_int_equal(err.code, ERR_CONFLICT);
    assert_int_equal(count(db), 1);
    store_close(db);
}

static void sql_that_does_not_fit_the_tables_is_told(void **state)
{
    Store *db = open_thing(*state);
    Err err = {0};
    Stmt *s = NULL;
    assert_false(stmt_open(db, "SELECT x FROM nowhere", &s, &err));
    assert_null(s);
    assert_non_null(strstr(err.msg, "nowhere"));
    assert_true(stmt_open(db, "SELECT 1", &s, &err)); /* the slot is fit for use */
    stmt_close(s);
    store_close(db);
}

static void a_transaction_is_kept_or_rolled_back_whole(void **state)
{
    Store *db = open_thing(*state);
    Err err = {0};
    assert_true(store_begin(db, &err) && insert(db, 1, STR("a"), &err));
    store_rollback(db);
    assert_int_equal(count(db), 0);
    assert_true(store_begin(db, &err) && insert(db, 1, STR("a"), &err) &&
                insert(db, 2, STR("b"), &err) && store_commit(db, &err));
    store_rollback(db); /* none is open: harmless */
    assert_int_equal(count(db), 2);
    store_close(db);
}

static void an_inner_transaction_joins_the_outer_one(void **state)
{
    Store *db = open_thing(*state);
    Err err = {0};
    assert_true(store_begin(db, &err) && store_begin(db, &err));
    assert_true(insert(db, 1, STR("a"), &err) && store_commit(db, &err));
    assert_true(store_in_transaction(db));
    store_rollback(db);
    assert_int_equal(count(db), 0); /* the inner commit promised nothing */
    store_close(db);
}

static void an_inner_rollback_makes_the_outer_commit_fail(void **state)
{
    Store *db = open_thing(*state);
    Err err = {0};
    assert_true(store_begin(db, &err) && insert(db, 1, STR("a"), &err));
    assert_true(store_begin(db, &err) && insert(db, 2, STR("b"), &err));
    store_rollback(db);
    assert_true(store_in_transaction(db));
    assert_true(insert(db, 3, STR("c"), &err)); /* goes down with the rest */
    assert_false(store_commit(db, &err));
    assert_int_equal(err.code, ERR_CONFLICT);
    assert_false(store_in_transaction(db));
    assert_int_equal(count(db), 0);
    assert_true(store_begin(db, &err) && insert(db, 4, STR("d"), &err) &&
                store_commit(db, &err)); /* the next is not doomed */
    assert_int_equal(count(db), 1);
    store_close(db);
}

/* OR ROLLBACK makes SQLite end the transaction by itself, as a full disk would. */
static void nothing_slips_out_of_a_transaction_that_was_lost(void **state)
{
    Store *db = open_thing(*state);
    Err err = {0};
    assert_true(store_begin(db, &err) && insert(db, 1, STR("a"), &err));
    Stmt *s = NULL;
    assert_true(stmt_open(db, "INSERT OR ROLLBACK INTO thing (id) VALUES (1)", &s, &err));
    assert_false(stmt_run(s, &err));
    stmt_close(s);
    assert_false(insert(db, 2, STR("b"), &err));
    assert_non_null(strstr(err.msg, "lost"));
    assert_false(store_commit(db, &err));
    assert_int_equal(err.code, ERR_IO);
    assert_int_equal(count(db), 0);
    assert_true(insert(db, 3, STR("c"), &err));
    store_close(db);
}

static void a_second_writer_is_told_busy_and_a_reader_reads_on(void **state)
{
    Store *one = open_thing(*state), *two = open_thing(*state);
    Err err = {0};
    assert_true(insert(one, 1, STR("a"), &err));
    assert_true(store_begin(one, &err) && insert(one, 2, STR("b"), &err));
    assert_false(store_begin(two, &err));
    assert_int_equal(err.code, ERR_BUSY);
    assert_false(insert(two, 3, STR("c"), &err));
    assert_int_equal(err.code, ERR_BUSY);
    assert_int_equal(count(two), 1);
    Store *three = open_thing(*state); /* opening needs no lock either */
    assert_int_equal(count(three), 1);
    assert_true(store_commit(one, &err));
    assert_true(store_begin(two, &err) && insert(two, 3, STR("c"), &err) &&
                store_commit(two, &err));
    assert_int_equal(count(one), 3);
    store_close(three);
    store_close(two);
    store_close(one);
}

static void an_open_transaction_is_rolled_back_by_close(void **state)
{
    Store *db = open_thing(*state);
    Err err = {0};
    assert_true(store_begin(db, &err) && store_begin(db, &err) &&
                insert(db, 1, STR("a"), &err));
    store_close(db);
    db = open_thing(*state);
    assert_int_equal(count(db), 0);
    store_close(db);
}

static int64_t pragma_of(Store *db, const char *sql)
{
    Err err = {0};
    Stmt *s = NULL;
    bool row = false;
    assert_true(stmt_open_literal(db, sql, &s, &err) && stmt_step(s, &row, &err) && row);
    int64_t v = stmt_i64(s, 0);
    if (str_eq(stmt_text(s, 0), STR("wal")))
        v = -1;
    stmt_close(s);
    return v;
}

static void a_store_is_durable_and_knows_its_name(void **state)
{
    Store *db = open_thing(*state);
    assert_int_equal(pragma_of(db, "PRAGMA journal_mode"), -1);
    assert_int_equal(pragma_of(db, "PRAGMA synchronous"), 2); /* FULL */
    assert_int_equal(pragma_of(db, "PRAGMA foreign_keys"), 1);
    assert_int_equal(pragma_of(db, "PRAGMA application_id"), STORE_APPLICATION_ID);
    store_close(db);
}

static void the_shipped_store_opens_in_a_folder_that_is_not_there(void **state)
{
    Err err = {0};
    Store *db = NULL;
    const char *path = temp_path(*state, "new/folder/gavel.db");
    for (int i = 0; i < 2; i++) {
        if (!store_open(path, &db, &err))
            fail_msg("%s", err.msg);
        store_close(db);
    }
    assert_true(file_exists(path));
}

static void what_is_no_store_is_refused_and_left_alone(void **state)
{
    Temp *t = *state;
    Err err = {0};
    Store *db = NULL;
    const char *path = temp_path(t, "x.db");
    Str text = str_print(t->arena, "%4096s", "this is not a database");
    assert_true(file_save(path, text, &err));
    assert_false(store_open(path, &db, &err));
    assert_int_equal(err.code, ERR_CORRUPT);
    Str after;
    assert_true(file_load(t->arena, path, 1 << 20, &after, &err));
    assert_true(str_eq(text, after));
    assert_false(store_open(t->dir, &db, &err)); /* a folder */
    assert_int_equal(err.code, ERR_IO);
    assert_null(db);
    store_close(NULL);
    stmt_close(NULL);
}

#ifdef FAULTS
/* Opens, writes two rows in a transaction and one outside, reads them back. */
static bool a_life(const char *path, int64_t *rows, bool *acknowledged, Err *err)
{
    Store *db = NULL;
    bool ok = store_open_with(path, &options, &db, err) && store_begin(db, err) &&
              insert(db, 1, STR("a"), err) && insert(db, 2, STR("b"), err) &&
              store_commit(db, err);
    *acknowledged = ok;
    ok = ok && insert(db, 3, STR("c"), err) && try_count(db, rows, err);
    store_close(db);
    return ok;
}

static void whatever_fails_the_store_is_whole_and_a_commit_told_is_kept(void **state)
{
    Temp *t = *state;
    long tried = 0;
    FAULT_SWEEP(n)
    {
        const char *path =
            str_print(t->arena, "%s/folder%ld/thing.db", t->dir, n).ptr; /* fresh each time */
        Err err = {0};
        int64_t rows = -1;
        bool acknowledged = false, ok = a_life(path, &rows, &acknowledged, &err);
        assert_true(ok != fault_hit());
        assert_true(ok == (err.code == ERR_NONE));
        assert_true(ok || err.msg[0]);
        fault_arm(0, 0);
        Store *db = NULL;
        Err again = {0};
        if (!store_open_with(path, &options, &db, &again))
            fail_msg("after fault %ld: %s", n, again.msg);
        int64_t kept = count(db);
        if (acknowledged)
            assert_in_range(kept, 2, 3);
        else
            assert_int_equal(kept, 0);
        store_close(db);
        tried = n;
        if (ok)
            break;
    }
    assert_in_range(tried, 10, 100); /* the doors were really in the way */
}
#endif

#define T(f) cmocka_unit_test_setup_teardown(f, with_temp, without_temp)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(every_type_comes_back_as_it_went_in),
        T(empty_is_not_null),
        T(a_statement_opened_again_is_the_same_one_without_its_values),
        T(reset_keeps_the_values),
        T(too_many_open_statements_are_refused_and_closing_one_helps),
        T(broken_rules_of_the_tables_are_conflicts),
        T(sql_that_does_not_fit_the_tables_is_told),
        T(a_transaction_is_kept_or_rolled_back_whole),
        T(an_inner_transaction_joins_the_outer_one),
        T(an_inner_rollback_makes_the_outer_commit_fail),
        T(nothing_slips_out_of_a_transaction_that_was_lost),
        T(a_second_writer_is_told_busy_and_a_reader_reads_on),
        T(an_open_transaction_is_rolled_back_by_close),
        T(a_store_is_durable_and_knows_its_name),
        T(the_shipped_store_opens_in_a_folder_that_is_not_there),
        T(what_is_no_store_is_refused_and_left_alone),
#ifdef FAULTS
        T(whatever_fails_the_store_is_whole_and_a_commit_told_is_kept),
#endif
    };
    return cmocka_run_group_tests_name("store/store_sqlite", tests, NULL, NULL);
}
