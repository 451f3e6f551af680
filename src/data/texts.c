#include "data/texts.h"

#include <stdint.h>

static bool count_texts(Store *db, int64_t *out, Err *err)
{
    Stmt *s;
    bool row = false;
    if (!stmt_open(db, "SELECT count(*) FROM sample", &s, err))
        return false;
    bool ok = stmt_step(s, &row, err);
    if (ok && row)
        *out = stmt_i64(s, 0);
    stmt_close(s);
    return ok;
}

bool texts_load(Store *db, Arena *a, int64_t most, ArchiveText **out, size_t *count, Err *err)
{
    Stmt *s;
    int64_t all = 0;
    if (!count_texts(db, &all, err))
        return false;
    size_t room = (size_t)(most > 0 && most < all ? most : all), n = 0;
    if (!stmt_open(db,
                   "SELECT id, digest, text, language, source FROM sample"
                   " ORDER BY digest LIMIT ?1",
                   &s, err))
        return false;
    ArchiveText *list = arena_try_array(a, ArchiveText, room);
    bool row = true, ok = list || err_set(err, ERR_LIMIT, "the archive does not fit in memory");
    stmt_bind_i64(s, 1, (int64_t)room);
    while (ok && n < room && (ok = stmt_step(s, &row, err)) && row)
        list[n++] = (ArchiveText){stmt_i64(s, 0), str_copy(a, stmt_text(s, 1)),
                                  str_copy(a, stmt_text(s, 2)), str_copy(a, stmt_text(s, 3)),
                                  str_copy(a, stmt_text(s, 4))};
    stmt_close(s);
    if (ok)
        *out = list, *count = n;
    return ok;
}
