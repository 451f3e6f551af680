/* http_work.c - the workers' half of the server: the queue's other end, and the replies.
 *
 * A worker owns the Conn of each job that it has taken, but for what http_server.c says; the
 * way back is a queue that has room for every connection, and a knock on the loop.
 */
#include "base/clock.h"
#include "net/http_reply.h"
#include "net/http_server_internal.h"

#include <assert.h>

#define REPLY_MAX ((size_t)256 << 20)

/* A clean response in c, its body's memory reused. */
void http_response_init(Conn *c)
{
    Buf body = c->response.body;
    if (body.cap > READ_BYTES)
        buf_done(&body);
    if (body.max == 0)
        buf_init(&body, REPLY_MAX);
    buf_clear(&body);
    c->response = (HttpResponse){.status = 500, .body = body};
    if (c->head.max == 0)
        buf_init(&c->head, REPLY_MAX);
    buf_clear(&c->head);
}

/* Turns the response into bytes, on the thread whose arena its headers live in. */
void http_response_print(Conn *c)
{
    HttpResponse *res = &c->response;
    if (res->body.over) {
        buf_clear(&res->body);
        res->status = 500;
    }
    c->keep_alive =
        !res->close && http_conn_keep_alive(c->in) && !atomic_load(&c->server->draining);
    http_reply_print(&c->head, res, c->keep_alive, clock_wall_ms() / 1000);
}

static Conn *conn_of(HttpJob *j) { return (Conn *)(void *)j; }

bool http_work_take(HttpWork *w, bool wait, HttpJob **out)
{
    Queue *q = w->server->jobs[w->lane];
    void *item;
    if (!(wait ? queue_take(q, &item) : queue_take_surplus(q, &item)))
        return false;
    *out = item;
    http_response_init(item);
    return true;
}

bool http_work_is_long(const HttpWork *w) { return w->lane == LANE_LONG; }
const HttpRequest *http_job_request(HttpJob *j) { return &conn_of(j)->request; }
HttpResponse *http_job_response(HttpJob *j) { return &conn_of(j)->response; }
bool http_job_is_gone(HttpJob *j) { return atomic_load(&conn_of(j)->gone); }

void http_job_done(HttpWork *w, HttpJob *j)
{
    HttpServer *s = w->server;
    http_response_print(conn_of(j));
    bool room = queue_try_put(s->done, j);
    assert(room);
    uv_async_send(&s->async);
}

static void handle_each(HttpWork *w)
{
    HttpServer *s = w->server;
    Arena *a = arena_open(s->o.worker_arena_bytes);
    ArenaMark start = arena_mark(a);
    HttpJob *j;
    while (http_work_take(w, true, &j)) {
        s->o.handle(s->o.ctx, a, http_job_request(j), http_job_response(j));
        http_job_done(w, j);
        arena_rewind(a, start);
    }
    arena_close(a);
}

static void run_worker(void *ctx)
{
    HttpWork *w = ctx;
    if (w->lane == LANE_LONG)
        thread_give_way();
    if (w->server->o.work)
        w->server->o.work(w->server->o.ctx, w);
    else
        handle_each(w);
}

/* False: the queue is full, or too much stands in it. */
bool http_jobs_put(Conn *c)
{
    HttpServer *s = c->server;
    size_t n = c->request.body.len;
    c->lane = s->o.long_workers && n > s->o.long_body_bytes ? LANE_LONG : LANE_SHORT;
    if (c->lane == LANE_SHORT)
        return queue_try_put(s->jobs[LANE_SHORT], c);
    if (s->long_bytes && s->long_bytes + n > s->o.max_long_bytes)
        return false;
    s->long_bytes += n; /* before a worker can have it */
    if (queue_try_put(s->jobs[LANE_LONG], c))
        return true;
    s->long_bytes -= n;
    return false;
}

/* It is the loop's again. */
void http_jobs_taken_back(Conn *c)
{
    c->state = CONN_WRITING;
    if (c->lane == LANE_LONG)
        c->server->long_bytes -= c->request.body.len;
}

bool http_workers_start(HttpServer *s, Err *err)
{
    for (; s->worker_count < s->o.workers + s->o.long_workers; s->worker_count++) {
        HttpWork *w = &s->worker[s->worker_count];
        *w = (HttpWork){.server = s,
                        .lane = s->worker_count < s->o.workers ? LANE_SHORT : LANE_LONG};
        if (!thread_start(w->lane == LANE_LONG ? "long worker" : "worker", run_worker, w,
                          &w->thread, err))
            return false;
    }
    return true;
}

void http_workers_stop(HttpServer *s)
{
    for (int lane = 0; lane < LANES; lane++)
        queue_stop(s->jobs[lane]);
    while (s->worker_count)
        thread_join(s->worker[--s->worker_count].thread);
}
