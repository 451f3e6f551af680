#include "base/config.h"

#include "base/file.h"
#include "base/yaml.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

enum { CONFIG_FILE_MAX = 1 << 20 };

const ConfigRow config_rows[] = {
#define X(key, type, fallback, least, most, help) \
    {#key, CONFIG_##type, fallback, least, most, help},
    CONFIG_TABLE(X)
#undef X
};
const int config_row_count = sizeof config_rows / sizeof *config_rows;

static void *field(Config *c, int row)
{
    void *fields[] = {
#define X(key, type, fallback, least, most, help) &c->key,
        CONFIG_TABLE(X)
#undef X
    };
    return fields[row];
}

/* 64K, 8M, 1G: powers of 1024. */
static bool parse_size(Str s, int64_t *out)
{
    int64_t unit = 1, n;
    if (s.len) {
        char last = s.ptr[s.len - 1];
        unit = last == 'K' ? 1 << 10 : last == 'M' ? 1 << 20 : last == 'G' ? 1 << 30 : 1;
    }
    if (unit > 1)
        s.len--;
    if (!str_to_i64(s, &n) || n < 0 || __builtin_mul_overflow(n, unit, &n))
        return false;
    *out = n;
    return true;
}

static bool set_row(Arena *a, Config *c, int i, Str value, Err *err)
{
    const ConfigRow *row = &config_rows[i];
    int64_t n = 0;
    switch (row->type) {
    case CONFIG_TEXT:
        if (value.len && memchr(value.ptr, 0, value.len))
            return err_set(err, ERR_USAGE, "setting %s holds a NUL byte", row->key);
        *(const char **)field(c, i) = str_z(a, value);
        return true;
    case CONFIG_INT:
        if (!str_to_i64(value, &n))
            return err_set(err, ERR_USAGE, "setting %s wants a whole number, not '" STR_FMT "'",
                           row->key, STR_ARG(value));
        break;
    case CONFIG_SIZE:
        if (!parse_size(value, &n))
            return err_set(err, ERR_USAGE,
                           "setting %s wants bytes, as 65536, 64K, 8M or 1G, not '" STR_FMT "'",
                           row->key, STR_ARG(value));
        break;
    }
    if (n < row->least || n > row->most)
        return err_set(err, ERR_USAGE, "setting %s must lie between %lld and %lld", row->key,
                       (long long)row->least, (long long)row->most);
    *(int64_t *)field(c, i) = n;
    return true;
}

void config_defaults(Arena *a, Config *c)
{
    for (int i = 0; i < config_row_count; i++) {
        Err err = {0};
        bool ok = set_row(a, c, i, str_of(config_rows[i].fallback), &err);
        assert(ok);
    }
}

bool config_set(Arena *a, Config *c, Str key, Str value, Err *err)
{
    for (int i = 0; i < config_row_count; i++)
        if (str_eq(key, str_of(config_rows[i].key)))
            return set_row(a, c, i, value, err);
    return err_set(err, ERR_USAGE, "no setting is called '" STR_FMT "'; see: gavel config",
                   STR_ARG(key));
}

bool config_read_file(Arena *a, Config *c, const char *path, Err *err)
{
    Str text;
    const Js *root;
    if (!file_load(a, path, CONFIG_FILE_MAX, &text, err) ||
        !yaml_parse(a, text, path, &root, err))
        return false;
    if (root->type == JS_NULL)
        return true; /* an empty file changes nothing */
    if (root->type != JS_OBJECT)
        return err_set(err, ERR_INPUT, "%s: settings are lines of `key: value`", path);
    for (size_t i = 0; i < root->count; i++) {
        const Js *v = &root->item[i];
        if (v->type == JS_ARRAY || v->type == JS_OBJECT)
            return err_set(err, ERR_INPUT, "%s:%d:%d: a setting is one value", path, v->line,
                           v->column);
        if (!config_set(a, c, root->key[i], v->str, err))
            return err_wrap(err, "%s:%d:%d", path, v->line, v->column);
    }
    return true;
}

bool config_read_env(Arena *a, Config *c, Err *err)
{
    for (int i = 0; i < config_row_count; i++) {
        char name[64];
        int n = snprintf(name, sizeof name, "GAVEL_%s", config_rows[i].key);
        assert(n > 0 && (size_t)n < sizeof name);
        for (char *p = name; *p; p++)
            *p = (char)toupper((unsigned char)*p);
        const char *value = getenv(name);
        if (value && !set_row(a, c, i, str_of(value), err))
            return err_wrap(err, "environment %s", name);
    }
    return true;
}

Str config_show(Arena *a, const Config *c, int row)
{
    const void *p = field((Config *)(uintptr_t)c, row);
    if (config_rows[row].type == CONFIG_TEXT)
        return str_copy(a, str_of(*(const char *const *)p));
    return str_print(a, "%lld", (long long)*(const int64_t *)p);
}
