#include "letters.h"
#include "test.h"

#include "base/file.h"
#include "fixture.h"
#include "model/fit.h"
#include "model/train.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { ROWS = 8, STEPS = 6 };

typedef struct World {
    Arena *arena;
    Rows rows;
    Plan plan;
    const Vocab *vocab;
    EncoderParams base;
    const Kernels *kernels;
    char dir[64], checkpoint[96];
} World;

/* Texts of one letter each; the first half is hateful. */
static int with_world(void **state)
{
    World *w = calloc(1, sizeof *w);
    w->arena = arena_open((size_t)4 << 30);
    Arena *a = w->arena;
    w->rows = (Rows){arena_array(a, Row, ROWS), ROWS};
    for (size_t i = 0; i < ROWS; i++) {
        Row *r = &w->rows.row[i];
        char *p = arena_array(a, char, 12);
        memset(p, (int)('a' + i), 12);
        *r = (Row){
            .text = {p, 12},
              .source = STR("s"), .weight = 1, .split = SPLIT_TRAIN
        };
        labels_unknown(&r->labels);
        r->labels.factor[FACTOR_HATE] = i < ROWS / 2 ? 1.0f : 0.0f;
        r->labels.factor[FACTOR_INSULT] = i % 2 ? 1.0f : 0.0f;
    }
    plan_defaults(&w->plan);
    w->plan.steps = STEPS;
    w->plan.batch_pieces = 104; /* each of the eight texts once */
    w->plan.case_noise = 0;
    w->plan.dropout = 0.1;
    w->vocab = letters(a);
    float *all = arena_array(a, float, encoder_param_count());
    Rng r;
    rng_seed(&r, 3);
    for (size_t i = 0; i < encoder_param_count(); i++)
        all[i] = (float)(0.03 * rng_normal(&r));
    encoder_params_at(&w->base, all);
    for (int i = 0; i < encoder_param_info_count; i++)
        if (strstr(encoder_param_info[i].name, "norm") &&
            strstr(encoder_param_info[i].name, "_g"))
            for (int j = 0; j < encoder_param_info[i].cols; j++)
                all[encoder_param_info[i].offset + (size_t)j] = 1;
    Err err = {0};
    assert_true(kernels_find(STR("auto"), &w->kernels, &err));
    snprintf(w->dir, sizeof w->dir, "/tmp/gavel-fit-XXXXXX");
    assert_non_null(mkdtemp(w->dir));
    snprintf(w->checkpoint, sizeof w->checkpoint, "%s/checkpoint.pack", w->dir);
    *state = w;
    return 0;
}

static int without_world(void **state)
{
    World *w = *state;
    unlink(w->checkpoint);
    rmdir(w->dir);
    arena_close(w->arena);
    free(w);
    return 0;
}

static FitInput input(World *w)
{
    return (FitInput){.rows = &w->rows,
                      .plan = &w->plan,
                      .vocab = w->vocab,
                      .kernels = w->kernels,
                      .base = &w->base,
                      .checkpoint = w->checkpoint,
                      .data = digest_of(STR("rows"))};
}

static double run(Fit *f, int64_t to)
{
    FitStep s = {0};
    Err err = {0};
    while (fit_steps_done(f) < to)
        if (!fit_step(f, &s, &err))
            fail_msg("%s", err.msg);
    return s.loss;
}

static Digest weights(Fit *f)
{
    size_t count = encoder_param_count() + network_param_count();
    return digest_of((Str){(const char *)fit_weights(f), count * sizeof(float)});
}

static void a_resumed_run_ends_with_the_weights_of_an_uninterrupted_one(void **state)
{
    World *w = *state;
    FitInput in = input(w);
    Err err = {0};
    Fit *whole, *first, *second;
    assert_true(fit_open(w->arena, &in, &whole, &err));
    run(whole, STEPS);
    assert_true(fit_open(w->arena, &in, &first, &err));
    run(first, 2);
    assert_true(fit_checkpoint(first, &err));
    fit_close(first);
    assert_true(fit_open(w->arena, &in, &second, &err));
    assert_int_equal(fit_steps_done(second), 2);
    run(second, STEPS);
    Digest x = weights(whole), y = weights(second);
    assert_true(digest_eq(&x, &y));
    fit_close(whole);
    fit_close(second);
}

