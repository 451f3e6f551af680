/* http_server.c - the loop: sockets, time-outs, and who may answer when.
 *
 * A connection answers one request at a time.  While it does, what the client sends on
 * is kept (up to a read's size, then the socket is left alone, so TCP holds the client
 * back); it is parsed when the answer is out.  That makes pipelining right by
 * construction.  An answer is written at once, and only what the socket does not take is left
 * to libuv: that saves a system call and a turn of the loop for each.  After TURN_ANSWERS to
 * pipelined requests others have their turn.  Four states:
 *
 *   READING --request--> BUSY --answered--> WRITING --keep-alive--> READING
 *      |                                       |
 *      +--refused, timed out---> (an answer) --+--close--> LINGERING --> closed
 *
 * LINGERING reads and drops for a moment behind a last answer: closing a socket with
 * unread bytes makes the kernel send a reset, which can destroy the answer under way.
 *
 * A client that ends its side may still listen, or be gone: TCP does not tell.  Its request
 * gets a moment more; then, as after a reset, it is called gone, and the worker drops it.
 *
 * Invariants:
 * 1. All handles, and every Conn that is not BUSY, are touched by the loop thread alone.
 * 2. A BUSY Conn belongs to the queue or a worker, but for its handles, `pending`, `eof`
 *    and `closing`; `gone` is for both.
 * 3. A Conn goes back to the free list when its handles are closed and it is not BUSY.
 */
#include "net/http_server.h"

#include "base/clock.h"
#include "base/progress.h"
#include "net/http_server_internal.h"

#include <assert.h>
#include <signal.h>

enum {
    BACKLOG = 511,
    TURN_ANSWERS = 16,
    LINGER_MS = 1000,
    DEAF_MS = 1000,    /* a request whose client ended its side is worked on so long */
    POLL_STOP_MS = 50, /* a signal handler cannot wake the loop: it looks so often */
};

static void conn_read_on(Conn *c);
static void conn_feed(Conn *c, Str bytes);
static void accept_waiting(HttpServer *s);
static void finish_if_idle(HttpServer *s);

Str http_header(const HttpRequest *r, Str name)
{
    for (size_t i = 0; i < r->header_count; i++)
        if (str_eq(r->header[i].name, name))
            return r->header[i].value;
    return (Str){0};
}

/* ---- the end of a connection ------------------------------------------------ */

static void conn_free_if_done(Conn *c)
{
    if (c->open_handles || c->state == CONN_BUSY)
        return;
    HttpServer *s = c->server;
    http_conn_done(c->in);
    buf_done(&c->pending);
    buf_done(&c->head);
    buf_done(&c->response.body);
    c->next_free = s->free_conn;
    s->free_conn = c;
    s->live--;
    atomic_fetch_sub(&s->count.connections_open, 1);
    accept_waiting(s);
    finish_if_idle(s);
}

static void on_handle_closed(uv_handle_t *h)
{
    Conn *c = h->data;
    c->open_handles--;
    conn_free_if_done(c);
}

static void conn_close(Conn *c)
{
    if (c->closing)
        return;
    c->closing = true;
    atomic_store(&c->gone, true);
    uv_close((uv_handle_t *)&c->tcp, on_handle_closed);
    uv_close((uv_handle_t *)&c->timer, on_handle_closed);
}

/* ---- answering --------------------------------------------------------------- */

static void on_linger(uv_timer_t *t) { conn_close(t->data); }

static void on_shutdown(uv_shutdown_t *req, int status)
{
    Conn *c = req->data;
    if (status < 0 || c->eof || atomic_load(&c->server->draining)) {
        conn_close(c);
        return;
    }
    uv_timer_start(&c->timer, on_linger, LINGER_MS, 0);
    conn_read_on(c);
}

/* True: the next request may be read. */
static bool conn_next(Conn *c)
{
    if (!c->keep_alive || atomic_load(&c->server->draining)) {
        c->state = CONN_LINGERING;
        c->shutdown.data = c;
        if (uv_shutdown(&c->shutdown, (uv_stream_t *)&c->tcp, on_shutdown) != 0)
            conn_close(c);
        return false;
    }
    http_conn_next(c->in);
    c->state = CONN_READING;
    c->timed = HTTP_CONN_BODY; /* so that the first look sets the timer */
    return true;
}

