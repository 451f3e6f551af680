#include "letters.h"
#include "test.h"

#include "base/file.h"
#include "model/pretrain.h"
#include "nn/base.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { ROWS = 12, HELD = 4 };

typedef struct World {
    Arena *arena;
    Rows rows;
    PretrainInput in;
    EncoderParams base;
    char dir[64], out[96], log[128], checkpoint[128];
} World;

/* Texts of one letter each: what is hidden stands beside it.  The last ones are held out. */
static int with_world(void **state)
{
    World *w = calloc(1, sizeof *w);
    w->arena = arena_open((size_t)4 << 30);
    Arena *a = w->arena;
    w->rows = (Rows){arena_array(a, Row, ROWS), ROWS};
    for (size_t i = 0; i < ROWS; i++) {
        char *p = arena_array(a, char, 12);
        memset(p, (int)('a' + i % 8), 12);
        w->rows.row[i] = (Row){
            .text = {p, 12},
            .source = i % 2 ? STR("odd") : STR("even"),
            .language = STR("en"),
            .weight = 1,
            .split = i < ROWS - HELD ? SPLIT_TRAIN : SPLIT_CALIBRATE
        };
        labels_unknown(&w->rows.row[i].labels); /* none is needed */
    }
    float *all = arena_array(a, float, encoder_param_count());
    Rng r;
    rng_seed(&r, 3);
    for (size_t i = 0; i < encoder_param_count(); i++)
        all[i] = (float)(0.03 * rng_normal(&r));
    encoder_params_at(&w->base, all);
    for (int i = 0; i < ENCODER_VOCAB * ENCODER_WIDTH0; i++)
        w->base.embed[i] *= 5; /* or the place of a piece drowns the piece */
    for (int i = 0; i < encoder_param_info_count; i++)
        if (strstr(encoder_param_info[i].name, "norm") &&
            strstr(encoder_param_info[i].name, "_g"))
            for (int j = 0; j < encoder_param_info[i].cols; j++)
                all[encoder_param_info[i].offset + (size_t)j] = 1;
    snprintf(w->dir, sizeof w->dir, "/tmp/gavel-pretrain-XXXXXX");
    assert_non_null(mkdtemp(w->dir));
    snprintf(w->out, sizeof w->out, "%s/new.pack", w->dir);
    snprintf(w->log, sizeof w->log, "%s.log.jsonl", w->out);
    snprintf(w->checkpoint, sizeof w->checkpoint, "%s.checkpoint", w->out);
    w->in = (PretrainInput){
        .rows = &w->rows,
        .base = &w->base,
        .vocab_json = STR("[]"),
        .vocab = letters(a),
        .data = digest_of(STR("rows")),
        .out_path = w->out,
        .options = {.steps = 6, .batch_pieces = 104, .threads = 2, .seed = 1, .rate = 1e-3}
    };
    Err err = {0};
    assert_true(kernels_find(STR("auto"), &w->in.kernels, &err));
    *state = w;
    return 0;
}

static int without_world(void **state)
{
    World *w = *state;
    unlink(w->checkpoint);
    unlink(w->log);
    unlink(w->out);
    rmdir(w->dir);
    arena_close(w->arena);
    free(w);
    return 0;
}

static PretrainResult run(World *w)
{
    PretrainResult r;
    Err err = {0};
    if (!pretrain(w->arena, &w->in, &r, &err))
        fail_msg("%s", err.msg);
    return r;
}

static void stop_at(World *w, int64_t step)
{
    PretrainResult r;
    Err err = {0};
    w->in.stop_after = step;
    assert_false(pretrain(w->arena, &w->in, &r, &err));
    assert_int_equal(err.code, ERR_STOPPED);
    assert_true(file_exists(w->checkpoint));
    assert_false(file_exists(w->out));
    w->in.stop_after = 0;
}

/* In the phase of the output layer, at its end, and in that of all. */
static void a_resumed_run_ends_with_the_pack_of_an_uninterrupted_one(void **state)
{
    World *w = *state;
    Digest whole = run(w).digest;
    assert_false(file_exists(w->checkpoint));
    unlink(w->out);
    stop_at(w, 1);
    stop_at(w, 2);
    stop_at(w, 4);
    PretrainResult r = run(w);
    assert_true(digest_eq(&whole, &r.digest));
}

