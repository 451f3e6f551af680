/* overlay.h - what somebody who read a text under the written policy says of it, without the
 * text: a record of corpus/labels/ as one line of JSON.
 *
 *     {"sha256":"9f86...","hate":1,"insult":0.5,"unsure":"weapon,gore",
 *      "by":"reader-1","policy":"openai-13"}
 *
 * `sha256` is the text's digest (data/text_digest.h), `by` the reader, `policy` the written
 * policy's name and version.  Every other field but `unsure` is a factor with a value from 0
 * to 1.  A factor that is not named is 0, since a reader looks for all of them; one named in
 * `unsure` is unknown.  So that no misspelt factor turns into a 0, anything else is refused.
 */
#ifndef DATA_OVERLAY_H
#define DATA_OVERLAY_H

#include "base/hash.h"
#include "data/label.h"
#include "data/reader.h"

#define OVERLAY_DIGEST "sha256"

typedef struct Overlay {
    Digest digest;
    Labels labels;  /* of factors; categories are unknown */
    Str by, policy; /* borrowed from the record; never empty */
} Overlay;

/* column: the field that holds the digest.  ERR_INPUT names the field that is wrong. */
bool overlay_read(const Record *r, Str column, Overlay *out, Err *err);

#endif
