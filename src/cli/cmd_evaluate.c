/* cmd_evaluate.c - how good a release is on labelled rows. */
#include "base/clock.h"
#include "base/file.h"
#include "cli/commands.h"
#include "cli/judge.h"
#include "data/recipe.h"
#include "data/snapshot.h"
#include "model/labelled.h"
#include "model/report.h"

#include <math.h>
#include <stdio.h>

#define IDENTITIES_DIR "recipes/terms/identity"
enum { REPORT_MAX = 64 << 20, SEED = 1, MISTAKES_MOST = 1000 };

/* ---- rows ---------------------------------------------------------------------------- */

static bool rows_of_snapshot(Cli *cli, const char *ref, Rows *out, Str *data, Err *err)
{
    Store *db = NULL;
    SnapshotInfo info;
    Split split;
    Rows all;
    const char *word = cli_text(cli, "split", "test");
    if (!split_parse(str_of(word), &split))
        return err_set(err, ERR_USAGE, "--split is train, calibrate or test, not '%s'", word);
    bool ok = store_open(cli->config.store_path, &db, err) &&
              snapshot_find(db, cli->arena, str_of(ref), &info, err) &&
              snapshot_load(db, cli->arena, &info, &all, err);
    store_close(db);
    if (!ok)
        return false;
    Row *row = arena_array(cli->arena, Row, all.count);
    size_t count = 0;
    for (size_t i = 0; i < all.count; i++)
        if (all.row[i].split == split)
            row[count++] = all.row[i];
    char hex[DIGEST_HEX_SIZE];
    digest_hex(&info.digest, hex);
    *out = (Rows){row, count};
    *data = str_print(cli->arena, "snapshot %.12s, split %s", hex, split_name(split));
    return true;
}

static bool rows_of_recipe(Cli *cli, const char *path, Rows *out, Str *data, Err *err)
{
    const Recipe *recipe;
    BadRows bad = {0};
    if (cli->operand_count != 1)
        return err_set(err, ERR_USAGE, "--recipe wants one operand: the folder or the file");
    if (!recipe_load(cli->arena, path, &recipe, err) ||
        !rows_read(cli->arena, recipe, cli->operand[0], (size_t)cli->config.max_line_bytes, out,
                   &bad, err))
        return false;
    if (bad.count)
        fprintf(stderr, "%zu bad rows left out; the first: " STR_FMT "\n", bad.count,
                STR_ARG(bad.message[0]));
    *data = str_print(cli->arena, "source " STR_FMT, STR_ARG(recipe_source(recipe)));
    return true;
}

static void keep_source(Cli *cli, Str pattern, Rows *rows, Str *data)
{
    size_t n = 0;
    for (size_t i = 0; i < rows->count; i++)
        if (str_fits(pattern, rows->row[i].source))
            rows->row[n++] = rows->row[i];
    rows->count = n;
    *data = str_print(cli->arena, STR_FMT ", only " STR_FMT, STR_ARG(*data), STR_ARG(pattern));
}

static bool read_rows(Cli *cli, Rows *out, Str *data, Err *err)
{
    const char *snapshot = cli_text(cli, "snapshot", NULL);
    const char *file = cli_text(cli, "file", NULL), *recipe = cli_text(cli, "recipe", NULL);
    if (!!snapshot + !!file + !!recipe != 1)
        return err_set(err, ERR_USAGE,
                       "one of --snapshot, --file and --recipe says what to "
                       "evaluate on");
    bool ok = false;
    if (snapshot)
        ok = rows_of_snapshot(cli, snapshot, out, data, err);
    else if (recipe)
        ok = rows_of_recipe(cli, recipe, out, data, err);
    else if (labelled_read(cli->arena, file, (size_t)cli->config.max_line_bytes, out, err)) {
        const char *slash = strrchr(file, '/'); /* no place of this machine in a report */
        *data = str_of(slash ? slash + 1 : file);
        ok = true;
    }
    if (ok && cli_text(cli, "only", NULL))
        keep_source(cli, str_of(cli_text(cli, "only", NULL)), out, data);
    if (ok && out->count == 0)
        return err_set(err, ERR_INPUT, "there are no rows to evaluate on");
    return ok;
}

/* ---- judging ------------------------------------------------------------------------- */

/* What a release says of the rows, and the thresholds it says it at. */
static bool judge_input(Cli *cli, const Release *release, const Rows *rows, EvaluateInput *in,
                        Err *err)
{
    Judged *judged;
    if (!judge_rows(cli, release, rows, &judged, err))
        return false;
    *in = (EvaluateInput){
        .rows = rows, .judged = judged, .policy = release_policy(release), .seed = SEED};
    judge_thresholds(release, in->threshold);
    return true;
}

