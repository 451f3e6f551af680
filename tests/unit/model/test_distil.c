#include "test.h"

#include "model/distil.h"

#include <math.h>

enum { ROWS = 40 };

static int with_room(void **state)
{
    *state = arena_open((size_t)256 << 20);
    return 0;
}

/* Even rows hold the word "bramble", of which the teacher says hate. */
static Rows some_rows(Arena *a)
{
    Rows rows = {arena_array(a, Row, ROWS), ROWS};
    for (size_t i = 0; i < ROWS; i++) {
        Row *r = &rows.row[i];
        r->text = str_print(a, "row %zu speaks of %s", i, i % 2 ? "gardens" : "bramble");
        r->source = STR("s");
        r->language = STR("en");
        r->weight = 1;
        r->split = i < 2 ? SPLIT_TEST : SPLIT_TRAIN;
        labels_unknown(&r->labels);
    }
    return rows;
}

static void fast_logits(Arena *a, const float *w, const float *bias, Str text, float *out)
{
    Err err = {0};
    Folded folded;
    Ngrams x;
    assert_true(normalise(a, text, &folded, &err) &&
                ngrams_read(a, text, &folded, FAST_BUCKETS, &x, &err));
    SparseLinear layer = {.buckets = FAST_BUCKETS, .F = FACTOR_COUNT, .w = w};
    memcpy(out, bias, FACTOR_COUNT * sizeof *out);
    sparse_forward(&layer, fast_features(a, &x), x.count, out);
}

static void learn(Arena *a, const Rows *rows, const Plan *plan, float *w, float *bias)
{
    Err err = {0};
    uint32_t *row;
    size_t n;
    distil_pick(a, rows, plan, FAST_JOINED, &row, &n);
    float *logit = arena_array(a, float, n *FACTOR_COUNT);
    for (size_t i = 0; i < n; i++)
        for (int f = 0; f < FACTOR_COUNT; f++)
            logit[i * FACTOR_COUNT + (size_t)f] = f == FACTOR_HATE && row[i] % 2 == 0 ? 4 : -4;
    if (!distil(rows, row, n, logit, plan, NULL, w, bias, &err))
        fail_msg("%s", err.msg);
}

static void the_fast_tier_learns_what_the_encoder_says(void **state)
{
    Arena *a = *state;
    Rows rows = some_rows(a);
    Plan plan;
    plan_defaults(&plan);
    plan.fast_epochs = 20;
    float *w = arena_array(a, float, (size_t)FAST_BUCKETS *FACTOR_COUNT);
    float bias[FACTOR_COUNT] = {0}, yes[FACTOR_COUNT], no[FACTOR_COUNT];
    learn(a, &rows, &plan, w, bias);
    fast_logits(a, w, bias, STR("it speaks of bramble"), yes);
    fast_logits(a, w, bias, STR("it speaks of gardens"), no);
    assert_true(yes[FACTOR_HATE] > 1);
    assert_true(no[FACTOR_HATE] < -1);
    assert_true(yes[FACTOR_GORE] < -1);
}

static void a_language_that_the_encoder_does_not_read_is_learned_from_labels(void **state)
{
    Arena *a = *state;
    Rows rows = some_rows(a);
    for (size_t i = 0; i < ROWS; i++) {
        rows.row[i].language = STR("de");
        rows.row[i].labels.factor[FACTOR_HATE] = i % 2 ? 1.0f : 0.0f; /* against the teacher */
    }
    Plan plan;
    plan_defaults(&plan);
    plan.fast_epochs = 20;
    float *w = arena_array(a, float, (size_t)FAST_BUCKETS *FACTOR_COUNT);
    float bias[FACTOR_COUNT] = {0}, x[FACTOR_COUNT];
    learn(a, &rows, &plan, w, bias);
    fast_logits(a, w, bias, STR("it speaks of bramble"), x);
    assert_true(x[FACTOR_HATE] < -1);
    assert_true(x[FACTOR_GORE] == 0); /* nobody said anything of it */
}

static void only_the_training_split_teaches_and_no_more_than_the_plan_says(void **state)
{
    Arena *a = *state;
    Rows rows = some_rows(a);
    Plan plan;
    plan_defaults(&plan);
    uint32_t *row;
    size_t n;
    distil_pick(a, &rows, &plan, FAST_JOINED, &row, &n);
    assert_int_equal(n, ROWS - 2);
    for (size_t i = 0; i < n; i++)
        assert_true(row[i] >= 2);
    plan.fast_rows = 7;
    distil_pick(a, &rows, &plan, FAST_JOINED, &row, &n);
    assert_int_equal(n, 7);
}

