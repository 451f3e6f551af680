/* recipe.h - how the files of a source become labelled rows, written down as YAML.
 *
 * A recipe names the source, its licence and files, the column that is the text, and rules
 * that turn columns into factor values; what no rule sets is unknown.  docs/RECIPES.md
 * tells every key.  A recipe is immutable once loaded.
 *
 * A recipe may name texts by their digest instead of having them: label overlays
 * (data/overlay.h), whose rows have a digest and no text.
 *
 * Reading yields rows as training and evaluation want them: the text cleaned and masked
 * (data/mask.h), its digest filled, labels, weight, language, and a group that keeps
 * pieces of one document (or one pair) together.
 */
#ifndef DATA_RECIPE_H
#define DATA_RECIPE_H

#include "data/reader.h"
#include "data/rows.h"

typedef struct Recipe Recipe;

/* Errors name file, line and column: "recipes/x.yaml:3:7: ...".  Files that the recipe names
 * (rule sets, term lists) are read too, relative to the recipe's folder. */
bool recipe_load(Arena *a, const char *path, const Recipe **out, Err *err);

Str recipe_source(const Recipe *r);
Str recipe_licence(const Recipe *r);
Digest recipe_digest(const Recipe *r); /* of its text and of everything it includes */

typedef struct RecipeCounts {
    size_t records; /* read from the files, bad ones not counted */
    size_t bad;
    size_t filtered; /* by `where`, a `drop` rule or a split that is skipped */
    size_t empty;    /* nothing left of the text */
    size_t over;     /* beyond max_rows */
    size_t rows;     /* yielded; a long text may be cut into several */
} RecipeCounts;

/* Rows one by one.  `path` is the folder that the recipe's file patterns start from, or one
 * file, which then is read as each part of the recipe whose pattern fits its name (or, when
 * none does, as the first part). */
typedef struct RecipeReader RecipeReader;
bool recipe_reader_open(const Recipe *r, const char *path, size_t max_line_bytes,
                        RecipeReader **out, Err *err);

/* As reader_next.  Its texts are borrowed until the next step.
 * row->split is SPLIT_COUNT where the recipe fixes none; row->cluster is 0. */
ReadStep recipe_reader_next(RecipeReader *rr, Row *row, Err *err);
RecipeCounts recipe_reader_counts(const RecipeReader *rr);
void recipe_reader_close(RecipeReader *rr);

/* All of them at once, as evaluation reads development sets.  Bad rows are kept as messages
 * up to BAD_ROWS_KEPT and counted beyond.  ERR_INPUT for a
 * recipe whose rows have no text. */
enum { BAD_ROWS_KEPT = 20 };
typedef struct BadRows {
    size_t count;
    Str message[BAD_ROWS_KEPT];
} BadRows;

bool rows_read(Arena *a, const Recipe *r, const char *path, size_t max_line_bytes, Rows *out,
               BadRows *bad, Err *err);

#endif