/* With what the client has sent meanwhile. */
static void conn_go_on(Conn *c)
{
    c->turn = 0;
    conn_feed(c, buf_str(&c->pending));
    if (c->state != CONN_READING || c->closing)
        return;
    if (c->eof)
        conn_close(c); /* all it had asked before it ended its side is answered */
    else
        conn_read_on(c);
}

static void on_written(uv_write_t *req, int status)
{
    Conn *c = req->data;
    if (c->closing)
        return;
    if (status < 0) {
        conn_close(c);
        return;
    }
    uv_timer_stop(&c->timer);
    if (conn_next(c))
        conn_go_on(c);
}

static void on_write_timeout(uv_timer_t *t)
{
    Conn *c = t->data;
    atomic_fetch_add(&c->server->count.timeouts, 1);
    conn_close(c);
}

/* Passes over the first n bytes of two parts. */
static void skip_bytes(uv_buf_t part[2], size_t n)
{
    for (int i = 0; i < 2; i++) {
        size_t k = n < part[i].len ? n : part[i].len;
        part[i].base += k;
        part[i].len -= k;
        n -= k;
    }
}

/* True: all is written and the next request may be read; else that comes by itself. */
static bool conn_write(Conn *c)
{
    c->state = CONN_WRITING;
    bool no_body = str_eq(c->request.method, STR("HEAD")) || c->response.status == 204 ||
                   c->response.status == 304;
    uv_buf_t part[2] = {
        uv_buf_init(c->head.ptr, (unsigned)c->head.len),
        uv_buf_init(c->response.body.ptr, no_body ? 0 : (unsigned)c->response.body.len),
    };
    unsigned parts = part[1].len ? 2 : 1;
    if (c->turn++ < TURN_ANSWERS) {
        int n = uv_try_write((uv_stream_t *)&c->tcp, part, parts);
        if (n >= 0 && (size_t)n == part[0].len + part[1].len)
            return conn_next(c);
        if (n > 0)
            skip_bytes(part, (size_t)n);
    } /* whatever went wrong goes wrong again */
    c->write.data = c;
    uv_timer_start(&c->timer, on_write_timeout, (uint64_t)c->server->o.write_timeout_ms, 0);
    if (uv_write(&c->write, (uv_stream_t *)&c->tcp, part, parts, on_written) != 0)
        conn_close(c);
    return false;
}

/* An answer of the server itself, in the application's shape. */
static bool conn_answer_error(Conn *c, int status, const char *message, const HttpRequest *req)
{
    HttpServer *s = c->server;
    ArenaMark m = arena_mark(s->loop_arena);
    http_response_init(c);
    c->response.status = status;
    c->response.close = req == NULL;
    s->o.error_body(s->o.ctx, s->loop_arena, status, message, req, &c->response);
    http_response_print(c);
    arena_rewind(s->loop_arena, m);
    return conn_write(c);
}

static void conn_refuse(Conn *c, int status, const char *message)
{
    HttpServer *s = c->server;
    atomic_fetch_add(status == 408 ? &s->count.timeouts : &s->count.bad_requests, 1);
    c->request = (HttpRequest){0};
    (void)conn_answer_error(c, status, message, NULL); /* it closes */
}

/* ---- requests ---------------------------------------------------------------- */

static void on_deaf_over(uv_timer_t *t)
{
    Conn *c = t->data;
    if (c->state == CONN_BUSY)
        conn_close(c);
}

static void conn_time_deaf(Conn *c) { uv_timer_start(&c->timer, on_deaf_over, DEAF_MS, 0); }

/* False: it is for a worker. */
static bool answered_here(Conn *c)
{
    const HttpServerOptions *o = &c->server->o;
    Arena *a = c->server->loop_arena;
    bool here = o->inline_path && o->inline_path(o->ctx, &c->request);
    if (!here && !o->try_handle)
        return false;
    ArenaMark m = arena_mark(a);
    http_response_init(c);
    if (here)
        o->handle(o->ctx, a, &c->request, &c->response);
    else
        here = o->try_handle(o->ctx, a, &c->request, &c->response);
    if (here)
        http_response_print(c);
    arena_rewind(a, m);
    return here;
}

