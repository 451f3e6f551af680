/* import.c - see import.h.
 *
 * Every weight has a slot: its names in the two formats, its shape and where it goes.  A
 * file's tensors are looked up among them, and then the slots that had to be filled are
 * counted. The blocks are copies of the release's own, so what a file leaves out keeps its
 * value.
 *
 * Of the pooling an ONNX file has the sharpness, not the parameter behind it (nn/pool.h). Where
 * that is what the release had, the parameter stays to the bit; else it is solved for.
 */
#include "model/import_internal.h"

#include "nn/pool.h"

#include <math.h>

enum { SLOTS_MAX = 64, NAME_SHOWN = 80 };

typedef struct Slot {
    Str name[2]; /* in safetensors and in ONNX; empty: it is not there */
    bool must;
    float *to; /* NULL: passed over */
    size_t rows, cols;
    int times; /* found */
} Slot;

typedef struct Slots {
    Arena *arena;
    size_t count;
    Slot slot[SLOTS_MAX];
    float sharpness[FACTOR_COUNT];
} Slots;

/* What export_onnx.c adds to the weights. */
static const char *const derived[] = {
    "timing", "index_0",    "index_1", "index_2", "index_1_2", "to_heads",
    "one",    "from_heads", "two",     "far",     "l0_scale",  "l1_scale",
};

static Slot *slot_add(Slots *s, Str tensors, Str onnx, float *to, size_t rows, size_t cols)
{
    Slot *x = &s->slot[s->count++];
    *x = (Slot){
        .name = {tensors, onnx},
          .to = to, .rows = rows, .cols = cols
    };
    return x;
}

static void collect_network(Slots *s, const NetworkParams *n)
{
    for (int i = 0; i < network_param_info_count; i++) {
        const NetworkParamInfo *p = &network_param_info[i];
        float *to = n->all + p->offset;
        Str onnx = to == n->pool_s ? (Str){0} : str_of(p->name);
        slot_add(s, str_print(s->arena, "network.%s", p->name), onnx, to, (size_t)p->rows,
                 (size_t)p->cols)
            ->must = true;
    }
    slot_add(s, (Str){0}, STR("sharpness"), s->sharpness, 1, FACTOR_COUNT)->must = true;
}

static void collect_encoder(Slots *s, const EncoderParams *e)
{
    for (int i = 0; i < encoder_param_info_count; i++) {
        const EncoderParamInfo *p = &encoder_param_info[i];
        float *to = e->all + p->offset;
        bool in_graph = to != e->freq && to != e->top_w && to != e->top_b;
        slot_add(s, str_print(s->arena, "encoder.%s", p->name),
                 in_graph ? str_of(p->name) : (Str){0}, to, (size_t)p->rows, (size_t)p->cols)
            ->must = true;
    }
}

static float *copy_of(Arena *a, const float *x, size_t n)
{
    float *out = arena_raw(a, float, n);
    memcpy(out, x, n * sizeof *x);
    return out;
}

static void collect(Slots *s, ReleaseParts *p)
{
    Arena *a = s->arena;
    EncoderParams *e = arena_new(a, EncoderParams);
    NetworkParams *n = arena_new(a, NetworkParams);
    encoder_params_at(e, copy_of(a, p->encoder->all, encoder_param_count()));
    network_params_at(n, copy_of(a, p->network->all, network_param_count()));
    p->encoder = e;
    p->network = n;
    collect_encoder(s, e);
    collect_network(s, n);
    static const char *const room[FAST_TABLES] = {"fast", "fast-alone"};
    for (int t = 0; t < FAST_TABLES; t++) {
        if (!p->fast[t].weight)
            continue;
        float *w = copy_of(a, p->fast[t].weight, (size_t)p->buckets * FACTOR_COUNT);
        float *b = copy_of(a, p->fast[t].bias, FACTOR_COUNT);
        p->fast[t] = (FastParts){w, b};
        slot_add(s, str_print(a, "%s.weight", room[t]), (Str){0}, w, p->buckets, FACTOR_COUNT);
        slot_add(s, str_print(a, "%s.bias", room[t]), (Str){0}, b, 1, FACTOR_COUNT);
    }
    slot_add(s, STR("ensemble"), (Str){0}, p->ensemble[0], ENSEMBLE_ROWS, FACTOR_COUNT);
    for (size_t i = 0; i < sizeof derived / sizeof *derived; i++)
        slot_add(s, (Str){0}, str_of(derived[i]), NULL, 0, 0);
}

static Slot *slot_of(Slots *s, Str name, bool onnx)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->slot[i].name[onnx].len && str_eq(s->slot[i].name[onnx], name))
            return &s->slot[i];
    return NULL;
}

