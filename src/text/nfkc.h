/* nfkc.h - Unicode normalisation with a map back to the original; the door to ICU.
 *
 * NFKC is what the tokenizer reads; NFKC_Casefold (which also drops default-ignorable
 * characters) is the first step of the folded view.
 */
#ifndef TEXT_NFKC_H
#define TEXT_NFKC_H

#include "text/mapped.h"

typedef enum NfkcForm { NFKC_PLAIN, NFKC_CASEFOLD } NfkcForm;

/* s: valid UTF-8, shorter than 2^32 bytes.  ASCII is copied (and lower-cased for
 * NFKC_CASEFOLD) without asking ICU.  A run of more than NFKC_SEGMENT_MAX characters that
 * would combine is cut there (as in Unicode's Stream-Safe Text Format), so that
 * re-ordering marks cannot take quadratic time.  The result is at most about four times as long
 * as the original: what would make it longer is left as it is. */
enum { NFKC_SEGMENT_MAX = 64 };
bool nfkc(Arena *a, Str s, NfkcForm form, Mapped *out, Err *err);

/* The same for a text whose bytes already come from elsewhere: origins are carried over. */
bool nfkc_mapped(Arena *a, const Mapped *m, NfkcForm form, Mapped *out, Err *err);

#endif
