/* cmd_snapshot.c - selections of the archive that never change: make, list, show, compare,
 * export. */
#include "base/clock.h"
#include "base/file.h"
#include "base/js.h"
#include "cli/commands.h"
#include "data/ingest.h"
#include "data/rows_diff.h"
#include "data/rows_stats.h"
#include "data/snapshot.h"

#include <stdio.h>

enum { ANSWER_MAX = 16 << 20, EXPORT_LINE_MAX = 256 << 20, SHORT_DIGEST = 12 };

/* ---- what the subcommands share ---------------------------------------------------- */

static bool print_answer(Buf *b, Err *err)
{
    bool ok = buf_ok(b, err);
    if (ok)
        printf(STR_FMT, STR_ARG(buf_str(b)));
    buf_done(b);
    return ok;
}

static bool json_text(Arena *a, JsWriter *w, const char *key, Str json, Err *err)
{
    const Js *v;
    if (!js_parse(a, json, &v, err))
        return false;
    js_key(w, key);
    js_value(w, v);
    return true;
}

/* Leaves the object open. */
static bool json_info(Arena *a, JsWriter *w, const SnapshotInfo *i, Err *err)
{
    char hex[DIGEST_HEX_SIZE], iso[CLOCK_ISO_SIZE];
    digest_hex(&i->digest, hex);
    clock_iso(i->created_ms, iso);
    js_object(w);
    js_key(w, "digest");
    js_string(w, str_of(hex));
    js_key(w, "name");
    js_string(w, i->name);
    js_key(w, "created");
    js_string(w, str_of(iso));
    js_count(w, "rows", i->rows);
    for (int s = 0; s < SPLIT_COUNT; s++)
        js_count(w, split_name((Split)s), i->split_rows[s]);
    js_count(w, "clusters", i->clusters);
    js_count(w, "excluded", i->excluded);
    return json_text(a, w, "options", i->options, err) &&
           json_text(a, w, "report", i->report, err);
}

static void line_info(Buf *b, const SnapshotInfo *i)
{
    char hex[DIGEST_HEX_SIZE], iso[CLOCK_ISO_SIZE];
    digest_hex(&i->digest, hex);
    clock_iso(i->created_ms, iso);
    buf_print(b, "%.*s  %s  %8zu rows  %8zu train  %7zu calibrate  %7zu test  " STR_FMT "\n",
              SHORT_DIGEST, hex, iso, i->rows, i->split_rows[SPLIT_TRAIN],
              i->split_rows[SPLIT_CALIBRATE], i->split_rows[SPLIT_TEST], STR_ARG(i->name));
}

/* The report's counts, one a line; sets that were excluded, one a line. */
static bool text_report(Arena *a, Buf *b, const SnapshotInfo *i, Err *err)
{
    const Js *report;
    if (!js_parse(a, i->report, &report, err))
        return false;
    for (size_t k = 0; k < report->count; k++)
        if (report->item[k].type == JS_NUMBER)
            buf_print(b, "  %-18.*s %10lld\n", (int)report->key[k].len, report->key[k].ptr,
                      (long long)report->item[k].integer);
    const Js *sets = js_get(report, STR("exclude"));
    for (size_t k = 0; sets && k < sets->count; k++) {
        Str name = STR("");
        int64_t texts = 0, equal = 0, near = 0;
        if (!js_want_str(&sets->item[k], STR("set"), &name, err) ||
            !js_want_i64(&sets->item[k], STR("texts"), &texts, err) ||
            !js_want_i64(&sets->item[k], STR("equal"), &equal, err) ||
            !js_want_i64(&sets->item[k], STR("near"), &near, err))
            return false;
        buf_print(
            b, "  left out %6lld equal, %6lld nearly equal to the %lld texts of " STR_FMT "\n",
            (long long)equal, (long long)near, (long long)texts, STR_ARG(name));
    }
    return true;
}

/* ---- create -------------------------------------------------------------------------- */

