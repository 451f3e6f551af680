/* hash.h - the two hashes of the house.
 *
 * hash64: XXH3 (xxHash), fast, for tables and n-grams; stable for ever, because
 * model files depend on it.  Digest: SHA-256, the address of immutable things.  (And a
 * keyed BLAKE2b for secrets, which leaves no trace outside the process.)
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/str.h"

#include <stdint.h>

uint64_t hash64(Str s, uint64_t seed);

typedef struct Digest {
    uint8_t byte[32];
} Digest;

typedef struct DigestState {
    _Alignas(16) uint8_t opaque[128];
} DigestState;

Digest digest_of(Str s);
void digest_init(DigestState *st);
void digest_add(DigestState *st, Str s);
Digest digest_end(DigestState *st);

#define DIGEST_HEX_SIZE 65
void digest_hex(const Digest *d, char out[DIGEST_HEX_SIZE]); /* lower case, terminated */
bool digest_parse(Str hex, Digest *out);                     /* exactly 64 hex digits */
bool digest_eq(const Digest *a, const Digest *b);

/* For secrets that are looked up (API keys): BLAKE2b keyed with random bytes of this
 * process, so that what is kept says nothing about the secret, and a comparison whose time
 * does not depend on what is compared. */
typedef struct HashKey {
    uint8_t byte[32];
} HashKey;
void hash_key_random(HashKey *out);
Digest digest_keyed(const HashKey *key, Str secret);
bool digest_eq_secret(const Digest *a, const Digest *b);

/* From the system's generator: for names nobody may guess, never where a run must repeat. */
void random_bytes(void *out, size_t n);

#endif
