#include "test.h"

#include "base/metric.h"
#include "base/thread.h"

#include <ctype.h>

static Str printed(Arena *a, const Metrics *m)
{
    Buf b;
    Err err = {0};
    buf_init(&b, 1 << 20);
    metrics_print(m, &b);
    assert_true(buf_ok(&b, &err));
    Str s = str_copy(a, buf_str(&b));
    buf_done(&b);
    return s;
}

static bool has_line(Str text, const char *line)
{
    Str l;
    while (str_cut(&text, '\n', &l))
        if (str_eq(l, str_of(line)))
            return true;
    return false;
}

static void numbers_are_shown_as_they_were_counted(void **state)
{
    Arena *a = *state;
    Metrics *m = metrics_new(a);
    metric_add(m, METRIC_REQUESTS, 0, 3);
    metric_add(m, METRIC_REQUESTS, 2, 1);
    metric_add(m, METRIC_REQUESTS, 2, 1);
    metric_set(m, METRIC_QUEUE_DEPTH, 0, 5);
    metric_set(m, METRIC_QUEUE_DEPTH, 0, -2);
    Str s = printed(a, m);
    assert_true(
        has_line(s, "# HELP gavel_requests_total requests answered, by class of status"));
    assert_true(has_line(s, "# TYPE gavel_requests_total counter"));
    assert_true(has_line(s, "gavel_requests_total{status=\"2xx\"} 3"));
    assert_true(has_line(s, "gavel_requests_total{status=\"4xx\"} 0"));
    assert_true(has_line(s, "gavel_requests_total{status=\"5xx\"} 2"));
    assert_true(has_line(s, "# TYPE gavel_queue_depth gauge"));
    assert_true(has_line(s, "gavel_queue_depth -2"));
    assert_int_equal(metric_get(m, METRIC_REQUESTS, 2), 2);
}

static void a_histogram_cumulates_and_its_bounds_belong_to_their_bucket(void **state)
{
    Arena *a = *state;
    Metrics *m = metrics_new(a);
    metric_observe(m, METRIC_REQUEST_SECONDS, 0, 0);
    metric_observe(m, METRIC_REQUEST_SECONDS, 0, 1000000); /* le is "less or equal" */
    metric_observe(m, METRIC_REQUEST_SECONDS, 0, 1000001);
    metric_observe(m, METRIC_REQUEST_SECONDS, 0, 60000000000); /* above all bounds */
    Str s = printed(a, m);
    assert_true(has_line(s, "# TYPE gavel_request_seconds histogram"));
    assert_true(
        has_line(s, "gavel_request_seconds_bucket{route=\"moderations\",le=\"0.0001\"} 1"));
    assert_true(
        has_line(s, "gavel_request_seconds_bucket{route=\"moderations\",le=\"0.0005\"} 1"));
    assert_true(
        has_line(s, "gavel_request_seconds_bucket{route=\"moderations\",le=\"0.001\"} 2"));
    assert_true(
        has_line(s, "gavel_request_seconds_bucket{route=\"moderations\",le=\"0.0025\"} 3"));
    assert_true(has_line(s, "gavel_request_seconds_bucket{route=\"moderations\",le=\"10\"} 3"));
    assert_true(
        has_line(s, "gavel_request_seconds_bucket{route=\"moderations\",le=\"+Inf\"} 4"));
    assert_true(has_line(s, "gavel_request_seconds_sum{route=\"moderations\"} 60.002000001"));
    assert_true(has_line(s, "gavel_request_seconds_count{route=\"moderations\"} 4"));
    assert_true(has_line(s, "gavel_request_seconds_count{route=\"other\"} 0"));
    assert_int_equal(metric_get(m, METRIC_REQUEST_SECONDS, 0), 4);
}

