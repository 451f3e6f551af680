/* encoder.h - the base encoder: two pre-norm transformer layers over SentencePiece
 * pieces (Universal Sentence Encoder Lite, Cer et al. 2018; weights Apache-2.0).
 *
 * Input 2*embedding + timing; layer 0: width 256, qkv 256->768, output 256->512, the
 * residual projected 256->512; layer 1: width 512; four heads; FFN 512->1536->512
 * with ReLU; layer-norm epsilon 1e-6.  `pooled` is the mean over the pieces of the
 * last layer's output; `embed_out` = L2-normalised tanh(pooled W + b).
 *
 * A batch is ragged: the pieces of all windows one after the other, no padding, so
 * that every matrix product runs over real pieces only; attention stays inside a
 * window.  Pure functions: no globals, no allocation beyond the arena they are given.
 */
#ifndef NN_ENCODER_H
#define NN_ENCODER_H

#include "base/arena.h"
#include "base/rng.h"
#include "nn/kernels.h"

enum {
    ENCODER_VOCAB = 8002,
    ENCODER_MAX_PIECES = 128, /* of one window */
    ENCODER_WIDTH0 = 256,
    ENCODER_WIDTH = 512,
    ENCODER_FFN = 1536,
    ENCODER_HEADS = 4,
    ENCODER_FREQS = 128,
};

/* clang-format off */
/* name, rows, columns (a vector is one row); kernels are [in, out] as in the package */
#define ENCODER_PARAMS(X)                                  \
    X(embed,       ENCODER_VOCAB,   ENCODER_WIDTH0)        \
    X(l0_norm1_g,  1,               ENCODER_WIDTH0)        \
    X(l0_norm1_b,  1,               ENCODER_WIDTH0)        \
    X(l0_qkv_w,    ENCODER_WIDTH0,  3 * ENCODER_WIDTH0)    \
    X(l0_qkv_b,    1,               3 * ENCODER_WIDTH0)    \
    X(l0_out_w,    ENCODER_WIDTH0,  ENCODER_WIDTH)         \
    X(l0_out_b,    1,               ENCODER_WIDTH)         \
    X(l0_res_w,    ENCODER_WIDTH0,  ENCODER_WIDTH)         \
    X(l0_res_b,    1,               ENCODER_WIDTH)         \
    X(l0_norm2_g,  1,               ENCODER_WIDTH)         \
    X(l0_norm2_b,  1,               ENCODER_WIDTH)         \
    X(l0_ffn1_w,   ENCODER_WIDTH,   ENCODER_FFN)           \
    X(l0_ffn1_b,   1,               ENCODER_FFN)           \
    X(l0_ffn2_w,   ENCODER_FFN,     ENCODER_WIDTH)         \
    X(l0_ffn2_b,   1,               ENCODER_WIDTH)         \
    X(l1_norm1_g,  1,               ENCODER_WIDTH)         \
    X(l1_norm1_b,  1,               ENCODER_WIDTH)         \
    X(l1_qkv_w,    ENCODER_WIDTH,   3 * ENCODER_WIDTH)     \
    X(l1_qkv_b,    1,               3 * ENCODER_WIDTH)     \
    X(l1_out_w,    ENCODER_WIDTH,   ENCODER_WIDTH)         \
    X(l1_out_b,    1,               ENCODER_WIDTH)         \
    X(l1_norm2_g,  1,               ENCODER_WIDTH)         \
    X(l1_norm2_b,  1,               ENCODER_WIDTH)         \
    X(l1_ffn1_w,   ENCODER_WIDTH,   ENCODER_FFN)           \
    X(l1_ffn1_b,   1,               ENCODER_FFN)           \
    X(l1_ffn2_w,   ENCODER_FFN,     ENCODER_WIDTH)         \
    X(l1_ffn2_b,   1,               ENCODER_WIDTH)         \
    X(top_w,       ENCODER_WIDTH,   ENCODER_WIDTH)         \
    X(top_b,       1,               ENCODER_WIDTH)         \
    X(freq,        1,               ENCODER_FREQS)
/* clang-format on */

