#include "moderate/scored.h"

#include "base/hash.h"
#include "base/parallel.h"
#include "moderate/docket.h"

/* A case at a time would leave the encoder with twenty rows; 32 short texts fill its steps. */
enum { GROUP = 32, STEP_PIECES = 512, PART = 4096, PACKED_BYTES = 4 * FACTOR_COUNT + 1 };
#define GROUP_ARENA ((size_t)1 << 30)

typedef struct Job {
    const ScoredWork *work;
    const Str *text;
    const size_t *unknown; /* places of texts to judge */
    size_t count;
    Scored *out; /* by place */
} Job;

static void from_verdict(const Verdict *v, Scored *out)
{
    memcpy(out->factor, v->factor, sizeof out->factor);
    out->tier = v->tier;
    out->language = v->language;
}

/* ---- judging ------------------------------------------------------------------------- */

static bool judge_group(void *ctx, Arena *a, size_t group, Err *err)
{
    Job *job = ctx;
    const ScoredWork *w = job->work;
    DocketLimits limits = {w->limits, STEP_PIECES, GROUP};
    Docket *d = docket_new(a, w->release, &limits);
    Case *open[GROUP];
    size_t from = group * GROUP, n = job->count - from < GROUP ? job->count - from : GROUP;
    for (size_t i = 0; i < n; i++) {
        const Input in = {.text = &job->text[job->unknown[from + i]], .count = 1};
        if (!docket_open(d, a, a, &in, 1, &open[i], err))
            return err_wrap(err, "text %zu", job->unknown[from + i] + 1);
    }
    for (DocketStep step; docket_step(d, a, &step);)
        ;
    for (size_t i = 0; i < n; i++) {
        Verdict v;
        docket_close(d, open[i], &v);
        from_verdict(&v, &job->out[job->unknown[from + i]]);
    }
    return true;
}

static bool judge_all(Job *job, Err *err)
{
    ParallelWork p = {.item = judge_group,
                      .ctx = job,
                      .count = (job->count + GROUP - 1) / GROUP,
                      .threads = job->work->threads,
                      .arena_bytes = GROUP_ARENA};
    return job->count == 0 || parallel_run(&p, err);
}

/* ---- remembering --------------------------------------------------------------------- */

static void hex_of(Str text, char hex[DIGEST_HEX_SIZE])
{
    Digest d = digest_of(text);
    digest_hex(&d, hex);
}

static bool find_scorer(const ScoredWork *w, int64_t *id, bool *found, Err *err)
{
    char hex[DIGEST_HEX_SIZE];
    Digest d = release_digest(w->release);
    Stmt *s;
    digest_hex(&d, hex);
    if (!stmt_open(w->db,
                   "SELECT id FROM scorer WHERE release = ?1 AND kernels = ?2"
                   " AND max_pieces = ?3",
                   &s, err))
        return false;
    stmt_bind_text(s, 1, str_of(hex));
    stmt_bind_text(s, 2, str_of(release_kernels(w->release)->name));
    stmt_bind_i64(s, 3, (int64_t)w->limits.max_pieces);
    bool ok = stmt_step(s, found, err);
    if (ok && *found)
        *id = stmt_i64(s, 0);
    stmt_close(s);
    return ok;
}

static bool put_scorer(const ScoredWork *w, int64_t *id, Err *err)
{
    char hex[DIGEST_HEX_SIZE];
    Digest d = release_digest(w->release);
    Stmt *s;
    bool found = false;
    digest_hex(&d, hex);
    if (!find_scorer(w, id, &found, err) || found)
        return found;
    if (!stmt_open(w->db,
                   "INSERT INTO scorer (id, release, kernels, max_pieces)"
                   " SELECT coalesce(max(id), 0) + 1, ?1, ?2, ?3 FROM scorer WHERE true"
                   " ON CONFLICT (release, kernels, max_pieces) DO NOTHING",
                   &s, err))
        return false;
    stmt_bind_text(s, 1, str_of(hex));
    stmt_bind_text(s, 2, str_of(release_kernels(w->release)->name));
    stmt_bind_i64(s, 3, (int64_t)w->limits.max_pieces);
    bool ok = stmt_run(s, err);
    stmt_close(s);
    return ok && find_scorer(w, id, &found, err) &&
           (found || err_set(err, ERR_CORRUPT, "a scorer is neither absent nor there"));
}

