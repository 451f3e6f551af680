/* commands.h - every command of the program; each is defined in its cmd_*.c. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/command.h"

extern const Command cmd_base_import;
extern const Command cmd_config;
extern const Command cmd_recipe_check;

#endif
