/* identities.c - reads the templates, then fills each with every group that fits. */
#include "model/identities.h"

#include "base/file.h"
#include "base/yaml.h"
#include "data/text_digest.h"

#include <stdio.h>

enum { ROWS_MAX = 50000, TEXT_MAX = 1024 };

typedef struct Form {
    Str name, word;
} Form;

typedef struct Group {
    int forms;
    Form form[IDENTITIES_FORMS];
} Group;

typedef struct Template {
    Str text, axis; /* axis may be empty: any */
    float label[CATEGORY_COUNT];
    const Js *at;
} Template;

typedef struct Reading {
    Arena *arena;
    const char *name;
    IdentityGroup *group;
    Group *forms;
    Template *template;
    int group_count, template_count;
    Rows rows;
    IdentityText *text;
    Err *err;
} Reading;

static bool refuse(const Reading *r, const Js *at, const char *why, Str what)
{
    return err_set(r->err, ERR_INPUT, "%s:%d:%d: %s '" STR_FMT "'", r->name, at->line,
                   at->column, why, STR_ARG(what));
}

static bool want_word(const Reading *r, const Js *v, const char *key, Str *out)
{
    const Js *word = js_get(v, str_of(key));
    if (!word)
        return refuse(r, v, "there is no", str_of(key));
    if (word->type == JS_OBJECT || word->type == JS_ARRAY || word->str.len == 0)
        return refuse(r, word, "text is wanted for", str_of(key));
    *out = word->str;
    return true;
}

static bool known_keys(const Reading *r, const Js *v, const char *const *keys)
{
    if (v->type != JS_OBJECT)
        return refuse(r, v, "keys are wanted, not", str_of(js_type_name(v->type)));
    for (size_t i = 0; i < v->count; i++) {
        bool known = false;
        for (int k = 0; keys[k]; k++)
            known = known || str_eq(v->key[i], str_of(keys[k]));
        if (!known)
            return refuse(r, &v->item[i], "there is no key", v->key[i]);
    }
    return true;
}

/* ---- groups -------------------------------------------------------------------------- */

static bool read_group(const Reading *r, const Js *v, int i)
{
    static const char *const keys[] = {"name", "axis", "forms", NULL};
    IdentityGroup *g = &r->group[i];
    const Js *forms = js_get(v, STR("forms"));
    if (!known_keys(r, v, keys) || !want_word(r, v, "name", &g->name) ||
        !want_word(r, v, "axis", &g->axis))
        return false;
    if (!forms || forms->type != JS_OBJECT || forms->count == 0 ||
        forms->count > IDENTITIES_FORMS)
        return refuse(r, v, "a few forms are wanted for", g->name);
    for (int k = 0; k < i; k++)
        if (str_eq(r->group[k].name, g->name))
            return refuse(r, v, "there are two groups", g->name);
    Group *f = &r->forms[i];
    for (size_t k = 0; k < forms->count; k++) {
        const Js *word = &forms->item[k];
        if (word->type == JS_OBJECT || word->type == JS_ARRAY || word->str.len == 0)
            return refuse(r, word, "text is wanted for", forms->key[k]);
        f->form[f->forms++] = (Form){forms->key[k], word->str};
    }
    return true;
}

static bool read_groups(Reading *r, const Js *v)
{
    if (v->type != JS_ARRAY || v->count < 1 || v->count > IDENTITIES_GROUPS)
        return refuse(r, v, "a list is wanted as", STR("groups"));
    r->group = arena_array(r->arena, IdentityGroup, v->count);
    r->forms = arena_array(r->arena, Group, v->count);
    for (size_t i = 0; i < v->count; i++)
        if (!read_group(r, &v->item[i], (int)i))
            return false;
    r->group_count = (int)v->count;
    return true;
}

/* ---- templates ----------------------------------------------------------------------- */

static bool read_label(const Reading *r, const Js *v, Str name, Template *t)
{
    Category c;
    if (!category_parse(name, &c))
        return refuse(r, v, "no category is called", name);
    if (v->type != JS_NUMBER || v->number < 0 || v->number > 1)
        return refuse(r, v, "a label is from 0 to 1, not", v->str);
    t->label[c] = (float)v->number;
    return true;
}

static bool read_template(const Reading *r, const Js *v, Template *t)
{
    static const char *const keys[] = {"text", "axis", "labels", NULL};
    const Js *labels = js_get(v, STR("labels"));
    if (!known_keys(r, v, keys) || !want_word(r, v, "text", &t->text) ||
        (js_get(v, STR("axis")) && !want_word(r, v, "axis", &t->axis)))
        return false;
    if (!labels || labels->type != JS_OBJECT || labels->count == 0)
        return refuse(r, v, "labels are wanted for", t->text);
    for (int c = 0; c < CATEGORY_COUNT; c++)
        t->label[c] = NAN;
    for (size_t i = 0; i < labels->count; i++)
        if (!read_label(r, &labels->item[i], labels->key[i], t))
            return false;
    t->at = v;
    return true;
}

static bool read_templates(Reading *r, const Js *v)
{
    if (v->type != JS_ARRAY || v->count < 1 || v->count > IDENTITIES_TEMPLATES)
        return refuse(r, v, "a list is wanted as", STR("templates"));
    r->template = arena_array(r->arena, Template, v->count);
    for (size_t i = 0; i < v->count; i++)
        if (!read_template(r, &v->item[i], &r->template[i]))
            return false;
    r->template_count = (int)v->count;
    return true;
}

