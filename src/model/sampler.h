/* sampler.h - which row is drawn next: sources by weight, rows of a source in turn.
 *
 * A source is drawn at random in proportion to its weight; within a source every row
 * comes once before any comes twice, in an order shuffled anew for each round.  So a
 * small, precious source can be seen often and a large one sampled from, and no row
 * is starved.  The whole state is a few numbers a source and can be stored.
 */
#ifndef MODEL_SAMPLER_H
#define MODEL_SAMPLER_H

#include "base/arena.h"
#include "base/err.h"
#include "base/rng.h"
#include "base/str.h"

typedef struct Sampler Sampler;

typedef struct SamplerSource {
    const uint32_t *row; /* numbers of the rows; count > 0 */
    size_t count;
    double weight; /* > 0 */
} SamplerSource;

/* Borrows nothing: the row numbers are copied into `a`.  At least one source. */
Sampler *sampler_new(Arena *a, const SamplerSource *source, size_t count, uint64_t seed);
uint32_t sampler_next(Sampler *s);
size_t sampler_rounds(const Sampler *s, size_t source); /* how often it began anew */

/* The state as bytes, and back: ERR_CORRUPT when it is not of such a sampler. */
Str sampler_state(const Sampler *s, Arena *a);
bool sampler_restore(Sampler *s, Str state, Err *err);

#endif
