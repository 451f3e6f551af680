/* cmd_base_pretrain.c - the base encoder reads on: masked pieces, no labels. */
#include "base/js.h"
#include "cli/commands.h"
#include "data/snapshot.h"
#include "model/pretrain.h"
#include "nn/base.h"

#include <math.h>
#include <stdio.h>

enum {
    STEPS = 3000,
    STEPS_MOST = 10000000,
    PIECES = 2048,
    PIECES_LEAST = 32,
    PIECES_MOST = 65536,
    THREADS = 2,
    THREADS_MOST = 64,
    ANSWER_MAX = 4096,
};
#define RATE 2e-4

static const Option options[] = {
    {.name = "snapshot",
     .type = OPTION_TEXT,
     .value = "REF",
     .help = "name or digest; latest when not given"},
    {.name = "base",
     .type = OPTION_TEXT,
     .value = "PACK",
     .help = "where it starts; var/base.pack when not given"},
    {.name = "out",
     .type = OPTION_TEXT,
     .value = "PACK",
     .help = "where the new pack goes; an unfinished run to it goes on"},
    {.name = "steps",
     .type = OPTION_INT,
     .value = "N",
     .help = "updates, a third of them of the output layer alone; 3000 when not given"},
    {.name = "batch-pieces",
     .type = OPTION_INT,
     .value = "N",
     .help = "pieces read in one step, about; 2048 when not given"},
    {.name = "rate",
     .type = OPTION_REAL,
     .value = "R",
     .help = "peak learning rate of the encoder; 2e-4 when not given"},
    {.name = "seed",
     .type = OPTION_INT,
     .value = "N",
     .help = "every random choice follows from it; 1 when not given"},
    {.name = "threads",
     .type = OPTION_INT,
     .value = "N",
     .help = "part of what fixes the result; 2 when not given"},
    {.name = "stop-after",
     .type = OPTION_INT,
     .value = "STEPS",
     .help = "write a checkpoint there and end with status 1"},
    {0},
};

static bool whole(const Cli *cli, const char *name, int64_t range[2], int64_t *out, Err *err)
{
    *out = cli_int(cli, name, *out);
    if (*out < range[0] || *out > range[1])
        return err_set(err, ERR_USAGE, "--%s wants a number from %lld to %lld", name,
                       (long long)range[0], (long long)range[1]);
    return true;
}

static bool read_options(const Cli *cli, PretrainOptions *o, Err *err)
{
    *o = (PretrainOptions){.steps = STEPS,
                           .batch_pieces = PIECES,
                           .threads = THREADS,
                           .seed = 1,
                           .rate = cli_real(cli, "rate", RATE)};
    if (!(o->rate > 0 && o->rate <= 1))
        return err_set(err, ERR_USAGE, "--rate wants a number over 0, at most 1");
    return whole(cli, "steps", (int64_t[]){PRETRAIN_STEPS_LEAST, STEPS_MOST}, &o->steps, err) &&
           whole(cli, "batch-pieces", (int64_t[]){PIECES_LEAST, PIECES_MOST}, &o->batch_pieces,
                 err) &&
           whole(cli, "threads", (int64_t[]){1, THREADS_MOST}, &o->threads, err) &&
           whole(cli, "seed", (int64_t[]){0, INT64_C(1) << 50}, &o->seed, err);
}

static bool read_inputs(Cli *cli, PretrainInput *in, Rows *rows, Err *err)
{
    EncoderParams *base = arena_new(cli->arena, EncoderParams);
    Store *db = NULL;
    SnapshotInfo info;
    if (!kernels_find(str_of(cli->config.kernels), &in->kernels, err))
        return false;
    if (!base_load(cli->arena, cli_text(cli, "base", "var/base.pack"), base, &in->vocab_json,
                   err))
        return err_wrap(err, "base weights (see: gavel base import --help)");
    bool ok = vocab_parse_json(cli->arena, in->vocab_json, &in->vocab, err) &&
              store_open(cli->config.store_path, &db, err) &&
              snapshot_find(db, cli->arena, str_of(cli_text(cli, "snapshot", "latest")), &info,
                            err) &&
              snapshot_load(db, cli->arena, &info, rows, err);
    store_close(db);
    if (!ok)
        return false;
    in->base = base;
    in->rows = rows;
    in->data = info.digest;
    return true;
}

static void print_result(const PretrainInput *in, const PretrainResult *r)
{
    char hex[DIGEST_HEX_SIZE];
    digest_hex(&r->digest, hex);
    printf("%s: %lld steps over %zu texts, sha256 %s\n", in->out_path,
           (long long)in->options.steps, r->train_texts, hex);
    if (isnan(r->before))
        printf(
            "no text of the calibration split is held out: nothing says whether it helped\n");
    else
        printf("held out, %lld masked pieces: loss %.4f before, %.4f after (perplexity %.1f, "
               "%.1f)\n",
               (long long)r->held_pieces, r->before, r->after, exp(r->before), exp(r->after));
}

static bool print_json(const PretrainInput *in, const PretrainResult *r, Err *err)
{
    char hex[DIGEST_HEX_SIZE];
    digest_hex(&r->digest, hex);
    Buf b;
    buf_init(&b, ANSWER_MAX);
    JsWriter w = js_writer(&b);
    js_object(&w);
    js_key(&w, "path");
    js_string(&w, str_of(in->out_path));
    js_key(&w, "sha256");
    js_string(&w, str_of(hex));
    js_count(&w, "steps", (size_t)in->options.steps);
    js_count(&w, "texts", r->train_texts);
    js_count(&w, "held_out_pieces", (size_t)r->held_pieces);
    js_number(&w, "held_out_before", r->before);
    js_number(&w, "held_out_after", r->after);
    js_end_object(&w);
    bool ok = buf_ok(&b, err);
    if (ok)
        printf(STR_FMT "\n", STR_ARG(buf_str(&b)));
    buf_done(&b);
    return ok;
}

static bool run(Cli *cli, Err *err)
{
    Rows rows;
    PretrainResult result;
    PretrainInput in = {.out_path = cli_text(cli, "out", NULL),
                        .progress = &cli->progress,
                        .stop_after = cli_int(cli, "stop-after", 0)};
    if (!in.out_path)
        return err_set(err, ERR_USAGE, "--out PACK is missing");
    if (!read_options(cli, &in.options, err) || !read_inputs(cli, &in, &rows, err))
        return false;
    stop_on_signals();
    if (!pretrain(cli->arena, &in, &result, err))
        return err->code == ERR_STOPPED
                   ? err_wrap(err, "run again to go on from the checkpoint")
                   : false;
    if (cli->json)
        return print_json(&in, &result, err);
    print_result(&in, &result);
    return true;
}

const Command cmd_base_pretrain = {
    .name = "base pretrain",
    .run = run,
    .options = options,
    .summary = "let the base encoder read a snapshot's texts, without labels, before training",
    .example = "gavel base pretrain --snapshot latest --base var/base.pack --out var/read.pack",
};
