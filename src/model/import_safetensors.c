/* import_safetensors.c - u64 length of the header (little-endian), a header in JSON, the
 * tensors.
 *
 * The header is the only part with a form: an object of {"dtype", "shape", "data_offsets"} by
 * tensor.  base/js.h is strict about it (no key twice, one value).  Offsets may leave holes and
 * overlap, which the format forbids and which harms nobody here: each tensor is copied.
 */
#include "model/import_internal.h"

#include "base/js.h"

static bool read_shape(const Js *shape, ImportTensor *t, Err *err)
{
    if (!shape || shape->type != JS_ARRAY)
        return err_set(err, ERR_INPUT, "it has no shape");
    t->dims = shape->count;
    for (size_t i = 0; i < shape->count; i++) {
        const Js *d = &shape->item[i];
        if (d->type != JS_NUMBER || !d->is_integer || d->integer < 0)
            return err_set(err, ERR_INPUT, "its shape is not of whole numbers");
        if (i < IMPORT_DIMS_MAX)
            t->dim[i] = d->integer;
    }
    return true;
}

static bool read_place(const Js *at, Str data, Str *out, Err *err)
{
    if (!at || at->type != JS_ARRAY || at->count != 2 || !at->item[0].is_integer ||
        !at->item[1].is_integer)
        return err_set(err, ERR_INPUT, "it has no two data_offsets");
    int64_t from = at->item[0].integer, to = at->item[1].integer;
    if (from < 0 || to < from || (uint64_t)to > data.len)
        return err_set(err, ERR_INPUT, "its data_offsets lie outside the file");
    *out = (Str){data.ptr + from, (size_t)(to - from)};
    return true;
}

static bool read_tensor(Arena *a, const Js *v, Str data, ImportTensor *t, Err *err)
{
    Str type;
    if (v->type != JS_OBJECT)
        return err_set(err, ERR_INPUT, "it is not an object");
    if (!js_want_str(v, STR("dtype"), &type, err))
        return false;
    t->type = str_z(a, type);
    return read_shape(js_get(v, STR("shape")), t, err) &&
           read_place(js_get(v, STR("data_offsets")), data, &t->bytes, err);
}

bool import_safetensors(Arena *a, Str bytes, ImportFile *out, Err *err)
{
    uint64_t len;
    const Js *header;
    if (bytes.len < sizeof len)
        return err_set(err, ERR_INPUT, "it is shorter than a header's length");
    memcpy(&len, bytes.ptr, sizeof len);
    Str rest = {bytes.ptr + sizeof len, bytes.len - sizeof len};
    if (len > rest.len)
        return err_set(err, ERR_INPUT, "its header is longer than the file");
    if (!js_parse(a, (Str){rest.ptr, (size_t)len}, &header, err))
        return err_wrap(err, "header");
    if (header->type != JS_OBJECT)
        return err_set(err, ERR_INPUT, "its header is not an object");
    Str data = {rest.ptr + len, rest.len - (size_t)len};
    for (size_t i = 0; i < header->count; i++) {
        if (str_eq(header->key[i], STR("__metadata__")))
            continue;
        ImportTensor *t = import_next(out, err);
        if (!t)
            return false;
        t->name = header->key[i];
        if (!read_tensor(a, &header->item[i], data, t, err))
            return err_wrap(err, "tensor %zu", out->count);
    }
    return true;
}
