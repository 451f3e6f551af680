/* publication.h - policies in the store: versions that never change, and which is in force.
 *
 * Publishing keeps every file of the policy under its digest and says who did it and why, in
 * one transaction.  The newest publication of a policy is in force, so going back to a former
 * version is publishing it again.  A version's word stands for one content for ever.
 */
#ifndef POLICY_PUBLICATION_H
#define POLICY_PUBLICATION_H

#include "policy/bundle.h"
#include "store/store.h"

enum { PUBLICATION_WORDS_MAX = 1000 /* bytes of author and of reason */ };

typedef struct Publication {
    int64_t id;
    int64_t row; /* of the version */
    Digest digest;
    Str policy, version; /* "openai-13", "2026-11-24" */
    Str author, reason;
    int64_t created_ms;
} Publication;

typedef struct PublicationNote {
    Str author, reason;
    int64_t now_ms;
} PublicationNote;

/* Refuses a policy that does not parse, and another content under a version that is taken
 * (ERR_CONFLICT).  What is in force already is not published twice: *fresh is false then. */
bool publication_put(Store *db, Arena *a, const Bundle *b, const PublicationNote *note,
                     Publication *out, bool *fresh, Err *err);

/* ref: a policy ("openai-13": what is in force), a version ("openai-13@2026-11-24"), or at
 * least 6 digits of its digest.  The newest publication of it. */
bool publication_find(Store *db, Arena *a, Str ref, Publication *out, Err *err);

/* The newest of a policy; false in *found where there is none. */
bool publication_in_force(Store *db, Arena *a, Str policy, Publication *out, bool *found,
                          Err *err);

/* Of all policies, the newest first. */
bool publication_list(Store *db, Arena *a, Publication **out, size_t *count, Err *err);

/* Its files.  ERR_CORRUPT when they are not what was published. */
bool publication_bundle(Store *db, Arena *a, const Publication *p, Bundle *out, Err *err);

/* "openai-13@2026-11-24" */
Str publication_name(Arena *a, const Publication *p);

#endif
