/* store_sqlite.c - the door to SQLite.
 *
 * A Store is one connection, in an arena of its own, with a fixed table of statements:
 * stmt_close does not finalise but leaves the statement, reset, in its slot, and the next
 * stmt_open of the same literal finds it there.  An idle statement holds no lock.
 *
 * Transactions are counted, not nested: only the outermost begin and commit reach
 * SQLite.  An inner rollback dooms the outer commit.
 *
 * What surprises: after some failures (disk full, I/O) SQLite ends the transaction by
 * itself, and whatever ran next would be committed on its own.  So every step inside a
 * transaction first looks whether it is still there.
 */
#include "store/store_internal.h"

#include "base/fault.h"
#include "base/file.h"

#include <assert.h>
#include <sqlite3.h>

enum {
    BUSY_TIMEOUT_MS = 5000,
    STMT_SLOTS = 128, /* open at once, and kept for the next use */
    STORE_ARENA = 1 << 20,
};

struct Stmt {
    Store *db;
    sqlite3_stmt *handle; /* NULL: the slot was never used */
    const char *sql;      /* a literal: it outlives the Store */
    bool open;
    int bind_error;    /* the first one, reported by the step */
    uint64_t used_for; /* count of stmt_opens, to find the slot idle for longest */
};

struct Store {
    Arena *arena;
    sqlite3 *handle;
    const char *path;
    int depth;   /* of store_begin */
    bool doomed; /* something inside was rolled back */
    uint64_t opens;
    Stmt slot[STMT_SLOTS];
};

static ErrCode code_of(int rc)
{
    switch (rc & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return ERR_BUSY;
    case SQLITE_CONSTRAINT:
        return ERR_CONFLICT;
    case SQLITE_TOOBIG:
    case SQLITE_NOMEM:
        return ERR_LIMIT;
    case SQLITE_IOERR:
    case SQLITE_FULL:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return ERR_IO;
    default: /* not a database, malformed, or not the tables that the SQL speaks of */
        return ERR_CORRUPT;
    }
}

static bool failed(const Store *db, int rc, Err *err)
{
    if (code_of(rc) == ERR_BUSY)
        return err_set(err, ERR_BUSY, "store %s: another process holds it", db->path);
    return err_set(err, code_of(rc), "store %s: %s", db->path, sqlite3_errmsg(db->handle));
}

static bool broken_on_purpose(const Store *db, Err *err)
{
    return fault() && !err_errno(err, "store %s", db->path);
}

/* --- running text ---------------------------------------------------------- */

/* One statement of a script, to its end; *sql moves behind it. */
static bool run_first(Store *db, const char **sql, Err *err)
{
    sqlite3_stmt *s = NULL;
    int rc = sqlite3_prepare_v2(db->handle, *sql, -1, &s, sql);
    if (rc != SQLITE_OK)
        return failed(db, rc, err);
    if (!s)
        return true; /* white space or a comment */
    bool ok = !broken_on_purpose(db, err);
    if (ok) {
        do
            rc = sqlite3_step(s);
        while (rc == SQLITE_ROW);
        ok = rc == SQLITE_DONE || failed(db, rc, err);
    }
    sqlite3_finalize(s);
    return ok;
}

bool store_run_script(Store *db, const char *sql, Err *err)
{
    while (*sql)
        if (!run_first(db, &sql, err))
            return false;
    return true;
}

bool store_exec_literal(Store *db, const char *sql, Err *err)
{
    return store_run_script(db, sql, err);
}

/* --- opening --------------------------------------------------------------- */

static bool make_folder_of(Arena *a, const char *path, Err *err)
{
    const char *slash = strrchr(path, '/');
    if (!slash || slash == path)
        return true;
    const char *dir = str_z(a, (Str){path, (size_t)(slash - path)});
    return file_is_dir(dir) || file_make_dirs(dir, err);
}

/* WAL is a property of the file: only the first opener sets it, and SQLite does not wait
 * for others there by itself, so we do. */
static bool use_wal(Store *db, int busy_timeout_ms, Err *err)
{
    enum { NAP_MS = 5 };
    Err why = {0};
    for (int waited = 0; !store_exec(db, "PRAGMA journal_mode = WAL", &why);) {
        if (why.code != ERR_BUSY || waited >= busy_timeout_ms) {
            *err = why;
            return false;
        }
        waited += sqlite3_sleep(NAP_MS);
    }
    return true;
}