static const char **nth_all(Cli *cli, const char *option, size_t more, int *count)
{
    int n = 0;
    while (cli_nth(cli, option, n))
        n++;
    const char **list = arena_array(cli->arena, const char *, (size_t)n + more);
    for (int i = 0; i < n; i++)
        list[i] = cli_nth(cli, option, i);
    *count = n;
    return list;
}

static bool excluded_sets(Cli *cli, SnapshotOptions *o, Err *err)
{
    const char *all = cli_text(cli, "exclude-all", NULL);
    RecipePath *paths = NULL;
    size_t count = 0;
    if (!all != (cli->operand_count == 0))
        return err_set(err, ERR_USAGE, "--exclude-all RECIPES and FOLDER go together");
    if (all && !recipe_paths(cli->arena, all, cli->operand[0], &paths, &count, err))
        return false;
    const char **list = nth_all(cli, "exclude", count, &o->exclude_count);
    for (size_t i = 0; i < count; i++)
        list[o->exclude_count++] =
            str_print(cli->arena, "%s:%s", paths[i].recipe, paths[i].path).ptr;
    o->exclude = list;
    return true;
}

static bool print_created(Cli *cli, const SnapshotInfo *info, Err *err)
{
    Buf b;
    buf_init(&b, ANSWER_MAX);
    bool ok;
    if (cli->json) {
        JsWriter w = js_writer(&b);
        ok = json_info(cli->arena, &w, info, err);
        js_end_object(&w);
        buf_byte(&b, '\n');
    } else {
        line_info(&b, info);
        ok = text_report(cli->arena, &b, info, err);
    }
    if (ok)
        return print_answer(&b, err);
    buf_done(&b);
    return false;
}

static bool run_create(Cli *cli, Err *err)
{
    Store *db = NULL;
    SnapshotInfo info;
    SnapshotOptions o = {
        .name = str_of(cli_text(cli, "name", "")),
        .seed = (uint64_t)cli_int(cli, "seed", 1),
        .calibrate_share = cli_real(cli, "calibrate-share", 0.1),
        .test_share = cli_real(cli, "test-share", 0.1),
        .max_line_bytes = (size_t)cli->config.max_line_bytes,
        .now_ms = clock_wall_ms(),
    };
    o.no_overlays = cli_flag(cli, "no-overlays");
    o.source = nth_all(cli, "include", 0, &o.source_count);
    o.suspects = nth_all(cli, "suspects", 0, &o.suspects_count);
    if (!excluded_sets(cli, &o, err))
        return false;
    stop_on_signals();
    bool ok = store_open(cli->config.store_path, &db, err) &&
              snapshot_create(db, cli->arena, &o, &cli->progress, &info, err) &&
              print_created(cli, &info, err);
    store_close(db);
    return ok;
}

static const Option create_options[] = {
    {"name",        OPTION_TEXT, "NAME", "call it so; a name moves to its newest snapshot", false},
    {"include",       OPTION_TEXT, "SOURCE", "only what these sources say; else all", true},
    {"no-overlays",        OPTION_FLAG, NULL, "leave out what was said of texts without bringing them",
     false},
    {"exclude",     OPTION_TEXT, "RECIPE:PATH",
     "leave out what is (nearly) in this set; sha256:FILE: what has these digests", true},
    {"exclude-all",     OPTION_TEXT, "RECIPES", "likewise each NAME.yaml, of FOLDER/NAME or FOLDER",
     false},
    {"suspects",         OPTION_TEXT, "FILE",
     "take back or weaken the labels that `gavel label suspects` doubts", true},
    {"seed", OPTION_INT, "N", "of the split (1)", false},
    {"calibrate-share",         OPTION_REAL, "SHARE", "of what has no fixed side (0.1)", false},
    {"test-share",         OPTION_REAL, "SHARE", "likewise (0.1)", false},
    {0    },
};

