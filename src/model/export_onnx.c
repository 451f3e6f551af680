/* export_onnx.c - the encoder tier as an ONNX graph.
 *
 * The graph is a list of rows in the order in which they are computed: operator, what goes in,
 * what comes out.  A word that begins with a dot is a name inside a layer and gets its prefix
 * (".qkv_w" is "l0_qkv_w"); the two layers share one list.  Parameters keep the names they have
 * in nn/encoder.h and model/network.h.
 *
 * Two things differ from nn/encoder.c in form, not in value.  Windows are padded to one length,
 * because ONNX has no ragged batches: attention adds -1e9 to what the mask leaves out, whose
 * share is then exactly 0, and the mean is taken over the mask.  And the timing signal is a
 * table, made here as the encoder makes it (sines in double), of which a window takes its part.
 *
 * Field numbers and the meaning of operators are those of onnx/onnx: onnx.proto, IR version 8,
 * and docs/Operators.md, operator set 17.
 */
#include "model/export_internal.h"

#include "base/file.h"
#include "model/protobuf.h"
#include "nn/pool.h"

#include <math.h>

enum {
    GRAPH_MAX = 64 << 20,
    SMALL_MAX = 1 << 20, /* of one node, one tensor's head, the model's head but for facts */
    HEAD_MAX = 32 << 20,
    IR_VERSION = 8,
    OPERATOR_SET = 17,
};

#define EPSILON 1e-6f /* of the layer norms, as in nn/kernels_internal.h */
#define FAR     1e9f  /* what is put between what counts and what does not */

/* Fields of the messages in onnx.proto. */
enum {
    MODEL_IR_VERSION = 1,
    MODEL_PRODUCER = 2,
    MODEL_DOC = 6,
    MODEL_GRAPH = 7,
    MODEL_OPSET = 8,
    MODEL_METADATA = 14,
    OPSET_VERSION = 2,
    ENTRY_KEY = 1,
    ENTRY_VALUE = 2,
    GRAPH_NODE = 1,
    GRAPH_NAME = 2,
    GRAPH_INITIALIZER = 5,
    GRAPH_INPUT = 11,
    GRAPH_OUTPUT = 12,
    NODE_INPUT = 1,
    NODE_OUTPUT = 2,
    NODE_NAME = 3,
    NODE_OPERATOR = 4,
    NODE_ATTRIBUTE = 5,
    ATTRIBUTE_NAME = 1,
    ATTRIBUTE_FLOAT = 2,
    ATTRIBUTE_INT = 3,
    ATTRIBUTE_INTS = 8,
    ATTRIBUTE_TYPE = 20,
    TENSOR_DIMS = 1,
    TENSOR_TYPE = 2,
    TENSOR_NAME = 8,
    TENSOR_RAW = 9,
    VALUE_NAME = 1,
    VALUE_TYPE = 2,
    TYPE_TENSOR = 1,
    TENSOR_ELEMENT = 1,
    TENSOR_SHAPE = 2,
    SHAPE_DIM = 1,
    DIM_VALUE = 1,
    DIM_PARAM = 2,
};
enum { TYPE_FLOAT = 1, TYPE_INT64 = 7 }; /* TensorProto.DataType */
enum { ATTRIBUTE_IS_FLOAT = 1, ATTRIBUTE_IS_INT = 2, ATTRIBUTE_IS_INTS = 7 };

/* ---- the graph ----------------------------------------------------------------------- */

typedef struct Attribute {
    const char *name; /* NULL: none */
    int type;
    int64_t i[4];
    size_t count; /* of ints */
    float f;
} Attribute;

typedef struct Row {
    const char *op, *in, *out; /* names, a blank between */
    Attribute attribute[2];
} Row;

/* clang-format off */
#define INT(n, v)    {.name = n, .type = ATTRIBUTE_IS_INT, .i = {v}}
#define INTS(n, ...) {.name = n, .type = ATTRIBUTE_IS_INTS, .i = {__VA_ARGS__}, \
                      .count = sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)}
#define REAL(n, v)   {.name = n, .type = ATTRIBUTE_IS_FLOAT, .f = v}

