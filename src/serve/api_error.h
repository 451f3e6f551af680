/* api_error.h - what a client is told when it gets no answer.
 *
 * One row a kind: HTTP status, `type` and `code` of the error object, and whether the
 * official clients should try again by themselves (x-should-retry; an empty cell leaves it
 * to their own rule: 408, 409, 429 and 5xx are retried).
 */
#ifndef SERVE_API_ERROR_H
#define SERVE_API_ERROR_H

#include "base/buf.h"
#include "net/http_server.h"

/* clang-format off */
#define API_ERROR_TABLE(X)                                                                                 \
    /* kind                   status  type                     code                            retry */    \
    X(API_BAD_HTTP,           400, "invalid_request_error",  "bad_http_request",              "")          \
    X(API_BAD_JSON,           400, "invalid_request_error",  "invalid_json",                  "")          \
    X(API_WRONG_TYPE,         400, "invalid_request_error",  "invalid_type",                  "")          \
    X(API_BAD_INPUT,          400, "invalid_request_error",  "invalid_value",                 "")          \
    X(API_WRONG_VALUE,        400, "invalid_request_error",  "invalid_value",                 "")          \
    X(API_TOO_MANY,           400, "invalid_request_error",  "array_above_max_length",        "")          \
    X(API_TOO_LONG,           400, "invalid_request_error",  "string_above_max_length",       "")          \
    X(API_WRONG_KEY,          401, "invalid_request_error",  "invalid_api_key",               "")          \
    X(API_NOT_LOCAL,          403, "invalid_request_error",  "not_allowed",                   "")          \
    X(API_UNKNOWN_URL,        404, "invalid_request_error",  "unknown_url",                   "")          \
    X(API_UNKNOWN_MODEL,      404, "invalid_request_error",  "model_not_found",               "")          \
    X(API_WRONG_METHOD,       405, "invalid_request_error",  "method_not_allowed",            "")          \
    X(API_TOO_SLOW,           408, "invalid_request_error",  "request_timeout",               "")          \
    X(API_BODY_TOO_LARGE,     413, "invalid_request_error",  "request_too_large",             "")          \
    X(API_EXPECTATION,        417, "invalid_request_error",  "expectation_failed",            "")          \
    X(API_HEADERS_TOO_LARGE,  431, "invalid_request_error",  "headers_too_large",             "")          \
    X(API_INTERNAL,           500, "server_error",           "internal_error",                "false")     \
    X(API_NOT_IMPLEMENTED,    501, "invalid_request_error",  "not_implemented",               "false")     \
    X(API_BUSY,               503, "server_error",           "overloaded",                    "true")      \
    X(API_HTTP_VERSION,       505, "invalid_request_error",  "http_version_not_supported",    "false")
/* clang-format on */

typedef enum ApiErrorKind {
#define X(kind, status, type, code, retry) kind,
    API_ERROR_TABLE(X)
#undef X
        API_ERROR_COUNT
} ApiErrorKind;

/* Like Err, for a caller who is a client: message, and the parameter it is about. */
typedef struct ApiError {
    ApiErrorKind kind;
    const char *code;  /* the row's, or one that says it closer */
    const char *param; /* NULL: none */
    char message[320];
} ApiError;

/* Always false. */
bool api_error_set(ApiError *e, ApiErrorKind kind, const char *param, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* What judging a text can end with, in a client's words. */
bool api_error_from(ApiError *e, const char *param, const Err *err);

ApiErrorKind api_error_of_status(int status); /* of an error of the HTTP server's own */
int api_error_status(ApiErrorKind kind);

/* Status, body and headers.  retry_after_ms goes to clients that should come back. */
void api_error_answer(const ApiError *e, Arena *a, int64_t retry_after_ms, HttpResponse *res);

void http_add_header(HttpResponse *res, Str name, Str value);

#endif
