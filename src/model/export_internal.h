/* export_internal.h - what both formats say of the release beside its numbers. */
#ifndef MODEL_EXPORT_INTERNAL_H
#define MODEL_EXPORT_INTERNAL_H

#include "model/export.h"

typedef struct ExportFact {
    const char *key;
    Str value; /* UTF-8 */
} ExportFact;

enum { EXPORT_FACTS = 6 };

/* They live in `a`. */
bool export_facts(Arena *a, const ReleaseParts *p, const Digest *digest,
                  ExportFact out[EXPORT_FACTS], Err *err);

#endif
