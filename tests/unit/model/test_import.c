/* Weights out and in again, to the bit; and what is refused, with the tensor's name. */
#include "temp.h"

#include "fixture.h"
#include "model/export.h"
#include "model/import.h"
#include "model/protobuf.h"

#include <math.h>

typedef struct World {
    Temp *temp;
    Arena *arena;
    ReleaseParts parts;
} World;

static int with_world(void **state)
{
    void *temp;
    Err err = {0};
    if (with_temp(&temp) != 0)
        return -1;
    Arena *a = arena_open((size_t)2 << 30);
    World *w = arena_new(a, World);
    *w = (World){.temp = temp, .arena = a};
    *state = w;
    return fixture_parts(a, 5, &w->parts, &err) ? 0 : -1;
}

static int without_world(void **state)
{
    World *w = *state;
    void *temp = w->temp;
    arena_close(w->arena);
    return without_temp(&temp);
}

typedef bool Export(Arena *a, const ReleaseParts *p, const Digest *digest, const char *path,
                    Err *err);
static Export *const exports[] = {export_safetensors, export_onnx};

/* A copy that may be damaged. */
static Str exported(World *w, Export *export)
{
    Str bytes;
    Err err = {0};
    Digest d = digest_of(STR("a fixture"));
    const char *path = temp_path(w->temp, "x");
    if (!export(w->arena, &w->parts, &d, path, &err) ||
        !file_load(w->arena, path, IMPORT_BYTES_MAX, &bytes, &err))
        fail_msg("%s", err.msg);
    return bytes;
}

static bool import(World *w, Str bytes, ReleaseParts *parts, Err *err)
{
    ImportFile file;
    size_t taken;
    return import_read(w->arena, bytes, &file, err) &&
           import_weights(w->arena, &file, parts, &taken, err);
}

/* Another release's parts get this one's weights: all that the format holds are its own after.
 */
static void what_was_exported_comes_back_to_the_bit(void **state)
{
    World *w = *state;
    for (size_t i = 0; i < 2; i++) {
        ArenaMark mark = arena_mark(w->arena);
        ReleaseParts other;
        Err err = {0};
        assert_true(fixture_parts(w->arena, 6, &other, &err));
        w->parts.network->pool_s[3] = -2.5f;
        ReleaseParts before = other;
        if (!import(w, exported(w, exports[i]), &other, &err))
            fail_msg("%s", err.msg);
        assert_ptr_not_equal(other.encoder, before.encoder); /* copies: theirs are whole */
        for (int p = 0; p < encoder_param_info_count; p++) {
            const EncoderParamInfo *e = &encoder_param_info[p];
            const float *x = other.encoder->all + e->offset;
            bool beside = i == 1 && (x == other.encoder->freq || x == other.encoder->top_w ||
                                     x == other.encoder->top_b);
            const EncoderParams *from = beside ? before.encoder : w->parts.encoder;
            assert_memory_equal(x, from->all + e->offset,
                                (size_t)e->rows * (size_t)e->cols * sizeof *x);
        }
        assert_memory_equal(other.network->head_w, w->parts.network->head_w,
                            ENCODER_WIDTH * FACTOR_COUNT * sizeof(float));
        for (int f = 0; f < FACTOR_COUNT; f++)
            assert_true(fabsf(other.network->pool_s[f] - w->parts.network->pool_s[f]) <
                        (i ? 1e-4f : 1e-9f));
        arena_rewind(w->arena, mark);
    }
}

static void a_pooling_that_nobody_touched_stays_to_the_bit(void **state)
{
    World *w = *state;
    Err err = {0};
    for (int f = 0; f < FACTOR_COUNT; f++)
        w->parts.network->pool_s[f] = (float)f * 0.731f - 4;
    ReleaseParts p = w->parts;
    if (!import(w, exported(w, export_onnx), &p, &err))
        fail_msg("%s", err.msg);
    assert_memory_equal(p.network->pool_s, w->parts.network->pool_s,
                        FACTOR_COUNT * sizeof(float));
}

static void what_a_file_leaves_out_keeps_its_value(void **state)
{
    World *w = *state;
    Err err = {0};
    ReleaseParts p = w->parts;
    if (!import(w, exported(w, export_onnx), &p, &err))
        fail_msg("%s", err.msg);
    assert_memory_equal(p.ensemble, w->parts.ensemble, sizeof p.ensemble);
    assert_memory_equal(p.fast[0].weight, w->parts.fast[0].weight,
                        p.buckets * FACTOR_COUNT * sizeof(float));
}

/* Changes the first `old` in a copy of the file to `new`, of the same length. */
static Str damaged(World *w, Str file, Str old, Str new)
{
    char *copy = arena_raw(w->arena, char, file.len);
    memcpy(copy, file.ptr, file.len);
    char *at = memmem(copy, file.len, old.ptr, old.len);
    if (!at || old.len != new.len)
        fail_msg("there is no '" STR_FMT "' to damage", STR_ARG(old));
    memcpy(at, new.ptr, new.len);
    return (Str){copy, file.len};
}

