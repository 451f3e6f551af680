#include "model/cascade.h"

#include <math.h>

static const char *const group_key[CASCADE_GROUPS] = {
    [CASCADE_PLAIN] = "plain", [CASCADE_DISGUISED] = "disguised"};

bool cascade_is_sure(const Cascade *c, CascadeGroup g, const double score[CATEGORY_COUNT])
{
    if (!c->fitted)
        return false;
    for (int i = 0; i < CATEGORY_COUNT; i++)
        if (!(score[i] < c->group[g].bound[i]))
            return false;
    return true;
}

static void print_group(const CascadeBounds *b, JsWriter *w)
{
    js_object(w);
    js_key(w, "bounds");
    js_object(w);
    for (int i = 0; i < CATEGORY_COUNT; i++) {
        js_key_str(w, category_name((Category)i));
        js_double(w, b->bound[i]);
    }
    js_end_object(w);
    promise_print("lost", &b->lost, w);
    js_key(w, "texts"), js_i64(w, b->texts);
    js_key(w, "alone"), js_i64(w, b->alone);
    js_key(w, "benign"), js_i64(w, b->benign);
    js_key(w, "benign_alone"), js_i64(w, b->benign_alone);
    js_end_object(w);
}

void cascade_print(const Cascade *c, JsWriter *w)
{
    Calibration maps = {0};
    memcpy(maps.map, c->map, sizeof maps.map);
    js_object(w);
    js_key(w, "maps"), calibration_print(&maps, w);
    for (int g = 0; g < CASCADE_GROUPS; g++)
        js_key(w, group_key[g]), print_group(&c->group[g], w);
    js_end_object(w);
}

static bool read_bounds(const Js *v, double bound[CATEGORY_COUNT], Err *err)
{
    for (int i = 0; i < CATEGORY_COUNT; i++) {
        const Js *x = v ? js_get(v, category_name((Category)i)) : NULL;
        if (!x || x->type != JS_NUMBER || !(x->number >= 0 && x->number <= 1))
            return err_set(err, ERR_CORRUPT, "the cascade has no bound in [0, 1] for " STR_FMT,
                           STR_ARG(category_name((Category)i)));
        bound[i] = x->number;
    }
    return true;
}

static bool read_group(const Js *v, CascadeBounds *out, Err *err)
{
    if (!v || v->type != JS_OBJECT)
        return err_set(err, ERR_CORRUPT,
                       "the cascade wants bounds for plain and for disguised");
    if (!read_bounds(js_get(v, STR("bounds")), out->bound, err) ||
        !promise_read(v, STR("lost"), &out->lost, err) ||
        !js_want_i64(v, STR("texts"), &out->texts, err) ||
        !js_want_i64(v, STR("alone"), &out->alone, err) ||
        !js_want_i64(v, STR("benign"), &out->benign, err) ||
        !js_want_i64(v, STR("benign_alone"), &out->benign_alone, err))
        return false;
    bool counted = out->alone >= 0 && out->alone <= out->texts && out->benign_alone >= 0 &&
                   out->benign_alone <= out->benign && out->benign <= out->texts;
    return counted || err_set(err, ERR_CORRUPT, "the cascade counts more texts than it has");
}

bool cascade_read(const Js *v, Cascade *out, Err *err)
{
    Cascade c = {.fitted = true};
    Calibration maps;
    const Js *map = js_get(v, STR("maps"));
    if (!map)
        return err_set(err, ERR_CORRUPT, "the cascade has no maps");
    if (!calibration_read(map, &maps, err))
        return err_wrap(err, "cascade");
    memcpy(c.map, maps.map, sizeof c.map);
    for (int g = 0; g < CASCADE_GROUPS; g++)
        if (!read_group(js_get(v, str_of(group_key[g])), &c.group[g], err))
            return false;
    *out = c;
    return true;
}