/* True: it is answered, and the next may be read. */
static bool conn_dispatch(Conn *c)
{
    HttpServer *s = c->server;
    uv_timer_stop(&c->timer);
    c->request = *http_conn_request(c->in);
    c->request.peer = str_of(c->peer);
    c->request.received_ns = clock_mono_ns();
    atomic_fetch_add(&s->count.requests_total, 1);
    if (answered_here(c))
        return conn_write(c);
    c->state = CONN_BUSY;
    if (http_jobs_put(c)) {
        if (c->eof)
            conn_time_deaf(c);
        return false;
    }
    atomic_fetch_add(&s->count.refused_busy, 1);
    return conn_answer_error(c, 503, "the server is busy; try again in a moment", &c->request);
}

static void on_read_timeout(uv_timer_t *t)
{
    Conn *c = t->data;
    if (c->timed == HTTP_CONN_IDLE)
        conn_close(c);
    else
        conn_refuse(c, 408,
                    c->timed == HTTP_CONN_HEAD ? "the headers took too long"
                                               : "the body took too long");
}

/* A time-out counts from where a part of the request began, not from its last byte. */
static void conn_time(Conn *c)
{
    const HttpServerOptions *o = &c->server->o;
    HttpConnPlace place = http_conn_place(c->in);
    if (uv_is_active((uv_handle_t *)&c->timer) && place == c->timed)
        return;
    c->timed = place;
    int ms = place == HTTP_CONN_IDLE   ? o->idle_timeout_ms
             : place == HTTP_CONN_HEAD ? o->header_timeout_ms
                                       : o->body_timeout_ms;
    uv_timer_start(&c->timer, on_read_timeout, (uint64_t)ms, 0);
}

/* Keeps bytes for later; they may be the tail of what is kept already. */
static void keep_pending(Conn *c, Str rest)
{
    Buf *b = &c->pending;
    if (b->max == 0)
        buf_init(b, (size_t)2 * READ_BYTES);
    if (rest.len && b->len && rest.ptr >= b->ptr && rest.ptr < b->ptr + b->len)
        memmove(b->ptr, rest.ptr, rest.len);
    else if (rest.len && rest.ptr)
        (void)(buf_clear(b), buf_put(b, rest));
    b->len = rest.len;
}

static void conn_feed(Conn *c, Str bytes)
{
    for (;;) {
        switch (http_conn_feed(c->in, &bytes)) {
        case HTTP_CONN_MORE:
            keep_pending(c, STR(""));
            conn_time(c);
            return;
        case HTTP_CONN_CONTINUE: {
            /* Into an empty send buffer: if it does not fit, the client sends unasked. */
            uv_buf_t go = uv_buf_init((char[]){"HTTP/1.1 100 Continue\r\n\r\n"}, 25);
            uv_try_write((uv_stream_t *)&c->tcp, &go, 1);
            continue;
        }
        case HTTP_CONN_REQUEST:
            if (conn_dispatch(c))
                continue;
            keep_pending(c, bytes);
            return;
        case HTTP_CONN_REFUSED:
            conn_refuse(c, http_conn_status(c->in), http_conn_message(c->in));
            return;
        }
    }
}

static void on_alloc(uv_handle_t *h, size_t wanted, uv_buf_t *buf)
{
    (void)wanted;
    HttpServer *s = ((Conn *)h->data)->server; /* one read at a time: one buffer will do */
    *buf = uv_buf_init(s->chunk, sizeof s->chunk);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    Conn *c = stream->data;
    if (n == 0)
        return; /* would block */
    c->turn = 0;
    if (n < 0) {
        c->eof = true;
        c->reading = false;
        uv_read_stop(stream);
        if (n != UV_EOF || c->state == CONN_READING || c->state == CONN_LINGERING)
            conn_close(c);
        else if (c->state == CONN_BUSY)
            conn_time_deaf(c);
        return;
    }
    switch (c->state) {
    case CONN_READING:
        conn_feed(c, (Str){buf->base, (size_t)n});
        return;
    case CONN_BUSY:
    case CONN_WRITING:
        buf_put(&c->pending, (Str){buf->base, (size_t)n});
        if (c->pending.len >= READ_BYTES) {
            c->reading = false;
            uv_read_stop(stream);
        }
        return;
    case CONN_LINGERING:
        return;
    }
}

