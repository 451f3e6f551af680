/* mutate.c - damaged requests against a live server: each is answered or closed by the
 * rules, and none makes it hang.
 *
 *     mutate PORT COUNT SEED
 *
 * A request is a valid one whose JSON, then whose bytes, may have been damaged; several
 * may be sent behind each other, in pieces, or not to the end.  What comes back must be
 * whole replies of known status, errors with their four members; undamaged requests must
 * get one reply each.  A connection that stays silent for WAIT_MS is a hang.  The same
 * seed sends the same bytes.
 */
#include "base/js.h"
#include "base/rng.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WAIT_MS = 20000, STREAM_MAX = 1 << 18, ANSWER_MAX = 1 << 20, SLOW_MAX = 16 };

typedef struct Mutator {
    Arena *arena; /* rewound after each connection */
    Rng rng;
    int port;
    int slow[SLOW_MAX]; /* connections left unfinished, oldest first */
    int slow_count;
    uint64_t requests, damaged, replies[6], closed;
} Mutator;

static const char *const bodies[] = {
    "{\"input\":\"hello there\"}",
    "{\"input\":[\"one\",\"two "
    "\\u00e4\\ud83d\\ude00\",\"\"],\"model\":\"omni-moderation-latest\"}",
    "{\"input\":[{\"type\":\"text\",\"text\":\"a part\"},{\"type\":\"text\",\"text\":\"b\"}]}",
    "{\"input\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/"
    "png;base64,AA\"}}]}",
    "{\"input\":\"x\",\"user\":{\"deep\":[1,2.5e3,[null,true]]},\"n\":-0}",
};
/* %zu is the length of the body, %.*s the body. */
static const char *const heads[] = {
    "POST /v1/moderations HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    "Content-Length: %zu\r\n\r\n%.*s",
    "POST /moderations HTTP/1.1\r\nHost: [::1]:80\r\nAuthorization: Bearer sk-x\r\n"
    "Content-Length: %zu\r\nUser-Agent: x\r\n\r\n%.*s",
    "POST /v1/moderations HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    "%zx\r\n%.*s\r\n0\r\n\r\n",
};
static const char *const gets[] = {
    "GET /v1/models HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /v1/models/omni-moderation-latest?x=1 HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n",
    "GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET http://a/metrics HTTP/1.1\r\nHost: a\r\n\r\n",
};
static const char *const tokens[] = {
    "1e99999",
    "-1e-99999",
    "123456789012345678901234567890123456789",
    "\\ud800",
    "\\u0000",
    "\xff",
    "\xf0\x9f\x98",
    "\xed\xa0\x80",
    "\xc0\xaf",
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    "{\"a\":{\"a\":{\"a\":",
    "\"input\":",
    "]",
    "}",
    ",",
    "\"",
    "\\",
    "\n",
    "\r\n",
    "\r\n\r\n",
    " ",
    "\t",
    "NaN",
    "nul",
    "Content-Length: 5\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Host: b\r\n",
    "0\r\n\r\n",
    "ffffffffffffffff\r\n",
    ":",
    "HTTP/9.9",
    "Expect: 100-continue\r\n",
    "Connection: close\r\n",
    "GET / HTTP/1.1\r\n\r\n",
};
#define PICK(m, list) ((list)[rng_below(&(m)->rng, sizeof(list) / sizeof *(list))])

static bool chance(Mutator *m, int percent)
{
    return rng_below(&m->rng, 100) < (uint64_t)percent;
}

/* One damage, in place; p holds *n of at most `max` bytes. */
static void damage(Mutator *m, char *p, size_t *n, size_t max)
{
    size_t at = *n ? rng_below(&m->rng, *n) : 0;
    size_t some = *n - at ? 1 + rng_below(&m->rng, *n - at) : 0;
    some = some > 40 ? 40 : some;
    const char *token = PICK(m, tokens);
    size_t len = strlen(token), times = chance(m, 5) ? 40 : 1;
    switch (rng_below(&m->rng, 6)) {
    case 0: /* a bit */
        if (*n)
            p[at] ^= (char)(1 << rng_below(&m->rng, 8));
        break;
    case 1: /* a byte */
        if (*n)
            p[at] = (char)rng_u64(&m->rng);
        break;
    case 2: /* a gap */
        memmove(p + at, p + at + some, *n - at - some);
        *n -= some;
        break;
    case 3: /* twice */
        if (*n + some <= max) {
            memmove(p + at + some, p + at, *n - at);
            *n += some;
        }
        break;
    case 4: /* an end */
        *n = at;
        break;
    case 5: /* something hostile */
        for (; times && *n + len <= max; times--) {
            memmove(p + at + len, p + at, *n - at);
            memcpy(p + at, token, len);
            *n += len;
        }
        break;
    }
}

