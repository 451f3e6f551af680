/* A real server on loopback, talked to through raw sockets.  Nothing here sleeps or
 * measures: a slow handler is one that waits for the test to open a gate. */
#include "test.h"

#include "base/thread.h"
#include "dial.h"
#include "net/http_server.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/resource.h>

typedef struct World {
    Arena *arena; /* it lies in this itself */
    HttpServer *server;
    Thread *thread; /* NULL: not started, or ended by the test itself */
    int port;
    pthread_mutex_t lock;
    pthread_cond_t moved;
    int inside;     /* handlers that wait at the gate */
    bool gate_open; /* for paths that begin with /gate */
    int handled;
} World;

static void handle(void *ctx, Arena *a, const HttpRequest *req, HttpResponse *res)
{
    World *w = ctx;
    pthread_mutex_lock(&w->lock);
    w->handled++;
    if (str_starts(req->path, STR("/gate"))) {
        w->inside++;
        pthread_cond_broadcast(&w->moved);
        while (!w->gate_open)
            pthread_cond_wait(&w->moved, &w->lock);
        w->inside--;
    }
    pthread_mutex_unlock(&w->lock);
    res->status = 200;
    res->content_type = "text/plain";
    if (str_eq(req->path, STR("/big")))
        for (int i = 0; i < 1 << 18; i++)
            buf_put(&res->body, STR("0123456789abcdef0123456789abcdef"));
    else
        buf_print(&res->body, STR_FMT " " STR_FMT " %zu", STR_ARG(req->method),
                  STR_ARG(req->path), req->body.len);
    res->header[res->header_count++] =
        (HttpHeader){STR("x-peer"), str_print(a, STR_FMT, STR_ARG(req->peer))};
}

static bool inline_path(void *ctx, const HttpRequest *req)
{
    (void)ctx;
    return str_eq(req->path, STR("/inline"));
}

/* The loop tries all that is not inline, and can answer one path only. */
static bool try_handle(void *ctx, Arena *a, const HttpRequest *req, HttpResponse *res)
{
    buf_put(&res->body, STR("half an answer that nobody must see"));
    if (!str_eq(req->path, STR("/now")))
        return false;
    buf_clear(&res->body);
    handle(ctx, a, req, res);
    return true;
}

static void error_body(void *ctx, Arena *a, int status, const char *message,
                       const HttpRequest *req, HttpResponse *res)
{
    (void)ctx;
    (void)req;
    res->content_type = "text/plain";
    buf_print(&res->body, "error %d %s", status, message);
    if (status == 503)
        res->header[res->header_count++] =
            (HttpHeader){STR("retry-after-ms"), str_print(a, "%d", 25)};
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
    w->arena = a;
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->moved, NULL);
    *state = w;
    return 0;
}

/* What `want` leaves 0 is such that nothing runs out and nothing is late. */
static World *start(void *state, HttpServerOptions want)
{
    World *w = state;
    Err err = {0};
    HttpServerOptions o = {
        .listen = STR("127.0.0.1:0"),
        .workers = 2,
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
        .handle = handle,
        .inline_path = inline_path,
        .try_handle = try_handle,
        .error_body = error_body,
    };
#define KEEP(field) \
    if (want.field) \
    o.field = want.field
    KEEP(workers);
    KEEP(queue);
    KEEP(max_connections);
    KEEP(header_timeout_ms);
    KEEP(body_timeout_ms);
    KEEP(idle_timeout_ms);
    KEEP(write_timeout_ms);
    KEEP(drain_timeout_ms);
    if (!http_server_open(&o, &w->server, &err))
        fail_msg("%s", err.msg);
    w->port = port_of(http_server_address(w->server));
    if (!thread_start("server", run, w, &w->thread, &err))
        fail_msg("%s", err.msg);
    return w;
}

/* Once http_server_stop was asked for: waits until it is done. */
static void world_end(World *w)
{
    thread_join(w->thread);
    w->thread = NULL;
    http_server_close(w->server);
}

static void gate(World *w, bool open)
{
    pthread_mutex_lock(&w->lock);
    w->gate_open = open;
    pthread_cond_broadcast(&w->moved);
    pthread_mutex_unlock(&w->lock);
}

static void wait_inside(World *w, int n)
{
    pthread_mutex_lock(&w->lock);
    while (w->inside < n)
        pthread_cond_wait(&w->moved, &w->lock);
    pthread_mutex_unlock(&w->lock);
}

