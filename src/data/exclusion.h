/* exclusion.h - texts that must not be trained on, because they measure.
 *
 * Each set is read through its recipe as evaluation reads it.  A text is excluded when
 * its digest is in a set or it nearly duplicates a text of one (data/dedupe.h).  A set may
 * also be a list of digests, "sha256:FILE": texts that a reader said must not be used.
 */
#ifndef DATA_EXCLUSION_H
#define DATA_EXCLUSION_H

#include "data/dedupe.h"
#include "data/selection.h"

typedef struct Exclusion Exclusion;

/* The options' exclude pairs, "recipe.yaml:path" or "sha256:path"; `report` has one entry each,
 * in whose `pair`, `texts` and `bad` this writes.  A set without a single text is an error,
 * since leaving out nothing by mistake would make every later figure a lie. */
bool exclusion_load(Arena *a, const SnapshotOptions *o, const Progress *p,
                    SelectionExclusion *report, const Exclusion **out, Err *err);

/* Counts the text in the report's set when it is excluded. */
bool exclusion_has(const Exclusion *x, const Digest *digest, const Fingerprint *f,
                   SelectionExclusion *report);

#endif