static void of_two_domains(World *w)
{
    for (size_t i = 0; i < ROWS; i++)
        w->rows.row[i].source = i % 2 ? STR("s-1") : STR("t");
}

/* Its classifier and its ramp go on as well. */
static void a_resumed_run_with_an_adversary_ends_with_the_same_weights(void **state)
{
    World *w = *state;
    of_two_domains(w);
    w->plan.adversary = 1;
    a_resumed_run_ends_with_the_weights_of_an_uninterrupted_one(state);
}

/* So faint that it is lost in every sum; without clipping, which counts its gradient. */
static void an_adversary_that_is_not_heard_changes_no_bit_of_what_is_shipped(void **state)
{
    World *w = *state;
    static const double strength[] = {0, 1e-30, 1};
    Digest end[3];
    FitInput in = input(w);
    Err err = {0};
    of_two_domains(w);
    w->plan.clip = 1e6;
    for (int i = 0; i < 3; i++) {
        Fit *f;
        w->plan.adversary = strength[i];
        assert_true(fit_open(w->arena, &in, &f, &err));
        run(f, STEPS);
        end[i] = weights(f);
        fit_close(f);
    }
    assert_true(digest_eq(&end[0], &end[1]));
    assert_false(digest_eq(&end[0], &end[2]));
}

static double domain_accuracy(World *w, int64_t steps)
{
    FitInput in = input(w);
    FitStep s = {0};
    Err err = {0};
    Fit *f;
    w->plan.steps = steps;
    assert_true(fit_open(w->arena, &in, &f, &err));
    while (fit_steps_done(f) < steps)
        assert_true(fit_step(f, &s, &err));
    fit_close(f);
    return s.domain_accuracy;
}

static void the_accuracy_of_the_domain_is_said_where_there_is_an_adversary(void **state)
{
    World *w = *state;
    of_two_domains(w);
    assert_true(isnan(domain_accuracy(w, 1)));
    w->plan.adversary = 1e-30;
    w->plan.head_rate = 3e-2;
    double share = domain_accuracy(w, 100);
    if (!(share > 0.5)) /* chance */
        fail_msg("%g of the domains are told", share);
}

/* Texts that name a group, and their twins. */
static void name_groups(World *w)
{
    static const char *const text[] = {"women moved in", "Jews moved in", "we saw refugees",
                                       "a gay man won"};
    for (size_t i = 0; i < ROWS; i++)
        w->rows.row[i].text = str_of(text[i % (sizeof text / sizeof *text)]);
}

static void a_run_with_twins_resumes_alike(void **state)
{
    World *w = *state;
    name_groups(w);
    w->plan.identity_pairing = 4;
    a_resumed_run_ends_with_the_weights_of_an_uninterrupted_one(state);
}

/* How far texts and twins lie apart after some steps. */
static double apart_after(World *w, double pairing)
{
    w->plan.identity_pairing = pairing;
    FitInput in = input(w);
    Err err = {0};
    Fit *f;
    FitStep s = {0};
    double sum = 0;
    assert_true(fit_open(w->arena, &in, &f, &err));
    while (fit_steps_done(f) < w->plan.steps) {
        assert_true(fit_step(f, &s, &err));
        sum += fit_steps_done(f) > w->plan.steps / 2 ? s.pair_loss : 0;
    }
    fit_close(f);
    return sum;
}

static void pairing_pulls_the_answers_to_twins_together(void **state)
{
    World *w = *state;
    name_groups(w);
    w->plan.steps = 40;
    w->plan.dropout = w->plan.head_dropout = 0;
    w->plan.encoder_rate = w->plan.embedding_rate = 1e-3;
    w->plan.head_rate = 1e-2;
    double without = apart_after(w, 1e-9), with = apart_after(w, 20);
    if (!(with < without / 2 && with >= 0))
        fail_msg("%g apart without pairing, %g with it", without, with);
}

static void a_checkpoint_of_another_plan_or_snapshot_is_refused(void **state)
{
    World *w = *state;
    FitInput in = input(w);
    Err err = {0};
    Fit *f;
    assert_true(fit_open(w->arena, &in, &f, &err));
    assert_true(fit_checkpoint(f, &err));
    fit_close(f);
    in.data = digest_of(STR("other rows"));
    assert_false(fit_open(w->arena, &in, &f, &err));
    assert_int_equal(err.code, ERR_CONFLICT);
    in = input(w);
    w->plan.text = STR("steps: 7");
    assert_false(fit_open(w->arena, &in, &f, &err));
    assert_int_equal(err.code, ERR_CONFLICT);
}

