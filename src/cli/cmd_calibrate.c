/* cmd_calibrate.c - from a trained release to one whose scores are probabilities.
 *
 * Fits a map and chooses a threshold per category on the calibration split, measures on
 * the test split, and writes a new release with both and with what was shown of each
 * threshold.  Where the release has a student (gavel distil), its bounds are fitted too, and
 * what they save and lose is measured.  The weights stay as they are.  --like OLD also keeps
 * the meaning that scores had in another release (model/anchors.h).
 */
#include "base/file.h"
#include "base/progress.h"
#include "cli/calibrate_cascade.h"
#include "cli/commands.h"
#include "data/snapshot.h"
#include "model/report.h"
#include "model/thresholds.h"

#include <math.h>
#include <stdio.h>

enum { REPORT_MAX = 32 << 20, SEED = 1 };
#define FALSE_POSITIVES .004 /* of benign rows, a category: docs/decisions/0020 */
#define PRECISION       .8   /* with --by precision */

typedef struct Job {
    Cli *cli;
    const Release *release;
    const Policy *policy;
    Rows split[SPLIT_COUNT]; /* calibrate and test */
    BothRead read[SPLIT_COUNT];
    Judged *judged[SPLIT_COUNT];
    CalibrationKind wanted;
    ThresholdWish wish[CATEGORY_COUNT];
    double together_bound;
    Calibration calibration;
    Together together;
    Cascade cascade;
    CascadeFindings *findings; /* NULL: there is no student */
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

static bool judge_splits(Job *job, Err *err)
{
    for (int s = SPLIT_CALIBRATE; s <= SPLIT_TEST; s++) {
        if (!both_read(job->cli, job->release, job->policy, &job->split[s], &job->read[s], err))
            return false;
        job->judged[s] = job->read[s].judged;
    }
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
    float *weight;
    bool *benign;
} Columns;

static void columns_new(Job *job, const Rows *rows, const Judged *judged, Columns *out)
{
    Arena *a = job->cli->arena;
    out->benign = arena_array(a, bool, rows->count);
    out->weight = arena_array(a, float, rows->count);
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        out->score[c] = arena_array(a, double, rows->count);
        out->label[c] = arena_array(a, float, rows->count);
    }
    for (size_t i = 0; i < rows->count; i++) {
        float category[CATEGORY_COUNT];
        evaluate_labels(job->policy, &rows->row[i].labels, category);
        out->benign[i] = evaluate_benign(category);
        out->weight[i] = rows->row[i].weight;
        for (int c = 0; c < CATEGORY_COUNT; c++) {
            out->label[c][i] = category[c];
            out->score[c][i] = judged[i].score[c];
        }
    }
}

static void fit_maps(Job *job, const Columns *x, size_t count)
{
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        /* No example of it was ever collected: what looks like one is a label's accident. */
        size_t known = c == CATEGORY_SEXUAL_MINORS ? 0 : count;
        CalibrationInput in = {x->score[c], x->label[c], x->weight, known};
        calibration_fit(job->cli->arena, &in, job->wanted, &job->calibration.map[c]);
    }
}

/* The benign rows, judged by the former release as it answers. */
static bool fit_anchors(Job *job, const Columns *x, Err *err)
{
    Cli *cli = job->cli;
    const Rows *rows = &job->split[SPLIT_CALIBRATE];
    const char *like = cli_text(cli, "like", NULL);
    Release *former;
    Judged *judged;
    if (!like)
        return true;
    Rows benign = {arena_array(cli->arena, Row, rows->count), 0};
    size_t *at = arena_array(cli->arena, size_t, rows->count);
    for (size_t i = 0; i < rows->count; i++) {
        if (!x->benign[i])
            continue;
        at[benign.count] = i;
        benign.row[benign.count++] = rows->row[i];
    }
    if (!judge_open_ref(cli, like, &former, err))
        return false;
    bool ok = judge_rows(cli, former, &benign, &judged, err);
    Digest digest = release_digest(former);
    release_close(former);
    if (!ok)
        return false;
    digest_hex(&digest, job->calibration.like);
    double *now = arena_array(cli->arena, double, benign.count);
    double *then = arena_array(cli->arena, double, benign.count);
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        CalibrationMap *m = &job->calibration.map[c];
        for (size_t i = 0; i < benign.count; i++) {
            now[i] = calibration_apply(m, x->score[c][at[i]]);
            then[i] = judged[i].score[c];
        }
        anchors_fit(cli->arena, now, then, benign.count, &m->anchors);
    }
    return true;
}