const Command cmd_snapshot_create = {
    .name = "snapshot create",
    .run = run_create,
    .options = create_options,
    .operands = "[FOLDER]",
    .least = 0,
    .most = 1,
    .summary = "select, deduplicate and split the archive, for ever",
    .example = "gavel snapshot create --name first --exclude-all recipes/dev data/dev",
};

/* ---- list ------------------------------------------------------------------------------ */

static bool run_list(Cli *cli, Err *err)
{
    Store *db = NULL;
    SnapshotInfo *list = NULL;
    size_t count = 0;
    Buf b;
    buf_init(&b, ANSWER_MAX);
    JsWriter w = js_writer(&b);
    bool ok = store_open(cli->config.store_path, &db, err) &&
              snapshot_list(db, cli->arena, &list, &count, err);
    store_close(db);
    if (cli->json)
        js_array(&w);
    for (size_t i = 0; ok && i < count; i++) {
        if (!cli->json) {
            line_info(&b, &list[i]);
            continue;
        }
        ok = json_info(cli->arena, &w, &list[i], err);
        js_end_object(&w);
    }
    if (cli->json) {
        js_end_array(&w);
        buf_byte(&b, '\n');
    }
    if (ok)
        return print_answer(&b, err);
    buf_done(&b);
    return false;
}

const Command cmd_snapshot_list = {
    .name = "snapshot list",
    .run = run_list,
    .summary = "every snapshot, the newest first",
    .example = "gavel snapshot list --json",
};

/* ---- show ------------------------------------------------------------------------------ */

static bool load(Store *db, Cli *cli, int operand, SnapshotInfo *info, Rows *rows, Err *err)
{
    return snapshot_find(db, cli->arena, str_of(cli->operand[operand]), info, err) &&
           snapshot_load(db, cli->arena, info, rows, err);
}

static void json_labels(JsWriter *w, Str name, const LabelCounts *c)
{
    js_key_str(w, name);
    js_object(w);
    js_count(w, "zero", c->zero);
    js_count(w, "one", c->one);
    js_count(w, "soft", c->soft);
    js_count(w, "unknown", c->unknown);
    js_end_object(w);
}

static void json_names(JsWriter *w, const char *key, const NameCounts *list, size_t count)
{
    js_key(w, key);
    js_object(w);
    for (size_t i = 0; i < count; i++) {
        js_key_str(w, list[i].name);
        js_object(w);
        for (int k = 0; k < SPLIT_COUNT; k++)
            js_count(w, split_name((Split)k), list[i].rows[k]);
        js_end_object(w);
    }
    js_end_object(w);
}

static void json_stats(JsWriter *w, const RowsStats *s)
{
    json_names(w, "sources", s->source, s->source_count);
    json_names(w, "languages", s->language, s->language_count);
    js_key(w, "labels");
    js_object(w);
    for (int k = 0; k < SPLIT_COUNT; k++) {
        js_key(w, split_name((Split)k));
        js_object(w);
        js_key(w, "factors");
        js_object(w);
        for (int f = 0; f < FACTOR_COUNT; f++)
            json_labels(w, factor_name((Factor)f), &s->factor[k][f]);
        js_end_object(w);
        js_key(w, "categories");
        js_object(w);
        for (int c = 0; c < CATEGORY_COUNT; c++)
            json_labels(w, category_name((Category)c), &s->category[k][c]);
        js_end_object(w);
        js_end_object(w);
    }
    js_end_object(w);
}

static void text_labels(Buf *b, Split split, Str name, const LabelCounts *c)
{
    if (c->zero || c->one || c->soft)
        buf_print(b, "%-10s %-26.*s %9zu %9zu %9zu %9zu\n", split_name(split), (int)name.len,
                  name.ptr, c->zero, c->one, c->soft, c->unknown);
}

