/* js.c - the door to jansson.  Its reference-counted tree is copied into the arena
 * at once, so that nothing above this file knows who parsed. */
#include "base/js.h"

#include "base/decimal.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

static bool full(Err *err) { return err_set(err, ERR_LIMIT, "the JSON text is too large"); }

static bool copy_text(Arena *a, const char *p, size_t n, Str *out)
{
    char *c = arena_try_array(a, char, n + 1);
    if (!c)
        return false;
    memcpy(c, p, n);
    *out = (Str){c, n};
    return true;
}

static bool copy(Arena *a, const json_t *j, int depth, Js *out, Err *err);

static bool copy_array(Arena *a, const json_t *j, int depth, Js *out, Err *err)
{
    out->type = JS_ARRAY;
    out->count = json_array_size(j);
    Js *item = arena_try_array(a, Js, out->count);
    if (!item)
        return full(err);
    for (size_t i = 0; i < out->count; i++)
        if (!copy(a, json_array_get(j, i), depth + 1, &item[i], err))
            return false;
    out->item = item;
    return true;
}

static bool copy_object(Arena *a, json_t *j, int depth, Js *out, Err *err)
{
    out->type = JS_OBJECT;
    out->count = json_object_size(j);
    Js *item = arena_try_array(a, Js, out->count);
    Str *key = arena_try_array(a, Str, out->count);
    if (!item || !key)
        return full(err);
    size_t i = 0;
    for (void *it = json_object_iter(j); it; it = json_object_iter_next(j, it), i++) {
        const char *name = json_object_iter_key(it);
        if (!copy_text(a, name, strlen(name), &key[i]))
            return full(err);
        if (!copy(a, json_object_iter_value(it), depth + 1, &item[i], err))
            return false;
    }
    out->item = item;
    out->key = key;
    return true;
}

static bool copy(Arena *a, const json_t *j, int depth, Js *out, Err *err)
{
    if (depth >= JS_MAX_DEPTH && (json_is_array(j) || json_is_object(j)))
        return err_set(err, ERR_LIMIT, "JSON nested deeper than %d", JS_MAX_DEPTH);
    switch (json_typeof(j)) {
    case JSON_NULL:
        out->type = JS_NULL;
        return true;
    case JSON_TRUE:
    case JSON_FALSE:
        out->type = JS_BOOL;
        out->boolean = json_is_true(j);
        return true;
    case JSON_INTEGER:
        out->type = JS_NUMBER;
        out->integer = json_integer_value(j);
        out->number = (double)out->integer;
        out->is_integer = true;
        return true;
    case JSON_REAL:
        out->type = JS_NUMBER;
        out->number = json_real_value(j);
        return true;
    case JSON_STRING:
        out->type = JS_STRING;
        return copy_text(a, json_string_value(j), json_string_length(j), &out->str) ||
               full(err);
    case JSON_ARRAY:
        return copy_array(a, j, depth, out, err);
    case JSON_OBJECT:
        return copy_object(a, (json_t *)(uintptr_t)j, depth, out, err);
    }
    abort(); /* jansson knows no other type */
}

bool js_parse(Arena *a, Str text, const Js **out, Err *err)
{
    json_error_t e;
    json_t *j = json_loadb(text.ptr ? text.ptr : "", text.len,
                           JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, &e);
    if (!j)
        return err_set(err, ERR_INPUT, "not valid JSON: %s (line %d, column %d)", e.text,
                       e.line, e.column);
    Js *root = arena_try_array(a, Js, 1);
    bool ok = root ? copy(a, j, 0, root, err) : full(err);
    json_decref(j);
    if (ok)
        *out = root;
    return ok;
}

const Js *js_get(const Js *o, Str key)
{
    if (!o || o->type != JS_OBJECT)
        return NULL;
    for (size_t i = 0; i < o->count; i++)
        if (str_eq(o->key[i], key))
            return &o->item[i];
    return NULL;
}

const char *js_type_name(JsType t)
{
    static const char *const names[] = {
        [JS_NULL] = "null",       [JS_BOOL] = "a boolean", [JS_NUMBER] = "a number",
        [JS_STRING] = "a string", [JS_ARRAY] = "an array", [JS_OBJECT] = "an object",
    };
    return names[t];
}

static bool wrong(const Js *v, Str key, const char *want, Err *err)
{
    if (v->line)
        return err_set(err, ERR_INPUT, "%d:%d: '" STR_FMT "' must be %s, not %s", v->line,
                       v->column, STR_ARG(key), want, js_type_name(v->type));
    return err_set(err, ERR_INPUT, "'" STR_FMT "' must be %s, not %s", STR_ARG(key), want,
                   js_type_name(v->type));
}

static bool missing(Str key, Err *err)
{
    return err_set(err, ERR_INPUT, "'" STR_FMT "' is missing", STR_ARG(key));
}

bool js_opt_str(const Js *o, Str key, Str *out, Err *err)
{
    const Js *v = js_get(o, key);
    if (!v)
        return true;
    if (v->type != JS_STRING)
        return wrong(v, key, "a string", err);
    *out = v->str;
    return true;
}

bool js_opt_i64(const Js *o, Str key, int64_t *out, Err *err)
{
    const Js *v = js_get(o, key);
    if (!v)
        return true;
    if (v->type != JS_NUMBER || !v->is_integer)
        return wrong(v, key, "a whole number", err);
    *out = v->integer;
    return true;
}

