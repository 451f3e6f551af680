/* Bytes through the reading half of a connection.  The first byte says how the rest is cut:
 * the cut must not change what comes out. */
#include "net/http_conn.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct Outcome {
    size_t requests, body_bytes, headers;
    int status; /* of the refusal that ended it */
    size_t eaten;
} Outcome;

static Outcome run(const char *p, size_t size, size_t step)
{
    HttpConnLimits limits = {.max_header_bytes = 2048, .max_body_bytes = 4096};
    Arena *a = arena_open(1 << 16);
    HttpConn *c = http_conn_new(a, &limits);
    Outcome o = {0};
    for (size_t at = 0; at < size && !o.status; at += step) {
        Str part = {p + at, step < size - at ? step : size - at};
        while (part.len && !o.status) {
            size_t before = part.len;
            HttpConnEvent e = http_conn_feed(c, &part);
            o.eaten += before - part.len;
            if (e == HTTP_CONN_REFUSED) {
                o.status = http_conn_status(c);
            } else if (e == HTTP_CONN_REQUEST) {
                const HttpRequest *r = http_conn_request(c);
                o.requests++;
                o.body_bytes += r->body.len;
                o.headers += r->header_count;
                for (size_t i = 0; i < r->header_count; i++)
                    if (r->header[i].name.len == 0)
                        abort();
                if (r->path.len == 0 || r->body.len > limits.max_body_bytes)
                    abort();
                http_conn_next(c);
            }
        }
    }
    http_conn_done(c);
    arena_close(a);
    return o;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    const char *p = (const char *)data + 1;
    Outcome whole = run(p, size - 1, size), cut = run(p, size - 1, 1 + data[0] % 64u);
    if (whole.requests != cut.requests || whole.body_bytes != cut.body_bytes ||
        whole.headers != cut.headers || whole.status != cut.status)
        abort();
    return 0;
}
