/* migrate.c - brings a store to the shape that this program knows.
 *
 * First it only reads: how many files were applied, and were they these?  The common
 * start finds nothing missing and takes no lock.  Each missing file then has its own
 * transaction, inside which the table is read again, since another process may have been
 * faster. */
#include "store/store_internal.h"

#include "base/clock.h"
#include "base/hash.h"

#include <assert.h>
#include <ctype.h>

enum { NUMBER_DIGITS = 4 };

/* 1, 2, ... as the file names say. */
static bool numbered(const EmbeddedFile *files)
{
    for (int i = 0; files[i].name; i++) {
        int64_t n = 0;
        if (strlen(files[i].name) <= NUMBER_DIGITS || files[i].name[NUMBER_DIGITS] != '-' ||
            !isdigit((unsigned char)files[i].name[0]) ||
            !str_to_i64((Str){files[i].name, NUMBER_DIGITS}, &n) || n != i + 1)
            return false;
    }
    return true;
}

static bool has_table(Store *db, bool *out, Err *err)
{
    Stmt *s = NULL;
    bool ok = stmt_open(db, "SELECT 1 FROM sqlite_schema WHERE name = 'migration'", &s, err) &&
              stmt_step(s, out, err);
    stmt_close(s);
    return ok;
}

static bool check_row(Store *db, Stmt *s, const EmbeddedFile *files, int known, Err *err)
{
    int64_t number = stmt_i64(s, 0);
    if (number < 1 || number > known)
        return err_set(err, ERR_CONFLICT,
                       "store %s was written by a newer program: it has migration %lld, this "
                       "program knows %d",
                       store_path(db), (long long)number, known);
    const EmbeddedFile *f = &files[number - 1];
    char hex[DIGEST_HEX_SIZE];
    Digest d = digest_of(str_of(f->text));
    digest_hex(&d, hex);
    if (!str_eq(stmt_text(s, 1), str_of(hex)))
        return err_set(err, ERR_CONFLICT,
                       "store %s was made by another edition of this program: its migration "
                       "%s differs",
                       store_path(db), f->name);
    return true;
}

/* How many of the files were applied; false when what was applied are not these. */
static bool count_applied(Store *db, const EmbeddedFile *files, int known, int *out, Err *err)
{
    bool table = false;
    if (!has_table(db, &table, err))
        return false;
    int count = 0;
    Stmt *s = NULL;
    bool row = table, ok = true;
    if (table)
        ok = stmt_open(db, "SELECT number, digest FROM migration ORDER BY number DESC", &s,
                       err) &&
             stmt_step(s, &row, err);
    while (ok && row) {
        count++;
        ok = check_row(db, s, files, known, err) && stmt_step(s, &row, err);
    }
    stmt_close(s);
    if (ok)
        *out = count;
    return ok;
}

static bool record(Store *db, int number, const EmbeddedFile *f, Err *err)
{
    char hex[DIGEST_HEX_SIZE];
    Digest d = digest_of(str_of(f->text));
    digest_hex(&d, hex);
    Stmt *s = NULL;
    bool ok = stmt_open(db,
                        "INSERT INTO migration (number, name, digest, applied_ms)"
                        " VALUES (?1, ?2, ?3, ?4)",
                        &s, err);
    if (ok) {
        stmt_bind_i64(s, 1, number);
        stmt_bind_text(s, 2, str_of(f->name));
        stmt_bind_text(s, 3, str_of(hex));
        stmt_bind_i64(s, 4, clock_wall_ms());
        ok = stmt_run(s, err);
    }
    stmt_close(s);
    return ok;
}

static bool prepare_table(Store *db, Err *err)
{
    /* the number is STORE_APPLICATION_ID: a pragma takes no parameter */
    _Static_assert(STORE_APPLICATION_ID == 1195464268, "as written below");
    return store_exec(db,
                      "PRAGMA application_id = 1195464268;"
                      "CREATE TABLE IF NOT EXISTS migration ("
                      "  number INTEGER PRIMARY KEY,"
                      "  name TEXT NOT NULL,"
                      "  digest TEXT NOT NULL,"
                      "  applied_ms INTEGER NOT NULL)",
                      err);
}

/* Inside a transaction.  *done: how many are applied afterwards. */
static bool apply_next(Store *db, const EmbeddedFile *files, int known, int *done, Err *err)
{
    if (!prepare_table(db, err) || !count_applied(db, files, known, done, err))
        return false;
    if (*done == known)
        return true; /* another process was faster */
    const EmbeddedFile *f = &files[*done];
    if (!store_run_script(db, f->text, err))
        return err_wrap(err, "migration %s", f->name);
    if (!store_in_transaction(db))
        return err_set(err, ERR_CORRUPT, "migration %s ends its transaction", f->name);
    if (!record(db, *done + 1, f, err))
        return false;
    ++*done;
    return true;
}

bool migrate(Store *db, const EmbeddedFile *files, Err *err)
{
    assert(numbered(files));
    int known = 0, done = 0;
    while (files[known].name)
        known++;
    if (!count_applied(db, files, known, &done, err))
        return false;
    while (done < known) {
        if (!store_begin(db, err))
            return false;
        if (!apply_next(db, files, known, &done, err)) {
            store_rollback(db);
            return false;
        }
        if (!store_commit(db, err))
            return false;
    }
    return true;
}
