/* yaml.c - the door to libyaml: its document API loads nodes with their marks, and
 * the nodes are copied into the arena. */
#include "base/yaml.h"

#include <assert.h>
#include <yaml.h>

enum { KEYS_MAX = 4096 };

static void set_input(yaml_parser_t *p, Str text)
{
    const char *bytes = text.ptr ? text.ptr : ""; /* libyaml asserts that there is one */
    yaml_parser_set_input_string(p, (const unsigned char *)bytes, text.len);
}

typedef struct Reader {
    Arena *arena;
    yaml_document_t *doc;
    const char *name;
    Err *err;
} Reader;

static bool refuse(const Reader *r, yaml_mark_t at, ErrCode code, const char *why)
{
    return err_set(r->err, code, "%s:%zu:%zu: %s", r->name, at.line + 1, at.column + 1, why);
}

static bool full(const Reader *r, yaml_mark_t at)
{
    return refuse(r, at, ERR_LIMIT, "the file is too large");
}

/* YAML 1.2 core words; 1.1's yes/no/on/off stay text, since they surprise. */
static void type_plain(Js *v)
{
    Str s = v->str;
    if (s.len == 0 || str_eq(s, STR("null")) || str_eq(s, STR("~"))) {
        v->type = JS_NULL;
    } else if (str_eq(s, STR("true")) || str_eq(s, STR("false"))) {
        v->type = JS_BOOL;
        v->boolean = s.ptr[0] == 't';
    } else if (str_to_i64(s, &v->integer)) {
        v->type = JS_NUMBER;
        v->is_integer = true;
        v->number = (double)v->integer;
    } else if (s.len < 40 && !memchr(s.ptr, 'x', s.len) && str_to_double(s, &v->number)) {
        v->type = JS_NUMBER;
    }
}

static bool copy(const Reader *r, yaml_node_t *n, int depth, Js *out);

static bool copy_sequence(const Reader *r, yaml_node_t *n, int depth, Js *out)
{
    out->type = JS_ARRAY;
    out->count = (size_t)(n->data.sequence.items.top - n->data.sequence.items.start);
    Js *item = arena_try_array(r->arena, Js, out->count);
    if (!item)
        return full(r, n->start_mark);
    for (size_t i = 0; i < out->count; i++) {
        yaml_node_t *child = yaml_document_get_node(r->doc, n->data.sequence.items.start[i]);
        if (!copy(r, child, depth + 1, &item[i]))
            return false;
    }
    out->item = item;
    return true;
}