static int without_world(void **state)
{
    World *w = *state;
    if (w->thread) {
        gate(w, true); /* a test that failed may have left it shut */
        http_server_stop(w->server);
        world_end(w);
    }
    arena_close(w->arena);
    return 0;
}

static HttpServerStats stats_of(const World *w)
{
    HttpServerStats stats;
    http_server_stats(w->server, &stats);
    return stats;
}

#define HOST "Host: x\r\n"

static void ask(int fd, const char *path)
{
    char request[128];
    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\n" HOST "\r\n", path);
    say(fd, str_of(request));
}

static void ask_last(int fd, const char *path)
{
    char request[128];
    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n",
             path);
    say(fd, str_of(request));
}

static void expect_get(int fd, const char *path)
{
    char want[128];
    snprintf(want, sizeof want, "GET %s 0", path);
    expect(fd, want);
}

static void get(int fd, const char *path)
{
    ask(fd, path);
    expect_get(fd, path);
}

static int dial_and_ask(const World *w, const char *path)
{
    int fd = dial(w->port);
    ask(fd, path);
    return fd;
}

static int dial_and_get(const World *w, const char *path)
{
    int fd = dial(w->port);
    get(fd, path);
    return fd;
}

/* A server that is opened and does not run. */
static bool open_only(const char *listen, HttpServer **out, Err *err)
{
    const HttpServerOptions o = {.listen = str_of(listen),
                                 .workers = 1,
                                 .queue = 1,
                                 .max_connections = 1,
                                 .max_header_bytes = 1024,
                                 .worker_arena_bytes = 4096};
    return http_server_open(&o, out, err);
}

static void an_answer_has_length_type_date_and_connection(void **state)
{
    World *w = start(*state, (HttpServerOptions){0});
    int fd = dial(w->port);
    char buf[8192];
    say(fd, STR("POST /a?q HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc"));
    assert_true(hear(fd, buf, sizeof buf, "POST /a 3") > 0);
    assert_ptr_equal(strstr(buf, "HTTP/1.1 200 OK\r\ndate: "), buf);
    assert_non_null(strstr(buf, " GMT\r\n"));
    assert_non_null(strstr(buf, "content-type: text/plain\r\n"));
    assert_non_null(strstr(buf, "content-length: 9\r\n"));
    assert_non_null(strstr(buf, "x-peer: 127.0.0.1:"));
    assert_non_null(strstr(buf, "connection: keep-alive\r\n\r\n"));
    ask_last(fd, "/inline");
    assert_true(hear(fd, buf, sizeof buf, NULL) > 0);
    assert_non_null(strstr(buf, "connection: close\r\n\r\nGET /inline 0"));
    close(fd);
}

static void head_has_the_length_and_no_body(void **state)
{
    World *w = start(*state, (HttpServerOptions){0});
    int fd = dial(w->port);
    char buf[8192];
    say(fd, STR("HEAD /a HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n"));
    assert_true(hear(fd, buf, sizeof buf, NULL) > 0);
    assert_non_null(strstr(buf, "content-length: 9\r\n"));
    assert_non_null(strstr(buf, "\r\n\r\n"));
    assert_string_equal(strstr(buf, "\r\n\r\n"), "\r\n\r\n");
    close(fd);
}

static void pipelined_requests_are_answered_in_order(void **state)
{
    static const char *const path[] = {"inline", "x", "now"};
    World *w = start(*state, (HttpServerOptions){0});
    int fd = dial(w->port);
    static char out[1 << 17], in[1 << 18];
    size_t n = 0;
    for (int i = 0; i < 400; i++) /* the loop's own would overtake, if anything could */
        n += (size_t)snprintf(out + n, sizeof out - n,
                              "POST /%s HTTP/1.1\r\n" HOST "Content-Length: %d\r\n\r\n%.*s",
                              path[i / 40 % 3], i % 50, i % 50, /* many in a row */
                              "0123456789012345678901234567890123456789012345678901234567890");
    n += (size_t)snprintf(out + n, sizeof out - n,
                          "GET /last HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n");
    say(fd, (Str){out, n});
    assert_true(hear(fd, in, sizeof in, NULL) > 0);
    char *at = in;
    for (int i = 0; i < 400; i++) {
        char want[64];
        snprintf(want, sizeof want, "\r\n\r\nPOST /%s %d", path[i / 40 % 3], i % 50);
        at = strstr(at, "\r\n\r\nPOST");
        assert_non_null(at);
        assert_memory_equal(at, want, strlen(want));
        at += 4;
    }
    assert_non_null(strstr(at, "GET /last 0"));
    close(fd);
}

