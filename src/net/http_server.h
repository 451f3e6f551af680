/* http_server.h - HTTP/1.1 by llhttp on a libuv loop; handlers run on worker threads.
 *
 * The loop thread parses, checks limits and framing, and puts whole requests into one
 * bounded queue; workers take them, run the handler with an arena of their own and hand
 * the reply back.  An application that judges several requests side by side runs the workers
 * itself (`work` below).  Requests with a long body have workers and a queue of their own, so
 * that they take nobody's place but each other's.  Requests of one connection are answered in
 * order (pipelining). A full queue is answered at once by the loop with 503 and Retry-After.
 * Requests for which `inline_path` says so (health, metrics) are answered on the loop, and so
 * is what `try_handle` can answer in microseconds: handing it over would cost more. Ours,
 * since llhttp leaves them out: Host is required in HTTP/1.1, obs-fold is refused, header and
 * body limits, time-outs, slow readers.
 */
#ifndef NET_HTTP_SERVER_H
#define NET_HTTP_SERVER_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

typedef struct HttpHeader {
    Str name, value; /* name lower-cased */
} HttpHeader;

typedef struct HttpRequest {
    Str method, path, query, body; /* path percent-encoded as sent, query without '?' */
    const HttpHeader *header;
    size_t header_count;
    Str peer;            /* "127.0.0.1:51234" */
    int64_t received_ns; /* clock_mono_ns when the request was whole */
} HttpRequest;

/* Value of a header, name in lower case; ptr NULL when absent. */
Str http_header(const HttpRequest *r, Str name);

enum { HTTP_EXTRA_HEADERS = 16 };
typedef struct HttpResponse {
    int status;
    const char *content_type;              /* NULL with an empty body */
    Buf body;                              /* ready to be written to */
    HttpHeader header[HTTP_EXTRA_HEADERS]; /* extra; borrowed until the handler's arena is
                                            * rewound, after the reply was copied out */
    size_t header_count;
    bool close; /* close the connection behind this reply */
} HttpResponse;

/* A request in the hands of a worker, and the worker's end of the queue. */
typedef struct HttpJob HttpJob;
typedef struct HttpWork HttpWork;

typedef struct HttpServerOptions {
    Str listen; /* "127.0.0.1:8080", "[::1]:0"; port 0: any */
    int workers, queue, max_connections;
    int long_workers;       /* besides, with less priority; 0: all requests are alike */
    size_t long_body_bytes; /* a larger body is a long one */
    size_t max_long_bytes;  /* of all long bodies that wait or are worked on; one may always */
    size_t max_header_bytes, max_body_bytes, worker_arena_bytes;
    int header_timeout_ms, body_timeout_ms, idle_timeout_ms, write_timeout_ms, drain_timeout_ms;
    void *ctx;
    /* On a worker (or on the loop, see below).  Must fill the response whatever happens.  `a`
     * is rewound afterwards. */
    void (*handle)(void *ctx, Arena *a, const HttpRequest *req, HttpResponse *res);
    bool (*inline_path)(void *ctx, const HttpRequest *req);
    /* On the loop, for what a worker would get; must be quick whatever the request is.  True:
     * answered.  False: a worker gets it, as if nothing had been asked.  NULL is fine. */
    bool (*try_handle)(void *ctx, Arena *a, const HttpRequest *req, HttpResponse *res);
    /* Instead of handle on the workers, where it is set: once on each, until http_work_take
     * says false.  Every job that was taken ends in http_job_done. */
    void (*work)(void *ctx, HttpWork *w);
    /* On the loop.  The body of an error that the server itself answers (400 framing, 408,
     * 413, 431, 503, ...), in the application's shape; may add headers, whose values live
     * in `a`.  req is NULL when no whole request was read. */
    void (*error_body)(void *ctx, Arena *a, int status, const char *message,
                       const HttpRequest *req, HttpResponse *res);
    void (*on_listening)(void *ctx, Str address); /* "127.0.0.1:43121" */
    void (*on_hangup)(void *ctx);                 /* SIGHUP, on the loop; may be NULL */
} HttpServerOptions;

/* open listens (ERR_USAGE, ERR_IO naming the address).  The process ignores SIGPIPE from
 * then on.  run serves until stop_requested() (or http_server_stop from another thread): stops
 * accepting, closes idle connections, answers what was accepted within drain_timeout_ms,
 * returns.  Runs once. */
typedef struct HttpServer HttpServer;
bool http_server_open(const HttpServerOptions *o, HttpServer **out, Err *err);
bool http_server_run(HttpServer *s, Err *err);
void http_server_stop(HttpServer *s);         /* from any thread, between open and close */
void http_server_close(HttpServer *s);        /* NULL is fine */
Str http_server_address(const HttpServer *s); /* with the port that was given */

/* wait: until there is one; false: the server stops and none is left.  Else what no idle
 * worker waits for, at once. */
bool http_work_take(HttpWork *w, bool wait, HttpJob **out);
bool http_work_is_long(const HttpWork *w);       /* it gets the long bodies */
const HttpRequest *http_job_request(HttpJob *j); /* until done */
HttpResponse *http_job_response(HttpJob *j);     /* to be filled */
bool http_job_is_gone(HttpJob *j);               /* nobody waits for the answer any more */
void http_job_done(HttpWork *w, HttpJob *j);     /* the response is filled, unless gone */

typedef struct HttpServerStats {
    uint64_t connections_open, connections_total, requests_total, refused_busy, bad_requests,
        timeouts, queue_depth;
} HttpServerStats;
void http_server_stats(const HttpServer *s, HttpServerStats *out); /* any thread */

#endif