static const Row before[] = {
    {"Gather",             "embed pieces",            "embedded",     {{0}}},
    {"Mul",                "embedded two",            "doubled",      {{0}}},
    {"Shape",              "pieces",                  "extent",       {{0}}},
    {"Gather",             "extent index_1",          "length",       {{0}}},
    {"Slice",              "timing index_0 length index_0", "timing_cut", {{0}}},
    {"Add",                "doubled timing_cut",      "l0_in",        {{0}}},
    {"Cast",               "mask",                    "real",         {INT("to", TYPE_FLOAT)}},
    {"Sub",                "real one",                "real_less",    {{0}}},
    {"Mul",                "real_less far",           "real_low",     {{0}}},
    {"Unsqueeze",          "real_low index_1_2",      "real_bias",    {{0}}}, /* [W,1,1,P] */
};

static const Row layer[] = {
    {"LayerNormalization", ".in .norm1_g .norm1_b",   ".n1",          {INT("axis", -1), REAL("epsilon", EPSILON)}},
    {"MatMul",             ".n1 .qkv_w",              ".qkv_product", {{0}}},
    {"Add",                ".qkv_product .qkv_b",     ".qkv",         {{0}}},
    {"Split",              ".qkv",                    ".q .k .v",     {INT("axis", -1)}},
    {"Reshape",            ".q to_heads",             ".q_heads",     {{0}}},
    {"Reshape",            ".k to_heads",             ".k_heads",     {{0}}},
    {"Reshape",            ".v to_heads",             ".v_heads",     {{0}}},
    {"Transpose",          ".q_heads",                ".q_rows",      {INTS("perm", 0, 2, 1, 3)}},
    {"Transpose",          ".k_heads",                ".k_columns",   {INTS("perm", 0, 2, 3, 1)}},
    {"Transpose",          ".v_heads",                ".v_rows",      {INTS("perm", 0, 2, 1, 3)}},
    {"MatMul",             ".q_rows .k_columns",      ".alike",       {{0}}}, /* [W,H,P,P] */
    {"Mul",                ".alike .scale",           ".alike_scaled", {{0}}},
    {"Add",                ".alike_scaled real_bias", ".alike_real",  {{0}}},
    {"Softmax",            ".alike_real",             ".share",       {INT("axis", -1)}},
    {"MatMul",             ".share .v_rows",          ".seen",        {{0}}},
    {"Transpose",          ".seen",                   ".seen_heads",  {INTS("perm", 0, 2, 1, 3)}},
    {"Reshape",            ".seen_heads from_heads",  ".attention",   {{0}}},
    {"MatMul",             ".attention .out_w",       ".out_product", {{0}}},
    {"Add",                ".out_product .out_b",     ".told",        {{0}}},
    {"Add",                ".res .told",              ".x1",          {{0}}},
    {"LayerNormalization", ".x1 .norm2_g .norm2_b",   ".n2",          {INT("axis", -1), REAL("epsilon", EPSILON)}},
    {"MatMul",             ".n2 .ffn1_w",             ".ffn1_product", {{0}}},
    {"Add",                ".ffn1_product .ffn1_b",   ".ffn1",        {{0}}},
    {"Relu",               ".ffn1",                   ".ffn1_relu",   {{0}}},
    {"MatMul",             ".ffn1_relu .ffn2_w",      ".ffn2_product", {{0}}},
    {"Add",                ".ffn2_product .ffn2_b",   ".ffn2",        {{0}}},
    {"Add",                ".x1 .ffn2",               ".x2",          {{0}}},
};

static const Row residual[] = { /* layer 0, whose width grows */
    {"MatMul",             "l0_in l0_res_w",          "l0_res_product", {{0}}},
    {"Add",                "l0_res_product l0_res_b", "l0_res",       {{0}}},
};
static const Row onward[] = {
    {"Identity",           "l0_x2",                   "l1_in",        {{0}}},
    {"Identity",           "l0_x2",                   "l1_res",       {{0}}},
};