static void what_the_loop_can_answer_needs_no_worker(void **state)
{
    World *w = start(*state, (HttpServerOptions){.workers = 1, .queue = 1});
    int busy = dial_and_ask(w, "/gate"), waits;
    wait_inside(w, 1);
    waits = dial_and_ask(w, "/x");
    while (stats_of(w).queue_depth < 1) {
    }
    int fd = dial_and_get(w, "/now"); /* the only worker is busy and the queue is full */
    get(fd, "/now");
    ask(fd, "/y");
    expect(fd, "503");
    close(fd);
    gate(w, true);
    expect(busy, "GET /gate 0");
    expect(waits, "GET /x 0");
    close(busy);
    close(waits);
}

static void a_request_may_come_byte_by_byte(void **state)
{
    World *w = start(*state, (HttpServerOptions){0});
    int fd = dial(w->port);
    Str all = STR("POST /slow HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"
                  "3\r\nabc\r\n0\r\n\r\n");
    for (size_t i = 0; i < all.len; i++)
        say(fd, (Str){all.ptr + i, 1});
    expect(fd, "POST /slow 3");
    close(fd);
}

static void a_refusal_is_answered_and_ends_the_connection(void **state)
{
    World *w = start(*state, (HttpServerOptions){0});
    static const struct {
        const char *bytes, *answer;
    } rows[] = {
        {"GET / HTTP/1.1\r\n\r\nGET /next HTTP/1.1\r\n" HOST "\r\n",
         "HTTP/1.1 400 Bad Request\r\n"                                                              },
        {"nonsense\r\n\r\n",                                           "HTTP/1.1 400 Bad Request\r\n"},
        {"POST / HTTP/1.1\r\n" HOST "Content-Length: 1048577\r\n\r\n",
         "HTTP/1.1 413 Content Too Large\r\n"                                                        },
        {"GET / HTTP/4.2\r\n" HOST "\r\n",                             "HTTP/1.1 505 "               },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int fd = dial(w->port);
        char buf[8192];
        say(fd, str_of(rows[i].bytes));
        assert_true(hear(fd, buf, sizeof buf, "error ") > 0);
        assert_ptr_equal(strstr(buf, rows[i].answer), buf);
        assert_non_null(strstr(buf, "connection: close\r\n"));
        assert_null(strstr(buf, "/next"));
        shutdown(fd, SHUT_WR);
        expect_closed(fd);
    }
    HttpServerStats stats = stats_of(w);
    assert_int_equal(stats.bad_requests, 4);
    assert_int_equal(stats.requests_total, 0);
}

/* The client is still sending when the refusal goes out: it must arrive all the same. */
static void a_body_too_large_is_refused_while_it_is_sent(void **state)
{
    World *w = start(*state, (HttpServerOptions){0});
    int fd = dial(w->port);
    static char junk[3 << 20];
    say(fd, STR("POST / HTTP/1.1\r\n" HOST "Content-Length: 3145728\r\n\r\n"));
    say(fd, (Str){junk, sizeof junk});
    expect(fd, "error 413");
    close(fd);
}

static void the_client_that_asks_first_is_told_to_go_on(void **state)
{
    World *w = start(*state, (HttpServerOptions){0});
    int fd = dial(w->port);
    say(fd,
        STR("POST /e HTTP/1.1\r\n" HOST "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"));
    expect(fd, "HTTP/1.1 100 Continue\r\n\r\n");
    say(fd, STR("ok"));
    expect(fd, "POST /e 2");
    close(fd);
}

static void a_full_queue_is_answered_at_once(void **state)
{
    World *w = start(*state, (HttpServerOptions){.workers = 1, .queue = 2});
    int busy[3], fd = dial(w->port);
    for (int i = 0; i < 3; i++) { /* one runs, two wait */
        busy[i] = dial_and_ask(w, "/gate");
        if (i == 0)
            wait_inside(w, 1);
    }
    while (stats_of(w).queue_depth < 2) {
    }
    char buf[8192];
    ask(fd, "/x");
    assert_true(hear(fd, buf, sizeof buf, "error 503") > 0);
    assert_non_null(strstr(buf, "retry-after-ms: 25\r\n"));
    assert_non_null(strstr(buf, "connection: keep-alive\r\n")); /* nothing wrong with it */
    get(fd, "/inline");                                         /* health answers even then */
    gate(w, true);
    for (int i = 0; i < 3; i++) {
        expect_get(busy[i], "/gate");
        close(busy[i]);
    }
    get(fd, "/x");
    close(fd);
    assert_int_equal(stats_of(w).refused_busy, 1);
}

