/* cmd_evaluate.c - how good a release is on labelled rows. */
#include "base/file.h"
#include "base/thread.h"
#include "cli/commands.h"
#include "cli/judge.h"
#include "data/recipe.h"
#include "data/snapshot.h"
#include "model/labelled.h"
#include "model/report.h"

#include <math.h>
#include <stdio.h>

enum { REPORT_MAX = 64 << 20, SEED = 1 };

/* ---- rows ---------------------------------------------------------------------------- */

static bool rows_of_snapshot(Cli *cli, const char *ref, Rows *out, Str *data, Err *err)
{
    Store *db = NULL;
    SnapshotInfo info;
    Split split;
    Rows all;
    const char *word = cli_text(cli, "split", "test");
    if (!split_parse(str_of(word), &split))
        return err_set(err, ERR_USAGE, "--split is train, calibrate or test, not '%s'", word);
    bool ok = store_open(cli->config.store_path, &db, err) &&
              snapshot_find(db, cli->arena, str_of(ref), &info, err) &&
              snapshot_load(db, cli->arena, &info, &all, err);
    store_close(db);
    if (!ok)
        return false;
    Row *row = arena_array(cli->arena, Row, all.count);
    size_t count = 0;
    for (size_t i = 0; i < all.count; i++)
        if (all.row[i].split == split)
            row[count++] = all.row[i];
    char hex[DIGEST_HEX_SIZE];
    digest_hex(&info.digest, hex);
    *out = (Rows){row, count};
    *data = str_print(cli->arena, "snapshot %.12s, split %s", hex, split_name(split));
    return true;
}

static bool rows_of_recipe(Cli *cli, const char *path, Rows *out, Str *data, Err *err)
{
    const Recipe *recipe;
    BadRows bad = {0};
    if (cli->operand_count != 1)
        return err_set(err, ERR_USAGE, "--recipe wants one operand: the folder or the file");
    if (!recipe_load(cli->arena, path, &recipe, err) ||
        !rows_read(cli->arena, recipe, cli->operand[0], (size_t)cli->config.max_line_bytes, out,
                   &bad, err))
        return false;
    if (bad.count)
        fprintf(stderr, "%zu bad rows left out; the first: " STR_FMT "\n", bad.count,
                STR_ARG(bad.message[0]));
    *data = str_print(cli->arena, "source " STR_FMT, STR_ARG(recipe_source(recipe)));
    return true;
}

static bool read_rows(Cli *cli, Rows *out, Str *data, Err *err)
{
    const char *snapshot = cli_text(cli, "snapshot", NULL);
    const char *file = cli_text(cli, "file", NULL), *recipe = cli_text(cli, "recipe", NULL);
    if (!!snapshot + !!file + !!recipe != 1)
        return err_set(err, ERR_USAGE,
                       "one of --snapshot, --file and --recipe says what to "
                       "evaluate on");
    bool ok = false;
    if (snapshot)
        ok = rows_of_snapshot(cli, snapshot, out, data, err);
    else if (recipe)
        ok = rows_of_recipe(cli, recipe, out, data, err);
    else if (labelled_read(cli->arena, file, (size_t)cli->config.max_line_bytes, out, err)) {
        const char *slash = strrchr(file, '/'); /* no place of this machine in a report */
        *data = str_of(slash ? slash + 1 : file);
        ok = true;
    }
    if (ok && out->count == 0)
        return err_set(err, ERR_INPUT, "there are no rows to evaluate on");
    return ok;
}

/* ---- judging and writing ------------------------------------------------------------- */

typedef struct Bench {
    const Release *release;
    Limits limits;
} Bench;

static bool judge_text(void *ctx, Arena *a, Str text, Judged *out, Err *err)
{
    const Bench *b = ctx;
    Verdict v;
    if (!moderate(b->release, &b->limits, a, &(Input){&text, 1}, &v, err))
        return false;
    memcpy(out->score, v.score, sizeof out->score);
    memcpy(out->factor, v.factor, sizeof out->factor);
    return true;
}

