/* cmd_release.c - what releases there are, and what one of them holds. */
#include "base/clock.h"
#include "base/file.h"
#include "base/js.h"
#include "cli/commands.h"
#include "cli/judge.h"

#include <stdio.h>

enum { ANSWER_MAX = 16 << 20 };

static void embed(Arena *a, JsWriter *w, const char *key, Str json)
{
    const Js *v;
    Err err = {0};
    js_key(w, key);
    if (js_parse(a, json, &v, &err))
        js_value(w, v);
    else
        js_null(w);
}

static void print_head(const Release *r, JsWriter *w)
{
    char hex[DIGEST_HEX_SIZE], when[CLOCK_ISO_SIZE];
    Digest d = release_digest(r);
    digest_hex(&d, hex);
    clock_iso(release_created_ms(r), when);
    js_key(w, "name"), js_string(w, release_name(r));
    js_key(w, "digest"), js_string(w, str_of(hex));
    js_key(w, "created"), js_string(w, str_of(when));
    js_key(w, "policy"), js_string(w, policy_id(release_policy(r)));
    js_key(w, "policy_version"), js_string(w, policy_version(release_policy(r)));
}

static void print_json(Arena *a, const Release *r, Buf *out)
{
    JsWriter w = js_writer(out);
    js_object(&w);
    print_head(r, &w);
    js_key(&w, "window_pieces"), js_i64(&w, release_windows(r)->pieces);
    js_key(&w, "window_stride"), js_i64(&w, release_windows(r)->stride);
    js_key(&w, "fast_buckets"), js_i64(&w, release_fast(r, FAST_JOINED)->layer.buckets);
    js_key(&w, "calibration"), calibration_print(release_calibration(r), &w);
    embed(a, &w, "training", release_training(r));
    embed(a, &w, "report", release_report(r));
    js_end_object(&w);
    buf_byte(out, '\n');
}

static void print_table(const Release *r, Buf *out)
{
    char hex[DIGEST_HEX_SIZE], when[CLOCK_ISO_SIZE];
    Digest d = release_digest(r);
    digest_hex(&d, hex);
    clock_iso(release_created_ms(r), when);
    buf_print(out,
              "release " STR_FMT "\ndigest  %s\ncreated %s\npolicy  " STR_FMT " " STR_FMT "\n",
              STR_ARG(release_name(r)), hex, when, STR_ARG(policy_id(release_policy(r))),
              STR_ARG(policy_version(release_policy(r))));
    if (release_calibration(r)->like[0])
        buf_print(out, "scores as in %s\n", release_calibration(r)->like);
    buf_byte(out, '\n');
    calibration_table(release_calibration(r), out);
}

static bool show(Cli *cli, Err *err)
{
    Release *r;
    Str path;
    const Kernels *kernels;
    Buf out;
    if (!kernels_find(str_of(cli->config.kernels), &kernels, err) ||
        !release_find(cli->arena, RELEASES_DIR, str_of(cli->operand[0]), &path, err) ||
        !release_open(str_z(cli->arena, path), kernels, &r, err))
        return false;
    buf_init(&out, ANSWER_MAX);
    if (cli->json)
        print_json(cli->arena, r, &out);
    else
        print_table(r, &out);
    bool ok = buf_ok(&out, err);
    if (ok)
        fwrite(out.ptr, 1, out.len, stdout);
    buf_done(&out);
    release_close(r);
    return ok;
}

static bool list_one(Cli *cli, const Kernels *k, Str file, Buf *out, JsWriter *w, Err *err)
{
    Release *r;
    ArenaMark mark = arena_mark(cli->arena);
    char hex[DIGEST_HEX_SIZE];
    const char *path =
        str_z(cli->arena, str_print(cli->arena, RELEASES_DIR "/" STR_FMT, STR_ARG(file)));
    if (!release_open(path, k, &r, err))
        return false;
    Digest d = release_digest(r);
    digest_hex(&d, hex);
    if (cli->json) {
        js_object(w);
        print_head(r, w);
        js_end_object(w);
    } else {
        buf_print(out, "%.12s  " STR_FMT "\n", hex, STR_ARG(release_name(r)));
    }
    release_close(r);
    arena_rewind(cli->arena, mark);
    return true;
}

static bool list(Cli *cli, Err *err)
{
    Str *name = NULL;
    size_t count = 0;
    const Kernels *kernels;
    if (!kernels_find(str_of(cli->config.kernels), &kernels, err))
        return false;
    if (file_is_dir(RELEASES_DIR) &&
        !file_list(cli->arena, RELEASES_DIR, ".gavel", &name, &count, err))
        return false;
    Buf out;
    buf_init(&out, ANSWER_MAX);
    JsWriter w = js_writer(&out);
    bool ok = true;
    if (cli->json)
        js_array(&w);
    for (size_t i = 0; ok && i < count; i++)
        ok = list_one(cli, kernels, name[i], &out, &w, err);
    if (cli->json) {
        js_end_array(&w);
        buf_byte(&out, '\n');
    }
    ok = ok && buf_ok(&out, err);
    if (ok && out.len)
        fwrite(out.ptr, 1, out.len, stdout);
    buf_done(&out);
    return ok;
}

const Command cmd_release_show = {
    .name = "release show",
    .run = show,
    .operands = "REF",
    .least = 1,
    .most = 1,
    .summary = "what a release holds: calibration, thresholds, report",
    .example = "gavel release show first --json",
};

const Command cmd_release_list = {
    .name = "release list",
    .run = list,
    .summary = "the releases in releases/",
    .example = "gavel release list",
};
