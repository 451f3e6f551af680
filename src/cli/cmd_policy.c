/* cmd_policy.c - `gavel policy lint`: what is wrong with a policy, and where. */
#include "base/js.h"
#include "cli/commands.h"
#include "cli/judge.h"
#include "moderate/support.h"
#include "policy/lint.h"

#include <stdio.h>

#define POLICY_DEFAULT "policies/openai-13"

static void print_json(const char *path, const PolicyFolder *f, const Findings *found, Buf *out)
{
    JsWriter w = js_writer(out);
    char hex[DIGEST_HEX_SIZE];
    js_object(&w);
    js_key(&w, "path"), js_string(&w, str_of(path));
    if (f) {
        digest_hex(&f->bundle.digest, hex);
        js_key(&w, "id"), js_string(&w, policy_id(f->policy));
        js_key(&w, "version"), js_string(&w, policy_version(f->policy));
        js_key(&w, "digest"), js_string(&w, str_of(hex));
        js_count(&w, "categories", (size_t)policy_count(f->policy));
        js_count(&w, "clauses", f->clause_count);
        js_count(&w, "examples", f->example_count);
        js_count(&w, "golden", f->golden_count);
        js_count(&w, "locales", f->pack_count);
    }
    js_key(&w, "findings");
    js_array(&w);
    for (size_t i = 0; i < found->count; i++) {
        const Finding *x = &found->at[i];
        js_object(&w);
        js_key(&w, "file"), js_string(&w, x->at.file);
        js_count(&w, "line", (size_t)x->at.line);
        js_count(&w, "column", (size_t)x->at.column);
        js_key(&w, "text"), js_string(&w, x->text);
        js_end_object(&w);
    }
    js_end_array(&w);
    js_end_object(&w);
    buf_byte(out, '\n');
}

static void print_text(const char *path, const PolicyFolder *f, const Findings *found, Buf *out)
{
    const char *slash = f->lone ? "" : "/";
    for (size_t i = 0; i < found->count; i++) {
        const Finding *x = &found->at[i];
        buf_print(out, "%s%s" STR_FMT ":%d:%d: " STR_FMT "\n", path, slash,
                  STR_ARG(f->lone ? STR("") : x->at.file), x->at.line, x->at.column,
                  STR_ARG(x->text));
    }
    if (found->count == 0)
        buf_print(out, "%s: policy " STR_FMT ", version " STR_FMT ": ok\n", path,
                  STR_ARG(policy_id(f->policy)), STR_ARG(policy_version(f->policy)));
}

/* A document that does not read ends the looking: for people it is the error of the command,
 * for machines a finding as others are. */
static bool look(Cli *cli, const Release *r, const char *path, Findings *found, Buf *out,
                 Err *err)
{
    PolicyFolder f;
    Err why = {0};
    if (folder_load(cli->arena, path, &f, found, &why)) {
        lint_folder(cli->arena, &f, found);
        if (r)
            support_lint(r, f.policy, found);
        findings_sort(found);
        cli->json ? print_json(path, &f, found, out) : print_text(path, &f, found, out);
        return true;
    }
    if (!cli->json || why.code != ERR_INPUT) {
        *err = why;
        return false;
    }
    findings_take(found, str_print(cli->arena, "%s/policy.yaml", path), &why);
    print_json(path, NULL, found, out);
    return true;
}

static bool lint(Cli *cli, const Release *r, const char *path, size_t *faults, Err *err)
{
    Findings found;
    Buf out;
    findings_new(cli->arena, &found);
    buf_init(&out, 4 << 20);
    bool ok = look(cli, r, path, &found, &out, err) && buf_ok(&out, err);
    if (ok)
        printf(STR_FMT, STR_ARG(buf_str(&out)));
    *faults += found.count;
    buf_done(&out);
    return ok;
}

static bool run_lint(Cli *cli, Err *err)
{
    Release *r = NULL;
    size_t faults = 0;
    if (cli_text(cli, "release", NULL) && !judge_open(cli, &r, err))
        return false;
    bool ok = cli->operand_count > 0 || lint(cli, r, POLICY_DEFAULT, &faults, err);
    for (int i = 0; ok && i < cli->operand_count; i++)
        ok = lint(cli, r, cli->operand[i], &faults, err);
    release_close(r);
    if (ok && faults)
        return err_set(err, ERR_INPUT, "%zu fault%s", faults, faults == 1 ? "" : "s");
    return ok;
}

static const Option options[] = {
    {.name = "release",
     .type = OPTION_TEXT,
     .value = "REF",
     .help = "also find what the calibration of this release does not support"},
    {0   },
};

const Command cmd_policy_lint = {
    .name = "policy lint",
    .run = run_lint,
    .options = options,
    .operands = "[PATH...]",
    .most = -1,
    .summary = "find what is wrong with policies, folders or lone documents",
    .example = "gavel policy lint policies/openai-13",
};
