/* cmd_ingest.c - labelled files into the archive. */
#include "base/clock.h"
#include "base/file.h"
#include "base/js.h"
#include "base/sys.h"
#include "cli/commands.h"
#include "data/ingest.h"

#include <fcntl.h>
#include <stdio.h>

enum { BAD_SHOWN = 10, BATCH_ROWS = 1000, SUMMARY_MAX = 1 << 20 };

typedef struct Job {
    Cli *cli;
    Store *db;
    File *errors; /* --errors; NULL */
    int ack;      /* --ack; -1 */
    size_t bad, failed;
    IngestCounts before; /* of the paths that are through */
    IngestCounts total;
    Buf out;
    JsWriter js;
} Job;

static bool on_bad(void *ctx, const char *message, Err *err)
{
    Job *j = ctx;
    if (j->bad++ < BAD_SHOWN)
        fprintf(stderr, "bad row: %s\n", message);
    else if (j->bad == BAD_SHOWN + 1)
        fprintf(stderr, "bad row: further ones are only counted%s\n",
                j->errors ? "" : "; --errors FILE keeps them all");
    return !j->errors || (file_write(j->errors, str_of(message), err) &&
                          file_write(j->errors, STR("\n"), err));
}

/* One line for each commit, written at once: what stands in it is on the disk. */
static bool on_acknowledged(void *ctx, const IngestCounts *c, Err *err)
{
    Job *j = ctx;
    if (j->ack < 0)
        return true;
    char line[32];
    int n = snprintf(line, sizeof line, "%zu\n", j->before.rows + c->rows);
    if (sys_write(j->ack, line, (size_t)n) != n)
        return err_errno(err, "cannot write the acknowledgement");
    return true;
}

static void add(IngestCounts *sum, const IngestCounts *c)
{
    sum->rows += c->rows;
    sum->samples += c->samples;
    sum->label_sets += c->label_sets;
    sum->absent += c->absent;
    sum->bad += c->bad;
    sum->filtered += c->filtered;
    sum->empty += c->empty;
    sum->over += c->over;
}

static void print_counts(JsWriter *w, const IngestCounts *c)
{
    const struct {
        const char *key;
        size_t value;
    } rows[] = {
        {"rows",       c->rows      },
        {"samples",    c->samples   },
        {"label_sets", c->label_sets},
        {"absent",     c->absent    },
        {"bad",        c->bad       },
        {"filtered",   c->filtered  },
        {"empty",      c->empty     },
        {"over",       c->over      },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        js_key(w, rows[i].key);
        js_i64(w, (int64_t)rows[i].value);
    }
}

static void line_counts(Buf *out, const IngestCounts *c)
{
    buf_print(out, "%zu rows, %zu new texts, %zu new label sets, %zu bad", c->rows, c->samples,
              c->label_sets, c->bad);
    if (c->absent)
        buf_print(out, ", %zu texts not in the archive", c->absent);
}

static void print_path(Job *j, const RecipePath *p, const IngestCounts *c, const Err *failure)
{
    if (!j->cli->json) {
        buf_print(&j->out, "%s of %s: ", p->recipe, p->path);
        line_counts(&j->out, c);
        buf_print(&j->out, "%s%s\n", failure ? "; FAILED: " : "", failure ? failure->msg : "");
        return;
    }
    js_object(&j->js);
    js_key(&j->js, "recipe");
    js_string(&j->js, str_of(p->recipe));
    js_key(&j->js, "path");
    js_string(&j->js, str_of(p->path));
    print_counts(&j->js, c);
    if (failure) {
        js_key(&j->js, "error");
        js_string(&j->js, str_of(failure->msg));
    }
    js_end_object(&j->js);
}

/* What is wrong with one path does not keep the others out; what is wrong with the store does,
 * and so does being told to stop. */
static bool ends_the_job(ErrCode code)
{
    return code != ERR_INPUT && code != ERR_LIMIT && code != ERR_NOT_FOUND;
}

static bool ingest_all(Job *j, const RecipePath *paths, size_t count, Err *err)
{
    const IngestOptions o = {
        .batch_rows = (size_t)cli_int(j->cli, "batch", BATCH_ROWS),
        .max_line_bytes = (size_t)j->cli->config.max_line_bytes,
        .now_ms = clock_wall_ms(),
        .progress = &j->cli->progress,
        .bad = on_bad,
        .acknowledged = on_acknowledged,
        .ctx = j,
    };
    for (size_t i = 0; i < count; i++) {
        IngestCounts c;
        Err why = {0};
        bool ok = ingest_path(j->db, paths[i].recipe, paths[i].path, &o, &c, &why);
        add(&j->total, &c);
        j->before = j->total;
        print_path(j, &paths[i], &c, ok ? NULL : &why);
        if (!ok && (count == 1 || ends_the_job(why.code))) {
            *err = why;
            if (why.code == ERR_STOPPED)
                err_set(err, ERR_STOPPED,
                        "stopped; what was read is kept, and running it "
                        "again goes on");
            return false;
        }
        j->failed += !ok;
    }
    if (j->failed)
        return err_set(err, ERR_INPUT, "%zu of %zu paths could not be read", j->failed, count);
    if (j->bad && cli_flag(j->cli, "strict"))
        return err_set(err, ERR_INPUT, "%zu bad rows, and --strict was asked for", j->bad);
    return true;
}

