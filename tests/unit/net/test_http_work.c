/* Workers that the application runs itself: jobs side by side, long bodies apart, and
 * clients that are gone.  A worker here does what the path says:
 *
 *     /pair    waits for a second one on the same worker; the later is answered first
 *     /gate    waits until the test opens the gate, or until its client is gone
 */
#include "test.h"

#include "base/thread.h"
#include "dial.h"
#include "net/http_server.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>

typedef struct World {
    Arena *arena; /* it lies in this itself */
    HttpServer *server;
    Thread *thread;
    int port;
    pthread_mutex_t lock; /* guards the rest */
    pthread_cond_t moved;
    int inside, gone, long_seen, short_seen;
    bool gate_open;
} World;

static void answer(HttpWork *w, HttpJob *j)
{
    HttpResponse *res = http_job_response(j);
    const HttpRequest *req = http_job_request(j);
    res->status = 200;
    res->content_type = "text/plain";
    buf_print(&res->body, STR_FMT " %s %zu.", STR_ARG(req->path),
              http_work_is_long(w) ? "long" : "short", req->body.len);
    http_job_done(w, j);
}

static void wait_at_gate(World *w, HttpJob *j)
{
    pthread_mutex_lock(&w->lock);
    w->inside++;
    pthread_cond_broadcast(&w->moved);
    while (!w->gate_open && !http_job_is_gone(j)) {
        pthread_mutex_unlock(&w->lock);
        sched_yield();
        pthread_mutex_lock(&w->lock);
    }
    w->inside--;
    w->gone += http_job_is_gone(j);
    pthread_cond_broadcast(&w->moved);
    pthread_mutex_unlock(&w->lock);
}

static void work(void *ctx, HttpWork *w)
{
    World *world = ctx;
    HttpJob *j, *other = NULL;
    while (http_work_take(w, true, &j)) {
        pthread_mutex_lock(&world->lock);
        *(http_work_is_long(w) ? &world->long_seen : &world->short_seen) += 1;
        pthread_mutex_unlock(&world->lock);
        if (str_eq(http_job_request(j)->path, STR("/pair")) && !other) {
            other = j;
            continue;
        }
        if (str_starts(http_job_request(j)->path, STR("/gate")))
            wait_at_gate(world, j);
        answer(w, j);
        if (other)
            answer(w, other);
        other = NULL;
    }
    if (other)
        answer(w, other);
}

static void error_body(void *ctx, Arena *a, int status, const char *message,
                       const HttpRequest *req, HttpResponse *res)
{
    (void)ctx;
    (void)a;
    (void)req;
    res->content_type = "text/plain";
    buf_print(&res->body, "error %d %s", status, message);
}

static void run(void *ctx)
{
    World *w = ctx;
    Err err = {0};
    if (!http_server_run(w->server, &err))
        fprintf(stderr, "%s\n", err.msg);
}

static int with_world(void **state)
{
    Arena *a = arena_open(1 << 20);
    World *w = arena_new(a, World);
    Err err = {0};
    w->arena = a;
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->moved, NULL);
    const HttpServerOptions o = {
        .listen = STR("127.0.0.1:0"),
        .workers = 1,
        .long_workers = 1,
        .long_body_bytes = 1000,
        .max_long_bytes = 5000,
        .queue = 8,
        .max_connections = 64,
        .max_header_bytes = 4096,
        .max_body_bytes = 1 << 20,
        .worker_arena_bytes = 1 << 20,
        .header_timeout_ms = WAIT_MS,
        .body_timeout_ms = WAIT_MS,
        .idle_timeout_ms = WAIT_MS,
        .write_timeout_ms = WAIT_MS,
        .drain_timeout_ms = WAIT_MS,
        .ctx = w,
        .work = work,
        .error_body = error_body,
    };
    if (!http_server_open(&o, &w->server, &err))
        fail_msg("%s", err.msg);
    w->port = port_of(http_server_address(w->server));
    if (!thread_start("server", run, w, &w->thread, &err))
        fail_msg("%s", err.msg);
    *state = w;
    return 0;
}

static void open_gate(World *w)
{
    pthread_mutex_lock(&w->lock);
    w->gate_open = true;
    pthread_mutex_unlock(&w->lock);
}

static int without_world(void **state)
{
    World *w = *state;
    open_gate(w);
    http_server_stop(w->server);
    thread_join(w->thread);
    http_server_close(w->server);
    arena_close(w->arena);
    return 0;
}

static void wait_for(World *w, const int *what, int n)
{
    pthread_mutex_lock(&w->lock);
    while (*what < n)
        pthread_cond_wait(&w->moved, &w->lock);
    pthread_mutex_unlock(&w->lock);
}