static void fit_cascade(Job *job)
{
    CascadeJob c = {.policy = job->policy, .calibration = &job->calibration};
    if (!release_student(job->release))
        return;
    for (int s = SPLIT_CALIBRATE; s <= SPLIT_TEST; s++)
        c.rows[s] = &job->split[s], c.read[s] = &job->read[s];
    job->findings = arena_new(job->cli->arena, CascadeFindings);
    cascade_find(job->cli->arena, &c, &job->cascade, job->findings);
}

static bool fit(Job *job, Err *err)
{
    Arena *a = job->cli->arena;
    const Rows *rows = &job->split[SPLIT_CALIBRATE];
    Columns columns;
    columns_new(job, rows, job->judged[SPLIT_CALIBRATE], &columns);
    fit_maps(job, &columns, rows->count);
    if (!fit_anchors(job, &columns, err))
        return false;
    CalibrationRows table = {.count = rows->count, .benign = columns.benign};
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        table.score[c] = columns.score[c];
        table.label[c] = columns.label[c];
    }
    thresholds_choose(a, &table, job->wish, job->together_bound, &job->calibration,
                      &job->together);
    apply(&job->calibration, job->judged[SPLIT_CALIBRATE], rows->count);
    apply(&job->calibration, job->judged[SPLIT_TEST], job->split[SPLIT_TEST].count);
    fit_cascade(job);
    return true;
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
                             .data = str_print(a, "snapshot %.12s, split test", job->snapshot),
                             .cascade = job->findings};
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

/* The error by the definition that every report uses, on the rows that were fitted: what is
 * left there is the map's own stiffness. */
static double calibration_error(Job *job, Category c)
{
    Arena *a = job->cli->arena;
    const Rows *rows = &job->split[SPLIT_CALIBRATE];
    ArenaMark mark = arena_mark(a);
    double *score = arena_array(a, double, rows->count);
    float *label = arena_array(a, float, rows->count);
    for (size_t i = 0; i < rows->count; i++) {
        float category[CATEGORY_COUNT];
        evaluate_labels(job->policy, &rows->row[i].labels, category);
        score[i] = job->judged[SPLIT_CALIBRATE][i].score[c];
        label[i] = category[c];
    }
    Ranked r;
    ranked_new(a, score, label, rows->count, &r);
    double ece = metric_ece(&r);
    arena_rewind(a, mark);
    return ece;
}

static bool print_maps(Job *job, Err *err)
{
    Buf b;
    buf_init(&b, REPORT_MAX);
    buf_byte(&b, '\n');
    calibration_table(&job->calibration, &b);
    const Together *t = &job->together;
    buf_print(&b,
              "\nall together flag %zu of %zu benign rows, at most %.3f %% (bound %.3f %%%s)\n"
              "calibration error on the rows fitted:",
              t->flagged, t->benign, 100 * t->limit, 100 * t->bound,
              t->holds ? "" : ", NOT shown");
    for (int c = 0; c < CATEGORY_COUNT; c++)
        buf_print(&b, " " STR_FMT " %.4f", STR_ARG(category_name((Category)c)),
                  calibration_error(job, (Category)c));
    buf_byte(&b, '\n');
    if (job->findings)
        cascade_report_table(job->findings, &b);
    bool ok = buf_ok(&b, err);
    if (ok)
        fwrite(b.ptr, 1, b.len, stdout);
    buf_done(&b);
    return ok;
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
    parts.cascade = job->cascade;
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
                     policy_parse(job->cli->arena, text, path, &job->policy, err) &&
                     policy_fits_release(job->policy, err));
}

