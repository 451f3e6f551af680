/* clauses.h - the numbered clauses of a policy's pages, so that they can be cited.
 *
 * A clause begins at a number in bold, `**H1** Demeans ...`, or at a heading that opens with
 * one, `### H1 Contempt`, and ends at the next clause or heading.  A number is letters,
 * digits, dots and dashes with a digit among them.  A section is the heading, or the name of
 * the page, that names a factor or a category: what its clauses speak of.
 */
#ifndef POLICY_CLAUSES_H
#define POLICY_CLAUSES_H

#include "policy/bundle.h"

typedef struct Clause {
    Str id;      /* "H1"; of a page in a folder "locales/H1" */
    Str text;    /* each run of white space one space */
    Str section; /* as it is written; may be empty */
    Str path;
    int line;                                            /* from 1 */
    bool factor[FACTOR_COUNT], category[CATEGORY_COUNT]; /* that it speaks of; none: all */
} Clause;

typedef struct Clauses {
    Clause *clause; /* in the order of files and lines */
    size_t count;
} Clauses;

bool clauses_read(Arena *a, const Bundle *b, Clauses *out, Err *err);
const Clause *clauses_find(const Clauses *c, Str id); /* NULL: none; the first of several */

#endif
