/* words.h - what counts as one word, for n-grams, shingles and folding alike.
 *
 * A word is a run of ASCII letters and digits (an apostrophe between two of them
 * belongs to it) and of other characters that are neither punctuation nor pictures; an
 * emoji or other picture is a word by itself.  No dictionary: a run of Chinese is one
 * long word, which the character n-grams take apart.  Part of the release format.
 */
#ifndef TEXT_WORDS_H
#define TEXT_WORDS_H

#include "base/str.h"

/* The next word at or behind *at, which moves behind it; false at the end. */
bool word_next(Str text, size_t *at, Str *word);

bool is_word_character(uint32_t code_point);

static inline bool is_ascii_lower(char c) { return c >= 'a' && c <= 'z'; }
static inline bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }

#endif
