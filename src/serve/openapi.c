/* openapi.c - /openapi.json: paths from the table of routes, schemas from the words of the
 * law.  What a schema says beyond its names stands here as text. */
#include "base/js.h"
#include "policy/taxonomy.h"
#include "serve/routes.h"

#include <ctype.h>

/* clang-format off */
static const char request_schema[] =
    "{\"type\":\"object\",\"required\":[\"input\"],\"properties\":{"
    "\"model\":{\"type\":\"string\",\"default\":\"omni-moderation-latest\"},"
    "\"input\":{\"oneOf\":["
        "{\"type\":\"string\"},"
        "{\"type\":\"array\",\"minItems\":1,\"items\":{\"type\":\"string\"}},"
        "{\"type\":\"array\",\"minItems\":1,\"items\":{\"type\":\"object\",\"required\":[\"type\",\"text\"],"
            "\"properties\":{\"type\":{\"const\":\"text\"},\"text\":{\"type\":\"string\"}}}}]}}}";
static const char model_schema[] =
    "{\"type\":\"object\",\"required\":[\"id\",\"object\",\"created\",\"owned_by\"],\"properties\":{"
    "\"id\":{\"type\":\"string\"},\"object\":{\"const\":\"model\"},"
    "\"created\":{\"type\":\"integer\"},\"owned_by\":{\"type\":\"string\"}}}";
static const char model_list_schema[] =
    "{\"type\":\"object\",\"required\":[\"object\",\"data\"],\"properties\":{\"object\":{\"const\":\"list\"},"
    "\"data\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/Model\"}}}}";
static const char status_schema[] =
    "{\"type\":\"object\",\"required\":[\"status\"],\"properties\":{\"status\":{\"type\":\"string\"},"
    "\"release\":{\"type\":\"string\"},\"digest\":{\"type\":\"string\"},"
    "\"policy\":{\"type\":\"string\"},\"policy_digest\":{\"type\":\"string\"}}}";
static const char openapi_schema[] = "{\"type\":\"object\",\"required\":[\"openapi\",\"paths\"]}";
static const char error_schema[] =
    "{\"type\":\"object\",\"required\":[\"error\"],\"properties\":{\"error\":{\"type\":\"object\","
    "\"required\":[\"message\",\"type\",\"param\",\"code\"],\"properties\":{\"message\":{\"type\":\"string\"},"
    "\"type\":{\"type\":\"string\"},\"param\":{\"type\":[\"string\",\"null\"]},"
    "\"code\":{\"type\":[\"string\",\"null\"]}}}}}";

static const struct {
    const char *name, *text;
} schemas[] = {
    {"ModerationRequest", request_schema},
    {"Model",             model_schema},
    {"ModelList",         model_list_schema},
    {"Status",            status_schema},
    {"OpenApi",           openapi_schema},
    {"Error",             error_schema},
};
/* clang-format on */

/* Text that is JSON already, as one value. */
static void raw_value(JsWriter *w, const char *json)
{
    buf_put(w->out, str_of(json));
    w->comma = true;
}

/* One object that has every category. */
static void category_map(JsWriter *w, const char *key, const char *value)
{
    js_key(w, key);
    js_object(w);
    js_key(w, "type");
    js_string(w, STR("object"));
    js_key(w, "required");
    js_array(w);
    for (Category c = 0; c < CATEGORY_COUNT; c++)
        js_string(w, category_name(c));
    js_end_array(w);
    js_key(w, "properties");
    js_object(w);
    for (Category c = 0; c < CATEGORY_COUNT; c++) {
        js_key_str(w, category_name(c));
        raw_value(w, value);
    }
    js_end_object(w);
    js_end_object(w);
}

static void response_schema(JsWriter *w)
{
    js_key(w, "ModerationResponse");
    js_object(w);
    js_key(w, "type");
    js_string(w, STR("object"));
    js_key(w, "required");
    raw_value(w, "[\"id\",\"model\",\"results\"]");
    js_key(w, "properties");
    js_object(w);
    js_key(w, "id");
    raw_value(w, "{\"type\":\"string\",\"pattern\":\"^modr-[0-9a-f]{32}$\"}");
    js_key(w, "model");
    raw_value(w, "{\"type\":\"string\"}");
    js_key(w, "results");
    js_object(w);
    js_key(w, "type");
    js_string(w, STR("array"));
    js_key(w, "items");
    js_object(w);
    js_key(w, "type");
    js_string(w, STR("object"));
    js_key(w, "required");
    raw_value(w, "[\"flagged\",\"categories\",\"category_scores\","
                 "\"category_applied_input_types\"]");
    js_key(w, "properties");
    js_object(w);
    js_key(w, "flagged");
    raw_value(w, "{\"type\":\"boolean\"}");
    category_map(w, "categories", "{\"type\":\"boolean\"}");
    category_map(w, "category_scores", "{\"type\":\"number\",\"minimum\":0,\"maximum\":1}");
    category_map(w, "category_applied_input_types",
                 "{\"type\":\"array\",\"items\":{\"enum\":[\"text\",\"image\"]}}");
    for (int open = 0; open < 5; open++)
        js_end_object(w);
}