static void conn_read_on(Conn *c)
{
    if (c->reading || c->eof)
        return;
    c->reading = uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_read) == 0;
    if (!c->reading)
        conn_close(c);
}

/* ---- new connections --------------------------------------------------------- */

static void print_address(const struct sockaddr_storage *sa, char out[ADDRESS_SIZE])
{
    char ip[INET6_ADDRSTRLEN] = "?";
    if (sa->ss_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)sa;
        uv_ip6_name(in6, ip, sizeof ip);
        snprintf(out, ADDRESS_SIZE, "[%s]:%d", ip, ntohs(in6->sin6_port));
    } else {
        const struct sockaddr_in *in = (const struct sockaddr_in *)sa;
        uv_ip4_name(in, ip, sizeof ip);
        snprintf(out, ADDRESS_SIZE, "%s:%d", ip, ntohs(in->sin_port));
    }
}

static Conn *conn_take(HttpServer *s)
{
    Conn *c = s->free_conn;
    if (c) {
        s->free_conn = c->next_free;
    } else if (s->conn_count < (size_t)s->o.max_connections) {
        c = arena_new(s->arena, Conn);
        HttpConnLimits limits = {s->o.max_header_bytes, s->o.max_body_bytes};
        c->in = http_conn_new(s->arena, &limits);
        s->conn[s->conn_count++] = c;
    } else {
        return NULL;
    }
    *c = (Conn){.server = s, .in = c->in, .open_handles = 2, .timed = HTTP_CONN_BODY};
    http_conn_next(c->in);
    uv_tcp_init(&s->loop, &c->tcp);
    uv_timer_init(&s->loop, &c->timer);
    c->tcp.data = c->timer.data = c;
    s->live++;
    atomic_fetch_add(&s->count.connections_open, 1);
    return c;
}

static void on_spare_closed(uv_handle_t *h)
{
    HttpServer *s = h->data;
    s->spare_busy = false;
    accept_waiting(s);
    finish_if_idle(s);
}

/* One connection too many is accepted only to be closed: the client learns it at once. */
static void close_one_too_many(HttpServer *s)
{
    s->held = s->spare_busy;
    if (s->held)
        return;
    uv_tcp_init(&s->loop, &s->spare);
    s->spare.data = s;
    s->spare_busy = true;
    if (uv_accept((uv_stream_t *)&s->listener, (uv_stream_t *)&s->spare) == 0)
        atomic_fetch_add(&s->count.refused_busy, 1);
    uv_close((uv_handle_t *)&s->spare, on_spare_closed);
}

static void accept_one(HttpServer *s)
{
    Conn *c = conn_take(s);
    if (!c) {
        close_one_too_many(s);
        return;
    }
    struct sockaddr_storage sa = {0};
    int n = sizeof sa;
    if (uv_accept((uv_stream_t *)&s->listener, (uv_stream_t *)&c->tcp) != 0 ||
        uv_tcp_getpeername(&c->tcp, (struct sockaddr *)&sa, &n) != 0) {
        conn_close(c);
        return;
    }
    atomic_fetch_add(&s->count.connections_total, 1);
    uv_tcp_nodelay(&c->tcp, 1);
    print_address(&sa, c->peer);
    conn_time(c);
    conn_read_on(c);
}

static void accept_waiting(HttpServer *s)
{
    if (!s->has_listener || !s->held)
        return;
    s->held = false;
    accept_one(s);
}

/* status < 0: out of descriptors, say.  libuv has shed that connection; the next may do. */
static void on_connection(uv_stream_t *listener, int status)
{
    if (status == 0)
        accept_one(listener->data);
}

/* ---- the life of the server -------------------------------------------------- */

static void on_drain_over(uv_timer_t *t)
{
    HttpServer *s = t->data;
    void *item;
    for (int lane = 0; lane < LANES; lane++) {
        queue_stop(s->jobs[lane]);
        while (queue_take(s->jobs[lane], &item))
            http_jobs_taken_back(item);
    }
    for (size_t i = 0; i < s->conn_count; i++)
        if (s->conn[i]->open_handles)
            conn_close(s->conn[i]);
}

