/* packed.h - products for scoring: weights laid out once for one kernel, the same ever after.
 *
 * A matrix product of the encoder has few rows and the same weights every time.  A general
 * sgemm lays the weights out anew at each call, which at 16 rows costs as much as the product.
 * Here that happens when a release is opened: panels of `panel` outputs, each the whole
 * depth I, so that a tile of rows by one panel runs through memory in one direction and its
 * sums stay in registers from the first term to the last.  Hence a row's result does not
 * depend on which rows stand beside it, to the bit: a text scores alike alone and in a batch.
 *
 * In int8 a weight is w[i,o] = s_i q[i,o], with one scale per input, as a release keeps it
 * (nn/pack.h): nothing is rounded twice.  The scales go into the rows (Xiao et al. 2023,
 * SmoothQuant, have the idea, there by halves), and those are cut to fourteen bits
 * by their own range: s_i x_i = s v_i, |v_i| <= PACKED_MOST.  The products are of bytes still:
 * with v + 64 * 128 = 128 hi + lo, both of seven bits,
 *
 *     y = s (128 (sum hi q - 64 sum q) + sum lo q) + bias
 *
 * where every sum is an exact 32-bit integer, PACKED_MOST * 127 * PACKED_DEPTH < 2^31.  Each
 * step around it is one rounded float operation, so that all tables give the reference's bits.
 * Seven bits a byte are what vpmaddubsw (AVX2) and SDOT (ARM) take without saturation or sign.
 */
#ifndef NN_PACKED_H
#define NN_PACKED_H

#include "base/arena.h"
#include "nn/kernels.h"

enum {
    PACKED_STRIP = 64,   /* bytes of a row that lie together; I is a multiple of this many */
    PACKED_DEPTH = 2048, /* largest I */
    PACKED_MOST = 8191,  /* of a row's numbers in int8 */
};

typedef struct PackedLinear {
    int I, O;
    const float *bias;  /* [O], borrowed */
    const float *w;     /* [O/panel, I, panel], or NULL and: */
    const int8_t *q;    /* [O/panel, I/4, panel, 4] */
    const float *scale; /* [I] */
    const int32_t *sum; /* [O]: of q over I */
} PackedLinear;

typedef enum PackedThen {
    PACKED_SET,
    PACKED_RELU,
    PACKED_ADD, /* to what stands in out */
} PackedThen;

typedef struct PackedCall {
    const float *in;           /* [M, I] */
    const float *gain, *shift; /* [I]: rows go through a layer norm first; NULL: as they are */
    float *out;                /* [M, O] */
    int M;
    PackedThen then;
    void *scratch; /* packed_scratch bytes, at PACKED_STRIP */
} PackedCall;

struct PackedKernels {
    int panel; /* outputs side by side; divides O */
    bool int8; /* else weights are float32 */
    void (*linear)(const PackedLinear *l, const PackedCall *c);
    /* One window: qkv[T,3D] holds q, k, v side by side, each cut in H heads; out[T,D].
     * D / H is a multiple of PACKED_STRIP; scratch as packed_attention_scratch says. */
    void (*attention)(int T, int D, int H, const float *qkv, float *out, float *scratch);
};

/* w[I,O], or as a file keeps it: q[I,O] with a scale a row, which is read where it lies and
 * gives the same as the floats it stands for. */
typedef struct PackedSource {
    const float *w; /* or NULL and: */
    const int8_t *q;
    const float *scale; /* [I] */
} PackedSource;

/* The weights in the layout of `k`; the bias stays borrowed. */
PackedLinear packed_linear(Arena *a, const PackedKernels *k, const PackedSource *w,
                           const float *bias, int I, int O);
size_t packed_scratch(int M, int I);                  /* bytes */
size_t packed_attention_scratch(int T, int D, int H); /* floats */

#endif
