/* recipe.c - a recipe's YAML into parts.
 *
 * The top of a recipe and each of its `parts` take the same keys: a part begins as a copy of
 * the top and replaces what it names, except that `where` and `labels` are added behind the
 * top's.  A recipe without `parts` is one part.
 */
#include "data/recipe.h"

#include "base/file.h"
#include "base/yaml.h"
#include "data/recipe_internal.h"

enum { PARTS_MAX = 256, CUT_WORDS_MAX = 100000, ROWS_MAX = 1 << 30, TAKE_MAX = 100 };

/* ---- templates -------------------------------------------------------------------------- */

bool template_parse(Ctx *c, const Js *v, Template *out)
{
    Str s;
    if (!recipe_want_text(c, v, &s))
        return false;
    size_t most = 1;
    for (size_t i = 0; i < s.len; i++)
        most += s.ptr[i] == '{' ? 2 : 0;
    TemplatePiece *piece = arena_array(c->arena, TemplatePiece, most);
    size_t n = 0;
    while (s.len) {
        bool column = s.ptr[0] == '{';
        const char *end = memchr(s.ptr, column ? '}' : '{', s.len);
        if (column && !end)
            return recipe_refuse(c, v, "a { is not closed");
        size_t len = end ? (size_t)(end - s.ptr) : s.len;
        if (column && len == 1)
            return recipe_refuse(c, v, "{} names no column");
        piece[n++] = (TemplatePiece){
            column, {s.ptr + column, len - column}
        };
        len += column;
        s = (Str){s.ptr + len, s.len - len};
    }
    *out = (Template){piece, n};
    return true;
}

Str template_fill(Arena *a, const Template *t, const Record *r)
{
    Str part, out;
    size_t len = 0;
    if (t->count == 1 && t->piece[0].is_column)
        return record_text(r, t->piece[0].text, &out) ? out : STR("");
    for (size_t i = 0; i < t->count; i++) {
        part = t->piece[i].text;
        if (!t->piece[i].is_column || record_text(r, t->piece[i].text, &part))
            len += part.len;
    }
    char *p = arena_array(a, char, len);
    out = (Str){p, len};
    for (size_t i = 0; i < t->count; i++) {
        part = t->piece[i].text;
        if (t->piece[i].is_column && !record_text(r, t->piece[i].text, &part))
            continue;
        if (part.len)
            memcpy(p, part.ptr, part.len);
        p += part.len;
    }
    return out;
}

/* ---- what files there are and how they are read ------------------------------------- */

static bool key_source(Ctx *c, const Js *v, void *into)
{
    Part *p = into;
    return template_parse(c, v, &p->source) &&
           (p->source.count || recipe_refuse(c, v, "a source has a name"));
}

static bool key_files(Ctx *c, const Js *v, void *into)
{
    Part *p = into;
    return recipe_want_texts(c, v, &p->file, &p->files);
}

static bool want_format(const Ctx *c, const Js *v, ReaderFormat *out)
{
    Str s;
    return recipe_want_text(c, v, &s) &&
           (reader_format_parse(s, out) ||
            recipe_refuse(c, v, "a format is csv, tsv, jsonl, json or lines"));
}

static bool key_format(Ctx *c, const Js *v, void *into)
{
    Part *p = into;
    p->has_format = true;
    return want_format(c, v, &p->reader.format);
}

static bool key_separator(Ctx *c, const Js *v, void *into)
{
    Str s;
    if (!recipe_want_text(c, v, &s))
        return false;
    if (s.len != 1 || s.ptr[0] == '"' || s.ptr[0] == '\n')
        return recipe_refuse(c, v, "a separator is one character");
    ((Part *)into)->reader.separator = s.ptr[0];
    return true;
}

static bool key_quotes(Ctx *c, const Js *v, void *into)
{
    bool quotes;
    if (!recipe_want_bool(c, v, &quotes))
        return false;
    ((Part *)into)->reader.no_quotes = !quotes;
    return true;
}

