/* calibrate_json.c - calibration as a release's manifest says it: written only where there is
 * something to say, read with every number checked. */
#include "model/calibrate.h"

#include <math.h>

static void print_points(const char *key, const double *x, const double *y, int count,
                         JsWriter *w)
{
    js_key(w, key);
    js_array(w);
    for (int i = 0; i < count; i++) {
        js_array(w);
        js_double(w, x[i]);
        js_double(w, y[i]);
        js_end_array(w);
    }
    js_end_array(w);
}

void promise_print(const char *key, const Promise *p, JsWriter *w)
{
    js_key(w, key);
    js_object(w);
    js_number(w, "bound", p->bound);
    js_number(w, "achieved", p->achieved);
    js_number(w, "limit", p->limit);
    js_key(w, "n"), js_i64(w, p->n);
    js_key(w, "holds"), js_bool(w, p->holds);
    js_end_object(w);
}

static void print_note(const ThresholdNote *n, JsWriter *w)
{
    js_key(w, "chosen");
    js_object(w);
    js_key(w, "rule"), js_string(w, threshold_rule_name(n->rule));
    js_number(w, "confidence", n->confidence);
    js_number(w, "f1", n->f1);
    promise_print("precision", &n->precision, w);
    promise_print("false_positives", &n->false_positives, w);
    js_number(w, "band_low", n->band_low);
    js_number(w, "band_high", n->band_high);
    js_end_object(w);
}

void calibration_print(const Calibration *c, JsWriter *w)
{
    js_object(w);
    for (int i = 0; i < CATEGORY_COUNT; i++) {
        const CalibrationMap *m = &c->map[i];
        js_key_str(w, category_name((Category)i));
        js_object(w);
        js_key(w, "kind"), js_string(w, str_of(calibration_kind_name(m->kind)));
        js_number(w, "a", m->a);
        js_number(w, "b", m->b);
        js_number(w, "c", m->c);
        js_number(w, "threshold", m->threshold);
        js_key(w, "positives"), js_i64(w, m->positives);
        js_key(w, "negatives"), js_i64(w, m->negatives);
        print_points("knots", m->x, m->y, m->knots, w);
        if (m->anchors.count)
            print_points("anchors", m->anchors.x, m->anchors.y, m->anchors.count, w);
        if (m->note.rule != THRESHOLD_UNSTATED)
            print_note(&m->note, w);
        js_end_object(w);
    }
    if (c->like[0])
        js_key(w, "like"), js_string(w, str_of(c->like));
    js_end_object(w);
}

/* Pairs of numbers, both ascending: at most `most`; y rises, or stays where `flat`. */
static bool read_points(const Js *list, const char *what, int most, double *x, double *y,
                        int *count, Err *err)
{
    if (!list || list->type != JS_ARRAY || list->count > (size_t)most)
        return err_set(err, ERR_CORRUPT, "a map wants a list of at most %d %s", most, what);
    for (size_t i = 0; i < list->count; i++) {
        const Js *p = &list->item[i];
        if (p->type != JS_ARRAY || p->count != 2 || p->item[0].type != JS_NUMBER ||
            p->item[1].type != JS_NUMBER)
            return err_set(err, ERR_CORRUPT, "%zu of the %s is not a pair of numbers", i, what);
        x[i] = p->item[0].number;
        y[i] = p->item[1].number;
        if (i > 0 && !(x[i] > x[i - 1] && y[i] >= y[i - 1]))
            return err_set(err, ERR_CORRUPT, "%zu of the %s does not rise", i, what);
    }
    *count = (int)list->count;
    return true;
}

static bool read_knots(const Js *v, CalibrationMap *m, Err *err)
{
    if (!read_points(js_get(v, STR("knots")), "knots", CALIBRATION_KNOTS, m->x, m->y, &m->knots,
                     err))
        return false;
    if (m->knots && !(m->y[0] >= 0 && m->y[m->knots - 1] <= 1))
        return err_set(err, ERR_CORRUPT, "a knot is not within [0, 1]");
    if ((m->kind == CALIBRATION_ISOTONIC) != (m->knots > 0))
        return err_set(err, ERR_CORRUPT, "knots belong to an isotonic map, and only there");
    return true;
}

static bool read_anchors(const Js *v, Anchors *out, Err *err)
{
    const Js *list = js_get(v, STR("anchors"));
    if (!list)
        return true;
    if (!read_points(list, "anchors", ANCHORS_MAX, out->x, out->y, &out->count, err))
        return false;
    for (int i = 0; i < out->count; i++)
        if (!(fabs(out->x[i]) <= 100 && fabs(out->y[i]) <= 100))
            return err_set(err, ERR_CORRUPT, "an anchor is out of range");
    return true;
}

