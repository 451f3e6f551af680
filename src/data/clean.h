/* clean.h - what corpora do to a text that no writer did, undone. */
#ifndef DATA_CLEAN_H
#define DATA_CLEAN_H

#include "base/str.h"

/* "&amp;" and its like, "&#8220;" and "&#x200B;" as the characters they stand for; what is no
 * entity stays.  Never longer than the text. */
Str clean_entities(Arena *a, Str text);

/* ASCII letters only. */
Str clean_lower(Arena *a, Str text);

/* For corpora that come in lower case: a capital at the beginning of each sentence, and "I". */
Str clean_sentence_case(Arena *a, Str text);

/* A run of blanks becomes one space; with a line's end in it one line's end, with several an
 * empty line; none at the ends. */
Str clean_space(Arena *a, Str text);

#endif
