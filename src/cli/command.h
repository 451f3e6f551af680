/* command.h - a command is one row: name, words, options, function.
 *
 * main finds the row (names may be two words, "snapshot create"), reads the options
 * against the row's table and prepares what `needs` asks for.  --help, --json,
 * --config FILE and --set KEY=VALUE belong to every command.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "base/arena.h"
#include "base/config.h"
#include "base/err.h"
#include "base/progress.h"

typedef enum OptionType { OPTION_FLAG, OPTION_TEXT, OPTION_INT, OPTION_REAL } OptionType;

typedef struct Option {
    const char *name; /* without dashes; the table ends with NULL */
    OptionType type;
    const char *value; /* "FILE": how --help calls the value */
    const char *help;
    bool many; /* OPTION_TEXT that may stand several times */
} Option;

typedef struct Cli Cli;
typedef struct Command {
    const char *name;
    bool (*run)(Cli *cli, Err *err);
    const Option *options;
    const char *operands; /* "PATH...": for --help; NULL when none */
    int least, most;      /* operands; most -1: any number */
    const char *summary;
    const char *example; /* one line, for --help */
} Command;

struct Cli {
    Arena *arena; /* of the command */
    Config config;
    const Command *command;
    int operand_count;
    const char **operand;
    bool json;         /* --json: the answer on stdout is for machines */
    Progress progress; /* shows on stderr when that is a terminal */
    int given_count;
    struct {
        const Option *option;
        const char *text;
        int64_t integer;
        double real;
    } given[64];
};

bool cli_flag(const Cli *cli, const char *option);
const char *cli_text(const Cli *cli, const char *option, const char *fallback);
int64_t cli_int(const Cli *cli, const char *option, int64_t fallback);
double cli_real(const Cli *cli, const char *option, double fallback);
/* The i-th value of a repeatable option, NULL behind the last. */
const char *cli_nth(const Cli *cli, const char *option, int i);

extern const Command *const command_list[]; /* ends with NULL; in cli/commands.c */

#endif
