/* reader_json.c - records out of JSON: an object a line, or one value and a path into it. */
#include "data/reader_internal.h"

#include <stdio.h>

enum { PATH_MAX_STEPS = 16, NEST_MAX = 8, NUMBER_SIZE = 32 };

/* ---- values to fields ----------------------------------------------------------- */

static bool number_text(Arena *a, const Js *v, Str *out)
{
    char digits[NUMBER_SIZE];
    int n = v->is_integer ? snprintf(digits, sizeof digits, "%lld", (long long)v->integer)
                          : snprintf(digits, sizeof digits, "%.17g", v->number);
    char *p = arena_try_array(a, char, (size_t)n);
    if (p)
        *out = (Str){memcpy(p, digits, (size_t)n), (size_t)n};
    return p != NULL;
}

static bool json_text(Arena *a, const Js *v, size_t max, Str *out)
{
    Buf b;
    buf_init(&b, max);
    JsWriter w = js_writer(&b);
    js_value(&w, v);
    char *p = b.over ? NULL : arena_try_array(a, char, b.len);
    if (p)
        *out = (Str){b.len ? memcpy(p, b.ptr, b.len) : p, b.len};
    buf_done(&b);
    return p != NULL;
}

static bool value_text(Reader *r, const Js *v, Str *out)
{
    switch (v->type) {
    case JS_STRING:
        *out = v->str;
        return true;
    case JS_BOOL:
        *out = v->boolean ? STR("true") : STR("false");
        return true;
    case JS_NUMBER:
        return number_text(r->arena, v, out);
    case JS_ARRAY:
    case JS_OBJECT:
        return json_text(r->arena, v, r->o.max_line_bytes, out);
    case JS_NULL:
        break;
    }
    return false;
}

static bool too_large(Err *err) { return err_set(err, ERR_LIMIT, "the record is too large"); }

static bool add_field(Reader *r, Str name, const Js *v, Err *err)
{
    if (v->type == JS_NULL)
        return true;
    if (r->count == READER_MAX_FIELDS)
        return err_set(err, ERR_LIMIT, "more than %d fields", READER_MAX_FIELDS);
    if (!value_text(r, v, &r->value[r->count]))
        return too_large(err);
    if (memchr(r->value[r->count].ptr, 0, r->value[r->count].len))
        return err_set(err, ERR_INPUT, "holds a zero byte");
    r->name[r->count++] = name;
    return true;
}

static bool dotted(Arena *a, Str prefix, Str key, Str *out)
{
    if (!prefix.len) {
        *out = key;
        return true;
    }
    char *p = arena_try_array(a, char, prefix.len + 1 + key.len);
    if (!p)
        return false;
    memcpy(p, prefix.ptr, prefix.len);
    p[prefix.len] = '.';
    if (key.len)
        memcpy(p + prefix.len + 1, key.ptr, key.len);
    *out = (Str){p, prefix.len + 1 + key.len};
    return true;
}

static bool add_members(Reader *r, Str prefix, const Js *object, int depth, Err *err)
{
    for (size_t i = 0; i < object->count; i++) {
        Str name;
        const Js *v = &object->item[i];
        if (!dotted(r->arena, prefix, object->key[i], &name))
            return too_large(err);
        bool ok = v->type == JS_OBJECT && depth < NEST_MAX
                      ? add_members(r, name, v, depth + 1, err)
                      : add_field(r, name, v, err);
        if (!ok)
            return false;
    }
    return true;
}

static bool add_elements(Reader *r, const Js *list, Err *err)
{
    for (size_t i = 0; i < list->count; i++) {
        Js place = {.type = JS_NUMBER, .is_integer = true, .integer = (int64_t)i};
        Str name;
        if (!number_text(r->arena, &place, &name))
            return too_large(err);
        if (!add_field(r, name, &list->item[i], err))
            return false;
    }
    return true;
}

static bool add_record(Reader *r, const Js *v, Err *err)
{
    if (v->type == JS_OBJECT)
        return add_members(r, (Str){0}, v, 0, err);
    if (v->type == JS_ARRAY)
        return add_elements(r, v, err);
    return add_field(r, STR("value"), v, err);
}

/* ---- jsonl ----------------------------------------------------------------------- */

ReadStep jsonl_next(Reader *r, Err *err)
{
    ReadStep s;
    do {
        s = reader_line(r, err);
    } while (s == READ_ROW && str_trim(buf_str(&r->bytes)).len == 0);
    if (s != READ_ROW)
        return s;
    const Js *v;
    Err why;
    arena_rewind(r->arena, r->clean);
    r->count = 0;
    if (!js_parse(r->arena, buf_str(&r->bytes), &v, &why))
        return reader_bad(r, err, "%s", why.msg);
    if (v->type != JS_OBJECT && v->type != JS_ARRAY)
        return reader_bad(r, err, "%s where an object is wanted", js_type_name(v->type));
    if (!add_record(r, v, &why))
        return reader_bad(r, err, "%s", why.msg);
    return READ_ROW;
}

/* ---- json: a path into one value ------------------------------------------------- */

typedef struct Path {
    Str step[PATH_MAX_STEPS]; /* a name; "*": every member; "[*]": every element */
    size_t count;
} Path;