static void json_content(JsWriter *w, const char *schema)
{
    js_key(w, "content");
    js_object(w);
    js_key(w, "application/json");
    js_object(w);
    js_key(w, "schema");
    js_object(w);
    js_key(w, "$ref");
    buf_print(w->out, "\"#/components/schemas/%s\"", schema);
    js_end_object(w);
    js_end_object(w);
    js_end_object(w);
}

static void responses(JsWriter *w, const Route *r)
{
    js_key(w, "responses");
    js_object(w);
    js_key(w, "200");
    js_object(w);
    js_key(w, "description");
    js_string(w, STR("the answer"));
    if (r->reply)
        json_content(w, r->reply);
    else
        raw_value(w, ",\"content\":{\"text/plain\":{\"schema\":{\"type\":\"string\"}}}");
    js_end_object(w);
    js_key(w, "default");
    js_object(w);
    js_key(w, "description");
    js_string(w, STR("an error"));
    json_content(w, "Error");
    js_end_object(w);
    js_end_object(w);
}

static void parameters(JsWriter *w, const Route *r)
{
    const char *brace = strchr(r->path, '{');
    if (!brace)
        return;
    js_key(w, "parameters");
    js_array(w);
    js_object(w);
    js_key(w, "name");
    js_string(w, (Str){brace + 1, strlen(brace) - 2});
    js_key(w, "in");
    js_string(w, STR("path"));
    js_key(w, "required");
    js_bool(w, true);
    js_key(w, "schema");
    raw_value(w, "{\"type\":\"string\"}");
    js_end_object(w);
    js_end_array(w);
}

static void operation(JsWriter *w, const Route *r)
{
    char method[16];
    size_t n = strlen(r->method);
    for (size_t i = 0; i < n; i++)
        method[i] = (char)tolower((unsigned char)r->method[i]);
    js_key_str(w, (Str){method, n});
    js_object(w);
    js_key(w, "summary");
    js_string(w, str_of(r->summary));
    js_key(w, "security");
    raw_value(w, r->who == WHO_ANYONE ? "[]" : "[{\"key\":[]}]");
    parameters(w, r);
    if (r->request) {
        js_key(w, "requestBody");
        js_object(w);
        js_key(w, "required");
        js_bool(w, true);
        json_content(w, r->request);
        js_end_object(w);
    }
    responses(w, r);
    js_end_object(w);
}

void openapi_print(Buf *out)
{
    JsWriter w = js_writer(out);
    js_object(&w);
    js_key(&w, "openapi");
    js_string(&w, STR("3.1.0"));
    js_key(&w, "info");
    raw_value(&w, "{\"title\":\"Gavel\",\"version\":\"1\"}");
    js_key(&w, "paths");
    js_object(&w);
    for (size_t i = 0; i < route_count; i++) { /* rows of one path stand together */
        bool same_path = i > 0 && strcmp(route_list[i - 1].path, route_list[i].path) == 0;
        if (!same_path) {
            js_key(&w, route_list[i].path);
            js_object(&w);
        }
        operation(&w, &route_list[i]);
        bool last =
            i + 1 == route_count || strcmp(route_list[i].path, route_list[i + 1].path) != 0;
        if (last)
            js_end_object(&w);
    }
    js_end_object(&w);
    js_key(&w, "components");
    js_object(&w);
    js_key(&w, "securitySchemes");
    raw_value(&w, "{\"key\":{\"type\":\"http\",\"scheme\":\"bearer\"}}");
    js_key(&w, "schemas");
    js_object(&w);
    for (size_t i = 0; i < sizeof schemas / sizeof *schemas; i++) {
        js_key(&w, schemas[i].name);
        raw_value(&w, schemas[i].text);
    }
    response_schema(&w);
    js_end_object(&w);
    js_end_object(&w);
    js_end_object(&w);
    buf_byte(out, '\n');
}
