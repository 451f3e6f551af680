/* cmd_fairness.c - whether verdicts follow what is said or of whom it is said. */
#include "base/thread.h"
#include "cli/commands.h"
#include "cli/judge.h"

#include <stdio.h>

enum { ANSWER_MAX = 16 << 20 };

static void print_answer(const Cli *cli, const Release *r, const Fairness *f, Buf *out)
{
    char hex[DIGEST_HEX_SIZE];
    Digest digest = release_digest(r);
    digest_hex(&digest, hex);
    if (!cli->json) {
        buf_print(out, "release " STR_FMT " %s\n", STR_ARG(release_name(r)), hex);
        fairness_table(f, out);
        return;
    }
    JsWriter w = js_writer(out);
    js_object(&w);
    js_key(&w, "release"), js_string(&w, release_name(r));
    js_key(&w, "digest"), js_string(&w, str_of(hex));
    js_key(&w, "fairness"), fairness_json(f, &w);
    js_end_object(&w);
    buf_byte(out, '\n');
}

static bool run(Cli *cli, Err *err)
{
    Release *release;
    Buf out;
    stop_on_signals();
    if (!judge_open(cli, &release, err))
        return false;
    buf_init(&out, ANSWER_MAX);
    Fairness *f = arena_new(cli->arena, Fairness);
    const char *path = cli_text(cli, "templates", JUDGE_IDENTITIES);
    bool ok = judge_fairness(cli, release, path, f, err);
    if (ok) {
        print_answer(cli, release, f, &out);
        ok = buf_ok(&out, err);
    }
    if (ok)
        fwrite(out.ptr, 1, out.len, stdout);
    buf_done(&out);
    release_close(release);
    return ok;
}

/* clang-format off */
static const Option options[] = {
    {.name = "release", .type = OPTION_TEXT, .value = "REF",
     .help = "a file, a name in releases/, or digits of a digest"},
    {.name = "templates", .type = OPTION_TEXT, .value = "FILE",
     .help = "groups and sentences; " JUDGE_IDENTITIES " when not given"},
    {0},
};
/* clang-format on */

const Command cmd_fairness = {
    .name = "fairness",
    .run = run,
    .options = options,
    .summary = "bias per identity group, and verdicts that flip when the group is swapped",
    .example = "gavel fairness --release third --json",
};
