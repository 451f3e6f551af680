/* js.h - JSON (and, through base/yaml.h, YAML) as a tree, and a JSON writer.
 *
 * Reading is strict (RFC 8259 by jansson): one value and nothing after it, UTF-8
 * only, no lone surrogates, no duplicate keys, no numbers out of range; U+0000 in a
 * string is allowed, since Str has a length.  Depth is limited by JS_MAX_DEPTH.
 * The tree lives in the arena and is read-only.
 *
 * Writing appends to a Buf.  Commas and closing are the writer's business:
 *
 *     JsWriter w = js_writer(&buf);
 *     js_object(&w);
 *     js_key(&w, "id");  js_string(&w, id);
 *     js_end_object(&w);
 */
#ifndef BASE_JS_H
#define BASE_JS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#include <stdint.h>

enum { JS_MAX_DEPTH = 64 };

typedef enum JsType { JS_NULL, JS_BOOL, JS_NUMBER, JS_STRING, JS_ARRAY, JS_OBJECT } JsType;

typedef struct Js Js;
struct Js {
    JsType type;
    int line, column; /* 1-based; 0 when read from JSON, whose reader keeps no places */
    bool boolean;     /* JS_BOOL */
    double number;    /* JS_NUMBER */
    int64_t integer;  /* JS_NUMBER: exact where is_integer */
    bool is_integer;  /* written without fraction and exponent, within 64 bits */
    Str str;          /* JS_STRING; for a YAML scalar of any type: its text as written */
    size_t count;     /* JS_ARRAY, JS_OBJECT */
    const Js *item;   /* count values */
    const Str *key;   /* JS_OBJECT: count keys, in the order they were written */
};

/* ERR_INPUT with line and column of the fault; ERR_LIMIT when the arena is full. */
bool js_parse(Arena *a, Str text, const Js **out, Err *err);

const Js *js_get(const Js *object, Str key); /* NULL: absent, or not an object */
const char *js_type_name(JsType t);          /* "a string", for messages */

/* Typed reading of a member: false with a message naming the key when it is absent
 * (unless optional: then true and *out untouched) or of another type. */
bool js_want_str(const Js *o, Str key, Str *out, Err *err);
bool js_want_i64(const Js *o, Str key, int64_t *out, Err *err);
bool js_want_double(const Js *o, Str key, double *out, Err *err);
bool js_opt_str(const Js *o, Str key, Str *out, Err *err);
bool js_opt_i64(const Js *o, Str key, int64_t *out, Err *err);
bool js_opt_double(const Js *o, Str key, double *out, Err *err);
bool js_opt_bool(const Js *o, Str key, bool *out, Err *err);

typedef struct JsWriter {
    Buf *out;
    bool comma; /* the next value at this level wants one in front */
} JsWriter;

static inline JsWriter js_writer(Buf *out) { return (JsWriter){.out = out}; }

void js_object(JsWriter *w);
void js_end_object(JsWriter *w);
void js_array(JsWriter *w);
void js_end_array(JsWriter *w);
void js_key(JsWriter *w, const char *key); /* ASCII without quotes: our own names */
void js_key_str(JsWriter *w, Str key);     /* anything */
void js_string(JsWriter *w, Str s);        /* valid UTF-8 */
void js_i64(JsWriter *w, int64_t v);
void js_double(JsWriter *w, double v); /* shortest that reads back the same; not finite: null */
void js_bool(JsWriter *w, bool v);
void js_null(JsWriter *w);
void js_value(JsWriter *w, const Js *v); /* a tree, as it was read */

/* A whole member: key and value. */
static inline void js_count(JsWriter *w, const char *key, size_t n)
{
    js_key(w, key);
    js_i64(w, (int64_t)n);
}

static inline void js_number(JsWriter *w, const char *key, double v)
{
    js_key(w, key);
    js_double(w, v);
}

#endif
