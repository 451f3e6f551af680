/* serve.c - one request through the service: find the route, ask who it is, answer, count,
 * log.
 *
 * Every way out ends in finish(): a reply has its x-request-id, is counted once and logged
 * once.  The log holds neither texts nor keys nor the query, and an error's words only
 * where they are ours (a 500), since those of a 400 quote the client.
 */
#include "serve/serve.h"

#include "base/clock.h"
#include "serve/serve_internal.h"

#include <assert.h>
#include <stdio.h>

/* Address space for one request: its JSON tree, and what judging the longest text takes. */
#define WORKER_ARENA ((size_t)1 << 30)

Str random_name(Names *names, Arena *a, const char *prefix)
{
    enum { BYTES = 16 };
    if (names->left < BYTES) {
        random_bytes(names->byte, sizeof names->byte);
        names->left = sizeof names->byte;
    }
    names->left -= BYTES;
    const uint8_t *byte = names->byte + names->left;
    size_t n = strlen(prefix);
    char *p = arena_array(a, char, n + 2 * BYTES);
    memcpy(p, prefix, n);
    for (size_t i = 0; i < BYTES; i++) {
        p[n + 2 * i] = "0123456789abcdef"[byte[i] >> 4];
        p[n + 2 * i + 1] = "0123456789abcdef"[byte[i] & 15];
    }
    return (Str){p, n + 2 * BYTES};
}

static void log_call(const Call *c, double ms)
{
    bool failed = c->res->status == 500;
    LogLine l =
        log_begin(&c->serve->o.log, failed ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO, "request");
    log_str(&l, "id", c->id);
    if (c->req) {
        log_str(&l, "method", c->req->method);
        log_str(&l, "path", c->req->path);
        log_str(&l, "peer", c->req->peer);
    }
    log_i64(&l, "status", c->res->status);
    log_i64(&l, "bytes", (int64_t)c->res->body.len);
    log_double(&l, "ms", ms);
    if (c->inputs)
        log_i64(&l, "inputs", (int64_t)c->inputs);
    if (c->law)
        log_str(&l, "policy", c->law->name);
    if (c->key_name.len)
        log_str(&l, "key", c->key_name);
    if (failed && c->cause.code)
        log_err(&l, &c->cause);
    log_end(&l);
}

static void finish(Call *c)
{
    Serve *s = c->serve;
    int64_t ns = c->req ? clock_mono_ns() - c->req->received_ns : 0;
    http_add_header(c->res, STR("x-request-id"), c->id);
    http_add_header(c->res, STR("openai-processing-ms"),
                    str_print(c->arena, "%lld", (long long)(ns / 1000000)));
    int status = c->res->status;
    metric_add(s->metrics, METRIC_REQUESTS, status >= 500 ? 2 : status >= 400 ? 1 : 0, 1);
    if (status == 503)
        metric_add(s->metrics, METRIC_REQUESTS_BUSY, 0, 1);
    if (c->req)
        metric_observe(s->metrics, METRIC_REQUEST_SECONDS,
                       c->route ? (int)c->route->metric : ROUTE_METRIC_OTHER, (uint64_t)ns);
    log_call(c, (double)ns / 1e6);
}

void call_end(Call *c)
{
    if (c->law)
        law_give_back(c->serve->law, c->law);
    c->law = NULL;
}

/* "Bearer KEY", the scheme in any case. */
static Str bearer_key(const HttpRequest *req)
{
    Str v = http_header(req, STR("authorization"));
    static const char scheme[] = "bearer ";
    if (v.len < sizeof scheme - 1)
        return (Str){0};
    for (size_t i = 0; i < sizeof scheme - 1; i++)
        if ((v.ptr[i] | 0x20) != (scheme[i] | 0x20))
            return (Str){0};
    return str_trim((Str){v.ptr + sizeof scheme - 1, v.len - (sizeof scheme - 1)});
}

static bool is_local(Str peer)
{
    return str_starts(peer, STR("127.")) || str_starts(peer, STR("[::1]:")) ||
           str_starts(peer, STR("[::ffff:127."));
}

static bool is_allowed(Call *c, ApiError *e)
{
    Serve *s = c->serve;
    Str key = bearer_key(c->req);
    switch (c->route->who) {
    case WHO_ANYONE:
        return true;
    case WHO_KEY:
        if (!keys_wanted(s->keys) || keys_check(s->keys, c->arena, key, &c->key_name))
            return true;
        return api_error_set(e, API_WRONG_KEY, NULL,
                             key.len ? "Incorrect API key provided."
                                     : "You didn't provide an API key: send the header "
                                       "Authorization: Bearer KEY.");
    case WHO_LOCAL:
        if (is_local(c->req->peer) || keys_check(s->keys, c->arena, key, &c->key_name))
            return true;
        return api_error_set(e, API_NOT_LOCAL, NULL,
                             "Only clients on this machine, or with an API key, may ask this.");
    }
    assert(!"a route without an owner");
    return false;
}