static bool key_columns(Ctx *c, const Js *v, void *into)
{
    Part *p = into;
    Str *name;
    if (!recipe_want_texts(c, v, &name, &p->reader.column_count))
        return false;
    p->reader.columns = name;
    return true;
}

static bool key_path(Ctx *c, const Js *v, void *into)
{
    return recipe_want_text(c, v, &((Part *)into)->reader.path);
}

/* ---- the text ----------------------------------------------------------------------- */

static bool key_text(Ctx *c, const Js *v, void *into)
{
    return template_parse(c, v, &((Part *)into)->text);
}
static bool key_digest(Ctx *c, const Js *v, void *into)
{
    Template t;
    if (!template_parse(c, v, &t))
        return false;
    if (t.count != 1 || !t.piece[0].is_column)
        return recipe_refuse(c, v, "one column is wanted: \"{sha256}\"");
    ((Part *)into)->digest = t.piece[0].text;
    return true;
}
static bool key_group(Ctx *c, const Js *v, void *into)
{
    return template_parse(c, v, &((Part *)into)->group);
}
static bool key_language(Ctx *c, const Js *v, void *into)
{
    return template_parse(c, v, &((Part *)into)->language);
}
static bool key_between(Ctx *c, const Js *v, void *into)
{
    Part *p = into;
    if (v->type != JS_ARRAY || v->count != 2)
        return recipe_refuse(c, v, "a beginning and an end are wanted");
    return recipe_want_text(c, &v->item[0], &p->after) &&
           recipe_want_text(c, &v->item[1], &p->until);
}

static bool key_entities(Ctx *c, const Js *v, void *into)
{
    return recipe_want_bool(c, v, &((Part *)into)->entities);
}

static bool key_case(Ctx *c, const Js *v, void *into)
{
    static const Str names[] = {[CASE_KEEP] = STR("keep"),
                                [CASE_LOWER] = STR("lower"),
                                [CASE_SENTENCE] = STR("sentence")};
    Str s;
    if (!recipe_want_text(c, v, &s))
        return false;
    for (int i = 0; i <= CASE_SENTENCE; i++) {
        if (str_eq(s, names[i])) {
            ((Part *)into)->text_case = (TextCase)i;
            return true;
        }
    }
    return recipe_refuse(c, v, "a case is keep, lower or sentence");
}

static bool key_replace(Ctx *c, const Js *v, void *into)
{
    Part *p = into;
    if (v->type != JS_OBJECT)
        return recipe_refuse(c, v, "words with what they become are wanted");
    Replace *r = arena_array(c->arena, Replace, v->count);
    for (size_t i = 0; i < v->count; i++) {
        Str *to;
        if (!v->key[i].len)
            return recipe_refuse(c, v, "nothing cannot be replaced");
        if (!recipe_want_texts(c, &v->item[i], &to, &r[i].choices))
            return false;
        r[i].from = v->key[i];
        r[i].to = to;
    }
    p->replace = r;
    p->replaces = v->count;
    return true;
}

static bool cut_words(Ctx *c, const Js *v, void *into)
{
    Cut *cut = into;
    int64_t least, most;
    if (v->type != JS_ARRAY || v->count != 2)
        return recipe_refuse(c, v, "least and most words are wanted: [12, 180]");
    if (!recipe_want_i64(c, &v->item[0], 1, CUT_WORDS_MAX, &least) ||
        !recipe_want_i64(c, &v->item[1], least, CUT_WORDS_MAX, &most))
        return false;
    cut->least = (size_t)least;
    cut->most = (size_t)most;
    return true;
}

static bool cut_pieces(Ctx *c, const Js *v, void *into)
{
    int64_t n;
    if (!recipe_want_i64(c, v, 1, CUT_WORDS_MAX, &n))
        return false;
    ((Cut *)into)->pieces = (size_t)n;
    return true;
}

