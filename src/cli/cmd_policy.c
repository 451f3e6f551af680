/* cmd_policy.c - `gavel policy lint`: does a policy document read, and what does it say? */
#include "base/file.h"
#include "base/js.h"
#include "cli/commands.h"
#include "policy/policy.h"

#include <stdio.h>

static void print_json(const Policy *p, Buf *out)
{
    JsWriter w = js_writer(out);
    js_object(&w);
    js_key(&w, "id"), js_string(&w, policy_id(p));
    js_key(&w, "version"), js_string(&w, policy_version(p));
    js_key(&w, "categories");
    js_object(&w);
    for (int i = 0; i < CATEGORY_COUNT; i++) {
        Category c = (Category)i;
        js_key_str(&w, category_name(c));
        js_object(&w);
        js_key(&w, "action"), js_string(&w, action_name(policy_action(p, c)));
        js_key(&w, "threshold"), js_double(&w, policy_threshold(p, c));
        js_end_object(&w);
    }
    js_end_object(&w);
    js_end_object(&w);
    buf_byte(out, '\n');
}

static bool lint(Cli *cli, const char *path, Err *err)
{
    Str text;
    const Policy *p;
    if (!file_load(cli->arena, path, POLICY_MAX_BYTES, &text, err) ||
        !policy_parse(cli->arena, text, path, &p, err))
        return false;
    if (!cli->json) {
        printf("%s: policy " STR_FMT ", version " STR_FMT ": ok\n", path, STR_ARG(policy_id(p)),
               STR_ARG(policy_version(p)));
        return true;
    }
    Buf out;
    buf_init(&out, 1 << 20);
    print_json(p, &out);
    bool ok = buf_ok(&out, err);
    if (ok)
        printf(STR_FMT, STR_ARG(buf_str(&out)));
    buf_done(&out);
    return ok;
}

static bool run_lint(Cli *cli, Err *err)
{
    for (int i = 0; i < cli->operand_count; i++)
        if (!lint(cli, cli->operand[i], err))
            return false;
    return true;
}

const Command cmd_policy_lint = {
    .name = "policy lint",
    .run = run_lint,
    .operands = "FILE...",
    .least = 1,
    .most = -1,
    .summary = "check a policy document",
    .example = "gavel policy lint policies/openai-13/policy.yaml",
};
