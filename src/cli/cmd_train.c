/* cmd_train.c - from a snapshot to a release. */
#include "base/clock.h"
#include "base/file.h"
#include "base/thread.h"
#include "cli/commands.h"
#include "cli/judge.h"
#include "data/rows_stats.h"
#include "data/snapshot.h"
#include "model/train.h"
#include "nn/base.h"

#include <stdio.h>
#include <stdlib.h>

enum { PLAN_MAX_BYTES = 1 << 20, NOTE_MAX_BYTES = 2 << 20 };

static const Option options[] = {
    {.name = "snapshot",
     .type = OPTION_TEXT,
     .value = "REF",
     .help = "name or digest; latest when not given"},
    {.name = "plan",
     .type = OPTION_TEXT,
     .value = "FILE",
     .help = "recipes/training/third.yaml when not given"},
    {.name = "base",
     .type = OPTION_TEXT,
     .value = "FILE",
     .help = "base weights from `gavel base import`; var/base.pack when not given"},
    {.name = "policy",
     .type = OPTION_TEXT,
     .value = "FILE",
     .help = "policies/openai-13/policy.yaml when not given"},
    {.name = "out",
     .type = OPTION_TEXT,
     .value = "DIR",
     .help = "folder of the run; an unfinished run in it goes on"},
    {.name = "name",
     .type = OPTION_TEXT,
     .value = "WORD",
     .help = "of the release; the plan's name when not given"},
    {.name = "float32",
     .type = OPTION_FLAG,
     .help = "keep the encoder's weights in full: four times the size, to see what int8 costs"},
    {.name = "stop-after",
     .type = OPTION_INT,
     .value = "STEPS",
     .help = "write a checkpoint there and end with status 1"},
    {0                                 },
};

static bool load_rows(Cli *cli, SnapshotInfo *info, Rows *rows, Err *err)
{
    Store *db = NULL;
    Str ref = str_of(cli_text(cli, "snapshot", "latest"));
    bool ok = store_open(cli->config.store_path, &db, err) &&
              snapshot_find(db, cli->arena, ref, info, err) &&
              snapshot_load(db, cli->arena, info, rows, err);
    store_close(db);
    return ok;
}

static void describe_languages(Arena *a, const Rows *rows, JsWriter *w)
{
    RowsStats stats;
    rows_stats(a, rows, &stats);
    js_key(w, "languages");
    js_object(w);
    for (size_t i = 0; i < stats.language_count; i++) {
        const NameCounts *l = &stats.language[i];
        if (l->name.len && l->rows[SPLIT_TRAIN]) {
            js_key_str(w, l->name);
            js_i64(w, (int64_t)l->rows[SPLIT_TRAIN]);
        }
    }
    js_end_object(w);
}

/* What the release says of its training: enough to repeat it. */
static bool describe(Cli *cli, const SnapshotInfo *info, const Rows *rows, const Plan *plan,
                     Str *out, Err *err)
{
    Buf b;
    buf_init(&b, NOTE_MAX_BYTES);
    char hex[DIGEST_HEX_SIZE];
    digest_hex(&info->digest, hex);
    JsWriter w = js_writer(&b);
    js_object(&w);
    js_key(&w, "snapshot");
    js_string(&w, str_of(hex));
    js_count(&w, "rows", info->rows);
    for (int s = 0; s < SPLIT_COUNT; s++) {
        js_key(&w, split_name((Split)s));
        js_i64(&w, (int64_t)info->split_rows[s]);
    }
    describe_languages(cli->arena, rows, &w);
    js_key(&w, "kernels");
    js_string(&w, str_of(cli->config.kernels));
    js_key(&w, "plan");
    js_string(&w, plan->text);
    js_end_object(&w);
    bool ok = buf_ok(&b, err);
    *out = str_copy(cli->arena, buf_str(&b));
    buf_done(&b);
    return ok;
}

static void announce(const Cli *cli, const SnapshotInfo *info, const Plan *plan)
{
    if (cli->json)
        return;
    char hex[DIGEST_HEX_SIZE];
    digest_hex(&info->digest, hex);
    printf("snapshot %.12s: %zu rows (%zu train, %zu calibrate, %zu test)\n", hex, info->rows,
           info->split_rows[SPLIT_TRAIN], info->split_rows[SPLIT_CALIBRATE],
           info->split_rows[SPLIT_TEST]);
    printf("plan " STR_FMT ": %lld steps of about %lld pieces on %lld threads\n",
           STR_ARG(plan->name), (long long)plan->steps, (long long)plan->batch_pieces,
           (long long)plan->threads);
    fflush(stdout);
}

static bool read_inputs(Cli *cli, Plan *plan, TrainInput *in, Err *err)
{
    Arena *a = cli->arena;
    const char *plan_path = cli_text(cli, "plan", "recipes/training/third.yaml");
    const char *policy_path = cli_text(cli, "policy", "policies/openai-13/policy.yaml");
    Str plan_text, policy_text, vocab_json;
    EncoderParams *base = arena_new(a, EncoderParams);
    if (!file_load(a, plan_path, PLAN_MAX_BYTES, &plan_text, err) ||
        !plan_parse(a, plan_text, plan_path, plan, err) ||
        !file_load(a, policy_path, POLICY_MAX_BYTES, &policy_text, err) ||
        !policy_parse(a, policy_text, policy_path, &in->policy, err) ||
        !policy_fits_release(in->policy, err) ||
        !kernels_find(str_of(cli->config.kernels), &in->kernels, err))
        return false;
    if (!base_load(a, cli_text(cli, "base", "var/base.pack"), base, &vocab_json, err))
        return err_wrap(err, "base weights (see: gavel base import --help)");
    in->plan = plan;
    in->base = base;
    return vocab_parse_json(a, vocab_json, &in->vocab, err);
}

static bool run(Cli *cli, Err *err)
{
    Plan plan;
    SnapshotInfo info;
    Rows rows;
    TrainInput in = {.rows = &rows,
                     .dir = cli_text(cli, "out", NULL),
                     .progress = &cli->progress,
                     .float32 = cli_flag(cli, "float32"),
                     .stop_after = cli_int(cli, "stop-after", 0)};
    if (!in.dir)
        return err_set(err, ERR_USAGE, "train wants --out DIR");
    if (!judge_created(&in.created_ms, err) || !read_inputs(cli, &plan, &in, err) ||
        !load_rows(cli, &info, &rows, err) ||
        !describe(cli, &info, &rows, &plan, &in.training, err))
        return false;
    in.data = info.digest;
    const char *name = cli_text(cli, "name", NULL);
    in.name = name ? str_of(name) : plan.name;
    announce(cli, &info, &plan);
    stop_on_signals();
    Str path;
    if (!train(cli->arena, &in, &path, err))
        return err->code == ERR_STOPPED
                   ? err_wrap(err, "run again to go on from the checkpoint")
                   : false;
    if (cli->json)
        printf("{\"release\":\"" STR_FMT "\"}\n", STR_ARG(path));
    else
        printf("wrote " STR_FMT "; next: gavel calibrate, gavel evaluate\n", STR_ARG(path));
    return true;
}

const Command cmd_train = {
    .name = "train",
    .run = run,
    .options = options,
    .summary = "fit a model to a snapshot and write a release",
    .example =
        "gavel train --snapshot latest --plan recipes/training/third.yaml --out var/third",
};
