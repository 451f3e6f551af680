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
        cmocka_unit_test(processors_are_those_that_we_may_use),
    };
    return cmocka_run_group_tests_name("base/thread", tests, NULL, NULL);
}
