/* cmd_config.c - the settings: those in force, as a file that could be read back or as
 * JSON, or the whole table as the page docs/CONFIG.md. */
#include "base/buf.h"
#include "base/js.h"
#include "cli/commands.h"

#include <stdio.h>

enum { ANSWER_MAX = 1 << 20 };

static void print_json(Cli *cli, Buf *out)
{
    JsWriter w = js_writer(out);
    js_object(&w);
    for (int i = 0; i < config_row_count; i++) {
        Str value = config_show(cli->arena, &cli->config, i);
        int64_t n = 0;
        js_key(&w, config_rows[i].key);
        if (config_rows[i].type != CONFIG_TEXT && str_to_i64(value, &n))
            js_i64(&w, n);
        else
            js_string(&w, value);
    }
    js_end_object(&w);
    buf_byte(out, '\n');
}

/* A JSON string is a YAML string too, quotes and escapes included. */
static void print_yaml(Cli *cli, Buf *out)
{
    for (int i = 0; i < config_row_count; i++) {
        const ConfigRow *row = &config_rows[i];
        Str value = config_show(cli->arena, &cli->config, i);
        buf_print(out, "%s: ", row->key);
        if (row->type == CONFIG_TEXT) {
            JsWriter w = js_writer(out);
            js_string(&w, value);
        } else {
            buf_put(out, value);
        }
        buf_print(out, "  # %s\n", row->help);
    }
}

static const char page_top[] =
    "# Settings\n\n"
    "This page is printed by the program from its own table: `make docs` writes it again.\n\n"
    "A setting is taken from, later wins: the default, the settings file (`--config FILE`, "
    "lines of\n`key: value`), the environment (`GAVEL_` and the name in capitals, as in "
    "`GAVEL_WORKERS=4`), and\n`--set key=value` on the command line.  Sizes may be written as "
    "64K, 8M or 1G.  `gavel config` shows\nwhat is in force.\n\n"
    "| setting | default | from | to | what it does |\n"
    "|---|---|---|---|---|\n";

static void print_markdown(Buf *out)
{
    buf_put(out, str_of(page_top));
    for (int i = 0; i < config_row_count; i++) {
        const ConfigRow *row = &config_rows[i];
        const char *quote = *row->fallback ? "`" : "";
        buf_print(out, "| `%s` | %s%s%s |", row->key, quote, row->fallback, quote);
        if (row->type == CONFIG_TEXT)
            buf_print(out, " | |");
        else
            buf_print(out, " %lld | %lld |", (long long)row->least, (long long)row->most);
        buf_print(out, " %s |\n", row->help);
    }
}

static bool run(Cli *cli, Err *err)
{
    Buf out;
    buf_init(&out, ANSWER_MAX);
    if (cli_flag(cli, "markdown"))
        print_markdown(&out);
    else if (cli->json)
        print_json(cli, &out);
    else
        print_yaml(cli, &out);
    bool ok = buf_ok(&out, err);
    if (ok)
        fwrite(out.ptr, 1, out.len, stdout);
    buf_done(&out);
    return ok;
}

static const Option options[] = {
    {"markdown", OPTION_FLAG, NULL, "the table of all settings, as docs/CONFIG.md has it",
     false},
    {0     },
};

const Command cmd_config = {
    .name = "config",
    .run = run,
    .options = options,
    .summary = "show the settings in force",
    .example = "gavel config --set workers=2 > gavel.yaml",
};
