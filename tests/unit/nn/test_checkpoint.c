#include "nn_test.h"

#include "nn/checkpoint.h"

#include "base/fault.h"

enum { COUNT = 1003 };

typedef struct Run {
    float params[COUNT];
    Rng rng[2];
    Adamw *opt;
} Run;

static Run *run_new(Arena *a, size_t count, float ema)
{
    Run *r = arena_new(a, Run);
    uint64_t seed = 6;
    for (int i = 0; i < COUNT; i++)
        r->params[i] = random_float(&seed);
    rng_seed(&r->rng[0], 1);
    rng_seed(&r->rng[1], 2);
    AdamwConfig c = adamw_defaults(0.01f);
    c.warmup_steps = 7;
    c.total_steps = 40;
    c.fall = ADAMW_FALL_COSINE;
    c.ema = ema;
    AdamwSpan s = {.count = count, .rate = 1, .decay = 0.1f};
    r->opt = adamw_new(a, &c, &s, 1, r->params, count);
    return r;
}

static TrainState state_of(Run *r) { return (TrainState){r->params, r->opt, r->rng, 2}; }

/* Noisy descent towards zero. */
static void train(Run *r, int steps)
{
    const Kernels *k = kernels_named("auto");
    for (int t = 0; t < steps; t++) {
        float g[COUNT];
        for (int i = 0; i < COUNT; i++)
            g[i] = r->params[i] + (float)rng_normal(&r->rng[i % 2]);
        adamw_step(k, r->opt, r->params, g);
    }
}

static void a_resumed_run_ends_in_the_same_bits(void **state)
{
    Arena *a = *state;
    Err err = {0};
    const char *path = scratch_path(a, "checkpoint");
    Run *straight = run_new(a, COUNT, 0.9f), *first = run_new(a, COUNT, 0.9f),
        *second = run_new(a, COUNT, 0.9f);
    train(straight, 30);
    train(first, 13);
    TrainState st = state_of(first), into = state_of(second);
    assert_true(checkpoint_save(path, &st, STR("epoch 2\0row 77"), &err));
    train(second, 3); /* whatever it was before does not matter */
    Str note;
    if (!checkpoint_load(a, path, &into, &note, &err))
        fail_msg("%s", err.msg);
    assert_true(str_eq(note, STR("epoch 2\0row 77")));
    assert_int_equal(second->opt->step, 13);
    train(second, 17);
    assert_memory_equal(second->params, straight->params, sizeof straight->params);
    assert_memory_equal(second->opt->m, straight->opt->m, COUNT * sizeof(float));
    assert_memory_equal(second->opt->v, straight->opt->v, COUNT * sizeof(float));
    assert_memory_equal(second->opt->ema, straight->opt->ema, COUNT * sizeof(float));
    assert_memory_equal(second->rng, straight->rng, sizeof straight->rng);
    unlink(path);
}

static void a_checkpoint_of_another_shape_is_refused(void **state)
{
    Arena *a = *state;
    const char *path = scratch_path(a, "checkpoint");
    Run *r = run_new(a, COUNT, 0.9f), *same = run_new(a, COUNT, 0.9f);
    Err err = {0};
    Str note = STR("untouched");
    TrainState st = state_of(r);
    assert_true(checkpoint_save(path, &st, STR(""), &err));

    TrainState fewer = state_of(run_new(a, COUNT - 1, 0.9f)),
               plain = state_of(run_new(a, COUNT, 0)),
               one_rng = state_of(run_new(a, COUNT, 0.9f));
    one_rng.rng_count = 1;
    TrainState *wrong[] = {&fewer, &plain, &one_rng};
    for (size_t i = 0; i < 3; i++) {
        err = (Err){0};
        assert_false(checkpoint_load(a, path, wrong[i], &note, &err));
        assert_int_equal(err.code, ERR_CONFLICT);
        assert_memory_equal(wrong[i]->params, same->params, sizeof same->params);
        assert_int_equal(wrong[i]->opt->step, 0);
        assert_true(str_eq(note, STR("untouched")));
    }
    unlink(path);
    assert_false(checkpoint_load(a, path, &st, &note, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
}

static void another_pack_is_no_checkpoint(void **state)
{
    Arena *a = *state;
    const char *path = scratch_path(a, "other.pack");
    Err err = {0};
    Str note;
    TrainState st = state_of(run_new(a, COUNT, 0));
    PackWriter *w = pack_writer(a);
    pack_add_bytes(w, "head", STR("short"));
    pack_add_bytes(w, "rng", STR(""));
    pack_add_bytes(w, "note", STR(""));
    assert_true(pack_save(w, path, NULL, &err));
    assert_false(checkpoint_load(a, path, &st, &note, &err));
    assert_non_null(strstr(err.msg, "not a checkpoint"));
    unlink(path);
}

#ifdef FAULTS
static void a_broken_disk_leaves_the_old_checkpoint_or_the_new(void **state)
{
    Arena *a = *state;
    const char *path = scratch_path(a, "checkpoint");
    Run *r = run_new(a, COUNT, 0);
    TrainState st = state_of(r);
    Err err = {0};
    fault_arm(0, 0);
    assert_true(checkpoint_save(path, &st, STR("old"), &err));
    FAULT_SWEEP(n)
    {
        err = (Err){0};
        bool ok = checkpoint_save(path, &st, STR("new"), &err), hit = fault_hit();
        assert_true(ok || hit); /* a failing close of what was only read harms nobody */
        fault_arm(0, 0);
        Str note;
        Err none = {0};
        assert_true(checkpoint_load(a, path, &st, &note, &none));
        assert_true(str_eq(note, STR("new")) || (!ok && str_eq(note, STR("old"))));
        assert_true(ok || ((err.code == ERR_IO || err.code == ERR_MEMORY) && err.msg[0]));
        if (!hit)
            break;
    }
    unlink(path);
}
#endif

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, with_big_arena, without_arena)
    const struct CMUnitTest tests[] = {
        TEST(a_resumed_run_ends_in_the_same_bits),
        TEST(a_checkpoint_of_another_shape_is_refused),
        TEST(another_pack_is_no_checkpoint),
#ifdef FAULTS
        TEST(a_broken_disk_leaves_the_old_checkpoint_or_the_new),
#endif
    };
    return cmocka_run_group_tests_name("nn/checkpoint", tests, NULL, NULL);
}
