/* recipe_yaml.c - what reading a recipe is made of: typed values, tables of keys, included
 * files; every refusal says where. */
#include "base/file.h"
#include "data/rules_internal.h"

#include <stdarg.h>
#include <stdio.h>

bool recipe_refuse(const Ctx *c, const Js *at, const char *fmt, ...)
{
    char why[160];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(why, sizeof why, fmt, ap);
    va_end(ap);
    return err_set(c->err, ERR_INPUT, "%s:%d:%d: %s", c->name, at->line, at->column, why);
}

bool recipe_read_keys(Ctx *c, const Js *mapping, const RecipeKey *table, void *into)
{
    if (mapping->type != JS_OBJECT)
        return recipe_refuse(c, mapping, "%s where keys are wanted",
                             js_type_name(mapping->type));
    for (size_t i = 0; i < mapping->count; i++) {
        const RecipeKey *k = table;
        while (k->name && !str_eq(mapping->key[i], str_of(k->name)))
            k++;
        if (!k->name)
            return recipe_refuse(c, &mapping->item[i], "no key '" STR_FMT "' is known here",
                                 STR_ARG(mapping->key[i]));
        if (!k->read(c, &mapping->item[i], into))
            return false;
    }
    return true;
}

/* Numbers, true and null are text too where text is wanted: `is: 1` means the column's "1". */
bool recipe_want_text(const Ctx *c, const Js *v, Str *out)
{
    if (v->type == JS_ARRAY || v->type == JS_OBJECT)
        return recipe_refuse(c, v, "%s where text is wanted", js_type_name(v->type));
    *out = v->str;
    return true;
}

bool recipe_want_number(const Ctx *c, const Js *v, double *out)
{
    if (v->type != JS_NUMBER)
        return recipe_refuse(c, v, "%s where a number is wanted", js_type_name(v->type));
    *out = v->number;
    return true;
}

bool recipe_want_i64(const Ctx *c, const Js *v, int64_t least, int64_t most, int64_t *out)
{
    if (v->type != JS_NUMBER || !v->is_integer || v->integer < least || v->integer > most)
        return recipe_refuse(c, v, "a whole number from %lld to %lld is wanted",
                             (long long)least, (long long)most);
    *out = v->integer;
    return true;
}

bool recipe_want_bool(const Ctx *c, const Js *v, bool *out)
{
    if (v->type != JS_BOOL)
        return recipe_refuse(c, v, "true or false is wanted");
    *out = v->boolean;
    return true;
}

bool recipe_want_texts(const Ctx *c, const Js *v, Str **out, size_t *count)
{
    size_t n = v->type == JS_ARRAY ? v->count : 1;
    if (n == 0)
        return recipe_refuse(c, v, "an empty list");
    Str *list = arena_array(c->arena, Str, n);
    for (size_t i = 0; i < n; i++)
        if (!recipe_want_text(c, v->type == JS_ARRAY ? &v->item[i] : v, &list[i]))
            return false;
    *out = list;
    *count = n;
    return true;
}

bool recipe_include(Ctx *c, const Js *v, Included **out, Str *text)
{
    Str name = {0};
    if (!recipe_want_text(c, v, &name))
        return false;
    const char *slash = strrchr(c->name, '/');
    int dir = slash ? (int)(slash - c->name) + 1 : 0;
    Str full = str_print(c->arena, "%.*s" STR_FMT, dir, c->name, STR_ARG(name));
    Includes *all = c->includes;
    for (size_t i = 0; i < all->count; i++) {
        if (str_eq(str_of(all->file[i].path), full)) {
            *out = &all->file[i];
            *text = (Str){0};
            return true;
        }
    }
    Err why;
    if (all->count == RECIPE_FILES_MAX)
        return recipe_refuse(c, v, "more than %d files are named", RECIPE_FILES_MAX);
    const char *path = str_z(c->arena, full);
    if (!file_load(c->arena, path, RECIPE_FILE_MAX, text, &why))
        return recipe_refuse(c, v, "%s", why.msg);
    digest_add(c->digest, *text);
    *out = &all->file[all->count++];
    **out = (Included){.path = path};
    return true;
}
