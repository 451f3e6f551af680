/* What the exports write, read again by readers of this file's own. */
#include "temp.h"

#include "base/js.h"
#include "fixture.h"
#include "model/export.h"

typedef struct World {
    Temp *temp;
    Arena *arena;
    ReleaseParts parts;
    Digest digest;
} World;

static int with_world(void **state)
{
    void *temp;
    Err err = {0};
    if (with_temp(&temp) != 0)
        return -1;
    Arena *a = arena_open((size_t)1 << 30);
    World *w = arena_new(a, World);
    *w = (World){.temp = temp, .arena = a, .digest = digest_of(STR("a fixture"))};
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

static Str written(World *w, Export *export, const char *name)
{
    Str bytes;
    Err err = {0};
    const char *path = temp_path(w->temp, name);
    ArenaMark mark = arena_mark(w->arena);
    if (!export(w->arena, &w->parts, &w->digest, path, &err))
        fail_msg("%s", err.msg);
    assert_int_equal(arena_mark(w->arena), mark); /* scratch is given back */
    if (!file_load(w->arena, path, 128 << 20, &bytes, &err))
        fail_msg("%s", err.msg);
    return bytes;
}

/* ---- safetensors --------------------------------------------------------------------- */

static const float *tensor_at(const Js *header, Str data, const char *name, size_t rows,
                              size_t cols)
{
    const Js *t = js_get(header, str_of(name));
    if (!t)
        fail_msg("no tensor %s", name);
    const Js *shape = js_get(t, STR("shape")), *at = js_get(t, STR("data_offsets"));
    assert_true(str_eq(js_get(t, STR("dtype"))->str, STR("F32")));
    assert_int_equal(shape->count, rows > 1 ? 2 : 1);
    assert_int_equal(shape->item[0].integer, rows > 1 ? rows : cols);
    assert_int_equal(shape->item[shape->count - 1].integer, cols);
    assert_int_equal(at->item[1].integer - at->item[0].integer, rows * cols * sizeof(float));
    assert_true(at->item[0].integer >= 0 && (size_t)at->item[1].integer <= data.len);
    return (const float *)(const void *)(data.ptr + at->item[0].integer);
}

static void safetensors_hold_every_weight_under_its_name_and_nothing_between(void **state)
{
    World *w = *state;
    const Js *header;
    Err err = {0};
    uint64_t len;
    char name[80];
    Str file = written(w, export_safetensors, "x.safetensors");
    memcpy(&len, file.ptr, sizeof len);
    assert_int_equal((len + sizeof len) % 64, 0);
    assert_true(js_parse(w->arena, (Str){file.ptr + sizeof len, (size_t)len}, &header, &err));
    Str data = {file.ptr + sizeof len + len, file.len - sizeof len - (size_t)len};
    int64_t end = 0;
    for (size_t i = 0; i < header->count; i++) {
        if (str_eq(header->key[i], STR("__metadata__")))
            continue;
        const Js *at = js_get(&header->item[i], STR("data_offsets"));
        assert_int_equal(at->item[0].integer, end); /* the format allows no holes */
        end = at->item[1].integer;
    }
    assert_int_equal(end, data.len);
    for (int i = 0; i < encoder_param_info_count; i++) {
        const EncoderParamInfo *e = &encoder_param_info[i];
        snprintf(name, sizeof name, "encoder.%s", e->name);
        const float *x = tensor_at(header, data, name, (size_t)e->rows, (size_t)e->cols);
        assert_memory_equal(x, w->parts.encoder->all + e->offset,
                            (size_t)e->rows * (size_t)e->cols * sizeof *x);
    }
    const float *head = tensor_at(header, data, "network.head_w", ENCODER_WIDTH, FACTOR_COUNT);
    assert_memory_equal(head, w->parts.network->head_w,
                        ENCODER_WIDTH * FACTOR_COUNT * sizeof *head);
    const float *fast = tensor_at(header, data, "fast.weight", w->parts.buckets, FACTOR_COUNT);
    assert_null(js_get(header, STR("fast-alone.weight"))); /* the fixture has no such table */
    assert_memory_equal(fast, w->parts.fast[FAST_JOINED].weight,
                        w->parts.buckets * FACTOR_COUNT * sizeof *fast);
    tensor_at(header, data, "ensemble", ENSEMBLE_ROWS, FACTOR_COUNT);
}

static void a_table_for_other_languages_is_written_where_there_is_one(void **state)
{
    World *w = *state;
    w->parts.fast[FAST_ALONE] = w->parts.fast[FAST_JOINED];
    Str file = written(w, export_safetensors, "x.safetensors");
    const char *name = "\"fast-alone.weight\":{";
    assert_non_null(memmem(file.ptr, file.len, name, strlen(name)));
}

static void the_facts_stand_in_the_header_and_the_vocabulary_reads_back(void **state)
{
    World *w = *state;
    const Js *header;
    const Vocab *vocab;
    Err err = {0};
    uint64_t len;
    char hex[DIGEST_HEX_SIZE];
    Str file = written(w, export_safetensors, "x.safetensors");
    memcpy(&len, file.ptr, sizeof len);
    assert_true(js_parse(w->arena, (Str){file.ptr + sizeof len, (size_t)len}, &header, &err));
    const Js *facts = js_get(header, STR("__metadata__"));
    for (size_t i = 0; i < facts->count; i++)
        assert_int_equal(facts->item[i].type, JS_STRING); /* the format allows nothing else */
    digest_hex(&w->digest, hex);
    assert_true(str_eq(js_get(facts, STR("gavel_digest"))->str, str_of(hex)));
    assert_true(str_eq(js_get(facts, STR("gavel_release"))->str, w->parts.name));
    assert_true(str_starts(js_get(facts, STR("factors"))->str, STR("hate,insult,threat,")));
    assert_true(vocab_parse_json(w->arena, js_get(facts, STR("vocab"))->str, &vocab, &err));
    Buf one, two;
    buf_init(&one, 1 << 20), buf_init(&two, 1 << 20);
    vocab_print(w->parts.vocab, &one);
    vocab_print(vocab, &two);
    assert_true(str_eq(buf_str(&one), buf_str(&two)));
    buf_done(&one), buf_done(&two);
}

/* ---- ONNX ---------------------------------------------------------------------------- */

/* One field of a message: false at its end.  Bytes are in `bytes`, numbers in `number`. */
static bool next_field(Str *rest, int *field, uint64_t *number, Str *bytes)
{
    uint64_t part[2] = {0, 0}; /* the tag; then a number or a length */
    if (rest->len == 0)
        return false;
    for (int i = 0; i < 2; i++) {
        if (i == 1 && (part[0] & 7) == 5)
            break;
        for (int shift = 0;; shift += 7) {
            assert_true(rest->len > 0 && shift < 64);
            uint8_t b = (uint8_t)*rest->ptr;
            rest->ptr++, rest->len--;
            part[i] |= (uint64_t)(b & 0x7f) << shift;
            if (!(b & 0x80))
                break;
        }
    }
    *field = (int)(part[0] >> 3);
    *number = part[1];
    *bytes = (Str){0};
    size_t n = (part[0] & 7) == 5 ? 4 : (part[0] & 7) == 2 ? (size_t)part[1] : 0;
    assert_true((part[0] & 7) == 0 || n <= rest->len);
    if (n || (part[0] & 7) == 2) {
        *bytes = (Str){rest->ptr, n};
        rest->ptr += n, rest->len -= n;
    }
    return true;
}

/* The first field of that number in a message. */
static Str bytes_of(Str message, int want)
{
    int field;
    uint64_t number;
    Str bytes;
    while (next_field(&message, &field, &number, &bytes))
        if (field == want)
            return bytes;
    return (Str){0};
}

/* What has a name and when it was used; ours are few, so a plain list will do. */
typedef struct Names {
    Str name[400];
    bool used[400];
    size_t count;
} Names;

static size_t find(const Names *n, Str name)
{
    for (size_t i = 0; i < n->count; i++)
        if (str_eq(n->name[i], name))
            return i;
    return SIZE_MAX;
}

static void define(Names *n, Str name)
{
    if (find(n, name) != SIZE_MAX)
        fail_msg("'" STR_FMT "' is defined twice", STR_ARG(name));
    n->name[n->count++] = name;
}

static void use(Names *n, Str name)
{
    size_t i = find(n, name);
    if (i == SIZE_MAX)
        fail_msg("'" STR_FMT "' is used before it is defined", STR_ARG(name));
    n->used[i] = true;
}

/* A tensor's raw bytes are as many as its shape says. */
static void check_tensor(Str tensor)
{
    int field;
    uint64_t number, elements = 1, type = 0;
    Str bytes, raw = {0};
    while (next_field(&tensor, &field, &number, &bytes)) {
        if (field == 1)
            elements *= number;
        else if (field == 2)
            type = number;
        else if (field == 9)
            raw = bytes;
    }
    assert_true(type == 1 || type == 7);
    assert_int_equal(raw.len, elements * (type == 1 ? 4 : 8));
}

static void check_node(Str node, Names *names)
{
    int field;
    uint64_t number;
    Str bytes;
    for (Str rest = node; next_field(&rest, &field, &number, &bytes);)
        if (field == 1)
            use(names, bytes);
    while (next_field(&node, &field, &number, &bytes))
        if (field == 2)
            define(names, bytes);
}

static void the_graph_defines_each_name_once_before_it_is_used_and_none_in_vain(void **state)
{
    World *w = *state;
    int field;
    uint64_t number;
    Str bytes, graph = bytes_of(written(w, export_onnx, "x.onnx"), 7);
    Names *names = arena_new(w->arena, Names);
    size_t tensors = 0, nodes = 0;
    assert_true(graph.len > 25000000);
    for (Str rest = graph; next_field(&rest, &field, &number, &bytes);) {
        if (field == 5)
            check_tensor(bytes), tensors++;
        if (field == 5 || field == 11)
            define(names, bytes_of(bytes, field == 5 ? 8 : 1));
    }
    for (Str rest = graph; next_field(&rest, &field, &number, &bytes);)
        if (field == 1)
            check_node(bytes, names), nodes++;
    for (Str rest = graph; next_field(&rest, &field, &number, &bytes);)
        if (field == 12)
            use(names, bytes_of(bytes, 1));
    for (size_t i = 0; i < names->count; i++)
        if (!names->used[i])
            fail_msg("'" STR_FMT "' is of no use", STR_ARG(names->name[i]));
    assert_true(nodes > 80 && tensors > 40);
}

static void the_weights_in_the_graph_are_the_release_s_to_the_bit(void **state)
{
    World *w = *state;
    int field, found = 0;
    uint64_t number;
    Str bytes, graph = bytes_of(written(w, export_onnx, "x.onnx"), 7);
    while (next_field(&graph, &field, &number, &bytes)) {
        if (field != 5)
            continue;
        Str name = bytes_of(bytes, 8), raw = bytes_of(bytes, 9);
        for (int i = 0; i < encoder_param_info_count; i++) {
            const EncoderParamInfo *e = &encoder_param_info[i];
            if (!str_eq(name, str_of(e->name)))
                continue;
            assert_int_equal(raw.len, (size_t)e->rows * (size_t)e->cols * sizeof(float));
            assert_memory_equal(raw.ptr, w->parts.encoder->all + e->offset, raw.len);
            found++;
        }
    }
    assert_int_equal(found, encoder_param_info_count - 3); /* freq; top_w and top_b */
}

/* ---- both ---------------------------------------------------------------------------- */

static void the_same_release_gives_the_same_bytes(void **state)
{
    World *w = *state;
    for (size_t i = 0; i < 2; i++) {
        ArenaMark mark = arena_mark(w->arena);
        Str one = written(w, exports[i], "one"), two = written(w, exports[i], "two");
        assert_true(str_eq(one, two));
        arena_rewind(w->arena, mark);
    }
}

static void where_nothing_can_be_written_the_error_names_the_file(void **state)
{
    World *w = *state;
    for (size_t i = 0; i < 2; i++) {
        Err err = {0};
        const char *path = temp_path(w->temp, "nowhere/x");
        assert_false(exports[i](w->arena, &w->parts, &w->digest, path, &err));
        assert_non_null(strstr(err.msg, "nowhere/x"));
    }
    assert_int_equal(temp_entries(w->temp), 0);
}

#ifdef FAULTS
#include "base/fault.h"

static void a_broken_write_leaves_the_old_file_whole(void **state)
{
    World *w = *state;
    const char *path = temp_path(w->temp, "x");
    for (size_t i = 0; i < 2; i++) {
        FAULT_SWEEP(n)
        {
            Err err = {0};
            Str now;
            ArenaMark mark = arena_mark(w->arena);
            fault_arm(0, 0);
            assert_true(file_save(path, STR("old"), &err));
            fault_arm(n, 28); /* ENOSPC */
            bool ok = exports[i](w->arena, &w->parts, &w->digest, path, &err);
            bool hit = fault_hit();
            fault_arm(0, 0);
            assert_true(ok ||
                        hit); /* closing the folder may fail: all is on the disk by then */
            assert_true(ok || strstr(err.msg, "No space left"));
            assert_int_equal(temp_entries(w->temp), 1);
            assert_true(file_load(w->arena, path, 128 << 20, &now, &err));
            assert_true(now.len > 1000000 || (!ok && str_eq(now, STR("old"))));
            arena_rewind(w->arena, mark);
            if (!hit)
                break;
        }
    }
}
#endif

#define IN_WORLD(x) cmocka_unit_test_setup_teardown(x, with_world, without_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(safetensors_hold_every_weight_under_its_name_and_nothing_between),
        IN_WORLD(a_table_for_other_languages_is_written_where_there_is_one),
        IN_WORLD(the_facts_stand_in_the_header_and_the_vocabulary_reads_back),
        IN_WORLD(the_graph_defines_each_name_once_before_it_is_used_and_none_in_vain),
        IN_WORLD(the_weights_in_the_graph_are_the_release_s_to_the_bit),
        IN_WORLD(the_same_release_gives_the_same_bytes),
        IN_WORLD(where_nothing_can_be_written_the_error_names_the_file),
#ifdef FAULTS
        IN_WORLD(a_broken_write_leaves_the_old_file_whole),
#endif
    };
    return cmocka_run_group_tests_name("model/export", tests, NULL, NULL);
}
