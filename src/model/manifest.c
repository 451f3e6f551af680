#include "model/manifest.h"

#include "model/fast.h"

#include <assert.h>

bool manifest_name_fits(Str name)
{
    bool fits = name.len > 0 && name.len <= MANIFEST_NAME_MAX && name.ptr[0] != '.';
    for (size_t i = 0; fits && i < name.len; i++) {
        char c = name.ptr[i];
        fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '-' || c == '_';
    }
    return fits;
}

static void print_student(const Manifest *m, JsWriter *w)
{
    js_key(w, "student");
    js_object(w);
    js_key(w, "width"), js_i64(w, m->student.width);
    js_key(w, "hidden"), js_i64(w, m->student.hidden);
    js_key(w, "pairs"), js_i64(w, m->student.pairs);
    js_end_object(w);
    if (m->cascade.fitted)
        js_key(w, "cascade"), cascade_print(&m->cascade, w);
}

void manifest_print(const Manifest *m, Arena *a, Buf *out)
{
    const Js *training;
    Err err = {0};
    bool parsed = js_parse(a, m->training, &training, &err);
    assert(parsed && training->type == JS_OBJECT); /* written by our own commands */
    JsWriter w = js_writer(out);
    js_object(&w);
    js_key(&w, "format"),
        js_i64(&w, m->student.width ? MANIFEST_FORMAT : MANIFEST_FORMAT_PLAIN);
    js_key(&w, "name"), js_string(&w, m->name);
    js_key(&w, "created_ms"), js_i64(&w, m->created_ms);
    js_key(&w, "window_pieces"), js_i64(&w, m->windows.pieces);
    js_key(&w, "window_stride"), js_i64(&w, m->windows.stride);
    js_key(&w, "buckets"), js_i64(&w, m->buckets);
    js_key(&w, "alone");
    js_array(&w);
    for (int f = 0; f < FACTOR_COUNT; f++)
        if (m->alone[f])
            js_string(&w, factor_name((Factor)f));
    js_end_array(&w);
    if (m->student.width)
        print_student(m, &w);
    js_key(&w, "calibration"), calibration_print(&m->calibration, &w);
    js_key(&w, "training"), js_value(&w, training);
    js_end_object(&w);
}

static bool want_range(const Js *v, Str key, int64_t least, int64_t most, int64_t *out,
                       Err *err)
{
    int64_t n;
    if (!js_want_i64(v, key, &n, err))
        return false;
    if (n < least || n > most)
        return err_set(err, ERR_CORRUPT, "%.*s %lld is not in %lld..%lld", STR_ARG(key),
                       (long long)n, (long long)least, (long long)most);
    *out = n;
    return true;
}

static bool read_sizes(const Js *v, Manifest *m, Err *err)
{
    int64_t pieces, stride, buckets;
    if (!want_range(v, STR("created_ms"), 0, INT64_MAX, &m->created_ms, err) ||
        !want_range(v, STR("window_pieces"), 1, ENCODER_MAX_PIECES, &pieces, err) ||
        !want_range(v, STR("window_stride"), 1, pieces, &stride, err) ||
        !want_range(v, STR("buckets"), 1, FAST_BUCKETS_MAX, &buckets, err))
        return false;
    if ((buckets & (buckets - 1)) != 0)
        return err_set(err, ERR_CORRUPT, "%lld buckets are no power of two",
                       (long long)buckets);
    m->windows = (Windows){(int)pieces, (int)stride};
    m->buckets = (uint32_t)buckets;
    return true;
}

/* A release of an older format has no student; one that was not calibrated has no cascade. */
static bool read_student(const Js *v, Manifest *m, Err *err)
{
    int64_t width, hidden, pairs;
    const Js *s = js_get(v, STR("student")), *cascade = js_get(v, STR("cascade"));
    if (!s)
        return !cascade || err_set(err, ERR_CORRUPT, "a cascade wants a student");
    if (!want_range(s, STR("width"), 8, GIST_WIDTH_MAX, &width, err) ||
        !want_range(s, STR("hidden"), 1, STUDENT_HIDDEN_MAX, &hidden, err) ||
        !want_range(s, STR("pairs"), 0, STUDENT_PAIRS_MAX, &pairs, err))
        return err_wrap(err, "student");
    m->student = (StudentShape){(int)width, (int)hidden, (int)pairs};
    if (!student_shape_fits(&m->student))
        return err_set(err, ERR_CORRUPT, "a student of width %d", m->student.width);
    return !cascade || cascade_read(cascade, &m->cascade, err);
}

