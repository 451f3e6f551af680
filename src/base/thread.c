#include "base/thread.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    NAME_SIZE = 16, /* the kernel's */
    NICE = 10,      /* a tenth of a processor beside one busy thread that is not */
};

struct Thread {
    pthread_t id;
    void (*run)(void *);
    void *ctx;
    char name[NAME_SIZE];
};

static void *body(void *arg)
{
    Thread *t = arg;
    pthread_setname_np(pthread_self(), t->name);
    t->run(t->ctx);
    return NULL;
}

/* t lives until the thread is joined. */
static bool begin(Thread *t, const char *name, void (*run)(void *ctx), void *ctx, Err *err)
{
    t->run = run;
    t->ctx = ctx;
    snprintf(t->name, sizeof t->name, "%.*s", NAME_SIZE - 1, name);
    sigset_t all, before; /* a new thread has its maker's mask */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int e = pthread_create(&t->id, NULL, body, t);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (e == 0)
        return true;
    errno = e;
    return err_errno(err, "cannot start the thread %s", name);
}

bool thread_start(const char *name, void (*run)(void *ctx), void *ctx, Thread **out, Err *err)
{
    Thread *t = calloc(1, sizeof *t);
    if (!t) {
        fprintf(stderr, "out of memory: a thread\n");
        abort();
    }
    if (!begin(t, name, run, ctx, err)) {
        free(t);
        return false;
    }
    *out = t;
    return true;
}

void thread_join(Thread *t)
{
    if (!t)
        return;
    pthread_join(t->id, NULL);
    free(t);
}

/* On the stack: a training step comes here, and asks for no memory. */
bool thread_each(const char *name, void (*run)(void *item), ThreadItems items, Err *err)
{
    assert(1 <= items.count && items.count <= THREAD_EACH_MAX);
    Thread thread[THREAD_EACH_MAX];
    char *first = items.item;
    int begun = 1;
    while (begun < items.count &&
           begin(&thread[begun], name, run, first + (size_t)begun * items.size, err))
        begun++;
    bool ok = begun == items.count;
    if (ok)
        run(first);
    for (int t = 1; t < begun; t++)
        pthread_join(thread[t].id, NULL);
    return ok;
}

/* Linux keeps this for each thread, whatever POSIX says.  It cannot fail: anybody may be
 * nicer than he is. */
void thread_give_way(void) { (void)setpriority(PRIO_PROCESS, (id_t)gettid(), NICE); }

int thread_processors(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1; /* more processors than the set has bits: rare enough to be modest */
    return CPU_COUNT(&set);
}
