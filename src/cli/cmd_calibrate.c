/* cmd_calibrate.c - from a trained release to one whose scores are probabilities.
 *
 * Fits a map and chooses a threshold per category on the calibration split, measures on
 * the test split, and writes a new release with both.  The weights stay as they are.
 */
#include "base/file.h"
#include "base/thread.h"
#include "cli/commands.h"
#include "cli/judge.h"
#include "data/snapshot.h"
#include "model/report.h"
#include "model/thresholds.h"

#include <math.h>
#include <stdio.h>

enum { REPORT_MAX = 32 << 20, SEED = 1 };
#define FALSE_POSITIVES .003 /* of benign rows, a category; the plan of the first release */

typedef struct Job {
    Cli *cli;
    const Release *release;
    const Policy *policy;
    Rows split[SPLIT_COUNT]; /* calibrate and test */
    Judged *judged[SPLIT_COUNT];
    Calibration calibration;
    ThresholdNote note[CATEGORY_COUNT];
    char snapshot[DIGEST_HEX_SIZE];
} Job;

static bool load_rows(Job *job, Err *err)
{
    Cli *cli = job->cli;
    Store *db = NULL;
    SnapshotInfo info;
    Rows all;
    bool ok = store_open(cli->config.store_path, &db, err) &&
              snapshot_find(db, cli->arena, str_of(cli_text(cli, "snapshot", "latest")), &info,
                            err) &&
              snapshot_load(db, cli->arena, &info, &all, err);
    store_close(db);
    if (!ok)
        return false;
    digest_hex(&info.digest, job->snapshot);
    for (int s = SPLIT_CALIBRATE; s <= SPLIT_TEST; s++) {
        job->split[s].row = arena_array(cli->arena, Row, all.count);
        for (size_t i = 0; i < all.count; i++)
            if (all.row[i].split == (Split)s)
                job->split[s].row[job->split[s].count++] = all.row[i];
    }
    if (job->split[SPLIT_CALIBRATE].count == 0)
        return err_set(err, ERR_INPUT, "the snapshot has no calibration rows");
    return true;
}

/* Composed scores, by the policy that will ship: what calibration maps from. */
typedef struct Bench {
    const Release *release;
    const Policy *policy;
    size_t max_pieces;
} Bench;

static bool judge_text(void *ctx, Arena *a, Str text, Judged *out, Err *err)
{
    const Bench *b = ctx;
    Scores s;
    if (!score_text(b->release, a, text, TIER_CASCADE, b->max_pieces, &s, err))
        return false;
    policy_compose(b->policy, s.factor, out->score);
    memcpy(out->factor, s.factor, sizeof out->factor);
    return true;
}

static bool judge_splits(Job *job, Err *err)
{
    Cli *cli = job->cli;
    Bench bench = {job->release, job->policy, (size_t)cli->config.max_pieces};
    int threads = cli->config.workers ? (int)cli->config.workers : thread_processors();
    Judge judge = {judge_text, &bench, threads > 64 ? 64 : threads, &cli->progress};
    for (int s = SPLIT_CALIBRATE; s <= SPLIT_TEST; s++)
        if (!evaluate_judge(cli->arena, &job->split[s], &judge, &job->judged[s], err))
            return false;
    return true;
}

static void apply(const Calibration *c, Judged *judged, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (int k = 0; k < CATEGORY_COUNT; k++)
            judged[i].score[k] = calibration_apply(&c->map[k], judged[i].score[k]);
}

/* The split as columns, a category each. */
typedef struct Columns {
    double *score[CATEGORY_COUNT];
    float *label[CATEGORY_COUNT];
    bool *benign;
} Columns;

static void columns_new(Job *job, const Rows *rows, Columns *out)
{
    Arena *a = job->cli->arena;
    out->benign = arena_array(a, bool, rows->count);
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        out->score[c] = arena_array(a, double, rows->count);
        out->label[c] = arena_array(a, float, rows->count);
    }
    for (size_t i = 0; i < rows->count; i++) {
        float category[CATEGORY_COUNT];
        evaluate_labels(job->policy, &rows->row[i].labels, category);
        out->benign[i] = evaluate_benign(category);
        for (int c = 0; c < CATEGORY_COUNT; c++)
            out->label[c][i] = category[c];
    }
}

static void columns_score(Columns *c, const Judged *judged, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (int k = 0; k < CATEGORY_COUNT; k++)
            c->score[k][i] = judged[i].score[k];
}

static void fit(Job *job, CalibrationKind wanted, double bound)
{
    Arena *a = job->cli->arena;
    const Rows *rows = &job->split[SPLIT_CALIBRATE];
    Judged *judged = job->judged[SPLIT_CALIBRATE];
    Columns columns;
    columns_new(job, rows, &columns);
    columns_score(&columns, judged, rows->count);
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        /* No example of it was ever collected: what looks like one is a label's accident. */
        size_t known = c == CATEGORY_SEXUAL_MINORS ? 0 : rows->count;
        calibration_fit(a, columns.score[c], columns.label[c], known, wanted,
                        &job->calibration.map[c]);
    }
    apply(&job->calibration, judged, rows->count);
    apply(&job->calibration, job->judged[SPLIT_TEST], job->split[SPLIT_TEST].count);
    columns_score(&columns, judged, rows->count);
    CalibrationRows table = {.count = rows->count, .benign = columns.benign};
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        table.score[c] = columns.score[c];
        table.label[c] = columns.label[c];
    }
    thresholds_choose(a, &table, bound, &job->calibration, job->note);
}

