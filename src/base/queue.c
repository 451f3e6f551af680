/* queue.c - a ring under one mutex.
 *
 * Requests are judged in milliseconds and handed over in well under a microsecond, so a
 * lock-free ring would gain nothing that anybody could measure. */
#include "base/queue.h"

#include <assert.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct Queue {
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t filled;
    size_t first, count, capacity, waiting;
    bool stopped;
    void *item[];
};

Queue *queue_open(size_t capacity)
{
    assert(capacity > 0 && capacity < (SIZE_MAX - sizeof(Queue)) / sizeof(void *));
    Queue *q = calloc(1, sizeof *q + capacity * sizeof *q->item);
    if (!q) {
        fprintf(stderr, "out of memory: a queue of %zu\n", capacity);
        abort();
    }
    q->capacity = capacity;
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->filled, NULL);
    return q;
}

void queue_close(Queue *q)
{
    if (!q)
        return;
    pthread_cond_destroy(&q->filled);
    pthread_mutex_destroy(&q->lock);
    free(q);
}

bool queue_try_put(Queue *q, void *item)
{
    pthread_mutex_lock(&q->lock);
    bool ok = !q->stopped && q->count < q->capacity;
    if (ok) {
        q->item[(q->first + q->count++) % q->capacity] = item;
        pthread_cond_signal(&q->filled);
    }
    pthread_mutex_unlock(&q->lock);
    return ok;
}

/* Under the lock; there is one. */
static void *take_first(Queue *q)
{
    void *item = q->item[q->first];
    q->first = (q->first + 1) % q->capacity;
    q->count--;
    return item;
}

bool queue_take(Queue *q, void **out)
{
    pthread_mutex_lock(&q->lock);
    q->waiting++;
    while (q->count == 0 && !q->stopped)
        pthread_cond_wait(&q->filled, &q->lock);
    q->waiting--;
    bool ok = q->count > 0;
    if (ok)
        *out = take_first(q);
    pthread_mutex_unlock(&q->lock);
    return ok;
}

bool queue_take_surplus(Queue *q, void **out)
{
    pthread_mutex_lock(&q->lock);
    bool ok = q->count > q->waiting; /* a woken taker counts until it has the lock */
    if (ok)
        *out = take_first(q);
    pthread_mutex_unlock(&q->lock);
    return ok;
}

void queue_stop(Queue *q)
{
    pthread_mutex_lock(&q->lock);
    q->stopped = true;
    pthread_cond_broadcast(&q->filled);
    pthread_mutex_unlock(&q->lock);
}

size_t queue_depth(Queue *q)
{
    pthread_mutex_lock(&q->lock);
    size_t n = q->count;
    pthread_mutex_unlock(&q->lock);
    return n;
}

size_t queue_waiting(Queue *q)
{
    pthread_mutex_lock(&q->lock);
    size_t n = q->waiting;
    pthread_mutex_unlock(&q->lock);
    return n;
}
