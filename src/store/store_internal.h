/* store_internal.h - what migrate.c and the tests need of the driver beside store.h. */
#ifndef STORE_STORE_INTERNAL_H
#define STORE_STORE_INTERNAL_H

#include "store/migrate_internal.h"

/* "GAVL", in the file's header: what `file` and we know a store by. */
#define STORE_APPLICATION_ID 0x4741564c

typedef struct StoreOptions {
    const EmbeddedFile *migrations;
    int busy_timeout_ms;
} StoreOptions;

bool store_open_with(const char *path, const StoreOptions *o, Store **out, Err *err);

/* Statements separated by semicolons; for migration files, which are no literals. */
bool store_run_script(Store *db, const char *sql, Err *err);

bool store_in_transaction(const Store *db); /* as SQLite sees it */
const char *store_path(const Store *db);

#endif
