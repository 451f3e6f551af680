#include "cli/judge.h"

bool judge_open(Cli *cli, Release **out, Err *err)
{
    const Kernels *kernels;
    Str path;
    const char *ref = cli_text(cli, "release", cli->config.release);
    return kernels_find(str_of(cli->config.kernels), &kernels, err) &&
           release_find(cli->arena, RELEASES_DIR, str_of(ref), &path, err) &&
           release_open(str_z(cli->arena, path), kernels, out, err);
}

Limits judge_limits(const Cli *cli)
{
    return (Limits){.max_text_bytes = (size_t)cli->config.max_text_bytes,
                    .max_pieces = (size_t)cli->config.max_pieces};
}
