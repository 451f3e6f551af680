/* input.h - the bytes of a file one after another, gunzipped on the way where need be.
 *
 * The door to zlib.  Gzip is told by its two magic bytes, and several members in one file
 * are read as one, as gzip(1) does.
 */
#ifndef DATA_INPUT_H
#define DATA_INPUT_H

#include "base/err.h"

#include <stdint.h>

typedef struct Input Input;

enum { INPUT_END = -1, INPUT_FAILED = -2 };

bool input_open(const char *path, Input **out, Err *err);
void input_close(Input *in); /* NULL is fine */

/* The next byte, or INPUT_END, or INPUT_FAILED (once failed, always failed: input_error). */
int input_byte(Input *in);
int input_peek(Input *in); /* the same without taking it */

/* Why it failed: fills *err, returns false. */
bool input_error(const Input *in, Err *err);

#endif