static void slow_senders_are_timed_out(void **state)
{
    World *w =
        start(*state, (HttpServerOptions){.header_timeout_ms = 30, .body_timeout_ms = 30});
    int head = dial(w->port), body = dial(w->port);
    say(head, STR("GET / HTTP/1.1\r\nHo"));
    say(body, STR("POST / HTTP/1.1\r\n" HOST "Content-Length: 9\r\n\r\nab"));
    expect(head, "error 408 the headers took too long");
    expect(body, "error 408 the body took too long");
    close(head);
    close(body);
}

static void idle_connections_are_closed_silently(void **state)
{
    World *w = start(*state, (HttpServerOptions){.idle_timeout_ms = 30});
    int fresh = dial(w->port), used = dial_and_get(w, "/a");
    expect_closed(fresh);
    expect_closed(used);
}

static void a_client_that_does_not_read_is_closed(void **state)
{
    World *w = start(*state, (HttpServerOptions){.write_timeout_ms = 50});
    int fd = dial(w->port), small = 4096;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    for (int i = 0; i < 4; i++)
        ask(fd, "/big");
    while (stats_of(w).timeouts == 0) {
    }
    close(fd);
}

static void a_large_answer_arrives_whole(void **state)
{
    World *w = start(*state, (HttpServerOptions){0});
    int fd = dial(w->port);
    ask_last(fd, "/big");
    static char buf[(9 << 20)];
    int n = hear(fd, buf, sizeof buf, NULL);
    char *body = strstr(buf, "\r\n\r\n");
    assert_non_null(body);
    assert_int_equal(n - (body + 4 - buf), 8 << 20);
    close(fd);
}

static void stopping_answers_what_was_accepted(void **state)
{
    World *w = start(*state, (HttpServerOptions){.workers = 1});
    int fd[3], idle = dial(w->port);
    for (int i = 0; i < 3; i++) {
        fd[i] = dial_and_ask(w, "/gate");
    }
    wait_inside(w, 1);
    while (stats_of(w).queue_depth < 2) {
    }
    http_server_stop(w->server);
    expect_closed(idle);
    int late = dial_socket();
    assert_int_equal(dial_connect(late, w->port), -1);
    close(late);
    gate(w, true);
    for (int i = 0; i < 3; i++) {
        char buf[8192];
        assert_true(hear(fd[i], buf, sizeof buf, NULL) > 0);
        assert_non_null(strstr(buf, "GET /gate 0"));
        assert_non_null(strstr(buf, "connection: close\r\n"));
        close(fd[i]);
    }
    world_end(w);
}

static void stopping_does_not_wait_for_ever(void **state)
{
    World *w = start(*state, (HttpServerOptions){.workers = 1, .drain_timeout_ms = 30});
    int running = dial(w->port), queued = dial(w->port), half = dial(w->port);
    say(half, STR("POST / HTTP/1.1\r\n" HOST "Content-Length: 9\r\n\r\nab"));
    ask(running, "/gate");
    wait_inside(w, 1);
    ask(queued, "/gate");
    while (stats_of(w).queue_depth < 1) {
    }
    http_server_stop(w->server);
    expect_closed(half);
    expect_closed(queued);
    expect_closed(running);
    gate(w, true); /* the handler itself cannot be interrupted */
    world_end(w);
    assert_int_equal(w->handled, 1);
}

static void a_connection_too_many_is_closed_and_a_later_one_is_not(void **state)
{
    World *w = start(*state, (HttpServerOptions){.max_connections = 2});
    int a = dial(w->port), b = dial_and_get(w, "/a");
    get(b, "/b");
    for (int i = 0; i < 20; i++)
        expect_closed(dial(w->port));
    close(a);
    while (stats_of(w).connections_open > 1) {
    }
    int c = dial_and_get(w, "/c");
    close(b);
    close(c);
}

static void running_out_of_descriptors_passes(void **state)
{
    World *w = start(*state, (HttpServerOptions){0});
    int warm = dial_and_get(w, "/a");
    int fd = dial_socket();
    struct rlimit before, none;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = (rlim_t)fd + 1; /* the server cannot accept another */
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    assert_int_equal(dial_connect(fd, w->port), 0);
    expect_closed(fd);
    get(warm, "/b");
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    int later = dial_and_get(w, "/c");
    close(warm);
    close(later);
}