static void begin_drain(HttpServer *s)
{
    atomic_store(&s->draining, true);
    uv_timer_stop(&s->poll);
    s->has_listener = false;
    uv_close((uv_handle_t *)&s->listener, NULL);
    for (size_t i = 0; i < s->conn_count; i++) {
        Conn *c = s->conn[i];
        bool idle = c->state == CONN_READING && http_conn_place(c->in) == HTTP_CONN_IDLE;
        if (c->open_handles && (idle || c->state == CONN_LINGERING))
            conn_close(c);
    }
    uv_timer_start(&s->drain, on_drain_over, (uint64_t)s->o.drain_timeout_ms, 0);
    finish_if_idle(s);
}

static void on_async(uv_async_t *async)
{
    HttpServer *s = async->data;
    if (atomic_load(&s->stop) && !atomic_load(&s->draining))
        begin_drain(s);
    void *item;
    while (queue_depth(s->done) && queue_take(s->done, &item)) {
        Conn *c = item;
        http_jobs_taken_back(c);
        if (c->closing)
            conn_free_if_done(c);
        else if (conn_write(c))
            conn_go_on(c);
    }
}

static void on_poll(uv_timer_t *t)
{
    HttpServer *s = t->data;
    if (stop_requested())
        begin_drain(s);
}

static void on_hangup(uv_signal_t *sig, int number)
{
    (void)number;
    HttpServer *s = sig->data;
    s->o.on_hangup(s->o.ctx);
}

static void close_own_handles(HttpServer *s)
{
    s->finished = true;
    if (!uv_is_closing((uv_handle_t *)&s->listener))
        uv_close((uv_handle_t *)&s->listener, NULL);
    uv_close((uv_handle_t *)&s->async, NULL);
    uv_close((uv_handle_t *)&s->poll, NULL);
    uv_close((uv_handle_t *)&s->drain, NULL);
    uv_close((uv_handle_t *)&s->hangup, NULL);
}

/* With the last handle closed uv_run returns. */
static void finish_if_idle(HttpServer *s)
{
    if (atomic_load(&s->draining) && s->live == 0 && !s->finished)
        close_own_handles(s);
}

/* "127.0.0.1:8080", "[::1]:0", "localhost:80", ":8080" (every address). */
static bool parse_address(HttpServer *s, Str text, struct sockaddr_storage *out, Err *err)
{
    Str host = text, port = {0};
    for (size_t i = text.len; i-- > 0 && !port.ptr;)
        if (text.ptr[i] == ':') {
            host.len = i;
            port = (Str){text.ptr + i + 1, text.len - i - 1};
        }
    int64_t number;
    if (!port.ptr || !str_to_i64(port, &number) || number < 0 || number > 65535)
        return err_set(err, ERR_USAGE, "listen wants ADDRESS:PORT, not '" STR_FMT "'",
                       STR_ARG(text));
    bool six = host.len >= 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']';
    if (six)
        host = (Str){host.ptr + 1, host.len - 2};
    if (str_eq(host, STR("localhost")))
        host = STR("127.0.0.1");
    if (host.len == 0)
        host = STR("0.0.0.0");
    const char *z = str_z(s->arena, host);
    int e = six ? uv_ip6_addr(z, (int)number, (struct sockaddr_in6 *)out)
                : uv_ip4_addr(z, (int)number, (struct sockaddr_in *)out);
    return e == 0 ||
           err_set(err, ERR_USAGE, "'%s' is no IP address (an IPv6 one stands in brackets)", z);
}

static bool start_listening(HttpServer *s, Err *err)
{
    struct sockaddr_storage sa = {0};
    if (!parse_address(s, s->o.listen, &sa, err))
        return false;
    int e = uv_tcp_bind(&s->listener, (const struct sockaddr *)&sa, 0);
    if (e == 0)
        e = uv_listen((uv_stream_t *)&s->listener, BACKLOG, on_connection);
    int n = sizeof sa;
    if (e == 0)
        e = uv_tcp_getsockname(&s->listener, (struct sockaddr *)&sa, &n);
    if (e != 0)
        return err_set(err, ERR_IO, "cannot listen on " STR_FMT ": %s", STR_ARG(s->o.listen),
                       uv_strerror(e));
    print_address(&sa, s->address);
    s->has_listener = true;
    return true;
}

