#include "nn/packed.h"

#include <assert.h>
#include <math.h>

/* to[n] = row i of the weights, [.., O], from column o on. */
static void copy_row(const PackedSource *s, int i, int O, int o, int n, float *to)
{
    size_t at = (size_t)i * (size_t)O + (size_t)o;
    if (s->w) {
        memcpy(to, s->w + at, (size_t)n * sizeof *to);
        return;
    }
    for (int c = 0; c < n; c++)
        to[c] = s->scale[i] * (float)s->q[at + (size_t)c];
}

static float *pack_f32(Arena *a, int panel, const PackedSource *w, int I, int O)
{
    float *out = arena_raw(a, float, (size_t)I *(size_t)O), *at = out;
    for (int p = 0; p < O; p += panel)
        for (int i = 0; i < I; i++, at += panel)
            copy_row(w, i, O, p, panel, at);
    return out;
}

/* Row i as integers, to[O], and its scale: those of the file; of floats, those that
 * pack_add_i8 would find, so that integers which it once wrote come back. */
static float copy_integers(const PackedSource *s, int i, int O, int8_t *to)
{
    size_t at = (size_t)i * (size_t)O;
    if (!s->w) {
        memcpy(to, s->q + at, (size_t)O);
        return s->scale[i];
    }
    const float *w = s->w + at;
    float most = 0;
    for (int o = 0; o < O; o++)
        most = fmaxf(most, fabsf(w[o]));
    float scale = most / 127, inverse = scale > 0 ? 1 / scale : 0;
    for (int o = 0; o < O; o++) /* a denormal scale has no finite inverse: the clamp holds */
        to[o] = (int8_t)lrintf(fminf(fmaxf(w[o] * inverse, -127), 127));
    return scale;
}

static void pack_i8(Arena *a, const PackedKernels *k, const PackedSource *w, PackedLinear *l)
{
    size_t I = (size_t)l->I, O = (size_t)l->O, panel = (size_t)k->panel;
    int8_t *q = arena_raw(a, int8_t, I * O);
    float *scale = arena_raw(a, float, I);
    int32_t *sum = arena_array(a, int32_t, O);
    ArenaMark mark = arena_mark(a);
    int8_t *row = arena_raw(a, int8_t, O);
    for (size_t i = 0; i < I; i++) {
        scale[i] = copy_integers(w, (int)i, l->O, row);
        for (size_t o = 0; o < O; o++) {
            q[o / panel * (I * panel) + i / 4 * (4 * panel) + o % panel * 4 + i % 4] = row[o];
            sum[o] += row[o];
        }
    }
    arena_rewind(a, mark);
    l->q = q;
    l->scale = scale;
    l->sum = sum;
}

PackedLinear packed_linear(Arena *a, const PackedKernels *k, const PackedSource *w,
                           const float *bias, int I, int O)
{
    assert(I % PACKED_STRIP == 0 && 0 < I && I <= PACKED_DEPTH && O % k->panel == 0);
    PackedLinear l = {.I = I, .O = O, .bias = bias};
    if (k->int8)
        pack_i8(a, k, w, &l);
    else
        l.w = pack_f32(a, k->panel, w, I, O);
    return l;
}

/* Float rows, or two byte rows each with a scale, and one float row on the way. */
size_t packed_scratch(int M, int I)
{
    return ((size_t)M * (size_t)I + (size_t)I + (size_t)M) * sizeof(float) + 4 * PACKED_STRIP;
}

/* Queries, scores and weights of one head, and a panel of keys. */
size_t packed_attention_scratch(int T, int D, int H)
{
    size_t wide = ((size_t)T + PACKED_STRIP - 1) / PACKED_STRIP * PACKED_STRIP;
    size_t d = (size_t)(D / H);
    return (size_t)T * d + 2 * (size_t)T * wide + d * PACKED_STRIP;
}