static bool answer(Call *c, ApiError *e)
{
    if (!route_find(c->arena, c->req->method, c->req->path, &c->route, &c->param, e)) {
        if (e->kind == API_WRONG_METHOD)
            http_add_header(c->res, STR("allow"), route_methods(c->arena, c->req->path));
        return false;
    }
    if (!is_allowed(c, e))
        return false;
    if (c->req->body.len && !c->route->takes_body)
        return api_error_set(e, API_BODY_TOO_LARGE, NULL, "%s takes no body.", c->route->path);
    return c->route->answer(c, e);
}

/* What a path can be asked; "*" is the server as a whole. */
static void answer_options(Call *c)
{
    Str allow = str_eq(c->req->path, STR("*")) ? STR("GET, HEAD, POST, OPTIONS")
                                               : route_methods(c->arena, c->req->path);
    c->res->status = 204;
    http_add_header(c->res, STR("allow"), allow);
}

static void refuse(Call *c, const ApiError *e)
{
    api_error_answer(e, c->arena, c->serve->o.config->retry_after_ms, c->res);
}

/* All but the counting and the log, unless it waits for the encoder. */
static void begin(Call *c)
{
    ApiError e;
    bool options =
        str_eq(c->req->method, STR("OPTIONS")) &&
        (str_eq(c->req->path, STR("*")) || route_methods(c->arena, c->req->path).len);
    if (options)
        answer_options(c);
    else if (!answer(c, &e))
        refuse(c, &e);
}

void call_begin(Call *c)
{
    begin(c);
    if (!c->pending)
        finish(c);
}

bool call_try(Call *c)
{
    begin(c);
    if (c->pending) {
        docket_drop(c->docket, c->pending);
        return false;
    }
    finish(c);
    return true;
}

void call_resume(Call *c)
{
    ApiError e;
    if (!api_moderations_resume(c, &e))
        refuse(c, &e);
    finish(c);
}

void call_give_up(Call *c)
{
    ApiError e;
    api_error_set(&e, API_BUSY, NULL, "The server could not judge this in time.");
    refuse(c, &e);
    finish(c);
}

static Call loop_call(Serve *s, Arena *a, const HttpRequest *req, HttpResponse *res)
{
    return (Call){.serve = s,
                  .arena = a,
                  .req = req,
                  .res = res,
                  .id = random_name(&s->loop.names, a, "req_"),
                  .names = &s->loop.names};
}

static void handle(void *ctx, Arena *a, const HttpRequest *req, HttpResponse *res)
{
    Call c = loop_call(ctx, a, req, res);
    call_begin(&c);
    call_end(&c);
}

/* A short text is judged by the fast tier in less time than it takes to wake a worker and be
 * woken by it; only one that wants the encoder is worth that, and what was done for it here is
 * done again there.  The length bounds what a hostile text can cost the loop. */
static bool try_handle(void *ctx, Arena *a, const HttpRequest *req, HttpResponse *res)
{
    Serve *s = ctx;
    if (!s->loop.docket || req->body.len > (size_t)s->o.config->loop_body_bytes)
        return false;
    Call c = loop_call(s, a, req, res);
    c.docket = s->loop.docket;
    c.scratch = s->loop.scratch;
    bool answered = call_try(&c);
    call_end(&c);
    return answered;
}

/* Rows say so; and what no row is found for is refused at once. */
static bool is_inline(void *ctx, const HttpRequest *req)
{
    (void)ctx;
    bool post = str_eq(req->method, STR("POST"));
    for (size_t i = 0; i < route_count; i++)
        if (!route_list[i].at_once && post && str_eq(str_of(route_list[i].path), req->path))
            return false;
    return true;
}

static void error_body(void *ctx, Arena *a, int status, const char *message,
                       const HttpRequest *req, HttpResponse *res)
{
    Serve *s = ctx;
    Call c = loop_call(s, a, req, res);
    ApiError e;
    api_error_set(&e, api_error_of_status(status), NULL, "%s", message);
    api_error_answer(&e, a, s->o.config->retry_after_ms, res);
    assert(res->status == status);
    finish(&c);
}