/* Tags of one language are added up; others than ours are let be. */
static bool read_languages(const Js *training, int64_t rows[LANGUAGE_COUNT], Err *err)
{
    const Js *v = js_get(training, STR("languages"));
    if (!v) {
        rows[LANGUAGE_EN] = MANIFEST_LANGUAGE_ROWS;
        return true;
    }
    if (v->type != JS_OBJECT)
        return err_set(err, ERR_CORRUPT, "'languages' must be an object");
    for (size_t i = 0; i < v->count; i++) {
        int64_t n;
        Language l;
        if (!want_range(v, v->key[i], 0, INT32_MAX, &n, err))
            return false;
        if (language_parse(v->key[i], &l))
            rows[l] += n;
    }
    return true;
}

/* Which factors the table for other languages knows; a release of format 1 has no such table.
 */
static bool read_alone(const Js *v, int64_t format, bool alone[FACTOR_COUNT], Err *err)
{
    const Js *list = js_get(v, STR("alone"));
    if (format < 2 && !list)
        return true;
    if (!list || list->type != JS_ARRAY)
        return err_set(err, ERR_CORRUPT, "'alone' must be an array");
    for (size_t i = 0; i < list->count; i++) {
        Factor f;
        if (list->item[i].type != JS_STRING || !factor_parse(list->item[i].str, &f))
            return err_set(err, ERR_CORRUPT, "'alone' must hold names of factors");
        alone[f] = true;
    }
    return true;
}

/* The object is kept as text of its own, since the tree may go before the release does. */
static bool read_training(Arena *a, const Js *v, Manifest *m, Err *err)
{
    const Js *training = js_get(v, STR("training"));
    if (!training || training->type != JS_OBJECT)
        return err_set(err, ERR_CORRUPT, "'training' must be an object");
    if (!read_languages(training, m->language_rows, err))
        return false;
    Buf b;
    buf_init(&b, MANIFEST_MAX_BYTES);
    JsWriter w = js_writer(&b);
    js_value(&w, training);
    bool ok = buf_ok(&b, err);
    char *copy = ok ? arena_try_array(a, char, b.len + 1) : NULL;
    if (ok && !copy)
        ok = err_set(err, ERR_LIMIT, "the manifest is too large");
    if (ok) {
        memcpy(copy, b.ptr, b.len);
        m->training = (Str){copy, b.len};
    }
    buf_done(&b);
    return ok;
}

bool manifest_parse(Arena *a, Str json, Manifest *out, Err *err)
{
    const Js *v;
    Manifest m = {0};
    int64_t format;
    if (json.len > MANIFEST_MAX_BYTES)
        return err_set(err, ERR_LIMIT, "the manifest is larger than %d bytes",
                       MANIFEST_MAX_BYTES);
    if (!js_parse(a, json, &v, err) || !js_want_i64(v, STR("format"), &format, err))
        return err_wrap(err, "manifest");
    if (format < MANIFEST_FORMAT_OLDEST || format > MANIFEST_FORMAT)
        return err_set(err, ERR_CONFLICT,
                       "the release has format %lld, this program reads formats %d to %d",
                       (long long)format, MANIFEST_FORMAT_OLDEST, MANIFEST_FORMAT);
    if (!js_want_str(v, STR("name"), &m.name, err) || !read_sizes(v, &m, err) ||
        !read_alone(v, format, m.alone, err) || !read_student(v, &m, err))
        return err_wrap(err, "manifest");
    if (!manifest_name_fits(m.name))
        return err_set(err, ERR_CORRUPT, "the release's name is not a file's name");
    const Js *calibration = js_get(v, STR("calibration"));
    if (!calibration)
        return err_set(err, ERR_CORRUPT, "the manifest has no calibration");
    if (!calibration_read(calibration, &m.calibration, err) || !read_training(a, v, &m, err))
        return err_wrap(err, "manifest");
    *out = m;
    return true;
}
