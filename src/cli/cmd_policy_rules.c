/* cmd_policy_rules.c - `gavel policy rules POLICY`: are its rules sound, and how often are they
 * right?
 *
 * Every fault of every file is named in one run.  With labelled rows, of a snapshot or a file,
 * each rule is tried on all of them: in how many texts it stands (dry runs too: that is what
 * they are for), and of those that are labelled, how many belong to its category.
 */
#include "base/clock.h"
#include "base/js.h"
#include "cli/commands.h"
#include "cli/policy_ref.h"
#include "data/snapshot.h"
#include "model/binomial.h"
#include "model/labelled.h"
#include "policy/rules.h"
#include "text/utf8.h"

#include <stdio.h>

enum { SCRATCH = 1 << 30, OUTPUT_MAX = 16 << 20, STEP = 1000 };
#define EACH_SIDE .975 /* of an interval of 95 % */

static const Option options[] = {
    {"snapshot", OPTION_TEXT, "REF", "try them on the rows of a snapshot", false},
    {"file",     OPTION_TEXT, "FILE", "or on labelled rows, a line of JSON each", false},
    {"locale",     OPTION_TEXT, "TAG", "as in a request of this locale", false},
    {0    },
};

typedef struct Tally {
    uint64_t texts;         /* in which the rule stands; of an allow rule: lifts */
    double labelled, right; /* of those */
} Tally;

typedef struct Job {
    Cli *cli;
    Arena *scratch;
    PolicyRef policy;
    RulesReport report;
    const RuleBook *book;
    RuleContext at;
    Rows rows;
    Tally *tally; /* NULL: nothing was tried */
} Job;

/* ---- trying ------------------------------------------------------------------------------ */

static bool load_rows(Job *j, Err *err)
{
    Cli *cli = j->cli;
    const char *file = cli_text(cli, "file", NULL), *ref = cli_text(cli, "snapshot", NULL);
    Store *db = NULL;
    SnapshotInfo info;
    if (file && ref)
        return err_set(err, ERR_USAGE, "--file or --snapshot, not both");
    if (file)
        return labelled_read(cli->arena, file, (size_t)cli->config.max_line_bytes, &j->rows,
                             err);
    bool ok = !ref || (store_open(cli->config.store_path, &db, err) &&
                       snapshot_find(db, cli->arena, str_of(ref), &info, err) &&
                       snapshot_load(db, cli->arena, &info, &j->rows, err));
    store_close(db);
    return ok;
}

/* What the row says of the rule's category: NaN where it says nothing. */
static double truth(const Job *j, const Row *row, const float composed[CATEGORY_COUNT],
                    int rule)
{
    const Rule *r = rules_at(j->book, (size_t)rule);
    if (r->category < 0)
        return NAN;
    Category key = policy_category(j->policy.policy, r->category)->key;
    if (key == CATEGORY_COUNT)
        return NAN;
    float own = row->labels.category[key];
    return label_known(own) ? own : composed[key];
}

static void count_row(Job *j, const Row *row, const RuleHits *hits)
{
    float composed[CATEGORY_COUNT];
    if (hits->count)
        policy_compose_labels(j->policy.policy, row->labels.factor, composed);
    for (size_t i = 0; i < hits->count; i++) {
        const RuleHit *h = &hits->hit[i];
        bool again =
            i > 0 && hits->hit[i - 1].rule == h->rule && hits->hit[i - 1].lifted_by < 0;
        if (h->lifted_by >= 0 || again)
            continue;
        double value = truth(j, row, composed, (int)h->rule);
        Tally *t = &j->tally[h->rule];
        t->texts++;
        t->labelled += isnan(value) ? 0 : 1;
        t->right += isnan(value) ? 0 : value;
    }
}

static bool try_rules(Job *j, Err *err)
{
    j->tally = arena_array(j->cli->arena, Tally, rules_count(j->book));
    for (size_t i = 0; i < j->rows.count; i++) {
        const Row *row = &j->rows.row[i];
        Folded f;
        RuleHits hits;
        ArenaMark mark = arena_mark(j->scratch);
        if (i % STEP == 0) {
            progress_tick(&j->cli->progress, "rows", i, j->rows.count, NULL);
            if (stop_requested())
                return stop_err(err);
        }
        if (!utf8_valid(row->text, NULL) || !normalise(j->scratch, row->text, &f, err))
            continue;
        rules_match(j->book, j->scratch, row->text, &f, &j->at, &hits);
        count_row(j, row, &hits);
        arena_rewind(j->scratch, mark);
    }
    return true;
}

/* ---- printing ------------------------------------------------------------------------------
 */

static void json_tally(JsWriter *w, const Tally *t)
{
    js_count(w, "texts", t->texts);
    js_number(w, "labelled", t->labelled);
    js_number(w, "right", t->right);
    js_number(w, "precision", t->labelled > 0 ? t->right / t->labelled : NAN);
    js_number(w, "precision_low", binomial_lower(t->right, t->labelled, EACH_SIDE));
    js_number(w, "precision_high", binomial_upper(t->right, t->labelled, EACH_SIDE));
}

static void json_rule(JsWriter *w, const Job *j, size_t i)
{
    const Rule *r = rules_at(j->book, i);
    js_object(w);
    js_key(w, "id"), js_string(w, r->id);
    js_key(w, "kind"), js_string(w, str_of(rule_kind_name(r->kind)));
    js_count(w, "patterns", r->patterns);
    js_key(w, "category");
    if (r->category < 0)
        js_null(w);
    else
        js_string(w, policy_category(j->policy.policy, r->category)->name);
    js_key(w, "action"), js_string(w, r->allow ? STR("allow") : action_name(r->action));
    js_key(w, "owner"), js_string(w, r->owner);
    js_key(w, "dry_run"), js_bool(w, r->dry_run);
    js_key(w, "expired"), js_bool(w, r->expires_ms <= j->at.now_ms);
    js_key(w, "file"), js_string(w, str_of(r->file));
    js_count(w, "line", (size_t)r->line);
    if (j->tally)
        json_tally(w, &j->tally[i]);
    js_end_object(w);
}