static void a_client_that_leaves_harms_nobody(void **state)
{
    World *w = start(*state, (HttpServerOptions){.workers = 1});
    for (int i = 0; i < 3; i++) {
        int fd = dial_and_ask(w, "/gate");
        if (i == 0)
            wait_inside(w, 1);
        struct linger now = {.l_onoff = 1}; /* a reset, not a farewell */
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        while (stats_of(w).requests_total < (uint64_t)i + 1) {
        }
        close(fd);
    }
    gate(w, true);
    int fd = dial_and_get(w, "/x");
    close(fd);
}

/* nc and old clients end their side with the request. */
static void a_client_that_only_listens_on_is_answered(void **state)
{
    World *w = start(*state, (HttpServerOptions){0});
    int fd = dial(w->port);
    say(fd, STR("GET /gate HTTP/1.1\r\n" HOST "\r\n"
                "GET /second HTTP/1.1\r\n" HOST "\r\nGET /half"));
    shutdown(fd, SHUT_WR);
    wait_inside(w, 1);
    gate(w, true);
    char buf[8192];
    assert_true(hear(fd, buf, sizeof buf, NULL) > 0);
    assert_non_null(strstr(buf, "GET /gate 0"));
    assert_non_null(strstr(buf, "GET /second 0"));
    assert_null(strstr(buf, "/half"));
    close(fd);
}

static void an_address_that_cannot_be_had_is_named(void **state)
{
    World *w = start(*state, (HttpServerOptions){0});
    char taken[32];
    snprintf(taken, sizeof taken, "127.0.0.1:%d", w->port);
    const struct {
        const char *listen;
        ErrCode code;
        const char *words;
    } rows[] = {
        {taken,             ERR_IO,    "address already in use"},
        {"192.0.2.1:0",     ERR_IO,    "192.0.2.1:0"           },
        {"127.0.0.1",       ERR_USAGE, "ADDRESS:PORT"          },
        {"127.0.0.1:",      ERR_USAGE, "ADDRESS:PORT"          },
        {"127.0.0.1:65536", ERR_USAGE, "ADDRESS:PORT"          },
        {"nowhere:80",      ERR_USAGE, "nowhere"               },
        {"[::1:80",         ERR_USAGE, "no IP address"         },
        {"[127.0.0.1]:80",  ERR_USAGE, "no IP address"         },
        {"",                ERR_USAGE, "ADDRESS:PORT"          },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        HttpServer *s = NULL;
        Err err = {0};
        assert_false(open_only(rows[i].listen, &s, &err));
        assert_null(s);
        assert_int_equal(err.code, rows[i].code);
        if (!strstr(err.msg, rows[i].words))
            fail_msg("%s: %s", rows[i].listen, err.msg);
    }
}

static void both_families_and_every_address_can_be_listened_on(void **state)
{
    (void)state;
    static const struct {
        const char *listen, *starts;
    } rows[] = {
        {"[::1]:0",     "[::1]:"    },
        {":0",          "0.0.0.0:"  },
        {"localhost:0", "127.0.0.1:"},
        {"[::]:0",      "[::]:"     },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        HttpServer *s = NULL;
        Err err = {0};
        if (!open_only(rows[i].listen, &s, &err)) {
            assert_non_null(strstr(err.msg, "[::")); /* a machine without IPv6 */
            continue;
        }
        assert_true(str_starts(http_server_address(s), str_of(rows[i].starts)));
        http_server_close(s); /* without having run */
    }
    http_server_close(NULL);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, with_world, without_world)
    const struct CMUnitTest tests[] = {
        T(an_answer_has_length_type_date_and_connection),
        T(head_has_the_length_and_no_body),
        T(pipelined_requests_are_answered_in_order),
        T(what_the_loop_can_answer_needs_no_worker),
        T(a_request_may_come_byte_by_byte),
        T(a_refusal_is_answered_and_ends_the_connection),
        T(a_body_too_large_is_refused_while_it_is_sent),
        T(the_client_that_asks_first_is_told_to_go_on),
        T(a_full_queue_is_answered_at_once),
        T(slow_senders_are_timed_out),
        T(idle_connections_are_closed_silently),
        T(a_client_that_does_not_read_is_closed),
        T(a_large_answer_arrives_whole),
        T(stopping_answers_what_was_accepted),
        T(stopping_does_not_wait_for_ever),
        T(a_connection_too_many_is_closed_and_a_later_one_is_not),
        T(running_out_of_descriptors_passes),
        T(a_client_that_leaves_harms_nobody),
        T(a_client_that_only_listens_on_is_answered),
        T(an_address_that_cannot_be_had_is_named),
        T(both_families_and_every_address_can_be_listened_on),
    };
    return cmocka_run_group_tests_name("net/http_server", tests, NULL, NULL);
}