static bool fits(const Slot *s, const ImportTensor *t, Err *err)
{
    size_t dims = s->rows > 1 ? 2 : 1;
    if (strcmp(t->type, "F32") != 0)
        return err_set(err, ERR_INPUT, "it is %s; only float32 (F32) is read", t->type);
    if (t->dims != dims || t->dim[dims - 1] != (int64_t)s->cols ||
        (dims == 2 && t->dim[0] != (int64_t)s->rows))
        return err_set(err, ERR_INPUT, "its shape is not [%zu, %zu]%s", s->rows, s->cols,
                       dims == 1 ? " without the 1" : "");
    if (t->bytes.len != s->rows * s->cols * sizeof(float))
        return err_set(err, ERR_INPUT, "it has %zu bytes, which its shape has not",
                       t->bytes.len);
    return true;
}

static bool fill(Slot *s, const ImportTensor *t, Err *err)
{
    if (s->times++)
        return err_set(err, ERR_INPUT, "it is there twice");
    if (!s->to)
        return true;
    if (!fits(s, t, err))
        return false;
    for (size_t i = 0; i < s->rows * s->cols; i++) {
        float x;
        memcpy(&x, t->bytes.ptr + i * sizeof x, sizeof x);
        if (!isfinite(x))
            return err_set(err, ERR_INPUT, "it holds a number that is not finite");
    }
    memcpy(s->to, t->bytes.ptr, t->bytes.len);
    return true;
}

/* A name from outside goes into a message only where it can be read there. */
static Str shown(Str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] <= ' ' || name.ptr[i] > '~')
            return STR("(not in plain letters)");
    return (Str){name.ptr, name.len < NAME_SHOWN ? name.len : NAME_SHOWN};
}

static bool place(Slots *s, const ImportFile *file, size_t *taken, Err *err)
{
    *taken = 0;
    for (size_t i = 0; i < file->count; i++) {
        const ImportTensor *t = &file->tensor[i];
        Str name = shown(t->name);
        Slot *slot = slot_of(s, t->name, file->onnx);
        if (!slot)
            return err_set(err, ERR_INPUT, "'" STR_FMT "' is no tensor of this model",
                           STR_ARG(name));
        if (!fill(slot, t, err))
            return err_wrap(err, "tensor '" STR_FMT "'", STR_ARG(name));
        *taken += slot->to != NULL;
    }
    for (size_t i = 0; i < s->count; i++) {
        const Slot *x = &s->slot[i];
        if (x->must && x->name[file->onnx].len && !x->times)
            return err_set(err, ERR_INPUT, "there is no tensor '" STR_FMT "'",
                           STR_ARG(x->name[file->onnx]));
    }
    return true;
}

static bool pooling_of(const Slots *s, float *pool_s, Err *err)
{
    for (int f = 0; f < FACTOR_COUNT; f++) {
        float a = s->sharpness[f];
        if (a == (float)pool_sharpness((double)pool_s[f]))
            continue;
        double above = (double)a - POOL_LEAST;
        pool_s[f] = (float)(above > 30 ? above : log(expm1(above)));
        if (!(above > 0) || !isfinite(pool_s[f]))
            return err_set(err, ERR_INPUT, "tensor 'sharpness' must be over %g", POOL_LEAST);
    }
    return true;
}

bool import_weights(Arena *a, const ImportFile *file, ReleaseParts *parts, size_t *taken,
                    Err *err)
{
    Slots *s = arena_new(a, Slots);
    ReleaseParts p = *parts;
    size_t n;
    s->arena = a;
    collect(s, &p);
    /* a row of `ensemble` is written where it stands, so in the copy */
    if (!place(s, file, &n, err) || (file->onnx && !pooling_of(s, p.network->pool_s, err)))
        return false;
    *parts = p;
    *taken = n;
    return true;
}

ImportTensor *import_next(ImportFile *file, Err *err)
{
    if (file->count == IMPORT_TENSORS_MAX) {
        err_set(err, ERR_LIMIT, "over %d tensors", IMPORT_TENSORS_MAX);
        return NULL;
    }
    return &file->tensor[file->count++];
}

/* The first field of an ONNX model is its version (the byte 8), of which safetensors would have
 * to make a header's length; there a `{` comes after eight bytes. */
bool import_read(Arena *a, Str bytes, ImportFile *out, Err *err)
{
    if (bytes.len > IMPORT_BYTES_MAX)
        return err_set(err, ERR_LIMIT, "over %d bytes", IMPORT_BYTES_MAX);
    ImportFile file = {.onnx = bytes.len < 9 || bytes.ptr[8] != '{',
                       .tensor = arena_array(a, ImportTensor, IMPORT_TENSORS_MAX)};
    if (!(file.onnx ? import_onnx : import_safetensors)(a, bytes, &file, err))
        return err_wrap(err, file.onnx ? "read as ONNX" : "read as safetensors");
    *out = file;
    return true;
}
