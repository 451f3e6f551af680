/* cmd_corpus.c - the project's own rows: grammars composed to one JSONL file.  The never lists
 * stand in the folder `never` beside the grammars' folder and cannot be left out. */
#include "augment/compose.h"
#include "base/file.h"
#include "cli/commands.h"

#include <stdio.h>

enum { CORPUS_MAX = 64 << 20, CORPUS_ROWS = 1 << 14 };

static bool compose_one(Cli *cli, const char *path, Map *seen, Buf *rows, Err *err)
{
    Arena *a = cli->arena;
    const char *slash = strrchr(path, '/');
    Str dir = slash ? (Str){path, (size_t)(slash - path)} : STR(".");
    Str list = str_print(a, STR_FMT "/../never", STR_ARG(dir));
    const Never *never;
    const Grammar *g;
    Composed n = {0};
    if (!never_load(a, str_z(a, list), &never, err) || !grammar_load(a, path, &g, err) ||
        !grammar_compose(a, g, never, (uint64_t)cli_int(cli, "seed", 1), seen, rows, &n, err))
        return false;
    Str name = grammar_name(g);
    printf(cli->json ? "{\"grammar\":\"" STR_FMT "\",\"rows\":%zu,\"missing\":%zu}\n"
                     : STR_FMT ": %zu rows, %zu missing\n",
           STR_ARG(name), n.rows, n.missing);
    return true;
}

static bool run(Cli *cli, Err *err)
{
    const char *to = cli_text(cli, "out", NULL);
    if (!to)
        return err_set(err, ERR_USAGE, "--out FILE is wanted");
    Map *seen = map_new(cli->arena, CORPUS_ROWS);
    Buf rows;
    buf_init(&rows, CORPUS_MAX);
    bool ok = true;
    for (int i = 0; ok && i < cli->operand_count; i++)
        ok = compose_one(cli, cli->operand[i], seen, &rows, err);
    ok = ok && file_save(to, buf_str(&rows), err);
    buf_done(&rows);
    return ok;
}

static const Option options[] = {
    {"out",   OPTION_TEXT, "FILE", "where the rows go", false},
    {"seed", OPTION_INT, "N", "draws differently for each; 1", false},
    {0 },
};

const Command cmd_corpus_build = {
    .name = "corpus build",
    .run = run,
    .options = options,
    .operands = "GRAMMAR...",
    .least = 1,
    .most = -1,
    .summary = "compose labelled rows from hand-written grammars",
    .example = "gavel corpus build corpus/grammars/*.yaml --out corpus/rows.jsonl",
};
