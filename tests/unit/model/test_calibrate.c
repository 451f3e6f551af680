#include "test.h"

#include "model/calibrate.h"

#include <math.h>

/* Scores uniform on a grid, labels drawn with the probability that `truth` gives. */
static void draw(double (*truth)(double), size_t n, uint64_t seed, double *score, float *label)
{
    for (size_t i = 0; i < n; i++) {
        score[i] = ((double)i + .5) / (double)n;
        double u = (double)(random_u64(&seed) >> 11) / 9007199254740992.;
        label[i] = u < truth(score[i]) ? 1 : 0;
    }
}

static double sigmoid(double z) { return 1 / (1 + exp(-z)); }
static double logit(double s) { return log(s / (1 - s)); }
static double true_platt(double s) { return sigmoid(.5 * logit(s) - 1); }
static double true_beta(double s) { return sigmoid(2 * log(s) - .3 * log(1 - s) + 1); }
static double falling(double s) { return 1 - s; }
static double rare(double s) { return s > .99 ? .5 : 0; }

enum { N = 4000 };

static void fit(Arena *a, const double *score, const float *label, size_t n,
                CalibrationKind wanted, CalibrationMap *out)
{
    calibration_fit(a, &(CalibrationInput){score, label, NULL, n}, wanted, out);
}

static double worst_gap(const CalibrationMap *m, double (*truth)(double))
{
    double worst = 0;
    for (double s = .05; s < .96; s += .05)
        worst = fmax(worst, fabs(calibration_apply(m, s) - truth(s)));
    return worst;
}

static void a_fit_finds_the_map_that_made_the_labels(void **state)
{
    Arena *a = *state;
    double *score = arena_array(a, double, N);
    float *label = arena_array(a, float, N);
    CalibrationMap m;
    draw(true_beta, N, 1, score, label);
    fit(a, score, label, N, CALIBRATION_BETA, &m);
    assert_int_equal(m.kind, CALIBRATION_BETA);
    assert_true(worst_gap(&m, true_beta) < .04);
    draw(true_platt, N, 2, score, label);
    fit(a, score, label, N, CALIBRATION_BETA, &m);
    assert_true(worst_gap(&m, true_platt) < .04);
    fit(a, score, label, N, CALIBRATION_ISOTONIC, &m);
    assert_int_equal(m.kind, CALIBRATION_ISOTONIC);
    assert_true(worst_gap(&m, true_platt) < .12);
    fit(a, score, label, 100, CALIBRATION_BETA, &m); /* too few for beta */
    assert_int_equal(m.kind, m.positives < CALIBRATION_PLATT_FROM ? CALIBRATION_FIXED
                                                                  : CALIBRATION_PLATT);
}

static void the_kind_follows_from_the_number_of_known_positives(void **state)
{
    static const struct {
        size_t positives;
        CalibrationKind kind;
    } cases[] = {
        {0,   CALIBRATION_FIXED},
        {19,  CALIBRATION_FIXED},
        {20,  CALIBRATION_PLATT},
        {99,  CALIBRATION_PLATT},
        {100, CALIBRATION_BETA },
        {400, CALIBRATION_FIXED}
    };
    double score[400];
    float label[400];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t k = 0; k < 400; k++) {
            score[k] = (double)k / 400;
            label[k] = k >= 400 - cases[i].positives ? .7f : .2f; /* soft: rounded */
        }
        CalibrationMap m;
        fit(*state, score, label, 400, CALIBRATION_BETA, &m);
        assert_int_equal(m.kind, cases[i].kind);
        assert_int_equal(m.positives, cases[i].positives);
        assert_int_equal(m.negatives, 400 - cases[i].positives);
    }
}

static void unknown_labels_change_nothing(void **state)
{
    double score[600], known[300];
    float label[600], known_label[300];
    uint64_t seed = 5;
    for (int i = 0; i < 300; i++) {
        known[i] = score[2 * i] = (double)(random_u64(&seed) % 1000) / 1000;
        known_label[i] = label[2 * i] = random_u64(&seed) % 1000 < 1000 * known[i] ? 1 : 0;
        score[2 * i + 1] = .9;
        label[2 * i + 1] = NAN;
    }
    CalibrationMap x, y;
    fit(*state, score, label, 600, CALIBRATION_BETA, &x);
    fit(*state, known, known_label, 300, CALIBRATION_BETA, &y);
    assert_memory_equal(&x, &y, sizeof x);
}

