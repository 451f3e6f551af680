/* http_server_internal.h - what the loop (http_server.c) and the workers (http_work.c) share:
 * the connection, the server, and who may touch what of them (invariants in http_server.c). */
#ifndef NET_HTTP_SERVER_INTERNAL_H
#define NET_HTTP_SERVER_INTERNAL_H

#include "base/queue.h"
#include "base/thread.h"
#include "net/http_conn.h"

#include <stdatomic.h>
#include <uv.h>

enum { READ_BYTES = 65536, ADDRESS_SIZE = 64 };
#define REPLY_MAX ((size_t)256 << 20)

typedef enum ConnState { CONN_READING, CONN_BUSY, CONN_WRITING, CONN_LINGERING } ConnState;

typedef struct Conn Conn;
struct Conn {
    HttpServer *server;
    uv_tcp_t tcp;
    uv_timer_t timer;
    uv_write_t write;
    uv_shutdown_t shutdown;
    HttpConn *in;
    ConnState state;
    HttpConnPlace timed; /* what the timer is set for, while READING */
    int open_handles;
    bool closing, eof, reading, keep_alive;
    atomic_bool gone;
    int lane; /* of the request */
    int turn; /* answers in a row, while others wait for the loop */
    Buf pending, head;
    HttpRequest request;
    HttpResponse response;
    char peer[ADDRESS_SIZE];
    Conn *next_free;
};

typedef struct Counters {
    _Atomic uint64_t connections_open, connections_total, requests_total, refused_busy,
        bad_requests, timeouts;
} Counters;

/* Short bodies and long ones. */
enum { LANE_SHORT, LANE_LONG, LANES };

struct HttpWork {
    HttpServer *server;
    Thread *thread;
    int lane;
};

struct HttpServer {
    HttpServerOptions o;
    Arena *arena; /* this struct, the connections, the queue */
    Arena *loop_arena;
    uv_loop_t loop;
    uv_tcp_t listener, spare; /* spare: takes a connection too many, to close it */
    uv_async_t async;
    uv_timer_t poll, drain;
    uv_signal_t hangup;
    bool spare_busy, has_listener;
    bool held; /* libuv keeps one accepted socket, and accepts no more, until we take it */
    Queue *jobs[LANES], *done; /* of Conn; the last holds every connection: never full */
    HttpWork *worker;
    int worker_count;
    size_t long_bytes; /* bodies of BUSY connections in the long lane */
    Conn **conn;       /* made so far */
    size_t conn_count, live;
    Conn *free_conn;
    atomic_bool stop, draining;
    bool finished;
    Counters count;
    char address[ADDRESS_SIZE];
    char chunk[READ_BYTES];
};

/* A clean response in c, its body's memory reused; and turned into bytes, on the thread whose
 * arena its headers live in. */
void http_response_init(Conn *c);
void http_response_print(Conn *c);

bool http_jobs_put(Conn *c);        /* false: the queue is full, or too much stands in it */
void http_jobs_taken_back(Conn *c); /* it is the loop's again */

bool http_workers_start(HttpServer *s, Err *err);
void http_workers_stop(HttpServer *s);

#endif