static bool path_parse(Str text, Path *out, Err *err)
{
    Path p = {0};
    if (text.len == 0)
        text = STR("$[*]");
    size_t at = 1;
    bool ok = text.ptr[0] == '$';
    while (ok && at < text.len && p.count < PATH_MAX_STEPS) {
        Str rest = {text.ptr + at, text.len - at};
        size_t n;
        if (str_starts(rest, STR("[*]"))) {
            n = 3;
            p.step[p.count++] = (Str){rest.ptr, 3};
        } else {
            for (n = 1; n < rest.len && rest.ptr[n] != '.' && rest.ptr[n] != '['; n++)
                ;
            ok = rest.ptr[0] == '.' && n > 1;
            p.step[p.count++] = (Str){rest.ptr + 1, n - 1};
        }
        at += n;
    }
    if (!ok || at < text.len)
        return err_set(err, ERR_INPUT, "the path '" STR_FMT "' is not like $.name.*[*]",
                       STR_ARG(text));
    *out = p;
    return true;
}

/* Called twice: to count, then (with room) to fill. */
typedef struct Walk {
    Arena *arena;
    const Path *path;
    JsonItem *item;
    Str *key;
    size_t items, keys;
    Str through[PATH_MAX_STEPS];
    size_t depth;
} Walk;

static void walk(Walk *w, const Js *v, size_t step);

static void walk_into(Walk *w, Str key, const Js *v, size_t step)
{
    w->through[w->depth++] = key;
    walk(w, v, step);
    w->depth--;
}

static void found(Walk *w, const Js *v)
{
    if (w->item) {
        w->item[w->items] = (JsonItem){v, w->keys, w->depth};
        for (size_t i = 0; i < w->depth; i++)
            w->key[w->keys + i] = w->through[i];
    }
    w->items++;
    w->keys += w->depth;
}

static void walk(Walk *w, const Js *v, size_t step)
{
    if (step == w->path->count) {
        found(w, v);
        return;
    }
    Str name = w->path->step[step];
    bool members = str_eq(name, STR("*")), elements = str_eq(name, STR("[*]"));
    if (v->type != (elements ? JS_ARRAY : JS_OBJECT)) {
        found(w, NULL);
        return;
    }
    if (members) {
        for (size_t i = 0; i < v->count; i++)
            walk_into(w, v->key[i], &v->item[i], step + 1);
    } else if (elements) {
        for (size_t i = 0; i < v->count; i++)
            walk(w, &v->item[i], step + 1);
    } else {
        const Js *member = js_get(v, name);
        if (member)
            walk(w, member, step + 1);
        else
            found(w, NULL);
    }
}

static bool read_all(Reader *r, Err *err)
{
    int c;
    while ((c = input_byte(r->in)) >= 0)
        buf_byte(&r->bytes, (char)c);
    if (c == INPUT_FAILED)
        return input_error(r->in, err);
    if (r->bytes.over)
        return err_set(err, ERR_LIMIT, "%s: larger than %d bytes", r->path,
                       READER_JSON_MAX_BYTES);
    return true;
}

bool json_open(Reader *r, Err *err)
{
    Path path;
    const Js *root;
    if (!path_parse(r->o.path, &path, err) || !read_all(r, err))
        return err_wrap(err, "%s", r->path);
    bool ok = js_parse(r->arena, buf_str(&r->bytes), &root, err);
    buf_clear(&r->bytes); /* the tree has its own copies */
    if (!ok)
        return err_wrap(err, "%s", r->path);
    Walk w = {.arena = r->arena, .path = &path};
    walk(&w, root, 0);
    JsonItem *item = arena_try_array(r->arena, JsonItem, w.items);
    Str *key = arena_try_array(r->arena, Str, w.keys);
    if (!item || !key)
        return err_set(err, ERR_LIMIT, "%s: too many records", r->path);
    w = (Walk){.arena = r->arena, .path = &path, .item = item, .key = key};
    walk(&w, root, 0);
    r->item = item;
    r->key = key;
    r->item_count = w.items;
    return true;
}

ReadStep json_next(Reader *r, Err *err)
{
    static const Str place[] = {
        STR("$1"),  STR("$2"),  STR("$3"),  STR("$4"),  STR("$5"),  STR("$6"),
        STR("$7"),  STR("$8"),  STR("$9"),  STR("$10"), STR("$11"), STR("$12"),
        STR("$13"), STR("$14"), STR("$15"), STR("$16"),
    };
    if (r->item_at == r->item_count)
        return READ_END;
    const JsonItem *item = &r->item[r->item_at++];
    r->begin = r->item_at;
    r->count = 0;
    arena_rewind(r->arena, r->clean);
    if (!item->value)
        return reader_bad(r, err, "the path does not lead to a record here");
    Err why;
    if (!add_record(r, item->value, &why))
        return reader_bad(r, err, "%s", why.msg);
    for (size_t i = 0; i < item->count; i++) {
        if (r->count == READER_MAX_FIELDS)
            return reader_bad(r, err, "more than %d fields", READER_MAX_FIELDS);
        r->name[r->count] = place[i];
        r->value[r->count++] = r->key[item->first + i];
    }
    return READ_ROW;
}