static bool open_handle(Store *db, const StoreOptions *o, Err *err)
{
    if (broken_on_purpose(db, err))
        return false;
    int rc = sqlite3_open_v2(db->path, &db->handle,
                             SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
                                 SQLITE_OPEN_EXRESCODE,
                             NULL);
    if (rc != SQLITE_OK)
        return err_set(err, code_of(rc), "cannot open the store %s: %s", db->path,
                       sqlite3_errstr(rc));
    sqlite3_busy_timeout(db->handle, o->busy_timeout_ms);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    return true;
}

/* Whose file it is must be known before anything is written to it. */
static bool is_ours(Store *db, Err *err)
{
    Stmt *s = NULL;
    bool row = false;
    int64_t id = 0, tables = 0;
    bool ok = stmt_open(db,
                        "SELECT application_id, (SELECT count(*) FROM sqlite_schema)"
                        " FROM pragma_application_id",
                        &s, err) &&
              stmt_step(s, &row, err);
    if (ok) {
        id = stmt_i64(s, 0);
        tables = stmt_i64(s, 1);
    }
    stmt_close(s);
    if (ok && id != STORE_APPLICATION_ID && (id != 0 || tables != 0))
        return err_set(err, ERR_CONFLICT, "%s is a database of another program", db->path);
    return ok;
}

bool store_open_with(const char *path, const StoreOptions *o, Store **out, Err *err)
{
    Arena *a = arena_open(STORE_ARENA);
    Store *db = arena_new(a, Store);
    db->arena = a;
    db->path = str_z(a, str_of(path));
    bool ok = make_folder_of(a, path, err) && open_handle(db, o, err) && is_ours(db, err) &&
              use_wal(db, o->busy_timeout_ms, err) &&
              store_exec(db, "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON", err) &&
              migrate(db, o->migrations, err);
    if (ok)
        *out = db;
    else
        store_close(db);
    return ok;
}

bool store_open(const char *path, Store **out, Err *err)
{
    const StoreOptions o = {.migrations = embedded_migrations,
                            .busy_timeout_ms = BUSY_TIMEOUT_MS};
    return store_open_with(path, &o, out, err);
}

void store_close(Store *db)
{
    if (!db)
        return;
    store_rollback(db);
    for (int i = 0; i < STMT_SLOTS; i++) {
        assert(!db->slot[i].open); /* its Stmt would dangle */
        sqlite3_finalize(db->slot[i].handle);
    }
    int rc = sqlite3_close(db->handle);
    assert(rc == SQLITE_OK);
    arena_close(db->arena);
}

const char *store_path(const Store *db) { return db->path; }

int64_t store_changes(Store *db) { return sqlite3_changes64(db->handle); }

/* --- transactions ---------------------------------------------------------- */

bool store_in_transaction(const Store *db) { return !sqlite3_get_autocommit(db->handle); }

bool store_begin(Store *db, Err *err)
{
    /* IMMEDIATE: a transaction that began as a reader cannot become a writer once
     * somebody else wrote, however long it waits. */
    if (db->depth == 0 && !store_exec(db, "BEGIN IMMEDIATE", err))
        return false;
    db->depth++;
    return true;
}

static bool commit(Store *db, Err *err)
{
    if (!store_in_transaction(db))
        return err_set(err, ERR_IO, "store %s: the transaction was lost to an earlier failure",
                       db->path);
    if (db->doomed)
        return err_set(err, ERR_CONFLICT, "store %s: a part of the transaction was rolled back",
                       db->path);
    return store_exec(db, "COMMIT", err);
}

/* An inner commit is only counted: whether its work is kept, the outer one says. */
bool store_commit(Store *db, Err *err)
{
    assert(db->depth > 0);
    if (db->depth > 1) {
        db->depth--;
        return true;
    }
    bool ok = commit(db, err);
    if (ok)
        db->depth = 0;
    else
        store_rollback(db);
    return ok;
}

void store_rollback(Store *db)
{
    if (db->depth == 0)
        return;
    db->depth--;
    db->doomed = db->depth > 0;
    /* Cleaning up must not be what fails: no fault point, and what ROLLBACK could
     * complain of (no transaction) is what we want. */
    if (db->depth == 0 && store_in_transaction(db))
        sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
}

/* --- statements ------------------------------------------------------------ */

/* The idle slot that holds this SQL already; else an unused one; else the one idle for
 * longest; NULL when all are open. */