static const Row after[] = {
    {"Unsqueeze",          "real index_2",            "real_column",  {{0}}},
    {"Mul",                "l1_x2 real_column",       "kept",         {{0}}},
    {"ReduceSum",          "kept index_1",            "sum",          {INT("keepdims", 0)}},
    {"ReduceSum",          "real index_1",            "count",        {INT("keepdims", 1)}},
    {"Div",                "sum count",               "pooled",       {{0}}},
    {"MatMul",             "pooled head_w",           "head_product", {{0}}},
    {"Add",                "head_product head_b",     "window_logits", {{0}}},
    /* [T,W,F]: top + log(mean exp(sharpness (z - top))) / sharpness over a text's windows */
    {"Cast",               "texts",                   "member",       {INT("to", TYPE_FLOAT)}},
    {"Unsqueeze",          "member index_2",          "member_column", {{0}}},
    {"Sub",                "member_column one",       "member_less",  {{0}}},
    {"Mul",                "member_less far",         "member_low",   {{0}}},
    {"Add",                "member_low window_logits", "candidates",  {{0}}},
    {"ReduceMax",          "candidates",              "top",          {INTS("axes", 1), INT("keepdims", 1)}},
    {"Sub",                "candidates top",          "below",        {{0}}},
    {"Mul",                "below sharpness",         "below_sharp",  {{0}}},
    {"Exp",                "below_sharp",             "weight",       {{0}}},
    {"ReduceSum",          "weight index_1",          "weight_sum",   {INT("keepdims", 1)}},
    {"ReduceSum",          "member_column index_1",   "windows_of",   {INT("keepdims", 1)}},
    {"Div",                "weight_sum windows_of",   "weight_mean",  {{0}}},
    {"Log",                "weight_mean",             "weight_log",   {{0}}},
    {"Div",                "weight_log sharpness",    "lift",         {{0}}},
    {"Add",                "top lift",                "text_column",  {{0}}},
    {"Squeeze",            "text_column index_1",     "text_logits",  {{0}}},
};
/* clang-format on */

static void put_attribute(Buf *node, const Attribute *x)
{
    Buf b;
    buf_init(&b, SMALL_MAX);
    protobuf_bytes(&b, ATTRIBUTE_NAME, str_of(x->name));
    if (x->type == ATTRIBUTE_IS_FLOAT)
        protobuf_float(&b, ATTRIBUTE_FLOAT, x->f);
    else if (x->type == ATTRIBUTE_IS_INT)
        protobuf_int(&b, ATTRIBUTE_INT, x->i[0]);
    for (size_t i = 0; x->type == ATTRIBUTE_IS_INTS && i < x->count; i++)
        protobuf_int(&b, ATTRIBUTE_INTS, x->i[i]);
    protobuf_int(&b, ATTRIBUTE_TYPE, x->type);
    protobuf_bytes(node, NODE_ATTRIBUTE, buf_str(&b));
    buf_done(&b);
}

static void put_names(Arena *a, Buf *node, int field, const char *names, const char *prefix)
{
    Str rest = str_of(names), name;
    while (str_cut(&rest, ' ', &name)) {
        if (name.ptr[0] == '.')
            name = str_print(a, "%s_" STR_FMT, prefix,
                             STR_ARG(((Str){name.ptr + 1, name.len - 1})));
        protobuf_bytes(node, field, name);
    }
}

static void put_rows(Arena *a, Buf *graph, const Row *row, size_t count, const char *prefix)
{
    for (size_t i = 0; i < count; i++) {
        Buf node;
        buf_init(&node, SMALL_MAX);
        put_names(a, &node, NODE_INPUT, row[i].in, prefix);
        put_names(a, &node, NODE_OUTPUT, row[i].out, prefix);
        put_names(a, &node, NODE_NAME, row[i].out, prefix);
        protobuf_bytes(&node, NODE_OPERATOR, str_of(row[i].op));
        for (int k = 0; k < 2; k++)
            if (row[i].attribute[k].name)
                put_attribute(&node, &row[i].attribute[k]);
        protobuf_bytes(graph, GRAPH_NODE, buf_str(&node));
        buf_done(&node);
    }
}

#define ROWS(a, graph, rows, prefix) \
    put_rows((a), (graph), (rows), sizeof(rows) / sizeof *(rows), (prefix))

/* ---- tensors ------------------------------------------------------------------------- */

/* dims: count of them, at most two; a scalar has none. */
static void put_tensor(Buf *graph, const char *name, int type, const int64_t *dims, int count,
                       Str raw)
{
    Buf head;
    buf_init(&head, SMALL_MAX);
    for (int i = 0; i < count; i++)
        protobuf_int(&head, TENSOR_DIMS, dims[i]);
    protobuf_int(&head, TENSOR_TYPE, type);
    protobuf_bytes(&head, TENSOR_NAME, str_of(name));
    protobuf_bytes_head(&head, TENSOR_RAW, raw.len);
    protobuf_bytes_head(graph, GRAPH_INITIALIZER, head.len + raw.len);
    buf_put(graph, buf_str(&head));
    buf_put(graph, raw);
    buf_done(&head);
}