static Str hex_of(Arena *a, const Release *r)
{
    char hex[DIGEST_HEX_SIZE];
    Digest digest = release_digest(r);
    digest_hex(&digest, hex);
    return str_copy(a, str_of(hex));
}

/* ---- what is asked for beside the plain figures --------------------------------------- */

/* Lists of words that mention a group, one a file: religion-muslim.txt ... */
static bool read_mentions(Cli *cli, EvaluateInput *in, Err *err)
{
    Arena *a = cli->arena;
    const char *dir = cli_text(cli, "identities", NULL);
    Str *name = NULL, text;
    if (!dir && !file_is_dir(IDENTITIES_DIR))
        return true;
    dir = dir ? dir : IDENTITIES_DIR;
    if (!file_list(a, dir, ".txt", &name, &in->mentions, err))
        return false;
    Mention *m = arena_array(a, Mention, in->mentions);
    for (size_t i = 0; i < in->mentions; i++) {
        const char *path = str_z(a, str_print(a, "%s/" STR_FMT, dir, STR_ARG(name[i])));
        m[i].name = (Str){name[i].ptr, name[i].len - strlen(".txt")};
        if (!file_load(a, path, TERMS_LIST_MAX, &text, err) ||
            !terms_parse(a, text, path, &m[i].terms, err))
            return false;
    }
    in->mention = m;
    return true;
}

static bool read_wishes(Cli *cli, EvaluateInput *in, Err *err)
{
    const char *between = cli_text(cli, "between", NULL);
    int64_t mistakes = cli_int(cli, "mistakes", 0);
    if (mistakes < 0 || mistakes > MISTAKES_MOST)
        return err_set(err, ERR_USAGE, "--mistakes is 0 to %d", MISTAKES_MOST);
    in->mistakes = (size_t)mistakes;
    in->shapes = true;
    if (between) {
        Str rest = str_of(between);
        if (!str_cut(&rest, ':', &in->above) || rest.ptr == NULL || rest.len == 0 ||
            in->above.len == 0)
            return err_set(err, ERR_USAGE, "--between wants two sources: ATTACKS:BENIGN");
        in->below = rest;
    }
    return read_mentions(cli, in, err);
}

static bool compare_with(Cli *cli, const EvaluateInput *in, ReportSubject *s, Err *err)
{
    const char *ref = cli_text(cli, "against", NULL);
    Release *other;
    EvaluateInput theirs;
    if (!ref)
        return true;
    if (!judge_open_ref(cli, ref, &other, err))
        return err_wrap(err, "--against");
    Comparison *c = arena_new(cli->arena, Comparison);
    c->release = str_copy(cli->arena, release_name(other));
    c->digest = hex_of(cli->arena, other);
    bool ok = judge_input(cli, other, in->rows, &theirs, err);
    if (ok)
        compare(cli->arena, in, &theirs, SEED, c);
    release_close(other);
    s->against = c;
    return ok;
}

static bool measure_fairness(Cli *cli, const Release *release, ReportSubject *s, Err *err)
{
    const char *path = cli_text(cli, "fairness", NULL);
    if (!path && cli_text(cli, "report", NULL) && file_exists(JUDGE_IDENTITIES))
        path = JUDGE_IDENTITIES;
    if (!path)
        return true;
    Fairness *f = arena_new(cli->arena, Fairness);
    s->fairness = f;
    return judge_fairness(cli, release, path, f, err);
}

static bool today(Arena *a, Str *out, Err *err)
{
    char iso[CLOCK_ISO_SIZE];
    int64_t ms;
    if (!judge_created(&ms, err))
        return false;
    clock_iso(ms, iso);
    *out = str_print(a, "%.10s", iso);
    return true;
}

static bool describe(Cli *cli, const Release *release, ReportSubject *s, Err *err)
{
    const Policy *p = release_policy(release);
    s->release = release_name(release);
    s->digest = hex_of(cli->arena, release);
    s->policy = str_print(cli->arena, STR_FMT " " STR_FMT, STR_ARG(policy_id(p)),
                          STR_ARG(policy_version(p)));
    s->maps = release_calibration(release);
    return today(cli->arena, &s->date, err) &&
           js_parse(cli->arena, release_training(release), &s->training, err);
}

/* ---- writing --------------------------------------------------------------------------- */

static bool save(Cli *cli, const char *dir, const char *name, const Buf *b, Err *err)
{
    Str path = str_print(cli->arena, "%s/%s", dir, name);
    return buf_ok(b, err) && file_save(str_z(cli->arena, path), buf_str(b), err);
}

