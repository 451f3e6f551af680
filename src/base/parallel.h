/* parallel.h - the same work on each of n items, on several threads.
 *
 * Items are taken in small chunks by whichever thread is free; each call gets an arena
 * of its thread, rewound between items.  What an item writes must be its own, so the
 * result does not depend on the number of threads.
 */
#ifndef BASE_PARALLEL_H
#define BASE_PARALLEL_H

#include "base/arena.h"
#include "base/err.h"
#include "base/progress.h"

typedef struct ParallelWork {
    bool (*item)(void *ctx, Arena *a, size_t i, Err *err);
    void *ctx;
    size_t count;
    int threads; /* 1..64 */
    size_t arena_bytes;
    const Progress *progress; /* may be NULL */
    const char *what, *note;  /* for the progress: "texts" */
} ParallelWork;

/* Stops at the first failure (the others finish their item) and returns it; ERR_STOPPED
 * when stop_requested(). */
bool parallel_run(const ParallelWork *w, Err *err);

#endif
