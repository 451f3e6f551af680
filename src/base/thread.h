/* thread.h - threads with a name, and how many are worth starting. */
#ifndef BASE_THREAD_H
#define BASE_THREAD_H

#include "base/err.h"

typedef struct Thread Thread;

/* The name is cut to 15 bytes (what the kernel keeps).  Signals are blocked in the new
 * thread, so that they reach the thread that waits for them. */
bool thread_start(const char *name, void (*run)(void *ctx), void *ctx, Thread **out, Err *err);
void thread_join(Thread *t); /* waits for its end and frees it; NULL is fine */

int thread_processors(void); /* that this process may use (affinity); >= 1 */

#endif
