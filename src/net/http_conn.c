/* http_conn.c - the door to llhttp.
 *
 * Headers are given to llhttp line by line, the body in what pieces it came.  That costs a
 * call a line and buys three things: the header limit counts bytes as sent (padding too),
 * a folded line is seen by its first byte, and the end of the headers is a place in the
 * input where "100 Continue" can be sent.
 *
 * The target, names and values are kept one behind the other in `head`, as offsets while
 * it grows, and turned into views once at the end of the headers.  Each message gets a
 * fresh llhttp: nothing of one request can reach into the next.
 */
#include "net/http_conn.h"

#include <assert.h>
#include <ctype.h>
#include <llhttp.h>

enum { KEEP_BYTES = 65536 }; /* larger buffers are given back between requests */

typedef struct Field {
    size_t name_at, name_len, value_at, value_len; /* in head */
} Field;

struct HttpConn {
    HttpConnLimits limit;
    llhttp_t parser;
    Buf head, body;
    size_t target_len, head_bytes, body_bytes; /* the last two as sent */
    size_t fields;
    Field field[HTTP_MAX_HEADERS];
    HttpHeader header[HTTP_MAX_HEADERS];
    HttpRequest request;
    bool in_value; /* the last span was of a value: the next name opens a new field */
    bool headers_done, whole, wants_continue, keep_alive;
    bool line_start;   /* the next byte opens a line behind the request line */
    bool after_return; /* the last byte of the head was a carriage return */
    int status;        /* of the refusal */
    const char *message;
};

static HttpConn *self(llhttp_t *p) { return p->data; }

/* For llhttp's callbacks: remembers why, and stops it. */
static int refuse(HttpConn *c, int status, const char *message)
{
    if (!c->status) {
        c->status = status;
        c->message = message;
    }
    return HPE_USER;
}

static int on_url(llhttp_t *p, const char *at, size_t n)
{
    HttpConn *c = self(p);
    buf_put(&c->head, (Str){at, n});
    c->target_len += n;
    return HPE_OK;
}

static int on_header_field(llhttp_t *p, const char *at, size_t n)
{
    HttpConn *c = self(p);
    if (c->headers_done)
        return HPE_OK; /* trailers are dropped */
    if (c->fields == 0 || c->in_value) {
        assert(c->fields < HTTP_MAX_HEADERS); /* feed_head lets no such line begin */
        c->field[c->fields++] = (Field){.name_at = c->head.len};
        c->in_value = false;
    }
    for (size_t i = 0; i < n; i++)
        buf_byte(&c->head, (char)tolower((unsigned char)at[i]));
    c->field[c->fields - 1].name_len += n;
    return HPE_OK;
}

static int on_header_value(llhttp_t *p, const char *at, size_t n)
{
    HttpConn *c = self(p);
    if (c->headers_done)
        return HPE_OK;
    assert(c->fields > 0);
    Field *f = &c->field[c->fields - 1];
    if (!c->in_value)
        f->value_at = c->head.len;
    c->in_value = true;
    buf_put(&c->head, (Str){at, n});
    f->value_len += n;
    return HPE_OK;
}

/* An empty value has no span of its own. */
static int on_header_value_complete(llhttp_t *p)
{
    HttpConn *c = self(p);
    if (!c->headers_done && c->fields) {
        if (!c->in_value)
            c->field[c->fields - 1].value_at = c->head.len;
        c->in_value = true;
    }
    return HPE_OK;
}

static bool is_host(Str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!isalnum((unsigned char)s.ptr[i]) && !strchr("-._~:[]%!$&'()*+,;=", s.ptr[i]))
            return false;
    return true;
}