static bool key_cut(Ctx *c, const Js *v, void *into)
{
    static const RecipeKey keys[] = {
        {"words",     cut_words},
        {"pieces",           cut_pieces},
        {0}
    };
    Cut cut = {.pieces = SIZE_MAX};
    if (!recipe_read_keys(c, v, keys, &cut))
        return false;
    if (!cut.most)
        return recipe_refuse(c, v, "`words` is wanted");
    ((Part *)into)->cut = cut;
    return true;
}

static bool append_file(Ctx *c, const Js *v, void *into)
{
    return recipe_want_text(c, v, &((Append *)into)->file);
}
static bool append_format(Ctx *c, const Js *v, void *into)
{
    return want_format(c, v, &((Append *)into)->format);
}
static bool append_path(Ctx *c, const Js *v, void *into)
{
    return recipe_want_text(c, v, &((Append *)into)->path);
}
static bool append_text(Ctx *c, const Js *v, void *into)
{
    return template_parse(c, v, &((Append *)into)->text);
}
static bool append_take(Ctx *c, const Js *v, void *into)
{
    int64_t n;
    if (!recipe_want_i64(c, v, 1, TAKE_MAX, &n))
        return false;
    ((Append *)into)->take = (size_t)n;
    return true;
}

static bool key_append(Ctx *c, const Js *v, void *into)
{
    static const RecipeKey keys[] = {
        {"file",         append_file},
        {"format",              append_format},
        {"path",append_path},
        {"text",         append_text},
        {"take",              append_take},
        {0}
    };
    Append a = {.format = READER_LINES, .take = 1};
    if (!recipe_read_keys(c, v, keys, &a))
        return false;
    if (!a.file.len || !a.text.count)
        return recipe_refuse(c, v, "`file` and `text` are wanted");
    ((Part *)into)->append = a;
    return true;
}

/* ---- what is said of it ------------------------------------------------------------- */

static bool key_where(Ctx *c, const Js *v, void *into)
{
    Part *p = into;
    Conditions *all = arena_array(c->arena, Conditions, p->wheres + 1);
    if (p->wheres)
        memcpy(all, p->where, p->wheres * sizeof *all);
    p->where = all;
    return conditions_parse(c, v, &all[p->wheres++]);
}

static bool key_labels(Ctx *c, const Js *v, void *into)
{
    Part *p = into;
    Rules *all = arena_array(c->arena, Rules, p->label_sets + 1);
    if (p->label_sets)
        memcpy(all, p->labels, p->label_sets * sizeof *all);
    p->labels = all;
    return rules_parse(c, v, &all[p->label_sets++]);
}

static bool key_weight(Ctx *c, const Js *v, void *into)
{
    double *weight = &((Part *)into)->weight;
    return recipe_want_number(c, v, weight) &&
           ((*weight > 0 && *weight <= 1) ||
            recipe_refuse(c, v, "a weight is above 0 and at most 1"));
}

static bool key_max_rows(Ctx *c, const Js *v, void *into)
{
    int64_t n;
    if (!recipe_want_i64(c, v, 1, ROWS_MAX, &n))
        return false;
    ((Part *)into)->max_rows = (size_t)n;
    return true;
}

static bool key_origin(Ctx *c, const Js *v, void *into)
{
    Str s;
    return recipe_want_text(c, v, &s) && (label_origin_parse(s, &((Part *)into)->origin) ||
                                          recipe_refuse(c, v, "no such origin of labels"));
}

static bool want_split(const Ctx *c, const Js *v, int *out)
{
    Str s;
    Split split;
    if (!recipe_want_text(c, v, &s))
        return false;
    if (split_parse(s, &split))
        *out = (int)split;
    else if (str_eq(s, STR("skip")))
        *out = SPLIT_SKIP;
    else if (str_eq(s, STR("free")))
        *out = SPLIT_COUNT;
    else
        return recipe_refuse(c, v, "a side is train, calibrate, test, free or skip");
    return true;
}

static bool split_column(Ctx *c, const Js *v, void *into)
{
    return recipe_want_text(c, v, &((SplitMap *)into)->column);
}