/* The factors, then the tier. */
static void pack(const Scored *x, uint8_t out[PACKED_BYTES])
{
    for (int f = 0; f < FACTOR_COUNT; f++) {
        uint32_t bits;
        memcpy(&bits, &x->factor[f], sizeof bits);
        for (int k = 0; k < 4; k++)
            out[4 * f + k] = (uint8_t)(bits >> 8 * k);
    }
    out[PACKED_BYTES - 1] = (uint8_t)x->tier;
}

/* False: damaged, or of a time when there were other factors. */
static bool unpack(Str blob, Scored *out)
{
    if (blob.len != PACKED_BYTES || (uint8_t)blob.ptr[PACKED_BYTES - 1] > TIER_ENCODER)
        return false;
    for (int f = 0; f < FACTOR_COUNT; f++) {
        uint32_t bits = 0;
        for (int k = 0; k < 4; k++)
            bits |= (uint32_t)(uint8_t)blob.ptr[4 * f + k] << 8 * k;
        memcpy(&out->factor[f], &bits, sizeof bits);
    }
    out->tier = (Tier)blob.ptr[PACKED_BYTES - 1];
    return true;
}

static bool recall(Stmt *s, Str text, Scored *out, bool *known, Err *err)
{
    char hex[DIGEST_HEX_SIZE];
    bool row = false;
    hex_of(text, hex);
    stmt_bind_text(s, 2, str_of(hex));
    *known = false;
    if (!stmt_step(s, &row, err))
        return false;
    *known = row && unpack(stmt_text(s, 0), out);
    if (*known && !language_parse(stmt_text(s, 1), &out->language))
        out->language = LANGUAGE_UNKNOWN;
    stmt_reset(s);
    return true;
}

/* Splits the places into those that are known, filled in, and the rest. */
static bool recall_all(const ScoredWork *w, int64_t scorer, Job *job, size_t *unknown,
                       size_t count, Err *err)
{
    Stmt *s;
    if (!stmt_open(w->db,
                   "SELECT factors, language FROM factor_score"
                   " WHERE scorer = ?1 AND text = ?2",
                   &s, err))
        return false;
    bool ok = true;
    stmt_bind_i64(s, 1, scorer);
    for (size_t i = 0; ok && i < count; i++) {
        bool known;
        ok = recall(s, job->text[i], &job->out[i], &known, err);
        if (!known)
            unknown[job->count++] = i;
    }
    stmt_close(s);
    return ok;
}

static bool keep(const ScoredWork *w, int64_t scorer, const Job *job, Err *err)
{
    Stmt *s;
    if (!stmt_open(w->db,
                   "INSERT INTO factor_score (scorer, text, factors, language)"
                   " VALUES (?1, ?2, ?3, ?4)"
                   " ON CONFLICT (scorer, text) DO UPDATE SET factors = excluded.factors,"
                   " language = excluded.language",
                   &s, err))
        return false;
    bool ok = store_begin(w->db, err);
    stmt_bind_i64(s, 1, scorer);
    for (size_t i = 0; ok && i < job->count; i++) {
        char hex[DIGEST_HEX_SIZE];
        uint8_t blob[PACKED_BYTES];
        const Scored *x = &job->out[job->unknown[i]];
        hex_of(job->text[job->unknown[i]], hex);
        pack(x, blob);
        stmt_bind_text(s, 2, str_of(hex));
        stmt_bind_blob(s, 3, (Str){(const char *)blob, sizeof blob});
        stmt_bind_text(s, 4, str_of(language_code(x->language)));
        ok = stmt_run(s, err);
    }
    stmt_close(s);
    ok = ok && store_commit(w->db, err);
    if (!ok)
        store_rollback(w->db);
    return ok;
}

bool scored_texts(const ScoredWork *w, Arena *a, const Str *text, size_t count, Scored **out,
                  ScoredCounts *counts, Err *err)
{
    Job all = {.work = w, .text = text, .out = arena_array(a, Scored, count)};
    size_t *unknown = arena_array(a, size_t, count);
    int64_t scorer = 0;
    all.unknown = unknown;
    if (w->db &&
        (!put_scorer(w, &scorer, err) || !recall_all(w, scorer, &all, unknown, count, err)))
        return false;
    for (size_t i = 0; !w->db && i < count; i++)
        unknown[all.count++] = i;
    for (size_t from = 0; from < all.count; from += PART) {
        Job part = all;
        part.unknown = unknown + from;
        part.count = all.count - from < PART ? all.count - from : PART;
        if (!judge_all(&part, err) || (w->db && !keep(w, scorer, &part, err)))
            return false;
        progress_tick(w->progress, "texts", from + part.count, all.count, NULL);
    }
    *out = all.out;
    *counts = (ScoredCounts){count - all.count, all.count};
    return true;
}
