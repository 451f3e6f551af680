/* ingest.h - files into the archive, through a recipe.
 *
 * Rows go in by batches, each one transaction; a batch is acknowledged once it is
 * committed, and an acknowledged row survives whatever happens next.  Reading the same
 * thing again adds nothing, so a run that was stopped or killed is resumed by running
 * it again.  A bad row is reported and counted, and the rest goes in.
 */
#ifndef DATA_INGEST_H
#define DATA_INGEST_H

#include "base/progress.h"
#include "data/recipe.h"
#include "store/store.h"

typedef struct IngestCounts {
    size_t rows;                       /* read and now in the archive */
    size_t samples;                    /* of them, texts that were new */
    size_t label_sets;                 /* of them, opinions that were new */
    size_t absent;                     /* rows that name a text which the archive has not */
    size_t bad, filtered, empty, over; /* of records, as RecipeCounts has them */
} IngestCounts;

typedef struct IngestOptions {
    size_t batch_rows;     /* committed at once; at least 1 */
    size_t max_line_bytes; /* of the files */
    int64_t now_ms;
    const Progress *progress;
    /* Both may be NULL.  A false from `acknowledged` ends the run with its error. */
    bool (*bad)(void *ctx, const char *message, Err *err);
    bool (*acknowledged)(void *ctx, const IngestCounts *so_far, Err *err);
    void *ctx;
} IngestOptions;

/* One path (a folder or a file) through one recipe.  *counts tells, also on failure,
 * what is in.  ERR_STOPPED after stop_requested(), with all that was read committed;
 * ERR_INPUT when nothing could be read: no good row, and bad ones or none at all. */
bool ingest_path(Store *db, const char *recipe_path, const char *path, const IngestOptions *o,
                 IngestCounts *counts, Err *err);

/* A recipe file and what it reads. */
typedef struct RecipePath {
    const char *recipe, *path;
} RecipePath;

/* For each NAME.yaml in `recipes`, in order of name: it reads folder/NAME where there is
 * such a folder, else `folder` itself, which then is the root that its file patterns
 * start from.  ERR_NOT_FOUND when there is no recipe. */
bool recipe_paths(Arena *a, const char *recipes, const char *folder, RecipePath **out,
                  size_t *count, Err *err);

#endif