static bool init_handles(HttpServer *s, Err *err)
{
    int e = uv_loop_init(&s->loop);
    if (e != 0)
        return err_set(err, ERR_IO, "cannot make an event loop: %s", uv_strerror(e));
    s->listener.data = s->async.data = s->poll.data = s->drain.data = s->hangup.data = s;
    e = uv_async_init(&s->loop, &s->async, on_async);
    if (e != 0) {
        uv_loop_close(&s->loop);
        return err_set(err, ERR_IO, "cannot make an event loop: %s", uv_strerror(e));
    }
    uv_tcp_init(&s->loop, &s->listener); /* these four cannot fail */
    uv_timer_init(&s->loop, &s->poll);
    uv_timer_init(&s->loop, &s->drain);
    uv_signal_init(&s->loop, &s->hangup);
    return true;
}

bool http_server_open(const HttpServerOptions *o, HttpServer **out, Err *err)
{
    assert(o->workers > 0 && o->queue > 0 && o->max_connections > 0 && o->max_header_bytes > 0);
    size_t each = 3 * sizeof(Conn) + 16384; /* with its HttpConn, rounded up generously */
    Arena *a = arena_open((size_t)o->max_connections * each + (1 << 20));
    HttpServer *s = arena_new(a, HttpServer);
    s->arena = a;
    s->o = *o;
    s->conn = arena_array(a, Conn *, (size_t)o->max_connections);
    if (!init_handles(s, err)) {
        arena_close(a);
        return false;
    }
    s->worker = arena_array(a, HttpWork, (size_t)o->workers + (size_t)o->long_workers);
    for (int lane = 0; lane < LANES; lane++)
        s->jobs[lane] = queue_open((size_t)o->queue);
    s->done = queue_open((size_t)o->max_connections);
    s->loop_arena = arena_open(o->worker_arena_bytes);
    signal(SIGPIPE, SIG_IGN);
    if (!start_listening(s, err)) {
        http_server_close(s);
        return false;
    }
    *out = s;
    return true;
}

bool http_server_run(HttpServer *s, Err *err)
{
    bool ok = http_workers_start(s, err);
    if (ok) {
        uv_timer_start(&s->poll, on_poll, POLL_STOP_MS, POLL_STOP_MS);
        if (s->o.on_hangup)
            uv_signal_start(&s->hangup, on_hangup, SIGHUP);
        if (s->o.on_listening)
            s->o.on_listening(s->o.ctx, str_of(s->address));
        uv_run(&s->loop, UV_RUN_DEFAULT);
    }
    http_workers_stop(s);
    return ok;
}

void http_server_stop(HttpServer *s)
{
    atomic_store(&s->stop, true);
    uv_async_send(&s->async);
}

void http_server_close(HttpServer *s)
{
    if (!s)
        return;
    if (!s->finished) {
        close_own_handles(s);
        uv_run(&s->loop, UV_RUN_DEFAULT);
    }
    int e = uv_loop_close(&s->loop);
    assert(e == 0);
    for (int lane = 0; lane < LANES; lane++)
        queue_close(s->jobs[lane]);
    queue_close(s->done);
    arena_close(s->loop_arena);
    arena_close(s->arena);
}

Str http_server_address(const HttpServer *s) { return str_of(s->address); }

void http_server_stats(const HttpServer *s, HttpServerStats *out)
{
    const Counters *n = &s->count;
    *out = (HttpServerStats){
        .connections_open = atomic_load(&n->connections_open),
        .connections_total = atomic_load(&n->connections_total),
        .requests_total = atomic_load(&n->requests_total),
        .refused_busy = atomic_load(&n->refused_busy),
        .bad_requests = atomic_load(&n->bad_requests),
        .timeouts = atomic_load(&n->timeouts),
        .queue_depth = queue_depth(s->jobs[LANE_SHORT]) + queue_depth(s->jobs[LANE_LONG]),
    };
}
