#include "test.h"

#include "base/thread.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>

typedef struct Seen {
    char name[16];
    bool blocked;
} Seen;

static void look(void *ctx)
{
    Seen *s = ctx;
    sigset_t set;
    pthread_getname_np(pthread_self(), s->name, sizeof s->name);
    pthread_sigmask(SIG_SETMASK, NULL, &set);
    s->blocked = sigismember(&set, SIGTERM) == 1 && sigismember(&set, SIGINT) == 1;
}

static void a_thread_has_its_name_and_leaves_signals_to_others(void **state)
{
    (void)state;
    Seen s = {0};
    Thread *t = NULL;
    Err err = {0};
    sigset_t before, after;
    pthread_sigmask(SIG_SETMASK, NULL, &before);
    assert_true(thread_start("a name of more than fifteen", look, &s, &t, &err));
    thread_join(t);
    assert_string_equal(s.name, "a name of more ");
    assert_true(s.blocked);
    pthread_sigmask(SIG_SETMASK, NULL, &after);
    assert_int_equal(sigismember(&before, SIGTERM), sigismember(&after, SIGTERM));
    thread_join(NULL);
}

typedef struct Item {
    int number, seen;
    pthread_t thread;
} Item;

static void mark_seen(void *ctx)
{
    Item *i = ctx;
    i->seen += i->number;
    i->thread = pthread_self();
}

static void each_item_has_a_thread_and_the_first_has_this_one(void **state)
{
    (void)state;
    Err err = {0};
    Item item[5];
    for (int n = 1; n <= 5; n += 4) {
        for (int i = 0; i < 5; i++)
            item[i] = (Item){.number = i + 1};
        assert_true(thread_each("each", mark_seen, (ThreadItems){item, sizeof *item, n}, &err));
        for (int i = 0; i < 5; i++)
            assert_int_equal(item[i].seen, i < n ? i + 1 : 0);
        assert_true(pthread_equal(item[0].thread, pthread_self()));
    }
    assert_false(pthread_equal(item[1].thread, pthread_self()));
}

static void processors_are_those_that_we_may_use(void **state)
{
    (void)state;
    cpu_set_t all, one;
    assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
    assert_int_equal(thread_processors(), CPU_COUNT(&all));
    CPU_ZERO(&one);
    for (size_t i = 0; i < CPU_SETSIZE && CPU_COUNT(&one) == 0; i++)
        if (CPU_ISSET(i, &all))
            CPU_SET(i, &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    assert_int_equal(thread_processors(), 1);
    assert_int_equal(sched_setaffinity(0, sizeof all, &all), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thread_has_its_name_and_leaves_signals_to_others),
        cmocka_unit_test(each_item_has_a_thread_and_the_first_has_this_one),
        cmocka_unit_test(processors_are_those_that_we_may_use),
    };
    return cmocka_run_group_tests_name("base/thread", tests, NULL, NULL);
}
