/* rng.h - seeded randomness as a parameter (xoshiro256**, Blackman and Vigna 2018).
 *
 * Whatever draws at random takes an `Rng *`, so a run can be repeated from its seed.
 * The state is four words and may be stored in a checkpoint as it is.
 */
#ifndef BASE_RNG_H
#define BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

typedef struct Rng {
    uint64_t s[4];
} Rng;

void rng_seed(Rng *r, uint64_t seed);
uint64_t rng_u64(Rng *r);
uint64_t rng_below(Rng *r, uint64_t n); /* uniform in [0, n), n > 0, without modulo bias */
double rng_unit(Rng *r);                /* uniform in [0, 1) */
double rng_normal(Rng *r);              /* mean 0, standard deviation 1 */

/* Fisher-Yates over the numbers at p. */
void rng_shuffle(Rng *r, uint32_t *p, size_t n);

#endif
