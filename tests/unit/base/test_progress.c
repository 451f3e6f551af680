#include "test.h"

#include "base/progress.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct Seen {
    const char *what, *note;
    uint64_t done, total;
    int ticks;
} Seen;

static void see(void *ctx, const char *what, uint64_t done, uint64_t total, const char *note)
{
    Seen *s = ctx;
    *s = (Seen){what, note, done, total, s->ticks + 1};
}

static void a_tick_reaches_whoever_shows_it(void **state)
{
    (void)state;
    Seen s = {0};
    Progress p = {.tick = see, .ctx = &s};
    progress_tick(&p, "rows", 3, 10, "x");
    assert_true(s.ticks == 1 && s.done == 3 && s.total == 10);
    assert_string_equal(s.what, "rows");
    assert_string_equal(s.note, "x");
    progress_tick(NULL, "rows", 3, 10, NULL); /* nobody looks */
    progress_tick(&(Progress){0}, "rows", 3, 10, NULL);
    assert_int_equal(s.ticks, 1);
}

static int status_of_child(int (*body)(void))
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGTERM, SIG_DFL);
        signal(SIGINT, SIG_DFL);
        _exit(body());
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static int one_signal(int sig)
{
    stop_on_signals();
    if (stop_requested())
        return 1;
    raise(sig);
    Err err = {0};
    return stop_requested() && !stop_err(&err) && err.code == ERR_STOPPED ? 0 : 2;
}
static int one_interrupt(void) { return one_signal(SIGINT); }
static int one_term(void) { return one_signal(SIGTERM); }
static int two_interrupts(void)
{
    one_signal(SIGINT);
    raise(SIGINT);
    return 0;
}
static int asked(void)
{
    stop_request();
    return stop_requested() ? 0 : 1;
}

static void the_first_signal_asks_and_the_second_kills(void **state)
{
    (void)state;
    assert_int_equal(status_of_child(one_interrupt), 0);
    assert_int_equal(status_of_child(one_term), 0);
    assert_int_equal(status_of_child(asked), 0);
    int status = status_of_child(two_interrupts);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
    assert_false(stop_requested());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tick_reaches_whoever_shows_it),
        cmocka_unit_test(the_first_signal_asks_and_the_second_kills),
    };
    return cmocka_run_group_tests_name("base/progress", tests, NULL, NULL);
}
