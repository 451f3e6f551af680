#include "cli/options.h"

#include <stdio.h>
#include <string.h>

static const Option common[] = {
    {.name = "config",             .type = OPTION_TEXT, .value = "FILE", .help = "read settings from FILE"},
    {.name = "set",
     .type = OPTION_TEXT,
     .value = "KEY=VALUE",
     .help = "change one setting",
     .many = true},
    {.name = "json",                            .type = OPTION_FLAG, .help = "answer in JSON"},
    {.name = "help",          .type = OPTION_FLAG, .help = "this text"},
    {0},
};

bool command_find(Cli *cli, int argc, char **argv, int *used)
{
    char two[128];
    for (int words = argc >= 2 ? 2 : argc; words >= 1; words--) {
        int n = words == 2 ? snprintf(two, sizeof two, "%s %s", argv[0], argv[1])
                           : snprintf(two, sizeof two, "%s", argv[0]);
        if (n < 0 || (size_t)n >= sizeof two)
            continue;
        for (int i = 0; command_list[i]; i++) {
            if (strcmp(two, command_list[i]->name) == 0) {
                cli->command = command_list[i];
                *used = words;
                return true;
            }
        }
    }
    return false;
}

static const Option *option_find(const Option *table, const char *name, size_t n)
{
    for (const Option *o = table; o && o->name; o++)
        if (strlen(o->name) == n && memcmp(o->name, name, n) == 0)
            return o;
    return NULL;
}

static bool take_value(Cli *cli, const Option *o, const char *text, Err *err)
{
    if (cli->given_count == (int)(sizeof cli->given / sizeof *cli->given))
        return err_set(err, ERR_USAGE, "too many options");
    for (int i = 0; i < cli->given_count; i++)
        if (cli->given[i].option == o && !o->many)
            return err_set(err, ERR_USAGE, "--%s stands twice", o->name);
    int i = cli->given_count++;
    cli->given[i].option = o;
    cli->given[i].text = text;
    switch (o->type) {
    case OPTION_FLAG:
    case OPTION_TEXT:
        return true;
    case OPTION_INT:
        return str_to_i64(str_of(text), &cli->given[i].integer) ||
               err_set(err, ERR_USAGE, "--%s wants a whole number, not '%s'", o->name, text);
    case OPTION_REAL:
        return str_to_double(str_of(text), &cli->given[i].real) ||
               err_set(err, ERR_USAGE, "--%s wants a number, not '%s'", o->name, text);
    }
    return false;
}

/* argv[*i], which begins with a dash, and its value where that is the word behind it. */
static bool read_option(Cli *cli, int argc, char **argv, int *i, Err *err)
{
    const char *w = argv[*i];
    const char *name = strcmp(w, "-h") == 0 ? "help" : w + (w[1] == '-' ? 2 : 1);
    size_t n = strcspn(name, "=");
    const Option *o = option_find(cli->command->options, name, n);
    if (!o)
        o = option_find(common, name, n);
    if (!o)
        return err_set(err, ERR_USAGE, "%s has no option %s; see: gavel %s --help",
                       cli->command->name, w, cli->command->name);
    const char *value = name[n] == '=' ? name + n + 1 : NULL;
    if (o->type == OPTION_FLAG)
        return value ? err_set(err, ERR_USAGE, "--%s takes no value", o->name)
                     : take_value(cli, o, "", err);
    if (!value && *i + 1 == argc)
        return err_set(err, ERR_USAGE, "--%s wants a value: %s", o->name, o->value);
    return take_value(cli, o, value ? value : argv[++*i], err);
}

bool options_read(Cli *cli, int argc, char **argv, bool *help, Err *err)
{
    bool only_operands = false;
    cli->operand = arena_array(cli->arena, const char *, (size_t)argc + 1);
    for (int i = 0; i < argc; i++) {
        const char *w = argv[i];
        if (only_operands || w[0] != '-' || w[1] == 0)
            cli->operand[cli->operand_count++] = w;
        else if (strcmp(w, "--") == 0)
            only_operands = true;
        else if (!read_option(cli, argc, argv, &i, err))
            return false;
    }
    *help = cli_flag(cli, "help");
    cli->json = cli_flag(cli, "json");
    const Command *c = cli->command;
    if (*help)
        return true;
    if (cli->operand_count < c->least || (c->most >= 0 && cli->operand_count > c->most))
        return err_set(err, ERR_USAGE, "usage: gavel %s [options] %s", c->name,
                       c->operands ? c->operands : "");
    return true;
}

static int given_index(const Cli *cli, const char *option, int nth)
{
    for (int i = 0; i < cli->given_count; i++)
        if (strcmp(cli->given[i].option->name, option) == 0 && nth-- == 0)
            return i;
    return -1;
}

bool cli_flag(const Cli *cli, const char *option) { return given_index(cli, option, 0) >= 0; }

const char *cli_text(const Cli *cli, const char *option, const char *fallback)
{
    int i = given_index(cli, option, 0);
    return i < 0 ? fallback : cli->given[i].text;
}

int64_t cli_int(const Cli *cli, const char *option, int64_t fallback)
{
    int i = given_index(cli, option, 0);
    return i < 0 ? fallback : cli->given[i].integer;
}

double cli_real(const Cli *cli, const char *option, double fallback)
{
    int i = given_index(cli, option, 0);
    return i < 0 ? fallback : cli->given[i].real;
}

const char *cli_nth(const Cli *cli, const char *option, int nth)
{
    int i = given_index(cli, option, nth);
    return i < 0 ? NULL : cli->given[i].text;
}

static void print_options(const Option *table)
{
    for (const Option *o = table; o && o->name; o++) {
        char left[64];
        snprintf(left, sizeof left, "--%s%s%s", o->name, o->value ? " " : "",
                 o->value ? o->value : "");
        printf("  %-26s %s%s\n", left, o->help, o->many ? " (may be repeated)" : "");
    }
}

void help_print(const Command *c)
{
    printf("gavel %s: %s\n\n", c->name, c->summary);
    printf("usage: gavel %s [options]%s%s\n", c->name, c->operands ? " " : "",
           c->operands ? c->operands : "");
    if (c->options && c->options->name) {
        printf("\noptions\n");
        print_options(c->options);
    }
    printf("\noptions of every command\n");
    print_options(common);
    if (c->example)
        printf("\nexample\n  %s\n", c->example);
}

void help_print_all(void)
{
    printf("gavel: content moderation that a team runs itself\n\nusage: gavel COMMAND "
           "[options] ...\n\n");
    for (int i = 0; command_list[i]; i++)
        printf("  %-18s %s\n", command_list[i]->name, command_list[i]->summary);
    printf("\n`gavel COMMAND --help` tells more.  Exit status: 0 ok, 1 the work failed, "
           "2 wrong usage.\n");
}
