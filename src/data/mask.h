/* mask.h - takes what points at a person out of a text, before it is stored anywhere.
 *
 *   @handle                    -> @user          a@b.example             -> <email>
 *   telephone numbers          -> <phone>        payment cards (Luhn)    -> <card>
 *   IPv4 and IPv6 addresses    -> <ip>           https://x.example/a?b=c -> x.example
 *   placeholders of corpora ([NAME], <user>, @USER, USERNAME, [URL] ...) -> one spelling
 *
 * Hand-written scanners, linear in the length.  Valid UTF-8 stays valid, masking twice is
 * masking once, and plain numbers, dates, prices, times and versions stay.
 */
#ifndef DATA_MASK_H
#define DATA_MASK_H

#include "base/err.h"
#include "base/str.h"

/* ERR_LIMIT when the arena is full. */
bool mask_pii(Arena *a, Str text, Str *out, Err *err);

#endif
