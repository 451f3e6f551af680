/* moderation_request.c - see the header.
 *
 * The bytes are counted before they are parsed: a tree of values takes some hundred times
 * the memory of the brackets and commas it is made of, so how many values there may be
 * and how deep is decided on the text, in one pass.
 */
#include "serve/moderation_request.h"

#include "base/js.h"

/* For each input, a part's own members and some that it may have besides; and as many
 * again around them. */
enum { VALUES_AN_INPUT = 8, VALUES_BESIDES = 4096 };

static const char MODEL_DEFAULT[] = "omni-moderation-latest";

static bool count_values(Str body, size_t max_values, ApiError *e)
{
    size_t values = 1, depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < body.len; i++) {
        char c = body.ptr[i];
        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
            continue;
        }
        if (c == '"') {
            in_string = true;
        } else if (c == '[' || c == '{') {
            values++;
            if (++depth > JS_MAX_DEPTH)
                return api_error_set(e, API_BAD_JSON, NULL,
                                     "The body is nested deeper than %d levels.", JS_MAX_DEPTH);
        } else if (c == ']' || c == '}') {
            depth -= depth > 0;
        } else if (c == ',') {
            values++;
        }
        if (values > max_values)
            return api_error_set(e, API_TOO_MANY, "input",
                                 "The body holds more than %zu values.", max_values);
    }
    return true;
}

typedef struct Reading {
    Arena *arena;
    const RequestLimits *limits;
    ModerationRequest *out;
    ApiError *e;
} Reading;

static bool take_text(Reading *r, const Js *v, size_t at, Str *text)
{
    if (v->str.len > r->limits->max_text_bytes)
        return api_error_set(r->e, API_TOO_LONG, "input",
                             "Text %zu of 'input' has %zu bytes; the limit is %zu.", at,
                             v->str.len, r->limits->max_text_bytes);
    *text = v->str;
    r->out->bytes += v->str.len;
    r->out->texts++;
    return true;
}

static bool read_strings(Reading *r, const Js *array, Input *input, Str *text)
{
    for (size_t i = 0; i < array->count; i++) {
        const Js *v = &array->item[i];
        if (v->type != JS_STRING)
            return api_error_set(r->e, API_WRONG_TYPE, "input",
                                 "'input[%zu]' must be a string like those before it, not %s.",
                                 i, js_type_name(v->type));
        if (!take_text(r, v, i, &text[i]))
            return false;
        input[i] = (Input){&text[i], 1};
    }
    r->out->count = array->count;
    return true;
}

static bool read_part(Reading *r, const Js *part, size_t i, Str *text)
{
    if (part->type != JS_OBJECT)
        return api_error_set(r->e, API_WRONG_TYPE, "input",
                             "'input[%zu]' must be an object like those before it, not %s.", i,
                             js_type_name(part->type));
    const Js *type = js_get(part, STR("type"));
    if (!type || type->type != JS_STRING)
        return api_error_set(r->e, type ? API_WRONG_TYPE : API_MISSING, "input",
                             "'input[%zu].type' must be a string: \"text\".", i);
    if (str_eq(type->str, STR("image_url")))
        return api_error_set(r->e, API_NO_IMAGES, "input",
                             "'input[%zu]' is an image; this release judges text only.", i);
    if (!str_eq(type->str, STR("text")))
        return api_error_set(r->e, API_WRONG_VALUE, "input",
                             "'input[%zu].type' must be \"text\".", i);
    const Js *value = js_get(part, STR("text"));
    if (!value || value->type != JS_STRING)
        return api_error_set(r->e, value ? API_WRONG_TYPE : API_MISSING, "input",
                             "'input[%zu].text' must be a string.", i);
    return take_text(r, value, i, text);
}

static bool read_array(Reading *r, const Js *array)
{
    if (array->count == 0)
        return api_error_set(r->e, API_EMPTY_ARRAY, "input", "'input' must not be empty.");
    if (array->count > r->limits->max_inputs)
        return api_error_set(r->e, API_TOO_MANY, "input",
                             "'input' has %zu elements; the limit is %zu.", array->count,
                             r->limits->max_inputs);
    Str *text = arena_array(r->arena, Str, array->count);
    Input *input = arena_array(r->arena, Input, array->count);
    r->out->input = input;
    JsType first = array->item[0].type;
    if (first == JS_STRING)
        return read_strings(r, array, input, text);
    if (first != JS_OBJECT)
        return api_error_set(r->e, API_WRONG_TYPE, "input",
                             "'input[0]' must be a string or a part such as "
                             "{\"type\":\"text\",\"text\":\"...\"}, not %s.",
                             js_type_name(first));
    for (size_t i = 0; i < array->count; i++)
        if (!read_part(r, &array->item[i], i, &text[i]))
            return false;
    input[0] = (Input){text, array->count};
    r->out->count = 1;
    return true;
}

static bool read_input(Reading *r, const Js *v)
{
    if (!v || v->type == JS_NULL)
        return api_error_set(r->e, API_MISSING, "input", "'input' is missing.");
    if (v->type == JS_ARRAY)
        return read_array(r, v);
    if (v->type != JS_STRING)
        return api_error_set(r->e, API_WRONG_TYPE, "input",
                             "'input' must be a string, an array of strings or an array of "
                             "parts, not %s.",
                             js_type_name(v->type));
    Str *text = arena_new(r->arena, Str);
    Input *input = arena_new(r->arena, Input);
    *input = (Input){text, 1};
    r->out->input = input;
    r->out->count = 1;
    return take_text(r, v, 0, text);
}

static bool read_model(Reading *r, const Js *v)
{
    r->out->model = str_of(MODEL_DEFAULT);
    if (!v || v->type == JS_NULL)
        return true;
    if (v->type != JS_STRING)
        return api_error_set(r->e, API_WRONG_TYPE, "model", "'model' must be a string, not %s.",
                             js_type_name(v->type));
    if (v->str.len == 0 || v->str.len > MODEL_NAME_MAX)
        return api_error_set(r->e, API_WRONG_VALUE, "model",
                             "'model' must have between 1 and %d bytes.", MODEL_NAME_MAX);
    r->out->model = v->str;
    return true;
}

bool moderation_request_parse(Arena *a, Str body, const RequestLimits *limits,
                              ModerationRequest *out, ApiError *e)
{
    Err err = {0};
    const Js *root;
    ModerationRequest read = {0};
    Reading r = {a, limits, &read, e};
    if (!count_values(body, limits->max_inputs * VALUES_AN_INPUT + VALUES_BESIDES, e))
        return false;
    if (!js_parse(a, body, &root, &err))
        return api_error_set(e, err.code == ERR_LIMIT ? API_TOO_LONG : API_BAD_JSON, NULL,
                             "The body could not be read: %s.", err.msg);
    if (root->type != JS_OBJECT)
        return api_error_set(e, API_WRONG_TYPE, NULL, "The body must be a JSON object, not %s.",
                             js_type_name(root->type));
    if (!read_model(&r, js_get(root, STR("model"))) ||
        !read_input(&r, js_get(root, STR("input"))))
        return false;
    *out = read;
    return true;
}