static void text_names(Buf *b, const char *what, const NameCounts *list, size_t count)
{
    buf_print(b, "\n%-28s %9s %9s %9s\n", what, "train", "calibrate", "test");
    for (size_t i = 0; i < count; i++)
        buf_print(b, "%-28.*s %9zu %9zu %9zu\n", STR_ARG(list[i].name),
                  list[i].rows[SPLIT_TRAIN], list[i].rows[SPLIT_CALIBRATE],
                  list[i].rows[SPLIT_TEST]);
}

static void text_stats(Buf *b, const RowsStats *s)
{
    text_names(b, "source", s->source, s->source_count);
    text_names(b, "language", s->language, s->language_count);
    buf_print(b, "\n%-10s %-26s %9s %9s %9s %9s\n", "split", "factor", "0", "1", "soft",
              "unknown");
    for (int k = 0; k < SPLIT_COUNT; k++)
        for (int f = 0; f < FACTOR_COUNT; f++)
            text_labels(b, (Split)k, factor_name((Factor)f), &s->factor[k][f]);
    for (int k = 0; k < SPLIT_COUNT; k++)
        for (int c = 0; c < CATEGORY_COUNT; c++)
            text_labels(b, (Split)k, category_name((Category)c), &s->category[k][c]);
}

static bool run_show(Cli *cli, Err *err)
{
    Store *db = NULL;
    SnapshotInfo info;
    Rows rows;
    RowsStats stats;
    bool ok =
        store_open(cli->config.store_path, &db, err) && load(db, cli, 0, &info, &rows, err);
    store_close(db);
    if (!ok)
        return false;
    rows_stats(cli->arena, &rows, &stats);
    Buf b;
    buf_init(&b, ANSWER_MAX);
    if (cli->json) {
        JsWriter w = js_writer(&b);
        ok = json_info(cli->arena, &w, &info, err);
        json_stats(&w, &stats);
        js_end_object(&w);
        buf_byte(&b, '\n');
    } else {
        line_info(&b, &info);
        ok = text_report(cli->arena, &b, &info, err);
        text_stats(&b, &stats);
    }
    if (ok)
        return print_answer(&b, err);
    buf_done(&b);
    return false;
}

const Command cmd_snapshot_show = {
    .name = "snapshot show",
    .run = run_show,
    .operands = "REF",
    .least = 1,
    .most = 1,
    .summary = "what is in a snapshot: rows by source and split, labels by factor",
    .example = "gavel snapshot show latest",
};

/* ---- diff ------------------------------------------------------------------------------ */

static const char *const diff_keys[] = {"added", "removed", "relabelled", "moved", "same"};
enum { DIFF_KEYS = sizeof diff_keys / sizeof *diff_keys };

static size_t diff_value(const SourceDiff *d, int key)
{
    const size_t values[DIFF_KEYS] = {d->added, d->removed, d->relabelled, d->moved, d->same};
    return values[key];
}

static void text_diff(Buf *b, Str name, const SourceDiff *d)
{
    buf_print(b, "%-28.*s", (int)name.len, name.ptr);
    for (int i = 0; i < DIFF_KEYS; i++)
        buf_print(b, " %10zu", diff_value(d, i));
    buf_byte(b, '\n');
}

static void json_diff(JsWriter *w, Str name, const SourceDiff *d)
{
    js_key_str(w, name);
    js_object(w);
    for (int i = 0; i < DIFF_KEYS; i++)
        js_count(w, diff_keys[i], diff_value(d, i));
    js_end_object(w);
}

