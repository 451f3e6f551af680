/* recipe_internal.h - a recipe as it is in memory. */
#ifndef DATA_RECIPE_INTERNAL_H
#define DATA_RECIPE_INTERNAL_H

#include "data/recipe.h"
#include "data/rules_internal.h"

/* "{title}: {body}" */
typedef struct TemplatePiece {
    bool is_column;
    Str text;
} TemplatePiece;

typedef struct Template {
    const TemplatePiece *piece;
    size_t count;
} Template;

typedef enum TextCase { CASE_KEEP, CASE_LOWER, CASE_SENTENCE } TextCase;

typedef struct Replace {
    Str from;
    const Str *to; /* one of them, by the row's digest */
    size_t choices;
} Replace;

typedef struct Cut {
    size_t least, most; /* words; 0: the text stays whole */
    size_t pieces;      /* at most so many of a text */
} Cut;

typedef struct SplitMap {
    Str column; /* empty: `fixed` for every row */
    bool is_fixed;
    Split fixed; /* SPLIT_COUNT: free */
    const Str *value;
    const int *to; /* a Split, or SPLIT_SKIP */
    size_t count;
} SplitMap;
enum { SPLIT_SKIP = SPLIT_COUNT + 1 };

typedef struct Votes {
    Str file, item, ballot, marks, mark; /* file empty: none */
} Votes;

/* Another file whose texts are put behind each text, `take` of them, one row each. */
typedef struct Append {
    Str file, path; /* file empty: none */
    ReaderFormat format;
    Template text;
    size_t take;
} Append;

typedef struct Part {
    Template source;
    Str *file;
    size_t files;
    ReaderOptions reader;
    bool has_format;
    Template text, group, language;
    Str digest;        /* the column that names the text, in place of `text`; empty: none */
    Str after, until;  /* of the text: from behind the first `after` to the next `until` */
    Conditions *where; /* the recipe's, then the part's own */
    size_t wheres;
    Rules *labels; /* likewise */
    size_t label_sets;
    double weight;
    SplitMap split;
    Votes votes;
    Append append;
    Cut cut;
    TextCase text_case;
    const Replace *replace;
    size_t replaces;
    bool entities;
    size_t max_rows; /* 0: all */
    LabelOrigin origin;
} Part;

struct Recipe {
    Str source, licence;
    Digest digest;
    const Part *part;
    size_t parts;
};

/* A row's scratch: pieces filled from the record. */
Str template_fill(Arena *a, const Template *t, const Record *r);
bool template_parse(Ctx *c, const Js *v, Template *out);

/* The keys of a part (and of the recipe's top, which is every part's beginning). */
bool part_parse(Ctx *c, const Js *v, Part *p);

#endif
