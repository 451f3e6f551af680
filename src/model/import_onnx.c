/* import_onnx.c - the initializers of an ONNX graph: model, graph, tensors, in three loops over
 * fields (model/protobuf.h).
 *
 * Numbers stand in raw_data or, packed, in float_data: the same bytes on a little-endian
 * machine. Dimensions come one a field or packed, as writers like it.  Tensors in another file
 * ("external data") are refused, not looked for.  Field numbers are those of onnx/onnx:
 * onnx.proto.
 */
#include "model/import_internal.h"

#include "model/protobuf.h"

enum {
    MODEL_GRAPH = 7,
    GRAPH_INITIALIZER = 5,
    TENSOR_DIMS = 1,
    TENSOR_TYPE = 2,
    TENSOR_FLOATS = 4,
    TENSOR_NAME = 8,
    TENSOR_RAW = 9,
    TENSOR_LOCATION = 14,
};
enum { TYPE_FLOAT = 1, LOCATION_EXTERNAL = 1 };

static void add_dim(ImportTensor *t, uint64_t v)
{
    if (t->dims < IMPORT_DIMS_MAX)
        t->dim[t->dims] = v > INT64_MAX ? INT64_MAX : (int64_t)v;
    t->dims++;
}

static bool add_dims(ImportTensor *t, const ProtobufField *f, Err *err)
{
    Str rest = f->bytes;
    if (f->wire == PROTOBUF_VARINT)
        add_dim(t, f->number);
    while (f->wire == PROTOBUF_BYTES && rest.len) {
        uint64_t v;
        if (!protobuf_varint(&rest, &v, err))
            return false;
        add_dim(t, v);
    }
    return true;
}

static bool read_tensor(Str rest, ImportTensor *t, Err *err)
{
    ProtobufField f;
    t->type = "of no type";
    while (rest.len) {
        if (!protobuf_next(&rest, &f, err))
            return false;
        bool bytes = f.wire == PROTOBUF_BYTES;
        if (f.field == TENSOR_DIMS && !add_dims(t, &f, err))
            return false;
        if (f.field == TENSOR_TYPE)
            t->type = f.number == TYPE_FLOAT ? "F32" : "another type";
        if (f.field == TENSOR_NAME && bytes)
            t->name = f.bytes;
        if ((f.field == TENSOR_RAW || f.field == TENSOR_FLOATS) && bytes)
            t->bytes = f.bytes;
        if (f.field == TENSOR_LOCATION && f.number == LOCATION_EXTERNAL)
            return err_set(err, ERR_INPUT, "its numbers are in another file");
    }
    return true;
}

static bool read_graph(Str rest, ImportFile *out, Err *err)
{
    ProtobufField f;
    while (rest.len) {
        if (!protobuf_next(&rest, &f, err))
            return false;
        if (f.field != GRAPH_INITIALIZER || f.wire != PROTOBUF_BYTES)
            continue;
        ImportTensor *t = import_next(out, err);
        if (!t)
            return false;
        if (!read_tensor(f.bytes, t, err))
            return err_wrap(err, "tensor %zu", out->count);
    }
    return true;
}

bool import_onnx(Arena *a, Str bytes, ImportFile *out, Err *err)
{
    ProtobufField f;
    bool graph = false;
    (void)a;
    while (bytes.len) {
        if (!protobuf_next(&bytes, &f, err))
            return false;
        if (f.field != MODEL_GRAPH || f.wire != PROTOBUF_BYTES)
            continue;
        if (!read_graph(f.bytes, out, err))
            return err_wrap(err, "graph");
        graph = true;
    }
    return graph || err_set(err, ERR_INPUT, "it holds no graph");
}
