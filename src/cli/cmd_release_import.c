/* cmd_release_import.c - a release with weights that another program has trained further.
 *
 * Everything that is not a weight comes from the release they were exported from.  Its
 * calibration was fitted to other weights and its report measured them: the one stays until
 * `gavel calibrate` makes another, the other is left out.  So is the student, which learned
 * from another encoder.
 */
#include "base/file.h"
#include "base/js.h"
#include "cli/commands.h"
#include "cli/judge.h"
#include "model/import.h"

#include <stdio.h>

enum { TRAINING_MAX = 4 << 20 };

/* The release's own training with the import beside it. */
static bool describe(Arena *a, Str training, const Digest *file, const Digest *onto, Str *out,
                     Err *err)
{
    const Js *old;
    Buf b;
    char hex[DIGEST_HEX_SIZE];
    if (!js_parse(a, training, &old, err))
        return err_wrap(err, "training");
    buf_init(&b, TRAINING_MAX);
    JsWriter w = js_writer(&b);
    js_object(&w);
    for (size_t i = 0; old->type == JS_OBJECT && i < old->count; i++)
        if (!str_eq(old->key[i], STR("import")))
            js_key_str(&w, old->key[i]), js_value(&w, &old->item[i]);
    js_key(&w, "import");
    js_object(&w);
    digest_hex(file, hex);
    js_key(&w, "file_sha256"), js_string(&w, str_of(hex));
    digest_hex(onto, hex);
    js_key(&w, "onto"), js_string(&w, str_of(hex));
    js_end_object(&w);
    js_end_object(&w);
    bool ok = buf_ok(&b, err);
    if (ok)
        *out = str_copy(a, buf_str(&b));
    buf_done(&b);
    return ok;
}

static bool read_file(Cli *cli, ReleaseParts *parts, Digest *digest, size_t *taken, Err *err)
{
    ImportFile file;
    Str bytes;
    const char *path = cli->operand[0];
    if (!file_load(cli->arena, path, IMPORT_BYTES_MAX, &bytes, err))
        return false;
    *digest = digest_of(bytes);
    if (!import_read(cli->arena, bytes, &file, err) ||
        !import_weights(cli->arena, &file, parts, taken, err))
        return err_wrap(err, "%s", path);
    return true;
}

static bool write_release(Cli *cli, const Release *onto, const char *out_path, Err *err)
{
    Arena *a = cli->arena;
    ReleaseParts p;
    Digest file, made, old = release_digest(onto);
    size_t taken;
    char hex[DIGEST_HEX_SIZE];
    if (!release_parts(onto, a, &p, err) || !read_file(cli, &p, &file, &taken, err) ||
        !judge_created(&p.created_ms, err) ||
        !describe(a, p.training, &file, &old, &p.training, err))
        return false;
    p.name = str_of(cli_text(cli, "name", str_z(a, p.name)));
    p.float32 = cli_flag(cli, "float32");
    p.report = STR("{}");
    p.student = NULL;
    p.cascade = (Cascade){0};
    if (!release_save(a, &p, out_path, &made, err))
        return false;
    digest_hex(&made, hex);
    printf("%s: %zu tensors, sha256 %s\n", out_path, taken, hex);
    return true;
}

static bool run(Cli *cli, Err *err)
{
    Release *onto;
    const char *ref = cli_text(cli, "onto", NULL), *out_path = cli_text(cli, "out", NULL);
    if (!ref || !out_path)
        return err_set(err, ERR_USAGE,
                       "--onto REF (what was exported) and --out FILE are wanted");
    if (!judge_open_ref(cli, ref, &onto, err))
        return false;
    bool ok = write_release(cli, onto, out_path, err);
    release_close(onto);
    return ok;
}

static const Option options[] = {
    {.name = "onto",
     .type = OPTION_TEXT,
     .value = "REF",
     .help = "the release that was exported: all but the weights is its"},
    {.name = "out",             .type = OPTION_TEXT, .value = "FILE", .help = "the new release"},
    {.name = "name",                          .type = OPTION_TEXT, .value = "WORD", .help = "of the new release"},
    {.name = "float32",
     .type = OPTION_FLAG,
     .help = "keep the matrices as they are: four times the size, the same to the bit"},
    {0},
};

const Command cmd_release_import = {
    .name = "release import",
    .run = run,
    .options = options,
    .operands = "FILE",
    .least = 1,
    .most = 1,
    .summary = "make a release with weights trained elsewhere (safetensors or ONNX)",
    .example = "gavel release import tuned.safetensors --onto third --out tuned.gavel",
};