static bool run_diff(Cli *cli, Err *err)
{
    Store *db = NULL;
    SnapshotInfo info;
    Rows from, to;
    RowsDiff d;
    bool ok = store_open(cli->config.store_path, &db, err) &&
              load(db, cli, 0, &info, &from, err) && load(db, cli, 1, &info, &to, err);
    store_close(db);
    if (!ok)
        return false;
    rows_diff(cli->arena, &from, &to, &d);
    Buf b;
    buf_init(&b, ANSWER_MAX);
    JsWriter w = js_writer(&b);
    if (cli->json) {
        js_object(&w);
        json_diff(&w, STR("total"), &d.total);
        js_key(&w, "sources");
        js_object(&w);
        for (size_t i = 0; i < d.count; i++)
            json_diff(&w, d.source[i].source, &d.source[i]);
        js_end_object(&w);
        js_end_object(&w);
        buf_byte(&b, '\n');
        return print_answer(&b, err);
    }
    buf_print(&b, "%-28s", "source");
    for (int i = 0; i < DIFF_KEYS; i++)
        buf_print(&b, " %10s", diff_keys[i]);
    buf_byte(&b, '\n');
    for (size_t i = 0; i < d.count; i++)
        text_diff(&b, d.source[i].source, &d.source[i]);
    text_diff(&b, STR("in all"), &d.total);
    return print_answer(&b, err);
}

const Command cmd_snapshot_diff = {
    .name = "snapshot diff",
    .run = run_diff,
    .operands = "FROM TO",
    .least = 2,
    .most = 2,
    .summary = "what changed between two snapshots, by source",
    .example = "gavel snapshot diff first latest",
};

/* ---- export ---------------------------------------------------------------------------- */

static bool export_line(Arena *a, Buf *line, const Row *r, Err *err)
{
    char hex[DIGEST_HEX_SIZE];
    Buf labels;
    buf_init(&labels, LABELS_TEXT_MAX);
    labels_print(&r->labels, &labels);
    digest_hex(&r->digest, hex);
    buf_clear(line);
    JsWriter w = js_writer(line);
    js_object(&w);
    const struct {
        const char *key;
        Str value;
    } texts[] = {
        {"digest",   str_of(hex)                         },
        {"text",     r->text                             },
        {"language", r->language                         },
        {"source",   r->source                           },
        {"group",    r->group                            },
        {"origin",   str_of(label_origin_name(r->origin))},
        {"split",    str_of(split_name(r->split))        },
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        js_key(&w, texts[i].key);
        js_string(&w, texts[i].value);
    }
    js_count(&w, "cluster", r->cluster);
    js_number(&w, "weight", (double)r->weight);
    bool ok = json_text(a, &w, "labels", buf_str(&labels), err);
    js_end_object(&w);
    buf_byte(line, '\n');
    buf_done(&labels);
    return ok && buf_ok(line, err);
}

static bool export_rows(Cli *cli, const Rows *rows, File *f, Err *err)
{
    Buf line;
    buf_init(&line, EXPORT_LINE_MAX);
    bool ok = true;
    for (size_t i = 0; ok && i < rows->count; i++) {
        ArenaMark mark = arena_mark(cli->arena);
        ok = export_line(cli->arena, &line, &rows->row[i], err);
        arena_rewind(cli->arena, mark);
        if (ok && f)
            ok = file_write(f, buf_str(&line), err);
        else if (ok && fwrite(line.ptr, 1, line.len, stdout) != line.len)
            ok = err_errno(err, "cannot write the rows");
    }
    buf_done(&line);
    return ok;
}

static bool run_export(Cli *cli, Err *err)
{
    Store *db = NULL;
    SnapshotInfo info;
    Rows rows;
    File *f = NULL;
    const char *path = cli_text(cli, "out", NULL);
    bool ok =
        store_open(cli->config.store_path, &db, err) && load(db, cli, 0, &info, &rows, err);
    store_close(db);
    ok = ok && (!path || file_create(path, &f, err)) && export_rows(cli, &rows, f, err) &&
         (!path || file_commit(f, err));
    file_close(f);
    return ok;
}

static const Option export_options[] = {
    {"out",   OPTION_TEXT, "FILE", "write here, whole or not at all, instead of on stdout",
     false},
    {0},
};

const Command cmd_snapshot_export = {
    .name = "snapshot export",
    .run = run_export,
    .options = export_options,
    .operands = "REF",
    .least = 1,
    .most = 1,
    .summary = "a snapshot's rows as JSON lines",
    .example = "gavel snapshot export first --out first.jsonl",
};
