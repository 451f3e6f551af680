/* serve_internal.h - what the files of this room share: the service and one call of it. */
#ifndef SERVE_SERVE_INTERNAL_H
#define SERVE_SERVE_INTERNAL_H

#include "base/metric.h"
#include "moderate/docket.h"
#include "serve/api_error.h"
#include "serve/house.h"
#include "serve/keys.h"
#include "serve/law.h"
#include "serve/moderation_request.h"
#include "serve/routes.h"
#include "serve/serve.h"

/* Random bytes in stock, of one thread: the system is asked once for many names. */
typedef struct Names {
    uint8_t byte[512];
    size_t left;
} Names;

/* What the loop judges with. */
typedef struct LoopBench {
    Arena *arena, *scratch;
    Docket *docket; /* NULL: it judges nothing */
    Names names;
} LoopBench;

/* Read-only after serve_open, but for what guards itself (keys, metrics, http) and `loop`,
 * which is the loop's. */
struct Serve {
    Arena *arena; /* this struct and the metrics */
    ServeOptions o;
    InputLimits limits;
    Keys *keys;
    Metrics *metrics;
    HttpServer *http;
    House *house; /* NULL: none is served */
    Law *law;     /* NULL where a judge without a release answers */
    LoopBench loop;
};

/* One request on its way through the service; lives on the stack of the loop when it answers
 * itself, else at a worker's bench. */
struct Call {
    Serve *serve;
    Arena *arena;
    const HttpRequest *req;
    HttpResponse *res;
    const Route *route; /* NULL: none was found */
    Str param;          /* what stands for {...} in the path, unescaped */
    Str id;             /* x-request-id */
    Str key_name;
    size_t inputs;
    Err cause;               /* of a 500, for the log */
    const LawInForce *law;   /* what it is judged by, until call_end; NULL: none was taken */
    Docket *docket;          /* of the thread; NULL: it judges one input after the other */
    Arena *scratch;          /* beside a docket */
    Names *names;            /* of the thread */
    Case *pending;           /* what the answer waits for, and ... */
    ModerationRequest asked; /* ... what was asked */
};

/* As call_begin, unless an encoder has to be waited for: then false, and nothing happened. */
bool call_try(Call *c);

/* The call's answer is in c->res, counted and logged; or c->pending says what it waits for,
 * and call_resume answers when that is ready.  call_give_up answers at the deadline. */
void call_begin(Call *c);
void call_resume(Call *c);
void call_give_up(Call *c);
void call_end(Call *c); /* whether it was answered or not */
bool api_moderations_resume(Call *c, ApiError *e);

/* A worker, from its first request to its last: HttpServerOptions.work. */
void bench_run(void *ctx, HttpWork *w);

/* "req_" and 32 hex digits nobody can guess. */
Str random_name(Names *n, Arena *a, const char *prefix);

#endif
