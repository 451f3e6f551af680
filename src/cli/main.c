/* main.c - finds the command, reads settings and options, runs it, says how it ended. */
#include "cli/options.h"
#include "cli/progress_line.h"

#include <stdio.h>
#include <string.h>

#define COMMAND_ARENA \
    ((size_t)64 << 30) /* address space, not memory: pages come when touched */

static bool read_settings(Cli *cli, Err *err)
{
    config_defaults(cli->arena, &cli->config);
    const char *file = cli_text(cli, "config", NULL);
    if (file && !config_read_file(cli->arena, &cli->config, file, err))
        return false;
    if (!config_read_env(cli->arena, &cli->config, err))
        return false;
    for (int i = 0; cli_nth(cli, "set", i); i++) {
        Str rest = str_of(cli_nth(cli, "set", i)), key;
        str_cut(&rest, '=', &key);
        if (!rest.ptr)
            return err_set(err, ERR_USAGE, "--set wants KEY=VALUE");
        if (!config_set(cli->arena, &cli->config, key, rest, err))
            return false;
    }
    return true;
}

static int run(Cli *cli, int argc, char **argv)
{
    Err err = {0};
    bool help = false;
    ProgressLine line;
    cli->progress = progress_line(&line);
    bool ok = options_read(cli, argc, argv, &help, &err);
    if (ok && help) {
        help_print(cli->command);
        return 0;
    }
    ok = ok && read_settings(cli, &err) && cli->command->run(cli, &err);
    progress_line_end(&line);
    if (ok && (fflush(stdout) != 0 || ferror(stdout)))
        ok = err_errno(&err, "cannot write the answer");
    if (ok)
        return 0;
    fprintf(stderr, "gavel %s: %s\n", cli->command->name, err.msg);
    return err_exit_status(err.code);
}

int main(int argc, char **argv)
{
    bool asks_help = argc > 1 && (strcmp(argv[1], "help") == 0 ||
                                  strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0);
    if (argc < 2 || (asks_help && argc == 2)) {
        help_print_all();
        return argc < 2 ? 2 : 0;
    }
    Cli cli = {.arena = arena_open(COMMAND_ARENA)};
    int skip = asks_help ? 2 : 1, used = 0, status = 2;
    if (!command_find(&cli, argc - skip, argv + skip, &used)) {
        fprintf(stderr, "gavel: no command '%s'; `gavel help` lists them\n", argv[skip]);
    } else if (asks_help) {
        help_print(cli.command);
        status = 0;
    } else {
        status = run(&cli, argc - skip - used, argv + skip + used);
    }
    arena_close(cli.arena);
    return status;
}
