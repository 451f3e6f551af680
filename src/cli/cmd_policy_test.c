/* cmd_policy_test.c - a policy's golden cases against a release, and where its locales differ.
 *
 * A case is named by its file and line: who wants its text looks there. */
#include "base/js.h"
#include "cli/commands.h"
#include "cli/judge.h"
#include "moderate/trial.h"

#include <stdio.h>

#define POLICY_DEFAULT "policies/openai-13"

typedef struct Job {
    Cli *cli;
    const char *path;
    PolicyFolder folder;
    Release *release;
    Scored *scored; /* of each golden case */
    Buf out;
} Job;

static bool open_job(Job *job, Err *err)
{
    Cli *cli = job->cli;
    job->path = cli->operand_count ? cli->operand[0] : POLICY_DEFAULT;
    if (!folder_load(cli->arena, job->path, &job->folder, NULL, err) ||
        !judge_open(cli, &job->release, err))
        return false;
    size_t n = job->folder.golden_count;
    if (n == 0)
        return err_set(err, ERR_INPUT, "%s has no golden cases", job->path);
    Str *text = arena_array(cli->arena, Str, n);
    for (size_t i = 0; i < n; i++)
        text[i] = job->folder.golden[i].text;
    ScoredWork work = {.release = job->release,
                       .limits = judge_limits(cli),
                       .threads = judge_threads(cli),
                       .progress = &cli->progress};
    ScoredCounts counts;
    return scored_texts(&work, cli->arena, text, n, &job->scored, &counts, err);
}

static bool with_job(Cli *cli, bool (*report)(Job *, Err *), Err *err)
{
    Job job = {.cli = cli};
    buf_init(&job.out, 16 << 20);
    bool ok = open_job(&job, err) && report(&job, err);
    release_close(job.release);
    buf_done(&job.out);
    return ok;
}

static bool say(Job *job, Err *err)
{
    if (!buf_ok(&job->out, err))
        return false;
    printf(STR_FMT, STR_ARG(buf_str(&job->out)));
    return true;
}

static Str category_of(const Job *job, const GoldenCase *c)
{
    return policy_category(job->folder.policy, c->category)->name;
}

static void print_head(Job *job, JsWriter *w)
{
    char hex[DIGEST_HEX_SIZE];
    digest_hex(&job->folder.bundle.digest, hex);
    js_key(w, "path"), js_string(w, str_of(job->path));
    js_key(w, "policy"), js_string(w, policy_id(job->folder.policy));
    js_key(w, "version"), js_string(w, policy_version(job->folder.policy));
    js_key(w, "digest"), js_string(w, str_of(hex));
    js_key(w, "release"), js_string(w, release_name(job->release));
}

static void print_case(Job *job, const GoldenCase *c, JsWriter *w)
{
    js_key(w, "file"), js_string(w, c->at.file);
    js_count(w, "line", (size_t)c->at.line);
    js_key(w, "category"), js_string(w, category_of(job, c));
    js_key(w, "clause"), js_string(w, c->clause);
    if (c->locale.len)
        js_key(w, "locale"), js_string(w, c->locale);
    js_key(w, "expect"), js_string(w, expect_name(c->expect));
}

static void print_outcome(const CategoryOutcome *x, JsWriter *w)
{
    js_key(w, "got"), js_string(w, expect_name(outcome_answer(x)));
    js_number(w, "score", x->score);
    js_number(w, "threshold", x->threshold);
    js_key(w, "action"), js_string(w, action_name(x->action));
    js_key(w, "severity"), js_string(w, x->rung ? x->rung->name : STR(""));
    js_key(w, "cited"), js_string(w, x->clause);
}

/* ---- policy test --------------------------------------------------------------------- */