typedef struct EncoderPacked EncoderPacked;

/* One block, so that an optimiser sees a flat vector; each pointer looks into it. */
typedef struct EncoderParams {
    float *all;
    size_t count;                /* floats */
    const EncoderPacked *packed; /* of encoder_pack, or NULL; stale once a weight moves */
    /* all and these are NULL where only the packed weights are there (encoder_pack_stored) */
#define X(name, rows, cols) float *name;
    ENCODER_PARAMS(X)
#undef X
} EncoderParams;

size_t encoder_param_count(void);
void encoder_params_at(EncoderParams *p, float *all); /* points p into a block of that size */

typedef struct EncoderParamInfo {
    const char *name;
    size_t offset; /* floats from `all` */
    int rows, cols;
} EncoderParamInfo;
extern const EncoderParamInfo encoder_param_info[];
extern const int encoder_param_info_count;

/* For weights that stay: lays the matrices out for k->packed and sets p->packed, from then on
 * encoder_forward takes that way.  Nothing happens where k has none. */
void encoder_pack(Arena *a, const Kernels *k, EncoderParams *p);

/* A parameter where it lies in a file: floats, or bytes with a scale a row.  A vector is
 * floats. */
typedef struct EncoderStored {
    const float *w; /* or NULL and: */
    const int8_t *q;
    const float *scale;
} EncoderStored;

/* The same from s[encoder_param_info_count], which stay borrowed: the embedding and the
 * vectors are read where they lie, and no other float of a matrix is made than the packed
 * ones.  Good for encoder_forward alone; k->packed must be there. */
void encoder_pack_stored(Arena *a, const Kernels *k, const EncoderStored *s, EncoderParams *p);

typedef struct WindowBatch {
    const int32_t *piece; /* start[count] ids below ENCODER_VOCAB */
    const int32_t *start; /* count + 1 offsets; each window has 1..ENCODER_MAX_PIECES pieces */
    int count;
} WindowBatch;

/* pooled[count, ENCODER_WIDTH].  Scratch is taken from `a` and given back (about 20 MB).
 * With packed weights a window's numbers are the same in any company.  Without, its last
 * bits may depend on which windows stand beside it, since a general product orders its
 * sums by the number of rows. */
void encoder_forward(const Kernels *k, const EncoderParams *p, Arena *a, const WindowBatch *b,
                     float *pooled);

/* embed_out[count, ENCODER_WIDTH] from pooled: tanh and L2 norm. */
void encoder_embed(const Kernels *k, const EncoderParams *p, const float *pooled, int count,
                   float *embed_out);
/* grads and pooled_grad += , given d loss / d embed_out. */
void encoder_embed_backward(const Kernels *k, const EncoderParams *p, Arena *a,
                            const float *pooled, int count, const float *embed_grad,
                            EncoderParams *grads, float *pooled_grad);

/* Training: forward keeps what backward needs in `a` (no rewind in between; about 45 kB
 * a piece, and 40 kB more while backward runs).  The batch and rng stay borrowed until
 * then; start[0] is 0.  Several threads may share p, each with its own grads and arena.
 * dropout in [0,1) acts on the attention output and the FFN output of each layer.
 * pooled may be NULL where only the pieces are asked for. */
typedef struct EncoderTape EncoderTape;
EncoderTape *encoder_forward_train(const Kernels *k, const EncoderParams *p, Arena *a,
                                   const WindowBatch *b, float dropout, Rng *rng,
                                   float *pooled);
/* grads += d loss / d params, given d loss / d pooled. */
void encoder_backward(const Kernels *k, const EncoderParams *p, const EncoderTape *tape,
                      const float *pooled_grad, EncoderParams *grads, Arena *a);

/* The pieces' own outputs, [pieces, ENCODER_WIDTH], of which pooled is the mean; and the way
 * back for a loss on them, given d loss / d output. */
const float *encoder_piece_output(const EncoderTape *tape);
void encoder_backward_pieces(const Kernels *k, const EncoderParams *p, const EncoderTape *tape,
                             const float *output_grad, EncoderParams *grads, Arena *a);

#endif
