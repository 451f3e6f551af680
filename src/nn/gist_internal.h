/* gist_internal.h - the loops over columns, one text for each width of vectors: gist.c compiles
 * them for any processor, gist_avx2.c for AVX2.  No sum is reordered, none is fused. */
#ifndef NN_GIST_INTERNAL_H
#define NN_GIST_INTERNAL_H

#include "nn/gist.h"

#include <math.h>

typedef struct GistLoops {
    void (*add_f32)(int W, const float *row, float *z);
    void (*add_i8)(int W, const int8_t *row, float scale, float *z);
    /* z becomes positive, sum and greatest take it; top: or NULL */
    void (*collect)(int W, int place, float *z, float *sum, float *greatest, int *top);
    void (*adagrad)(int W, const float *g, float rate, float epsilon, float *w, float *squares);
} GistLoops;

extern const GistLoops gist_loops_plain;
#ifdef __x86_64__
extern const GistLoops gist_loops_avx2;
#endif

#ifdef GIST_LOOPS /* the file that defines it is one of those that compile the loops */

static void add_f32(int W, const float *restrict row, float *restrict z)
{
    for (int j = 0; j < W; j++)
        z[j] += row[j];
}

static void add_i8(int W, const int8_t *restrict row, float scale, float *restrict z)
{
    for (int j = 0; j < W; j++)
        z[j] += scale * (float)row[j];
}

static void collect(int W, int place, float *restrict z, float *restrict sum,
                    float *restrict greatest, int *restrict top)
{
    for (int j = 0; top && j < W; j++)
        top[j] = z[j] > greatest[j] ? place : top[j];
    for (int j = 0; j < W; j++) {
        z[j] = z[j] > 0 ? z[j] : 0;
        sum[j] += z[j];
        greatest[j] = z[j] > greatest[j] ? z[j] : greatest[j];
    }
}

static void adagrad(int W, const float *restrict g, float rate, float epsilon,
                    float *restrict w, float *restrict squares)
{
    for (int j = 0; j < W; j++) {
        squares[j] += g[j] * g[j];
        w[j] -= rate * g[j] / (sqrtf(squares[j]) + epsilon);
    }
}

const GistLoops GIST_LOOPS = {add_f32, add_i8, collect, adagrad};

#endif
#endif
