/* masking.h - hides some pieces of a batch, for the encoder to tell.
 *
 * As Devlin et al. 2019 do: 15 % of the pieces are chosen; of these 80 % become the mask
 * piece, 10 % a random piece, 10 % stay (so that no place may be copied blindly, and the
 * encoder cannot wait for the mask that real texts never show).
 */
#ifndef MODEL_MASKING_H
#define MODEL_MASKING_H

#include "nn/masked.h"

enum { MASK_PIECE = 3 }; /* a special piece of the base vocabulary, never found in a text */

/* *b's pieces become a copy with holes; *out says where they are and what stood there.
 * vocab: pieces of the vocabulary, over VOCAB_SPECIAL, at most ENCODER_VOCAB. */
void mask_pieces(Arena *a, int vocab, Rng *rng, WindowBatch *b, MaskedPieces *out);

#endif
