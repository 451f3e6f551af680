/* kernels_int8_reference.c - the truth for int8: plain loops, written to be read.
 *
 * Every int8 table must give these bits wherever no layer norm comes first (a norm's sum
 * has its own order in each width); so each step below is one rounded operation, and the
 * file is compiled without contraction.
 */
#include "nn/kernels_internal.h"
#include "nn/packed.h"

#include <math.h>

enum { PANEL = 4 };

static float quantise_row(const float *x, const float *by_input, int n, int32_t *v)
{
    float most = 0;
    for (int i = 0; i < n; i++) {
        float a = x[i] * by_input[i];
        most = a > most ? a : most;
        most = -a > most ? -a : most;
    }
    float by = most > 0 ? PACKED_MOST / most : 0;
    for (int i = 0; i < n; i++) {
        float t = rintf(x[i] * by_input[i] * by) + (PACKED_MOST + 1);
        t = t > 0 ? t : 0;
        v[i] = (int32_t)(t < 2 * PACKED_MOST + 1 ? t : 2 * PACKED_MOST + 1) - PACKED_MOST - 1;
    }
    return most / PACKED_MOST;
}

static float sum_of_row(const PackedLinear *l, const int32_t *v, int o, float scale)
{
    const int8_t *q = l->q + (size_t)(o / PANEL) * PANEL * (size_t)l->I + o % PANEL * 4;
    int32_t sum = 0;
    for (int i = 0; i < l->I; i++)
        sum += v[i] * q[i / 4 * (4 * PANEL) + i % 4];
    return (float)sum * scale + l->bias[o];
}

static void linear(const PackedLinear *l, const PackedCall *c)
{
    float *row = c->scratch;
    int32_t *v = (int32_t *)(row + l->I);
    for (int m = 0; m < c->M; m++) {
        const float *x = c->in + (size_t)m * (size_t)l->I;
        float *out = c->out + (size_t)m * (size_t)l->O;
        if (c->gain)
            reference_layernorm(row, NULL, NULL, x, c->gain, c->shift, 1, l->I);
        float scale = quantise_row(c->gain ? row : x, l->scale, l->I, v);
        for (int o = 0; o < l->O; o++) {
            float y = sum_of_row(l, v, o, scale);
            if (c->then == PACKED_RELU)
                y = y > 0 ? y : 0;
            out[o] = c->then == PACKED_ADD ? y + out[o] : y;
        }
    }
}

static void attend_row(int T, int D, int d, const float *q, const float *k, float *out,
                       float *weight)
{
    for (int j = 0; j < T; j++) {
        double sum = 0;
        for (int c = 0; c < d; c++)
            sum += (double)q[c] * (double)k[(size_t)j * (size_t)(3 * D) + (size_t)c];
        weight[j] = (float)(sum / sqrt(d));
    }
    reference_softmax(weight, T);
    for (int c = 0; c < d; c++) {
        double sum = 0;
        for (int j = 0; j < T; j++)
            sum += (double)weight[j] * (double)k[(size_t)j * (size_t)(3 * D) + (size_t)(D + c)];
        out[c] = (float)sum;
    }
}

static void attention(int T, int D, int H, const float *qkv, float *out, float *scratch)
{
    int d = D / H;
    for (int h = 0; h < H; h++)
        for (int i = 0; i < T; i++)
            attend_row(T, D, d, qkv + (size_t)i * (size_t)(3 * D) + h * d, qkv + D + h * d,
                       out + (size_t)i * (size_t)D + h * d, scratch);
}

const PackedKernels packed_i8_reference = {
    .panel = PANEL, .int8 = true, .linear = linear, .attention = attention};
