/* kernels_int8_reference.c - the truth for int8: plain loops, written to be read.
 *
 * Tables with top 127 must give these bits wherever no layer norm comes first (a norm's sum
 * has its own order in each width); so each step below is one rounded operation, and the
 * file is compiled without contraction.
 */
#include "nn/kernels_internal.h"
#include "nn/packed.h"

#include <math.h>

enum { PANEL = 4 };

static void quantise_row(const float *x, int n, uint8_t *u, float *scale, int32_t *zero)
{
    float low = 0, high = 0;
    for (int i = 0; i < n; i++) {
        low = x[i] < low ? x[i] : low;
        high = x[i] > high ? x[i] : high;
    }
    float range = high - low, by = range > 0 ? 255 / range : 0;
    float z = rintf(-low * by);
    for (int i = 0; i < n; i++) {
        float t = rintf(x[i] * by) + z;
        t = t > 0 ? t : 0;
        u[i] = (uint8_t)(t < 255 ? t : 255);
    }
    *scale = range / 255;
    *zero = (int32_t)z;
}

static float sum_of_row(const PackedLinear *l, const uint8_t *u, int o, float scale,
                        int32_t zero)
{
    const int8_t *q = l->q + (size_t)(o / PANEL) * PANEL * (size_t)l->I + o % PANEL * 4;
    int32_t sum = 0;
    for (int i = 0; i < l->I; i++)
        sum += u[i] * q[i / 4 * (4 * PANEL) + i % 4];
    return (float)(sum - zero * l->sum[o]) * (l->scale[o] * scale) + l->bias[o];
}

static void linear(const PackedLinear *l, const PackedCall *c)
{
    float *row = c->scratch, scale;
    uint8_t *u = (uint8_t *)(row + l->I);
    int32_t zero;
    for (int m = 0; m < c->M; m++) {
        const float *x = c->in + (size_t)m * (size_t)l->I;
        float *out = c->out + (size_t)m * (size_t)l->O;
        if (c->gain)
            reference_layernorm(row, NULL, NULL, x, c->gain, c->shift, 1, l->I);
        quantise_row(c->gain ? row : x, l->I, u, &scale, &zero);
        for (int o = 0; o < l->O; o++) {
            float y = sum_of_row(l, u, o, scale, zero);
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
    .panel = PANEL, .top = 127, .linear = linear, .attention = attention};
