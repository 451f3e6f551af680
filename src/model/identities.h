/* identities.h - sentences that differ in nothing but who they speak of.
 *
 * A file (corpus/fairness/templates.yaml) names *groups*, each with a word or two in the
 * forms that sentences need, and *templates* with slots for those forms and labels by
 * category:
 *
 *     groups:
 *       - {name: muslim, axis: religion, forms: {person: a Muslim, people: Muslims}}
 *     templates:
 *       - {text: "{People} moved in next door.", labels: {hate: 0, harassment: 0}}
 *
 * {People} begins with a capital.  A template is filled with every group that has all the
 * forms it names (and, where it says `axis`, is of that axis); one without slots gives one
 * sentence that speaks of no group.  Nothing is drawn: the same file gives the same rows in
 * the same order, template by template, group by group.
 */
#ifndef MODEL_IDENTITIES_H
#define MODEL_IDENTITIES_H

#include "data/rows.h"

enum {
    IDENTITIES_FILE_MAX = 1 << 20,
    IDENTITIES_GROUPS = 256,     /* at most */
    IDENTITIES_TEMPLATES = 4096, /* at most */
    IDENTITIES_FORMS = 8,        /* of a group, at most */
};

typedef struct IdentityGroup {
    Str name, axis;
} IdentityGroup;

/* One sentence: which template it was made of, and for which group (-1: for none). */
typedef struct IdentityText {
    int template, group;
} IdentityText;

typedef struct Identities {
    int group_count, template_count;
    const IdentityGroup *group;
    Rows rows;                /* labels by category only; the source is "identities" */
    const IdentityText *text; /* [rows.count] */
} Identities;

/* Errors name file, line and column. */
bool identities_parse(Arena *a, Str yaml, const char *name, const Identities **out, Err *err);
bool identities_load(Arena *a, const char *path, const Identities **out, Err *err);

#endif