static bool save(Cli *cli, const char *dir, const char *name, const Buf *b, Err *err)
{
    Str path = str_print(cli->arena, "%s/%s", dir, name);
    return buf_ok(b, err) && file_save(str_z(cli->arena, path), buf_str(b), err);
}

static bool write_reports(Cli *cli, const Evaluation *e, const ReportSubject *s, Err *err)
{
    const char *dir = cli_text(cli, "report", NULL);
    Buf json, other;
    buf_init(&json, REPORT_MAX);
    buf_init(&other, REPORT_MAX);
    JsWriter w = js_writer(&json);
    report_json(e, s, &w);
    buf_byte(&json, '\n');
    report_markdown(e, s, &other);
    bool ok = true;
    if (dir)
        ok = file_make_dirs(dir, err) && save(cli, dir, "report.json", &json, err) &&
             save(cli, dir, "MODEL_CARD.md", &other, err);
    if (ok && !cli->json) {
        buf_clear(&other);
        report_table(e, s, &other);
    }
    const Buf *shown = cli->json ? &json : &other;
    ok = ok && buf_ok(shown, err);
    if (ok)
        fwrite(shown->ptr, 1, shown->len, stdout);
    buf_done(&json);
    buf_done(&other);
    return ok;
}

static bool run_on(Cli *cli, const Release *release, Err *err)
{
    Rows rows;
    Str data;
    Judged *judged;
    Bench bench = {release, judge_limits(cli)};
    int threads = cli->config.workers ? (int)cli->config.workers : thread_processors();
    Judge judge = {judge_text, &bench, threads > 64 ? 64 : threads, &cli->progress};
    if (!read_rows(cli, &rows, &data, err) ||
        !evaluate_judge(cli->arena, &rows, &judge, &judged, err))
        return false;
    EvaluateInput in = {
        .rows = &rows, .judged = judged, .policy = release_policy(release), .seed = SEED};
    double shipped[CATEGORY_COUNT];
    for (int c = 0; c < CATEGORY_COUNT; c++)
        shipped[c] = release_threshold(release, (Category)c);
    for (int c = 0; c < CATEGORY_COUNT; c++)
        in.threshold[c] = decide_threshold(release_policy(release), (Category)c, shipped);
    Evaluation *e = arena_new(cli->arena, Evaluation);
    evaluate(cli->arena, &in, e);
    char hex[DIGEST_HEX_SIZE];
    Digest digest = release_digest(release);
    digest_hex(&digest, hex);
    ReportSubject subject = {release_name(release), str_of(hex), data};
    return write_reports(cli, e, &subject, err);
}

static bool run(Cli *cli, Err *err)
{
    Release *release;
    if (cli_text(cli, "recipe", NULL) == NULL && cli->operand_count > 0)
        return err_set(err, ERR_USAGE, "an operand belongs to --recipe");
    stop_on_signals();
    if (!judge_open(cli, &release, err))
        return false;
    bool ok = run_on(cli, release, err);
    release_close(release);
    return ok;
}

static const Option options[] = {
    {.name = "release",
     .type = OPTION_TEXT,
     .value = "REF",
     .help = "a file, a name in releases/, or digits of a digest"},
    {.name = "snapshot",                    .type = OPTION_TEXT, .value = "REF", .help = "rows of a snapshot ..."},
    {.name = "split",                                 .type = OPTION_TEXT, .value = "NAME", .help = "... test when not given"},
    {.name = "file",
     .type = OPTION_TEXT,
     .value = "FILE.jsonl",
     .help = "lines with a text and labels by name, or the OpenAI set's short keys"},
    {.name = "recipe",
     .type = OPTION_TEXT,
     .value = "FILE",
     .help = "rows that a recipe reads from the operand"},
    {.name = "report",
     .type = OPTION_TEXT,
     .value = "DIR",
     .help = "also write report.json and MODEL_CARD.md there"},
    {0                 },
};

const Command cmd_evaluate = {
    .name = "evaluate",
    .run = run,
    .options = options,
    .operands = "[PATH]",
    .most = 1,
    .summary = "measure a release on labelled rows",
    .example = "gavel evaluate --release first --snapshot latest --report var/report",
};
