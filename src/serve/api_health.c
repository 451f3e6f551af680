/* api_health.c - what machines ask about the service itself.  All of it is answered by the
 * loop, so that an overloaded server is still seen to be alive. */
#include "base/js.h"
#include "serve/serve_internal.h"

bool api_healthz(Call *c, ApiError *e)
{
    (void)e;
    c->res->status = 200;
    c->res->content_type = "application/json";
    buf_put(&c->res->body, STR("{\"status\":\"ok\"}\n"));
    return true;
}

/* The judge has answered once before the server began to listen: it is ready. */
bool api_readyz(Call *c, ApiError *e)
{
    (void)e;
    char hex[DIGEST_HEX_SIZE], policy[DIGEST_HEX_SIZE];
    digest_hex(&c->serve->o.release_digest, hex);
    c->res->status = 200;
    c->res->content_type = "application/json";
    JsWriter w = js_writer(&c->res->body);
    js_object(&w);
    js_key(&w, "status");
    js_string(&w, STR("ready"));
    js_key(&w, "release");
    js_string(&w, c->serve->o.release_name);
    js_key(&w, "digest");
    js_string(&w, str_of(hex));
    if (c->serve->law) {
        c->law = law_take(c->serve->law); /* call_end gives it back */
        digest_hex(&c->law->digest, policy);
        js_key(&w, "policy"), js_string(&w, c->law->name);
        js_key(&w, "policy_digest"), js_string(&w, str_of(policy));
    }
    js_end_object(&w);
    buf_byte(&c->res->body, '\n');
    return true;
}

bool api_metrics(Call *c, ApiError *e)
{
    (void)e;
    HttpServerStats now;
    http_server_stats(c->serve->http, &now);
    metric_set(c->serve->metrics, METRIC_CONNECTIONS, 0, (int64_t)now.connections_open);
    metric_set(c->serve->metrics, METRIC_QUEUE_DEPTH, 0, (int64_t)now.queue_depth);
    c->res->status = 200;
    c->res->content_type = "text/plain; version=0.0.4; charset=utf-8";
    metrics_print(c->serve->metrics, &c->res->body);
    if (c->serve->law) {
        c->law = law_take(c->serve->law); /* call_end gives it back */
        if (c->law->counts)
            rule_counts_print(c->law->counts, &c->res->body);
    }
    return true;
}

bool api_openapi(Call *c, ApiError *e)
{
    (void)e;
    c->res->status = 200;
    c->res->content_type = "application/json";
    openapi_print(&c->res->body);
    return true;
}
