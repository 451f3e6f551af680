/* snapshot.c - keeps a selection for ever, and finds it again.
 *
 * The merged labels are stored, not computed anew when read, so nothing that is said of a
 * sample later can change a snapshot.  Whether it is already there is asked by digest
 * inside the transaction that would write it.
 */
#include "data/snapshot.h"

#include "base/js.h"
#include "base/map.h"
#include "data/selection.h"

#include <assert.h>

enum { REPORT_MAX = 1 << 20, REF_DIGITS_LEAST = 6 };

/* ---- the digest ------------------------------------------------------------------ */

/* A line a row: text digest, split, weight, labels, source.  The first four hold no
 * space inside, so the lines read one way only. */
static bool rows_digest(const Rows *rows, Digest *out, Err *err)
{
    DigestState st;
    Buf line;
    digest_init(&st);
    buf_init(&line, LABELS_TEXT_MAX + (1 << 16));
    bool ok = true;
    for (size_t i = 0; ok && i < rows->count; i++) {
        const Row *r = &rows->row[i];
        char hex[DIGEST_HEX_SIZE];
        digest_hex(&r->digest, hex);
        buf_clear(&line);
        buf_print(&line, "%s %s %.9g ", hex, split_name(r->split), (double)r->weight);
        labels_print(&r->labels, &line);
        buf_print(&line, " " STR_FMT "\n", STR_ARG(r->source));
        ok = buf_ok(&line, err);
        digest_add(&st, buf_str(&line));
    }
    buf_done(&line);
    if (ok)
        *out = digest_end(&st);
    return ok;
}

/* ---- options and report as JSON ---------------------------------------------------- */

static void put_list(JsWriter *w, const char *key, const char *const *text, int count)
{
    js_key(w, key);
    js_array(w);
    for (int i = 0; i < count; i++)
        js_string(w, str_of(text[i]));
    js_end_array(w);
}

static bool print_options(Arena *a, const SnapshotOptions *o, Str *out, Err *err)
{
    Buf b;
    buf_init(&b, REPORT_MAX);
    JsWriter w = js_writer(&b);
    js_object(&w);
    js_key(&w, "seed");
    js_i64(&w, (int64_t)o->seed);
    js_number(&w, "calibrate_share", o->calibrate_share);
    js_number(&w, "test_share", o->test_share);
    js_key(&w, "overlays");
    js_bool(&w, !o->no_overlays);
    put_list(&w, "sources", o->source, o->source_count);
    put_list(&w, "exclude", o->exclude, o->exclude_count);
    put_list(&w, "suspects", o->suspects, o->suspects_count);
    js_end_object(&w);
    bool ok = buf_ok(&b, err);
    if (ok)
        *out = str_copy(a, buf_str(&b));
    buf_done(&b);
    return ok;
}

static bool print_report(Arena *a, const SelectionReport *r, Str *out, Err *err)
{
    Buf b;
    buf_init(&b, REPORT_MAX);
    JsWriter w = js_writer(&b);
    js_object(&w);
    js_count(&w, "samples", r->samples);
    js_count(&w, "overlaid", r->overlaid);
    js_count(&w, "overlays_without_text", r->orphans);
    js_count(&w, "conflicts", r->conflicts);
    js_count(&w, "excluded", r->excluded);
    js_count(&w, "dropped_by_split", r->split.dropped);
    js_count(&w, "clusters", r->clusters);
    js_count(&w, "units", r->split.units);
    js_count(&w, "largest_unit", r->split.largest);
    if (r->suspects.listed) {
        js_count(&w, "suspects", r->suspects.listed);
        js_count(&w, "labels_dropped", r->suspects.dropped);
        js_count(&w, "labels_relabelled", r->suspects.relabelled);
        js_count(&w, "suspects_measuring", r->suspects.held);
        js_count(&w, "suspects_outdated", r->suspects.outdated);
        js_count(&w, "suspects_absent", r->suspects.absent);
    }
    js_key(&w, "exclude");
    js_array(&w);
    for (size_t i = 0; i < r->exclusion_count; i++) {
        const SelectionExclusion *x = &r->exclusion[i];
        js_object(&w);
        js_key(&w, "set");
        js_string(&w, str_of(x->pair));
        js_count(&w, "texts", x->texts);
        js_count(&w, "bad", x->bad);
        js_count(&w, "equal", x->equal);
        js_count(&w, "near", x->near);
        js_end_object(&w);
    }
    js_end_array(&w);
    js_end_object(&w);
    bool ok = buf_ok(&b, err);
    if (ok)
        *out = str_copy(a, buf_str(&b));
    buf_done(&b);
    return ok;
}

