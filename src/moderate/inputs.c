#include "moderate/inputs.h"

#include <stdarg.h>
#include <stdio.h>

static bool refuse(InputFault *f, const char *code, const char *param, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

static bool refuse(InputFault *f, const char *code, const char *param, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(f->message, sizeof f->message, fmt, ap);
    va_end(ap);
    snprintf(f->param, sizeof f->param, "%s", param);
    f->code = code;
    return false;
}

static const char *element(char out[32], size_t i, const char *member)
{
    snprintf(out, 32, "input[%zu]%s", i, member);
    return out;
}

static bool text_fits(Str s, const InputLimits *limits, const char *param, InputFault *f)
{
    return s.len <= limits->max_text_bytes ||
           refuse(f, "string_above_max_length", param,
                  "Invalid '%s': string too long. Expected at most %zu bytes, but got %zu.",
                  param, limits->max_text_bytes, s.len);
}

static bool read_strings(const Js *v, const InputLimits *limits, Str *text, InputFault *f)
{
    char at[32];
    for (size_t i = 0; i < v->count; i++) {
        element(at, i, "");
        if (v->item[i].type != JS_STRING)
            return refuse(f, "invalid_type", at,
                          "Invalid type for '%s': expected a string, but got %s instead.", at,
                          js_type_name(v->item[i].type));
        if (!text_fits(v->item[i].str, limits, at, f))
            return false;
        text[i] = v->item[i].str;
    }
    return true;
}

static bool read_part(const Js *part, size_t i, const InputLimits *limits, Str *text,
                      InputFault *f)
{
    char at[32];
    element(at, i, "");
    if (part->type != JS_OBJECT)
        return refuse(f, "invalid_type", at,
                      "Invalid type for '%s': expected an object, but got %s instead.", at,
                      js_type_name(part->type));
    const Js *type = js_get(part, STR("type"));
    if (type && type->type == JS_STRING && str_eq(type->str, STR("image_url")))
        return refuse(f, "image_not_supported", at,
                      "Invalid '%s': this release judges text only; images are not supported.",
                      at);
    if (!type || type->type != JS_STRING || !str_eq(type->str, STR("text"))) {
        element(at, i, ".type");
        return refuse(f, type ? "invalid_value" : "missing_required_parameter", at,
                      "Invalid value for '%s': a part has the type 'text'.", at);
    }
    const Js *value = js_get(part, STR("text"));
    element(at, i, ".text");
    if (!value)
        return refuse(f, "missing_required_parameter", at, "Missing required parameter: '%s'.",
                      at);
    if (value->type != JS_STRING)
        return refuse(f, "invalid_type", at,
                      "Invalid type for '%s': expected a string, but got %s instead.", at,
                      js_type_name(value->type));
    *text = value->str;
    return text_fits(value->str, limits, at, f);
}

static bool read_parts(const Js *v, const InputLimits *limits, Str *text, InputFault *f)
{
    for (size_t i = 0; i < v->count; i++)
        if (!read_part(&v->item[i], i, limits, &text[i], f))
            return false;
    return true;
}

static bool read_array(Arena *a, const Js *v, const InputLimits *limits, Inputs *out,
                       InputFault *f)
{
    if (v->count == 0)
        return refuse(f, "empty_array", "input",
                      "Invalid 'input': empty array. Expected at least one element.");
    if (v->count > limits->max_inputs)
        return refuse(f, "array_above_max_length", "input",
                      "Invalid 'input': array too long. Expected at most %zu elements, but got "
                      "%zu.",
                      limits->max_inputs, v->count);
    bool parts = v->item[0].type == JS_OBJECT;
    size_t count = parts ? 1 : v->count;
    Str *text = arena_try_array(a, Str, v->count);
    Input *input = arena_try_array(a, Input, count);
    if (!text || !input)
        return refuse(f, "array_above_max_length", "input", "Invalid 'input': array too long.");
    if (!(parts ? read_parts(v, limits, text, f) : read_strings(v, limits, text, f)))
        return false;
    for (size_t i = 0; i < count; i++)
        input[i] = (Input){.text = text + i, .count = parts ? v->count : 1};
    *out = (Inputs){input, count};
    return true;
}

bool inputs_read(Arena *a, const Js *v, const InputLimits *limits, Inputs *out,
                 InputFault *fault)
{
    if (!v)
        return refuse(fault, "missing_required_parameter", "input",
                      "Missing required parameter: 'input'.");
    if (v->type == JS_ARRAY)
        return read_array(a, v, limits, out, fault);
    if (v->type != JS_STRING)
        return refuse(fault, "invalid_type", "input",
                      "Invalid type for 'input': expected a string or an array, but got %s "
                      "instead.",
                      js_type_name(v->type));
    if (!text_fits(v->str, limits, "input", fault))
        return false;
    Input *input = arena_try_array(a, Input, 1);
    if (!input)
        return refuse(fault, "string_above_max_length", "input", "'input' is too long.");
    *input = (Input){.text = &v->str, .count = 1};
    *out = (Inputs){input, 1};
    return true;
}
