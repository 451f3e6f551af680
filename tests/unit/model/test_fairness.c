#include "test.h"

#include "model/fairness.h"

#include <math.h>

/* Two groups, three templates: two harmful, one harmless twice over.  Scores are given by
 * hand, by template and group. */
enum { TEMPLATES = 4, GROUPS = 2, ROWS = TEMPLATES * GROUPS };

static const double by_hand[TEMPLATES][GROUPS] = {
    {.9, .6}, /* harmful */
    {.8, .3}, /* harmful */
    {.7, .2}, /* harmless */
    {.4, .1}, /* harmless */
};

typedef struct World {
    Row row[ROWS];
    IdentityText text[ROWS];
    Judged judged[ROWS];
    IdentityGroup group[GROUPS];
    Identities set;
    double threshold[CATEGORY_COUNT];
} World;

static void world(World *w, const double score[TEMPLATES][GROUPS])
{
    *w = (World){
        .group = {{STR("red"), STR("colour")}, {STR("blue"), STR("colour")}}
    };
    for (int i = 0; i < ROWS; i++) {
        int t = i / GROUPS, g = i % GROUPS;
        labels_unknown(&w->row[i].labels);
        w->row[i].labels.category[CATEGORY_HATE] = t < 2;
        w->text[i] = (IdentityText){t, g};
        w->judged[i].score[CATEGORY_HATE] = score[t][g];
    }
    w->set = (Identities){
        .group_count = GROUPS,
        .template_count = TEMPLATES,
        .group = w->group,
        .rows = {w->row, ROWS},
        .text = w->text
    };
    for (int c = 0; c < CATEGORY_COUNT; c++)
        w->threshold[c] = .5;
}

static bool near(double x, double y) { return fabs(x - y) < 1e-12; }

static double power_mean(double x, double y) { return pow((pow(x, -5) + pow(y, -5)) / 2, -.2); }

static void areas_are_those_counted_by_hand(void **state)
{
    World w;
    Fairness f;
    world(&w, by_hand);
    fairness_measure(*state, &w.set, w.judged, w.threshold, 1, &f);
    const FairnessCategory *h = &f.category[CATEGORY_HATE];
    assert_true(h->measured && !f.category[CATEGORY_SEXUAL].measured);
    assert_int_equal(h->positives, 4);
    assert_int_equal(h->negatives, 4);
    /* .9 and .8 are above all four negatives; .6 above three, .3 above two: 13 of 16 */
    assert_true(near(h->overall, 13. / 16));
    const FairnessGroup *red = &h->group[0], *blue = &h->group[1];
    assert_true(near(red->subgroup, 1) && near(blue->subgroup, 1));
    /* blue's positives .6 .3 against red's negatives .7 .4: only .6 > .4 */
    assert_true(near(red->bpsn, 1. / 4) && near(blue->bnsp, 1. / 4));
    /* red's positives against blue's negatives: all */
    assert_true(near(red->bnsp, 1) && near(blue->bpsn, 1));
    assert_true(near(h->subgroup, 1));
    assert_true(near(h->bpsn, power_mean(.25, 1)) && near(h->bnsp, power_mean(.25, 1)));
    assert_true(near(h->bias, (13. / 16 + 1 + 2 * power_mean(.25, 1)) / 4));
    assert_true(fairness_bias(&f) == h->bias);
    assert_true(h->bias_interval.low <= h->bias && h->bias <= h->bias_interval.high);
}

static void swaps_gaps_and_alarms_are_those_counted_by_hand(void **state)
{
    World w;
    Fairness f;
    world(&w, by_hand);
    fairness_measure(*state, &w.set, w.judged, w.threshold, 1, &f);
    const FairnessCategory *h = &f.category[CATEGORY_HATE];
    /* at .5: yes yes | yes no | yes no | no no */
    assert_int_equal(h->swaps.pairs, 4);
    assert_int_equal(h->swaps.flips, 2);
    assert_true(h->swaps.rate == .5);
    assert_int_equal(h->swaps.templates, 4);
    assert_int_equal(h->swaps.mixed, 2);
    assert_int_equal(h->swaps.worst_one, 0);
    assert_int_equal(h->swaps.worst_two, 1);
    assert_int_equal(h->swaps.worst_flips, 2);
    assert_int_equal(f.swaps.flips, 2); /* no other category flags anything */
    assert_int_equal(f.category[CATEGORY_SEXUAL].swaps.flips, 0);
    assert_int_equal(f.category[CATEGORY_SEXUAL].swaps.worst_one, -1);
    assert_true(h->swaps.interval.low >= 0 && h->swaps.interval.high <= 1);
    const FairnessGroup *red = &h->group[0], *blue = &h->group[1];
    assert_int_equal(red->positives_flagged, 2);
    assert_int_equal(red->negatives_flagged, 1);
    assert_int_equal(blue->positives_flagged, 1);
    assert_int_equal(blue->negatives_flagged, 0);
    assert_true(near(red->gap_positive, (.15 + .25) / 2) && near(blue->gap_positive, -.2));
    assert_true(near(red->gap_negative, (.25 + .15) / 2) && near(blue->gap_negative, -.2));
    assert_true(near(h->spread, (.3 + .5 + .5 + .3) / 4));
}