static void post(int fd, const char *path, size_t bytes)
{
    static char body[8192];
    char head[256];
    memset(body, 'b', sizeof body);
    snprintf(head, sizeof head, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n\r\n",
             path, bytes);
    say(fd, str_of(head));
    say(fd, (Str){body, bytes});
}

static int dial_and_post(const World *w, const char *path, size_t bytes)
{
    int fd = dial(w->port);
    post(fd, path, bytes);
    return fd;
}

static void a_worker_may_hold_several_jobs_and_answer_in_any_order(void **state)
{
    World *w = *state;
    int first = dial_and_post(w, "/pair", 1);
    pthread_mutex_lock(&w->lock);
    while (w->short_seen < 1) {
        pthread_mutex_unlock(&w->lock);
        sched_yield();
        pthread_mutex_lock(&w->lock);
    }
    pthread_mutex_unlock(&w->lock);
    int second = dial_and_post(w, "/pair", 2);
    expect(second, "/pair short 2.");
    expect(first, "/pair short 1.");
    close(first);
    close(second);
}

static void long_bodies_hold_up_nothing_but_each_other(void **state)
{
    World *w = *state;
    int slow = dial_and_post(w, "/gate", 1001), next = dial_and_post(w, "/after", 1001);
    wait_for(w, &w->inside, 1);
    int quick = dial_and_post(w, "/x", 1000); /* not over the limit: a short one */
    expect(quick, "/x short 1000.");
    open_gate(w);
    expect(slow, "/gate long 1001.");
    expect(next, "/after long 1001.");
    close(slow);
    close(next);
    close(quick);
}

static void more_long_bytes_than_may_wait_are_refused_but_one_body_always_may(void **state)
{
    World *w = *state;
    int large = dial_and_post(w, "/gate", 6000);
    wait_for(w, &w->inside, 1);
    int more = dial_and_post(w, "/x", 1001);
    expect(more, "error 503");
    open_gate(w);
    expect(large, "/gate long 6000.");
    for (int i = 0; i < 3; i++) { /* what was answered is not counted any more */
        post(large, "/y", 4000);
        expect(large, "/y long 4000.");
    }
    close(large);
    close(more);
}

static void a_client_that_reset_the_connection_is_gone(void **state)
{
    World *w = *state;
    int fd = dial_and_post(w, "/gate", 1);
    wait_for(w, &w->inside, 1);
    struct linger now = {.l_onoff = 1};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(fd);
    wait_for(w, &w->gone, 1);
    int other = dial_and_post(w, "/x", 1);
    expect(other, "/x short 1.");
    close(other);
}

/* It might still listen, so it is given a second. */
static void a_client_that_closed_is_gone_in_the_end(void **state)
{
    World *w = *state;
    int fd = dial_and_post(w, "/gate", 1);
    wait_for(w, &w->inside, 1);
    close(fd);
    wait_for(w, &w->gone, 1);
}

static void requests_in_one_packet_and_in_parts_are_answered_in_order(void **state)
{
    World *w = *state;
    int fd = dial(w->port);
    char want[64];
    say(fd, STR("POST /0 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
                "POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab"));
    expect(fd, "/0 short 3.");
    say(fd, STR("cdPOST /2 HTTP/1.1\r\nHo"));
    expect(fd, "/1 short 4.");
    say(fd, STR("st: x\r\nContent-Length: 1\r\n\r\nz"));
    expect(fd, "/2 short 1.");
    for (int i = 0; i < 20; i++) { /* long and short in turns: still in order */
        char path[16];
        snprintf(path, sizeof path, "/%d", i);
        post(fd, path, i % 2 ? 1500 : 5);
    }
    char buf[16384];
    assert_true(hear(fd, buf, sizeof buf, "/19 long 1500.") > 0);
    const char *at = buf;
    for (int i = 0; i < 20; i++) {
        snprintf(want, sizeof want, "/%d %s %d.", i, i % 2 ? "long" : "short",
                 i % 2 ? 1500 : 5);
        at = strstr(at, want);
        assert_non_null(at);
    }
    close(fd);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_world, without_world)
    const struct CMUnitTest tests[] = {
        T(a_worker_may_hold_several_jobs_and_answer_in_any_order),
        T(long_bodies_hold_up_nothing_but_each_other),
        T(more_long_bytes_than_may_wait_are_refused_but_one_body_always_may),
        T(a_client_that_reset_the_connection_is_gone),
        T(a_client_that_closed_is_gone_in_the_end),
        T(requests_in_one_packet_and_in_parts_are_answered_in_order),
    };
    return cmocka_run_group_tests_name("net/http_work", tests, NULL, NULL);
}