static void put_floats(Buf *graph, const char *name, const float *x, int rows, int cols)
{
    int64_t dims[2] = {rows, cols};
    Str raw = {(const char *)x, (size_t)rows * (size_t)cols * sizeof *x};
    put_tensor(graph, name, TYPE_FLOAT, rows > 1 ? dims : dims + 1, rows > 1 ? 2 : 1, raw);
}

static void put_scalar(Buf *graph, const char *name, float x)
{
    put_tensor(graph, name, TYPE_FLOAT, NULL, 0, (Str){(const char *)&x, sizeof x});
}

static void put_ints(Buf *graph, const char *name, const int64_t *x, int count)
{
    int64_t dims[1] = {count};
    put_tensor(graph, name, TYPE_INT64, dims, 1,
               (Str){(const char *)x, (size_t)count * sizeof *x});
}

/* As encoder.c: the angle in float, its sine in double. */
static const float *timing_table(Arena *a, const EncoderParams *p)
{
    float *t = arena_array(a, float, ENCODER_MAX_PIECES *ENCODER_WIDTH0);
    for (int at = 0; at < ENCODER_MAX_PIECES; at++)
        for (int i = 0; i < ENCODER_FREQS; i++) {
            double angle = (double)((float)at * p->freq[i]);
            t[at * ENCODER_WIDTH0 + i] = (float)sin(angle);
            t[at * ENCODER_WIDTH0 + ENCODER_FREQS + i] = (float)cos(angle);
        }
    return t;
}

static void put_parameters(Arena *a, Buf *graph, const ReleaseParts *p)
{
    const EncoderParams *e = p->encoder;
    for (int i = 0; i < encoder_param_info_count; i++) {
        const EncoderParamInfo *x = &encoder_param_info[i];
        const float *at = e->all + x->offset;
        if (at != e->freq && at != e->top_w && at != e->top_b) /* not on the way to a logit */
            put_floats(graph, x->name, at, x->rows, x->cols);
    }
    put_floats(graph, "head_w", p->network->head_w, ENCODER_WIDTH, FACTOR_COUNT);
    put_floats(graph, "head_b", p->network->head_b, 1, FACTOR_COUNT);
    float sharpness[FACTOR_COUNT];
    for (int f = 0; f < FACTOR_COUNT; f++)
        sharpness[f] = (float)pool_sharpness((double)p->network->pool_s[f]);
    put_floats(graph, "sharpness", sharpness, 1, FACTOR_COUNT);
    put_floats(graph, "timing", timing_table(a, e), ENCODER_MAX_PIECES, ENCODER_WIDTH0);
}

static void put_constants(Buf *graph)
{
    static const int64_t zero[] = {0}, one[] = {1}, two[] = {2}, one_two[] = {1, 2};
    static const int64_t to_heads[] = {0, 0, ENCODER_HEADS, -1}, from_heads[] = {0, 0, -1};
    put_ints(graph, "index_0", zero, 1);
    put_ints(graph, "index_1", one, 1);
    put_ints(graph, "index_2", two, 1);
    put_ints(graph, "index_1_2", one_two, 2);
    put_ints(graph, "to_heads", to_heads, 4);
    put_ints(graph, "from_heads", from_heads, 3);
    put_scalar(graph, "one", 1);
    put_scalar(graph, "two", 2);
    put_scalar(graph, "far", FAR);
    put_scalar(graph, "l0_scale", 1 / sqrtf((float)ENCODER_WIDTH0 / ENCODER_HEADS));
    put_scalar(graph, "l1_scale", 1 / sqrtf((float)ENCODER_WIDTH / ENCODER_HEADS));
}

/* ---- what goes in and comes out ------------------------------------------------------ */

