/* log.c - a line is built in a Buf of fixed maximum and written at once.
 *
 * Nothing here can fail towards the caller.  A field is appended whole or not at all:
 * after each one the buffer is looked at, and one that went over is taken back. */
#include "base/log.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/js.h"

#include <errno.h>
#include <unistd.h>

static const char *const level_names[LOG_LEVEL_COUNT] = {"debug", "info", "warn", "error"};

enum { TAIL_ROOM = 16 }; /* kept free for ,"cut":true} and the line feed */

bool log_level_parse(Str name, LogLevel *out, Err *err)
{
    for (int i = 0; i < LOG_LEVEL_COUNT; i++)
        if (str_eq(name, str_of(level_names[i]))) {
            *out = (LogLevel)i;
            return true;
        }
    return err_set(err, ERR_USAGE, "log level is debug, info, warn or error, not '" STR_FMT "'",
                   STR_ARG(name));
}

/* Length of the UTF-8 character at p, 0 when it is none (RFC 3629, table of section 4). */
static size_t character(const unsigned char *p, size_t n)
{
    unsigned char c = p[0];
    if (c < 0x80)
        return 1;
    size_t len = c >= 0xc2 && c <= 0xdf ? 2 : c >= 0xe0 && c <= 0xef ? 3 : c >= 0xf0 ? 4 : 0;
    if (len == 0 || c > 0xf4 || len > n)
        return 0;
    unsigned char low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
    unsigned char high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
    if (p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < len; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    return len;
}

static Str clean(Str s, char out[LOG_VALUE_MAX], bool *cut)
{
    size_t n = 0, i = 0;
    while (i < s.len) {
        size_t len = character((const unsigned char *)s.ptr + i, s.len - i);
        Str piece = len ? (Str){s.ptr + i, len} : STR("\xef\xbf\xbd");
        if (piece.len > LOG_VALUE_MAX - n)
            break;
        memcpy(out + n, piece.ptr, piece.len);
        n += piece.len;
        i += len ? len : 1;
    }
    *cut |= i < s.len;
    return (Str){out, n};
}

/* A field behind the ones that are there: `ts` always is. */
static JsWriter field(LogLine *l, const char *key)
{
    l->before = l->out.len;
    JsWriter w = {.out = &l->out, .comma = true};
    js_key(&w, key);
    return w;
}

static void field_end(LogLine *l)
{
    if (!l->out.over)
        return;
    l->out.over = false;
    l->out.len = l->before;
    l->cut = true;
}

LogLine log_begin(const Log *log, LogLevel level, const char *event)
{
    LogLine l = {.log = level >= log->least ? log : NULL};
    if (!l.log)
        return l;
    buf_init(&l.out, LOG_LINE_MAX - TAIL_ROOM);
    JsWriter w = js_writer(&l.out);
    js_object(&w);
    char ts[CLOCK_ISO_SIZE];
    clock_iso(clock_wall_ms(), ts);
    js_key(&w, "ts");
    js_string(&w, str_of(ts));
    js_key(&w, "level");
    js_string(&w, str_of(level_names[level]));
    js_key(&w, "event");
    js_string(&w, str_of(event));
    return l;
}

void log_str(LogLine *l, const char *key, Str value)
{
    if (!l->log)
        return;
    char text[LOG_VALUE_MAX];
    JsWriter w = field(l, key);
    js_string(&w, clean(value, text, &l->cut));
    field_end(l);
}

void log_i64(LogLine *l, const char *key, int64_t value)
{
    if (!l->log)
        return;
    JsWriter w = field(l, key);
    js_i64(&w, value);
    field_end(l);
}

void log_double(LogLine *l, const char *key, double value)
{
    if (!l->log)
        return;
    JsWriter w = field(l, key);
    js_double(&w, value);
    field_end(l);
}

void log_bool(LogLine *l, const char *key, bool value)
{
    if (!l->log)
        return;
    JsWriter w = field(l, key);
    js_bool(&w, value);
    field_end(l);
}

void log_err(LogLine *l, const Err *err)
{
    log_str(l, "error", str_of(err_name(err->code)));
    log_str(l, "message", str_of(err->msg));
}

enum { SECRET_SHOWN_LEAST = 16, SECRET_DIGITS = 8 };

void log_secret(LogLine *l, const char *key, Str secret)
{
    char hex[DIGEST_HEX_SIZE], text[SECRET_DIGITS + 4] = "***";
    if (secret.len >= SECRET_SHOWN_LEAST) {
        Digest d = digest_of(secret);
        digest_hex(&d, hex);
        memcpy(text + 3, hex, SECRET_DIGITS);
    }
    log_str(l, key, str_of(text));
}

void log_end(LogLine *l)
{
    if (!l->log)
        return;
    l->out.max = LOG_LINE_MAX;
    buf_put(&l->out, l->cut ? STR(",\"cut\":true}\n") : STR("}\n"));
    ssize_t n;
    do
        n = write(l->log->fd, l->out.ptr, l->out.len);
    while (n < 0 && errno == EINTR);
    buf_done(&l->out);
}