/* ---- writing ------------------------------------------------------------------------ */

static bool find_id(Store *db, Str digest, int64_t *id, bool *found, Err *err)
{
    Stmt *s = NULL;
    bool ok = stmt_open(db, "SELECT id FROM snapshot WHERE digest = ?1", &s, err);
    if (ok) {
        stmt_bind_text(s, 1, digest);
        ok = stmt_step(s, found, err);
    }
    if (ok && *found)
        *id = stmt_i64(s, 0);
    stmt_close(s);
    return ok;
}

static bool put_info(Store *db, const SnapshotInfo *i, Str digest, Err *err)
{
    Stmt *s = NULL;
    bool ok = stmt_open(db,
                        "INSERT INTO snapshot (id, digest, options, report, row_count,"
                        " train_count, calibrate_count, test_count, cluster_count,"
                        " excluded_count, created_ms)"
                        " SELECT coalesce(max(id), 0) + 1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8,"
                        " ?9, ?10 FROM snapshot",
                        &s, err);
    if (ok) {
        stmt_bind_text(s, 1, digest);
        stmt_bind_text(s, 2, i->options);
        stmt_bind_text(s, 3, i->report);
        stmt_bind_i64(s, 4, (int64_t)i->rows);
        stmt_bind_i64(s, 5, (int64_t)i->split_rows[SPLIT_TRAIN]);
        stmt_bind_i64(s, 6, (int64_t)i->split_rows[SPLIT_CALIBRATE]);
        stmt_bind_i64(s, 7, (int64_t)i->split_rows[SPLIT_TEST]);
        stmt_bind_i64(s, 8, (int64_t)i->clusters);
        stmt_bind_i64(s, 9, (int64_t)i->excluded);
        stmt_bind_i64(s, 10, i->created_ms);
        ok = stmt_run(s, err);
    }
    stmt_close(s);
    return ok;
}

static bool put_row(Stmt *s, const Row *row, size_t position, int64_t sample, Buf *labels,
                    Err *err)
{
    buf_clear(labels);
    labels_print(&row->labels, labels);
    stmt_bind_i64(s, 2, (int64_t)position);
    stmt_bind_i64(s, 3, sample);
    stmt_bind_text(s, 4, row->source);
    stmt_bind_text(s, 5, str_of(label_origin_name(row->origin)));
    stmt_bind_text(s, 6, buf_str(labels));
    stmt_bind_double(s, 7, (double)row->weight);
    stmt_bind_text(s, 8, row->group);
    stmt_bind_text(s, 9, str_of(split_name(row->split)));
    stmt_bind_i64(s, 10, (int64_t)row->cluster);
    return buf_ok(labels, err) && stmt_run(s, err);
}

static bool put_rows(Store *db, int64_t id, const Selection *sel, const Progress *p, Err *err)
{
    Stmt *s = NULL;
    Buf labels;
    buf_init(&labels, LABELS_TEXT_MAX);
    bool ok = stmt_open(db,
                        "INSERT INTO snapshot_row (snapshot, position, sample, source, origin,"
                        " labels, weight, group_name, split, cluster)"
                        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                        &s, err);
    if (ok)
        stmt_bind_i64(s, 1, id);
    for (size_t i = 0; ok && i < sel->rows.count; i++) {
        if (i % 4096 == 0)
            progress_tick(p, "rows written", i, sel->rows.count, NULL);
        ok = (!stop_requested() || stop_err(err)) &&
             put_row(s, &sel->rows.row[i], i, sel->sample[i], &labels, err);
    }
    stmt_close(s);
    buf_done(&labels);
    return ok;
}

