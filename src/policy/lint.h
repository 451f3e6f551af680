/* lint.h - what is wrong with a policy that nevertheless reads.
 *
 * The parsers refuse what has no meaning; this finds what has none together: severities that no
 * score reaches, clauses that contradict each other or that nothing shows, cases without a
 * clause and clauses without a case, locales that override nothing.  Each finding has a place.
 */
#ifndef POLICY_LINT_H
#define POLICY_LINT_H

#include "policy/folder.h"

/* Two texts say the same from this overlap (Jaccard) of their words on. */
#define LINT_OVERLAP .8

void lint_folder(Arena *a, const PolicyFolder *f, Findings *out);

/* By file and line, as a reader goes through them. */
void findings_sort(Findings *f);

#endif
