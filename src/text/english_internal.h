/* english_internal.h - the written tables of english_table.c. */
#ifndef TEXT_ENGLISH_INTERNAL_H
#define TEXT_ENGLISH_INTERNAL_H

#include "text/english.h"

/* 8 * log2 P(second | first); 0 is the word's boundary, 1..26 the letters. */
extern const int8_t english_pair[27][27];
extern const char *const english_common[]; /* ascending */
extern const int english_common_count;

#endif