static bool put_name(Store *db, Str name, int64_t id, int64_t now_ms, Err *err)
{
    if (name.len == 0)
        return true;
    Stmt *s = NULL;
    bool ok = stmt_open(db,
                        "INSERT INTO snapshot_name (name, snapshot, moved_ms)"
                        " VALUES (?1, ?2, ?3) ON CONFLICT (name)"
                        " DO UPDATE SET snapshot = excluded.snapshot,"
                        " moved_ms = excluded.moved_ms",
                        &s, err);
    if (ok) {
        stmt_bind_text(s, 1, name);
        stmt_bind_i64(s, 2, id);
        stmt_bind_i64(s, 3, now_ms);
        ok = stmt_run(s, err);
    }
    stmt_close(s);
    return ok;
}

static bool keep(Store *db, const SnapshotOptions *o, const SnapshotInfo *info,
                 const Selection *sel, const Progress *p, Str digest, Err *err)
{
    int64_t id = 0;
    bool found = false;
    if (!find_id(db, digest, &id, &found, err))
        return false;
    if (!found && (!put_info(db, info, digest, err) || !find_id(db, digest, &id, &found, err) ||
                   !put_rows(db, id, sel, p, err)))
        return false;
    return put_name(db, o->name, id, o->now_ms, err);
}

/* Names are what a person types after --snapshot: no word that could be a digest, no
 * white space. */
static bool check_name(Str name, Err *err)
{
    bool hex = name.len >= REF_DIGITS_LEAST;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !(c >= '0' && c <= '9') && c != '-' && c != '_' && c != '.')
            return err_set(err, ERR_USAGE,
                           "a snapshot's name is letters, digits, '-', '_' and '.'");
        hex = hex && ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    }
    if (hex || str_eq(name, STR("latest")) || name.len > 64)
        return err_set(err, ERR_USAGE,
                       "'" STR_FMT "' cannot be a name: at most 64 characters, not "
                       "\"latest\", and nothing that reads like a digest",
                       STR_ARG(name));
    return true;
}

bool snapshot_create(Store *db, Arena *a, const SnapshotOptions *o, const Progress *p,
                     SnapshotInfo *out, Err *err)
{
    Selection sel;
    SnapshotInfo info = {.created_ms = o->now_ms, .name = o->name};
    if (o->name.len && !check_name(o->name, err))
        return false;
    if (!(o->calibrate_share >= 0 && o->test_share >= 0 &&
          o->calibrate_share + o->test_share <= 1))
        return err_set(err, ERR_USAGE, "shares are not negative and together at most 1");
    if (!selection_make(db, a, o, p, &sel, err) || !rows_digest(&sel.rows, &info.digest, err) ||
        !print_options(a, o, &info.options, err) ||
        !print_report(a, &sel.report, &info.report, err))
        return false;
    if (sel.rows.count == 0)
        return err_set(err, ERR_INPUT,
                       "no row is left for a snapshot: %zu samples, %zu excluded",
                       sel.report.samples, sel.report.excluded);
    info.rows = sel.rows.count;
    info.clusters = sel.report.clusters;
    info.excluded = sel.report.excluded;
    for (size_t i = 0; i < sel.rows.count; i++)
        info.split_rows[sel.rows.row[i].split]++;
    char hex[DIGEST_HEX_SIZE];
    digest_hex(&info.digest, hex);
    if (!store_begin(db, err))
        return false;
    bool ok = keep(db, o, &info, &sel, p, str_of(hex), err) && store_commit(db, err);
    if (!ok)
        store_rollback(db);
    return ok && snapshot_find(db, a, str_of(hex), out, err);
}