static bool measure(Job *job, Str *report, Err *err)
{
    Arena *a = job->cli->arena;
    EvaluateInput in = {.rows = &job->split[SPLIT_TEST],
                        .judged = job->judged[SPLIT_TEST],
                        .policy = job->policy,
                        .seed = SEED};
    double shipped[CATEGORY_COUNT];
    for (int c = 0; c < CATEGORY_COUNT; c++)
        shipped[c] = job->calibration.map[c].threshold;
    for (int c = 0; c < CATEGORY_COUNT; c++)
        in.threshold[c] = decide_threshold(job->policy, (Category)c, shipped);
    Evaluation *e = arena_new(a, Evaluation);
    evaluate(a, &in, e);
    const char *name = cli_text(job->cli, "name", NULL);
    ReportSubject subject = {.release = name ? str_of(name) : release_name(job->release),
                             .data = str_print(a, "snapshot %.12s, split test", job->snapshot)};
    Buf b;
    buf_init(&b, REPORT_MAX);
    JsWriter w = js_writer(&b);
    report_json(e, &subject, &w);
    bool ok = buf_ok(&b, err);
    if (ok)
        *report = str_copy(a, buf_str(&b));
    buf_clear(&b);
    if (ok && !job->cli->json) {
        report_table(e, &subject, &b);
        fwrite(b.ptr, 1, b.len, stdout);
    }
    buf_done(&b);
    return ok;
}

static void print_maps(const Job *job)
{
    printf("\n%-24s %-9s %9s %9s %9s %7s %9s %9s\n", "calibration", "map", "threshold",
           "positives", "negatives", "F1", "benign %", "at most %");
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        const CalibrationMap *m = &job->calibration.map[c];
        const ThresholdNote *n = &job->note[c];
        printf("%-24.*s %-9s %9.4f %9lld %9lld %7.3f %9.3f %9.3f\n",
               STR_ARG(category_name((Category)c)), calibration_kind_name(m->kind),
               m->threshold, (long long)m->positives, (long long)m->negatives, n->f1,
               100 * n->benign_flagged, 100 * n->upper);
    }
}

static bool write_release(Job *job, Str report, Err *err)
{
    Cli *cli = job->cli;
    ReleaseParts parts;
    Digest digest;
    if (!release_parts(job->release, cli->arena, &parts, err))
        return false;
    const char *name = cli_text(cli, "name", NULL);
    if (name)
        parts.name = str_of(name);
    parts.calibration = job->calibration;
    parts.policy = job->policy;
    parts.report = report;
    if (!release_save(cli->arena, &parts, cli_text(cli, "out", NULL), &digest, err))
        return false;
    char hex[DIGEST_HEX_SIZE];
    digest_hex(&digest, hex);
    if (cli->json)
        printf("{\"digest\":\"%s\"}\n", hex);
    else
        printf("\nwrote release %s\n", hex);
    return true;
}

/* Another policy may be put in at calibration: maps and thresholds depend on it, weights
 * do not. */
static bool read_policy(Job *job, Err *err)
{
    const char *path = cli_text(job->cli, "policy", NULL);
    Str text;
    job->policy = release_policy(job->release);
    return !path || (file_load(job->cli->arena, path, POLICY_MAX_BYTES, &text, err) &&
                     policy_parse(job->cli->arena, text, path, &job->policy, err));
}

static bool calibrate(Job *job, Err *err)
{
    double bound = cli_real(job->cli, "false-positives", FALSE_POSITIVES);
    Str report;
    if (!(bound > 0 && bound < .5))
        return err_set(err, ERR_USAGE, "--false-positives is a share above 0, below 0.5");
    CalibrationKind wanted =
        cli_flag(job->cli, "isotonic") ? CALIBRATION_ISOTONIC : CALIBRATION_BETA;
    if (!read_policy(job, err) || !load_rows(job, err) || !judge_splits(job, err))
        return false;
    fit(job, wanted, bound);
    if (!measure(job, &report, err))
        return false;
    if (!job->cli->json)
        print_maps(job);
    return write_release(job, report, err);
}

static bool run(Cli *cli, Err *err)
{
    Release *release;
    if (!cli_text(cli, "out", NULL))
        return err_set(err, ERR_USAGE, "--out says where the calibrated release goes");
    stop_on_signals();
    if (!judge_open(cli, &release, err))
        return false;
    Job *job = arena_new(cli->arena, Job);
    job->cli = cli;
    job->release = release;
    bool ok = calibrate(job, err);
    release_close(release);
    return ok;
}

static const Option options[] = {
    {.name = "release",                                                       .type = OPTION_TEXT, .value = "REF", .help = "what was trained"},
    {.name = "snapshot",
     .type = OPTION_TEXT,
     .value = "REF",
     .help = "its splits calibrate and test are used; latest when not given"},
    {.name = "out",                                                                       .type = OPTION_TEXT, .value = "FILE", .help = "the new release"},
    {.name = "name",                                                     .type = OPTION_TEXT, .value = "WORD", .help = "of the new release"},
    {.name = "policy",
     .type = OPTION_TEXT,
     .value = "FILE",
     .help = "put this policy into it, instead of the one it has"},
    {.name = "false-positives",
     .type = OPTION_REAL,
     .value = "SHARE",
     .help = "of benign rows that a category may flag; 0.003 when not given"},
    {.name = "isotonic",
     .type = OPTION_FLAG,
     .help = "isotonic maps where there are positives enough for beta maps"},
    {0                                                                      },
};

const Command cmd_calibrate = {
    .name = "calibrate",
    .run = run,
    .options = options,
    .summary = "fit probabilities and thresholds, measure, write a release",
    .example = "gavel calibrate --release var/run/first.gavel --out releases/first.gavel",
};