static bool want_share(Cli *cli, const char *option, double fallback, double most, double *out,
                       Err *err)
{
    *out = cli_real(cli, option, fallback);
    return (*out > 0 && *out < most) ||
           err_set(err, ERR_USAGE, "--%s is a share above 0, below %g", option, most);
}

/* The policy's wishes win over the options. */
static bool read_wishes(Job *job, Err *err)
{
    Cli *cli = job->cli;
    ThresholdWish all;
    const char *by = cli_text(cli, "by", "f1");
    if (!threshold_rule_parse(str_of(by), &all.rule) || all.rule < THRESHOLD_F1)
        return err_set(err, ERR_USAGE, "--by is f1, precision or false-positives, not '%s'",
                       by);
    if (!want_share(cli, "precision", PRECISION, 1, &all.precision, err) ||
        !want_share(cli, "false-positives", FALSE_POSITIVES, .5, &all.false_positives, err) ||
        !want_share(cli, "together", 2 * all.false_positives, 1, &job->together_bound, err))
        return false;
    if (cli_text(cli, "precision", NULL) && all.rule != THRESHOLD_PRECISION)
        return err_set(err, ERR_USAGE, "--precision belongs to --by precision");
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        double precision = policy_precision(job->policy, (Category)c);
        double false_positives = policy_false_positives(job->policy, (Category)c);
        job->wish[c] = all;
        if (!isnan(precision))
            job->wish[c].rule = THRESHOLD_PRECISION, job->wish[c].precision = precision;
        if (!isnan(false_positives))
            job->wish[c].false_positives = false_positives;
    }
    return true;
}

static bool calibrate(Job *job, Err *err)
{
    Str report;
    job->wanted = cli_flag(job->cli, "isotonic") ? CALIBRATION_ISOTONIC : CALIBRATION_BETA;
    return read_policy(job, err) && read_wishes(job, err) && load_rows(job, err) &&
           judge_splits(job, err) && fit(job, err) && measure(job, &report, err) &&
           (job->cli->json || print_maps(job, err)) && write_release(job, report, err);
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

/* clang-format off */
static const Option options[] = {
    {.name = "release", .type = OPTION_TEXT, .value = "REF", .help = "what was trained"},
    {.name = "snapshot", .type = OPTION_TEXT, .value = "REF",
     .help = "its splits calibrate and test are used; latest when not given"},
    {.name = "out", .type = OPTION_TEXT, .value = "FILE", .help = "the new release"},
    {.name = "name", .type = OPTION_TEXT, .value = "WORD", .help = "of the new release"},
    {.name = "policy", .type = OPTION_TEXT, .value = "FILE",
     .help = "put this policy into it, instead of the one it has"},
    {.name = "by", .type = OPTION_TEXT, .value = "RULE",
     .help = "how thresholds are chosen: f1 (the best F1; the default), precision (the least "
             "with that precision) or false-positives (the least that its bound lets)"},
    {.name = "precision", .type = OPTION_REAL, .value = "SHARE",
     .help = "with --by precision: of the rows flagged, shown with 95 % confidence; 0.8 when "
             "not given"},
    {.name = "false-positives", .type = OPTION_REAL, .value = "SHARE",
     .help = "of benign rows that a category may flag, shown with 95 % confidence; goes with "
             "every rule; 0.004 when not given"},
    {.name = "together", .type = OPTION_REAL, .value = "SHARE",
     .help = "of benign rows that all categories together may flag; twice --false-positives "
             "when not given"},
    {.name = "like", .type = OPTION_TEXT, .value = "REF",
     .help = "scores keep the meaning they had in that release: as few benign rows reach them"},
    {.name = "isotonic", .type = OPTION_FLAG,
     .help = "isotonic maps where there are positives enough for beta maps"},
    {0},
};
/* clang-format on */

const Command cmd_calibrate = {
    .name = "calibrate",
    .run = run,
    .options = options,
    .summary = "fit probabilities and thresholds, measure, write a release",
    .example = "gavel calibrate --release var/run/third.gavel --out releases/third.gavel",
};