/* clang-format off */
static const struct {
    int format;
    Str old, new;
    const char *why;
} damages[] = {
    {0, STR("encoder.l0_qkv_w"), STR("encoder.l0_qkv_v"), "'encoder.l0_qkv_v' is no tensor"},
    {0, STR("encoder.embed\""), STR("encoder.em\x01" "ed\""), "read as safetensors: header"},
    {0, STR("\"F32\",\"shape\":[8002,256]"), STR("\"F16\",\"shape\":[8002,256]"), "tensor 'encoder.embed': it is F16; only float32"},
    {0, STR("\"shape\":[256,768]"), STR("\"shape\":[768,256]"), "tensor 'encoder.l0_qkv_w': its shape is not [256, 768]"},
    {0, STR("\"shape\":[8002,256]"), STR("\"shape\":[-802,256]"), "tensor 1: its shape is not of whole numbers"},
    {0, STR("\"data_offsets\":[0,"), STR("\"data_offsets\":[9,"), "it has 8194039 bytes"},
    {0, STR("\"data_offsets\""), STR("\"data_offsetz\""), "it has no two data_offsets"},
    {1, STR("l0_qkv_w"), STR("l0_qkv_v"), NULL}, /* a node's: the graph is not read */
    {1, STR("\x42\x08l0_qkv_w"), STR("\x42\x08l0_qkv_v"), "'l0_qkv_v' is no tensor"},
    {1, STR("\x42\x08l0_qkv_w"), STR("\x42\x08l0_out_w"), "tensor 'l0_out_w': its shape is not [256, 512]"},
    {1, STR("\x10\x01\x42\x08l0_qkv_w"), STR("\x10\x0a\x42\x08l0_qkv_w"), "'l0_qkv_w': it is another type"},
    {1, STR("\x08\x80\x02\x08\x80\x06\x10\x01\x42\x08l0_qkv_w"), STR("\x08\x80\x04\x08\x80\x03\x10\x01\x42\x08l0_qkv_w"), "its shape is not [256, 768]"},
    {1, STR("\x42\x0al0_norm1_b"), STR("\x42\x0al0_norm1_g"), "tensor 'l0_norm1_g': it is there twice"},
};
/* clang-format on */

static void what_is_not_this_model_is_refused_by_name(void **state)
{
    World *w = *state;
    Str file[2] = {exported(w, export_safetensors), exported(w, export_onnx)};
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        ArenaMark mark = arena_mark(w->arena);
        ReleaseParts p = w->parts;
        Err err = {0};
        Str bad = damaged(w, file[damages[i].format], damages[i].old, damages[i].new);
        bool ok = import(w, bad, &p, &err);
        assert_true(ok == !damages[i].why);
        if (!ok && !strstr(err.msg, damages[i].why))
            fail_msg("%zu: %s", i, err.msg);
        if (!ok)
            assert_memory_equal(&p, &w->parts, sizeof p);
        arena_rewind(w->arena, mark);
    }
}

static void numbers_that_are_not_finite_are_refused(void **state)
{
    World *w = *state;
    for (size_t i = 0; i < 2; i++) {
        ReleaseParts p = w->parts;
        Err err = {0};
        float *x = &w->parts.encoder->l1_ffn2_w[777], old = *x;
        *x = i ? NAN : INFINITY;
        assert_false(import(w, exported(w, exports[i]), &p, &err));
        assert_non_null(strstr(err.msg, "l1_ffn2_w': it holds a number that is not finite"));
        *x = old;
    }
}

/* Every length of a small file, and the large ones at many. */
static void a_file_that_ends_early_is_refused(void **state)
{
    World *w = *state;
    for (size_t i = 0; i < 2; i++) {
        Str file = exported(w, exports[i]);
        for (size_t len = 0; len < file.len; len += len < 300 ? 1 : file.len / 37) {
            ArenaMark mark = arena_mark(w->arena);
            ReleaseParts p = w->parts;
            Err err = {0};
            assert_false(import(w, (Str){file.ptr, len}, &p, &err));
            assert_true(err.msg[0]);
            arena_rewind(w->arena, mark);
        }
    }
}

static void more_tensors_than_any_model_has_are_refused(void **state)
{
    World *w = *state;
    Buf graph, model;
    ImportFile file;
    Err err = {0};
    buf_init(&graph, 1 << 20), buf_init(&model, 1 << 20);
    for (int i = 0; i <= IMPORT_TENSORS_MAX; i++)
        protobuf_bytes(&graph, 5, STR("\x08\x01"));
    protobuf_bytes(&model, 7, buf_str(&graph));
    assert_false(import_read(w->arena, buf_str(&model), &file, &err));
    assert_int_equal(err.code, ERR_LIMIT);
    buf_done(&graph), buf_done(&model);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, with_world, without_world)
    const struct CMUnitTest tests[] = {
        TEST(what_was_exported_comes_back_to_the_bit),
        TEST(a_pooling_that_nobody_touched_stays_to_the_bit),
        TEST(what_a_file_leaves_out_keeps_its_value),
        TEST(what_is_not_this_model_is_refused_by_name),
        TEST(numbers_that_are_not_finite_are_refused),
        TEST(a_file_that_ends_early_is_refused),
        TEST(more_tensors_than_any_model_has_are_refused),
    };
    return cmocka_run_group_tests_name("model/import", tests, NULL, NULL);
}
