#include "moderate/verdict.h"

void verdict_print(const Verdict *v, JsWriter *w)
{
    js_key(w, "flagged");
    js_bool(w, v->flagged);
    js_key(w, "categories");
    js_object(w);
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        js_key_str(w, category_name((Category)c));
        js_bool(w, v->category[c]);
    }
    js_end_object(w);
    js_key(w, "category_scores");
    js_object(w);
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        js_key_str(w, category_name((Category)c));
        js_double(w, v->score[c]);
    }
    js_end_object(w);
}

void verdict_print_types(const Verdict *v, JsWriter *w)
{
    js_key(w, "category_applied_input_types");
    js_object(w);
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        js_key_str(w, category_name((Category)c));
        js_array(w);
        if (v->applies_text[c])
            js_string(w, STR("text"));
        if (v->applies_image[c])
            js_string(w, STR("image"));
        js_end_array(w);
    }
    js_end_object(w);
}