static void the_output_layer_alone_leaves_the_encoder_as_it_was(void **state)
{
    World *w = *state;
    EncoderParams now;
    Str vocab;
    Err err = {0};
    w->in.options.rate = 0; /* the second phase then moves nothing of it either */
    run(w);
    assert_true(base_load(w->arena, w->out, &now, &vocab, &err));
    assert_memory_equal(now.all, w->base.all, w->base.count * sizeof(float));
    assert_true(str_eq(vocab, STR("[]")));
}

static void what_lies_outside_of_the_path_stays(void **state)
{
    World *w = *state;
    EncoderParams now;
    Str vocab;
    Err err = {0};
    run(w);
    assert_true(base_load(w->arena, w->out, &now, &vocab, &err));
    assert_memory_equal(now.freq, w->base.freq, ENCODER_FREQS * sizeof(float));
    assert_memory_equal(now.top_w, w->base.top_w,
                        ENCODER_WIDTH * ENCODER_WIDTH * sizeof(float));
    assert_memory_not_equal(now.l0_qkv_w, w->base.l0_qkv_w, ENCODER_WIDTH0 * sizeof(float));
}

static void a_toy_corpus_is_learned_and_the_held_out_loss_says_so(void **state)
{
    World *w = *state;
    w->in.options.steps = 75;
    PretrainResult r = run(w);
    assert_int_equal(r.train_texts, ROWS - HELD);
    assert_int_equal(r.held_texts, HELD);
    if (!(r.after < 1.0 && r.after < r.before)) /* eight letters: log 8 is 2.1 */
        fail_msg("held-out loss %g before, %g after", r.before, r.after);
}

static void without_a_calibration_split_there_is_no_held_out_loss(void **state)
{
    World *w = *state;
    w->rows.count = ROWS - HELD;
    w->in.options.steps = 3;
    PretrainResult r = run(w);
    assert_int_equal(r.held_pieces, 0);
    assert_true(isnan(r.before) && isnan(r.after));
}

static void refuse(World *w, ErrCode code, const char *words)
{
    PretrainResult r;
    Err err = {0};
    assert_false(pretrain(w->arena, &w->in, &r, &err));
    if (err.code != code || !strstr(err.msg, words))
        fail_msg("\"%s\" where \"%s\" was due", err.msg, words);
    assert_false(file_exists(w->out));
}

static void rows_of_other_splits_or_languages_are_not_read(void **state)
{
    World *w = *state;
    for (size_t i = 0; i < ROWS; i++)
        w->rows.row[i].language = STR("de");
    refuse(w, ERR_INPUT, "no English text");
    for (size_t i = 0; i < ROWS; i++) {
        w->rows.row[i].language = STR("en");
        w->rows.row[i].split = i % 2 ? SPLIT_TEST : SPLIT_CALIBRATE;
    }
    refuse(w, ERR_INPUT, "no English text");
}

static void a_checkpoint_of_another_run_is_refused(void **state)
{
    World *w = *state;
    stop_at(w, 1);
    w->in.options.seed = 2;
    refuse(w, ERR_CONFLICT, "other options");
    w->in.options.seed = 1;
    w->in.data = digest_of(STR("other rows"));
    refuse(w, ERR_CONFLICT, "another snapshot");
}

static void a_folder_that_is_not_there_is_told_before_the_first_step(void **state)
{
    World *w = *state;
    w->in.out_path = "/tmp/no-such-folder-of-gavel/new.pack";
    refuse(w, ERR_IO, "cannot write");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, with_world, without_world)
    const struct CMUnitTest tests[] = {
        TEST(a_resumed_run_ends_with_the_pack_of_an_uninterrupted_one),
        TEST(the_output_layer_alone_leaves_the_encoder_as_it_was),
        TEST(what_lies_outside_of_the_path_stays),
        TEST(a_toy_corpus_is_learned_and_the_held_out_loss_says_so),
        TEST(without_a_calibration_split_there_is_no_held_out_loss),
        TEST(rows_of_other_splits_or_languages_are_not_read),
        TEST(a_checkpoint_of_another_run_is_refused),
        TEST(a_folder_that_is_not_there_is_told_before_the_first_step),
    };
    return cmocka_run_group_tests_name("model/pretrain", tests, NULL, NULL);
}