/* Appends one request; true when it is as it should be. */
static bool add_request(Mutator *m, char *out, size_t *n)
{
    char body[4096], wire[8192];
    bool sound = true;
    size_t len;
    if (chance(m, 15)) {
        len = (size_t)snprintf(wire, sizeof wire, "%s", PICK(m, gets));
    } else {
        const char *b = PICK(m, bodies);
        size_t body_len = strlen(b);
        memcpy(body, b, body_len);
        if (chance(m, 60)) /* still framed well: it reaches the JSON */
            for (uint64_t k = 1 + rng_below(&m->rng, 3); k; k--)
                damage(m, body, &body_len, sizeof body);
        body[body_len < sizeof body ? body_len : sizeof body - 1] = 0;
        const char *h = PICK(m, heads);
        int head = snprintf(wire, sizeof wire, h, body_len, 0, body);
        const char *slot = strstr(wire, "\r\n\r\n") + 4;
        if (strstr(h, "chunked"))
            slot = strstr(slot, "\r\n") + 2;
        size_t front = (size_t)(slot - wire); /* bodies may hold NUL: not by %s */
        memmove(wire + front + body_len, wire + front, (size_t)head - front);
        memcpy(wire + front, body, body_len);
        len = (size_t)head + body_len;
        if (strstr(h, "chunked") && body_len == 0)
            sound = false; /* its own last chunk, and one more */
    }
    if (chance(m, 40)) {
        sound = false;
        for (uint64_t k = 1 + rng_below(&m->rng, 4); k; k--)
            damage(m, wire, &len, sizeof wire);
    }
    memcpy(out + *n, wire, len);
    *n += len;
    m->requests++;
    m->damaged += !sound;
    return sound;
}

static int dial(const Mutator *m)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons((uint16_t)m->port)};
    in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || connect(fd, (struct sockaddr *)&in, sizeof in) != 0) {
        perror("the server cannot be reached");
        _exit(1);
    }
    return fd;
}

static void send_all(int fd, const char *p, size_t n)
{
    while (n) {
        ssize_t k = send(fd, p, n, MSG_NOSIGNAL);
        if (k < 0)
            return; /* refused and closed while we were sending */
        p += k;
        n -= (size_t)k;
    }
}

/* Everything until the connection ends.  False: it hangs. */
static bool receive(int fd, char *p, size_t *n)
{
    for (*n = 0; *n < ANSWER_MAX;) {
        struct pollfd w = {.fd = fd, .events = POLLIN};
        if (poll(&w, 1, WAIT_MS) != 1)
            return false;
        ssize_t k = recv(fd, p + *n, ANSWER_MAX - *n, 0);
        if (k <= 0)
            break;
        *n += (size_t)k;
    }
    return true;
}

static bool is_error_body(Mutator *m, Str body)
{
    const Js *root, *e;
    Err err;
    return js_parse(m->arena, body, &root, &err) && (e = js_get(root, STR("error"))) != NULL &&
           e->type == JS_OBJECT && e->count == 4 && js_get(e, STR("message")) &&
           js_get(e, STR("type")) && js_get(e, STR("param")) && js_get(e, STR("code"));
}

/* Cuts one reply off *s.  False: it is none. */
static bool take_reply(Mutator *m, Str *s, int *status)
{
    int64_t code, length = 0;
    const char *end = memmem(s->ptr, s->len, "\r\n\r\n", 4);
    if (!end || !str_starts(*s, STR("HTTP/1.1 ")) || !str_to_i64((Str){s->ptr + 9, 3}, &code))
        return false;
    Str head = {s->ptr, (size_t)(end + 2 - s->ptr)}, line = {0};
    for (Str rest = head; str_cut(&rest, '\n', &line);)
        if (str_starts(line, STR("content-length: ")) &&
            !str_to_i64((Str){line.ptr + 16, line.len - 17}, &length))
            return false;
    size_t whole = head.len + 2;
    if ((size_t)length > s->len - whole)
        return false;
    Str body = {s->ptr + whole, (size_t)length};
    *s = (Str){body.ptr + body.len, s->len - whole - body.len};
    *status = (int)code;
    return code < 400 || (code < 600 && is_error_body(m, body));
}