static void a_few_texts_are_learned_by_heart(void **state)
{
    World *w = *state;
    w->plan.steps = 60;
    w->plan.dropout = w->plan.head_dropout = 0;
    w->plan.encoder_rate = w->plan.embedding_rate = 1e-3;
    w->plan.head_rate = 1e-2;
    FitInput in = input(w);
    Err err = {0};
    Fit *f;
    assert_true(fit_open(w->arena, &in, &f, &err));
    double loss = run(f, 60);
    if (!(loss < 0.05))
        fail_msg("the loss is still %g", loss);
    fit_close(f);
}

static float *weights_of_a_run(World *w, int64_t seed)
{
    FitInput in = input(w);
    Plan plan = w->plan;
    Fit *f;
    Err err = {0};
    plan.seed = seed;
    in.plan = &plan;
    unlink(w->checkpoint);
    assert_true(fit_open(w->arena, &in, &f, &err));
    run(f, plan.steps);
    fit_close(f);
    return fit_weights(f);
}

static void a_plan_of_two_runs_ships_the_mean_of_both(void **state)
{
    World *w = *state;
    Err err = {0};
    ReleaseParts parts;
    w->plan.steps = 2;
    const float *first = weights_of_a_run(w, w->plan.seed);
    const float *second = weights_of_a_run(w, w->plan.seed + 1);
    assert_true(fixture_parts(w->arena, 1, &parts, &err)); /* for its policy */
    w->plan.runs = 2;
    w->plan.fast_epochs = 1;
    TrainInput in = {.rows = &w->rows,
                     .plan = &w->plan,
                     .policy = parts.policy,
                     .kernels = w->kernels,
                     .base = &w->base,
                     .vocab = w->vocab,
                     .dir = w->dir,
                     .name = STR("mean"),
                     .training = STR("{}"),
                     .float32 = true};
    Str path;
    Release *r;
    if (!train(w->arena, &in, &path, &err) || !release_open(path.ptr, w->kernels, &r, &err))
        fail_msg("%s", err.msg);
    ReleaseParts kept;
    if (!release_parts(r, w->arena, &kept, &err))
        fail_msg("%s", err.msg);
    const EncoderParams *e = kept.encoder;
    for (size_t i = 0; i < e->count; i++)
        assert_float_equal(e->all[i], (first[i] + second[i]) / 2, 1e-6);
    release_close(r);
    static const char *const made[] = {"mean.gavel", "teacher.pack", "log.jsonl",
                                       "checkpoint-1.pack"};
    for (size_t i = 0; i < sizeof made / sizeof *made; i++)
        unlink(str_print(w->arena, "%s/%s", w->dir, made[i]).ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            a_resumed_run_ends_with_the_weights_of_an_uninterrupted_one, with_world,
            without_world),
        cmocka_unit_test_setup_teardown(
            a_resumed_run_with_an_adversary_ends_with_the_same_weights, with_world,
            without_world),
        cmocka_unit_test_setup_teardown(
            an_adversary_that_is_not_heard_changes_no_bit_of_what_is_shipped, with_world,
            without_world),
        cmocka_unit_test_setup_teardown(
            the_accuracy_of_the_domain_is_said_where_there_is_an_adversary, with_world,
            without_world),
        cmocka_unit_test_setup_teardown(a_run_with_twins_resumes_alike, with_world,
                                        without_world),
        cmocka_unit_test_setup_teardown(pairing_pulls_the_answers_to_twins_together, with_world,
                                        without_world),
        cmocka_unit_test_setup_teardown(a_checkpoint_of_another_plan_or_snapshot_is_refused,
                                        with_world, without_world),
        cmocka_unit_test_setup_teardown(a_plan_of_two_runs_ships_the_mean_of_both, with_world,
                                        without_world),
        cmocka_unit_test_setup_teardown(a_few_texts_are_learned_by_heart, with_world,
                                        without_world),
    };
    return cmocka_run_group_tests_name("model/fit", tests, NULL, NULL);
}
