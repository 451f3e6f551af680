/* recipe_version.h - which edition of a recipe speaks.
 *
 * A recipe is known by its name (that of its file, without ".yaml") and each edition by
 * its digest.  Of one name one edition is in force, and only its label sets count.  An
 * edition comes into force when a run with it has gone through (recipe_version_promote),
 * or at once when there is no other, so an edited recipe replaces at one stroke what it
 * said before.  Nothing is deleted: ingesting an old edition again brings it back.
 */
#ifndef DATA_RECIPE_VERSION_H
#define DATA_RECIPE_VERSION_H

#include "data/recipe.h"
#include "store/store.h"

Str recipe_name_of(const char *path); /* "recipes/train/edos.yaml" -> "edos" */

/* Inside a transaction.  The id of this edition, made when it is new. */
bool recipe_version_put(Store *db, Str name, const Recipe *r, int64_t now_ms, int64_t *id,
                        Err *err);
bool recipe_version_promote(Store *db, int64_t id, Err *err);

#endif
