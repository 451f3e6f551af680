/* terms.h - a list of words and phrases, matched word by word.
 *
 * One phrase a line; '#' begins a comment.  A word of a phrase may be
 *     kill|shoot     one of several        kill*    any word that begins so
 *     just?          or nothing            *        any one word
 * Words of a text are runs of letters and digits with inner apostrophes, compared in ASCII
 * lower case; what stands between words (blanks, signs, emoji) does not matter.
 *
 * Work is linear in the text: a phrase is tried only where its first word (or the stem of
 * it) occurs, and a phrase is at most a few words long.
 */
#ifndef DATA_TERMS_H
#define DATA_TERMS_H

#include "base/err.h"
#include "base/str.h"

typedef struct Terms Terms;

enum { TERMS_PHRASE_WORDS = 8, TERMS_LIST_MAX = 1 << 20 /* bytes */ };

/* Errors: "name:line: ..."; a first word must be a word or a stem of 2 letters or more. */
bool terms_parse(Arena *a, Str text, const char *name, const Terms **out, Err *err);

/* How many different words or phrases of the text match, counting no further than `most`.
 * `scratch` is rewound. */
size_t terms_count(const Terms *t, Arena *scratch, Str text, size_t most);

#endif