static void on_hangup(void *ctx)
{
    Serve *s = ctx;
    Err err = {0};
    bool ok = keys_reload(s->keys, &err);
    LogLine l = log_begin(&s->o.log, ok ? LOG_LEVEL_INFO : LOG_LEVEL_ERROR, "keys_reloaded");
    log_bool(&l, "ok", ok);
    log_i64(&l, "keys", (int64_t)keys_count(s->keys));
    if (!ok)
        log_err(&l, &err);
    log_end(&l);
    if (s->law)
        law_look(s->law);
}

/* What fakes a judge has no release, and no law but its own. */
static bool open_law(Serve *s, Err *err)
{
    LawOptions o = {s->o.config, s->o.judge.release, s->metrics, s->o.log};
    return !o.release || law_open(&o, &s->law, err);
}

static bool listen_on(Serve *s, Err *err)
{
    const Config *c = s->o.config;
    HttpServerOptions h = {
        .listen = str_of(c->listen),
        .workers = s->o.workers,
        .long_workers = c->long_workers ? (int)c->long_workers : s->o.workers,
        .long_body_bytes = (size_t)c->long_body_bytes,
        .max_long_bytes = (size_t)c->max_long_bytes,
        .queue = (int)c->queue_requests,
        .max_connections = (int)c->max_connections,
        .max_header_bytes = (size_t)c->max_header_bytes,
        .max_body_bytes = (size_t)c->max_body_bytes,
        .worker_arena_bytes = WORKER_ARENA,
        .header_timeout_ms = (int)c->header_timeout_ms,
        .body_timeout_ms = (int)c->body_timeout_ms,
        .idle_timeout_ms = (int)c->idle_timeout_ms,
        .write_timeout_ms = (int)c->write_timeout_ms,
        .drain_timeout_ms = (int)c->drain_timeout_ms,
        .ctx = s,
        .handle = handle,
        .work = bench_run,
        .inline_path = is_inline,
        .try_handle = try_handle,
        .error_body = error_body,
        .on_hangup = on_hangup,
    };
    return http_server_open(&h, &s->http, err);
}

/* A release that cannot judge is found out before anybody asks it; and its pages are warm. */
static bool judge_once(Serve *s, Err *err)
{
    Arena *a = arena_open(WORKER_ARENA);
    Str text = STR("The quick brown fox jumps over the lazy dog.");
    Input in = {.text = &text, .count = 1};
    Verdict v;
    bool ok = s->o.judge.judge(s->o.judge.ctx, a, &in, &v, err) ||
              err_wrap(err, "release " STR_FMT " cannot judge", STR_ARG(s->o.release_name));
    arena_close(a);
    return ok;
}

static void open_loop_bench(Serve *s)
{
    const ServeJudge *j = &s->o.judge;
    if (!j->release || !s->o.config->loop_body_bytes)
        return;
    s->loop.arena = arena_open(1 << 16);
    s->loop.scratch = arena_open(WORKER_ARENA);
    DocketLimits limits = {j->limits, (size_t)s->o.config->batch_pieces, 1};
    s->loop.docket = docket_new(s->loop.arena, j->release, &limits);
}

bool serve_open(const ServeOptions *o, Serve **out, Err *err)
{
    Arena *a = arena_open(1 << 20);
    Serve *s = arena_new(a, Serve);
    s->arena = a;
    s->o = *o;
    s->limits = (InputLimits){.max_inputs = (size_t)o->config->max_inputs,
                              .max_text_bytes = (size_t)o->config->max_text_bytes};
    s->metrics = metrics_new(a);
    metric_set(s->metrics, METRIC_START_TIME, 0, clock_wall_ms() / 1000);
    open_loop_bench(s);
    if (!keys_open(o->config->api_keys_file, &s->keys, err) || !judge_once(s, err) ||
        !open_law(s, err) || !house_open(o->config, &s->house, err) || !listen_on(s, err)) {
        serve_close(s);
        return false;
    }
    *out = s;
    return true;
}

bool serve_run(Serve *s, Err *err)
{
    if (s->o.on_listening)
        s->o.on_listening(s->o.ctx, serve_address(s));
    return http_server_run(s->http, err);
}

void serve_stop(Serve *s) { http_server_stop(s->http); }

void serve_close(Serve *s)
{
    if (!s)
        return;
    http_server_close(s->http);
    law_close(s->law);
    house_close(s->house);
    arena_close(s->loop.scratch);
    arena_close(s->loop.arena);
    keys_close(s->keys);
    arena_close(s->arena);
}

Str serve_address(const Serve *s) { return http_server_address(s->http); }
