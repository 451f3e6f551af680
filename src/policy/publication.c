#include "policy/publication.h"

enum { LIST_MAX = 10000, DIGITS_LEAST = 6 };

/* ---- reading ------------------------------------------------------------------------- */

/* The columns that read_row takes, in this order. */
#define COLUMNS "p.id, v.id, v.digest, v.policy, v.version, p.author, p.reason, p.created_ms "
#define FROM    "FROM policy_publication p JOIN policy_version v ON v.id = p.version "

static bool read_row(Arena *a, Stmt *s, Publication *out, Err *err)
{
    *out = (Publication){.id = stmt_i64(s, 0),
                         .row = stmt_i64(s, 1),
                         .policy = str_copy(a, stmt_text(s, 3)),
                         .version = str_copy(a, stmt_text(s, 4)),
                         .author = str_copy(a, stmt_text(s, 5)),
                         .reason = str_copy(a, stmt_text(s, 6)),
                         .created_ms = stmt_i64(s, 7)};
    return digest_parse(stmt_text(s, 2), &out->digest) ||
           err_set(err, ERR_CORRUPT, "a published policy has no digest");
}

/* One row or none; s is closed. */
static bool read_one(Arena *a, Stmt *s, Publication *out, bool *found, Err *err)
{
    bool ok = stmt_step(s, found, err);
    if (ok && *found)
        ok = read_row(a, s, out, err);
    stmt_close(s);
    return ok;
}

bool publication_in_force(Store *db, Arena *a, Str policy, Publication *out, bool *found,
                          Err *err)
{
    Stmt *s;
    if (!stmt_open(db, "SELECT " COLUMNS FROM "WHERE v.policy = ?1 ORDER BY p.id DESC LIMIT 1",
                   &s, err))
        return false;
    stmt_bind_text(s, 1, policy);
    return read_one(a, s, out, found, err);
}

static bool find_version(Store *db, Arena *a, Str policy, Str version, Publication *out,
                         bool *found, Err *err)
{
    Stmt *s;
    if (!stmt_open(db,
                   "SELECT " COLUMNS FROM
                   "WHERE v.policy = ?1 AND v.version = ?2 ORDER BY p.id DESC LIMIT 1",
                   &s, err))
        return false;
    stmt_bind_text(s, 1, policy);
    stmt_bind_text(s, 2, version);
    return read_one(a, s, out, found, err);
}

static bool is_hex(Str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!memchr("0123456789abcdef", s.ptr[i], 16))
            return false;
    return s.len >= DIGITS_LEAST && s.len < DIGEST_HEX_SIZE;
}

static bool find_digits(Store *db, Arena *a, Str digits, Publication *out, bool *found,
                        Err *err)
{
    Stmt *s;
    if (!stmt_open(
            db, "SELECT " COLUMNS FROM "WHERE substr(v.digest, 1, ?2) = ?1 ORDER BY p.id DESC",
            &s, err))
        return false;
    stmt_bind_text(s, 1, digits);
    stmt_bind_i64(s, 2, (int64_t)digits.len);
    Publication p = {0}, other;
    bool row = false, ok = stmt_step(s, &row, err) && (!row || read_row(a, s, &p, err));
    *found = row;
    while (ok && row && (ok = stmt_step(s, &row, err)) && row) {
        ok = read_row(a, s, &other, err) &&
             (digest_eq(&other.digest, &p.digest) ||
              err_set(err, ERR_CONFLICT, "several policies have a digest that begins with %.*s",
                      STR_ARG(digits)));
    }
    stmt_close(s);
    if (ok && *found)
        *out = p;
    return ok;
}

bool publication_find(Store *db, Arena *a, Str ref, Publication *out, Err *err)
{
    bool found = false;
    Str version = ref, policy;
    str_cut(&version, '@', &policy);
    bool ok = version.ptr ? find_version(db, a, policy, version, out, &found, err)
                          : publication_in_force(db, a, ref, out, &found, err);
    if (ok && !found && is_hex(ref))
        ok = find_digits(db, a, ref, out, &found, err);
    if (ok && !found)
        return err_set(err, ERR_NOT_FOUND, "no published policy is called '" STR_FMT "'",
                       STR_ARG(ref));
    return ok;
}

bool publication_list(Store *db, Arena *a, Publication **out, size_t *count, Err *err)
{
    Stmt *s;
    if (!stmt_open(db, "SELECT " COLUMNS FROM "ORDER BY p.id DESC", &s, err))
        return false;
    Publication *list = arena_array(a, Publication, LIST_MAX);
    size_t n = 0;
    bool row = true, ok = true;
    while (ok && n < LIST_MAX && (ok = stmt_step(s, &row, err)) && row)
        ok = read_row(a, s, &list[n++], err);
    stmt_close(s);
    if (ok)
        *out = list, *count = n;
    return ok;
}

bool publication_bundle(Store *db, Arena *a, const Publication *p, Bundle *out, Err *err)
{
    Stmt *s;
    if (!stmt_open(db, "SELECT path, text FROM policy_file WHERE version = ?1 ORDER BY path",
                   &s, err))
        return false;
    stmt_bind_i64(s, 1, p->row);
    BundleFile *file = arena_array(a, BundleFile, BUNDLE_MAX_FILES);
    size_t n = 0;
    bool row = true, ok = true;
    while (ok && n < BUNDLE_MAX_FILES && (ok = stmt_step(s, &row, err)) && row)
        file[n++] = (BundleFile){str_copy(a, stmt_text(s, 0)), str_copy(a, stmt_text(s, 1))};
    stmt_close(s);
    Bundle b;
    bundle_of(file, n, &b);
    if (ok && !digest_eq(&b.digest, &p->digest))
        return err_set(err, ERR_CORRUPT,
                       "the files of " STR_FMT "@" STR_FMT " are not those that were published",
                       STR_ARG(p->policy), STR_ARG(p->version));
    if (ok)
        *out = b;
    return ok;
}

