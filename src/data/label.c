/* label.c - labels as canonical text, and several opinions as one. */
#include "data/label.h"

#include "base/js.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const origin_names[LABEL_ORIGIN_COUNT] = {
    [LABEL_ORIGIN_IMPORT] = "import", [LABEL_ORIGIN_SYNTHETIC] = "synthetic",
    [LABEL_ORIGIN_RULE] = "rule",     [LABEL_ORIGIN_LLM] = "llm",
    [LABEL_ORIGIN_HUMAN] = "human",   [LABEL_ORIGIN_APPEAL] = "appeal"};

#define CATEGORY_PREFIX "category:"

const char *label_origin_name(LabelOrigin o) { return origin_names[o]; }

bool label_origin_parse(Str name, LabelOrigin *out)
{
    for (int o = 0; o < LABEL_ORIGIN_COUNT; o++) {
        if (str_eq(name, str_of(origin_names[o]))) {
            *out = (LabelOrigin)o;
            return true;
        }
    }
    return false;
}

static void print_value(Buf *out, const char *prefix, Str name, float v, bool *first)
{
    char number[32];
    if (!label_known(v))
        return;
    int digits = 1;
    do
        snprintf(number, sizeof number, "%.*g", digits, (double)v);
    while (strtof(number, NULL) != v && ++digits <= 9);
    buf_print(out, "%s\"%s" STR_FMT "\":%s", *first ? "" : ",", prefix, STR_ARG(name), number);
    *first = false;
}

void labels_print(const Labels *l, Buf *out)
{
    bool first = true;
    buf_byte(out, '{');
    for (int f = 0; f < FACTOR_COUNT; f++)
        print_value(out, "", factor_name((Factor)f), l->factor[f], &first);
    for (int c = 0; c < CATEGORY_COUNT; c++)
        print_value(out, CATEGORY_PREFIX, category_name((Category)c), l->category[c], &first);
    buf_byte(out, '}');
}

static bool parse_value(Str key, const Js *v, Labels *out, Err *err)
{
    Str prefix = STR(CATEGORY_PREFIX);
    float *slot;
    Factor f;
    Category c;
    if (factor_parse(key, &f))
        slot = &out->factor[f];
    else if (str_starts(key, prefix) &&
             category_parse((Str){key.ptr + prefix.len, key.len - prefix.len}, &c))
        slot = &out->category[c];
    else
        return err_set(err, ERR_INPUT, "no factor or category is called '" STR_FMT "'",
                       STR_ARG(key));
    if (v->type != JS_NUMBER || !(v->number >= 0 && v->number <= 1))
        return err_set(err, ERR_INPUT, "'" STR_FMT "' wants a number from 0 to 1",
                       STR_ARG(key));
    *slot = (float)v->number;
    return true;
}

bool labels_parse(Arena *a, Str text, Labels *out, Err *err)
{
    ArenaMark mark = arena_mark(a);
    const Js *js;
    Labels l;
    labels_unknown(&l);
    bool ok = js_parse(a, text, &js, err) &&
              (js->type == JS_OBJECT || err_set(err, ERR_INPUT, "labels are an object"));
    for (size_t i = 0; ok && i < js->count; i++)
        ok = parse_value(js->key[i], &js->item[i], &l, err);
    arena_rewind(a, mark);
    if (ok)
        *out = l;
    return ok;
}

enum { VALUES = FACTOR_COUNT + CATEGORY_COUNT };

static float value_at(const Labels *l, int i)
{
    return i < FACTOR_COUNT ? l->factor[i] : l->category[i - FACTOR_COUNT];
}

float labels_merge(const LabelVoice *voice, size_t count, Labels *out)
{
    float heard = 0;
    for (int i = 0; i < VALUES; i++) {
        int best = -1;
        for (size_t v = 0; v < count; v++)
            if (label_known(value_at(voice[v].labels, i)) && (int)voice[v].origin > best)
                best = (int)voice[v].origin;
        double sum = 0, weight = 0;
        for (size_t v = 0; v < count; v++) {
            float x = value_at(voice[v].labels, i);
            if ((int)voice[v].origin != best || !label_known(x))
                continue;
            sum += (double)voice[v].weight * (double)x;
            weight += (double)voice[v].weight;
            heard = voice[v].weight > heard ? voice[v].weight : heard;
        }
        float merged = best < 0 ? NAN : (float)(sum / weight);
        if (i < FACTOR_COUNT)
            out->factor[i] = merged;
        else
            out->category[i - FACTOR_COUNT] = merged;
    }
    return heard;
}