static void summary(Job *j, bool ok)
{
    if (j->cli->json) {
        js_end_array(&j->js);
        js_key(&j->js, "total");
        js_object(&j->js);
        print_counts(&j->js, &j->total);
        js_end_object(&j->js);
        js_key(&j->js, "ok");
        js_bool(&j->js, ok);
        js_end_object(&j->js);
        buf_byte(&j->out, '\n');
    } else {
        buf_print(&j->out, "in all: ");
        line_counts(&j->out, &j->total);
        buf_byte(&j->out, '\n');
    }
    printf(STR_FMT, STR_ARG(buf_str(&j->out)));
}

/* --recipe FILE PATH..., or --all RECIPES FOLDER. */
static bool what_to_read(Cli *cli, RecipePath **paths, size_t *count, Err *err)
{
    const char *recipe = cli_text(cli, "recipe", NULL), *all = cli_text(cli, "all", NULL);
    if (!recipe == !all)
        return err_set(err, ERR_USAGE,
                       "say either --recipe FILE PATH... or --all RECIPES FOLDER");
    if (all && cli->operand_count != 1)
        return err_set(err, ERR_USAGE, "--all wants one folder, the root of the data");
    if (all)
        return recipe_paths(cli->arena, all, cli->operand[0], paths, count, err);
    *count = (size_t)cli->operand_count;
    *paths = arena_array(cli->arena, RecipePath, *count);
    for (size_t i = 0; i < *count; i++)
        (*paths)[i] = (RecipePath){recipe, cli->operand[i]};
    return true;
}

static bool open_outputs(Job *j, Err *err)
{
    const char *errors = cli_text(j->cli, "errors", NULL), *ack = cli_text(j->cli, "ack", NULL);
    if (errors && !file_create(errors, &j->errors, err))
        return false;
    if (!ack)
        return true;
    j->ack = sys_open(ack, O_WRONLY | O_CREAT | O_APPEND, 0644);
    return j->ack >= 0 || err_errno(err, "cannot open %s", ack);
}

static bool run(Cli *cli, Err *err)
{
    Job j = {.cli = cli, .ack = -1};
    RecipePath *paths = NULL;
    size_t count = 0;
    if (cli_int(cli, "batch", BATCH_ROWS) < 1)
        return err_set(err, ERR_USAGE, "--batch wants at least 1");
    if (!what_to_read(cli, &paths, &count, err))
        return false;
    stop_on_signals();
    buf_init(&j.out, SUMMARY_MAX);
    j.js = js_writer(&j.out);
    bool ok = open_outputs(&j, err) && store_open(cli->config.store_path, &j.db, err);
    if (ok) {
        if (cli->json) {
            js_object(&j.js);
            js_key(&j.js, "paths");
            js_array(&j.js);
        }
        ok = ingest_all(&j, paths, count, err);
        if (j.errors && !file_commit(j.errors, ok ? err : &(Err){0}))
            ok = false;
        summary(&j, ok);
    }
    store_close(j.db);
    file_close(j.errors);
    if (j.ack >= 0)
        sys_close(j.ack);
    buf_done(&j.out);
    return ok;
}

static const Option options[] = {
    {"recipe",   OPTION_TEXT, "FILE", "how the files are read (recipes/*.yaml)", false},
    {"all",    OPTION_TEXT, "RECIPES", "each NAME.yaml in it reads FOLDER/NAME, else FOLDER",
     false},
    {"strict",     OPTION_FLAG, NULL, "exit 1 when a row was bad; the good ones are in", false},
    {"errors",      OPTION_TEXT, "FILE", "keep what was wrong with each bad row", false},
    {"batch", OPTION_INT, "ROWS", "rows committed at once (1000)", false},
    {"ack",      OPTION_TEXT, "FILE", "after each commit, add a line: the rows that are safe",
     false},
    {0  },
};

const Command cmd_ingest = {
    .name = "ingest",
    .run = run,
    .options = options,
    .operands = "PATH...",
    .least = 1,
    .most = -1,
    .summary = "read labelled files into the archive",
    .example = "gavel ingest --recipe recipes/train/edos.yaml data/train/edos",
};