Str publication_name(Arena *a, const Publication *p)
{
    return str_print(a, STR_FMT "@" STR_FMT, STR_ARG(p->policy), STR_ARG(p->version));
}

/* ---- writing ------------------------------------------------------------------------- */

static bool check_words(Str s, const char *what, Err *err)
{
    if (str_trim(s).len == 0)
        return err_set(err, ERR_USAGE, "a publication wants its %s", what);
    return s.len <= PUBLICATION_WORDS_MAX ||
           err_set(err, ERR_LIMIT, "the %s is longer than %d bytes", what,
                   PUBLICATION_WORDS_MAX);
}

static bool put_files(Store *db, int64_t version, const Bundle *b, Err *err)
{
    Stmt *s;
    bool ok = stmt_open(db, "INSERT INTO policy_file (version, path, text) VALUES (?1, ?2, ?3)",
                        &s, err);
    if (!ok)
        return false;
    for (size_t i = 0; ok && i < b->count; i++) {
        stmt_bind_i64(s, 1, version);
        stmt_bind_text(s, 2, b->file[i].path);
        stmt_bind_text(s, 3, b->file[i].text);
        ok = stmt_run(s, err);
    }
    stmt_close(s);
    return ok;
}

/* The one row that the statement gives is an id; s is closed. */
static bool read_id(Stmt *s, int64_t *id, bool *found, Err *err)
{
    bool more = false, ok = stmt_step(s, found, err);
    if (ok && *found) {
        *id = stmt_i64(s, 0);
        ok = stmt_step(s, &more, err);
    }
    stmt_close(s);
    return ok;
}

/* The row of these bytes, made where there is none. */
static bool put_version(Store *db, const Bundle *b, const Publication *p, int64_t *row,
                        Err *err)
{
    char hex[DIGEST_HEX_SIZE];
    Stmt *s;
    bool found = false;
    digest_hex(&p->digest, hex);
    if (!stmt_open(db, "SELECT id FROM policy_version WHERE digest = ?1", &s, err))
        return false;
    stmt_bind_text(s, 1, str_of(hex));
    if (!read_id(s, row, &found, err) || found)
        return found;
    if (!stmt_open(db,
                   "INSERT INTO policy_version (id, digest, policy, version)"
                   " SELECT coalesce(max(id), 0) + 1, ?1, ?2, ?3 FROM policy_version"
                   " RETURNING id",
                   &s, err))
        return false;
    stmt_bind_text(s, 1, str_of(hex));
    stmt_bind_text(s, 2, p->policy);
    stmt_bind_text(s, 3, p->version);
    return read_id(s, row, &found, err) && put_files(db, *row, b, err);
}

static bool put_publication(Store *db, Publication *p, Err *err)
{
    Stmt *s;
    if (!stmt_open(db,
                   "INSERT INTO policy_publication (id, version, author, reason, created_ms)"
                   " SELECT coalesce(max(id), 0) + 1, ?1, ?2, ?3, ?4 FROM policy_publication"
                   " RETURNING id",
                   &s, err))
        return false;
    stmt_bind_i64(s, 1, p->row);
    stmt_bind_text(s, 2, p->author);
    stmt_bind_text(s, 3, p->reason);
    stmt_bind_i64(s, 4, p->created_ms);
    bool found = false;
    return read_id(s, &p->id, &found, err);
}

static bool put_all(Store *db, Arena *a, const Bundle *b, Publication *p, bool *fresh, Err *err)
{
    Publication former;
    bool found = false;
    if (!find_version(db, a, p->policy, p->version, &former, &found, err))
        return false;
    if (found && !digest_eq(&former.digest, &p->digest))
        return err_set(err, ERR_CONFLICT,
                       STR_FMT "@" STR_FMT
                               " is published with other content: give this one a version of "
                               "its own",
                       STR_ARG(p->policy), STR_ARG(p->version));
    if (!publication_in_force(db, a, p->policy, &former, &found, err))
        return false;
    *fresh = !found || !digest_eq(&former.digest, &p->digest);
    if (!*fresh) {
        *p = former;
        return true;
    }
    return put_version(db, b, p, &p->row, err) && put_publication(db, p, err);
}

bool publication_put(Store *db, Arena *a, const Bundle *b, const PublicationNote *note,
                     Publication *out, bool *fresh, Err *err)
{
    const Policy *policy;
    bool is_fresh = false;
    if (!check_words(note->author, "author", err) ||
        !check_words(note->reason, "reason", err) ||
        !bundle_policy(a, b, "the policy", &policy, err))
        return false;
    Publication p = {.digest = b->digest,
                     .policy = policy_id(policy),
                     .version = policy_version(policy),
                     .author = str_trim(note->author),
                     .reason = str_trim(note->reason),
                     .created_ms = note->now_ms};
    if (!store_begin(db, err))
        return false;
    if (!put_all(db, a, b, &p, &is_fresh, err)) {
        store_rollback(db);
        return false;
    }
    if (!store_commit(db, err))
        return false;
    *out = p;
    *fresh = is_fresh;
    return true;
}
