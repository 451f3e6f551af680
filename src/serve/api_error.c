#include "serve/api_error.h"

#include "base/js.h"
#include "text/utf8.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

static const struct {
    int status;
    const char *type, *code, *retry;
} rows[] = {
#define X(kind, status, type, code, retry) {status, type, code, retry},
    API_ERROR_TABLE(X)
#undef X
};

bool api_error_set(ApiError *e, ApiErrorKind kind, const char *param, const char *fmt, ...)
{
    e->kind = kind;
    e->code = rows[kind].code;
    e->param = param;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(e->message, sizeof e->message, fmt, ap);
    va_end(ap);
    return false;
}

bool api_error_from(ApiError *e, const char *param, const Err *err)
{
    switch (err->code) {
    case ERR_LIMIT:
        return api_error_set(e, API_TOO_LONG, param, "%s", err->msg);
    case ERR_INPUT:
        return api_error_set(e, API_WRONG_VALUE, param, "%s", err->msg);
    case ERR_BUSY:
        return api_error_set(e, API_BUSY, NULL, "%s", err->msg);
    case ERR_NONE:
    case ERR_USAGE:
    case ERR_NOT_FOUND:
    case ERR_CONFLICT:
    case ERR_IO:
    case ERR_CORRUPT:
    case ERR_STOPPED:
    case ERR_AUTH:
    case ERR_MEMORY:
        break;
    }
    /* The words are for our log: they may name files. */
    return api_error_set(e, API_INTERNAL, NULL, "the server failed to judge this input");
}

ApiErrorKind api_error_of_status(int status)
{
    switch (status) {
    case 400:
        return API_BAD_HTTP;
    case 413:
        return API_BODY_TOO_LARGE;
    case 500:
        return API_INTERNAL;
    default: /* the rest of the server's own have one row each */
        for (int k = 0; k < API_ERROR_COUNT; k++)
            if (rows[k].status == status)
                return (ApiErrorKind)k;
        return API_INTERNAL;
    }
}

int api_error_status(ApiErrorKind kind) { return rows[kind].status; }

void http_add_header(HttpResponse *res, Str name, Str value)
{
    assert(res->header_count < HTTP_EXTRA_HEADERS);
    res->header[res->header_count++] = (HttpHeader){name, value};
}

/* A message quotes what the client sent, and may be cut in the middle of a character. */
static Str sound_text(Arena *a, const char *z)
{
    Err err;
    Str s = str_of(z);
    if (!utf8_valid(s, NULL) && !utf8_repair(a, s, &s, &err))
        return STR("the request was refused");
    return s;
}

void api_error_answer(const ApiError *e, Arena *a, int64_t retry_after_ms, HttpResponse *res)
{
    res->status = rows[e->kind].status;
    res->content_type = "application/json";
    buf_clear(&res->body);
    JsWriter w = js_writer(&res->body);
    js_object(&w);
    js_key(&w, "error");
    js_object(&w);
    js_key(&w, "message");
    js_string(&w, sound_text(a, e->message));
    js_key(&w, "type");
    js_string(&w, str_of(rows[e->kind].type));
    js_key(&w, "param");
    if (e->param)
        js_string(&w, str_of(e->param));
    else
        js_null(&w);
    js_key(&w, "code");
    js_string(&w, str_of(e->code));
    js_end_object(&w);
    js_end_object(&w);
    buf_byte(&res->body, '\n');
    if (rows[e->kind].retry[0])
        http_add_header(res, STR("x-should-retry"), str_of(rows[e->kind].retry));
    if (e->kind == API_BUSY) {
        http_add_header(res, STR("retry-after-ms"),
                        str_print(a, "%lld", (long long)retry_after_ms));
        http_add_header(res, STR("retry-after"),
                        str_print(a, "%lld", (long long)(retry_after_ms + 999) / 1000));
    }
    if (e->kind == API_WRONG_KEY)
        http_add_header(res, STR("www-authenticate"), STR("Bearer"));
}
