/* english.h - does it read as English?  A judge for undone disguises.
 *
 * Two small tables: how probable each pair of letters is, and some 4,000 common words,
 * beside a list of words that disguises are made for.  It never decides what a text
 * means, only whether a reading of a distorted text is language at all.
 */
#ifndef TEXT_ENGLISH_H
#define TEXT_ENGLISH_H

#include "base/str.h"

/* All take lower-case words. */

/* A common word or a target of disguise, also with a common ending (-s, -ed, -ing ...). */
bool english_known(Str word);

/* Mean log2 probability of the letter pairs, the first letter's included: near -4 for
 * English, near -8 for random letters.  Other characters than a-z give the least. */
double english_score(Str word);

/* 8 * log2 P(b | a), a may be ' ' for the beginning. */
int english_pair_score(char a, char b);

/* Known, or long enough and of a good score. */
bool english_plausible(Str word);

/* A whole decoded text: printable, mostly letters, and read as language: English by its
 * letter pairs, or at least half of it letters outside ASCII. */
bool english_like(Str text);

/* The word that is masked by '*' in `mask` (as in "sh*t"); NULL when it is none of the list. */
const char *english_unmask(Str mask);

#endif
