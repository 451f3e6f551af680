/* err.h - one way to say what went wrong.
 *
 * A function that can fail for a reason outside the program (input, disk,
 * network, limits) returns bool and takes `Err *err` as its last parameter:
 *
 *     if (!snapshot_open(db, id, &snap, err))
 *         return err_wrap(err, "training run %s", run);
 *
 * The deepest function that knows the cause sets the code and the words, once.
 * Callers may wrap, which only adds context in front.  Nobody below cli/ and
 * serve/ prints or logs an error: they return it.  On success err is untouched,
 * so calls chain with &&.  A broken promise inside the program is not an Err:
 * assert it.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

/* clang-format off */
/*    code           name           exit status of the command line */
#define ERR_TABLE(X)                      \
    X(ERR_NONE,      "none",        0)    \
    X(ERR_USAGE,     "usage",       2)    \
    X(ERR_INPUT,     "bad_input",   1)    \
    X(ERR_LIMIT,     "over_limit",  1)    \
    X(ERR_NOT_FOUND, "not_found",   1)    \
    X(ERR_CONFLICT,  "conflict",    1)    \
    X(ERR_IO,        "io",          1)    \
    X(ERR_CORRUPT,   "corrupt",     1)    \
    X(ERR_BUSY,      "busy",        1)    \
    X(ERR_STOPPED,   "stopped",     1)    \
    X(ERR_AUTH,      "not_allowed", 1)    \
    X(ERR_MEMORY,    "no_memory",   1)
/* clang-format on */

typedef enum ErrCode {
#define X(code, name, exit_status) code,
    ERR_TABLE(X)
#undef X
} ErrCode;

/* Lives on the caller's stack: reporting a failure must not need memory. */
typedef struct Err {
    ErrCode code;
    char msg[240];
} Err;

/* Both always return false, so that `return err_set(...)` reads as a failure. */
bool err_set(Err *err, ErrCode code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
bool err_wrap(Err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* As err_set with ERR_IO, ": " and strerror(errno) appended. */
bool err_errno(Err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

const char *err_name(ErrCode code);
int err_exit_status(ErrCode code);

#endif