static void every_map_is_monotone_and_a_probability(void **state)
{
    static double (*const truths[])(double) = {true_platt, true_beta, falling, rare};
    Arena *a = *state;
    for (size_t t = 0; t < sizeof truths / sizeof *truths; t++) {
        for (int wanted = CALIBRATION_BETA; wanted <= CALIBRATION_ISOTONIC; wanted++) {
            ArenaMark mark = arena_mark(a);
            double *score = arena_array(a, double, N);
            float *label = arena_array(a, float, N);
            CalibrationMap m;
            draw(truths[t], N, 9 + t, score, label);
            fit(a, score, label, N, (CalibrationKind)wanted, &m);
            double before = 0;
            for (double s = 0; s <= 1; s += 1. / 4096) {
                double p = calibration_apply(&m, s);
                assert_true(p >= before && p <= 1);
                before = p;
            }
            arena_rewind(a, mark);
        }
    }
}

static void soft_labels_are_what_is_aimed_at(void **state)
{
    Arena *a = *state;
    for (int wanted = CALIBRATION_BETA; wanted <= CALIBRATION_ISOTONIC; wanted++) {
        ArenaMark mark = arena_mark(a);
        double *score = arena_array(a, double, N);
        float *label = arena_array(a, float, N);
        for (size_t i = 0; i < N; i++) {
            score[i] = ((double)(i / 40) + .5) / (N / 40);
            label[i] = (float)true_platt(score[i]); /* shares of votes, not yes and no */
        }
        CalibrationMap m;
        fit(a, score, label, N, (CalibrationKind)wanted, &m);
        assert_int_equal(m.kind, wanted);
        assert_true(worst_gap(&m, true_platt) < .02);
        arena_rewind(a, mark);
    }
}

static void a_weight_counts_like_that_many_rows(void **state)
{
    enum { ROWS = 600 };
    Arena *a = *state;
    double score[ROWS], twice[2 * ROWS];
    float label[ROWS], twice_label[2 * ROWS], weight[ROWS];
    uint64_t seed = 4;
    size_t n = 0;
    for (size_t i = 0; i < ROWS; i++) {
        score[i] = (double)(random_u64(&seed) % 1000) / 1000;
        label[i] = random_u64(&seed) % 1000 < 1000 * score[i] ? 1 : 0;
        weight[i] = i % 3 ? 1 : 2;
        for (int k = 0; k < (int)weight[i]; k++, n++)
            twice[n] = score[i], twice_label[n] = label[i];
    }
    for (int wanted = CALIBRATION_BETA; wanted <= CALIBRATION_ISOTONIC; wanted++) {
        CalibrationMap x, y;
        calibration_fit(a, &(CalibrationInput){score, label, weight, ROWS},
                        (CalibrationKind)wanted, &x);
        fit(a, twice, twice_label, n, (CalibrationKind)wanted, &y);
        for (double s = 0; s <= 1; s += .01)
            assert_true(fabs(calibration_apply(&x, s) - calibration_apply(&y, s)) < 1e-6);
    }
}

static void an_isotonic_map_keeps_every_ranking(void **state)
{
    Arena *a = *state;
    double *score = arena_array(a, double, N);
    float *label = arena_array(a, float, N);
    CalibrationMap m;
    draw(falling, N, 3, score, label); /* one block for all */
    fit(a, score, label, N, CALIBRATION_ISOTONIC, &m);
    double before = -1;
    for (double s = 1e-6; s < 1; s += 1e-3) {
        double p = calibration_apply(&m, s);
        assert_true(p > before);
        before = p;
    }
}

static void separable_labels_give_a_finite_map(void **state)
{
    double score[400];
    float label[400];
    for (int i = 0; i < 400; i++) {
        score[i] = i < 200 ? 0 : 1; /* as certain as can be, and always right */
        label[i] = i < 200 ? 0 : 1;
    }
    CalibrationMap m;
    fit(*state, score, label, 400, CALIBRATION_BETA, &m);
    assert_true(isfinite(m.a) && isfinite(m.b) && isfinite(m.c));
    assert_true(calibration_apply(&m, 1) > .99 && calibration_apply(&m, 0) < .01);
}