/* A dimension is a name or, where that is NULL, FACTOR_COUNT. */
static void put_value(Buf *graph, int field, const char *name, int type,
                      const char *const dim[2])
{
    Buf shape, tensor, kind, value;
    buf_init(&shape, SMALL_MAX), buf_init(&tensor, SMALL_MAX);
    buf_init(&kind, SMALL_MAX), buf_init(&value, SMALL_MAX);
    for (int i = 0; i < 2; i++) {
        Buf d;
        buf_init(&d, SMALL_MAX);
        if (dim[i])
            protobuf_bytes(&d, DIM_PARAM, str_of(dim[i]));
        else
            protobuf_int(&d, DIM_VALUE, FACTOR_COUNT);
        protobuf_bytes(&shape, SHAPE_DIM, buf_str(&d));
        buf_done(&d);
    }
    protobuf_int(&tensor, TENSOR_ELEMENT, type);
    protobuf_bytes(&tensor, TENSOR_SHAPE, buf_str(&shape));
    protobuf_bytes(&kind, TYPE_TENSOR, buf_str(&tensor));
    protobuf_bytes(&value, VALUE_NAME, str_of(name));
    protobuf_bytes(&value, VALUE_TYPE, buf_str(&kind));
    protobuf_bytes(graph, field, buf_str(&value));
    buf_done(&shape), buf_done(&tensor), buf_done(&kind), buf_done(&value);
}

static const struct {
    int field;
    const char *name;
    int type;
    const char *dim[2];
} values[] = {
    {GRAPH_INPUT,  "pieces",        TYPE_INT64, {"windows", "pieces"}},
    {GRAPH_INPUT,  "mask",          TYPE_INT64, {"windows", "pieces"}},
    {GRAPH_INPUT,  "texts",         TYPE_INT64, {"texts", "windows"} },
    {GRAPH_OUTPUT, "window_logits", TYPE_FLOAT, {"windows", NULL}    },
    {GRAPH_OUTPUT, "text_logits",   TYPE_FLOAT, {"texts", NULL}      },
};

static void put_graph(Arena *a, Buf *graph, const ReleaseParts *p)
{
    ROWS(a, graph, before, "");
    ROWS(a, graph, residual, "l0");
    ROWS(a, graph, layer, "l0");
    ROWS(a, graph, onward, "");
    ROWS(a, graph, layer, "l1");
    ROWS(a, graph, after, "");
    protobuf_bytes(graph, GRAPH_NAME, p->name);
    put_parameters(a, graph, p);
    put_constants(graph);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        put_value(graph, values[i].field, values[i].name, values[i].type, values[i].dim);
}

/* All of the model but the bytes of its graph, which come behind. */
static void put_head(Buf *model, const ExportFact *fact, size_t graph_bytes)
{
    Buf b;
    buf_init(&b, HEAD_MAX);
    protobuf_int(model, MODEL_IR_VERSION, IR_VERSION);
    protobuf_bytes(model, MODEL_PRODUCER, STR("gavel"));
    protobuf_bytes(model, MODEL_DOC,
                   STR("the encoder tier of a Gavel release: pieces in, factor logits out"));
    protobuf_int(&b, OPSET_VERSION, OPERATOR_SET);
    protobuf_bytes(model, MODEL_OPSET, buf_str(&b));
    for (int i = 0; i < EXPORT_FACTS; i++) {
        buf_clear(&b);
        protobuf_bytes(&b, ENTRY_KEY, str_of(fact[i].key));
        protobuf_bytes(&b, ENTRY_VALUE, fact[i].value);
        protobuf_bytes(model, MODEL_METADATA, buf_str(&b));
    }
    buf_done(&b);
    protobuf_bytes_head(model, MODEL_GRAPH, graph_bytes);
}

bool export_onnx(Arena *a, const ReleaseParts *p, const Digest *digest, const char *path,
                 Err *err)
{
    bool ok = false;
    File *f = NULL;
    Buf graph, head;
    ExportFact fact[EXPORT_FACTS];
    ArenaMark mark = arena_mark(a);
    buf_init(&graph, GRAPH_MAX);
    buf_init(&head, HEAD_MAX);
    if (!export_facts(a, p, digest, fact, err))
        goto done;
    put_graph(a, &graph, p);
    put_head(&head, fact, graph.len);
    ok = buf_ok(&graph, err) && buf_ok(&head, err) && file_create(path, &f, err) &&
         file_write(f, buf_str(&head), err) && file_write(f, buf_str(&graph), err) &&
         file_commit(f, err);
done:
    file_close(f);
    buf_done(&graph);
    buf_done(&head);
    arena_rewind(a, mark);
    return ok;
}
