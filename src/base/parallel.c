#include "base/parallel.h"

#include "base/thread.h"

#include <assert.h>
#include <stdatomic.h>

enum { THREADS_MAX = 64, CHUNK = 8 };

typedef struct Shared {
    const ParallelWork *work;
    atomic_size_t next; /* first item that nobody took yet */
    atomic_bool failed;
} Shared;

typedef struct Worker {
    Shared *shared;
    Err err;
    bool shows; /* one of the threads tells how far it is */
} Worker;

static void run(void *ctx)
{
    Worker *self = ctx;
    Shared *s = self->shared;
    const ParallelWork *w = s->work;
    Arena *a = arena_open(w->arena_bytes);
    while (!atomic_load(&s->failed)) {
        size_t from = atomic_fetch_add(&s->next, CHUNK);
        if (from >= w->count)
            break;
        size_t to = w->count - from < CHUNK ? w->count : from + CHUNK;
        bool ok = !stop_requested() || stop_err(&self->err);
        for (size_t i = from; i < to && ok; i++) {
            arena_reset(a);
            ok = w->item(w->ctx, a, i, &self->err);
        }
        if (!ok)
            atomic_store(&s->failed, true);
        if (self->shows)
            progress_tick(w->progress, w->what, to, w->count, w->note);
    }
    arena_close(a);
}

bool parallel_run(const ParallelWork *w, Err *err)
{
    assert(w->threads >= 1 && w->threads <= THREADS_MAX);
    Shared shared = {.work = w};
    Worker worker[THREADS_MAX] = {0};
    Thread *thread[THREADS_MAX] = {0};
    for (int i = 0; i < w->threads; i++)
        worker[i] = (Worker){.shared = &shared, .shows = i == 0};
    bool ok = true;
    for (int i = 1; i < w->threads && ok; i++)
        ok = thread_start("work", run, &worker[i], &thread[i], err);
    if (!ok)
        atomic_store(&shared.failed, true);
    run(&worker[0]);
    for (int i = 1; i < w->threads; i++)
        thread_join(thread[i]);
    for (int i = 0; i < w->threads && ok; i++) {
        if (worker[i].err.code != ERR_NONE) {
            *err = worker[i].err;
            ok = false;
        }
    }
    return ok;
}
