/* language_internal.h - the hand-written model of Latin-script languages. */
#ifndef TEXT_LANGUAGE_INTERNAL_H
#define TEXT_LANGUAGE_INTERNAL_H

#include "text/language.h"

/* The languages of the model are the first of the enum, in its order; the last is a bin for
 * languages that are not ours, so that Swedish is not taken for German. */
enum {
    LATIN_OTHER = LANGUAGE_UR_LATN,
    LATIN_LANGUAGES,
};

/* One bit a language: EN is 1 << 0. */
#define LATIN_BIT(id) (1u << (LANGUAGE_##id - LANGUAGE_EN))

enum { LANGUAGE_WORD_MAX = 12 }; /* bytes; longer words are in no list */

typedef struct LanguageWord {
    char word[LANGUAGE_WORD_MAX]; /* lower case; zeros behind it */
    uint16_t in;
} LanguageWord;

extern const LanguageWord language_words[]; /* in ascending order */
extern const size_t language_word_count;

/* Words with the letter 'a' + i are [first[i], first[i + 1]); other letters come behind 'z'. */
extern const uint16_t language_first[27];

enum { LANGUAGE_ENDING_MAX = 7 };

typedef struct LanguageEnding {
    char ending[LANGUAGE_ENDING_MAX];
    uint8_t len;
    uint16_t in;
} LanguageEnding;

extern const LanguageEnding language_endings[];
extern const size_t language_ending_count;

typedef struct LanguageLetter {
    uint32_t letter; /* lower case */
    uint16_t in;
} LanguageLetter;

extern const LanguageLetter language_letters[]; /* in ascending order */
extern const size_t language_letter_count;

#endif
