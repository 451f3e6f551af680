/* gist.h - what a window of pieces is about, at the price of adding rows up.
 *
 * A convolution over three pieces whose products with one-hot inputs are rows of a table: at
 * each place the rows of the piece before, of the piece here, of the piece behind, and of the
 * pair that begins here (hashed) are added to a bias, and what is negative becomes 0.  The gist
 * is the mean over the places and the greatest value of each column, beside each other.  So
 * "not | bad | at" can light up what none of the three does alone (Kim 2014, with the first
 * layer looked up).
 *
 *     z_i = relu(bias + left[p_{i-1}] + here[p_i] + right[p_{i+1}] + pair[h(p_i, p_{i+1})])
 *     gist[2 W] = mean_i z_i, max_i z_i
 *
 * The table is float, or int8 with a scale per row.  With and without AVX2 the result is the
 * same to the bit: columns are independent and nothing is fused.
 */
#ifndef NN_GIST_H
#define NN_GIST_H

#include <stddef.h>
#include <stdint.h>

enum { GIST_PLACES = 3, GIST_WIDTH_MAX = 256, GIST_PIECES_MAX = 128 };

typedef struct Gist {
    int width;         /* W: a multiple of 8, at most GIST_WIDTH_MAX */
    uint32_t vocab;    /* pieces */
    uint32_t pairs;    /* rows for pairs; 0: none */
    const float *bias; /* [W] */
    const float *w;    /* [gist_rows, W], or NULL and: */
    const int8_t *q;
    const float *scale; /* [gist_rows] */
} Gist;

size_t gist_rows(uint32_t vocab, uint32_t pairs);

/* What the backward pass needs of a forward one. */
typedef struct GistTrace {
    float *z; /* [n, W] */
    int *top; /* [W]: where the greatest value stands; -1: nowhere above 0 */
} GistTrace;

/* piece[n], 1..GIST_PIECES_MAX, each below vocab (asserted) -> out[2 W].  trace: or NULL. */
void gist_forward(const Gist *g, const int32_t *piece, int n, float *out, GistTrace *trace);

/* The table moves by AdaGrad at once, since a window touches a few rows of many. */
typedef struct GistTrainer {
    float *w, *squares; /* [gist_rows, W] */
    float rate, epsilon;
} GistTrainer;

/* dbias[W] is added to.  The trace is used up. */
void gist_backward(const Gist *g, const GistTrainer *t, const int32_t *piece, int n,
                   GistTrace *trace, const float *dout, float *dbias);

#endif