static void print_counts(const TrialCategory *c, JsWriter *w)
{
    for (int i = 0; i < TRIAL_RESULTS; i++)
        js_count(w, trial_result_name((TrialResult)i), c->result[i]);
    js_count(w, "cases", c->cases);
    js_count(w, "inverted_passes", c->inverted);
    js_count(w, "off_topic_passes", c->off_topic);
    js_key(w, "blunt"), js_bool(w, c->blunt);
}

static void trial_json(Job *job, const Trial *t)
{
    JsWriter w = js_writer(&job->out);
    js_object(&w);
    print_head(job, &w);
    print_counts(&t->all, &w);
    js_key(&w, "by_category");
    js_object(&w);
    for (int i = 0; i < policy_count(job->folder.policy); i++) {
        js_key_str(&w, policy_category(job->folder.policy, i)->name);
        js_object(&w);
        print_counts(&t->category[i], &w);
        js_end_object(&w);
    }
    js_end_object(&w);
    js_key(&w, "not_passed");
    js_array(&w);
    for (size_t i = 0; i < t->count; i++) {
        if (t->at[i].result == TRIAL_PASSED)
            continue;
        js_object(&w);
        js_key(&w, "result"), js_string(&w, str_of(trial_result_name(t->at[i].result)));
        print_case(job, t->at[i].golden, &w);
        print_outcome(&t->at[i].got, &w);
        js_end_object(&w);
    }
    js_end_array(&w);
    js_end_object(&w);
    buf_byte(&job->out, '\n');
}

static void trial_text(Job *job, const Trial *t)
{
    Buf *out = &job->out;
    for (size_t i = 0; i < t->count; i++) {
        const TrialCase *x = &t->at[i];
        if (x->result == TRIAL_PASSED)
            continue;
        buf_print(out, "%s/" STR_FMT ":%d: %s: " STR_FMT ", wants " STR_FMT, job->path,
                  STR_ARG(x->golden->at.file), x->golden->at.line, trial_result_name(x->result),
                  STR_ARG(category_of(job, x->golden)),
                  STR_ARG(expect_name(x->golden->expect)));
        if (x->golden->has_action)
            buf_print(out, " (" STR_FMT ")", STR_ARG(action_name(x->golden->action)));
        buf_print(out, ", got " STR_FMT " (" STR_FMT ") at %.3f of %.3f\n",
                  STR_ARG(expect_name(outcome_answer(&x->got))),
                  STR_ARG(action_name(x->got.action)), x->got.score, x->got.threshold);
    }
    for (int i = 0; i < policy_count(job->folder.policy); i++)
        if (t->category[i].blunt)
            buf_print(out,
                      "%s: the cases of " STR_FMT " cannot tell it from an inverted or an "
                      "off-topic policy\n",
                      job->path, STR_ARG(policy_category(job->folder.policy, i)->name));
    buf_print(out,
              "%s: %zu cases: %zu passed, %zu failed, %zu known to fail, %zu known to fail and "
              "passed\n",
              job->path, t->count, t->all.result[TRIAL_PASSED], t->all.result[TRIAL_FAILED],
              t->all.result[TRIAL_KNOWN], t->all.result[TRIAL_FIXED]);
    buf_print(
        out,
        "of %zu that want yes or no, an inverted policy passes %zu, an off-topic one %zu\n",
        t->all.cases, t->all.inverted, t->all.off_topic);
}

static bool report_trial(Job *job, Err *err)
{
    Trial *t = arena_new(job->cli->arena, Trial);
    bool strict = cli_flag(job->cli, "strict");
    if (!trial_run(job->release, &job->folder, job->scored, job->cli->arena, t, err))
        return false;
    job->cli->json ? trial_json(job, t) : trial_text(job, t);
    if (!say(job, err))
        return false;
    return trial_passes(t, strict) ||
           err_set(err, ERR_INPUT, "the policy does not do what its golden cases want");
}

static bool run_test(Cli *cli, Err *err) { return with_job(cli, report_trial, err); }

/* ---- policy locales ------------------------------------------------------------------ */

