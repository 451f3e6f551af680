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

static bool read_input(Arena *a, const Js *v, const InputLimits *limits, ModerationRequest *out,
                       ApiError *e)
{
    InputFault fault;
    if (!inputs_read(a, v, limits, &out->inputs, &fault)) {
        api_error_set(e, API_BAD_INPUT, "input", "%s", fault.message);
        e->code = fault.code; /* the message says which element */
        return false;
    }
    for (size_t i = 0; i < out->inputs.count; i++)
        for (size_t k = 0; k < out->inputs.input[i].count; k++)
            out->bytes += out->inputs.input[i].text[k].len;
    return true;
}

static bool read_model(const Js *v, Str *out, ApiError *e)
{
    *out = str_of(MODEL_DEFAULT);
    if (!v || v->type == JS_NULL)
        return true;
    if (v->type != JS_STRING)
        return api_error_set(e, API_WRONG_TYPE, "model",
                             "Invalid type for 'model': expected a string, but got %s instead.",
                             js_type_name(v->type));
    if (v->str.len == 0 || v->str.len > MODEL_NAME_MAX)
        return api_error_set(e, API_WRONG_VALUE, "model",
                             "Invalid 'model': expected between 1 and %d bytes.",
                             MODEL_NAME_MAX);
    *out = v->str;
    return true;
}

bool moderation_request_parse(Arena *a, Str body, const InputLimits *limits,
                              ModerationRequest *out, ApiError *e)
{
    Err err = {0};
    const Js *root;
    ModerationRequest read = {0};
    if (!count_values(body, limits->max_inputs * VALUES_AN_INPUT + VALUES_BESIDES, e))
        return false;
    if (!js_parse(a, body, &root, &err))
        return api_error_set(e, err.code == ERR_LIMIT ? API_TOO_LONG : API_BAD_JSON, NULL,
                             "The body could not be read: %s.", err.msg);
    if (root->type != JS_OBJECT)
        return api_error_set(e, API_WRONG_TYPE, NULL,
                             "The body must be a JSON object, but is %s.",
                             js_type_name(root->type));
    if (!read_model(js_get(root, STR("model")), &read.model, e) ||
        !read_input(a, js_get(root, STR("input")), limits, &read, e))
        return false;
    *out = read;
    return true;
}