static void an_uncalibrated_release_claims_less_than_its_score(void **state)
{
    (void)state;
    Calibration c;
    calibration_none(&c);
    for (double s = 0; s <= 1; s += .125)
        assert_true(calibration_apply(&c.map[CATEGORY_SEXUAL_MINORS], s) <= s + 1e-6);
    assert_true(c.map[CATEGORY_HATE].threshold == .5);
}

static ThresholdNote full_note(void)
{
    ThresholdNote n = {.rule = THRESHOLD_PRECISION, .confidence = .95, .f1 = .5};
    n.precision = (Promise){.8, .9, .81, 100, true};
    n.false_positives = (Promise){NAN, NAN, 1, 0, false};
    n.band_low = .25, n.band_high = .75;
    return n;
}

static void json_round_trips_to_the_bit(void **state)
{
    Arena *a = *state;
    Calibration c, back;
    calibration_none(&c);
    c.map[3] = (CalibrationMap){.kind = CALIBRATION_BETA,
                                .a = 1. / 3,
                                .b = .1,
                                .c = -2e-7,
                                .threshold = .7,
                                .positives = 5,
                                .negatives = 7};
    c.map[4] = (CalibrationMap){
        .kind = CALIBRATION_ISOTONIC,
        .knots = 2,
        .x = {-1. / 7, 3 },
        .y = {.1,      .1},
        .threshold = 1
    };
    c.map[4].anchors.count = 2;
    c.map[4].anchors.x[0] = -3, c.map[4].anchors.y[0] = -4;
    c.map[4].anchors.x[1] = 1. / 3, c.map[4].anchors.y[1] = 2;
    c.map[4].note = full_note();
    memset(c.like, 'a', 64);
    Buf b;
    Err err = {0};
    buf_init(&b, 1 << 20);
    JsWriter w = js_writer(&b);
    calibration_print(&c, &w);
    const Js *js;
    assert_true(js_parse(a, buf_str(&b), &js, &err));
    if (!calibration_read(js, &back, &err))
        fail_msg("%s", err.msg);
    for (int i = 0; i < CATEGORY_COUNT; i++)
        for (double s = 0; s <= 1; s += .01)
            assert_true(calibration_apply(&c.map[i], s) == calibration_apply(&back.map[i], s));
    assert_string_equal(back.like, c.like);
    assert_int_equal(back.map[3].note.rule, THRESHOLD_UNSTATED);
    const ThresholdNote *n = &back.map[4].note;
    assert_true(n->rule == THRESHOLD_PRECISION && n->confidence == .95 && n->f1 == .5);
    assert_true(n->precision.holds && n->precision.n == 100 && n->precision.limit == .81);
    assert_true(isnan(n->false_positives.bound) && !n->false_positives.holds);
    assert_true(n->band_low == .25 && n->band_high == .75);
    buf_done(&b);
}

static void what_is_stated_is_shown(void **state)
{
    Calibration c;
    Buf b;
    calibration_none(&c);
    c.map[CATEGORY_HATE].note = full_note();
    buf_init(&b, 1 << 16);
    calibration_table(&c, &b);
    const char *z = str_z(*state, buf_str(&b));
    assert_non_null(strstr(z, "not stated"));
    assert_non_null(strstr(z, "90.00 %, at least  81.00 of 100     +"));
    assert_non_null(strstr(z, "0.2500 to 0.7500"));
    buf_done(&b);
}