static void opinion_name(const Opinion *x, Buf *out)
{
    Str name = x->pack ? x->pack->name : STR("default");
    buf_put(out, name);
    if (x->period.len)
        buf_print(out, "/" STR_FMT, STR_ARG(x->period));
}

static void disagreement_text(Job *job, const Disagreement *d)
{
    Buf *out = &job->out;
    buf_print(out, "%s/" STR_FMT ":%d: " STR_FMT "\n", job->path, STR_ARG(d->golden->at.file),
              d->golden->at.line, STR_ARG(category_of(job, d->golden)));
    for (size_t i = 0; i < d->count; i++) {
        const CategoryOutcome *x = &d->opinion[i].outcome;
        buf_put(out, STR("    "));
        opinion_name(&d->opinion[i], out);
        buf_print(out, ": %s" STR_FMT, x->unsure ? "unsure, " : "",
                  STR_ARG(x->holds || x->unsure ? action_name(x->action) : STR("-")));
        if (x->rung)
            buf_print(out, " (" STR_FMT ")", STR_ARG(x->rung->name));
        if (x->clause.len)
            buf_print(out, ", " STR_FMT, STR_ARG(x->clause));
        buf_byte(out, '\n');
    }
}

static void disagreement_json(Job *job, const Disagreement *d, JsWriter *w)
{
    js_object(w);
    print_case(job, d->golden, w);
    js_key(w, "opinions");
    js_array(w);
    for (size_t i = 0; i < d->count; i++) {
        const Opinion *x = &d->opinion[i];
        js_object(w);
        js_key(w, "locale"), js_string(w, x->pack ? x->pack->name : STR("default"));
        if (x->period.len)
            js_key(w, "period"), js_string(w, x->period);
        print_outcome(&x->outcome, w);
        js_end_object(w);
    }
    js_end_array(w);
    js_end_object(w);
}

static bool report_locales(Job *job, Err *err)
{
    Disagreement *d;
    size_t n;
    if (!trial_disagreements(job->release, &job->folder, job->scored, job->cli->arena, &d, &n,
                             err))
        return false;
    if (job->cli->json) {
        JsWriter w = js_writer(&job->out);
        js_object(&w);
        print_head(job, &w);
        js_key(&w, "disagreements");
        js_array(&w);
        for (size_t i = 0; i < n; i++)
            disagreement_json(job, &d[i], &w);
        js_end_array(&w);
        js_end_object(&w);
        buf_byte(&job->out, '\n');
    } else {
        for (size_t i = 0; i < n; i++)
            disagreement_text(job, &d[i]);
        buf_print(&job->out, "%s: %zu locales differ from the document on %zu of %zu cases\n",
                  job->path, job->folder.pack_count, n, job->folder.golden_count);
    }
    return say(job, err);
}

static bool run_locales(Cli *cli, Err *err) { return with_job(cli, report_locales, err); }

static const Option test_options[] = {
    {.name = "release",
     .type = OPTION_TEXT,
     .value = "REF",
     .help = "a file, a name in releases/, or digits of a digest"},
    {.name = "strict",
     .type = OPTION_FLAG,
     .help = "fail too where a case passes that is known to fail"},
    {0                },
};

static const Option locales_options[] = {
    {.name = "release",
     .type = OPTION_TEXT,
     .value = "REF",
     .help = "a file, a name in releases/, or digits of a digest"},
    {0   },
};

const Command cmd_policy_test = {
    .name = "policy test",
    .run = run_test,
    .options = test_options,
    .operands = "[FOLDER]",
    .most = 1,
    .summary = "try a policy's golden cases on a release",
    .example = "gavel policy test policies/openai-13",
};

const Command cmd_policy_locales = {
    .name = "policy locales",
    .run = run_locales,
    .options = locales_options,
    .operands = "[FOLDER]",
    .most = 1,
    .summary = "show on which golden cases the locales of a policy disagree",
    .example = "gavel policy locales policies/community",
};
