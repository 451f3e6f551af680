/* Golden values: worked by hand for the small cases; for the set of 24 by scikit-learn
 * 1.2.1 (average_precision_score, roc_auc_score, brier_score_loss, with sample_weight
 * for the resample). */
#include "test.h"

#include "model/metrics.h"

#include <math.h>

enum { N = 24 };

static void golden_set(double *score, float *label)
{
    for (int i = 0; i < N; i++) {
        score[i] = (double)((i * 37) % 20) / 20;
        label[i] = (i * i * 7 + i * 3) % 11 < 4 ? 1 : 0;
    }
}

static void assert_near(double got, double want)
{
    if (!(fabs(got - want) < 1e-12))
        fail_msg("%.17g, wanted %.17g", got, want);
}

static void ranking_metrics_agree_with_an_independent_tool(void **state)
{
    double score[N];
    float label[N];
    Ranked r;
    golden_set(score, label);
    ranked_new(*state, score, label, N, &r);
    assert_int_equal(r.positives, 13);
    assert_near(metric_auprc(&r, NULL), 0.5479889391654097);
    assert_near(metric_auroc(&r, NULL), 0.4055944055944056);
    assert_near(metric_brier(&r), 0.3870833333333334);
    assert_near(metric_recall_at_fpr(&r, .2), 1. / 13);
    AtThreshold t;
    metric_at(&r, .5, &t);
    assert_int_equal(t.true_positive, 6);
    assert_int_equal(t.false_positive, 7);
    assert_int_equal(t.true_negative, 4);
    assert_near(t.f1, 6. / 13);
    metric_at(&r, .3, &t);
    assert_near(t.precision, 9. / 17);
    assert_near(t.recall, 9. / 13);
    assert_near(t.f1, .6);
    assert_near(t.fpr, 8. / 11);
    double f1;
    assert_near(metric_best_f1(&r, &f1), 0);
    assert_near(f1, 26. / 37);
}

static void a_resample_counts_rows_as_often_as_drawn(void **state)
{
    /* The tool weighted row i by 5i mod 4; here that many copies of each are ranked. */
    double score[N], many[4 * N];
    float label[N], many_label[4 * N];
    size_t n = 0;
    golden_set(score, label);
    for (int i = 0; i < N; i++)
        for (int k = 0; k < (i * 5) % 4; k++, n++) {
            many[n] = score[i];
            many_label[n] = label[i];
        }
    Ranked r;
    ranked_new(*state, many, many_label, n, &r);
    assert_near(metric_auprc(&r, NULL), 0.6731192604755823);
    assert_near(metric_auroc(&r, NULL), 0.6049382716049383);

    ranked_new(*state, score, label, N, &r);
    uint32_t once[N], twice[N];
    for (int i = 0; i < N; i++) {
        once[i] = 1;
        twice[i] = 2;
    }
    assert_near(metric_auprc(&r, once), metric_auprc(&r, NULL));
    assert_near(metric_auroc(&r, twice), metric_auroc(&r, NULL));
}

