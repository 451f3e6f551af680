/* The search against sums by hand, and against errors that were planted in made-up scores. */
#include "label/suspects.h"

#include "test.h"

enum { MANY = 4000 };

static int with_room(void **state)
{
    *state = arena_open((size_t)64 << 20);
    return 0;
}

typedef struct Toy {
    Rows rows;
    uint32_t *row;
    float *p;
    SuspectInput in;
} Toy;

static Toy toy(Arena *a, size_t n)
{
    Toy t = {
        .rows = {arena_array(a, Row, n), n},
        .row = arena_array(a, uint32_t, n),
        .p = arena_array(a, float, n *FACTOR_COUNT)
    };
    for (size_t i = 0; i < n; i++) {
        Row *r = &t.rows.row[i];
        *r = (Row){.source = STR("s"), .split = SPLIT_TRAIN};
        r->digest.byte[0] = (uint8_t)i, r->digest.byte[1] = (uint8_t)(i >> 8);
        labels_unknown(&r->labels);
        t.row[i] = (uint32_t)i;
    }
    return t;
}

static SuspectReport find(Arena *a, Toy *t)
{
    SuspectReport r;
    t->in = (SuspectInput){.row = t->row,
                           .count = t->rows.count,
                           .probability = t->p,
                           .factors = (1u << FACTOR_COUNT) - 1};
    t->in.rows = &t->rows;
    suspects_find(a, &t->in, &r);
    return r;
}

static void put(Toy *t, size_t i, Factor f, double label, double p)
{
    t->rows.row[i].labels.factor[f] = (float)label;
    t->p[i * FACTOR_COUNT + (size_t)f] = (float)p;
}

static const SuspectFigure *figure_of(const SuspectReport *r, const char *source, Factor f)
{
    for (size_t i = 0; i < r->figures; i++)
        if (str_eq(r->figure[i].source, str_of(source)) && r->figure[i].factor == f)
            return &r->figure[i];
    fail_msg("no figure of %s", source);
    return NULL;
}

/* Said 0: p .1 .1 .2 .9, so the threshold of 0 is (.9 + .9 + .8 + .1) / 4 = .675; said 1: p .9
 * .8 .7 .2, so that of 1 is .65.  Confident of the said 0: 0 0 0 1; of the said 1: 1 1 1 0.
 * Joint 3 1 / 1 3: a quarter is wrong on either side. */
static void the_joint_of_eight_rows_is_the_one_by_hand(void **state)
{
    static const double p[] = {.1, .1, .2, .9, .9, .8, .7, .2};
    Arena *a = *state;
    Toy t = toy(a, 8);
    for (size_t i = 0; i < 8; i++)
        put(&t, i, FACTOR_HATE, i < 4 ? 0 : 1, p[i]);
    SuspectReport r = find(a, &t);
    assert_int_equal(r.count, 2);
    assert_int_equal(r.row[0], 3); /* margin .9 - .1 */
    assert_int_equal(r.row[1], 7); /* margin .8 - .2 */
    assert_float_equal(r.suspect[0].margin, .8, 1e-6);
    assert_float_equal(r.suspect[1].margin, .6, 1e-6);
    assert_int_equal(r.suspect[0].proposal, SUSPECT_RELABEL); /* .9 > (1 + .65) / 2 */
    assert_int_equal(r.suspect[1].proposal, SUSPECT_DROP);    /* .8 < (1 + .675) / 2 */
    const SuspectFigure *all = figure_of(&r, "", FACTOR_HATE);
    assert_int_equal(all->known, 8);
    assert_int_equal(all->suspects, 2);
    assert_int_equal(all->relabel, 1);
    assert_float_equal(all->noise, .25, 1e-9);
    /* Wilson of 1 in 4 is [.0456, .6994]; each side counts a half. */
    assert_float_equal((float)all->low, .25f - sqrtf(.5f) * .2044f, 1e-3);
    assert_float_equal((float)all->high, .25f + sqrtf(.5f) * .4494f, 1e-3);
}

static void what_is_unsure_or_unknown_is_not_searched(void **state)
{
    Arena *a = *state;
    Toy t = toy(a, 6);
    put(&t, 0, FACTOR_HATE, 0, .1);
    put(&t, 1, FACTOR_HATE, 1, .9);
    put(&t, 2, FACTOR_HATE, .5, .99);
    put(&t, 3, FACTOR_HATE, .2, .99);
    put(&t, 4, FACTOR_HATE, NAN, .99);
    put(&t, 5, FACTOR_INSULT, 0, .99); /* nobody says 1: there is no threshold */
    SuspectReport r = find(a, &t);
    assert_int_equal(r.count, 0);
    assert_int_equal(figure_of(&r, "", FACTOR_HATE)->known, 2);
}

/* A rare factor: the mean of its yes is .1, and .3 is above it yet no reason to doubt a 0. */
static void a_tiny_threshold_accuses_nobody_by_itself(void **state)
{
    Arena *a = *state;
    Toy t = toy(a, 40);
    for (size_t i = 0; i < 38; i++)
        put(&t, i, FACTOR_GORE, 0, i ? .01 : .3);
    put(&t, 38, FACTOR_GORE, 1, .1);
    put(&t, 39, FACTOR_GORE, 1, .1);
    SuspectReport r = find(a, &t);
    assert_int_equal(r.count, 0);
    assert_true(figure_of(&r, "", FACTOR_GORE)->noise == 0);
}

