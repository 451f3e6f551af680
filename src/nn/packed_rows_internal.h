/* packed_rows_internal.h - vectors of LANES floats, and the rows that feed a product.
 *
 * One text for every width: the including file defines LANES and is compiled for a processor
 * that has such vectors.  Sums over a row run in LANES parts that are joined in one
 * order, so a width has its own last bit, and each call of it the same.
 */
#include "nn/kernels_internal.h"
#include "nn/packed.h"

#include <math.h>
#include <string.h>

/* clang-format off */
typedef float   Vec  __attribute__((vector_size(LANES * 4)));
typedef int32_t IVec __attribute__((vector_size(LANES * 4)));
typedef float   VecAt  __attribute__((vector_size(LANES * 4), aligned(4), may_alias));
typedef int32_t IVecAt __attribute__((vector_size(LANES * 4), aligned(1), may_alias));
/* clang-format on */

#define ALWAYS   static inline __attribute__((always_inline))
#define UNROLLED _Pragma("GCC unroll 16")

ALWAYS Vec load(const float *x) { return *(const VecAt *)x; }
ALWAYS void store(float *x, Vec v) { *(VecAt *)x = v; }
ALWAYS Vec all(float x) { return x - (Vec){0}; }

ALWAYS Vec pick(IVec mask, Vec yes, Vec no)
{
    return (Vec)((mask & (IVec)yes) | (~mask & (IVec)no));
}
ALWAYS Vec larger(Vec x, Vec y) { return pick(x > y, x, y); }
ALWAYS Vec smaller(Vec x, Vec y) { return pick(x < y, x, y); }

ALWAYS float sum_of(Vec v)
{
    float t[LANES];
    store(t, v);
    for (int half = LANES / 2; half; half /= 2)
        for (int i = 0; i < half; i++)
            t[i] += t[i + half];
    return t[0];
}

ALWAYS float largest_of(Vec v)
{
    float t[LANES];
    store(t, v);
    for (int half = LANES / 2; half; half /= 2)
        for (int i = 0; i < half; i++)
            t[i] = t[i] > t[i + half] ? t[i] : t[i + half];
    return t[0];
}

/* out[n] = layer norm of x[n]; n is a multiple of LANES. */
ALWAYS void norm_row(float *out, const float *x, const float *gain, const float *shift, int n)
{
    Vec sum = {0}, square = {0};
    for (int i = 0; i < n; i += LANES)
        sum += load(x + i);
    Vec mean = all(sum_of(sum) / (float)n);
    for (int i = 0; i < n; i += LANES) {
        Vec d = load(x + i) - mean;
        square += d * d;
    }
    Vec s = all(1 / sqrtf(sum_of(square) / (float)n + LAYERNORM_EPSILON));
    for (int i = 0; i < n; i += LANES)
        store(out + i, (load(x + i) - mean) * s * load(gain + i) + load(shift + i));
}

/* M rows are cut in as few blocks as ROWS allows, as equal as can be: block b of n. */
typedef struct Block {
    int from, rows;
} Block;
static inline int blocks_of(int M, int most) { return (M + most - 1) / most; }
static inline Block block_at(int M, int n, int b)
{
    int least = M / n, more = M % n;
    return (Block){b * least + (b < more ? b : more), least + (b < more)};
}
