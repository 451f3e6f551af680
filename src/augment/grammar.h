/* grammar.h - a grammar as it was read: augment/grammar.c fills it, compose.c draws from it. */
#ifndef AUGMENT_GRAMMAR_H
#define AUGMENT_GRAMMAR_H

#include "augment/compose.h"
#include "policy/taxonomy.h"

enum {
    GRAMMAR_FILE_MAX = 1 << 20,
    GRAMMAR_ROWS_MAX = 20000, /* of one template */
};

typedef struct Phrase {
    Str text;
    int line, column;
} Phrase;

typedef struct Phrases {
    const Phrase *phrase;
    size_t count;
} Phrases;

typedef struct Template {
    Phrases frames;
    double value[FACTOR_COUNT]; /* NAN: unknown */
    size_t rows;
    Str group;
} Template;

typedef struct Noise {
    double lower, bare,
        typo;          /* shares of rows: lower case, no punctuation, a slip of the hand */
    double lead, tail; /* shares with a sentence in front or behind */
    bool has_lead, has_tail;
} Noise;

struct Grammar {
    Str name;
    const char *file;
    Map *part; /* name to index */
    Phrases *parts;
    size_t part_count;
    Template *templates;
    size_t template_count;
    Noise noise;
};

/* The next {slot} of text at or behind *at: `before` is what stands in front of it, *at moves
 * behind it.  False: no further slot, `before` is the rest. */
bool slot_next(Str text, size_t *at, Str *before, Str *slot);

/* The part that a slot names; `capital` when it is written {Part}.  NULL: no such part. */
const Phrases *grammar_part(const Grammar *g, Str slot, bool *capital);

#endif
