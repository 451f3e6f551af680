#include "test.h"

#include "net/http_conn.h"

static const HttpConnLimits limits = {.max_header_bytes = 1024, .max_body_bytes = 1000};

static HttpConn *conn_open(void)
{
    static Arena *a; /* one small connection a test: rewound with the process */
    if (!a)
        a = arena_open(1 << 22);
    return http_conn_new(a, &limits);
}

#define HOST "Host: x\r\n"

static void a_request_is_taken_apart(void **state)
{
    (void)state;
    HttpConn *c = conn_open();
    Str in =
        STR("\r\nPOST /v1/x?a=1&b HTTP/1.1\r\nHost: example.test:80\r\nX-Name:  two words \r\n"
            "Empty:\r\nContent-Length: 3\r\n\r\nabcGET");
    assert_int_equal(http_conn_place(c), HTTP_CONN_IDLE);
    assert_int_equal(http_conn_feed(c, &in), HTTP_CONN_REQUEST);
    assert_true(str_eq(in, STR("GET")));
    const HttpRequest *r = http_conn_request(c);
    assert_true(str_eq(r->method, STR("POST")));
    assert_true(str_eq(r->path, STR("/v1/x")));
    assert_true(str_eq(r->query, STR("a=1&b")));
    assert_true(str_eq(r->body, STR("abc")));
    assert_int_equal(r->header_count, 4);
    assert_true(str_eq(http_header(r, STR("x-name")), STR("two words")));
    Str empty = http_header(r, STR("empty"));
    assert_true(empty.ptr && empty.len == 0);
    assert_null(http_header(r, STR("absent")).ptr);
    assert_true(http_conn_keep_alive(c));
    http_conn_next(c);
    assert_int_equal(http_conn_place(c), HTTP_CONN_IDLE);
    http_conn_done(c);
}

