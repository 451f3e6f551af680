/* options.h - reads a command line against a command's table, and prints its help. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "cli/command.h"

/* Finds the command: fills cli->command and *used (1 or 2 words).  False: none. */
bool command_find(Cli *cli, int argc, char **argv, int *used);

/* Words after the command's name.  *help is set by --help.  ERR_USAGE names the
 * option and what it wants. */
bool options_read(Cli *cli, int argc, char **argv, bool *help, Err *err);

void help_print(const Command *c); /* one command, on stdout */
void help_print_all(void);

#endif
