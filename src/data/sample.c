#include "data/sample.h"

#include <assert.h>

/* The next free id of a table; 1 when it is empty. */
static bool read_next(Stmt *s, int64_t *next, Err *err)
{
    bool row = false;
    if (!stmt_step(s, &row, err))
        return false;
    *next = row ? stmt_i64(s, 0) + 1 : 1;
    return true;
}

bool sample_writer_init(Store *db, int64_t version, int64_t now_ms, SampleWriter *out, Err *err)
{
    SampleWriter w = {.db = db, .version = version, .now_ms = now_ms};
    Stmt *s = NULL, *l = NULL;
    bool ok = stmt_open(db, "SELECT coalesce(max(id), 0) FROM sample", &s, err) &&
              read_next(s, &w.next_sample, err) &&
              stmt_open(db, "SELECT coalesce(max(id), 0) FROM label_set", &l, err) &&
              read_next(l, &w.next_label_set, err);
    stmt_close(s);
    stmt_close(l);
    if (ok)
        *out = w;
    return ok;
}

static bool find_sample(Store *db, Str digest, int64_t *id, bool *found, Err *err)
{
    Stmt *s = NULL;
    bool ok = stmt_open(db, "SELECT id FROM sample WHERE digest = ?1", &s, err);
    if (ok) {
        stmt_bind_text(s, 1, digest);
        ok = stmt_step(s, found, err);
    }
    if (ok && *found)
        *id = stmt_i64(s, 0);
    stmt_close(s);
    return ok;
}

static bool put_text(SampleWriter *w, const Row *row, Str digest, int64_t *id, bool *fresh,
                     Err *err)
{
    Stmt *s = NULL;
    bool ok = stmt_open(w->db,
                        "INSERT INTO sample"
                        " (id, digest, text, language, source, pii_masked, created_ms)"
                        " VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6) ON CONFLICT (digest) DO NOTHING",
                        &s, err);
    if (ok) {
        stmt_bind_i64(s, 1, w->next_sample);
        stmt_bind_text(s, 2, digest);
        stmt_bind_text(s, 3, row->text);
        stmt_bind_text(s, 4, row->language);
        stmt_bind_text(s, 5, row->source);
        stmt_bind_i64(s, 6, w->now_ms);
        ok = stmt_run(s, err);
    }
    *fresh = ok && store_changes(w->db) > 0;
    stmt_close(s);
    if (!ok)
        return false;
    bool found = false;
    if (!*fresh)
        return find_sample(w->db, digest, id, &found, err) &&
               (found || err_set(err, ERR_CORRUPT, "a sample is neither absent nor there"));
    *id = w->next_sample++;
    return true;
}

/* What makes two label sets of one sample and recipe version the same.  The weight and
 * the group are not in it: the first ones stay. */
static int64_t content_of(const Row *row, Str labels)
{
    uint64_t h = hash64(labels, (uint64_t)row->origin + 1);
    if (row->policy.len)
        h = hash64(row->policy, h);
    return (int64_t)(hash64(row->source, h) ^ (uint64_t)row->split);
}

static bool put_label_set(SampleWriter *w, const Row *row, int64_t sample, Str labels,
                          bool *fresh, Err *err)
{
    Str split = row->split == SPLIT_COUNT ? STR("") : str_of(split_name(row->split));
    Stmt *s = NULL;
    bool ok =
        stmt_open(w->db,
                  "INSERT INTO label_set (id, sample, recipe, content, source, origin, labels,"
                  " weight, group_name, split, policy, created_ms)"
                  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
                  " ON CONFLICT (sample, recipe, content) DO NOTHING",
                  &s, err);
    if (ok) {
        stmt_bind_i64(s, 1, w->next_label_set);
        stmt_bind_i64(s, 2, sample);
        stmt_bind_i64(s, 3, w->version);
        stmt_bind_i64(s, 4, content_of(row, labels));
        stmt_bind_text(s, 5, row->source);
        stmt_bind_text(s, 6, str_of(label_origin_name(row->origin)));
        stmt_bind_text(s, 7, labels);
        stmt_bind_double(s, 8, (double)row->weight);
        stmt_bind_text(s, 9, row->group);
        stmt_bind_text(s, 10, split);
        stmt_bind_text(s, 11, row->policy);
        stmt_bind_i64(s, 12, w->now_ms);
        ok = stmt_run(s, err);
    }
    *fresh = ok && store_changes(w->db) > 0;
    w->next_label_set += *fresh;
    stmt_close(s);
    return ok;
}

bool sample_put(SampleWriter *w, const Row *row, SamplePut *what, Err *err)
{
    assert(row->weight > 0 && row->weight <= 1);
    char hex[DIGEST_HEX_SIZE];
    digest_hex(&row->digest, hex);
    Buf labels;
    buf_init(&labels, LABELS_TEXT_MAX);
    labels_print(&row->labels, &labels);
    int64_t id = 0;
    bool fresh_text = false, fresh_labels = false, found = true;
    bool ok = buf_ok(&labels, err) &&
              (row->text.len ? put_text(w, row, str_of(hex), &id, &fresh_text, err)
                             : find_sample(w->db, str_of(hex), &id, &found, err)) &&
              (!found || put_label_set(w, row, id, buf_str(&labels), &fresh_labels, err));
    buf_done(&labels);
    if (ok)
        *what = !found         ? SAMPLE_ABSENT
                : fresh_text   ? SAMPLE_FRESH
                : fresh_labels ? SAMPLE_LABELLED
                               : SAMPLE_KNOWN;
    return ok;
}
