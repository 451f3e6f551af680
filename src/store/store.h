/* store.h - the only room that knows a database.
 *
 * SQLite: WAL, foreign keys, busy timeout, synchronous FULL (an acknowledged commit
 * survives a crash).  SQL is literals only: `"" sql ""` does not compile otherwise, so
 * values travel as parameters.  A Store belongs to one thread; open one per thread.
 *
 *     Stmt *s;
 *     if (!stmt_open(db, "SELECT id, text FROM sample WHERE source = ?1", &s, err)) ...
 *     stmt_bind_text(s, 1, source);
 *     bool row;
 *     while (stmt_step(s, &row, err) && row) ... stmt_text(s, 1) ...
 *     stmt_close(s);
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/err.h"
#include "base/str.h"

typedef struct Store Store;
typedef struct Stmt Stmt;

/* Creates the file and its folder when absent and runs the migrations that are
 * missing, each in a transaction.  ERR_CONFLICT when the file was written by a newer
 * program, ERR_BUSY when another process holds it too long, ERR_CORRUPT, ERR_IO. */
bool store_open(const char *path, Store **out, Err *err);
void store_close(Store *db); /* NULL is fine */

/* Nested calls join the outer transaction: an inner commit is only counted, an inner
 * rollback makes the outer commit fail.  store_commit false: nothing was kept, and the
 * transaction is over (a store_rollback behind it is harmless). */
bool store_begin(Store *db, Err *err);
bool store_commit(Store *db, Err *err);
void store_rollback(Store *db); /* harmless when none is open */

#define stmt_open(db, sql, out, err) stmt_open_literal((db), "" sql "", (out), (err))
#define store_exec(db, sql, err)     store_exec_literal((db), "" sql "", (err))
bool stmt_open_literal(Store *db, const char *sql, Stmt **out, Err *err);
bool store_exec_literal(Store *db, const char *sql, Err *err);

/* Opening the same literal again finds it prepared, so open where you use it.
 * Parameters count from 1 and keep their value over a reset; bytes are borrowed until
 * they are bound anew or the statement is closed. */
void stmt_bind_i64(Stmt *s, int i, int64_t v);
void stmt_bind_double(Stmt *s, int i, double v);
void stmt_bind_text(Stmt *s, int i, Str v);
void stmt_bind_blob(Stmt *s, int i, Str v);
void stmt_bind_null(Stmt *s, int i);

bool stmt_step(Stmt *s, bool *row, Err *err); /* *row false: no more; false: failed */
bool stmt_run(Stmt *s, Err *err);             /* step to the end, then reset */
void stmt_reset(Stmt *s);
void stmt_close(Stmt *s); /* NULL is fine */

/* Columns count from 0; text and blobs are borrowed until the next step. */
int64_t stmt_i64(Stmt *s, int column);
double stmt_double(Stmt *s, int column);
Str stmt_text(Stmt *s, int column);
bool stmt_is_null(Stmt *s, int column);

int64_t store_changes(Store *db); /* rows that the last statement changed */

#endif
