/* compose.h - labelled rows from hand-written grammars, for what public data leaves thin.
 *
 * A grammar is a YAML file: named `parts` (phrases, which may name other parts as {part};
 * {Part} begins with a capital), `templates` (sentence frames with the factors that hold for
 * all that they make) and `noise`.  Composing draws so many distinct rows of each template.
 * The same grammar and seed give the same bytes, whatever other grammars are composed with it.
 *
 * A row is {"text","labels":{factor:value},"group","grammar"}; a factor that neither the
 * template nor the grammar's `zero` list names is unknown.  corpus/DATASHEET.md tells what
 * is written so.
 *
 * What is surprising: a row with sexual above 0 that holds a word of the never lists is not
 * dropped but fails the whole composition, so that nobody publishes around it.
 */
#ifndef AUGMENT_COMPOSE_H
#define AUGMENT_COMPOSE_H

#include "base/buf.h"
#include "base/map.h"

typedef struct Grammar Grammar;
typedef struct Never Never;

/* Errors name file, line and column. */
bool grammar_parse(Arena *a, Str text, const char *name, const Grammar **out, Err *err);
bool grammar_load(Arena *a, const char *path, const Grammar **out, Err *err);
Str grammar_name(const Grammar *g);

/* Lists of words that never stand in a sexual row: one a line, "#" comments, a final "*"
 * matches any ending.  never_load reads every .txt of a folder and refuses an empty one. */
bool never_parse(Arena *a, Str text, const Never **out, Err *err);
bool never_load(Arena *a, const char *dir, const Never **out, Err *err);
bool never_matches(const Never *n, Str text, Str *word);

typedef struct Composed {
    size_t rows;
    size_t missing; /* wanted but not found without repeating a text */
} Composed;

/* Appends JSON lines to `out`.  `seen` holds the texts already made, of all grammars. */
bool grammar_compose(Arena *a, const Grammar *g, const Never *never, uint64_t seed, Map *seen,
                     Buf *out, Composed *counts, Err *err);

#endif
