#include "test.h"

#include "base/file.h"
#include "model/evaluate.h"
#include "model/report.h"

#include <math.h>
#include <stdatomic.h>

enum { N = 300 };

typedef struct World {
    Arena *arena;
    const Policy *policy;
    Rows rows;
    Judged judged[N];
} World;

static int with_world(void **state)
{
    Arena *a = arena_open((size_t)256 << 20);
    World *w = arena_new(a, World);
    Str text;
    Err err = {0};
    w->arena = a;
    if (!file_load(a, "policies/openai-13/policy.yaml", POLICY_MAX_BYTES, &text, &err) ||
        !policy_parse(a, text, "policy", &w->policy, &err))
        return -1;
    w->rows = (Rows){arena_array(a, Row, N), N};
    for (int i = 0; i < N; i++) {
        Row *r = &w->rows.row[i];
        r->text = str_print(a, "%-*d", 4 + i % 5 * 60, i); /* of several lengths */
        r->source = i % 3 ? STR("b") : STR("a");
        labels_unknown(&r->labels);
    }
    *state = w;
    return 0;
}

static int without_world(void **state)
{
    World *w = *state;
    arena_close(w->arena);
    return 0;
}

static EvaluateInput input(World *w)
{
    EvaluateInput in = {.rows = &w->rows, .judged = w->judged, .policy = w->policy, .seed = 1};
    for (int c = 0; c < CATEGORY_COUNT; c++)
        in.threshold[c] = .5;
    return in;
}

static bool judge_number(void *ctx, Arena *a, Str text, Judged *out, Err *err)
{
    atomic_int *calls = ctx;
    int64_t n;
    (void)a;
    atomic_fetch_add(calls, 1);
    if (!str_to_i64(str_trim(text), &n))
        return err_set(err, ERR_INPUT, "no number");
    out->score[0] = (double)n;
    return true;
}

static void threads_judge_every_row_once_in_its_place(void **state)
{
    World *w = *state;
    for (int threads = 1; threads <= 4; threads++) {
        atomic_int calls = 0;
        Judged *judged;
        Err err = {0};
        Judge j = {judge_number, &calls, threads, NULL};
        assert_true(evaluate_judge(w->arena, &w->rows, &j, &judged, &err));
        assert_int_equal(atomic_load(&calls), N);
        for (int i = 0; i < N; i++)
            assert_true(judged[i].score[0] == i);
    }
}

static void a_row_that_cannot_be_judged_is_named(void **state)
{
    World *w = *state;
    w->rows.row[41].text = STR("x");
    for (int threads = 1; threads <= 3; threads++) {
        atomic_int calls = 0;
        Judged *judged = NULL;
        Err err = {0};
        Judge j = {judge_number, &calls, threads, NULL};
        assert_false(evaluate_judge(w->arena, &w->rows, &j, &judged, &err));
        assert_string_equal(err.msg, "row 42: no number");
        assert_null(judged);
    }
}

static void a_category_label_wins_over_what_factors_compose(void **state)
{
    World *w = *state;
    Labels l;
    float c[CATEGORY_COUNT];
    labels_unknown(&l);
    l.factor[FACTOR_HATE] = 1;
    evaluate_labels(w->policy, &l, c);
    assert_true(c[CATEGORY_HATE] == 1);
    assert_true(isnan(c[CATEGORY_SEXUAL]));
    assert_false(evaluate_negative(c));
    l.category[CATEGORY_HATE] = 0;
    evaluate_labels(w->policy, &l, c);
    assert_true(c[CATEGORY_HATE] == 0);
    assert_true(evaluate_negative(c));
    assert_false(evaluate_benign(c)); /* the rest is unknown */
    for (int f = 0; f < FACTOR_COUNT; f++)
        l.factor[f] = 0;
    evaluate_labels(w->policy, &l, c);
    assert_true(evaluate_benign(c));
}

static void false_alarms_are_counted_on_benign_and_on_negative_rows(void **state)
{
    World *w = *state;
    for (int i = 0; i < N; i++) {
        Labels *l = &w->rows.row[i].labels;
        if (i < 100) /* benign */
            for (int f = 0; f < FACTOR_COUNT; f++)
                l->factor[f] = 0;
        else if (i < 200) /* negative: hate alone is known */
            l->factor[FACTOR_HATE] = 0;
        else
            l->factor[FACTOR_HATE] = 1;
        w->judged[i].score[CATEGORY_HATE] = i % 10 == 0 ? .9 : .1;
        w->judged[i].score[CATEGORY_SEXUAL] = i % 50 == 1 ? .9 : .1;
    }
    EvaluateInput in = input(w);
    Evaluation e;
    evaluate(w->arena, &in, &e);
    assert_int_equal(e.rows, N);
    assert_int_equal(e.benign.rows, 100);
    assert_int_equal(e.benign.flagged, 12);
    assert_int_equal(e.benign_by[CATEGORY_HATE], 10);
    assert_int_equal(e.benign_by[CATEGORY_SEXUAL], 2);
    assert_int_equal(e.negative.rows, 200);
    assert_int_equal(e.negative.flagged, 24);
    assert_int_equal(e.category[CATEGORY_HATE].known, 300);
    assert_int_equal(e.category[CATEGORY_HATE].positives, 100);
    assert_int_equal(e.category[CATEGORY_SEXUAL].known, 100);
    assert_int_equal(e.category[CATEGORY_HATE].at.true_positive, 10);
    assert_int_equal(e.factor[FACTOR_HATE].known, 300);
}

