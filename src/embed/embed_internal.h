/* embed_internal.h - what stands behind the handles of include/gavel.h.
 *
 * The room is the only one that includes gavel.h.  Inside, failures are Errs as everywhere;
 * embed_fail turns one into what the caller of the interface gets, at the very end.
 */
#ifndef EMBED_EMBED_INTERNAL_H
#define EMBED_EMBED_INTERNAL_H

#include "gavel.h"

#include "moderate/moderate.h"

#include <pthread.h>

/* Scratch that no call holds at the moment waits here for the next one. */
enum { EMBED_IDLE_MAX = 64 };

/* Shared between threads.  `lock` guards idle and idle_count; all else is fixed at birth. */
struct GavelRelease {
    Arena *arena; /* holds this struct and its words */
    Release *release;
    Limits limits;
    size_t max_texts;
    const char *name, *policy;
    char digest[DIGEST_HEX_SIZE];
    double threshold[CATEGORY_COUNT];
    pthread_mutex_t lock;
    Arena *idle[EMBED_IDLE_MAX];
    int idle_count;
};

/* Scratch for one call; NULL with ERR_MEMORY.  Given back it is kept for another call, unless
 * the longest text of this one left many pages in it. */
Arena *embed_scratch_take(GavelRelease *r, Err *err);
void embed_scratch_give(GavelRelease *r, Arena *a, size_t longest_bytes);

GavelStatus embed_status(ErrCode code);

/* Fills *error, which may be NULL, and returns its status. */
GavelStatus embed_fail(GavelError *error, const Err *err);

#endif