/* A share, or null for none. */
static bool read_share(const Js *v, Str key, double *out, Err *err)
{
    const Js *x = js_get(v, key);
    if (x && x->type == JS_NULL) {
        *out = NAN;
        return true;
    }
    if (!x || x->type != JS_NUMBER || !(x->number >= 0 && x->number <= 1))
        return err_set(err, ERR_CORRUPT, "'" STR_FMT "' is no share", STR_ARG(key));
    *out = x->number;
    return true;
}

bool promise_read(const Js *v, Str key, Promise *out, Err *err)
{
    const Js *p = js_get(v, key);
    if (!p || p->type != JS_OBJECT)
        return err_set(err, ERR_CORRUPT, "'" STR_FMT "' is no promise", STR_ARG(key));
    if (!read_share(p, STR("bound"), &out->bound, err) ||
        !read_share(p, STR("achieved"), &out->achieved, err) ||
        !read_share(p, STR("limit"), &out->limit, err) ||
        !js_want_i64(p, STR("n"), &out->n, err) ||
        !js_opt_bool(p, STR("holds"), &out->holds, err))
        return false;
    return out->n >= 0 || err_set(err, ERR_CORRUPT, "a promise counts less than no rows");
}

static bool read_note(const Js *v, ThresholdNote *out, Err *err)
{
    const Js *note = js_get(v, STR("chosen"));
    Str rule;
    if (!note)
        return true;
    if (!js_want_str(note, STR("rule"), &rule, err))
        return false;
    if (!threshold_rule_parse(rule, &out->rule))
        return err_set(err, ERR_CORRUPT, "no rule is called '" STR_FMT "'", STR_ARG(rule));
    if (!read_share(note, STR("confidence"), &out->confidence, err) ||
        !read_share(note, STR("f1"), &out->f1, err) ||
        !promise_read(note, STR("precision"), &out->precision, err) ||
        !promise_read(note, STR("false_positives"), &out->false_positives, err) ||
        !read_share(note, STR("band_low"), &out->band_low, err) ||
        !read_share(note, STR("band_high"), &out->band_high, err))
        return false;
    return !(out->band_low > out->band_high) ||
           err_set(err, ERR_CORRUPT, "a band ends before it begins");
}

static bool read_map(const Js *v, CalibrationMap *out, Err *err)
{
    CalibrationMap m = {.kind = CALIBRATION_KIND_COUNT};
    Str kind;
    if (!js_want_str(v, STR("kind"), &kind, err) || !js_want_double(v, STR("a"), &m.a, err) ||
        !js_want_double(v, STR("b"), &m.b, err) || !js_want_double(v, STR("c"), &m.c, err) ||
        !js_want_double(v, STR("threshold"), &m.threshold, err) ||
        !js_want_i64(v, STR("positives"), &m.positives, err) ||
        !js_want_i64(v, STR("negatives"), &m.negatives, err))
        return false;
    for (int k = 0; k < CALIBRATION_KIND_COUNT; k++)
        if (str_eq(kind, str_of(calibration_kind_name((CalibrationKind)k))))
            m.kind = (CalibrationKind)k;
    if (m.kind == CALIBRATION_KIND_COUNT)
        return err_set(err, ERR_CORRUPT, "no calibration is called '" STR_FMT "'",
                       STR_ARG(kind));
    /* Larger coefficients than any fit gives could overflow to a NaN. */
    bool sane = m.a >= 0 && m.a <= 1e6 && m.b >= 0 && m.b <= 1e6 && fabs(m.c) <= 1e6;
    if (!sane || m.positives < 0 || m.negatives < 0)
        return err_set(err, ERR_CORRUPT, "a coefficient is out of range");
    if (!(m.threshold > 0 && m.threshold <= 1))
        return err_set(err, ERR_CORRUPT, "a threshold is not above 0 and at most 1");
    if (!read_knots(v, &m, err) || !read_anchors(v, &m.anchors, err) ||
        !read_note(v, &m.note, err))
        return false;
    *out = m;
    return true;
}

bool calibration_read(const Js *v, Calibration *out, Err *err)
{
    Calibration c = {0};
    Str like = {0};
    Digest digest;
    for (int i = 0; i < CATEGORY_COUNT; i++) {
        Str name = category_name((Category)i);
        const Js *map = js_get(v, name);
        if (!map)
            return err_set(err, ERR_CORRUPT, "no calibration of '" STR_FMT "'", STR_ARG(name));
        if (!read_map(map, &c.map[i], err))
            return err_wrap(err, "calibration of " STR_FMT, STR_ARG(name));
    }
    if (!js_opt_str(v, STR("like"), &like, err))
        return false;
    if (like.len && !digest_parse(like, &digest))
        return err_set(err, ERR_CORRUPT, "'like' is no digest");
    if (like.len)
        digest_hex(&digest, c.like);
    *out = c;
    return true;
}