static bool show(const char *what, const char *sent, size_t sent_len, Str got)
{
    printf("%s\n--- sent\n", what);
    fwrite(sent, 1, sent_len, stdout);
    printf("\n--- received\n%.*s\n", (int)got.len, got.ptr);
    return false;
}

/* `sound` requests were sent undamaged, in front of the first damaged one. */
static bool check_replies(Mutator *m, const char *sent, size_t sent_len, Str got, size_t sound)
{
    size_t count = 0;
    Str rest = got;
    while (rest.len) {
        int status = 0;
        if (!take_reply(m, &rest, &status))
            return show("a reply that is none", sent, sent_len, got);
        if (status >= 500 && status != 503 && status != 501 && status != 505)
            return show("the server failed", sent, sent_len, got);
        m->replies[status / 100]++;
        count += status != 100;
    }
    m->closed += count == 0;
    return count >= sound || show("a request without its reply", sent, sent_len, got);
}

static bool end_slow(Mutator *m, char *answer)
{
    size_t n;
    int fd = m->slow[0];
    memmove(m->slow, m->slow + 1, sizeof *m->slow * (size_t)--m->slow_count);
    bool ok = receive(fd, answer, &n);
    close(fd);
    return ok ? check_replies(m, "(a slow sender)", 15, (Str){answer, n}, 0)
              : show("a slow sender hangs", "", 0, (Str){answer, n});
}

static bool one_connection(Mutator *m, char *stream, char *answer)
{
    size_t n = 0, got = 0, sound = 0;
    bool all_sound = true;
    for (uint64_t k = chance(m, 20) ? 1 + rng_below(&m->rng, 5) : 1; k; k--) {
        all_sound &= add_request(m, stream, &n);
        sound += all_sound;
    }
    int fd = dial(m);
    size_t cut = n && chance(m, 25) ? rng_below(&m->rng, n) : 0;
    send_all(fd, stream, cut);
    if (cut && chance(m, 30)) { /* never sends the rest */
        m->slow[m->slow_count++] = fd;
        return m->slow_count < SLOW_MAX || end_slow(m, answer);
    }
    send_all(fd, stream + cut, n - cut);
    if (chance(m, 2)) { /* does not wait for its answer */
        struct linger now = {.l_onoff = 1};
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        close(fd);
        return true;
    }
    shutdown(fd, SHUT_WR);
    bool ok = receive(fd, answer, &got);
    close(fd);
    if (!ok)
        return show("it hangs", stream, n, (Str){answer, got});
    return check_replies(m, stream, n, (Str){answer, got}, sound);
}

int main(int argc, char **argv)
{
    int64_t port, count, seed;
    if (argc != 4 || !str_to_i64(str_of(argv[1]), &port) ||
        !str_to_i64(str_of(argv[2]), &count) || !str_to_i64(str_of(argv[3]), &seed)) {
        fprintf(stderr, "usage: mutate PORT COUNT SEED\n");
        return 2;
    }
    Mutator m = {.arena = arena_open(64 << 20), .port = (int)port};
    rng_seed(&m.rng, (uint64_t)seed);
    char *stream = arena_array(m.arena, char, STREAM_MAX);
    char *answer = arena_array(m.arena, char, ANSWER_MAX);
    ArenaMark mark = arena_mark(m.arena);
    bool ok = true;
    while (ok && m.requests < (uint64_t)count) {
        ok = one_connection(&m, stream, answer);
        arena_rewind(m.arena, mark);
    }
    while (ok && m.slow_count)
        ok = end_slow(&m, answer);
    printf("seed %lld: %llu requests, %llu of them damaged on the wire; replies: %llu 2xx, "
           "%llu 4xx, %llu 5xx; %llu connections closed without one%s\n",
           (long long)seed, (unsigned long long)m.requests, (unsigned long long)m.damaged,
           (unsigned long long)m.replies[2], (unsigned long long)m.replies[4],
           (unsigned long long)m.replies[5], (unsigned long long)m.closed,
           ok ? "" : "; FAILED");
    arena_close(m.arena);
    return ok ? 0 : 1;
}