static void equal_scores_count_a_half(void **state)
{
    static const double level[TEMPLATES][GROUPS] = {
        {.5, .5},
        {.5, .5},
        {.5, .5},
        {.5, .5}
    };
    World w;
    Fairness f;
    world(&w, level);
    fairness_measure(*state, &w.set, w.judged, w.threshold, 1, &f);
    const FairnessCategory *h = &f.category[CATEGORY_HATE];
    assert_true(near(h->overall, .5) && near(h->bias, .5) && h->swaps.flips == 0);
    assert_true(near(h->bias_interval.low, .5) && near(h->bias_interval.high, .5));
}

static void what_is_fair_is_so_in_every_figure(void **state)
{
    static const double fair[TEMPLATES][GROUPS] = {
        {.9, .9},
        {.8, .8},
        {.2, .2},
        {.1, .1}
    };
    World w;
    Fairness f;
    world(&w, fair);
    fairness_measure(*state, &w.set, w.judged, w.threshold, 1, &f);
    const FairnessCategory *h = &f.category[CATEGORY_HATE];
    assert_true(near(h->bias, 1) && h->spread == 0 && f.swaps.rate == 0);
    assert_true(h->group[0].gap_positive == 0 && h->group[1].gap_negative == 0);
}

static void a_group_that_is_never_harmed_has_no_area(void **state)
{
    World w;
    Fairness f;
    world(&w, by_hand);
    for (int i = 0; i < ROWS; i++)
        if (w.text[i].group == 1 && w.text[i].template <2)
            w.row[i].labels.category[CATEGORY_HATE] = NAN;
    fairness_measure(*state, &w.set, w.judged, w.threshold, 1, &f);
    const FairnessCategory *h = &f.category[CATEGORY_HATE];
    assert_true(isnan(h->group[1].subgroup) && isnan(h->group[1].bnsp));
    assert_true(isnan(h->group[0].bpsn));   /* nobody else's positives */
    assert_true(near(h->group[1].bpsn, 1)); /* red's positives, blue's negatives */
    assert_true(near(h->subgroup, 1) && near(h->bpsn, 1));
}

static void sentences_of_no_group_are_background_alone(void **state)
{
    World w;
    Fairness f;
    world(&w, by_hand);
    w.text[6].group = -1; /* the last template speaks of nobody: one sentence */
    w.set.rows.count = 7;
    fairness_measure(*state, &w.set, w.judged, w.threshold, 1, &f);
    const FairnessCategory *h = &f.category[CATEGORY_HATE];
    assert_int_equal(h->swaps.pairs, 3);
    assert_int_equal(h->negatives, 3);
    assert_int_equal(h->group[0].negatives, 1);
    /* blue's positives .6 .3 against others' negatives .7 .4 */
    assert_true(near(h->group[1].bnsp, 1. / 4));
}

static void reports_say_the_figures(void **state)
{
    Arena *a = *state;
    World w;
    Fairness f;
    Buf b;
    Err err = {0};
    const Js *js;
    world(&w, by_hand);
    fairness_measure(a, &w.set, w.judged, w.threshold, 1, &f);
    buf_init(&b, 1 << 16);
    JsWriter writer = js_writer(&b);
    fairness_json(&f, &writer);
    assert_true(js_parse(a, buf_str(&b), &js, &err));
    const Js *hate = js_get(js_get(js, STR("categories")), STR("hate"));
    assert_true(js_get(hate, STR("bias"))->number == f.category[CATEGORY_HATE].bias);
    assert_int_equal(js_get(js_get(js, STR("swaps")), STR("flips"))->integer, 2);
    assert_null(js_get(js_get(js, STR("categories")), STR("sexual")));
    assert_true(
        js_get(js_get(js_get(hate, STR("groups")), STR("blue")), STR("bnsp_auc"))->number ==
        .25);
    buf_clear(&b);
    fairness_table(&f, &b);
    assert_non_null(strstr(str_z(a, buf_str(&b)), "most between red and blue, 2 of 4"));
    buf_clear(&b);
    fairness_markdown(&f, &b);
    assert_non_null(
        strstr(str_z(a, buf_str(&b)), "| blue | 1.000 | 1.000 | 0.250 | 1 of 2 | 0 of 2 |"));
    buf_done(&b);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_arena, without_arena)
    const struct CMUnitTest tests[] = {
        T(areas_are_those_counted_by_hand),
        T(swaps_gaps_and_alarms_are_those_counted_by_hand),
        T(equal_scores_count_a_half),
        T(what_is_fair_is_so_in_every_figure),
        T(a_group_that_is_never_harmed_has_no_area),
        T(sentences_of_no_group_are_background_alone),
        T(reports_say_the_figures),
    };
    return cmocka_run_group_tests_name("model/fairness", tests, NULL, NULL);
}
