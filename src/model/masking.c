#include "model/masking.h"

#include "text/tokenizer.h"

#include <assert.h>

#define CHOSEN_SHARE 0.15
#define MASK_SHARE   0.8
#define RANDOM_SHARE 0.1

static int32_t shown(int32_t piece, int vocab, Rng *rng)
{
    double u = rng_unit(rng);
    if (u < MASK_SHARE)
        return MASK_PIECE;
    if (u < MASK_SHARE + RANDOM_SHARE)
        return VOCAB_SPECIAL + (int32_t)rng_below(rng, (uint64_t)(vocab - VOCAB_SPECIAL));
    return piece;
}

void mask_pieces(Arena *a, int vocab, Rng *rng, WindowBatch *b, MaskedPieces *out)
{
    assert(VOCAB_SPECIAL < vocab && vocab <= ENCODER_VOCAB);
    size_t n = b->count ? (size_t)b->start[b->count] : 0;
    int32_t *piece = arena_array(a, int32_t, n + 1);
    int32_t *at = arena_array(a, int32_t, n + 1), *want = arena_array(a, int32_t, n + 1);
    int count = 0;
    for (size_t i = 0; i < n; i++) {
        piece[i] = b->piece[i];
        if (rng_unit(rng) >= CHOSEN_SHARE)
            continue;
        at[count] = (int32_t)i;
        want[count++] = b->piece[i];
        piece[i] = shown(b->piece[i], vocab, rng);
    }
    b->piece = piece;
    *out = (MaskedPieces){.at = at, .want = want, .count = count};
}
