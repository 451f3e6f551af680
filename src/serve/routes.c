#include "serve/routes.h"

/* clang-format off */
const Route route_list[] = {
    /* method  path                   who       body   at once  metric                    answer           summary, request, reply */
    {"POST", "/v1/moderations",    WHO_KEY,    true,  false, ROUTE_METRIC_MODERATIONS, api_moderations,
     "judge texts by category", "ModerationRequest", "ModerationResponse"},
    {"POST", "/moderations",       WHO_KEY,    true,  false, ROUTE_METRIC_MODERATIONS, api_moderations,
     "the same, for clients configured without /v1", "ModerationRequest", "ModerationResponse"},
    {"GET",  "/v1/models",         WHO_KEY,    false, true,  ROUTE_METRIC_MODELS,      api_models,
     "list the models that answer", NULL, "ModelList"},
    {"GET",  "/v1/models/{model}", WHO_KEY,    false, true,  ROUTE_METRIC_MODELS,      api_model,
     "describe one model", NULL, "Model"},
    {"GET",  "/healthz",           WHO_ANYONE, false, true,  ROUTE_METRIC_HEALTH,      api_healthz,
     "tell that the process is alive", NULL, "Status"},
    {"GET",  "/readyz",            WHO_ANYONE, false, true,  ROUTE_METRIC_HEALTH,      api_readyz,
     "tell that it is fit to serve, and with which release", NULL, "Status"},
    {"GET",  "/metrics",           WHO_LOCAL,  false, true,  ROUTE_METRIC_METRICS,     api_metrics,
     "count what happened, as Prometheus text", NULL, NULL},
    {"GET",  "/openapi.json",      WHO_ANYONE, false, true,  ROUTE_METRIC_OTHER,       api_openapi,
     "describe this interface", NULL, "OpenApi"},
};
/* clang-format on */
const size_t route_count = sizeof route_list / sizeof *route_list;

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* %41 -> A; a stray % stays. */
static Str unescape(Arena *a, Str s)
{
    char *p = arena_array(a, char, s.len);
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        int high = -1, low = -1;
        if (s.ptr[i] == '%' && i + 2 < s.len) {
            high = hex_value(s.ptr[i + 1]);
            low = hex_value(s.ptr[i + 2]);
        }
        if (high >= 0 && low >= 0) {
            p[n++] = (char)(high << 4 | low);
            i += 2;
        } else {
            p[n++] = s.ptr[i];
        }
    }
    return (Str){p, n};
}

/* *param: the raw segment that stands for "{...}", empty where the row has none. */
static bool path_matches(const Route *r, Str path, Str *param)
{
    Str row = str_of(r->path);
    const char *brace = strchr(r->path, '{');
    *param = (Str){0};
    if (!brace)
        return str_eq(row, path);
    Str fixed = {row.ptr, (size_t)(brace - row.ptr)};
    if (!str_starts(path, fixed) || path.len == fixed.len)
        return false;
    *param = (Str){path.ptr + fixed.len, path.len - fixed.len};
    return !memchr(param->ptr, '/', param->len);
}

bool route_find(Arena *a, Str method, Str path, const Route **out, Str *param, ApiError *e)
{
    Str asked = str_eq(method, STR("HEAD")) ? STR("GET") : method, segment;
    bool path_known = false;
    for (size_t i = 0; i < route_count; i++) {
        if (!path_matches(&route_list[i], path, &segment))
            continue;
        path_known = true;
        if (!str_eq(str_of(route_list[i].method), asked))
            continue;
        *out = &route_list[i];
        *param = unescape(a, segment);
        return true;
    }
    if (path_known)
        return api_error_set(e, API_WRONG_METHOD, NULL, "%.*s is not allowed for %.*s.",
                             (int)method.len, method.ptr,
                             (int)(path.len < 128 ? path.len : 128), path.ptr);
    return api_error_set(e, API_UNKNOWN_URL, NULL, "Unknown request URL: %.*s %.*s.",
                         (int)method.len, method.ptr, (int)(path.len < 128 ? path.len : 128),
                         path.ptr);
}

Str route_methods(Arena *a, Str path)
{
    Str all = {0}, segment;
    for (size_t i = 0; i < route_count; i++) {
        const Route *r = &route_list[i];
        if (!path_matches(r, path, &segment))
            continue;
        all = str_print(a, STR_FMT "%s%s, ", STR_ARG(all), r->method,
                        strcmp(r->method, "GET") == 0 ? ", HEAD" : "");
    }
    return all.len ? str_print(a, STR_FMT "OPTIONS", STR_ARG(all)) : all;
}
