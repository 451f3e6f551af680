/* dial.h - raw sockets to a server on loopback, for tests. */
#ifndef DIAL_H
#define DIAL_H

#include "test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WAIT_MS = 20000 }; /* a hang, not a measurement */

/* Of "127.0.0.1:43121". */
static inline int port_of(Str address)
{
    Str rest = address, part = {0};
    int64_t port = 0;
    while (str_cut(&rest, ':', &part)) {
    }
    assert_true(str_to_i64(part, &port));
    return (int)port;
}

static inline int dial_socket(void) { return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); }

static inline int dial_connect(int fd, int port) /* as connect(2) */
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return connect(fd, (struct sockaddr *)&in, sizeof in);
}

static inline int dial(int port)
{
    int fd = dial_socket();
    assert_int_equal(dial_connect(fd, port), 0);
    return fd;
}

static inline void say(int fd, Str s)
{
    while (s.len) {
        ssize_t n = send(fd, s.ptr, s.len, MSG_NOSIGNAL);
        if (n < 0)
            return; /* closed on us: the answer tells */
        s = (Str){s.ptr + n, s.len - (size_t)n};
    }
}

/* Reads until `until` (NULL: the end) has come; the number of bytes, -1 for a hang. */
static inline int hear(int fd, char *buf, size_t size, const char *until)
{
    size_t len = 0;
    for (;;) {
        buf[len] = 0;
        if (until && strstr(buf, until))
            return (int)len;
        struct pollfd p = {.fd = fd, .events = POLLIN};
        if (poll(&p, 1, WAIT_MS) != 1)
            return -1;
        ssize_t n = recv(fd, buf + len, size - 1 - len, 0);
        if (n <= 0)
            return (int)len;
        len += (size_t)n;
    }
}

static inline void expect(int fd, const char *until)
{
    char buf[8192];
    int n = hear(fd, buf, sizeof buf, until);
    if (n < 0 || !strstr(buf, until))
        fail_msg("wanted \"%s\", got \"%s\"", until, n < 0 ? "(nothing: it hangs)" : buf);
}

static inline void expect_closed(int fd)
{
    char buf[8192];
    assert_int_equal(hear(fd, buf, sizeof buf, NULL), 0);
    close(fd);
}

#endif
