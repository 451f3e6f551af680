/* cmd_policy_publish.c - `gavel policy publish`, `policy list`, `policy show`: the versions
 * that the store keeps, and which is in force. */
#include "base/clock.h"
#include "base/js.h"
#include "cli/commands.h"
#include "cli/policy_ref.h"

#include <stdio.h>

enum { OUTPUT_MAX = 80 << 20 };

static void publication_json(const Publication *p, JsWriter *w)
{
    char hex[DIGEST_HEX_SIZE], when[CLOCK_ISO_SIZE];
    digest_hex(&p->digest, hex);
    clock_iso(p->created_ms, when);
    js_key(w, "policy"), js_string(w, p->policy);
    js_key(w, "version"), js_string(w, p->version);
    js_key(w, "digest"), js_string(w, str_of(hex));
    js_key(w, "author"), js_string(w, p->author);
    js_key(w, "reason"), js_string(w, p->reason);
    js_key(w, "published"), js_string(w, str_of(when));
}

static void publication_line(const Publication *p, const char *what, Buf *out)
{
    char hex[DIGEST_HEX_SIZE], when[CLOCK_ISO_SIZE];
    digest_hex(&p->digest, hex);
    clock_iso(p->created_ms, when);
    buf_print(out, STR_FMT "@" STR_FMT "  %.12s  %.19s  " STR_FMT ": " STR_FMT "%s\n",
              STR_ARG(p->policy), STR_ARG(p->version), hex, when, STR_ARG(p->author),
              STR_ARG(p->reason), what);
}

static bool say(Buf *out, Err *err)
{
    bool ok = buf_ok(out, err);
    if (ok)
        printf(STR_FMT, STR_ARG(buf_str(out)));
    buf_done(out);
    return ok;
}

/* ---- publish ------------------------------------------------------------------------- */

typedef struct Published {
    Publication now;
    bool fresh;
    int64_t stale;
} Published;

static bool publish(Cli *cli, Store *db, const Bundle *b, Published *out, Err *err)
{
    PublicationNote note = {str_of(cli_text(cli, "author", "")),
                            str_of(cli_text(cli, "reason", "")), clock_wall_ms()};
    return publication_put(db, cli->arena, b, &note, &out->now, &out->fresh, err);
}

static bool run_publish(Cli *cli, Err *err)
{
    Store *db = NULL;
    PolicyRef ref;
    Published p = {0};
    bool ok = policy_ref_open(cli, cli->operand[0], &ref, err) &&
              store_open(cli->config.store_path, &db, err) &&
              publish(cli, db, &ref.bundle, &p, err);
    store_close(db);
    if (!ok)
        return false;
    Buf out;
    buf_init(&out, OUTPUT_MAX);
    if (cli->json) {
        JsWriter w = js_writer(&out);
        js_object(&w);
        publication_json(&p.now, &w);
        js_key(&w, "fresh"), js_bool(&w, p.fresh);
        js_end_object(&w);
        buf_byte(&out, '\n');
    } else {
        publication_line(&p.now, p.fresh ? "" : "  (was in force already)", &out);
    }
    return say(&out, err);
}

static const Option publish_options[] = {
    {"author", OPTION_TEXT, "NAME", "who publishes it", false},
    {"reason",  OPTION_TEXT, "TEXT", "why", false},
    {0  },
};

const Command cmd_policy_publish = {
    .name = "policy publish",
    .run = run_publish,
    .options = publish_options,
    .operands = "POLICY",
    .least = 1,
    .most = 1,
    .summary = "keep a policy as an immutable version and put it in force",
    .example =
        "gavel policy publish policies/openai-13 --author kim --reason 'fewer false alarms'",
};

/* ---- list ---------------------------------------------------------------------------- */

static bool in_force(const Publication *list, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (str_eq(list[k].policy, list[i].policy))
            return false;
    return true;
}

static bool run_list(Cli *cli, Err *err)
{
    Store *db = NULL;
    Publication *list = NULL;
    size_t count = 0;
    bool ok = store_open(cli->config.store_path, &db, err) &&
              publication_list(db, cli->arena, &list, &count, err);
    store_close(db);
    if (!ok)
        return false;
    Buf out;
    buf_init(&out, OUTPUT_MAX);
    JsWriter w = js_writer(&out);
    if (cli->json)
        js_array(&w);
    for (size_t i = 0; i < count; i++) {
        if (!cli->json) {
            publication_line(&list[i], in_force(list, i) ? "  (in force)" : "", &out);
            continue;
        }
        js_object(&w);
        publication_json(&list[i], &w);
        js_key(&w, "in_force"), js_bool(&w, in_force(list, i));
        js_end_object(&w);
    }
    if (cli->json)
        js_end_array(&w), buf_byte(&out, '\n');
    return say(&out, err);
}

const Command cmd_policy_list = {
    .name = "policy list",
    .run = run_list,
    .summary = "what was published, the newest first, and what is in force",
    .example = "gavel policy list",
};

/* ---- show ---------------------------------------------------------------------------- */

static bool run_show(Cli *cli, Err *err)
{
    PolicyRef ref;
    if (!policy_ref_open(cli, cli->operand[0], &ref, err))
        return false;
    const char *file = cli_text(cli, "file", NULL);
    char hex[DIGEST_HEX_SIZE];
    digest_hex(&ref.bundle.digest, hex);
    Buf out;
    buf_init(&out, OUTPUT_MAX);
    if (file) {
        const BundleFile *f = bundle_file(&ref.bundle, str_of(file));
        if (!f)
            return err_set(err, ERR_NOT_FOUND, STR_FMT " has no file '%s'", STR_ARG(ref.name),
                           file);
        buf_put(&out, f->text);
        return say(&out, err);
    }
    buf_print(&out, STR_FMT "@" STR_FMT "  %s\n", STR_ARG(policy_id(ref.policy)),
              STR_ARG(policy_version(ref.policy)), hex);
    for (size_t i = 0; i < ref.bundle.count; i++)
        buf_print(&out, "  %8zu  " STR_FMT "\n", ref.bundle.file[i].text.len,
                  STR_ARG(ref.bundle.file[i].path));
    return say(&out, err);
}

static const Option show_options[] = {
    {"file",  OPTION_TEXT, "PATH", "print this one of its files", false},
    {0},
};

const Command cmd_policy_show = {
    .name = "policy show",
    .run = run_show,
    .options = show_options,
    .operands = "POLICY",
    .least = 1,
    .most = 1,
    .summary = "the digest and the files of a policy, published or on disk",
    .example = "gavel policy show openai-13 --file factors.md",
};
