/* migrate_internal.h - the shape of a store is a list of numbered files, applied once
 * each, in order, forward only.
 *
 * A file is src/store/migrations/NNNN-name.sql, numbered from 0001 without gaps and
 * embedded in the program by tools/embed.  It runs inside a transaction together with
 * its row in the table `migration`, so it happened whole or not at all.  A file that was
 * released is never edited: its digest is kept, and a store whose digest differs is
 * refused.
 */
#ifndef STORE_MIGRATE_INTERNAL_H
#define STORE_MIGRATE_INTERNAL_H

#include "base/embedded.h"
#include "store/store.h"

/* ERR_CONFLICT: the store is newer than the list, of another history, or not ours at
 * all.  Writes nothing, and waits for nobody, when all are applied already. */
bool migrate(Store *db, const EmbeddedFile *files, Err *err);

#endif
