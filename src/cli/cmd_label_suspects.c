/* cmd_label_suspects.c - `gavel label suspects`: labels of a snapshot that models which never
 * saw the row contradict, worst first.
 *
 * The search (label/suspects.h) knows no model, the reading (model/crossfit.h) no suspects:
 * they stand on one floor and meet here.
 */
#include "base/file.h"
#include "base/js.h"
#include "cli/commands.h"
#include "data/snapshot.h"
#include "label/suspects.h"
#include "model/crossfit.h"
#include "nn/base.h"

#include <stdio.h>

enum { PLAN_MAX_BYTES = 1 << 20, OUTPUT_MAX = 512 << 20 };

static const Option options[] = {
    {"snapshot", OPTION_TEXT, "REF", "name or digest; latest when not given", false},
    {"base",     OPTION_TEXT, "FILE", "base weights; var/base.pack when not given", false},
    {"plan",     OPTION_TEXT, "FILE", "recipes/training/suspects.yaml when not given", false},
    {"source",     OPTION_TEXT, "SOURCE", "learn and search only here; S* is what begins so", true},
    {"factor",    OPTION_TEXT, "FACTOR", "search only this one; else all", true},
    {"folds",     OPTION_INT, "N", "2 to 20 (2)", false},
    {"seed",     OPTION_INT, "N", "of folds and planting (1)", false},
    {"out",    OPTION_TEXT, "FILE", "where the suspects go, a line of JSON each", false},
    {"work",     OPTION_TEXT, "DIR", "of an unfinished run, to go on; else FILE.work", false},
    {"plant",   OPTION_REAL, "SHARE",
     "first turn round this share of the labels, then tell how many were found", false},
    {0 },
};

typedef struct Job {
    Rows rows;     /* of the training split and the chosen sources */
    uint32_t *row; /* those searched */
    size_t count;
    Digest data;
    Plan plan;
    CrossfitInput fit;
    SuspectInput search;
    bool *planted;
    double share;
    uint64_t seed;
} Job;

static bool chosen(const Cli *cli, Str source)
{
    const char *pattern;
    if (!cli_nth(cli, "source", 0))
        return true;
    for (int i = 0; (pattern = cli_nth(cli, "source", i)); i++)
        if (str_fits(str_of(pattern), source))
            return true;
    return false;
}

static bool has_hard_label(const Row *r, uint32_t factors)
{
    for (int f = 0; f < FACTOR_COUNT; f++)
        if ((factors >> f & 1) && suspect_is_hard(r->labels.factor[f]))
            return true;
    return false;
}

static bool read_factors(const Cli *cli, uint32_t *out, Err *err)
{
    const char *name;
    uint32_t set = 0;
    for (int i = 0; (name = cli_nth(cli, "factor", i)); i++) {
        Factor f;
        if (!factor_parse(str_of(name), &f))
            return err_set(err, ERR_USAGE, "no factor is called '%s'", name);
        set |= 1u << f;
    }
    *out = set ? set : (1u << FACTOR_COUNT) - 1;
    return true;
}

/* What a public set says is searched.  What was read under the policy, or written together with
 * its label, is learned from and left alone. */
static bool choose_rows(Cli *cli, const Rows *all, Job *j, Err *err)
{
    j->rows.row = arena_array(cli->arena, Row, all->count);
    j->row = arena_array(cli->arena, uint32_t, all->count);
    for (size_t i = 0; i < all->count; i++) {
        const Row *r = &all->row[i];
        if (r->split != SPLIT_TRAIN || !chosen(cli, r->source))
            continue;
        if (r->origin == LABEL_ORIGIN_IMPORT && has_hard_label(r, j->search.factors))
            j->row[j->count++] = (uint32_t)j->rows.count;
        j->rows.row[j->rows.count++] = *r;
    }
    return j->count > 0 ||
           err_set(err, ERR_INPUT, "no imported label of the training split is to be searched");
}

static bool load_rows(Cli *cli, Job *j, Err *err)
{
    Store *db = NULL;
    SnapshotInfo info;
    Rows all;
    bool ok = store_open(cli->config.store_path, &db, err) &&
              snapshot_find(db, cli->arena, str_of(cli_text(cli, "snapshot", "latest")), &info,
                            err) &&
              snapshot_load(db, cli->arena, &info, &all, err);
    store_close(db);
    if (!ok || !choose_rows(cli, &all, j, err))
        return false;
    j->data = info.digest;
    return true;
}

