/* regex_internal.h - an expression as a tree, and as the states made of it. */
#ifndef TEXT_REGEX_INTERNAL_H
#define TEXT_REGEX_INTERNAL_H

#include "text/regex.h"

#include <stdint.h>

enum { REGEX_UNBOUNDED = -1, REGEX_NONE = -1, REGEX_CLASS_RANGES = 32 };

typedef enum RegexKind {
    REGEX_EMPTY,
    REGEX_CHARACTER,
    REGEX_CLASS,
    REGEX_ASSERT,
    REGEX_SEQUENCE,
    REGEX_CHOICE,
    REGEX_REPEAT,
} RegexKind;

typedef enum RegexAssert { AT_START, AT_END, AT_WORD, NOT_AT_WORD } RegexAssert;

/* Letters and digits beyond ASCII come in by a property, not by ranges. */
typedef struct RegexClass {
    uint64_t ascii[2]; /* final: case and negation are in it */
    uint32_t low[REGEX_CLASS_RANGES], high[REGEX_CLASS_RANGES];
    int ranges;
    bool words, spaces; /* all of them */
    bool negated;
} RegexClass;

typedef struct RegexNode {
    RegexKind kind;
    uint32_t character; /* folded */
    int class;          /* of the tree's */
    RegexAssert assert;
    int least, most; /* of a repeat */
    int first, next; /* child, sibling */
} RegexNode;

typedef struct RegexTree {
    RegexNode *node;
    RegexClass *class;
    int nodes, classes, root;
} RegexTree;

bool regex_parse(Arena *a, Str pattern, RegexTree *out, Err *err);

/* Literals that the tree cannot do without; count 0: there are none. */
void regex_find_needs(Arena *a, const RegexTree *t, const Str **out, size_t *count);

uint32_t regex_fold(uint32_t c); /* case off; what is not ASCII never becomes ASCII */
bool regex_class_has(const RegexClass *k, uint32_t c);
bool regex_is_word(uint32_t c);

#endif