bool js_opt_double(const Js *o, Str key, double *out, Err *err)
{
    const Js *v = js_get(o, key);
    if (!v)
        return true;
    if (v->type != JS_NUMBER)
        return wrong(v, key, "a number", err);
    *out = v->number;
    return true;
}

bool js_opt_bool(const Js *o, Str key, bool *out, Err *err)
{
    const Js *v = js_get(o, key);
    if (!v)
        return true;
    if (v->type != JS_BOOL)
        return wrong(v, key, "true or false", err);
    *out = v->boolean;
    return true;
}

bool js_want_str(const Js *o, Str key, Str *out, Err *err)
{
    return js_get(o, key) ? js_opt_str(o, key, out, err) : missing(key, err);
}

bool js_want_i64(const Js *o, Str key, int64_t *out, Err *err)
{
    return js_get(o, key) ? js_opt_i64(o, key, out, err) : missing(key, err);
}

bool js_want_double(const Js *o, Str key, double *out, Err *err)
{
    return js_get(o, key) ? js_opt_double(o, key, out, err) : missing(key, err);
}

static void before_value(JsWriter *w)
{
    if (w->comma)
        buf_byte(w->out, ',');
    w->comma = true;
}

void js_object(JsWriter *w)
{
    before_value(w);
    buf_byte(w->out, '{');
    w->comma = false;
}

void js_end_object(JsWriter *w)
{
    buf_byte(w->out, '}');
    w->comma = true;
}

void js_array(JsWriter *w)
{
    before_value(w);
    buf_byte(w->out, '[');
    w->comma = false;
}

void js_end_array(JsWriter *w)
{
    buf_byte(w->out, ']');
    w->comma = true;
}

/* One byte that JSON wants written otherwise. */
static void escaped(Buf *out, unsigned char c)
{
    static const char digit[] = "0123456789abcdef";
    char text[6] = {'\\', (char)c, '0', '0', digit[c >> 4], digit[c & 15]};
    size_t n = 2;
    switch (c) {
    case '"':
    case '\\':
        break;
    case '\n':
        text[1] = 'n';
        break;
    case '\t':
        text[1] = 't';
        break;
    case '\r':
        text[1] = 'r';
        break;
    default:
        text[1] = 'u';
        n = sizeof text;
    }
    buf_put(out, (Str){text, n});
}

static bool is_plain(char c) { return (unsigned char)c >= 0x20 && c != '"' && c != '\\'; }

static void quoted(Buf *out, Str s)
{
    buf_byte(out, '"');
    for (size_t from = 0; from < s.len;) {
        size_t to = from;
        while (to < s.len && is_plain(s.ptr[to]))
            to++;
        buf_put(out, (Str){s.ptr + from, to - from});
        if (to < s.len)
            escaped(out, (unsigned char)s.ptr[to++]);
        from = to;
    }
    buf_byte(out, '"');
}

/* Ours: nothing in it wants escaping. */
void js_key(JsWriter *w, const char *key)
{
    size_t n = strlen(key);
    if (w->comma)
        buf_byte(w->out, ',');
    w->comma = false;
    char *p = buf_reserve(w->out, n + 3);
    if (!p)
        return;
    p[0] = '"';
    memcpy(p + 1, key, n);
    memcpy(p + 1 + n, "\":", 2);
    w->out->len += n + 3;
}

void js_key_str(JsWriter *w, Str key)
{
    if (w->comma)
        buf_byte(w->out, ',');
    quoted(w->out, key);
    buf_byte(w->out, ':');
    w->comma = false;
}

void js_string(JsWriter *w, Str s)
{
    before_value(w);
    quoted(w->out, s);
}

void js_i64(JsWriter *w, int64_t v)
{
    before_value(w);
    buf_print(w->out, "%lld", (long long)v);
}

void js_double(JsWriter *w, double v)
{
    before_value(w);
    if (!isfinite(v)) {
        buf_put(w->out, STR("null"));
        return;
    }
    if (v == 0 && signbit(v)) { /* "-0" would be read back as the whole number 0 */
        buf_put(w->out, STR("-0.0"));
        return;
    }
    char *p = buf_reserve(w->out, DECIMAL_SIZE);
    if (p)
        w->out->len += decimal_print(v, p);
}

void js_bool(JsWriter *w, bool v)
{
    before_value(w);
    buf_put(w->out, v ? STR("true") : STR("false"));
}

void js_null(JsWriter *w)
{
    before_value(w);
    buf_put(w->out, STR("null"));
}

void js_value(JsWriter *w, const Js *v)
{
    switch (v->type) {
    case JS_NULL:
        js_null(w);
        return;
    case JS_BOOL:
        js_bool(w, v->boolean);
        return;
    case JS_NUMBER:
        if (v->is_integer)
            js_i64(w, v->integer);
        else
            js_double(w, v->number);
        return;
    case JS_STRING:
        js_string(w, v->str);
        return;
    case JS_ARRAY:
        js_array(w);
        for (size_t i = 0; i < v->count; i++)
            js_value(w, &v->item[i]);
        js_end_array(w);
        return;
    case JS_OBJECT:
        js_object(w);
        for (size_t i = 0; i < v->count; i++) {
            js_key_str(w, v->key[i]);
            js_value(w, &v->item[i]);
        }
        js_end_object(w);
        return;
    }
}
