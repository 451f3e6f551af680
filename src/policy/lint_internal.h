/* lint_internal.h - the passes of lint, each over one kind of thing. */
#ifndef POLICY_LINT_INTERNAL_H
#define POLICY_LINT_INTERNAL_H

#include "policy/lint.h"

typedef struct Lint {
    Arena *arena;
    const PolicyFolder *folder;
    Findings *out;
} Lint;

void lint_document(Lint *l);
void lint_pages(Lint *l);
void lint_golden(Lint *l);
void lint_locales(Lint *l);

#endif
