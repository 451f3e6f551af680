#include "serve/moderation_reply.h"

static void applied_types(JsWriter *w, const Verdict *v, Category c)
{
    js_array(w);
    if (v->applies_text[c])
        js_string(w, STR("text"));
    if (v->applies_image[c])
        js_string(w, STR("image"));
    js_end_array(w);
}

void verdict_print(JsWriter *w, const Verdict *v)
{
    js_object(w);
    js_key(w, "flagged");
    js_bool(w, v->flagged);
    js_key(w, "categories");
    js_object(w);
    for (Category c = 0; c < CATEGORY_COUNT; c++) {
        js_key_str(w, category_name(c));
        js_bool(w, v->category[c]);
    }
    js_end_object(w);
    js_key(w, "category_scores");
    js_object(w);
    for (Category c = 0; c < CATEGORY_COUNT; c++) {
        js_key_str(w, category_name(c));
        js_double(w, v->score[c]);
    }
    js_end_object(w);
    js_key(w, "category_applied_input_types");
    js_object(w);
    for (Category c = 0; c < CATEGORY_COUNT; c++) {
        js_key_str(w, category_name(c));
        applied_types(w, v, c);
    }
    js_end_object(w);
    js_end_object(w);
}

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
    for (size_t i = 0; i < count; i++)
        verdict_print(&w, &verdict[i]);
    js_end_array(&w);
    js_end_object(&w);
    buf_byte(out, '\n');
}
