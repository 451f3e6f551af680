/* rules_internal.h - conditions on a row, and the rules that turn columns into labels.
 *
 * A condition looks at a column, at a label that earlier rules have set, or at the text.
 * A rule applies its effects when its conditions hold; rules apply in order, and a later
 * one sees what an earlier one did.
 */
#ifndef DATA_RULES_INTERNAL_H
#define DATA_RULES_INTERNAL_H

#include "base/hash.h"
#include "base/js.h"
#include "data/label.h"
#include "data/reader.h"
#include "data/terms.h"

/* ---- what a recipe's YAML is read with ---------------------------------------------- */

enum {
    RECIPE_FILE_MAX = 1 << 20,
    RECIPE_FILES_MAX = 64,
    RECIPE_NEST_MAX = 6,
    RECIPE_RULES_MAX = 20000, /* of a list, rule sets it uses counted each time */
};

typedef struct Rule Rule;
typedef struct Rules {
    const Rule *rule;
    size_t count;
    size_t total; /* with those of the rule sets in use: the work a row takes at most */
} Rules;

/* A term list or rule set that the recipe names is read once. */
typedef struct Included {
    const char *path;
    const Terms *terms;
    const Rules *rules;
} Included;

typedef struct Includes {
    Included file[RECIPE_FILES_MAX];
    size_t count;
} Includes;

typedef struct Ctx {
    Arena *arena;
    const char *name;    /* of the file being read, for messages and for what is relative */
    DigestState *digest; /* of everything that was read */
    Includes *includes;
    int nest;
    Err *err;
} Ctx;

/* "name:line:column: ...", false. */
bool recipe_refuse(const Ctx *c, const Js *at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* A mapping is read by a table of its keys; others are refused by name. */
typedef struct RecipeKey {
    const char *name;
    bool (*read)(Ctx *c, const Js *v, void *into);
} RecipeKey;
bool recipe_read_keys(Ctx *c, const Js *mapping, const RecipeKey *table, void *into);

bool recipe_want_text(const Ctx *c, const Js *v, Str *out);
bool recipe_want_number(const Ctx *c, const Js *v, double *out);
bool recipe_want_i64(const Ctx *c, const Js *v, int64_t least, int64_t most, int64_t *out);
bool recipe_want_bool(const Ctx *c, const Js *v, bool *out);

/* One scalar or a list of them; never an empty list. */
bool recipe_want_texts(const Ctx *c, const Js *v, Str **out, size_t *count);

/* A file that the recipe names, relative to the folder of c->name: found among those read
 * before (*text empty), or read now; the caller fills what it becomes. */
bool recipe_include(Ctx *c, const Js *v, Included **out, Str *text);

/* ---- conditions ----------------------------------------------------------------------- */

typedef enum Subject { SUBJECT_TEXT, SUBJECT_COLUMN, SUBJECT_FACTOR } Subject;
typedef enum Test {
    TEST_NONE,
    TEST_IS,
    TEST_NOT,
    TEST_HAS,
    TEST_LACKS,
    TEST_LIKE,
    TEST_FIFTH,
    TEST_TERMS
} Test;

typedef struct Condition {
    Subject subject;
    Str column;
    Factor factor;
    Test test;
    Str *word; /* of the test */
    size_t words;
    Str apart; /* what separates the parts of a column for `has` and `lacks` */
    const Terms *terms;
    bool ranged;
    double least, most;
} Condition;

typedef struct Conditions {
    const Condition *all;
    size_t count;
} Conditions;

bool conditions_parse(Ctx *c, const Js *v, Conditions *out);

/* ---- rules ------------------------------------------------------------------------------ */

typedef struct Number {
    bool is_column;
    Str column;
    double constant;
} Number;

/* times * (value - from) / (to - from), within [0, 1]. */
typedef struct Value {
    Number value, from, to;
    double times;
    bool unknown;
} Value;

typedef enum EffectKind { EFFECT_SET, EFFECT_FILL, EFFECT_RAISE } EffectKind;

typedef struct Effect {
    EffectKind kind;
    int slot; /* a factor, or FACTOR_COUNT + a category */
    Value value;
} Effect;

struct Rule {
    Conditions when, unless; /* all of `when` hold, and none of `unless` */
    const Effect *effect;
    size_t effects;
    double weight; /* 0: leaves it */
    bool drop;
    Rules use;
};

bool rules_parse(Ctx *c, const Js *v, Rules *out);

typedef struct RuleRow {
    const Record *record;
    Str text;
    Arena *scratch;
    Labels *labels;
    double weight;
    bool drop;
} RuleRow;

bool conditions_hold(const Conditions *c, const RuleRow *row); /* every one */
void rules_apply(const Rules *r, RuleRow *row);

#endif
