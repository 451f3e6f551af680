/* sha256_internal.h - SHA-256's blocks by the processor's own instructions, where it has them.
 *
 * A release is believed by its digest, so each start reads the whole file through it:
 * 40 ms for 10 MB without, 7 with. */
#ifndef BASE_SHA256_INTERNAL_H
#define BASE_SHA256_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SHA256_BLOCK = 64 };

#ifdef __x86_64__
bool sha256_has_blocks(void);
void sha256_blocks(uint32_t state[8], const uint8_t *p, size_t blocks);
#else
static inline bool sha256_has_blocks(void) { return false; }
static inline void sha256_blocks(uint32_t state[8], const uint8_t *p, size_t blocks)
{
    (void)state, (void)p, (void)blocks;
}
#endif

#endif