static void each_table_is_taught_by_the_texts_that_it_will_judge(void **state)
{
    Arena *a = *state;
    Rows rows = some_rows(a);
    for (size_t i = 10; i < 14; i++) /* whatever the tag says */
        rows.row[i].text = str_print(a, "das ist die %zu. und ich habe nicht mehr", i);
    Plan plan;
    plan_defaults(&plan);
    plan.fast_rows = 3;
    uint32_t *row;
    size_t n;
    distil_pick(a, &rows, &plan, FAST_ALONE, &row, &n);
    assert_int_equal(n, 4); /* labels cost nothing */
    for (size_t i = 0; i < n; i++)
        assert_true(row[i] >= 10 && row[i] < 14);
    distil_pick(a, &rows, &plan, FAST_JOINED, &row, &n);
    assert_int_equal(n, 3);
    plan.fast_rows = 1000;
    distil_pick(a, &rows, &plan, FAST_JOINED, &row, &n);
    assert_int_equal(n, ROWS - 2 - 4);
    distil_pick(a, &rows, &plan, FAST_TABLES, &row, &n);
    assert_int_equal(n, ROWS - 2);
}

static void a_factor_with_few_labels_is_not_learned_alone(void **state)
{
    Arena *a = *state;
    enum { MANY = 600 };
    Rows rows = {arena_array(a, Row, MANY), MANY};
    uint32_t row[MANY];
    for (uint32_t i = 0; i < MANY; i++) {
        float *label = rows.row[i].labels.factor;
        labels_unknown(&rows.row[i].labels);
        row[i] = i;
        label[FACTOR_HATE] = i < 60;   /* enough */
        label[FACTOR_INSULT] = i < 40; /* too few that say yes */
        if (i < 400)
            label[FACTOR_THREAT] = i < 100; /* too few that are known */
    }
    bool alone[FACTOR_COUNT];
    distil_learnable(&rows, row, MANY, alone);
    for (int f = 0; f < FACTOR_COUNT; f++)
        assert_int_equal(alone[f], f == FACTOR_HATE);
}

static void the_same_seed_gives_the_same_weights(void **state)
{
    Arena *a = *state;
    Rows rows = some_rows(a);
    Plan plan;
    plan_defaults(&plan);
    size_t size = (size_t)FAST_BUCKETS * FACTOR_COUNT;
    float *x = arena_array(a, float, size), *y = arena_array(a, float, size);
    float bx[FACTOR_COUNT] = {0}, by[FACTOR_COUNT] = {0};
    learn(a, &rows, &plan, x, bx);
    learn(a, &rows, &plan, y, by);
    assert_memory_equal(x, y, size * sizeof *x);
    assert_memory_equal(bx, by, sizeof bx);
}

/* Half of the rows speak ill of one group and half well of others: whom the text names then
 * tells the answer, unless the groups are swapped. */
static double lead_of_the_group_spoken_ill_of(Arena *a, double swap)
{
    static const char *const others[] = {"Sikhs", "refugees", "women", "Mexicans"};
    Rows rows = some_rows(a);
    for (size_t i = 0; i < ROWS; i++)
        rows.row[i].text =
            str_print(a, "row %zu: %s sing", i, i % 2 ? others[i / 2 % 4] : "Hindus");
    Plan plan;
    plan_defaults(&plan);
    plan.fast_epochs = 20;
    plan.fast_identity_swap = swap;
    float *w = arena_array(a, float, (size_t)FAST_BUCKETS *FACTOR_COUNT);
    float bias[FACTOR_COUNT] = {0}, ill[FACTOR_COUNT], well[FACTOR_COUNT];
    learn(a, &rows, &plan, w, bias);
    fast_logits(a, w, bias, STR("Hindus sing"), ill);
    fast_logits(a, w, bias, STR("Sikhs sing"), well);
    return (double)ill[FACTOR_HATE] - (double)well[FACTOR_HATE];
}

static void which_group_is_named_tells_nothing_when_groups_are_swapped(void **state)
{
    double told = lead_of_the_group_spoken_ill_of(*state, 0);
    double swapped = lead_of_the_group_spoken_ill_of(*state, 1);
    if (!(told > 2 && fabs(swapped) < told / 4))
        fail_msg("%g without swaps, %g with", told, swapped);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_fast_tier_learns_what_the_encoder_says, with_room,
                                        without_arena),
        cmocka_unit_test_setup_teardown(
            a_language_that_the_encoder_does_not_read_is_learned_from_labels, with_room,
            without_arena),
        cmocka_unit_test_setup_teardown(
            only_the_training_split_teaches_and_no_more_than_the_plan_says, with_room,
            without_arena),
        cmocka_unit_test_setup_teardown(
            which_group_is_named_tells_nothing_when_groups_are_swapped, with_room,
            without_arena),
        cmocka_unit_test_setup_teardown(each_table_is_taught_by_the_texts_that_it_will_judge,
                                        with_room, without_arena),
        cmocka_unit_test_setup_teardown(a_factor_with_few_labels_is_not_learned_alone,
                                        with_room, without_arena),
        cmocka_unit_test_setup_teardown(the_same_seed_gives_the_same_weights, with_room,
                                        without_arena),
    };
    return cmocka_run_group_tests_name("model/distil", tests, NULL, NULL);
}
