/* english_internal.h - the written tables of english_table.c. */
#ifndef TEXT_ENGLISH_INTERNAL_H
#define TEXT_ENGLISH_INTERNAL_H

#include "text/english.h"

/* 8 * log2 P(second | first); 0 is the word's boundary, 1..26 the letters. */
extern const int8_t english_pair[27][27];

/* Ascending, padded with zeros, without a terminator where the length is the maximum;
 * words with the letter 'a' + i are [english_first[i], english_first[i + 1]). */
enum { ENGLISH_WORD_MAX = 16 };
extern const char english_common[][ENGLISH_WORD_MAX];
extern const uint16_t english_first[27];

#endif
