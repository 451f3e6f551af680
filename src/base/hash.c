#include "base/hash.h"

#include "base/sha256_internal.h"

#include <sodium.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t hash64(Str s, uint64_t seed) { return XXH3_64bits_withSeed(s.ptr, s.len, seed); }

enum { LEAST_BLOCKS = 4 }; /* fewer are not worth asking for */

_Static_assert(sizeof(crypto_hash_sha256_state) <= sizeof(DigestState), "state fits");

void digest_init(DigestState *st) { crypto_hash_sha256_init((void *)st->opaque); }

static void feed(crypto_hash_sha256_state *st, Str s)
{
    crypto_hash_sha256_update(st, (const unsigned char *)s.ptr, s.len);
}

/* What begins at a block's border goes by whole blocks; libsodium keeps the count (of bits)
 * and what is left over, and pads. */
void digest_add(DigestState *state, Str s)
{
    crypto_hash_sha256_state *st = (void *)state->opaque;
    size_t begun = (size_t)(st->count / 8 % SHA256_BLOCK);
    size_t head = begun ? SHA256_BLOCK - begun : 0;
    if (s.len < head + LEAST_BLOCKS * SHA256_BLOCK || !sha256_has_blocks()) {
        feed(st, s);
        return;
    }
    feed(st, (Str){s.ptr, head});
    s = (Str){s.ptr + head, s.len - head};
    size_t blocks = s.len / SHA256_BLOCK, bytes = blocks * SHA256_BLOCK;
    sha256_blocks(st->state, (const uint8_t *)s.ptr, blocks);
    st->count += (uint64_t)bytes * 8;
    feed(st, (Str){s.ptr + bytes, s.len - bytes});
}

Digest digest_end(DigestState *st)
{
    Digest d;
    crypto_hash_sha256_final((void *)st->opaque, d.byte);
    return d;
}

Digest digest_of(Str s)
{
    DigestState st;
    digest_init(&st);
    digest_add(&st, s);
    return digest_end(&st);
}

void digest_hex(const Digest *d, char out[DIGEST_HEX_SIZE])
{
    sodium_bin2hex(out, DIGEST_HEX_SIZE, d->byte, sizeof d->byte);
}

bool digest_parse(Str hex, Digest *out)
{
    size_t n = 0;
    Digest d;
    if (hex.len != 64 ||
        sodium_hex2bin(d.byte, sizeof d.byte, hex.ptr, hex.len, NULL, &n, NULL) != 0 || n != 32)
        return false;
    *out = d;
    return true;
}

bool digest_eq(const Digest *a, const Digest *b)
{
    return memcmp(a->byte, b->byte, sizeof a->byte) == 0;
}

void random_bytes(void *out, size_t n) { randombytes_buf(out, n); }

void hash_key_random(HashKey *out) { random_bytes(out->byte, sizeof out->byte); }

Digest digest_keyed(const HashKey *key, Str secret)
{
    Digest d;
    crypto_generichash(d.byte, sizeof d.byte, (const unsigned char *)secret.ptr, secret.len,
                       key->byte, sizeof key->byte);
    return d;
}

bool digest_eq_secret(const Digest *a, const Digest *b)
{
    return sodium_memcmp(a->byte, b->byte, sizeof a->byte) == 0;
}
