/* queue.h - a bounded queue of pointers between threads: many may put, many may take.
 *
 * Full means no, at once: back-pressure is the caller's to give (a 503).  Order is
 * first in, first out.
 */
#ifndef BASE_QUEUE_H
#define BASE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct Queue Queue;

Queue *queue_open(size_t capacity); /* >= 1 */
void queue_close(Queue *q);         /* nobody may be using it any more; NULL is fine */

bool queue_try_put(Queue *q, void *item); /* false: full, or stopped */
bool queue_take(Queue *q, void **out);    /* waits; false: stopped and empty */

/* What nobody else waits for, at once: false when each item left has a waiting taker.  So one
 * thread can gather several items without taking them from an idle one. */
bool queue_take_surplus(Queue *q, void **out);

/* No more puts; takers get what is left, then false.  Wakes everybody. */
void queue_stop(Queue *q);

size_t queue_depth(Queue *q);
size_t queue_waiting(Queue *q); /* takers */

#endif
