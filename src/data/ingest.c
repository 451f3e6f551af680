/* ingest.c - one loop: next row, put it, commit now and then.
 *
 * There is no offset to resume from.  An offset is wrong as soon as a file changed, and
 * reading again what is known costs a look-up per row; so the archive itself is the
 * memory of what went in (docs/decisions/0002-label-sets.md).  The table ingest_run only tells
 * people what ran; its counts move in the transaction of the rows they count.
 */
#include "data/ingest.h"

#include "base/file.h"
#include "data/recipe_version.h"
#include "data/sample.h"

#include <assert.h>

#define INGEST_ARENA ((size_t)256 << 20) /* the recipe and its term lists */

typedef struct Run {
    Store *db;
    const IngestOptions *o;
    IngestCounts *counts;
    int64_t id, version;
    SampleWriter writer;
    IngestCounts pending; /* counts, should the open transaction be committed */
    size_t in_batch;
    bool open; /* a batch's transaction */
} Run;

/* ---- the run's own row -------------------------------------------------------- */

static bool run_insert(Run *r, const char *path, Err *err)
{
    Stmt *s = NULL, *id = NULL;
    bool row = false;
    bool ok = stmt_open(r->db, "SELECT coalesce(max(id), 0) + 1 FROM ingest_run", &id, err) &&
              stmt_step(id, &row, err);
    if (ok)
        r->id = stmt_i64(id, 0);
    stmt_close(id);
    ok = ok && stmt_open(r->db,
                         "INSERT INTO ingest_run (id, recipe, path, state, row_count,"
                         " sample_count, label_set_count, bad_count, started_ms, changed_ms)"
                         " VALUES (?1, ?2, ?3, 'running', 0, 0, 0, 0, ?4, ?4)",
                         &s, err);
    if (ok) {
        stmt_bind_i64(s, 1, r->id);
        stmt_bind_i64(s, 2, r->version);
        stmt_bind_text(s, 3, str_of(path));
        stmt_bind_i64(s, 4, r->o->now_ms);
        ok = stmt_run(s, err);
    }
    stmt_close(s);
    return ok;
}

static bool run_update(Run *r, Str state, Err *err)
{
    Stmt *s = NULL;
    bool ok = stmt_open(r->db,
                        "UPDATE ingest_run SET state = ?2, row_count = ?3, sample_count = ?4,"
                        " label_set_count = ?5, bad_count = ?6, changed_ms = ?7 WHERE id = ?1",
                        &s, err);
    if (ok) {
        stmt_bind_i64(s, 1, r->id);
        stmt_bind_text(s, 2, state);
        stmt_bind_i64(s, 3, (int64_t)r->pending.rows);
        stmt_bind_i64(s, 4, (int64_t)r->pending.samples);
        stmt_bind_i64(s, 5, (int64_t)r->pending.label_sets);
        stmt_bind_i64(s, 6, (int64_t)r->pending.bad);
        stmt_bind_i64(s, 7, r->o->now_ms);
        ok = stmt_run(s, err);
    }
    stmt_close(s);
    return ok;
}

/* ---- batches -------------------------------------------------------------------- */

static bool batch_begin(Run *r, Err *err)
{
    r->in_batch = 0;
    r->open = store_begin(r->db, err);
    return r->open && sample_writer_init(r->db, r->version, r->o->now_ms, &r->writer, err);
}

/* Commits, and tells who wants to know. */
static bool batch_commit(Run *r, Str state, Err *err)
{
    if (!run_update(r, state, err))
        return false;
    r->open = false; /* committed or not, it is over */
    if (!store_commit(r->db, err))
        return false;
    *r->counts = r->pending;
    progress_tick(r->o->progress, "rows", r->counts->rows, 0, NULL);
    return !r->o->acknowledged || r->o->acknowledged(r->o->ctx, r->counts, err);
}

static bool put_row(Run *r, const Row *row, Err *err)
{
    SamplePut what;
    if (!sample_put(&r->writer, row, &what, err))
        return false;
    r->pending.absent += what == SAMPLE_ABSENT;
    r->pending.rows += what != SAMPLE_ABSENT;
    r->pending.samples += what == SAMPLE_FRESH;
    r->pending.label_sets += what == SAMPLE_FRESH || what == SAMPLE_LABELLED;
    if (++r->in_batch < r->o->batch_rows)
        return true;
    return batch_commit(r, STR("running"), err) && batch_begin(r, err);
}

