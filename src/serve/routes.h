/* routes.h - everything that is served, one row each: matching, authorisation, limits,
 * metrics and /openapi.json are loops over this table.
 */
#ifndef SERVE_ROUTES_H
#define SERVE_ROUTES_H

#include "serve/api_error.h"

typedef enum Who {
    WHO_ANYONE,
    WHO_KEY,  /* with an API key, where a file of keys is set */
    WHO_LOCAL /* from this machine, or with an API key */
} Who;

typedef enum RouteMetric { /* the order of METRIC_LABELS' ROUTE */
                           ROUTE_METRIC_MODERATIONS,
                           ROUTE_METRIC_MODELS,
                           ROUTE_METRIC_HEALTH,
                           ROUTE_METRIC_METRICS,
                           ROUTE_METRIC_OTHER
} RouteMetric;

typedef struct Call Call;
typedef struct Route {
    const char *method, *path; /* a last segment "{name}" stands for any one segment */
    Who who;
    bool takes_body; /* up to max_body_bytes; elsewhere a body is refused */
    bool at_once;    /* answered by the loop, so also when every worker is busy */
    RouteMetric metric;
    bool (*answer)(Call *c, ApiError *e); /* false: e is answered */
    const char *summary;
    const char *request, *reply; /* schemas of /openapi.json; NULL: none, or not JSON */
} Route;

extern const Route route_list[];
extern const size_t route_count;

/* HEAD finds the row of GET.  False: e says 404 or 405.  *param is unescaped, in a. */
bool route_find(Arena *a, Str method, Str path, const Route **out, Str *param, ApiError *e);

/* "GET, HEAD, OPTIONS": what a path can be asked; empty for one that is not served. */
Str route_methods(Arena *a, Str path);

/* The OpenAPI description of the table. */
void openapi_print(Buf *out);

/* The answers, each in its api_*.c. */
bool api_moderations(Call *c, ApiError *e);
bool api_models(Call *c, ApiError *e);
bool api_model(Call *c, ApiError *e);
bool api_healthz(Call *c, ApiError *e);
bool api_readyz(Call *c, ApiError *e);
bool api_metrics(Call *c, ApiError *e);
bool api_openapi(Call *c, ApiError *e);

#endif
