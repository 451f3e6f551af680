#include "letters.h"
#include "temp.h"

#include "model/crossfit.h"

#include "base/file.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

enum { ROWS = 12, FOLDS = 2, TWINS = 500 };

static void folds_keep_twins_together_and_are_about_equal(void **state)
{
    (void)state;
    static Row row[2 * TWINS];
    static uint8_t fold[2 * TWINS], again[2 * TWINS], other[2 * TWINS];
    size_t in[4] = {0}, moved = 0;
    for (size_t i = 0; i < 2 * TWINS; i++) {
        row[i].cluster = 1 + i / 2;
        row[i].digest.byte[0] = (uint8_t)i, row[i].digest.byte[1] = (uint8_t)(i >> 8);
    }
    const Rows rows = {row, 2 * TWINS};
    crossfit_folds(&rows, 4, 1, fold);
    crossfit_folds(&rows, 4, 1, again);
    crossfit_folds(&rows, 4, 2, other);
    assert_memory_equal(fold, again, sizeof fold);
    for (size_t i = 0; i < 2 * TWINS; i++) {
        assert_true(fold[i] < 4 && fold[i] == fold[i ^ 1]);
        in[fold[i]]++;
        moved += fold[i] != other[i];
    }
    for (int k = 0; k < 4; k++)
        assert_in_range(in[k], TWINS / 2 - 90, TWINS / 2 + 90);
    assert_true(moved > TWINS);
}

static void texts_without_a_cluster_go_by_their_digest(void **state)
{
    (void)state;
    Row row[64] = {0};
    uint8_t fold[64];
    int sum = 0;
    for (size_t i = 0; i < 64; i++)
        row[i].digest.byte[31] = (uint8_t)i;
    const Rows rows = {row, 64};
    crossfit_folds(&rows, 2, 1, fold);
    for (size_t i = 0; i < 64; i++)
        sum += fold[i];
    assert_in_range(sum, 16, 48);
}

typedef struct World {
    Temp *temp;
    Arena *arena;
    Rows rows;
    Plan plan;
    EncoderParams base;
    uint8_t fold[ROWS];
    uint32_t read[ROWS];
    CrossfitInput in;
} World;

/* Texts of one letter; row i has a twin of another length in the other fold. */
static int with_world(void **state)
{
    int r = with_temp(state);
    if (r != 0)
        return r;
    Arena *a = arena_open((size_t)8 << 30);
    World *w = arena_new(a, World);
    *w = (World){
        .temp = *state, .arena = a, .rows = {arena_array(a, Row, ROWS), ROWS}
    };
    for (size_t i = 0; i < ROWS; i++) {
        Row *row = &w->rows.row[i];
        size_t n = i % 2 ? 12 : 10;
        char *p = arena_array(a, char, n);
        memset(p, (int)('a' + i / 2), n);
        row->text = (Str){p, n};
        row->source = STR("s");
        row->weight = 1;
        row->split = SPLIT_TRAIN;
        labels_unknown(&row->labels);
        row->labels.factor[FACTOR_HATE] = i < ROWS / 2 ? 1.0f : 0.0f;
        w->fold[i] = i % FOLDS;
        w->read[i] = (uint32_t)i;
    }
    plan_defaults(&w->plan);
    w->plan.steps = 2;
    w->plan.batch_pieces = 60;
    w->plan.fast_epochs = 30;
    w->plan.fast_share = 1; /* the n-grams decide */
    float *all = arena_array(a, float, encoder_param_count());
    encoder_params_at(&w->base, all);
    uint64_t seed = 7;
    for (size_t i = 0; i < encoder_param_count(); i++)
        all[i] = (float)(random_u64(&seed) % 2001) * 1e-5f - 0.01f;
    Err err = {0};
    w->in = (CrossfitInput){.rows = &w->rows,
                            .plan = &w->plan,
                            .base = &w->base,
                            .vocab = letters(a),
                            .fold = w->fold,
                            .folds = FOLDS,
                            .read = w->read,
                            .count = ROWS,
                            .dir = temp_path(w->temp, "work"),
                            .data = digest_of(STR("rows"))};
    assert_true(kernels_find(STR("auto"), &w->in.kernels, &err));
    *state = w;
    return 0;
}

static int without_world(void **state)
{
    World *w = *state;
    *state = w->temp;
    arena_close(w->arena);
    return without_temp(state);
}

static void cross(World *w, float *p)
{
    Err err = {0};
    if (!crossfit(w->arena, &w->in, p, &err))
        fail_msg("%s", err.msg);
}

static size_t files(World *w, const char *suffix)
{
    Str *name;
    size_t n = 0;
    Err err = {0};
    assert_true(file_list(w->arena, w->in.dir, suffix, &name, &n, &err));
    return n;
}

static void each_row_is_read_by_a_model_that_learned_from_its_twin(void **state)
{
    World *w = *state;
    float p[ROWS * FACTOR_COUNT], again[ROWS * FACTOR_COUNT];
    cross(w, p);
    for (size_t i = 0; i < ROWS; i++)
        assert_true((p[i * FACTOR_COUNT + FACTOR_HATE] > 0.5f) == (i < ROWS / 2));
    assert_int_equal(files(w, ".pack"), FOLDS);
    assert_int_equal(files(w, ".checkpoint"), 0);
    cross(w, again); /* from what is kept */
    assert_memory_equal(p, again, sizeof p);
}

/* A wrong label does not reach the model that judges it, and what was kept of other data is not
 * taken for this. */
static void a_rows_own_label_has_no_say(void **state)
{
    World *w = *state;
    float p[ROWS * FACTOR_COUNT], q[ROWS * FACTOR_COUNT];
    cross(w, p);
    w->rows.row[0].labels.factor[FACTOR_HATE] = 0;
    w->in.data = digest_of(STR("other rows"));
    cross(w, q);
    assert_int_equal(files(w, ".pack"), 2 * FOLDS);
    assert_true(p[FACTOR_HATE] == q[FACTOR_HATE]);
    assert_true(p[FACTOR_COUNT + FACTOR_HATE] != q[FACTOR_COUNT + FACTOR_HATE]); /* its twin */
}

static void an_empty_fold_is_refused(void **state)
{
    World *w = *state;
    float p[ROWS * FACTOR_COUNT];
    Err err = {0};
    memset(w->fold, 0, sizeof w->fold);
    assert_false(crossfit(w->arena, &w->in, p, &err));
    assert_int_equal(err.code, ERR_INPUT); /* fold 1 has nothing to learn from */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folds_keep_twins_together_and_are_about_equal),
        cmocka_unit_test(texts_without_a_cluster_go_by_their_digest),
        cmocka_unit_test_setup_teardown(each_row_is_read_by_a_model_that_learned_from_its_twin,
                                        with_world, without_world),
        cmocka_unit_test_setup_teardown(a_rows_own_label_has_no_say, with_world, without_world),
        cmocka_unit_test_setup_teardown(an_empty_fold_is_refused, with_world, without_world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
