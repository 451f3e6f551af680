#include "data/overlay.h"

/* Only the factors that were named have a value yet. */
static bool read_factor(const Record *r, size_t at, Labels *l, Err *err)
{
    Factor f;
    double v;
    Str name = r->name[at];
    if (!factor_parse(name, &f))
        return err_set(err, ERR_INPUT, "no factor is called '" STR_FMT "'", STR_ARG(name));
    if (!str_to_double(r->value[at], &v) || !(v >= 0 && v <= 1))
        return err_set(err, ERR_INPUT, "'" STR_FMT "' wants a number from 0 to 1",
                       STR_ARG(name));
    l->factor[f] = (float)v;
    return true;
}

static bool read_unsure(Str list, const Labels *l, bool *unsure, Err *err)
{
    for (Str word; str_cut(&list, ',', &word);) {
        Factor f;
        word = str_trim(word);
        if (!factor_parse(word, &f))
            return err_set(err, ERR_INPUT, "'unsure' names no factor: '" STR_FMT "'",
                           STR_ARG(word));
        if (label_known(l->factor[f]))
            return err_set(err, ERR_INPUT, "'" STR_FMT "' has a value and is unsure",
                           STR_ARG(word));
        unsure[f] = true;
    }
    return true;
}

static bool want(const Record *r, Str name, Str *out, Err *err)
{
    return (record_text(r, name, out) && out->len) ||
           err_set(err, ERR_INPUT, "'" STR_FMT "' is missing", STR_ARG(name));
}

bool overlay_read(const Record *r, Str column, Overlay *out, Err *err)
{
    Overlay o;
    Str hex, unsure;
    bool is_unsure[FACTOR_COUNT] = {0};
    labels_unknown(&o.labels);
    if (!want(r, column, &hex, err) || !want(r, STR("by"), &o.by, err) ||
        !want(r, STR("policy"), &o.policy, err))
        return false;
    if (!digest_parse(hex, &o.digest))
        return err_set(err, ERR_INPUT, "'" STR_FMT "' is no SHA-256 of 64 hex digits",
                       STR_ARG(column));
    for (size_t i = 0; i < r->count; i++) {
        Str name = r->name[i];
        bool other = str_eq(name, column) || str_eq(name, STR("by")) ||
                     str_eq(name, STR("policy")) || str_eq(name, STR("unsure"));
        if (!other && !read_factor(r, i, &o.labels, err))
            return false;
    }
    if (record_text(r, STR("unsure"), &unsure) && unsure.len &&
        !read_unsure(unsure, &o.labels, is_unsure, err))
        return false;
    for (int f = 0; f < FACTOR_COUNT; f++)
        if (!label_known(o.labels.factor[f]) && !is_unsure[f])
            o.labels.factor[f] = 0;
    *out = o;
    return true;
}
