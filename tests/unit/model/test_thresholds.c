#include "test.h"

#include "model/metrics.h"
#include "model/thresholds.h"

#include <math.h>

enum { N = 2000 };

/* Two categories live, the rest always 0: benign rows score low with a tail, positives of
 * category 0 high. */
typedef struct World {
    double score[CATEGORY_COUNT][N];
    float label[CATEGORY_COUNT][N];
    bool benign[N];
    CalibrationRows rows;
    Calibration calibration;
} World;

static void world(World *w, double tail)
{
    uint64_t seed = 21;
    *w = (World){.rows.count = N, .rows.benign = w->benign};
    calibration_none(&w->calibration);
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        w->rows.score[c] = w->score[c];
        w->rows.label[c] = w->label[c];
        w->calibration.map[c].kind = CALIBRATION_BETA;
    }
    for (int i = 0; i < N; i++) {
        bool yes = i % 10 == 0;
        double u = (double)(random_u64(&seed) % 10000) / 10000;
        w->benign[i] = !yes;
        w->label[0][i] = yes;
        w->label[1][i] = NAN;
        w->score[0][i] = yes ? .4 + .6 * u : u < 1 - tail ? .3 * u : u;
        w->score[1][i] = .9 * u;
    }
}

static double flagged(const World *w, int c)
{
    int n = 0, of = 0;
    for (int i = 0; i < N; i++) {
        of += w->benign[i];
        n += w->benign[i] && w->score[c][i] >= w->calibration.map[c].threshold;
    }
    return (double)n / of;
}

static void without_tails_the_best_f1_decides(void **state)
{
    static World w;
    ThresholdNote note[CATEGORY_COUNT];
    world(&w, 0);
    thresholds_choose(*state, &w.rows, .005, &w.calibration, note);
    Ranked r;
    ranked_new(*state, w.score[0], w.label[0], N, &r);
    assert_true(w.calibration.map[0].threshold == metric_best_f1(&r, NULL));
    assert_true(note[0].f1 == 1);
    assert_true(note[0].benign_flagged == 0);
    assert_true(note[0].upper > 0 && note[0].upper < .002); /* 3 of 1,800: rule of three */
}

static void the_bound_on_benign_rows_wins(void **state)
{
    static World w;
    ThresholdNote note[CATEGORY_COUNT];
    world(&w, .1);
    thresholds_choose(*state, &w.rows, .005, &w.calibration, note);
    assert_true(flagged(&w, 0) <= .005);
    assert_true(flagged(&w, 1) <= .005);
    assert_true(note[0].benign_flagged == flagged(&w, 0));
    assert_true(note[0].upper > note[0].benign_flagged);
}

static void all_categories_together_stay_under_twice_the_bound(void **state)
{
    static World w;
    ThresholdNote note[CATEGORY_COUNT];
    uint64_t seed = 8;
    world(&w, .1);
    for (int c = 1; c < CATEGORY_COUNT; c++) /* each flags other rows */
        for (int i = 0; i < N; i++)
            w.score[c][i] = (double)(random_u64(&seed) % 100000) / 100000;
    thresholds_choose(*state, &w.rows, .005, &w.calibration, note);
    int any = 0, benign = 0;
    for (int i = 0; i < N; i++) {
        bool hit = false;
        for (int c = 0; c < CATEGORY_COUNT; c++)
            hit = hit || w.score[c][i] >= w.calibration.map[c].threshold;
        benign += w.benign[i];
        any += w.benign[i] && hit;
    }
    assert_true(any <= .01 * benign);
}

static void a_fixed_map_never_flags_below_a_half(void **state)
{
    static World w;
    ThresholdNote note[CATEGORY_COUNT];
    world(&w, 0);
    w.calibration.map[0].kind = CALIBRATION_FIXED;
    for (int i = 0; i < N; i++)
        w.score[0][i] /= 4;
    thresholds_choose(*state, &w.rows, .005, &w.calibration, note);
    assert_true(w.calibration.map[0].threshold == .5);
}

static void a_split_without_benign_rows_still_gives_thresholds(void **state)
{
    static World w;
    ThresholdNote note[CATEGORY_COUNT];
    world(&w, 0);
    memset(w.benign, 0, sizeof w.benign);
    thresholds_choose(*state, &w.rows, .005, &w.calibration, note);
    for (int c = 0; c < CATEGORY_COUNT; c++)
        assert_true(w.calibration.map[c].threshold > 0 && w.calibration.map[c].threshold <= 1);
    assert_true(isnan(note[0].benign_flagged) && note[0].upper == 1);
}

static void the_bound_agrees_with_the_published_interval(void **state)
{
    (void)state;
    /* scipy.stats.beta.ppf(.95, k + 1, n - k) */
    static const struct {
        size_t k, n;
        double upper;
    } cases[] = {
        {0, 100,  0.02951304960703993 },
        {5, 1000, 0.010484076911415651},
        {1, 10,   0.39416330243650466 }
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_true(fabs(clopper_pearson_upper(cases[i].k, cases[i].n, .95) - cases[i].upper) <
                    1e-9);
    assert_true(clopper_pearson_upper(3, 3, .95) == 1);
    assert_true(clopper_pearson_upper(0, 0, .95) == 1);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_arena, without_arena)
    const struct CMUnitTest tests[] = {
        T(without_tails_the_best_f1_decides),
        T(the_bound_on_benign_rows_wins),
        T(all_categories_together_stay_under_twice_the_bound),
        T(a_fixed_map_never_flags_below_a_half),
        T(a_split_without_benign_rows_still_gives_thresholds),
        T(the_bound_agrees_with_the_published_interval),
    };
    return cmocka_run_group_tests_name("model/thresholds", tests, NULL, NULL);
}
