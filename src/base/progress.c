#include "base/progress.h"

#include <signal.h>

static volatile sig_atomic_t stopping;

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