static bool split_sides(Ctx *c, const Js *v, void *into)
{
    SplitMap *m = into;
    if (v->type != JS_OBJECT)
        return recipe_refuse(c, v, "values with their sides are wanted");
    int *to = arena_array(c->arena, int, v->count);
    for (size_t i = 0; i < v->count; i++)
        if (!want_split(c, &v->item[i], &to[i]))
            return false;
    m->value = v->key;
    m->to = to;
    m->count = v->count;
    return true;
}

static bool key_split(Ctx *c, const Js *v, void *into)
{
    static const RecipeKey keys[] = {
        {"column",     split_column},
        {"sides",            split_sides},
        {0}
    };
    SplitMap m = {.fixed = SPLIT_COUNT};
    if (v->type == JS_OBJECT) {
        if (!recipe_read_keys(c, v, keys, &m))
            return false;
        if (!m.column.len || !m.count)
            return recipe_refuse(c, v, "`column` and `sides` are wanted");
    } else {
        int side;
        if (!want_split(c, v, &side))
            return false;
        if (side == SPLIT_SKIP)
            return recipe_refuse(c, v, "a part that is skipped need not be named");
        m.fixed = (Split)side;
    }
    ((Part *)into)->split = m;
    return true;
}

static bool votes_file(Ctx *c, const Js *v, void *into)
{
    return recipe_want_text(c, v, &((Votes *)into)->file);
}
static bool votes_item(Ctx *c, const Js *v, void *into)
{
    return recipe_want_text(c, v, &((Votes *)into)->item);
}
static bool votes_ballot(Ctx *c, const Js *v, void *into)
{
    return recipe_want_text(c, v, &((Votes *)into)->ballot);
}
static bool votes_marks(Ctx *c, const Js *v, void *into)
{
    return recipe_want_text(c, v, &((Votes *)into)->marks);
}
static bool votes_mark(Ctx *c, const Js *v, void *into)
{
    return recipe_want_text(c, v, &((Votes *)into)->mark);
}

static bool key_votes(Ctx *c, const Js *v, void *into)
{
    static const RecipeKey keys[] = {
        {"file",       votes_file},
        {"item",            votes_item},
        {"ballot",votes_ballot},
        {"marks",     votes_marks},
        {"mark",            votes_mark},
        {0}
    };
    Votes votes = {0};
    if (!recipe_read_keys(c, v, keys, &votes))
        return false;
    if (!votes.file.len || !votes.item.len || !votes.ballot.len || !votes.marks.len ||
        !votes.mark.len)
        return recipe_refuse(c, v, "`file`, `item`, `ballot`, `marks` and `mark` are wanted");
    ((Part *)into)->votes = votes;
    return true;
}

/* ---- the recipe --------------------------------------------------------------------- */

static const RecipeKey part_keys[] = {
    {"source",    key_source   },
    {"files",     key_files    },
    {"format",    key_format   },
    {"separator", key_separator},
    {"quotes",    key_quotes   },
    {"columns",   key_columns  },
    {"path",      key_path     },
    {"text",      key_text     },
    {"digest",    key_digest   },
    {"group",     key_group    },
    {"language",  key_language },
    {"entities",  key_entities },
    {"between",   key_between  },
    {"case",      key_case     },
    {"replace",   key_replace  },
    {"cut",       key_cut      },
    {"append",    key_append   },
    {"where",     key_where    },
    {"labels",    key_labels   },
    {"weight",    key_weight   },
    {"max_rows",  key_max_rows },
    {"origin",    key_origin   },
    {"split",     key_split    },
    {"votes",     key_votes    },
    {NULL,        NULL         },
};

bool part_parse(Ctx *c, const Js *v, Part *p) { return recipe_read_keys(c, v, part_keys, p); }

/* Such a row has no text to work on, and nothing that it says may decide where the text goes
 * when the archive is split: that is for those who brought the text. */
static bool has_what_wants_a_text(const Part *p)
{
    return p->text.count || p->group.count || p->language.count || p->after.len ||
           p->until.len || p->cut.most || p->append.file.len || p->votes.file.len ||
           p->replaces || p->entities || p->text_case != CASE_KEEP || p->split.column.len ||
           p->split.fixed != SPLIT_COUNT;
}