/* ---- finding ------------------------------------------------------------------------- */

/* Columns as every SELECT below names them. */
static bool read_info(Arena *a, Stmt *s, SnapshotInfo *out, Err *err)
{
    SnapshotInfo i = {
        .options = str_copy(a, stmt_text(s, 1)),
        .report = str_copy(a, stmt_text(s, 2)),
        .rows = (size_t)stmt_i64(s, 3),
        .split_rows = {[SPLIT_TRAIN] = (size_t)stmt_i64(s, 4),
                       [SPLIT_CALIBRATE] = (size_t)stmt_i64(s, 5),
                       [SPLIT_TEST] = (size_t)stmt_i64(s, 6)},
        .clusters = (size_t)stmt_i64(s, 7),
        .excluded = (size_t)stmt_i64(s, 8),
        .created_ms = stmt_i64(s, 9),
        .name = stmt_is_null(s, 10) ? STR("") : str_copy(a, stmt_text(s, 10)),
    };
    if (!digest_parse(stmt_text(s, 0), &i.digest))
        return err_set(err, ERR_CORRUPT, "a snapshot has no good digest");
    *out = i;
    return true;
}

#define INFO_COLUMNS                                                                       \
    "SELECT s.digest, s.options, s.report, s.row_count, s.train_count, s.calibrate_count," \
    " s.test_count, s.cluster_count, s.excluded_count, s.created_ms,"                      \
    " (SELECT n.name FROM snapshot_name n WHERE n.snapshot = s.id"                         \
    "  ORDER BY n.moved_ms DESC, n.name LIMIT 1) FROM snapshot s"

bool snapshot_list(Store *db, Arena *a, SnapshotInfo **out, size_t *count, Err *err)
{
    Stmt *n = NULL, *s = NULL;
    bool row = false;
    bool ok =
        stmt_open(db, "SELECT count(*) FROM snapshot", &n, err) && stmt_step(n, &row, err);
    size_t most = ok ? (size_t)stmt_i64(n, 0) : 0, at = 0;
    stmt_close(n);
    SnapshotInfo *list = arena_array(a, SnapshotInfo, most);
    ok = ok && stmt_open(db, INFO_COLUMNS " ORDER BY s.created_ms DESC, s.id DESC", &s, err);
    while (ok && at < most && (ok = stmt_step(s, &row, err)) && row)
        ok = read_info(a, s, &list[at++], err);
    stmt_close(s);
    if (!ok)
        return false;
    *out = list;
    *count = at;
    return true;
}

static bool open_by_digest(Store *db, Arena *a, Str ref, Stmt **s, Err *err)
{
    for (size_t i = 0; i < ref.len; i++)
        if (!strchr("0123456789abcdef", ref.ptr[i]) || !ref.ptr[i])
            return true; /* no digest */
    if (ref.len < REF_DIGITS_LEAST)
        return true;
    if (!stmt_open(db, INFO_COLUMNS " WHERE s.digest >= ?1 AND s.digest < ?2 ORDER BY s.digest",
                   s, err))
        return false;
    stmt_bind_text(*s, 1, ref);
    stmt_bind_text(*s, 2, str_print(a, STR_FMT "g", STR_ARG(ref))); /* g: behind every digit */
    return true;
}

static bool open_by_name(Store *db, Str ref, Stmt **s, Err *err)
{
    if (!stmt_open(db,
                   INFO_COLUMNS " WHERE s.id IN (SELECT snapshot FROM snapshot_name"
                                " WHERE name = ?1)",
                   s, err))
        return false;
    stmt_bind_text(*s, 1, ref);
    return true;
}

