#include "base/js.h"
#include "serve/serve_internal.h"

enum { MODEL_COUNT = 2 };

/* What may stand in a request's `model`, as far as we advertise it: the release by its
 * name, and the name under which the official clients ask. */
static Str model_id(const Serve *s, int i)
{
    return i == 0 ? s->o.release_name : STR("omni-moderation-latest");
}

static void model_print(JsWriter *w, const Serve *s, int i)
{
    js_object(w);
    js_key(w, "id");
    js_string(w, model_id(s, i));
    js_key(w, "object");
    js_string(w, STR("model"));
    js_key(w, "created");
    js_i64(w, s->o.release_created_ms / 1000);
    js_key(w, "owned_by");
    js_string(w, STR("gavel"));
    js_end_object(w);
}

static JsWriter json_answer(Call *c)
{
    c->res->status = 200;
    c->res->content_type = "application/json";
    return js_writer(&c->res->body);
}

bool api_models(Call *c, ApiError *e)
{
    (void)e;
    JsWriter w = json_answer(c);
    js_object(&w);
    js_key(&w, "object");
    js_string(&w, STR("list"));
    js_key(&w, "data");
    js_array(&w);
    for (int i = 0; i < MODEL_COUNT; i++)
        model_print(&w, c->serve, i);
    js_end_array(&w);
    js_end_object(&w);
    buf_byte(&c->res->body, '\n');
    return true;
}

bool api_model(Call *c, ApiError *e)
{
    for (int i = 0; i < MODEL_COUNT; i++) {
        if (!str_eq(c->param, model_id(c->serve, i)))
            continue;
        JsWriter w = json_answer(c);
        model_print(&w, c->serve, i);
        buf_byte(&c->res->body, '\n');
        return true;
    }
    return api_error_set(e, API_UNKNOWN_MODEL, "model", "The model '%.*s' does not exist.",
                         (int)(c->param.len < 128 ? c->param.len : 128), c->param.ptr);
}