static bool same_word(Str s, const char *lower)
{
    size_t n = strlen(lower);
    if (s.len != n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (tolower((unsigned char)s.ptr[i]) != lower[i])
            return false;
    return true;
}

static void resolve_headers(HttpConn *c)
{
    for (size_t i = 0; i < c->fields; i++) {
        const Field *f = &c->field[i];
        c->header[i].name = (Str){c->head.ptr + f->name_at, f->name_len};
        c->header[i].value = str_trim((Str){c->head.ptr + f->value_at, f->value_len});
    }
}

/* What llhttp lets through although it changes who is meant or where the body ends. */
static int check_headers(HttpConn *c)
{
    const llhttp_t *p = &c->parser;
    size_t hosts = 0;
    for (size_t i = 0; i < c->fields; i++) {
        const HttpHeader *h = &c->header[i];
        if (str_eq(h->name, STR("host"))) {
            hosts++;
            if (!is_host(h->value))
                return refuse(c, 400, "the Host header is not a host");
        } else if (str_eq(h->name, STR("transfer-encoding"))) {
            if (p->http_minor == 0)
                return refuse(c, 400, "HTTP/1.0 has no Transfer-Encoding");
            if (!same_word(h->value, "chunked"))
                return refuse(c, 501, "no Transfer-Encoding but chunked is understood");
        } else if (str_eq(h->name, STR("expect"))) {
            if (!same_word(h->value, "100-continue"))
                return refuse(c, 417, "only 100-continue can be expected");
            c->wants_continue = p->http_minor > 0;
        }
    }
    if (hosts > 1 || (hosts == 0 && p->http_minor > 0))
        return refuse(c, 400, "HTTP/1.1 wants exactly one Host header");
    return HPE_OK;
}

/* Splits the target; "http://host/path", which proxies send, means the path. */
static int check_target(HttpConn *c)
{
    Str t = {c->head.ptr, c->target_len};
    for (size_t i = 0; i < t.len; i++)
        if (t.ptr[i] <= 0x20 || t.ptr[i] >= 0x7f)
            return refuse(c, 400, "the request target holds bytes that must be escaped");
    if (str_starts(t, STR("http://"))) {
        const char *slash = memchr(t.ptr + 7, '/', t.len - 7);
        if (!slash)
            return refuse(c, 400, "the request target has no path");
        t = (Str){slash, t.len - (size_t)(slash - t.ptr)};
    }
    bool star = str_eq(t, STR("*")) && c->parser.method == HTTP_OPTIONS;
    if (!star && (t.len == 0 || t.ptr[0] != '/'))
        return refuse(c, 400, "the request target is not a path");
    Str path;
    str_cut(&t, '?', &path);
    c->request.path = path;
    c->request.query = t.ptr ? t : STR("");
    return HPE_OK;
}

static int on_headers_complete(llhttp_t *p)
{
    HttpConn *c = self(p);
    c->headers_done = true;
    assert(!c->head.over); /* it holds no more than was sent, which feed_head limits */
    if (p->http_major != 1 || p->http_minor > 1)
        return refuse(c, 505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
    if (p->method == HTTP_CONNECT)
        return refuse(c, 501, "this is no proxy: CONNECT is not understood");
    resolve_headers(c);
    int bad = check_headers(c);
    if (bad == HPE_OK)
        bad = check_target(c);
    if (bad != HPE_OK)
        return bad;
    if ((p->flags & F_CONTENT_LENGTH) && p->content_length > c->limit.max_body_bytes)
        return refuse(c, 413, "the body is too large");
    c->keep_alive = llhttp_should_keep_alive(p);
    c->request.method = str_of(llhttp_method_name((llhttp_method_t)p->method));
    c->request.header = c->header;
    c->request.header_count = c->fields;
    p->upgrade = 0; /* an offer to speak something else, which we may leave unanswered */
    return HPE_OK;
}

static int on_body(llhttp_t *p, const char *at, size_t n)
{
    HttpConn *c = self(p);
    buf_put(&c->body, (Str){at, n});
    return c->body.over ? refuse(c, 413, "the body is too large") : HPE_OK;
}

static int on_message_complete(llhttp_t *p)
{
    self(p)->whole = true;
    return HPE_PAUSED; /* the next request waits until this one is answered */
}

static const llhttp_settings_t settings = {
    .on_url = on_url,
    .on_header_field = on_header_field,
    .on_header_value = on_header_value,
    .on_header_value_complete = on_header_value_complete,
    .on_headers_complete = on_headers_complete,
    .on_body = on_body,
    .on_message_complete = on_message_complete,
};

HttpConn *http_conn_new(Arena *a, const HttpConnLimits *limits)
{
    HttpConn *c = arena_new(a, HttpConn);
    c->limit = *limits;
    http_conn_next(c);
    return c;
}

void http_conn_done(HttpConn *c)
{
    buf_done(&c->head);
    buf_done(&c->body);
}

static void fresh(Buf *b, size_t max)
{
    if (b->cap > KEEP_BYTES || b->max != max) {
        buf_done(b);
        buf_init(b, max);
    }
    buf_clear(b);
}

void http_conn_next(HttpConn *c)
{
    fresh(&c->head, c->limit.max_header_bytes);
    fresh(&c->body, c->limit.max_body_bytes);
    llhttp_init(&c->parser, HTTP_REQUEST, &settings);
    c->parser.data = c;
    c->target_len = c->head_bytes = c->body_bytes = c->fields = 0;
    c->request = (HttpRequest){.query = STR("")};
    c->in_value = c->headers_done = c->whole = false;
    c->wants_continue = c->keep_alive = c->line_start = c->after_return = false;
    c->status = 0;
    c->message = NULL;
}

HttpConnPlace http_conn_place(const HttpConn *c)
{
    return c->headers_done ? HTTP_CONN_BODY : c->head_bytes ? HTTP_CONN_HEAD : HTTP_CONN_IDLE;
}

const HttpRequest *http_conn_request(const HttpConn *c)
{
    assert(c->whole);
    return &c->request;
}

bool http_conn_keep_alive(const HttpConn *c) { return c->keep_alive; }
int http_conn_status(const HttpConn *c) { return c->status; }
const char *http_conn_message(const HttpConn *c) { return c->message; }

/* The first n bytes to llhttp; how many of them it ate. */
static size_t give(HttpConn *c, Str s, size_t n)
{
    llhttp_errno_t e = llhttp_execute(&c->parser, s.ptr, n);
    if (e == HPE_OK)
        return n;
    const char *at = llhttp_get_error_pos(&c->parser);
    size_t eaten = at ? (size_t)(at - s.ptr) : n;
    if (e == HPE_PAUSED && c->whole)
        return eaten;
    if (e == HPE_INVALID_VERSION || e == HPE_PAUSED_H2_UPGRADE)
        refuse(c, 505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
    else
        refuse(c, 400, llhttp_get_error_reason(&c->parser));
    return eaten;
}

/* How many of n bytes stand before one that follows a carriage return and is no line feed.
 * llhttp reads such lines in two ways, by where the bytes are cut; so would a proxy. */
static size_t before_lone_return(const HttpConn *c, const char *p, size_t n)
{
    bool after_return = c->after_return;
    for (size_t i = 0; i < n; i++) {
        if (after_return && p[i] != '\n')
            return i;
        after_return = p[i] == '\r';
    }
    return n;
}

static void feed_head(HttpConn *c, Str *bytes)
{
    if (c->line_start && (bytes->ptr[0] == ' ' || bytes->ptr[0] == '\t')) {
        refuse(c, 400, "a header line may not be folded");
        return;
    }
    if (c->line_start && bytes->ptr[0] == ':') { /* llhttp would add to the header above */
        refuse(c, 400, "a header has no name");
        return;
    }
    /* at its first byte, so that it does not matter where the line is cut or what is in it */
    if (c->line_start && c->fields == HTTP_MAX_HEADERS && bytes->ptr[0] != '\r' &&
        bytes->ptr[0] != '\n') {
        refuse(c, 431, "too many headers");
        return;
    }
    size_t room = c->limit.max_header_bytes - c->head_bytes;
    if (room == 0) {
        refuse(c, 431, "the headers are too large");
        return;
    }
    size_t n = bytes->len < room ? bytes->len : room;
    const char *lf = memchr(bytes->ptr, '\n', n);
    if (lf)
        n = (size_t)(lf - bytes->ptr) + 1;
    size_t sound = before_lone_return(c, bytes->ptr, n);
    if (sound == 0) {
        refuse(c, 400, "a carriage return stands alone in the headers");
        return;
    }
    lf = sound < n ? NULL : lf;
    n = sound;
    c->after_return = bytes->ptr[n - 1] == '\r';
    size_t eaten = give(c, *bytes, n);
    c->head_bytes += eaten;
    c->line_start = lf && c->target_len > 0; /* blank lines before a request are allowed */
    *bytes = (Str){bytes->ptr + eaten, bytes->len - eaten};
}

static void feed_body(HttpConn *c, Str *bytes)
{
    size_t eaten = give(c, *bytes, bytes->len);
    c->body_bytes += eaten;
    *bytes = (Str){bytes->ptr + eaten, bytes->len - eaten};
    if (c->body_bytes / 2 > c->limit.max_body_bytes + c->limit.max_header_bytes)
        refuse(c, 413, "the body is too large in the way it is chunked");
}

HttpConnEvent http_conn_feed(HttpConn *c, Str *bytes)
{
    assert(!c->whole);
    while (bytes->len && !c->status && !c->whole) {
        if (!c->headers_done)
            feed_head(c, bytes);
        else
            feed_body(c, bytes);
        if (c->wants_continue && !c->status && !c->whole) {
            c->wants_continue = false;
            if (bytes->len == 0)
                return HTTP_CONN_CONTINUE;
        }
    }
    if (c->status)
        return HTTP_CONN_REFUSED;
    if (!c->whole)
        return HTTP_CONN_MORE;
    c->request.body = c->body.len ? buf_str(&c->body) : STR("");
    return HTTP_CONN_REQUEST;
}