static const struct {
    const char *what;
    const char *bytes;
    int status; /* 0: accepted */
} framings[] = {
    {"nothing wrong",                   "GET / HTTP/1.1\r\n" HOST "\r\n",                                 0  },
    {"chunked",
     "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",                  0  },
    {"chunk extension",
     "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: Chunked\r\n\r\n1;a=b\r\nx\r\n0\r\n\r\n",              0  },
    {"trailers are dropped",
     "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\nHost: y\r\n\r\n",                 0  },
    {"a carriage return in a value",    "GET / HTTP/1.1\r\n" HOST "A: \rb: c\r\n\r\n",                    400},
    {"a carriage return in a name",     "GET / HTTP/1.1\r\n" HOST "A\rb: c\r\n\r\n",                      400},
    {"two carriage returns",            "GET / HTTP/1.1\r\n" HOST "A: b\r\r\n\r\n",                       400},
    {"HTTP/1.0 without Host",           "GET / HTTP/1.0\r\n\r\n",                                         0  },
    {"absolute target",                 "GET http://a.test/b?c HTTP/1.1\r\n" HOST "\r\n",                 0  },
    {"an offer of HTTP/2",
     "GET / HTTP/1.1\r\n" HOST "Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n",                             0  },
    {"OPTIONS *",                       "OPTIONS * HTTP/1.1\r\n" HOST "\r\n",                             0  },
    {"length and chunked",
     "POST / HTTP/1.1\r\n" HOST
     "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",                        400},
    {"chunked and length",
     "POST / HTTP/1.1\r\n" HOST
     "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n1\r\nx\r\n0\r\n\r\n",                        400},
    {"two lengths",
     "POST / HTTP/1.1\r\n" HOST "Content-Length: 1\r\nContent-Length: 2\r\n\r\nx",                        400},
    {"two equal lengths",
     "POST / HTTP/1.1\r\n" HOST "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx",                        400},
    {"a list of lengths",               "POST / HTTP/1.1\r\n" HOST "Content-Length: 1, 1\r\n\r\nx",       400},
    {"unknown coding",                  "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: xchunked\r\n\r\n", 501},
    {"coded twice",
     "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",                      501},
    {"chunked on two lines",
     "POST / HTTP/1.1\r\n" HOST
     "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",                            501},
    {"chunked in HTTP/1.0",             "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     400                                                                                                     },
    {"length with a sign",              "POST / HTTP/1.1\r\n" HOST "Content-Length: +4\r\n\r\nabcd",      400},
    {"negative length",                 "POST / HTTP/1.1\r\n" HOST "Content-Length: -1\r\n\r\n",          400},
    {"hexadecimal length",              "POST / HTTP/1.1\r\n" HOST "Content-Length: 0x4\r\n\r\nabcd",     400},
    {"length beyond 64 bits",
     "POST / HTTP/1.1\r\n" HOST "Content-Length: 99999999999999999999\r\n\r\n",                           400},
    {"length over the limit",           "POST / HTTP/1.1\r\n" HOST "Content-Length: 1001\r\n\r\n",        413},
    {"space before the colon",          "GET / HTTP/1.1\r\nHost : x\r\n\r\n",                             400},
    {"bare line feeds",                 "GET / HTTP/1.1\nHost: x\n\n",                                    400},
    {"a bare line feed in the headers", "GET / HTTP/1.1\r\nHost: x\nA: b\r\n\r\n",                        400},
    {"a bare carriage return",          "GET / HTTP/1.1\r\nHost: x\rA: b\r\n\r\n",                        400},
    {"bad chunk extension",
     "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n1;\nx\r\n0\r\n\r\n",                   400},
    {"chunk size with a sign",
     "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n+1\r\nx\r\n0\r\n\r\n",                 400},
    {"chunk size beyond 64 bits",
     "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n11111111111111111\r\nx",
     400                                                                                                     },
    {"chunk longer than it says",
     "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n0\r\n\r\n",                 400},
    {"no Host",                         "GET / HTTP/1.1\r\n\r\n",                                         400},
    {"two Hosts",                       "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",                   400},
    {"a Host that is none",             "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",                            400},
    {"a Host with a path",              "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",                            400},
    {"a folded header",                 "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n",                400},
    {"folded with a tab",               "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n\tc\r\n\r\n",               400},
    {"folded before the first",         "GET / HTTP/1.1\r\n Host: x\r\n\r\n",                             400},
    {"a header without a name",         "GET / HTTP/1.1\r\n" HOST ": x\r\n\r\n",                          400},
    {"a header without a colon",        "GET / HTTP/1.1\r\n" HOST "abc\r\n\r\n",                          400},
    {"HTTP/0.9",                        "GET / HTTP/0.9\r\n\r\n",                                         505},
    {"HTTP/2.0",                        "GET / HTTP/2.0\r\n" HOST "\r\n",                                 505},
    {"HTTP/3.7",                        "GET / HTTP/3.7\r\n" HOST "\r\n",                                 505},
    {"the start of HTTP/2",             "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",                               505},
    {"TLS",                             "\x16\x03\x01\x02",                                               400},
    {"no such method",                  "FETCH / HTTP/1.1\r\n" HOST "\r\n",                               400},
    {"lower case method",               "get / HTTP/1.1\r\n" HOST "\r\n",                                 400},
    {"CONNECT",                         "CONNECT a.test:443 HTTP/1.1\r\n" HOST "\r\n",                    501},
    {"target is no path",               "GET * HTTP/1.1\r\n" HOST "\r\n",                                 400},
    {"absolute target without path",    "GET http://a.test HTTP/1.1\r\n" HOST "\r\n",                     400},
    {"raw bytes in the target",         "GET /\xc3\xa4 HTTP/1.1\r\n" HOST "\r\n",                         400},
    {"a strange expectation",
     "POST / HTTP/1.1\r\n" HOST "Expect: the-worst\r\nContent-Length: 1\r\n\r\nx",                        417},
};

static void what_could_be_read_two_ways_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof framings / sizeof *framings; i++) {
        for (int one_by_one = 0; one_by_one < 2; one_by_one++) {
            HttpConn *c = conn_open();
            Str all = str_of(framings[i].bytes);
            HttpConnEvent e = HTTP_CONN_MORE;
            size_t step = one_by_one ? 1 : all.len;
            for (size_t at = 0;
                 at < all.len && e != HTTP_CONN_REQUEST && e != HTTP_CONN_REFUSED; at += step) {
                Str part = {all.ptr + at, step};
                e = http_conn_feed(c, &part);
            }
            int status = e == HTTP_CONN_REQUEST   ? 0
                         : e == HTTP_CONN_REFUSED ? http_conn_status(c)
                                                  : -1;
            if (status != framings[i].status)
                fail_msg("%s: %d instead of %d", framings[i].what, status, framings[i].status);
            if (status)
                assert_non_null(http_conn_message(c));
            http_conn_done(c);
        }
    }
}

static void a_nul_in_a_header_is_refused(void **state)
{
    (void)state;
    HttpConn *c = conn_open();
    Str in = STR("GET / HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n");
    assert_int_equal(http_conn_feed(c, &in), HTTP_CONN_REFUSED);
    assert_int_equal(http_conn_status(c), 400);
    http_conn_done(c);
}

/* Feeds `unit` again and again, at most n times, behind `start`. */
static int flood(const char *start, const char *unit, int n)
{
    HttpConn *c = conn_open();
    Str in = str_of(start);
    HttpConnEvent e = in.len ? http_conn_feed(c, &in) : HTTP_CONN_MORE;
    for (int i = 0; i < n && e == HTTP_CONN_MORE; i++) {
        in = str_of(unit);
        e = http_conn_feed(c, &in);
    }
    int status = e == HTTP_CONN_REFUSED ? http_conn_status(c) : e == HTTP_CONN_MORE ? 0 : -1;
    http_conn_done(c);
    return status;
}

