/* keys.h - who may ask: the API keys of a file, one a line.
 *
 *     # comment
 *     sk-example-1            key
 *     sk-example-2 billing    key and a name, which the access log shows
 *
 * Only keyed hashes are kept, under a key that is drawn at start and never leaves the
 * process; every key is compared with every hash, in constant time.  Shared between
 * threads: keys_reload swaps the set under the lock that keys_check holds.
 */
#ifndef SERVE_KEYS_H
#define SERVE_KEYS_H

#include "base/err.h"
#include "base/str.h"

typedef struct Keys Keys;

/* path "": nobody is asked for a key. */
bool keys_open(const char *path, Keys **out, Err *err);
void keys_close(Keys *k);

/* On failure the former set stays in force. */
bool keys_reload(Keys *k, Err *err);

bool keys_wanted(const Keys *k);
size_t keys_count(Keys *k);

/* `name` (its text in a) is empty for a key without one. */
bool keys_check(Keys *k, Arena *a, Str key, Str *name);

#endif
