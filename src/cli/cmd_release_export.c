/* cmd_release_export.c - a release's weights as files that other programs read. */
#include "cli/commands.h"
#include "cli/judge.h"
#include "model/export.h"

static bool write_files(Cli *cli, const Release *r, const char *tensors, const char *onnx,
                        Err *err)
{
    ReleaseParts parts;
    Digest digest = release_digest(r);
    return release_parts(r, cli->arena, &parts, err) &&
           (!tensors || export_safetensors(cli->arena, &parts, &digest, tensors, err)) &&
           (!onnx || export_onnx(cli->arena, &parts, &digest, onnx, err));
}

static bool run(Cli *cli, Err *err)
{
    Release *r;
    Str path;
    const Kernels *kernels;
    const char *tensors = cli_text(cli, "safetensors", NULL),
               *onnx = cli_text(cli, "onnx", NULL);
    if (!tensors && !onnx)
        return err_set(err, ERR_USAGE, "say where to: --safetensors FILE, --onnx FILE or both");
    if (!kernels_find(str_of(cli->config.kernels), &kernels, err) ||
        !release_find(cli->arena, RELEASES_DIR, str_of(cli->operand[0]), &path, err) ||
        !release_open(str_z(cli->arena, path), kernels, &r, err))
        return false;
    bool ok = write_files(cli, r, tensors, onnx, err);
    release_close(r);
    return ok;
}

static const Option options[] = {
    {.name = "safetensors",
     .type = OPTION_TEXT,
     .value = "FILE",
     .help = "every weight as float32, by name"},
    {.name = "onnx",
     .type = OPTION_TEXT,
     .value = "FILE",
     .help = "the encoder tier as a graph: pieces in, factor logits out"},
    {0                    },
};

const Command cmd_release_export = {
    .name = "release export",
    .run = run,
    .options = options,
    .operands = "REF",
    .least = 1,
    .most = 1,
    .summary = "write a release's weights as safetensors or ONNX",
    .example = "gavel release export third --onnx third.onnx",
};
