/* thread.h - threads with a name, and how many are worth starting. */
#ifndef BASE_THREAD_H
#define BASE_THREAD_H

#include "base/err.h"

#include <stddef.h>

typedef struct Thread Thread;

/* The name is cut to 15 bytes (what the kernel keeps).  Signals are blocked in the new
 * thread, so that they reach the thread that waits for them. */
bool thread_start(const char *name, void (*run)(void *ctx), void *ctx, Thread **out, Err *err);
void thread_join(Thread *t); /* waits for its end and frees it; NULL is fine */

/* run(item) for each of count items of `size` bytes, each on a thread of its own, the first on
 * this one; returns when all have ended.  On failure some have not run. */
enum { THREAD_EACH_MAX = 64 };
typedef struct ThreadItems {
    void *item;
    size_t size;
    int count; /* 1..THREAD_EACH_MAX */
} ThreadItems;
bool thread_each(const char *name, void (*run)(void *item), ThreadItems items, Err *err);

/* The calling thread gives way to others of the process where processors are short. */
void thread_give_way(void);

int thread_processors(void); /* that this process may use (affinity); >= 1 */

#endif
