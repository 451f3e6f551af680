#include "data/recipe_version.h"

Str recipe_name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    Str name = str_of(slash ? slash + 1 : path);
    static const char *const endings[] = {".yaml", ".yml"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        Str end = str_of(endings[i]);
        if (str_ends(name, end) && name.len > end.len)
            return (Str){name.ptr, name.len - end.len};
    }
    return name;
}

static bool find(Store *db, Str name, Str digest, int64_t *id, bool *found, Err *err)
{
    Stmt *s = NULL;
    bool ok = stmt_open(db, "SELECT id FROM recipe WHERE name = ?1 AND digest = ?2", &s, err);
    if (ok) {
        stmt_bind_text(s, 1, name);
        stmt_bind_text(s, 2, digest);
        ok = stmt_step(s, found, err);
    }
    if (ok && *found)
        *id = stmt_i64(s, 0);
    stmt_close(s);
    return ok;
}

/* A first edition is in force from the start. */
static bool insert(Store *db, Str name, Str digest, const Recipe *r, int64_t now_ms, Err *err)
{
    Stmt *s = NULL;
    bool ok = stmt_open(
        db,
        "INSERT INTO recipe (id, name, digest, source, licence, in_force, created_ms)"
        " SELECT coalesce(max(id), 0) + 1, ?1, ?2, ?3, ?4,"
        "  CASE WHEN EXISTS (SELECT 1 FROM recipe WHERE name = ?1) THEN 0 ELSE 1 END, ?5"
        " FROM recipe",
        &s, err);
    if (ok) {
        stmt_bind_text(s, 1, name);
        stmt_bind_text(s, 2, digest);
        stmt_bind_text(s, 3, recipe_source(r));
        stmt_bind_text(s, 4, recipe_licence(r));
        stmt_bind_i64(s, 5, now_ms);
        ok = stmt_run(s, err);
    }
    stmt_close(s);
    return ok;
}

bool recipe_version_put(Store *db, Str name, const Recipe *r, int64_t now_ms, int64_t *id,
                        Err *err)
{
    char hex[DIGEST_HEX_SIZE];
    Digest d = recipe_digest(r);
    digest_hex(&d, hex);
    Str digest = str_of(hex);
    bool found = false;
    if (!find(db, name, digest, id, &found, err))
        return false;
    if (found)
        return true;
    return insert(db, name, digest, r, now_ms, err) &&
           find(db, name, digest, id, &found, err) &&
           (found || err_set(err, ERR_CORRUPT, "a recipe that was just stored is not there"));
}

bool recipe_version_promote(Store *db, int64_t id, Err *err)
{
    Stmt *s = NULL;
    bool ok = stmt_open(db,
                        "UPDATE recipe SET in_force = CASE WHEN id = ?1 THEN 1 ELSE 0 END"
                        " WHERE name = (SELECT name FROM recipe WHERE id = ?1)",
                        &s, err);
    if (ok) {
        stmt_bind_i64(s, 1, id);
        ok = stmt_run(s, err);
    }
    stmt_close(s);
    return ok;
}
