/* cmd_config.c - the settings in force, as a file that could be read back. */
#include "base/buf.h"
#include "base/js.h"
#include "cli/commands.h"

#include <stdio.h>

static bool run(Cli *cli, Err *err)
{
    Buf out;
    buf_init(&out, 1 << 20);
    JsWriter w = js_writer(&out);
    if (cli->json)
        js_object(&w);
    for (int i = 0; i < config_row_count; i++) {
        const ConfigRow *row = &config_rows[i];
        Str value = config_show(cli->arena, &cli->config, i);
        if (cli->json) {
            js_key(&w, row->key);
            js_string(&w, value);
        } else if (row->type == CONFIG_TEXT) {
            buf_print(&out, "%s: \"" STR_FMT "\"  # %s\n", row->key, STR_ARG(value), row->help);
        } else {
            buf_print(&out, "%s: " STR_FMT "  # %s\n", row->key, STR_ARG(value), row->help);
        }
    }
    if (cli->json)
        js_end_object(&w);
    bool ok = buf_ok(&out, err);
    if (ok)
        printf("%.*s%s", (int)out.len, out.ptr, cli->json ? "\n" : "");
    buf_done(&out);
    return ok;
}

const Command cmd_config = {
    .name = "config",
    .run = run,
    .summary = "show the settings in force",
    .example = "gavel config --set workers=2 > gavel.yaml",
};