static Stmt *find_slot(Store *db, const char *sql)
{
    Stmt *best = NULL;
    for (int i = 0; i < STMT_SLOTS; i++) {
        Stmt *s = &db->slot[i];
        if (s->open)
            continue;
        if (s->handle && strcmp(s->sql, sql) == 0)
            return s;
        if (!best || s->used_for < best->used_for)
            best = s;
        if (!s->handle) /* slots fill from the front: nothing behind was ever used */
            break;
    }
    return best;
}

bool stmt_open_literal(Store *db, const char *sql, Stmt **out, Err *err)
{
    Stmt *s = find_slot(db, sql);
    if (!s)
        return err_set(err, ERR_LIMIT, "store %s: %d statements are open", db->path,
                       STMT_SLOTS);
    if (!s->handle || strcmp(s->sql, sql) != 0) {
        sqlite3_finalize(s->handle);
        *s = (Stmt){.db = db, .sql = sql};
        const char *tail = NULL;
        int rc = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &s->handle,
                                    &tail);
        if (rc != SQLITE_OK)
            return failed(db, rc, err);
        assert(s->handle && *tail == 0); /* one statement */
    }
    s->open = true;
    s->used_for = ++db->opens;
    *out = s;
    return true;
}

void stmt_close(Stmt *s)
{
    if (!s)
        return;
    assert(s->open);
    stmt_reset(s);
    sqlite3_clear_bindings(s->handle); /* they point at the caller's bytes */
    s->open = false;
}

void stmt_reset(Stmt *s)
{
    sqlite3_reset(s->handle); /* its result is that of the last step, told already */
    s->bind_error = SQLITE_OK;
}

static void bound(Stmt *s, int rc)
{
    assert(s->open && rc != SQLITE_RANGE && rc != SQLITE_MISUSE);
    if (s->bind_error == SQLITE_OK)
        s->bind_error = rc;
}

void stmt_bind_i64(Stmt *s, int i, int64_t v) { bound(s, sqlite3_bind_int64(s->handle, i, v)); }

void stmt_bind_double(Stmt *s, int i, double v)
{
    bound(s, sqlite3_bind_double(s->handle, i, v));
}

/* A NULL pointer would bind NULL, and an empty text is not that. */
void stmt_bind_text(Stmt *s, int i, Str v)
{
    bound(s, sqlite3_bind_text64(s->handle, i, v.ptr ? v.ptr : "", v.len, SQLITE_STATIC,
                                 SQLITE_UTF8));
}

void stmt_bind_blob(Stmt *s, int i, Str v)
{
    bound(s, sqlite3_bind_blob64(s->handle, i, v.ptr ? v.ptr : "", v.len, SQLITE_STATIC));
}

void stmt_bind_null(Stmt *s, int i) { bound(s, sqlite3_bind_null(s->handle, i)); }

bool stmt_step(Stmt *s, bool *row, Err *err)
{
    Store *db = s->db;
    assert(s->open);
    if (s->bind_error != SQLITE_OK)
        return failed(db, s->bind_error, err);
    if (db->depth > 0 && !store_in_transaction(db))
        return err_set(err, ERR_IO, "store %s: the transaction was lost to an earlier failure",
                       db->path);
    if (broken_on_purpose(db, err))
        return false;
    int rc = sqlite3_step(s->handle);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return failed(db, rc, err);
    *row = rc == SQLITE_ROW;
    return true;
}

bool stmt_run(Stmt *s, Err *err)
{
    bool row = true, ok = true;
    while (ok && row)
        ok = stmt_step(s, &row, err);
    stmt_reset(s);
    return ok;
}

int64_t stmt_i64(Stmt *s, int column) { return sqlite3_column_int64(s->handle, column); }

double stmt_double(Stmt *s, int column) { return sqlite3_column_double(s->handle, column); }

Str stmt_text(Stmt *s, int column)
{
    int type = sqlite3_column_type(s->handle, column);
    if (type == SQLITE_NULL)
        return (Str){0};
    /* the pointer first: fetching it may convert, and only then is the length right */
    const char *p = type == SQLITE_BLOB ? sqlite3_column_blob(s->handle, column)
                                        : (const char *)sqlite3_column_text(s->handle, column);
    int n = sqlite3_column_bytes(s->handle, column);
    return p ? (Str){p, (size_t)n} : STR("");
}

bool stmt_is_null(Stmt *s, int column)
{
    return sqlite3_column_type(s->handle, column) == SQLITE_NULL;
}