static bool load_model(Cli *cli, Job *j, Err *err)
{
    Arena *a = cli->arena;
    const char *plan_path = cli_text(cli, "plan", "recipes/training/suspects.yaml");
    Str plan_text, vocab_json;
    EncoderParams *base = arena_new(a, EncoderParams);
    if (!file_load(a, plan_path, PLAN_MAX_BYTES, &plan_text, err) ||
        !plan_parse(a, plan_text, plan_path, &j->plan, err) ||
        !kernels_find(str_of(cli->config.kernels), &j->fit.kernels, err))
        return false;
    if (!base_load(a, cli_text(cli, "base", "var/base.pack"), base, &vocab_json, err))
        return err_wrap(err, "base weights (see: gavel base import --help)");
    j->fit.base = base;
    j->fit.plan = &j->plan;
    return vocab_parse_json(a, vocab_json, &j->fit.vocab, err);
}

/* All that the rows and folds follow from. */
static bool name_data(Cli *cli, Job *j, Err *err)
{
    Buf b;
    const char *s;
    char hex[DIGEST_HEX_SIZE];
    digest_hex(&j->data, hex);
    buf_init(&b, PLAN_MAX_BYTES);
    buf_print(&b, "%s %d folds, seed %llu, planted %.17g in %x, searched %zu", hex,
              j->fit.folds, (unsigned long long)j->seed, j->share,
              j->share > 0 ? j->search.factors : 0u, j->count);
    for (int i = 0; (s = cli_nth(cli, "source", i)); i++)
        buf_print(&b, "\n%s", s);
    bool ok = buf_ok(&b, err);
    j->data = digest_of(buf_str(&b));
    buf_done(&b);
    return ok;
}

static bool prepare(Cli *cli, Job *j, Err *err)
{
    const char *out = cli_text(cli, "out", NULL);
    int64_t folds = cli_int(cli, "folds", 2);
    j->seed = (uint64_t)cli_int(cli, "seed", 1);
    j->share = cli_real(cli, "plant", 0);
    if (!out)
        return err_set(err, ERR_USAGE, "label suspects wants --out FILE");
    if (folds < 2 || folds > CROSSFIT_FOLDS_MAX)
        return err_set(err, ERR_USAGE, "--folds is 2 to %d", CROSSFIT_FOLDS_MAX);
    if (!(j->share >= 0 && j->share < 0.5))
        return err_set(err, ERR_USAGE, "--plant is a share from 0, under a half");
    j->fit.folds = (int)folds;
    if (!read_factors(cli, &j->search.factors, err) || !load_model(cli, j, err) ||
        !load_rows(cli, j, err) || !name_data(cli, j, err))
        return false;
    uint8_t *fold = arena_array(cli->arena, uint8_t, j->rows.count);
    j->planted = arena_array(cli->arena, bool, j->count *FACTOR_COUNT);
    crossfit_folds(&j->rows, j->fit.folds, j->seed, fold);
    suspects_plant(&j->rows, j->row, j->count, j->search.factors, j->share, j->seed,
                   j->planted);
    j->fit.rows = &j->rows;
    j->fit.fold = fold;
    j->fit.read = j->row;
    j->fit.count = j->count;
    j->fit.dir = cli_text(cli, "work", str_print(cli->arena, "%s.work", out).ptr);
    j->fit.data = j->data;
    j->fit.progress = &cli->progress;
    return true;
}

/* ---- the answer ------------------------------------------------------------------------ */

static bool save(const char *path, const SuspectReport *r, Err *err)
{
    Buf b;
    buf_init(&b, OUTPUT_MAX);
    for (size_t i = 0; i < r->count; i++)
        suspect_print(&r->suspect[i], &b);
    bool ok = buf_ok(&b, err) && file_save(path, buf_str(&b), err);
    buf_done(&b);
    return ok;
}

static double share_of(size_t k, size_t n) { return n ? (double)k / (double)n : 0; }

static void json_planted(JsWriter *w, Str name, const PlantedFigure *m)
{
    js_key_str(w, name);
    js_object(w);
    js_count(w, "labels", m->labels);
    js_count(w, "planted", m->planted);
    js_count(w, "suspects", m->suspects);
    js_count(w, "found", m->found);
    js_count(w, "listed", m->listed);
    js_count(w, "listed_found", m->listed_found);
    js_end_object(w);
}

