#include "base/progress.h"

#include <signal.h>
#include <stdatomic.h>

/* Written by a signal handler and read by every thread: a lock-free atomic may be both. */
static atomic_int stopping;
_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "a handler may not wait");

static void on_signal(int sig)
{
    (void)sig;
    stopping = 1;
}

void stop_on_signals(void)
{
    struct sigaction sa = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&sa.sa_mask);
    sigaction(SIGINT, &sa, NULL);
    sigaction(SIGTERM, &sa, NULL);
}

void stop_request(void) { stopping = 1; }
bool stop_requested(void) { return stopping != 0; }
bool stop_err(Err *err) { return err_set(err, ERR_STOPPED, "stopped on request"); }