/* ---- filling ------------------------------------------------------------------------- */

/* The group's word for a slot; `capital` when it is written {People}. */
static const Form *form_of(const Group *g, Str slot, bool *capital)
{
    char name[64];
    if (slot.len == 0 || slot.len > sizeof name)
        return NULL;
    memcpy(name, slot.ptr, slot.len);
    *capital = name[0] >= 'A' && name[0] <= 'Z';
    if (*capital)
        name[0] = (char)(name[0] - 'A' + 'a');
    for (int i = 0; i < g->forms; i++)
        if (str_eq(g->form[i].name, (Str){name, slot.len}))
            return &g->form[i];
    return NULL;
}

/* Appends the sentence; false when the group has not all the forms.  g NULL: no group, then
 * any slot is one too many. */
static bool fill(Str text, const Group *g, Buf *out)
{
    Str rest = text, before;
    while (str_cut(&rest, '{', &before)) {
        buf_put(out, before);
        Str slot;
        if (!rest.ptr)
            return true;
        bool capital = false;
        bool shut = str_cut(&rest, '}', &slot) && rest.ptr;
        const Form *f = shut && g ? form_of(g, slot, &capital) : NULL;
        if (!f)
            return false;
        size_t start = out->len;
        buf_put(out, f->word);
        if (capital && start < out->len && out->ptr[start] >= 'a' && out->ptr[start] <= 'z')
            out->ptr[start] = (char)(out->ptr[start] - 'a' + 'A');
    }
    return true;
}

static bool put_row(Reading *r, int template, int group, const Buf *text)
{
    const Template *t = &r->template[template];
    if (text->over)
        return refuse(r, t->at, "too long a sentence is made of", t->text);
    if (r->rows.count == ROWS_MAX)
        return err_set(r->err, ERR_LIMIT, "%s makes more than %d sentences", r->name, ROWS_MAX);
    Row *row = &r->rows.row[r->rows.count];
    *row = (Row){.text = str_copy(r->arena, buf_str(text)),
                 .source = STR("identities"),
                 .group = str_print(r->arena, "%d", template),
                 .language = STR("en"),
                 .origin = LABEL_ORIGIN_SYNTHETIC,
                 .weight = 1,
                 .split = SPLIT_COUNT};
    row->digest = text_digest(row->text);
    labels_unknown(&row->labels);
    memcpy(row->labels.category, t->label, sizeof t->label);
    r->text[r->rows.count++] = (IdentityText){template, group};
    return true;
}

static bool fill_template(Reading *r, int template, Buf *text)
{
    const Template *t = &r->template[template];
    size_t before = r->rows.count;
    bool slots = t->text.len && memchr(t->text.ptr, '{', t->text.len);
    if (!slots) {
        buf_clear(text);
        buf_put(text, t->text);
        return put_row(r, template, -1, text);
    }
    for (int g = 0; g < r->group_count; g++) {
        buf_clear(text);
        bool fits = t->axis.len == 0 || str_eq(t->axis, r->group[g].axis);
        if (fits && fill(t->text, &r->forms[g], text) && !put_row(r, template, g, text))
            return false;
    }
    return r->rows.count > before || refuse(r, t->at, "no group has the forms for", t->text);
}

static bool fill_all(Reading *r)
{
    size_t most = (size_t)r->template_count * (size_t)r->group_count;
    most = most < ROWS_MAX ? most : ROWS_MAX;
    r->rows.row = arena_try_array(r->arena, Row, most);
    r->text = arena_try_array(r->arena, IdentityText, most);
    if (!r->rows.row || !r->text)
        return err_set(r->err, ERR_LIMIT, "%s is too large", r->name);
    Buf text;
    buf_init(&text, TEXT_MAX);
    bool ok = true;
    for (int t = 0; ok && t < r->template_count; t++)
        ok = fill_template(r, t, &text);
    buf_done(&text);
    return ok;
}

bool identities_parse(Arena *a, Str yaml, const char *name, const Identities **out, Err *err)
{
    static const char *const keys[] = {"about", "groups", "templates", NULL};
    Reading r = {.arena = a, .name = name, .err = err};
    const Js *doc;
    if (!yaml_parse(a, yaml, name, &doc, err) || !known_keys(&r, doc, keys))
        return false;
    const Js *groups = js_get(doc, STR("groups")), *templates = js_get(doc, STR("templates"));
    if (!groups || !templates)
        return refuse(&r, doc, "there is no", groups ? STR("templates") : STR("groups"));
    if (!read_groups(&r, groups) || !read_templates(&r, templates))
        return false;
    if (!fill_all(&r))
        return false;
    Identities *set = arena_new(a, Identities);
    *set = (Identities){.group_count = r.group_count,
                        .template_count = r.template_count,
                        .group = r.group,
                        .rows = r.rows,
                        .text = r.text};
    *out = set;
    return true;
}

bool identities_load(Arena *a, const char *path, const Identities **out, Err *err)
{
    Str text;
    return file_load(a, path, IDENTITIES_FILE_MAX, &text, err) &&
           identities_parse(a, text, path, out, err);
}
