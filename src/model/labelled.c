#include "model/labelled.h"

#include "base/js.h"
#include "data/reader.h"

#include <assert.h>

enum { ROWS_MAX = 4 << 20 };

static bool read_value(const Js *v, Str name, float *out, Err *err)
{
    switch (v->type) {
    case JS_NULL:
        *out = NAN;
        return true;
    case JS_BOOL:
        *out = v->boolean ? 1 : 0;
        return true;
    case JS_NUMBER:
        if (v->number >= 0 && v->number <= 1) {
            *out = (float)v->number;
            return true;
        }
        break;
    case JS_STRING:
    case JS_ARRAY:
    case JS_OBJECT:
        break;
    }
    return err_set(err, ERR_INPUT, "label '" STR_FMT "' wants 0..1, true, false or null",
                   STR_ARG(name));
}

static bool read_names(const Js *v, Labels *l, Err *err)
{
    if (v->type != JS_OBJECT)
        return err_set(err, ERR_INPUT, "labels must be an object, not %s",
                       js_type_name(v->type));
    for (size_t i = 0; i < v->count; i++) {
        Category c;
        Factor f;
        float *to = category_parse(v->key[i], &c) ? &l->category[c]
                    : factor_parse(v->key[i], &f) ? &l->factor[f]
                                                  : NULL;
        if (!to)
            return err_set(err, ERR_INPUT, "no category or factor is called '" STR_FMT "'",
                           STR_ARG(v->key[i]));
        if (!read_value(&v->item[i], v->key[i], to, err))
            return false;
    }
    return true;
}

static bool read_short_keys(const Js *line, Labels *l, Err *err)
{
    static const struct {
        Str key;
        Category category;
    } shorts[] = {
        {STR("S"),  CATEGORY_SEXUAL          },
        {STR("H"),  CATEGORY_HATE            },
        {STR("V"),  CATEGORY_VIOLENCE        },
        {STR("HR"), CATEGORY_HARASSMENT      },
        {STR("SH"), CATEGORY_SELF_HARM       },
        {STR("S3"), CATEGORY_SEXUAL_MINORS   },
        {STR("H2"), CATEGORY_HATE_THREATENING},
        {STR("V2"), CATEGORY_VIOLENCE_GRAPHIC},
    };
    for (size_t i = 0; i < sizeof shorts / sizeof *shorts; i++) {
        const Js *v = js_get(line, shorts[i].key);
        if (v && !read_value(v, shorts[i].key, &l->category[shorts[i].category], err))
            return false;
    }
    return true;
}

bool labelled_line(Arena *a, Str json, Row *out, Err *err)
{
    static const Str texts[] = {STR("text"), STR("prompt"), STR("input")};
    static const Str labels[] = {STR("labels"), STR("categories"), STR("category")};
    const Js *line, *text = NULL;
    Row row = {.weight = 1, .split = SPLIT_TEST, .source = STR("file")};
    labels_unknown(&row.labels);
    if (!js_parse(a, json, &line, err))
        return false;
    if (line->type != JS_OBJECT)
        return err_set(err, ERR_INPUT, "a line must be an object, not %s",
                       js_type_name(line->type));
    for (size_t i = 0; !text && i < sizeof texts / sizeof *texts; i++)
        text = js_get(line, texts[i]);
    if (!text || text->type != JS_STRING)
        return err_set(err, ERR_INPUT, "a line has a text under 'text', 'prompt' or 'input'");
    row.text = text->str;
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        const Js *v = js_get(line, labels[i]);
        if (v && !read_names(v, &row.labels, err))
            return false;
    }
    if (!read_short_keys(line, &row.labels, err) ||
        !js_opt_str(line, STR("source"), &row.source, err))
        return false;
    *out = row;
    return true;
}

static bool read_lines(Arena *a, Reader *reader, const char *path, Rows *out, Err *err)
{
    size_t room = 1024, count = 0;
    Row *row = arena_array(a, Row, room);
    for (;;) {
        Record record;
        Str line = {0};
        ReadStep step = reader_next(reader, &record, err);
        if (step == READ_END)
            break;
        if (step == READ_BAD || step == READ_FAILED)
            return false;
        if (!record_text(&record, STR("line"), &line) || str_trim(line).len == 0)
            continue;
        if (count == ROWS_MAX)
            return err_set(err, ERR_LIMIT, "%s has more than %d rows", path, ROWS_MAX);
        if (count == room) {
            Row *more = arena_array(a, Row, 2 * room);
            memcpy(more, row, count * sizeof *row);
            row = more;
            room *= 2;
        }
        if (!labelled_line(a, str_copy(a, line), &row[count], err))
            return err_wrap(err, "%s:%zu", path, record.line);
        count++;
    }
    *out = (Rows){row, count};
    return true;
}

bool labelled_read(Arena *a, const char *path, size_t max_line_bytes, Rows *out, Err *err)
{
    Reader *reader;
    ReaderOptions options = {.format = READER_LINES, .max_line_bytes = max_line_bytes};
    if (!reader_open(path, &options, &reader, err))
        return false;
    bool ok = read_lines(a, reader, path, out, err);
    reader_close(reader);
    return ok;
}
