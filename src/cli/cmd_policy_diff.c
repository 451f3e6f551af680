/* cmd_policy_diff.c - `gavel policy diff A B`: what changed from A to B. */
#include "base/js.h"
#include "cli/commands.h"
#include "cli/policy_ref.h"
#include "policy/diff.h"

#include <float.h>
#include <math.h>
#include <stdio.h>

enum { OUTPUT_MAX = 64 << 20 };

static void print_names(const Change *c, JsWriter *w)
{
    js_key(w, "factors"), js_array(w);
    for (int f = 0; f < FACTOR_COUNT; f++)
        if (c->factor[f])
            js_string(w, factor_name((Factor)f));
    js_end_array(w);
    js_key(w, "categories"), js_array(w);
    for (int k = 0; k < CATEGORY_COUNT; k++)
        if (c->category[k])
            js_string(w, category_name((Category)k));
    js_end_array(w);
}

static void print_json(const PolicyRef *x, const PolicyRef *y, const PolicyDiff *d, Buf *out)
{
    JsWriter w = js_writer(out);
    js_object(&w);
    for (int i = 0; i < 2; i++) {
        const PolicyRef *p = i ? y : x;
        char hex[DIGEST_HEX_SIZE];
        digest_hex(&p->bundle.digest, hex);
        js_key(&w, i ? "after" : "before"), js_object(&w);
        js_key(&w, "id"), js_string(&w, policy_id(p->policy));
        js_key(&w, "version"), js_string(&w, policy_version(p->policy));
        js_key(&w, "digest"), js_string(&w, str_of(hex));
        js_end_object(&w);
    }
    js_key(&w, "changes"), js_array(&w);
    for (size_t i = 0; i < d->count; i++) {
        const Change *c = &d->change[i];
        js_object(&w);
        js_key(&w, "area"), js_string(&w, str_of(change_area_name(c->area)));
        js_key(&w, "kind"), js_string(&w, str_of(change_kind_name(c->kind)));
        js_key(&w, "path"), js_string(&w, c->path);
        js_key(&w, "where"), js_string(&w, c->where);
        js_key(&w, "before"), js_string(&w, c->before);
        js_key(&w, "after"), js_string(&w, c->after);
        if (!isnan(c->shift))
            js_number(&w, "shift", c->shift);
        print_names(c, &w);
        js_end_object(&w);
    }
    js_end_array(&w);
    js_end_object(&w);
    buf_byte(out, '\n');
}

static void print_change(const Change *c, Buf *out)
{
    static const char sign[] = {
        [CHANGE_ADDED] = '+', [CHANGE_REMOVED] = '-', [CHANGE_ALTERED] = '~'};
    buf_print(out, "  %c %-11s " STR_FMT, sign[c->kind], change_area_name(c->area),
              STR_ARG(c->where));
    if (!str_eq(c->where, c->path))
        buf_print(out, "  (" STR_FMT ")", STR_ARG(c->path));
    if (c->shift > 0)
        buf_print(out, "  moves scores by up to %.3f", c->shift);
    else if (c->shift < DBL_MIN && c->shift >= 0)
        buf_print(out, "  is written otherwise and gives the same scores");
    buf_byte(out, '\n');
    if (c->before.len)
        buf_print(out, "      was: " STR_FMT "\n", STR_ARG(c->before));
    if (c->after.len)
        buf_print(out, "      now: " STR_FMT "\n", STR_ARG(c->after));
}

static void print_text(const PolicyRef *x, const PolicyRef *y, const PolicyDiff *d, Buf *out)
{
    static const char *const heads[] = {"in meaning", "in words"};
    buf_print(out, STR_FMT " -> " STR_FMT ": ", STR_ARG(x->name), STR_ARG(y->name));
    if (d->count)
        buf_print(out, "%zu changes\n", d->count);
    else
        buf_print(out, "the same policy\n");
    for (int words = 0; words < 2; words++) {
        bool head = false;
        for (size_t i = 0; i < d->count; i++) {
            if (change_is_words(d->change[i].area) != (words == 1))
                continue;
            if (!head)
                buf_print(out, "%s\n", heads[words]);
            head = true;
            print_change(&d->change[i], out);
        }
    }
}

static bool run(Cli *cli, Err *err)
{
    PolicyRef x, y;
    PolicyDiff d;
    if (!policy_ref_open(cli, cli->operand[0], &x, err) ||
        !policy_ref_open(cli, cli->operand[1], &y, err) ||
        !policy_diff(cli->arena, &x.bundle, &y.bundle, &d, err))
        return false;
    Buf out;
    buf_init(&out, OUTPUT_MAX);
    (cli->json ? print_json : print_text)(&x, &y, &d, &out);
    bool ok = buf_ok(&out, err);
    if (ok)
        printf(STR_FMT, STR_ARG(buf_str(&out)));
    buf_done(&out);
    return ok;
}

const Command cmd_policy_diff = {
    .name = "policy diff",
    .run = run,
    .operands = "A B",
    .least = 2,
    .most = 2,
    .summary = "what changed from one policy to another, in words and in meaning",
    .example = "gavel policy diff openai-13 policies/openai-13",
};
