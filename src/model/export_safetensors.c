/* export_safetensors.c - a header in JSON that says where each tensor lies, then the tensors.
 *
 *     u64 length of the header (little-endian), header, tensors one after the other
 *
 * The header is filled with spaces to a multiple of 64, so that in a mapped file every tensor
 * can be read where it lies.  (Format: huggingface/safetensors, README, "Format".)
 */
#include "model/export_internal.h"

#include "base/file.h"
#include "base/js.h"

enum { HEADER_MAX = 32 << 20, HEADER_ALIGN = 64, TENSORS_MAX = 64 };

typedef struct Tensor {
    const char *name;
    const float *x;
    size_t rows, cols; /* rows 1: a vector, of one dimension */
} Tensor;

typedef struct Tensors {
    Arena *arena;
    Tensor tensor[TENSORS_MAX];
    size_t count;
} Tensors;

_Static_assert(TENSORS_MAX >= 30 + 3 + 5, "all parameters fit");

static void add(Tensors *t, const char *room, const char *name, const float *x, size_t rows,
                size_t cols)
{
    const char *full = str_z(t->arena, str_print(t->arena, "%s%s", room, name));
    t->tensor[t->count++] = (Tensor){full, x, rows, cols};
}

static void collect(Tensors *t, const ReleaseParts *p)
{
    for (int i = 0; i < encoder_param_info_count; i++) {
        const EncoderParamInfo *e = &encoder_param_info[i];
        add(t, "encoder.", e->name, p->encoder->all + e->offset, (size_t)e->rows,
            (size_t)e->cols);
    }
    for (int i = 0; i < network_param_info_count; i++) {
        const NetworkParamInfo *n = &network_param_info[i];
        add(t, "network.", n->name, p->network->all + n->offset, (size_t)n->rows,
            (size_t)n->cols);
    }
    static const char *const room[FAST_TABLES] = {"fast.", "fast-alone."};
    for (int i = 0; i < FAST_TABLES; i++) {
        if (!p->fast[i].weight)
            continue;
        add(t, room[i], "weight", p->fast[i].weight, p->buckets, FACTOR_COUNT);
        add(t, room[i], "bias", p->fast[i].bias, 1, FACTOR_COUNT);
    }
    add(t, "", "ensemble", p->ensemble[0], ENSEMBLE_ROWS, FACTOR_COUNT);
}

static size_t bytes_of(const Tensor *t) { return t->rows * t->cols * sizeof(float); }

static void print_header(const Tensors *t, const ExportFact *fact, Buf *out)
{
    JsWriter w = js_writer(out);
    size_t at = 0;
    js_object(&w);
    js_key(&w, "__metadata__");
    js_object(&w);
    for (int i = 0; i < EXPORT_FACTS; i++)
        js_key(&w, fact[i].key), js_string(&w, fact[i].value);
    js_end_object(&w);
    for (size_t i = 0; i < t->count; i++) {
        const Tensor *x = &t->tensor[i];
        js_key(&w, x->name);
        js_object(&w);
        js_key(&w, "dtype"), js_string(&w, STR("F32"));
        js_key(&w, "shape");
        js_array(&w);
        if (x->rows > 1)
            js_i64(&w, (int64_t)x->rows);
        js_i64(&w, (int64_t)x->cols);
        js_end_array(&w);
        js_key(&w, "data_offsets");
        js_array(&w);
        js_i64(&w, (int64_t)at), js_i64(&w, (int64_t)(at += bytes_of(x)));
        js_end_array(&w);
        js_end_object(&w);
    }
    js_end_object(&w);
    while ((sizeof(uint64_t) + out->len) % HEADER_ALIGN != 0 && !out->over)
        buf_byte(out, ' ');
}

static bool write_all(const Tensors *t, Str header, File *f, Err *err)
{
    uint64_t len = header.len;
    if (!file_write(f, (Str){(const char *)&len, sizeof len}, err) ||
        !file_write(f, header, err))
        return false;
    for (size_t i = 0; i < t->count; i++) {
        Str bytes = {(const char *)t->tensor[i].x, bytes_of(&t->tensor[i])};
        if (!file_write(f, bytes, err))
            return false;
    }
    return file_commit(f, err);
}

bool export_safetensors(Arena *a, const ReleaseParts *p, const Digest *digest, const char *path,
                        Err *err)
{
    bool ok = false;
    File *f = NULL;
    Buf header;
    ExportFact fact[EXPORT_FACTS];
    ArenaMark mark = arena_mark(a);
    Tensors *t = arena_new(a, Tensors);
    t->arena = a;
    collect(t, p);
    buf_init(&header, HEADER_MAX);
    if (!export_facts(a, p, digest, fact, err))
        goto done;
    print_header(t, fact, &header);
    ok = buf_ok(&header, err) && file_create(path, &f, err) &&
         write_all(t, buf_str(&header), f, err);
done:
    file_close(f);
    buf_done(&header);
    arena_rewind(a, mark);
    return ok;
}