static void whatever_grows_is_limited(void **state)
{
    (void)state;
    static const struct {
        const char *start, *unit;
        int n, status;
    } rows[] = {
        {"",                                                                   "\r\n",                100,   0  },
        {"",                                                                   "\r\n",                10000, 431},
        {"GET /",                                                              "aaaaaaaaaa",          10000, 431},
        {"GET / HTTP/1.1\r\n",                                                 "A: b\r\n",            99,    0  },
        {"GET / HTTP/1.1\r\n",                                                 "A: b\r\n",            101,   431},
        {"GET / HTTP/1.1\r\nA:",                                               "          ",          10000, 431},
        {"GET / HTTP/1.1\r\nA: b",                                             "          ",          10000, 431},
        {"GET / HTTP/1.1\r\n",                                                 "aaaaaaaaaa",          10000, 431},
        {"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n",      "a\r\n0123456789\r\n",
         100,                                                                                                0  },
        {"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n",      "a\r\n0123456789\r\n",
         101,                                                                                                413},
        {"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n1;a=",  "bbbbbbbbbb",
         10000,                                                                                              413},
        {"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n", "A: b\r\n",
         10000,                                                                                              413},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int status = flood(rows[i].start, rows[i].unit, rows[i].n);
        if (status != rows[i].status)
            fail_msg("%s + %d * %s: %d instead of %d", rows[i].start, rows[i].n, rows[i].unit,
                     status, rows[i].status);
    }
}

static void the_client_that_waits_is_told_to_go_on_once(void **state)
{
    (void)state;
    HttpConn *c = conn_open();
    Str in =
        STR("POST / HTTP/1.1\r\n" HOST "Expect: 100-Continue\r\nContent-Length: 2\r\n\r\n");
    assert_int_equal(http_conn_feed(c, &in), HTTP_CONN_CONTINUE);
    assert_int_equal(http_conn_place(c), HTTP_CONN_BODY);
    in = STR("a");
    assert_int_equal(http_conn_feed(c, &in), HTTP_CONN_MORE);
    in = STR("b");
    assert_int_equal(http_conn_feed(c, &in), HTTP_CONN_REQUEST);
    http_conn_next(c);
    /* the body is there already: nobody waits */
    in = STR("POST / HTTP/1.1\r\n" HOST "Expect: 100-continue\r\nContent-Length: 2\r\n\r\nab");
    assert_int_equal(http_conn_feed(c, &in), HTTP_CONN_REQUEST);
    http_conn_next(c);
    in = STR("GET / HTTP/1.1\r\n" HOST "Expect: 100-continue\r\n\r\n");
    assert_int_equal(http_conn_feed(c, &in), HTTP_CONN_REQUEST);
    http_conn_done(c);
}

static void keep_alive_follows_version_and_wish(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        bool keep;
    } rows[] = {
        {"GET / HTTP/1.1\r\n" HOST "\r\n",                      true },
        {"GET / HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n", false},
        {"GET / HTTP/1.0\r\n\r\n",                              false},
        {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",    true },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        HttpConn *c = conn_open();
        Str in = str_of(rows[i].bytes);
        assert_int_equal(http_conn_feed(c, &in), HTTP_CONN_REQUEST);
        assert_int_equal(http_conn_keep_alive(c), rows[i].keep);
        http_conn_done(c);
    }
}

/* However the bytes are cut, the same requests come out. */
static void the_cut_of_the_bytes_does_not_matter(void **state)
{
    (void)state;
    Str all = STR("POST /a?b HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nhello"
                  "GET /c HTTP/1.1\r\nHost:y\r\nA:\r\n\r\n"
                  "POST /d HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"
                  "3\r\nabc\r\n2;x\r\nde\r\n0\r\n\r\n");
    static const char *const paths[] = {"/a", "/c", "/d"};
    static const char *const bodies[] = {"hello", "", "abcde"};
    uint64_t seed = 7;
    for (int run = 0; run < 300; run++) {
        HttpConn *c = conn_open();
        size_t at = 0, done = 0;
        while (at < all.len) {
            size_t n = run == 0 ? 1 : 1 + random_u64(&seed) % 60;
            Str part = {all.ptr + at, n < all.len - at ? n : all.len - at};
            at += part.len;
            while (part.len && http_conn_feed(c, &part) == HTTP_CONN_REQUEST) {
                const HttpRequest *r = http_conn_request(c);
                assert_true(done < 3);
                assert_true(str_eq(r->path, str_of(paths[done])));
                assert_true(str_eq(r->body, str_of(bodies[done])));
                done++;
                http_conn_next(c);
            }
        }
        assert_int_equal(done, 3);
        http_conn_done(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_taken_apart),
        cmocka_unit_test(what_could_be_read_two_ways_is_refused),
        cmocka_unit_test(a_nul_in_a_header_is_refused),
        cmocka_unit_test(whatever_grows_is_limited),
        cmocka_unit_test(the_client_that_waits_is_told_to_go_on_once),
        cmocka_unit_test(keep_alive_follows_version_and_wish),
        cmocka_unit_test(the_cut_of_the_bytes_does_not_matter),
    };
    return cmocka_run_group_tests_name("net/http_conn", tests, NULL, NULL);
}