static void bad_json_is_refused(void **state)
{
    static const char *const maps[] = {
        "{}",
        "{\"kind\":\"magic\",\"a\":1,\"b\":1,\"c\":0,\"threshold\":0.5,\"positives\":0,"
        "\"negatives\":0,\"knots\":[]}",
        "{\"kind\":\"beta\",\"a\":-1,\"b\":1,\"c\":0,\"threshold\":0.5,\"positives\":0,"
        "\"negatives\":0,\"knots\":[]}",
        "{\"kind\":\"beta\",\"a\":1,\"b\":1e300,\"c\":0,\"threshold\":0.5,\"positives\":0,"
        "\"negatives\":0,\"knots\":[]}",
        "{\"kind\":\"beta\",\"a\":1,\"b\":1,\"c\":0,\"threshold\":0,\"positives\":0,"
        "\"negatives\":0,\"knots\":[]}",
        "{\"kind\":\"beta\",\"a\":1,\"b\":1,\"c\":0,\"threshold\":0.5,\"positives\":-1,"
        "\"negatives\":0,\"knots\":[]}",
        "{\"kind\":\"beta\",\"a\":1,\"b\":1,\"c\":0,\"threshold\":0.5,\"positives\":0,"
        "\"negatives\":0,\"knots\":[[0,0.5]]}",
        "{\"kind\":\"isotonic\",\"a\":1,\"b\":1,\"c\":0,\"threshold\":0.5,\"positives\":0,"
        "\"negatives\":0,\"knots\":[]}",
        "{\"kind\":\"isotonic\",\"a\":1,\"b\":1,\"c\":0,\"threshold\":0.5,\"positives\":0,"
        "\"negatives\":0,\"knots\":[[1,0.5],[0,0.6]]}",
        "{\"kind\":\"isotonic\",\"a\":1,\"b\":1,\"c\":0,\"threshold\":0.5,\"positives\":0,"
        "\"negatives\":0,\"knots\":[[0,0.5],[1,0.4]]}",
        "{\"kind\":\"isotonic\",\"a\":1,\"b\":1,\"c\":0,\"threshold\":0.5,\"positives\":0,"
        "\"negatives\":0,\"knots\":[[0]]}",
        "{\"kind\":\"fixed\",\"a\":1,\"b\":1,\"c\":0,\"threshold\":0.5,\"positives\":0,"
        "\"negatives\":0,\"knots\":[],\"anchors\":[[0,0],[1,-1]]}",
        "{\"kind\":\"fixed\",\"a\":1,\"b\":1,\"c\":0,\"threshold\":0.5,\"positives\":0,"
        "\"negatives\":0,\"knots\":[],\"anchors\":[[0,1e300]]}",
        "{\"kind\":\"fixed\",\"a\":1,\"b\":1,\"c\":0,\"threshold\":0.5,\"positives\":0,"
        "\"negatives\":0,\"knots\":[],\"chosen\":{}}",
        "{\"kind\":\"fixed\",\"a\":1,\"b\":1,\"c\":0,\"threshold\":0.5,\"positives\":0,"
        "\"negatives\":0,\"knots\":[],\"chosen\":{\"rule\":\"luck\"}}",
        "{\"kind\":\"fixed\",\"a\":1,\"b\":1,\"c\":0,\"threshold\":0.5,\"positives\":0,"
        "\"negatives\":0,\"knots\":[],\"chosen\":{\"rule\":\"f1\",\"confidence\":2}}",
        "{\"kind\":\"fixed\",\"a\":1,\"b\":1,\"c\":0,\"threshold\":0.5,\"positives\":0,"
        "\"negatives\":0,\"knots\":[],\"chosen\":{\"rule\":\"f1\",\"confidence\":null,\"f1\":"
        "null,\"precision\":1}}",
        "[]",
    };
    Arena *a = *state;
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) {
        Err err = {0};
        const Js *js;
        Calibration c = {.map = {{.knots = 77}}};
        Str text = str_print(a, "{\"harassment\":%s}", maps[i]);
        assert_true(js_parse(a, text, &js, &err));
        assert_false(calibration_read(js, &c, &err));
        assert_true(err.code != ERR_NONE);
        assert_non_null(strstr(err.msg, "harassment"));
        assert_int_equal(c.map[0].knots, 77);
    }
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_arena, without_arena)
    const struct CMUnitTest tests[] = {
        T(a_fit_finds_the_map_that_made_the_labels),
        T(the_kind_follows_from_the_number_of_known_positives),
        T(unknown_labels_change_nothing),
        T(every_map_is_monotone_and_a_probability),
        T(soft_labels_are_what_is_aimed_at),
        T(a_weight_counts_like_that_many_rows),
        T(an_isotonic_map_keeps_every_ranking),
        T(what_is_stated_is_shown),
        T(separable_labels_give_a_finite_map),
        T(an_uncalibrated_release_claims_less_than_its_score),
        T(json_round_trips_to_the_bit),
        T(bad_json_is_refused),
    };
    return cmocka_run_group_tests_name("model/calibrate", tests, NULL, NULL);
}
