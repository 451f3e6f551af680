/* slices.h - the parts of a data set that are measured one by one.
 *
 * A *kind* of slice puts each row into one part (its source, length, language, whether its
 * folding left a trace) or into several (the identity groups that it mentions).  This finds
 * the parts; what is measured in them is evaluate.c's business.
 */
#ifndef MODEL_SLICES_H
#define MODEL_SLICES_H

#include "model/evaluate.h"

typedef struct Part {
    Str name;
    const uint32_t *row; /* ascending numbers of rows */
    size_t count;
} Part;

typedef struct Parts {
    size_t count;
    const Part *part;
} Parts;

/* No parts of a kind that does not apply: identities without lists. */
void slices_find(Arena *a, const EvaluateInput *in, SliceKind kind, Parts *out);

#endif