static void print_json(const Job *j, Buf *out)
{
    JsWriter w = js_writer(out);
    js_object(&w);
    js_key(&w, "findings"), js_array(&w);
    for (size_t i = 0; i < j->report.count; i++) {
        const RuleFinding *f = &j->report.finding[i];
        js_object(&w);
        js_key(&w, "file"), js_string(&w, str_of(f->file));
        js_count(&w, "line", (size_t)f->line);
        js_key(&w, "refused"), js_bool(&w, f->refused);
        js_key(&w, "why"), js_string(&w, str_of(f->why));
        js_end_object(&w);
    }
    js_end_array(&w);
    js_count(&w, "refused", j->report.refused);
    js_key(&w, "rules"), js_array(&w);
    for (size_t i = 0; j->book && i < rules_count(j->book); i++)
        json_rule(&w, j, i);
    js_end_array(&w);
    if (j->tally)
        js_count(&w, "rows", j->rows.count);
    js_end_object(&w);
    buf_byte(out, '\n');
}

static void print_findings(const Job *j, Buf *out)
{
    for (size_t i = 0; i < j->report.count; i++) {
        const RuleFinding *f = &j->report.finding[i];
        buf_print(out, "%s:%d: %s%s\n", f->file, f->line,
                  f->refused ? "" : "warning: ", f->why);
    }
    if (j->report.total > j->report.count)
        buf_print(out, "and %zu more\n", j->report.total - j->report.count);
}

static void print_rule(const Job *j, size_t i, Buf *out)
{
    const Rule *r = rules_at(j->book, i);
    Str category =
        r->category < 0 ? STR("-") : policy_category(j->policy.policy, r->category)->name;
    buf_print(out, "%-24.*s %-6s %8zu  %-22.*s %-8.*s%s", STR_ARG(r->id),
              rule_kind_name(r->kind), r->patterns, STR_ARG(category),
              STR_ARG(r->allow ? STR("allow") : action_name(r->action)),
              r->dry_run ? " dry" : "    ");
    if (j->tally) {
        const Tally *t = &j->tally[i];
        buf_print(out, " %8llu", (unsigned long long)t->texts);
        if (t->labelled > 0)
            buf_print(out, " %8.0f  %.3f (%.3f to %.3f)", t->labelled, t->right / t->labelled,
                      binomial_lower(t->right, t->labelled, EACH_SIDE),
                      binomial_upper(t->right, t->labelled, EACH_SIDE));
        else
            buf_put(out, STR("        -  -"));
    }
    buf_byte(out, '\n');
}

static void print_words(const Job *j, Buf *out)
{
    print_findings(j, out);
    if (!j->book)
        return;
    buf_print(out, "%-24s %-6s %8s  %-22s %-12s", "rule", "kind", "patterns", "category",
              "action");
    if (j->tally)
        buf_print(out, " %8s %8s  %s", "texts", "labelled", "precision (95 %)");
    buf_byte(out, '\n');
    for (size_t i = 0; i < rules_count(j->book); i++)
        print_rule(j, i, out);
}

static bool print_all(const Job *j, Err *err)
{
    Buf out;
    buf_init(&out, OUTPUT_MAX);
    if (j->cli->json)
        print_json(j, &out);
    else
        print_words(j, &out);
    bool ok = buf_ok(&out, err);
    if (ok)
        printf(STR_FMT, STR_ARG(buf_str(&out)));
    buf_done(&out);
    return ok;
}

/* ---- the command ---------------------------------------------------------------------------
 */

static bool read_and_try(Job *j, Err *err)
{
    Cli *cli = j->cli;
    if (!policy_ref_open(cli, cli->operand[0], &j->policy, err))
        return false;
    RulesSource from = {.bundle = &j->policy.bundle,
                        .policy = j->policy.policy,
                        .name = str_z(cli->arena, j->policy.name),
                        .now_ms = j->at.now_ms};
    rules_benign(cli->arena, from.bundle, &from.benign, &from.benigns);
    Err faults = {0};
    if (!rules_read(cli->arena, j->scratch, &from, &j->report, &j->book, &faults)) {
        if (!j->report.refused) /* no fault of the files */
            return *err = faults, false;
        return print_all(j, err) && err_set(err, ERR_INPUT, "%zu refused", j->report.refused);
    }
    bool tries = cli_text(cli, "file", NULL) || cli_text(cli, "snapshot", NULL);
    return (!tries || (load_rows(j, err) && try_rules(j, err))) && print_all(j, err);
}

static bool run_rules(Cli *cli, Err *err)
{
    Job j = {
        .cli = cli,
        .scratch = arena_open(SCRATCH),
        .at = {str_of(cli_text(cli, "locale", "")), clock_wall_ms()}
    };
    bool ok = read_and_try(&j, err);
    arena_close(j.scratch);
    return ok;
}

const Command cmd_policy_rules = {
    .name = "policy rules",
    .run = run_rules,
    .options = options,
    .operands = "POLICY",
    .least = 1,
    .most = 1,
    .summary = "check a policy's rules and lists, and count how often they are right",
    .example = "gavel policy rules policies/openai-13 --snapshot latest",
};
