#include "test.h"

#include "model/reliability.h"

#include <math.h>

static void the_bins_add_up_to_the_error(void **state)
{
    Arena *a = *state;
    uint64_t seed = 3;
    static const size_t sizes[] = {1, 2, 14, 15, 16, 100, 997};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        size_t n = sizes[s], rows = 0;
        double *score = arena_array(a, double, n);
        float *label = arena_array(a, float, n);
        for (size_t i = 0; i < n; i++) {
            score[i] = (double)(random_u64(&seed) % 64) / 64; /* with ties */
            label[i] = (float)(random_u64(&seed) % 5) / 4;    /* soft */
        }
        Ranked r;
        Reliability x;
        ranked_new(a, score, label, n, &r);
        reliability_measure(&r, &x);
        double sum = 0;
        for (int i = 0; i < x.count; i++) {
            const ReliabilityBin *b = &x.bin[i];
            sum += (double)b->count / (double)n * fabs(b->score - b->label);
            rows += b->count;
            assert_true(b->count > 0 && b->low <= b->label && b->label <= b->high);
            assert_true(b->from <= b->score + 1e-12 && b->score <= b->to + 1e-12);
            assert_true(i == 0 || x.bin[i - 1].to < b->from);
        }
        assert_int_equal(rows, n);
        assert_true(fabs(sum - metric_ece(&r)) < 1e-12 && x.ece == metric_ece(&r));
    }
}

static void a_bin_is_what_was_counted_by_hand(void **state)
{
    /* Two scores only, so two bins: 3 of 10 positive at .2, 9 of 10 at .8. */
    double score[20];
    float label[20];
    for (int i = 0; i < 20; i++) {
        score[i] = i < 10 ? .2 : .8;
        label[i] = i < 3 || i > 10;
    }
    Ranked r;
    Reliability x;
    ranked_new(*state, score, label, 20, &r);
    reliability_measure(&r, &x);
    assert_int_equal(x.count, 2);
    assert_true(fabs(x.bin[0].score - .2) < 1e-12 && fabs(x.bin[0].label - .3) < 1e-12);
    assert_true(fabs(x.bin[0].low - 0.06673951117773447) <
                1e-9); /* exact interval of 3 in 10 */
    assert_true(fabs(x.bin[0].high - 0.6524528500599972) < 1e-9);
    assert_true(fabs(x.ece - .1) < 1e-12);
}

static void without_rows_there_is_nothing_to_draw(void **state)
{
    Ranked r;
    Reliability x;
    ranked_new(*state, NULL, NULL, 0, &r);
    reliability_measure(&r, &x);
    assert_int_equal(x.count, 0);
    assert_true(isnan(x.ece));
    Buf b;
    buf_init(&b, 100);
    JsWriter w = js_writer(&b);
    reliability_json(&x, &w);
    assert_true(str_eq(buf_str(&b), STR("{\"ece\":null,\"bins\":[]}")));
    buf_done(&b);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_arena, without_arena)
    const struct CMUnitTest tests[] = {
        T(the_bins_add_up_to_the_error),
        T(a_bin_is_what_was_counted_by_hand),
        T(without_rows_there_is_nothing_to_draw),
    };
    return cmocka_run_group_tests_name("model/reliability", tests, NULL, NULL);
}