static void slices_are_the_parts_of_the_whole(void **state)
{
    World *w = *state;
    uint64_t seed = 6;
    for (int i = 0; i < N; i++) {
        w->rows.row[i].labels.category[CATEGORY_HATE] = (float)(random_u64(&seed) % 2);
        w->judged[i].score[CATEGORY_HATE] = (double)(random_u64(&seed) % 100) / 100;
    }
    EvaluateInput in = input(w);
    Evaluation e;
    evaluate(w->arena, &in, &e);
    const Slices *sources = &e.by[SLICE_SOURCE];
    assert_int_equal(sources->count, 2);
    assert_true(str_eq(sources->slice[0].name, STR("a")));
    assert_true(str_eq(sources->slice[1].name, STR("b")));
    for (int k = SLICE_SOURCE; k < SLICE_IDENTITY; k++) {
        size_t rows = 0, positives = 0, hits = 0;
        for (size_t i = 0; i < e.by[k].count; i++) {
            const Slice *s = &e.by[k].slice[i];
            rows += s->rows;
            positives += s->category[CATEGORY_HATE].positives;
            hits += s->category[CATEGORY_HATE].at.true_positive;
        }
        assert_int_equal(rows, N);
        assert_int_equal(positives, e.category[CATEGORY_HATE].positives);
        assert_int_equal(hits, e.category[CATEGORY_HATE].at.true_positive);
    }
    const Interval *x = &e.category[CATEGORY_HATE].auprc_interval;
    assert_true(x->low < e.category[CATEGORY_HATE].auprc &&
                e.category[CATEGORY_HATE].auprc < x->high);
}

static void every_form_of_the_report_says_the_same(void **state)
{
    World *w = *state;
    for (int i = 0; i < N; i++) {
        w->rows.row[i].labels.category[CATEGORY_HATE] = i % 2 ? 1.f : 0.f;
        w->judged[i].score[CATEGORY_HATE] = i % 2 ? .75 : .25;
    }
    EvaluateInput in = input(w);
    Evaluation e;
    evaluate(w->arena, &in, &e);
    ReportSubject subject = {.release = STR("r\"1"), .digest = STR("abc"), .data = STR("data")};
    Buf json, table, card;
    Err err = {0};
    buf_init(&json, 1 << 20);
    buf_init(&table, 1 << 20);
    buf_init(&card, 1 << 20);
    JsWriter writer = js_writer(&json);
    report_json(&e, &subject, &writer);
    report_table(&e, &subject, &table);
    report_markdown(&e, &subject, &card);
    const Js *v;
    if (!js_parse(w->arena, buf_str(&json), &v, &err))
        fail_msg("%s", err.msg);
    const Js *hate = js_get(js_get(v, STR("categories")), STR("hate"));
    assert_true(js_get(hate, STR("auprc"))->number == 1);
    assert_true(js_get(hate, STR("f1"))->number == 1);
    assert_int_equal(js_get(hate, STR("positives"))->integer, 150);
    assert_int_equal(js_get(v, STR("sources"))->count, 2);
    /* Unknown is null, not 0. */
    const Js *sexual = js_get(js_get(v, STR("categories")), STR("sexual"));
    assert_int_equal(js_get(sexual, STR("auprc"))->type, JS_NULL);
    Str text = str_copy(w->arena, buf_str(&table));
    assert_non_null(
        strstr(str_z(w->arena, text), "hate                         300    150  1.000"));
    Str page = str_copy(w->arena, buf_str(&card));
    assert_non_null(strstr(str_z(w->arena, page), "| hate | 300 | 150 | 1.000 |"));
    assert_null(strstr(str_z(w->arena, page), "sexual"));
    buf_done(&json);
    buf_done(&table);
    buf_done(&card);
}

static void no_rows_give_an_empty_report(void **state)
{
    World *w = *state;
    EvaluateInput in = input(w);
    Evaluation e;
    w->rows.count = 0;
    evaluate(w->arena, &in, &e);
    assert_int_equal(e.rows, 0);
    assert_int_equal(e.by[SLICE_SOURCE].count, 0);
    assert_true(isnan(e.category[0].auprc));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_world, without_world)
    const struct CMUnitTest tests[] = {
        T(threads_judge_every_row_once_in_its_place),
        T(a_row_that_cannot_be_judged_is_named),
        T(a_category_label_wins_over_what_factors_compose),
        T(false_alarms_are_counted_on_benign_and_on_negative_rows),
        T(slices_are_the_parts_of_the_whole),
        T(every_form_of_the_report_says_the_same),
        T(no_rows_give_an_empty_report),
    };
    return cmocka_run_group_tests_name("model/evaluate", tests, NULL, NULL);
}
