#include "serve/moderation_reply.h"

#include "moderate/verdict.h"

void moderation_reply_print(Buf *out, Str id, Str model, const Verdict *verdict, size_t count)
{
    JsWriter w = js_writer(out);
    js_object(&w);
    js_key(&w, "id");
    js_string(&w, id);
    js_key(&w, "model");
    js_string(&w, model);
    js_key(&w, "results");
    js_array(&w);
    for (size_t i = 0; i < count; i++) {
        js_object(&w);
        verdict_print(&verdict[i], &w);
        verdict_print_types(&verdict[i], &w);
        js_end_object(&w);
    }
    js_end_array(&w);
    js_end_object(&w);
    buf_byte(out, '\n');
}
