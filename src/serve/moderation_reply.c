#include "serve/moderation_reply.h"

#include "moderate/verdict.h"

void reply_extensions_read(Str asked, ReplyExtensions *out)
{
    Str part;
    while (str_cut(&asked, ',', &part)) {
        out->rules = out->rules || str_eq(str_trim(part), STR("rules"));
        out->actions = out->actions || str_eq(str_trim(part), STR("actions"));
    }
}

static void print_rules(const Verdict *v, const ReplyExtensions *more, JsWriter *w)
{
    js_key(w, "policy"), js_string(w, more->policy_name);
    js_key(w, "action"), js_string(w, action_name(v->action));
    js_key(w, "rules");
    if (more->book)
        marks_print(more->book, more->policy, &v->marks, w);
    else
        js_array(w), js_end_array(w);
    js_key(w, "rules_capped"), js_bool(w, v->marks.capped);
}

static void print_gavel(const Verdict *v, const ReplyExtensions *more, size_t i, JsWriter *w)
{
    js_key(w, "gavel");
    js_object(w);
    if (more->rules)
        print_rules(v, more, w);
    if (more->actions && more->ruling) {
        js_key(w, "house");
        js_object(w);
        house_print(&more->ruling[i], w);
        js_end_object(w);
    }
    js_end_object(w);
}

void moderation_reply_print(Buf *out, Str id, Str model, const Verdict *verdict, size_t count,
                            const ReplyExtensions *more)
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
        if (more->rules || (more->actions && more->ruling))
            print_gavel(&verdict[i], more, i, &w);
        js_end_object(&w);
    }
    js_end_array(&w);
    js_end_object(&w);
    buf_byte(out, '\n');
}
