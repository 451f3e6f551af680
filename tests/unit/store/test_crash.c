/* kill -9 at any moment: every row whose commit was acknowledged is there afterwards,
 * and no transaction is there by half.
 *
 * A child commits and acknowledges each commit through a pipe; after a number of
 * acknowledgements drawn from the seed it is killed, wherever it is by then. */
#include "temp.h"

#include "store/store_internal.h"

#include <signal.h>
#include <sys/wait.h>

enum { KILLS = 20, MOST_ACKS = 60, ROWS_PER_COMMIT = 3 };

static const EmbeddedFile schema[] = {
    {"0001-row.sql", "CREATE TABLE row (id INTEGER PRIMARY KEY, body TEXT NOT NULL);"},
    {0             },
};
static const StoreOptions options = {.migrations = schema, .busy_timeout_ms = 5000};

static bool insert(Store *db, int64_t id, Err *err)
{
    static const char body[500] = {'x'};
    Stmt *s = NULL;
    bool ok = stmt_open(db, "INSERT INTO row (id, body) VALUES (?1, ?2)", &s, err);
    if (ok) {
        stmt_bind_i64(s, 1, id);
        stmt_bind_text(s, 2, (Str){body, sizeof body});
        ok = stmt_run(s, err);
    }
    stmt_close(s);
    return ok;
}

static void count(Store *db, int64_t *rows, int64_t *last)
{
    Err err = {0};
    Stmt *s = NULL;
    bool row = false;
    if (!stmt_open(db, "SELECT count(*), coalesce(max(id), 0) FROM row", &s, &err) ||
        !stmt_step(s, &row, &err))
        fail_msg("%s", err.msg);
    *rows = stmt_i64(s, 0);
    *last = stmt_i64(s, 1);
    stmt_close(s);
}

static bool is_sound(Store *db)
{
    Err err = {0};
    Stmt *s = NULL;
    bool row = false;
    bool ok = stmt_open(db, "PRAGMA integrity_check", &s, &err) && stmt_step(s, &row, &err) &&
              row && str_eq(stmt_text(s, 0), STR("ok"));
    stmt_close(s);
    return ok;
}

/* Never returns: ends only by the kill (or 3: a failure, which the parent sees). */
static void commit_for_ever(const char *path, int out)
{
    Err err = {0};
    Store *db = NULL;
    int64_t rows, id = 0;
    if (!store_open_with(path, &options, &db, &err))
        _exit(3);
    count(db, &rows, &id);
    for (;;) {
        bool ok = store_begin(db, &err);
        for (int i = 0; ok && i < ROWS_PER_COMMIT; i++)
            ok = insert(db, ++id, &err);
        if (!ok || !store_commit(db, &err) || write(out, &id, sizeof id) != sizeof id)
            _exit(3);
    }
}

static int64_t last_acknowledged_of_a_child_killed_after(const char *path, uint64_t acks)
{
    int end[2];
    assert_int_equal(pipe(end), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(end[0]);
        commit_for_ever(path, end[1]);
    }
    close(end[1]);
    int64_t id = 0, last = 0;
    for (uint64_t n = 0; n < acks && read(end[0], &id, sizeof id) == sizeof id; n++)
        last = id;
    kill(child, SIGKILL);
    while (read(end[0], &id, sizeof id) == sizeof id) /* told before it died */
        last = id;
    close(end[0]);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    return last;
}

static void an_acknowledged_commit_survives_kill_9(void **state)
{
    Temp *t = *state;
    const char *path = temp_path(t, "crash.db");
    uint64_t seed = 20261124;
    int64_t before = 0;
    for (int i = 0; i < KILLS; i++) {
        uint64_t acks = random_u64(&seed) % MOST_ACKS;
        int64_t last = last_acknowledged_of_a_child_killed_after(path, acks);
        Store *db = NULL;
        Err err = {0};
        if (!store_open_with(path, &options, &db, &err))
            fail_msg("after kill %d: %s", i, err.msg);
        assert_true(is_sound(db));
        int64_t rows = 0, highest = 0;
        count(db, &rows, &highest);
        assert_true(highest >= last);
        assert_true(highest >= before + (int64_t)acks * ROWS_PER_COMMIT);
        assert_int_equal(rows, highest); /* no hole */
        assert_int_equal(rows % ROWS_PER_COMMIT, 0);
        before = highest;
        store_close(db);
    }
    assert_true(before > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_acknowledged_commit_survives_kill_9, with_temp,
                                        without_temp),
    };
    return cmocka_run_group_tests_name("store/crash", tests, NULL, NULL);
}