static void print_json(const Job *j, const SuspectReport *r, Buf *out)
{
    JsWriter w = js_writer(out);
    js_object(&w);
    js_count(&w, "rows", j->rows.count);
    js_count(&w, "searched", j->count);
    js_count(&w, "suspects", r->count);
    js_key(&w, "figures");
    js_array(&w);
    for (size_t i = 0; i < r->figures; i++) {
        const SuspectFigure *x = &r->figure[i];
        js_object(&w);
        js_key(&w, "source"), js_string(&w, x->source);
        js_key(&w, "factor"), js_string(&w, factor_name(x->factor));
        js_count(&w, "known", x->known);
        js_count(&w, "suspects", x->suspects);
        js_count(&w, "relabel", x->relabel);
        js_number(&w, "noise", x->noise);
        js_number(&w, "low", x->low);
        js_number(&w, "high", x->high);
        js_end_object(&w);
    }
    js_end_array(&w);
    if (j->share > 0) {
        js_key(&w, "planted");
        js_object(&w);
        for (int f = 0; f <= FACTOR_COUNT; f++) {
            PlantedFigure m;
            suspects_measure(&j->search, r, j->planted, f, &m);
            if (m.labels)
                json_planted(&w, f == FACTOR_COUNT ? STR("all") : factor_name((Factor)f), &m);
        }
        js_end_object(&w);
    }
    js_end_object(&w);
    buf_byte(out, '\n');
}

static void text_planted(const Job *j, const SuspectReport *r, Buf *out)
{
    buf_print(out, "\n%-24s %8s %8s %8s %8s %10s   %s\n", "planted errors", "planted",
              "suspects", "recall", "precision", "", "of the worst 1.4 x planted");
    for (int f = 0; f <= FACTOR_COUNT; f++) {
        PlantedFigure m;
        suspects_measure(&j->search, r, j->planted, f, &m);
        if (m.labels)
            buf_print(out, "%-24.*s %8zu %8zu %8.3f %8.3f %10s   %.3f %.3f\n",
                      STR_ARG(f == FACTOR_COUNT ? STR("all") : factor_name((Factor)f)),
                      m.planted, m.suspects, share_of(m.found, m.planted),
                      share_of(m.found, m.suspects), "", share_of(m.listed_found, m.planted),
                      share_of(m.listed_found, m.listed));
    }
}

static void print_text(const Job *j, const SuspectReport *r, Buf *out)
{
    buf_print(out, "%zu suspected labels of %zu rows searched, by models of %d folds\n",
              r->count, j->count, j->fit.folds);
    buf_print(out, "%-24s %-24s %8s %8s %8s %7s  %s\n", "source", "factor", "known", "suspects",
              "relabel", "share", "estimated noise");
    for (size_t i = 0; i < r->figures; i++) {
        const SuspectFigure *x = &r->figure[i];
        buf_print(out, "%-24.*s %-24.*s %8zu %8zu %8zu %7.4f  %.4f [%.4f, %.4f]\n",
                  STR_ARG(x->source.len ? x->source : STR("in all")),
                  STR_ARG(factor_name(x->factor)), x->known, x->suspects, x->relabel,
                  share_of(x->suspects, x->known), x->noise, x->low, x->high);
    }
    if (j->share > 0)
        text_planted(j, r, out);
}

static bool run(Cli *cli, Err *err)
{
    Job j = {0};
    SuspectReport r;
    if (!prepare(cli, &j, err))
        return false;
    stop_on_signals();
    float *probability = arena_array(cli->arena, float, j.count *FACTOR_COUNT);
    if (!crossfit(cli->arena, &j.fit, probability, err))
        return err->code == ERR_STOPPED
                   ? err_wrap(err, "run again to go on from the checkpoint")
                   : false;
    j.search.rows = &j.rows;
    j.search.row = j.row;
    j.search.count = j.count;
    j.search.probability = probability;
    suspects_find(cli->arena, &j.search, &r);
    if (!save(cli_text(cli, "out", NULL), &r, err))
        return false;
    Buf b;
    buf_init(&b, OUTPUT_MAX);
    if (cli->json)
        print_json(&j, &r, &b);
    else
        print_text(&j, &r, &b);
    bool ok = buf_ok(&b, err);
    if (ok)
        printf(STR_FMT, STR_ARG(buf_str(&b)));
    buf_done(&b);
    return ok;
}

const Command cmd_label_suspects = {
    .name = "label suspects",
    .run = run,
    .options = options,
    .summary = "labels that models which never saw the row contradict, the worst first",
    .example = "gavel label suspects --snapshot latest --source edos --out suspects.jsonl",
};
