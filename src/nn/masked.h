/* masked.h - the output layer of masked-piece training: which piece stood here?
 *
 * Continued training on text without labels (Devlin et al. 2019; Gururangan et al. 2020):
 * some pieces are hidden, and what the encoder puts out at their places must tell them.
 * Of an output x, over the vocabulary with the encoder's own embeddings E (tied: Press &
 * Wolf 2017; GELU: Hendrycks & Gimpel 2016):
 *
 *     logits = layernorm(gelu(x W + b)) E^T + c        loss = -log softmax(logits)[piece]
 *
 * Only the hidden places are projected.  The layer is thrown away when training ends.
 */
#ifndef NN_MASKED_H
#define NN_MASKED_H

#include "nn/encoder.h"

/* clang-format off */
#define MASKED_PARAMS(X)                               \
    X(dense_w,  ENCODER_WIDTH,  ENCODER_WIDTH0)        \
    X(dense_b,  1,              ENCODER_WIDTH0)        \
    X(norm_g,   1,              ENCODER_WIDTH0)        \
    X(norm_b,   1,              ENCODER_WIDTH0)        \
    X(piece_b,  1,              ENCODER_VOCAB)
/* clang-format on */

typedef struct MaskedParams {
    float *all;
    size_t count; /* floats */
#define X(name, rows, cols) float *name;
    MASKED_PARAMS(X)
#undef X
} MaskedParams;

size_t masked_param_count(void);
void masked_params_at(MaskedParams *p, float *all);
void masked_first_weights(MaskedParams *p, Rng *rng);

typedef struct MaskedParamInfo {
    const char *name;
    size_t offset; /* floats from `all` */
    int rows, cols;
} MaskedParamInfo;
extern const MaskedParamInfo masked_param_info[];
extern const int masked_param_info_count;

typedef struct MaskedPieces {
    const int32_t *at;   /* rows of the encoder's output, none twice */
    const int32_t *want; /* the pieces that stood there */
    int count;
} MaskedPieces;

/* Where gradients are added to; NULL where nobody asks. */
typedef struct MaskedGrads {
    MaskedParams *params;
    float *embed;  /* [ENCODER_VOCAB, ENCODER_WIDTH0] */
    float *output; /* [pieces, ENCODER_WIDTH]: set at the masked rows, the others are left */
} MaskedGrads;

/* The sum of the losses; grads (may be NULL) += scale * d sum.  Scratch from `a` is given
 * back: 32 kB a masked piece. */
double masked_loss(const Kernels *k, const MaskedParams *p, const float *embed, Arena *a,
                   const float *output, const MaskedPieces *m, float scale,
                   const MaskedGrads *grads);

#endif