static bool copy_mapping(const Reader *r, yaml_node_t *n, int depth, Js *out)
{
    out->type = JS_OBJECT;
    size_t count = (size_t)(n->data.mapping.pairs.top - n->data.mapping.pairs.start);
    if (count > KEYS_MAX) /* finding a key twice looks at all before it */
        return refuse(r, n->start_mark, ERR_LIMIT, "too many keys in one mapping");
    Js *item = arena_try_array(r->arena, Js, count);
    Str *key = arena_try_array(r->arena, Str, count);
    if (!item || !key)
        return full(r, n->start_mark);
    for (size_t i = 0; i < count; i++) {
        yaml_node_pair_t pair = n->data.mapping.pairs.start[i];
        yaml_node_t *k = yaml_document_get_node(r->doc, pair.key);
        Js name = {0};
        if (k->type != YAML_SCALAR_NODE)
            return refuse(r, k->start_mark, ERR_INPUT, "a key must be plain text");
        if (!copy(r, k, depth + 1, &name))
            return false;
        if (str_eq(name.str, STR("<<")) && k->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
            return refuse(r, k->start_mark, ERR_INPUT, "merge keys are not taken");
        for (size_t j = 0; j < i; j++)
            if (str_eq(key[j], name.str))
                return refuse(r, k->start_mark, ERR_INPUT, "this key stands twice");
        key[i] = name.str;
        if (!copy(r, yaml_document_get_node(r->doc, pair.value), depth + 1, &item[i]))
            return false;
    }
    out->count = count;
    out->item = item;
    out->key = key;
    return true;
}

static bool copy_scalar(const Reader *r, yaml_node_t *n, Js *out)
{
    size_t len = n->data.scalar.length;
    char *p = arena_try_array(r->arena, char, len + 1);
    if (!p)
        return full(r, n->start_mark);
    memcpy(p, n->data.scalar.value, len);
    out->type = JS_STRING;
    out->str = (Str){p, len};
    if (n->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
        type_plain(out);
    return true;
}

static bool copy(const Reader *r, yaml_node_t *n, int depth, Js *out)
{
    out->line = (int)n->start_mark.line + 1;
    out->column = (int)n->start_mark.column + 1;
    if (depth > JS_MAX_DEPTH)
        return refuse(r, n->start_mark, ERR_LIMIT, "nested too deep");
    switch (n->type) {
    case YAML_SCALAR_NODE:
        return copy_scalar(r, n, out);
    case YAML_SEQUENCE_NODE:
        return copy_sequence(r, n, depth, out);
    case YAML_MAPPING_NODE:
        return copy_mapping(r, n, depth, out);
    case YAML_NO_NODE:
        break;
    }
    return refuse(r, n->start_mark, ERR_INPUT, "an empty node");
}

/* Why an event is not taken; NULL when it is. */
static const char *unwanted(const yaml_event_t *e)
{
    const yaml_char_t *anchor = NULL, *tag = NULL;
    if (e->type == YAML_ALIAS_EVENT)
        return "aliases are not taken";
    if (e->type == YAML_SCALAR_EVENT) {
        anchor = e->data.scalar.anchor;
        tag = e->data.scalar.tag;
    } else if (e->type == YAML_SEQUENCE_START_EVENT) {
        anchor = e->data.sequence_start.anchor;
        tag = e->data.sequence_start.tag;
    } else if (e->type == YAML_MAPPING_START_EVENT) {
        anchor = e->data.mapping_start.anchor;
        tag = e->data.mapping_start.tag;
    }
    return anchor ? "anchors are not taken" : tag ? "tags are not taken" : NULL;
}

/* Aliases make one node stand in two places, and a few lines of them unfold to
 * gigabytes: they are refused while scanning, before anything is built. */
static bool scan(const Reader *r, Str text)
{
    yaml_parser_t p;
    if (!yaml_parser_initialize(&p))
        return err_set(r->err, ERR_LIMIT, "%s: no memory for the YAML reader", r->name);
    set_input(&p, text);
    bool ok = true, end = false;
    int depth = 0, documents = 0;
    while (ok && !end) {
        yaml_event_t e;
        if (!yaml_parser_parse(&p, &e)) {
            ok = err_set(r->err, ERR_INPUT, "%s:%zu:%zu: not valid YAML: %s", r->name,
                         p.problem_mark.line + 1, p.problem_mark.column + 1,
                         p.problem ? p.problem : "unreadable");
            break;
        }
        bool opens = e.type == YAML_SEQUENCE_START_EVENT || e.type == YAML_MAPPING_START_EVENT;
        bool closes = e.type == YAML_SEQUENCE_END_EVENT || e.type == YAML_MAPPING_END_EVENT;
        depth += opens - closes;
        end = e.type == YAML_STREAM_END_EVENT;
        const char *why = unwanted(&e);
        if (why)
            ok = refuse(r, e.start_mark, ERR_INPUT, why);
        else if (depth > JS_MAX_DEPTH)
            ok = refuse(r, e.start_mark, ERR_LIMIT, "nested too deep");
        else if (e.type == YAML_DOCUMENT_START_EVENT && ++documents > 1)
            ok = refuse(r, e.start_mark, ERR_INPUT, "one document only");
        yaml_event_delete(&e);
    }
    yaml_parser_delete(&p);
    return ok;
}

bool yaml_parse(Arena *a, Str text, const char *name, const Js **out, Err *err)
{
    yaml_document_t doc;
    Reader r = {.arena = a, .doc = &doc, .name = name, .err = err};
    if (!scan(&r, text))
        return false;
    yaml_parser_t p;
    if (!yaml_parser_initialize(&p))
        return err_set(err, ERR_LIMIT, "%s: no memory for the YAML reader", name);
    set_input(&p, text);
    bool ok = yaml_parser_load(&p, &doc) == 1;
    if (!ok)
        err_set(err, ERR_INPUT, "%s:%zu: not valid YAML", name, p.problem_mark.line + 1);
    yaml_parser_delete(&p);
    if (!ok)
        return false;
    yaml_node_t *n = yaml_document_get_root_node(&doc);
    Js *root = arena_try_array(a, Js, 1);
    if (!root)
        ok = err_set(err, ERR_LIMIT, "%s is too large", name);
    else if (n)
        ok = copy(&r, n, 0, root);
    yaml_document_delete(&doc);
    if (ok)
        *out = root;
    return ok;
}
