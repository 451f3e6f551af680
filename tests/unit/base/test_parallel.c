#include "test.h"

#include "base/parallel.h"

enum { ITEMS = 1000, ARENA = 1 << 16 };

static bool square(void *ctx, Arena *a, size_t i, Err *err)
{
    (void)err;
    int *scratch = arena_array(a, int, 1000); /* fits once: it must be rewound each time */
    scratch[999] = (int)i;
    ((int *)ctx)[i] = scratch[999] * scratch[999];
    return true;
}

static bool refuse_777(void *ctx, Arena *a, size_t i, Err *err)
{
    (void)ctx;
    (void)a;
    return i != 777 || err_set(err, ERR_INPUT, "item %zu", i);
}

static void every_item_is_done_once_by_any_number_of_threads(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 5; threads++) {
        int out[ITEMS] = {0};
        Err err = {0};
        ParallelWork w = {.item = square,
                          .ctx = out,
                          .count = ITEMS,
                          .threads = threads,
                          .arena_bytes = ARENA};
        assert_true(parallel_run(&w, &err));
        for (int i = 0; i < ITEMS; i++)
            assert_int_equal(out[i], i * i);
    }
}

static void a_failure_is_reported_and_ends_the_work(void **state)
{
    (void)state;
    Err err = {0};
    ParallelWork w = {.item = refuse_777, .count = 100000, .threads = 3, .arena_bytes = ARENA};
    assert_false(parallel_run(&w, &err));
    assert_int_equal(err.code, ERR_INPUT);
    assert_string_equal(err.msg, "item 777");
}

static void nothing_to_do_is_done(void **state)
{
    (void)state;
    Err err = {0};
    ParallelWork w = {.item = refuse_777, .count = 0, .threads = 2, .arena_bytes = ARENA};
    assert_true(parallel_run(&w, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_item_is_done_once_by_any_number_of_threads),
        cmocka_unit_test(a_failure_is_reported_and_ends_the_work),
        cmocka_unit_test(nothing_to_do_is_done),
    };
    return cmocka_run_group_tests_name("base/parallel", tests, NULL, NULL);
}