/* ---- the loop --------------------------------------------------------------------- */

static bool read_rows(Run *r, RecipeReader *reader, Err *err)
{
    for (;;) {
        Row row;
        Err why = {0};
        if (stop_requested())
            return true;
        switch (recipe_reader_next(reader, &row, &why)) {
        case READ_ROW:
            if (!put_row(r, &row, err))
                return false;
            break;
        case READ_BAD:
            r->pending.bad++;
            if (r->o->bad && !r->o->bad(r->o->ctx, why.msg, err))
                return false;
            break;
        case READ_END:
            return true;
        case READ_FAILED:
            *err = why;
            return false;
        }
    }
}

/* Keeps what was read, however the reading ended; only a reading that came to its end
 * brings the recipe's edition into force. */
static bool finish(Run *r, RecipeReader *reader, bool read_ok, Err *err)
{
    RecipeCounts c = recipe_reader_counts(reader);
    r->pending.filtered = c.filtered;
    r->pending.empty = c.empty;
    r->pending.over = c.over;
    bool whole = read_ok && !stop_requested();
    bool nothing = whole && r->pending.rows == 0 && c.records == 0;
    Str state = whole && !nothing ? STR("done") : read_ok ? STR("stopped") : STR("failed");
    Err why = {0};
    bool kept = (r->open || batch_begin(r, &why)) &&
                (!whole || nothing || recipe_version_promote(r->db, r->version, &why)) &&
                batch_commit(r, state, &why);
    if (!read_ok)
        return false; /* that error is the story */
    if (!kept) {
        *err = why;
        return false;
    }
    if (nothing)
        return err_set(err, ERR_INPUT, "nothing could be read: %zu bad rows, no good one",
                       r->pending.bad);
    return whole || stop_err(err);
}

static bool run_through(Run *r, const Recipe *recipe, const char *recipe_path, const char *path,
                        Err *err)
{
    RecipeReader *reader = NULL;
    if (!file_exists(path))
        return err_set(err, ERR_NOT_FOUND, "there is no such file or folder");
    if (!recipe_reader_open(recipe, path, r->o->max_line_bytes, &reader, err))
        return false;
    bool ok = store_begin(r->db, err);
    ok = ok &&
         recipe_version_put(r->db, recipe_name_of(recipe_path), recipe, r->o->now_ms,
                            &r->version, err) &&
         run_insert(r, path, err) && store_commit(r->db, err) && batch_begin(r, err);
    ok = ok && finish(r, reader, read_rows(r, reader, err), err);
    store_rollback(r->db);
    recipe_reader_close(reader);
    return ok;
}

bool ingest_path(Store *db, const char *recipe_path, const char *path, const IngestOptions *o,
                 IngestCounts *counts, Err *err)
{
    assert(o->batch_rows > 0);
    *counts = (IngestCounts){0};
    Run r = {.db = db, .o = o, .counts = counts};
    Arena *a = arena_open(INGEST_ARENA);
    const Recipe *recipe = NULL;
    bool ok = recipe_load(a, recipe_path, &recipe, err) &&
              (run_through(&r, recipe, recipe_path, path, err) || err_wrap(err, "%s", path));
    arena_close(a);
    return ok;
}

bool recipe_paths(Arena *a, const char *recipes, const char *folder, RecipePath **out,
                  size_t *count, Err *err)
{
    Str *names = NULL;
    size_t n = 0;
    if (!file_list(a, recipes, ".yaml", &names, &n, err))
        return false;
    if (n == 0)
        return err_set(err, ERR_NOT_FOUND, "no recipe (NAME.yaml) in %s", recipes);
    RecipePath *list = arena_array(a, RecipePath, n);
    for (size_t i = 0; i < n; i++) {
        list[i].recipe = str_print(a, "%s/" STR_FMT, recipes, STR_ARG(names[i])).ptr;
        Str name = recipe_name_of(list[i].recipe);
        const char *own = str_print(a, "%s/" STR_FMT, folder, STR_ARG(name)).ptr;
        list[i].path = file_is_dir(own) ? own : folder;
    }
    *out = list;
    *count = n;
    return true;
}
