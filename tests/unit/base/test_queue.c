#include "test.h"

#include "base/queue.h"
#include "base/thread.h"

#include <sched.h>
#include <stdatomic.h>

static void first_in_is_first_out_and_full_means_no(void **state)
{
    (void)state;
    int item[5];
    void *out = NULL;
    Queue *q = queue_open(3);
    for (int round = 0; round < 5; round++) { /* the ring goes round */
        for (int i = 0; i < 3; i++)
            assert_true(queue_try_put(q, &item[i]));
        assert_false(queue_try_put(q, &item[3]));
        assert_int_equal(queue_depth(q), 3);
        assert_true(queue_take(q, &out));
        assert_ptr_equal(out, &item[0]);
        assert_true(queue_try_put(q, &item[4]));
        static const int order[] = {1, 2, 4};
        for (int i = 0; i < 3; i++) {
            assert_true(queue_take(q, &out));
            assert_ptr_equal(out, &item[order[i]]);
        }
        assert_int_equal(queue_depth(q), 0);
    }
    queue_close(q);
    queue_close(NULL);
}

static void after_stop_what_is_left_is_taken_and_nothing_is_put(void **state)
{
    (void)state;
    int item;
    void *out = NULL;
    Queue *q = queue_open(2);
    assert_true(queue_try_put(q, &item));
    queue_stop(q);
    assert_false(queue_try_put(q, &item));
    assert_true(queue_take(q, &out));
    assert_ptr_equal(out, &item);
    out = NULL;
    assert_false(queue_take(q, &out));
    assert_null(out);
    queue_stop(q); /* again is fine */
    queue_close(q);
}

static void take_one(void *ctx)
{
    void *out;
    assert_true(queue_take(ctx, &out));
}

static void surplus_is_what_nobody_waits_for(void **state)
{
    (void)state;
    int item[3];
    void *out = NULL;
    Thread *waiting;
    Err err = {0};
    Queue *q = queue_open(3);
    assert_false(queue_take_surplus(q, &out));
    assert_true(queue_try_put(q, &item[0]));
    assert_true(queue_take_surplus(q, &out));
    assert_ptr_equal(out, &item[0]);
    assert_true(thread_start("wait", take_one, q, &waiting, &err));
    while (queue_waiting(q) == 0)
        sched_yield();
    for (int i = 0; i < 3; i++)
        assert_true(queue_try_put(q, &item[i]));
    int surplus = 0;
    while (queue_take_surplus(q, &out))
        surplus++;
    thread_join(waiting);
    assert_int_equal(surplus, 2); /* one was left for who waits, woken or not yet */
    queue_close(q);
}

enum { PUTTERS = 3, TAKERS = 3, EACH = 5000 };

typedef struct Market {
    Queue *queue;
    atomic_int taken[PUTTERS * EACH], next_putter, refused;
} Market;

static void put_all(void *ctx)
{
    Market *m = ctx;
    int from = atomic_fetch_add(&m->next_putter, 1) * EACH;
    for (int i = from; i < from + EACH; i++)
        while (!queue_try_put(m->queue, &m->taken[i])) {
            atomic_fetch_add(&m->refused, 1);
            sched_yield();
        }
}

static void take_all(void *ctx)
{
    Market *m = ctx;
    void *out;
    while (queue_take(m->queue, &out))
        atomic_fetch_add((atomic_int *)out, 1);
}

static void many_threads_pass_everything_once_and_stop_wakes_all(void **state)
{
    (void)state;
    static Market m;
    Thread *putter[PUTTERS], *taker[TAKERS];
    Err err = {0};
    m.queue = queue_open(7);
    for (int i = 0; i < TAKERS; i++)
        assert_true(thread_start("take", take_all, &m, &taker[i], &err));
    for (int i = 0; i < PUTTERS; i++)
        assert_true(thread_start("put", put_all, &m, &putter[i], &err));
    for (int i = 0; i < PUTTERS; i++)
        thread_join(putter[i]);
    queue_stop(m.queue);
    for (int i = 0; i < TAKERS; i++)
        thread_join(taker[i]);
    for (int i = 0; i < PUTTERS * EACH; i++)
        assert_int_equal(atomic_load(&m.taken[i]), 1);
    queue_close(m.queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_in_is_first_out_and_full_means_no),
        cmocka_unit_test(after_stop_what_is_left_is_taken_and_nothing_is_put),
        cmocka_unit_test(surplus_is_what_nobody_waits_for),
        cmocka_unit_test(many_threads_pass_everything_once_and_stop_wakes_all),
    };
    return cmocka_run_group_tests_name("base/queue", tests, NULL, NULL);
}
