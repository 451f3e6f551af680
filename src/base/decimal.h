/* decimal.h - a double as the shortest decimal number, of 15 digits at least, that reads back
 * the same: what "%.15g", "%.16g" or "%.17g" prints, whichever is first to do so.
 *
 * An answer holds 13 probabilities, and printf with strtod behind it took a third of the time
 * of a short request.  For the range of probabilities, 1e-32 to 1, one exact product in 192
 * bits gives all three candidates and tells which of them reads back; other numbers go by
 * printf and strtod.
 */
#ifndef BASE_DECIMAL_H
#define BASE_DECIMAL_H

#include <stddef.h>

enum { DECIMAL_SIZE = 32 };

/* v is finite.  Returns the length; nothing ends the text. */
size_t decimal_print(double v, char out[DECIMAL_SIZE]);

#endif
