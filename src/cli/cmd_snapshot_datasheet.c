/* cmd_snapshot_datasheet.c - the page that goes with a release: what it was trained on. */
#include "base/file.h"
#include "cli/commands.h"
#include "data/datasheet.h"

#include <stdio.h>

enum { PAGE_MAX = 16 << 20 };

static bool run(Cli *cli, Err *err)
{
    Store *db = NULL;
    Datasheet sheet;
    const char *path = cli_text(cli, "out", NULL);
    bool ok = store_open(cli->config.store_path, &db, err) &&
              datasheet_load(db, cli->arena, str_of(cli->operand[0]), &sheet, err);
    store_close(db);
    if (!ok)
        return false;
    Buf page;
    buf_init(&page, PAGE_MAX);
    ok = datasheet_print(&sheet, cli->arena, &page, err) && buf_ok(&page, err);
    if (ok && path)
        ok = file_save(path, buf_str(&page), err);
    else if (ok && fwrite(page.ptr, 1, page.len, stdout) != page.len)
        ok = err_errno(err, "cannot write the page");
    buf_done(&page);
    return ok;
}

static const Option options[] = {
    {.name = "out",
     .type = OPTION_TEXT,
     .value = "FILE",
     .help = "write here, whole or not at all, instead of on stdout"},
    {0},
};

const Command cmd_snapshot_datasheet = {
    .name = "snapshot datasheet",
    .run = run,
    .options = options,
    .operands = "REF",
    .least = 1,
    .most = 1,
    .summary = "what a snapshot is made of, as a page: sources, licences, languages, labels",
    .example = "gavel snapshot datasheet third --out releases/third/DATASHEET.md",
};