/* Every line is a comment or `name{labels} value`, and every name was announced. */
static void the_text_keeps_the_exposition_format(void **state)
{
    Arena *a = *state;
    Str rest = printed(a, metrics_new(a)), line, family = {0};
    int series = 0, families = 0;
    assert_true(str_ends(rest, STR("\n")));
    while (str_cut(&rest, '\n', &line)) {
        if (line.len == 0)
            continue;
        if (str_starts(line, STR("# HELP "))) {
            Str words = {line.ptr + 7, line.len - 7};
            assert_true(str_cut(&words, ' ', &family) && words.len > 0);
            families++;
            continue;
        }
        if (str_starts(line, STR("# TYPE "))) {
            assert_true(str_starts((Str){line.ptr + 7, line.len - 7}, family));
            continue;
        }
        assert_true(str_starts(line, family));
        size_t n = 0;
        while (n < line.len && (isalnum((unsigned char)line.ptr[n]) || line.ptr[n] == '_'))
            n++;
        Str value = {line.ptr + n, line.len - n};
        if (value.len && value.ptr[0] == '{')
            assert_true(str_cut(&value, '}', &line));
        double v = -1;
        assert_true(value.len > 1 && value.ptr[0] == ' ');
        assert_true(str_to_double((Str){value.ptr + 1, value.len - 1}, &v) && v == 0);
        series++;
    }
    assert_int_equal(families, METRIC_COUNT);
    assert_true(series > METRIC_COUNT);
}

static void count_many(void *ctx)
{
    for (int i = 0; i < 20000; i++) {
        metric_add(ctx, METRIC_INPUTS, 0, 1);
        metric_observe(ctx, METRIC_REQUEST_SECONDS, 4, (uint64_t)i * 1000);
    }
}

static void threads_lose_no_count(void **state)
{
    Metrics *m = metrics_new(*state);
    Thread *t[4];
    Err err = {0};
    for (int i = 0; i < 4; i++)
        assert_true(thread_start("count", count_many, m, &t[i], &err));
    for (int i = 0; i < 100; i++) { /* while they count */
        ArenaMark mark = arena_mark(*state);
        printed(*state, m);
        arena_rewind(*state, mark);
    }
    for (int i = 0; i < 4; i++)
        thread_join(t[i]);
    assert_int_equal(metric_get(m, METRIC_INPUTS, 0), 80000);
    assert_int_equal(metric_get(m, METRIC_REQUEST_SECONDS, 4), 80000);
    /* 4 * 1000 ns * (0 + ... + 19999) */
    assert_true(has_line(printed(*state, m),
                         "gavel_request_seconds_sum{route=\"other\"} 799.960000000"));
}

#define T(f) cmocka_unit_test_setup_teardown(f, with_arena, without_arena)

static void a_histogram_of_sizes_counts_things(void **state)
{
    Arena *a = *state;
    Metrics *m = metrics_new(a);
    metric_observe(m, METRIC_BATCH_REQUESTS, 0, 1);
    metric_observe(m, METRIC_BATCH_REQUESTS, 0, 3);
    metric_observe(m, METRIC_BATCH_REQUESTS, 0, 100000);
    Str s = printed(a, m);
    assert_true(has_line(s, "# TYPE gavel_batch_requests histogram"));
    assert_true(has_line(s, "gavel_batch_requests_bucket{le=\"1\"} 1"));
    assert_true(has_line(s, "gavel_batch_requests_bucket{le=\"2\"} 1"));
    assert_true(has_line(s, "gavel_batch_requests_bucket{le=\"4\"} 2"));
    assert_true(has_line(s, "gavel_batch_requests_bucket{le=\"+Inf\"} 3"));
    assert_true(has_line(s, "gavel_batch_requests_sum 100004"));
    assert_true(has_line(s, "gavel_batch_requests_count 3"));
    assert_int_equal(metric_get(m, METRIC_BATCH_REQUESTS, 0), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(numbers_are_shown_as_they_were_counted),
        T(a_histogram_of_sizes_counts_things),
        T(a_histogram_cumulates_and_its_bounds_belong_to_their_bucket),
        T(the_text_keeps_the_exposition_format),
        T(threads_lose_no_count),
    };
    return cmocka_run_group_tests_name("base/metric", tests, NULL, NULL);
}
