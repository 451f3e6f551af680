/* texts.h - the archive's texts without what was said of them: for whoever tries something on
 * all of it. */
#ifndef DATA_TEXTS_H
#define DATA_TEXTS_H

#include "base/str.h"
#include "store/store.h"

typedef struct ArchiveText {
    int64_t id; /* of the sample */
    Str digest; /* 64 hex digits: data/text_digest.h */
    Str text;   /* masked */
    Str language, source;
} ArchiveText;

/* The `most` texts with the least digests, all of them for 0.  Digests know nothing of what
 * they stand for, so the first of them are a random sample; and they stay the same ones, so
 * that what was found out of them can be used again. */
bool texts_load(Store *db, Arena *a, int64_t most, ArchiveText **out, size_t *count, Err *err);

#endif