static void the_corners_worked_by_hand(void **state)
{
    static const struct {
        double score[4];
        float label[4];
        double auprc, auroc, ece;
    } cases[] = {
        {{.9, .8, .2, .1}, {1, 1, 0, 0},         1,                     1,   .15                     },
        {{.9, .8, .2, .1}, {0, 0, 1, 1},         (1. / 3 + 2. / 4) / 2, 0,   .85                     },
        {{.5, .5, .5, .5}, {1, 0, 0, 0},         .25,                   .5,  .25                     }, /* all tied: one step */
        {{.9, .8, .2, .1}, {1, NAN, 0, NAN},     1,                     1,   .15                     },
        {{.9, .8, .2, .1}, {0, 0, 0, 0},         NAN,                   NAN, .5                      },
        {{.9, .8, .2, .1}, {1, 1, 1, 1},         1,                     NAN, .5                      },
        {{.9, .8, .2, .1}, {NAN, NAN, NAN, NAN}, NAN,                   NAN, NAN                     },
        {{.9, .8, .2, .1}, {.5f, .49f, .2f, 0},  1,                     1,   (.4 + .31 + .0 + .1) / 4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Ranked r;
        ranked_new(*state, cases[i].score, cases[i].label, 4, &r);
        const double got[] = {metric_auprc(&r, NULL), metric_auroc(&r, NULL), metric_ece(&r)};
        const double want[] = {cases[i].auprc, cases[i].auroc, cases[i].ece};
        for (int k = 0; k < 3; k++)
            if (isnan(want[k]) ? !isnan(got[k]) : !(fabs(got[k] - want[k]) < 1e-6))
                fail_msg("case %zu, metric %d: %g, wanted %g", i, k, got[k], want[k]);
    }
}

static void nothing_depends_on_the_order_of_rows_or_a_monotone_change_of_scores(void **state)
{
    uint64_t seed = 3;
    for (int round = 0; round < 200; round++) {
        double score[40], bent[40];
        float label[40];
        size_t n = 1 + random_u64(&seed) % 40;
        for (size_t i = 0; i < n; i++) {
            score[i] = (double)(random_u64(&seed) % 8) / 8; /* many ties */
            label[i] = random_u64(&seed) % 5 == 0 ? NAN : (float)(random_u64(&seed) % 2);
        }
        Ranked r, s;
        ranked_new(*state, score, label, n, &r);
        for (size_t i = n; i-- > 1;) { /* another order */
            size_t j = random_u64(&seed) % (i + 1);
            double x = score[i];
            float y = label[i];
            score[i] = score[j], label[i] = label[j];
            score[j] = x, label[j] = y;
        }
        ranked_new(*state, score, label, n, &s);
        double ap = metric_auprc(&r, NULL), roc = metric_auroc(&r, NULL), ece = metric_ece(&r);
        assert_memory_equal(&ap, &(double){metric_auprc(&s, NULL)}, isnan(ap) ? 0 : sizeof ap);
        assert_memory_equal(&roc, &(double){metric_auroc(&s, NULL)},
                            isnan(roc) ? 0 : sizeof roc);
        assert_memory_equal(&ece, &(double){metric_ece(&s)}, isnan(ece) ? 0 : sizeof ece);
        for (size_t i = 0; i < n; i++)
            bent[i] = score[i] * score[i] * score[i] - 4;
        ranked_new(*state, bent, label, n, &s);
        assert_memory_equal(&ap, &(double){metric_auprc(&s, NULL)}, isnan(ap) ? 0 : sizeof ap);
        if (!isnan(ap))
            assert_true(0 < ap && ap <= 1);
        if (!isnan(roc))
            assert_true(0 <= roc && roc <= 1);
    }
}

static void intervals_hold_the_value_and_repeat_from_their_seed(void **state)
{
    double score[200];
    float label[200];
    uint64_t seed = 11;
    for (int i = 0; i < 200; i++) {
        label[i] = (float)(random_u64(&seed) % 2);
        score[i] = (double)(random_u64(&seed) % 1000) / 1000 + (label[i] > 0 ? .3 : 0);
    }
    Ranked r;
    ranked_new(*state, score, label, 200, &r);
    double ap = metric_auprc(&r, NULL);
    Interval x = metric_interval(*state, &r, metric_auprc, 1);
    Interval y = metric_interval(*state, &r, metric_auprc, 1);
    Interval z = metric_interval(*state, &r, metric_auprc, 2);
    assert_true(x.low < ap && ap < x.high);
    assert_true(x.low == y.low && x.high == y.high);
    assert_true(x.low != z.low);
    assert_true(x.high - x.low < .25);
    Ranked none;
    ranked_new(*state, score, label, 0, &none);
    assert_true(isnan(metric_interval(*state, &none, metric_auprc, 1).low));
}

static void recall_at_a_false_positive_rate_stops_before_the_step_that_breaks_it(void **state)
{
    /* 10 negatives; one sits above the third positive, two tie with the fourth. */
    const double score[] = {.9, .8, .7, .65, .5, .5, .5, .4, .3, .2, .1, .1, .1, .1};
    const float label[] = {1, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    Ranked r;
    ranked_new(*state, score, label, 14, &r);
    assert_near(metric_recall_at_fpr(&r, .01), .5);
    assert_near(metric_recall_at_fpr(&r, .1), .75);
    assert_near(metric_recall_at_fpr(&r, .29), .75);
    assert_near(metric_recall_at_fpr(&r, .3), 1);
}

static void accuracy_and_macro_f1_count_both_sides(void **state)
{
    /* 3 of 4 positives and 4 of 6 negatives right: F1 of them 6/9 and 8/11. */
    const double score[] = {.9, .8, .7, .1, .6, .6, .2, .2, .1, .1};
    const float label[] = {1, 1, 1, 1, 0, 0, 0, 0, 0, 0};
    Ranked r;
    AtThreshold t;
    ranked_new(*state, score, label, 10, &r);
    metric_at(&r, .5, &t);
    assert_near(t.accuracy, .7);
    assert_near(t.macro_f1, (6. / 9 + 8. / 11) / 2);
    /* At what catches 70 %: the third positive, above every negative; at all: 4 of 6. */
    assert_near(metric_fpr_at_recall(&r, .7), 0);
    assert_near(metric_fpr_at_recall(&r, 1), 1); /* tied with the last two */
    ranked_new(*state, score, label, 4, &r);
    metric_at(&r, .5, &t);
    assert_true(isnan(t.macro_f1));
    assert_true(isnan(metric_fpr_at_recall(&r, .7)));
}

static void the_logit_interval_follows_its_formula(void **state)
{
    (void)state;
    /* AUPRC .8 of 25 positives: logit 1.386294, reach 1.959964 / sqrt(25 * .16) = .979982. */
    Interval x = metric_auprc_logit(.8, 25);
    if (!(fabs(x.low - .600203) < 1e-6 && fabs(x.high - .914219) < 1e-6))
        fail_msg("%.6f to %.6f", x.low, x.high);
    Interval top = metric_auprc_logit(1, 3);
    assert_true(top.high == 1 && top.low < .9 && top.low > .1);
    assert_true(isnan(metric_auprc_logit(.5, 0).low));
    assert_true(isnan(metric_auprc_logit(NAN, 3).low));
}

static void a_curve_is_the_steps_of_the_ranking(void **state)
{
    const double score[] = {.9, .8, .8, .5, .4};
    const float label[] = {1, 1, 0, 0, 1};
    Ranked r;
    Curve c;
    ranked_new(*state, score, label, 5, &r);
    metric_curve(*state, &r, &c);
    const double recall[] = {1. / 3, 2. / 3, 2. / 3, 1}, precision[] = {1, 2. / 3, .5, .6};
    assert_int_equal(c.count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_near(c.recall[i], recall[i]);
        assert_near(c.precision[i], precision[i]);
    }
    assert_near(c.score[3], .4);
    ranked_new(*state, score, label, 0, &r);
    metric_curve(*state, &r, &c);
    assert_int_equal(c.count, 0);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_arena, without_arena)
    const struct CMUnitTest tests[] = {
        T(ranking_metrics_agree_with_an_independent_tool),
        T(a_resample_counts_rows_as_often_as_drawn),
        T(the_corners_worked_by_hand),
        T(nothing_depends_on_the_order_of_rows_or_a_monotone_change_of_scores),
        T(intervals_hold_the_value_and_repeat_from_their_seed),
        T(accuracy_and_macro_f1_count_both_sides),
        T(the_logit_interval_follows_its_formula),
        T(a_curve_is_the_steps_of_the_ranking),
        T(recall_at_a_false_positive_rate_stops_before_the_step_that_breaks_it),
    };
    return cmocka_run_group_tests_name("model/metrics", tests, NULL, NULL);
}
