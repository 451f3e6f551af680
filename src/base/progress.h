/* progress.h - how long work says where it is, and how it is told to stop.
 *
 * Rooms below cli/ call progress_tick; who shows it (a terminal line with rate and
 * time left, or nobody) is the caller's choice.  stop_requested() turns true on the
 * first SIGINT or SIGTERM; long work looks at it between steps, leaves whole files
 * only and returns ERR_STOPPED.
 */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include "base/err.h"

#include <stdint.h>

typedef struct Progress {
    /* what: "rows", "steps"; total 0: unknown; note: more words, may be NULL */
    void (*tick)(void *ctx, const char *what, uint64_t done, uint64_t total, const char *note);
    void *ctx;
} Progress;

static inline void progress_tick(const Progress *p, const char *what, uint64_t done,
                                 uint64_t total, const char *note)
{
    if (p && p->tick)
        p->tick(p->ctx, what, done, total, note);
}

void stop_on_signals(void); /* installs the handlers; a second signal kills */
void stop_request(void);
bool stop_requested(void);
bool stop_err(Err *err); /* sets ERR_STOPPED, returns false */

#endif