static bool save_reports(Cli *cli, const char *dir, const Evaluation *e, const ReportSubject *s,
                         const Buf *json, Err *err)
{
    Buf b;
    buf_init(&b, REPORT_MAX);
    report_markdown(e, s, &b);
    bool ok = file_make_dirs(dir, err) && save(cli, dir, "report.json", json, err) &&
              save(cli, dir, "MODEL_CARD.md", &b, err);
    buf_clear(&b);
    report_html(e, s, &b);
    ok = ok && save(cli, dir, "report.html", &b, err);
    buf_done(&b);
    return ok;
}

static bool write_reports(Cli *cli, const Evaluation *e, const ReportSubject *s, Err *err)
{
    const char *dir = cli_text(cli, "report", NULL);
    Buf json, table;
    buf_init(&json, REPORT_MAX);
    buf_init(&table, REPORT_MAX);
    JsWriter w = js_writer(&json);
    report_json(e, s, &w);
    buf_byte(&json, '\n');
    bool ok = buf_ok(&json, err) && (!dir || save_reports(cli, dir, e, s, &json, err));
    if (ok && !cli->json)
        report_table(e, s, &table);
    const Buf *shown = cli->json ? &json : &table;
    ok = ok && buf_ok(shown, err);
    if (ok)
        fwrite(shown->ptr, 1, shown->len, stdout);
    buf_done(&json);
    buf_done(&table);
    return ok;
}

static bool run_on(Cli *cli, const Release *release, Err *err)
{
    Rows rows;
    EvaluateInput in;
    ReportSubject subject = {.rows = &rows};
    if (!read_rows(cli, &rows, &subject.data, err) ||
        !judge_input(cli, release, &rows, &in, err) || !read_wishes(cli, &in, err) ||
        !describe(cli, release, &subject, err) || !compare_with(cli, &in, &subject, err) ||
        !measure_fairness(cli, release, &subject, err))
        return false;
    Evaluation *e = arena_new(cli->arena, Evaluation);
    evaluate(cli->arena, &in, e);
    const Between *b = &e->between;
    if (b->above.len && (b->above_rows == 0 || b->below_rows == 0)) {
        Str none = b->above_rows ? b->below : b->above;
        return err_set(err, ERR_INPUT, "--between: no row is of source '" STR_FMT "'",
                       STR_ARG(none));
    }
    return write_reports(cli, e, &subject, err);
}

static bool run(Cli *cli, Err *err)
{
    Release *release;
    if (cli_text(cli, "recipe", NULL) == NULL && cli->operand_count > 0)
        return err_set(err, ERR_USAGE, "an operand belongs to --recipe");
    stop_on_signals();
    if (!judge_open(cli, &release, err))
        return false;
    bool ok = run_on(cli, release, err);
    release_close(release);
    return ok;
}

static const Option options[] = {
    {.name = "release",
     .type = OPTION_TEXT,
     .value = "REF",
     .help = "a file, a name in releases/, or digits of a digest"},
    {.name = "snapshot",                                                                 .type = OPTION_TEXT, .value = "REF", .help = "rows of a snapshot ..."},
    {.name = "split",                                                                              .type = OPTION_TEXT, .value = "NAME", .help = "... test when not given"},
    {.name = "file",
     .type = OPTION_TEXT,
     .value = "FILE.jsonl",
     .help = "lines with a text and labels by name, or the OpenAI set's short keys"},
    {.name = "recipe",
     .type = OPTION_TEXT,
     .value = "FILE",
     .help = "rows that a recipe reads from the operand"},
    {.name = "only",
     .type = OPTION_TEXT,
     .value = "SOURCE",
     .help = "only rows of this source (x* fits what begins so)"},
    {.name = "report",
     .type = OPTION_TEXT,
     .value = "DIR",
     .help = "also write report.html, report.json and MODEL_CARD.md there"},
    {.name = "against",
     .type = OPTION_TEXT,
     .value = "REF",
     .help = "also say whether the release is better than this one on the same rows"},
    {.name = "between",
     .type = OPTION_TEXT,
     .value = "A:B",
     .help = "also the AUROC of source A's rows against source B's (x* fits what begins so)"},
    {.name = "identities",
     .type = OPTION_TEXT,
     .value = "DIR",
     .help = "lists of words that mention a group; " IDENTITIES_DIR " when not given"},
    {.name = "fairness",
     .type = OPTION_TEXT,
     .value = "FILE",
     .help = "templates to measure bias on; with --report " JUDGE_IDENTITIES " when not given"},
    {.name = "mistakes",
     .type = OPTION_INT,
     .value = "N",
     .help = "put the texts of the N worst rows of each category into the report (0)"},
    {0                                                                             },
};

const Command cmd_evaluate = {
    .name = "evaluate",
    .run = run,
    .options = options,
    .operands = "[PATH]",
    .most = 1,
    .summary = "measure a release on labelled rows",
    .example = "gavel evaluate --release third --snapshot latest --report var/report",
};