static bool part_whole(const Ctx *c, const Js *at, const Part *p)
{
    return (p->files || recipe_refuse(c, at, "`files` is missing")) &&
           (p->has_format || recipe_refuse(c, at, "`format` is missing")) &&
           (p->text.count || p->digest.len || recipe_refuse(c, at, "`text` is missing")) &&
           (!p->digest.len || !has_what_wants_a_text(p) ||
            recipe_refuse(c, at,
                          "`digest` stands in place of `text`, `group`, `split` and all that "
                          "works on a text"));
}

/* The keys that stand at the top only; what is left is the top's beginning of a part. */
static const Js *take(Arena *a, const Js *root, Str name, const Js **found)
{
    Js *rest = arena_new(a, Js);
    Js *item = arena_array(a, Js, root->count);
    Str *key = arena_array(a, Str, root->count);
    *rest = *root;
    rest->count = 0;
    for (size_t i = 0; i < root->count; i++) {
        if (str_eq(root->key[i], name)) {
            *found = &root->item[i];
            continue;
        }
        item[rest->count] = root->item[i];
        key[rest->count++] = root->key[i];
    }
    rest->item = item;
    rest->key = key;
    return rest;
}

static bool read_parts(Ctx *c, const Js *parts, const Part *top, Recipe *r)
{
    if (parts->type != JS_ARRAY || parts->count == 0 || parts->count > PARTS_MAX)
        return recipe_refuse(c, parts, "a list of 1 to %d parts is wanted", PARTS_MAX);
    Part *part = arena_array(c->arena, Part, parts->count);
    for (size_t i = 0; i < parts->count; i++) {
        part[i] = *top;
        if (!part_parse(c, &parts->item[i], &part[i]) ||
            !part_whole(c, &parts->item[i], &part[i]))
            return false;
    }
    r->part = part;
    r->parts = parts->count;
    return true;
}

static bool read_recipe(Ctx *c, const Js *root, Recipe *r)
{
    const Js *licence = NULL, *parts = NULL, *rest = root;
    if (root->type != JS_OBJECT)
        return recipe_refuse(c, root, "keys are wanted");
    rest = take(c->arena, rest, STR("licence"), &licence);
    rest = take(c->arena, rest, STR("parts"), &parts);
    const Js *source = js_get(root, STR("source"));
    if (!source || !licence)
        return recipe_refuse(c, root, "`source` and `licence` are wanted");
    Part *top = arena_new(c->arena, Part);
    top->weight = 1;
    top->split.fixed = SPLIT_COUNT;
    if (!recipe_want_text(c, licence, &r->licence) || !part_parse(c, rest, top))
        return false;
    if (!recipe_want_text(c, source, &r->source) || memchr(r->source.ptr, '{', r->source.len))
        return recipe_refuse(c, source, "only the source of a part may name columns");
    if (parts)
        return read_parts(c, parts, top, r);
    r->part = top;
    r->parts = 1;
    return part_whole(c, root, top);
}

bool recipe_load(Arena *a, const char *path, const Recipe **out, Err *err)
{
    Str text;
    const Js *root;
    if (!file_load(a, path, RECIPE_FILE_MAX, &text, err) ||
        !yaml_parse(a, text, path, &root, err))
        return false;
    DigestState digest;
    digest_init(&digest);
    digest_add(&digest, text);
    Ctx c = {.arena = a,
             .name = path,
             .digest = &digest,
             .includes = arena_new(a, Includes),
             .err = err};
    Recipe *r = arena_new(a, Recipe);
    if (!read_recipe(&c, root, r))
        return false;
    r->digest = digest_end(&digest);
    *out = r;
    return true;
}

Str recipe_source(const Recipe *r) { return r->source; }
Str recipe_licence(const Recipe *r) { return r->licence; }
Digest recipe_digest(const Recipe *r) { return r->digest; }