/* *found: exactly one answers. */
static bool read_only_one(Arena *a, Stmt *s, SnapshotInfo *out, bool *found, Str ref, Err *err)
{
    bool row = false;
    if (!s)
        return true;
    if (!stmt_step(s, &row, err))
        return false;
    if (!row)
        return true;
    if (!read_info(a, s, out, err) || !stmt_step(s, &row, err))
        return false;
    *found = !row;
    return !row ||
           err_set(err, ERR_CONFLICT, "several snapshots begin with " STR_FMT, STR_ARG(ref));
}

bool snapshot_find(Store *db, Arena *a, Str ref, SnapshotInfo *out, Err *err)
{
    Stmt *s = NULL;
    bool found = false, ok;
    SnapshotInfo info;
    if (str_eq(ref, STR("latest"))) {
        ok = stmt_open(db, INFO_COLUMNS " ORDER BY s.created_ms DESC, s.id DESC LIMIT 1", &s,
                       err) &&
             read_only_one(a, s, &info, &found, ref, err);
    } else {
        ok = open_by_name(db, ref, &s, err) && read_only_one(a, s, &info, &found, ref, err);
        if (ok && !found) {
            stmt_close(s);
            s = NULL;
            ok = open_by_digest(db, a, ref, &s, err) &&
                 read_only_one(a, s, &info, &found, ref, err);
        }
    }
    stmt_close(s);
    if (!ok)
        return false;
    if (!found)
        return err_set(err, ERR_NOT_FOUND, "no snapshot is called '" STR_FMT "'", STR_ARG(ref));
    *out = info;
    return true;
}

/* ---- loading ------------------------------------------------------------------------- */

/* Sources, languages and groups repeat: one copy of each. */
static Str intern(Map *words, Str s)
{
    return map_key_at(words, *map_slot(words, s, map_count(words)));
}

static bool read_row(Arena *a, Map *words, Stmt *s, Row *out, Err *err)
{
    Row r = {
        .text = str_copy(a, stmt_text(s, 1)),
        .language = intern(words, stmt_text(s, 2)),
        .source = intern(words, stmt_text(s, 3)),
        .group = intern(words, stmt_text(s, 7)),
        .weight = (float)stmt_double(s, 6),
        .cluster = (uint64_t)stmt_i64(s, 9),
    };
    if (!digest_parse(stmt_text(s, 0), &r.digest) ||
        !label_origin_parse(stmt_text(s, 4), &r.origin) ||
        !split_parse(stmt_text(s, 8), &r.split))
        return err_set(err, ERR_CORRUPT, "a row of the snapshot makes no sense");
    if (!labels_parse(a, stmt_text(s, 5), &r.labels, err))
        return false;
    *out = r;
    return true;
}

bool snapshot_load(Store *db, Arena *a, const SnapshotInfo *info, Rows *out, Err *err)
{
    Stmt *s = NULL;
    bool row = false;
    char hex[DIGEST_HEX_SIZE];
    size_t n = 0;
    Map *words = map_new(a, 1024);
    Rows rows = {.row = arena_array(a, Row, info->rows)};
    digest_hex(&info->digest, hex);
    bool ok = stmt_open(db,
                        "SELECT t.digest, t.text, t.language, r.source, r.origin, r.labels,"
                        " r.weight, r.group_name, r.split, r.cluster"
                        " FROM snapshot_row r JOIN sample t ON t.id = r.sample"
                        " WHERE r.snapshot = (SELECT id FROM snapshot WHERE digest = ?1)"
                        " ORDER BY r.position",
                        &s, err);
    if (ok)
        stmt_bind_text(s, 1, str_of(hex));
    while (ok && (ok = stmt_step(s, &row, err)) && row && n < info->rows)
        ok = read_row(a, words, s, &rows.row[n++], err);
    stmt_close(s);
    if (!ok)
        return err_wrap(err, "snapshot %.12s", hex);
    if (row || n != info->rows)
        return err_set(err, ERR_CORRUPT, "snapshot %.12s has not the %zu rows it should", hex,
                       info->rows);
    rows.count = n;
    *out = rows;
    return true;
}
