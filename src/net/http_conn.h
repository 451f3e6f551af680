/* http_conn.h - the reading half of one HTTP/1.1 connection, without a socket: bytes go in,
 * whole requests or one refusal come out.
 *
 * llhttp does the framing.  Ours, since it leaves them out: exactly one Host in HTTP/1.1,
 * no folded headers (obs-fold) nor nameless ones, no transfer coding but chunked, nothing but
 * HTTP/1.0 and 1.1, limits on headers and body.  A refusal is final: what stands behind it
 * cannot be told apart from an attack on the framing, so the connection ends with the answer.
 *
 *     for (;;)
 *         switch (http_conn_feed(c, &bytes)) {
 *         case HTTP_CONN_MORE:     read on
 *         case HTTP_CONN_CONTINUE: send "100 Continue", go on
 *         case HTTP_CONN_REQUEST:  answer http_conn_request(c), then http_conn_next(c)
 *         case HTTP_CONN_REFUSED:  answer http_conn_status(c), close
 *         }
 */
#ifndef NET_HTTP_CONN_H
#define NET_HTTP_CONN_H

#include "net/http_server.h"

enum { HTTP_MAX_HEADERS = 100 }; /* lines; more get 431 */

typedef struct HttpConnLimits {
    size_t max_header_bytes; /* request line and headers as sent, with their line ends */
    size_t max_body_bytes;   /* without the framing of chunks, which may be as much again */
} HttpConnLimits;

typedef enum HttpConnEvent {
    HTTP_CONN_MORE,
    HTTP_CONN_CONTINUE,
    HTTP_CONN_REQUEST,
    HTTP_CONN_REFUSED
} HttpConnEvent;

/* Where the reading stands, for time-outs. */
typedef enum HttpConnPlace { HTTP_CONN_IDLE, HTTP_CONN_HEAD, HTTP_CONN_BODY } HttpConnPlace;

typedef struct HttpConn HttpConn;

HttpConn *http_conn_new(Arena *a, const HttpConnLimits *limits);
void http_conn_done(
    HttpConn *c); /* gives the buffers back; usable again after http_conn_next */

/* Eats from the front of *bytes up to the next event. */
HttpConnEvent http_conn_feed(HttpConn *c, Str *bytes);

/* Both valid until http_conn_next.  peer and received_ns are left empty. */
const HttpRequest *http_conn_request(const HttpConn *c);
bool http_conn_keep_alive(const HttpConn *c);

void http_conn_next(HttpConn *c);
HttpConnPlace http_conn_place(const HttpConn *c);

/* Of a refusal. */
int http_conn_status(const HttpConn *c);
const char *http_conn_message(const HttpConn *c);

#endif
