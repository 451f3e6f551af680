/* text_digest.h - the address of a text: SHA-256 of its normalised form.
 *
 * The form is frozen for ever, because label overlays and snapshots name texts by it, so it is
 * simpler than the folded view of text/normalise.h, which may learn: ASCII letters in lower
 * case, each run of white space (ASCII and Unicode) one space, none at the ends.
 */
#ifndef DATA_TEXT_DIGEST_H
#define DATA_TEXT_DIGEST_H

#include "base/hash.h"

Digest text_digest(Str text);

#endif
