/* log.h - what a server says while it runs: one JSON object a line.
 *
 *     LogLine l = log_begin(&log, LOG_LEVEL_INFO, "request");
 *     log_str(&l, "id", id);
 *     log_i64(&l, "status", 200);
 *     log_end(&l);
 *
 * gives {"ts":"2026-11-24T07:31:05.123Z","level":"info","event":"request","id":...}.
 * A line goes out in one write(2) of at most 4096 bytes (PIPE_BUF), so lines of several
 * threads, and of several processes on one pipe, never mix.  Long values are cut, fields
 * that do not fit are left out, and the line then says "cut":true.  Outside bytes are
 * safe to pass: what is not UTF-8 becomes U+FFFD.
 *
 * Never pass text that is judged, nor a secret: log_secret writes a mark instead.
 * Errors are returned, not logged (err.h): only serve/ and cli/ hold a Log.
 * A Log is read-only after it was made, so threads may share it.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/buf.h"

typedef enum LogLevel {
    LOG_LEVEL_DEBUG,
    LOG_LEVEL_INFO,
    LOG_LEVEL_WARN,
    LOG_LEVEL_ERROR,
    LOG_LEVEL_COUNT
} LogLevel;

typedef struct Log {
    int fd;         /* 2: stderr */
    LogLevel least; /* lines below it are not written */
} Log;

/* debug, info, warn, error: the values of the setting log_level. */
bool log_level_parse(Str name, LogLevel *out, Err *err);

enum { LOG_LINE_MAX = 4096, LOG_VALUE_MAX = 1024 }; /* bytes */

typedef struct LogLine {
    const Log *log; /* NULL: below the level, everything is a no-op */
    Buf out;
    size_t before; /* where the field that is being written began */
    bool cut;
} LogLine;

LogLine log_begin(const Log *log, LogLevel level, const char *event);
void log_str(LogLine *l, const char *key, Str value);
void log_i64(LogLine *l, const char *key, int64_t value);
void log_double(LogLine *l, const char *key, double value);
void log_bool(LogLine *l, const char *key, bool value);
void log_err(LogLine *l, const Err *err); /* "error": its name, "message": its words */

/* "***", and for secrets of 16 bytes or more the first 8 hex digits of their SHA-256, so
 * that two lines about one key can be seen to belong together. */
void log_secret(LogLine *l, const char *key, Str secret);

/* Writes and frees.  A line that cannot be written is lost: there is nobody to tell. */
void log_end(LogLine *l);

#endif
