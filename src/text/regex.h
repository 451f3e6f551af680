/* regex.h - regular expressions whose cost is bounded, whoever wrote them.
 *
 * An expression becomes an automaton that is in all its states at once (Thompson 1968), so a
 * search takes at most length of the text times size of the expression; nothing backtracks,
 * and there is no text that makes a small expression slow.  What cannot be done so
 * (references back, looking around) is not in the language:
 *
 *     abc  .  [a-z]  [^,;]  \d \w \s \D \W \S  \b \B  ^  $  (x)  (?:x)  x|y
 *     x*  x+  x?  x{2}  x{2,}  x{2,5}  \n \t \.  \x{1f600}
 *
 * Case never counts.  `.` is any character but a line break, \w a letter, digit or the like of
 * any script (text/words.h) or `_`, ^ and $ the ends of the text.  The match is the leftmost,
 * and of those the longest; so lazy repeats have no meaning and are refused.
 *
 * Refused with a reason as well: what matches the empty text; an unbounded repeat inside an
 * unbounded repeat, which is catastrophic in other engines and never needed; what is larger
 * than the limits below.
 */
#ifndef TEXT_REGEX_H
#define TEXT_REGEX_H

#include "base/err.h"
#include "base/str.h"

enum {
    REGEX_MAX_BYTES = 1024,
    REGEX_MAX_REPEAT = 1000, /* in {n,m} */
    REGEX_MAX_STATES = 2000, /* with repeats written out */
    REGEX_MAX_DEPTH = 24,    /* of groups */
    REGEX_NEEDS_MAX = 32,
    REGEX_NEED_LEAST = 3, /* bytes: shorter literals choose nothing */
};

typedef struct Regex Regex;

/* Scratch, another arena than `a`, is given back.  ERR_INPUT: "at 7: ..." (counted in bytes
 * from 1), or what is wrong with the whole. */
bool regex_compile(Arena *a, Arena *scratch, Str pattern, const Regex **out, Err *err);

/* Literals of which one at least occurs in every text that matches, ASCII case aside; none
 * where there are no such: so a search for them (text/literals.h) spares most searches. */
const Str *regex_needs(const Regex *r, size_t *count);

size_t regex_states(const Regex *r);

/* The match that begins first at or behind `from`, in valid text.  Steps are taken from
 * *budget; with 0 left the search ends without a match.  Scratch is given back. */
bool regex_find(const Regex *r, Arena *scratch, Str text, size_t from, uint64_t *budget,
                size_t *start, size_t *end);

#endif