static void a_source_with_enough_of_both_has_thresholds_of_its_own(void **state)
{
    Arena *a = *state;
    enum { EACH = SUSPECT_CLASS_LEAST, N = 4 * EACH + 1 };
    Toy t = toy(a, N);
    for (size_t i = 0; i < 4 * EACH; i++) { /* one source has low scores, the other high ones */
        bool high = i >= 2 * EACH, yes = i % 2;
        t.rows.row[i].source = high ? STR("high") : STR("low");
        put(&t, i, FACTOR_HATE, yes, (high ? .39 : 0) + (yes ? .6 : .1));
    }
    t.rows.row[N - 1].source = STR("low"); /* .62 is much for the low, and little for both */
    put(&t, N - 1, FACTOR_HATE, 0, .62);
    SuspectReport r = find(a, &t);
    assert_int_equal(r.count, 1);
    assert_int_equal(r.row[0], N - 1);
}

static void planted_errors_are_found_again(void **state)
{
    Arena *a = *state;
    uint64_t seed = 11;
    Toy t = toy(a, MANY);
    bool *planted = arena_array(a, bool, MANY *FACTOR_COUNT);
    for (size_t i = 0; i < MANY; i++) {
        bool yes = random_u64(&seed) % 4 == 0;
        double z = (yes ? 2.5 : -2.5); /* a good model: logits spread by 1 or so */
        for (int k = 0; k < 12; k++)
            z += (double)(random_u64(&seed) >> 11) * 0x1p-53 - 0.5;
        put(&t, i, FACTOR_HATE, yes ? 1 : 0.03, 1 / (1 + exp(-z)));
    }
    size_t n = suspects_plant(&t.rows, t.row, MANY, 1u << FACTOR_HATE, 0.05, 5, planted);
    assert_in_range(n, MANY / 20 - 45, MANY / 20 + 45); /* three deviations */
    SuspectReport r = find(a, &t);
    PlantedFigure m, all, none;
    suspects_measure(&t.in, &r, planted, FACTOR_HATE, &m);
    suspects_measure(&t.in, &r, planted, FACTOR_COUNT, &all);
    suspects_measure(&t.in, &r, planted, FACTOR_SPAM, &none);
    assert_int_equal(m.planted, n);
    assert_int_equal(m.labels, MANY);
    assert_int_equal(m.suspects, r.count);
    assert_memory_equal(&m, &all, sizeof m);
    assert_int_equal(none.labels + none.planted + none.suspects, 0);
    assert_true((double)m.found >= .7 * (double)n);
    assert_true((double)m.found >= .5 * (double)m.suspects);
    assert_true(m.listed <= (n * 14 + 5) / 10 && m.listed_found <= m.found);
    for (size_t k = 1; k < r.count; k++)
        assert_true(r.suspect[k - 1].margin >= r.suspect[k].margin);
    const SuspectFigure *f = figure_of(&r, "s", FACTOR_HATE);
    assert_true(f->low < .06 && f->high > .045);
}

static void planting_turns_hard_labels_round_and_follows_from_the_seed(void **state)
{
    Arena *a = *state;
    Toy one = toy(a, 200), two = toy(a, 200);
    bool *x = arena_array(a, bool, 200 * FACTOR_COUNT),
         *y = arena_array(a, bool, 200 * FACTOR_COUNT);
    for (size_t i = 0; i < 200; i++) {
        put(&one, i, FACTOR_HATE, i % 2 ? 1 : .03, 0);
        put(&two, i, FACTOR_HATE, i % 2 ? 1 : .03, 0);
        put(&one, i, FACTOR_SPAM, .5, 0);
    }
    size_t n = suspects_plant(&one.rows, one.row, 200, UINT32_MAX, .3, 1, x);
    assert_int_equal(suspects_plant(&two.rows, two.row, 200, UINT32_MAX, .3, 1, y), n);
    assert_memory_equal(x, y, 200 * FACTOR_COUNT * sizeof *x);
    for (size_t i = 0; i < 200; i++) {
        float was = i % 2 ? 1 : .03f, is = one.rows.row[i].labels.factor[FACTOR_HATE];
        assert_true(is == (x[i * FACTOR_COUNT + FACTOR_HATE] ? 1 - was : was));
        assert_true(one.rows.row[i].labels.factor[FACTOR_SPAM] == .5f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_joint_of_eight_rows_is_the_one_by_hand, with_room,
                                        without_arena),
        cmocka_unit_test_setup_teardown(what_is_unsure_or_unknown_is_not_searched, with_room,
                                        without_arena),
        cmocka_unit_test_setup_teardown(a_tiny_threshold_accuses_nobody_by_itself, with_room,
                                        without_arena),
        cmocka_unit_test_setup_teardown(a_source_with_enough_of_both_has_thresholds_of_its_own,
                                        with_room, without_arena),
        cmocka_unit_test_setup_teardown(planted_errors_are_found_again, with_room,
                                        without_arena),
        cmocka_unit_test_setup_teardown(
            planting_turns_hard_labels_round_and_follows_from_the_seed, with_room,
            without_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
