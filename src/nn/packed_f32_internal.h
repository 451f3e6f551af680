/* packed_f32_internal.h - float32 products over packed weights, and attention.
 *
 * The including file defines LANES, ROWS (rows of a tile, at most 12) and PACKED_F32, the
 * table's name.  A tile is ROWS by two vectors of sums, kept in registers over the whole
 * depth.  The rows are first copied into strips - 16 numbers of each row of the
 * block, then the next 16 - so that all rows of a tile hang on one pointer with constant
 * offsets: with a pointer a row the compiler runs out of registers.
 */
#include "nn/packed_rows_internal.h"

enum { PANEL = 2 * LANES, STRIP = PACKED_STRIP / 4 };

typedef struct Tile {
    const float *a; /* strips */
    const float *b; /* [K, ldb], of which PANEL columns */
    size_t ldb;
    int K;
    const float *bias; /* [PANEL], or NULL */
    float *c;
    size_t ldc;
    PackedThen then;
} Tile;

ALWAYS void finish(const Tile *t, float *c, Vec v, const float *bias)
{
    if (bias)
        v += load(bias);
    if (t->then == PACKED_RELU)
        v = larger(v, (Vec){0});
    if (t->then == PACKED_ADD)
        v += load(c);
    store(c, v);
}

ALWAYS void tile(const Tile *t, const int rows)
{
    Vec c[ROWS][2];
    UNROLLED for (int i = 0; i < rows; i++) c[i][0] = c[i][1] = (Vec){0};
    const float *a = t->a, *b = t->b;
    for (int left = t->K; left > 0; left -= STRIP, a += rows * STRIP)
        for (int k = 0, n = left < STRIP ? left : STRIP; k < n; k++, b += t->ldb) {
            Vec b0 = load(b), b1 = load(b + LANES);
            UNROLLED for (int i = 0; i < rows; i++)
            {
                Vec x = all(a[i * STRIP + k]);
                c[i][0] += x * b0;
                c[i][1] += x * b1;
            }
        }
    UNROLLED for (int i = 0; i < rows; i++)
    {
        float *out = t->c + (size_t)i * t->ldc;
        finish(t, out, c[i][0], t->bias);
        finish(t, out + LANES, c[i][1], t->bias ? t->bias + LANES : NULL);
    }
}

static void tile_of(const Tile *t, int rows)
{
    /* clang-format off */
    switch (rows) {
    case 1: tile(t, 1); break;
    case 2: tile(t, 2); break;
    case 3: tile(t, 3); break;
    case 4: tile(t, 4); break;
    case 5: tile(t, 5); break;
    case 6: tile(t, 6); break;
#if ROWS > 6
    case 7: tile(t, 7); break;
    case 8: tile(t, 8); break;
#endif
#if ROWS > 8
    case 9: tile(t, 9); break;
    case 10: tile(t, 10); break;
    case 11: tile(t, 11); break;
    case 12: tile(t, 12); break;
#endif
    }
    /* clang-format on */
}

/* Row r of a block of `rows`, n numbers (a multiple of STRIP), times `by`, into strips. */
ALWAYS void strip_row(float *strips, int rows, int r, const float *x, int n, float by)
{
    for (int i = 0; i < n; i += STRIP)
        for (int j = 0; j < STRIP; j += LANES)
            store(strips + (size_t)i * (size_t)rows + r * STRIP + j, load(x + i + j) * by);
}

/* Blocks `from` to `to` of n of the rows of `in`, normalised where that is asked for. */
static void prepare(const PackedLinear *l, const PackedCall *c, int from, int to)
{
    int n = blocks_of(c->M, ROWS);
    float *strips = c->scratch, *row = strips + (size_t)c->M * (size_t)l->I;
    for (int b = from; b < to; b++) {
        Block at = block_at(c->M, n, b);
        for (int r = 0; r < at.rows; r++) {
            const float *x = c->in + (size_t)(at.from + r) * (size_t)l->I;
            if (c->gain)
                norm_row(row, x, c->gain, c->shift, l->I);
            strip_row(strips, at.rows, r, c->gain ? row : x, l->I, 1);
        }
        strips += (size_t)at.rows * (size_t)l->I;
    }
}

static void multiply(const PackedLinear *l, const PackedCall *c, int from, int to, int p)
{
    int n = blocks_of(c->M, ROWS);
    const float *strips = c->scratch;
    for (int b = from; b < to; b++) {
        Block at = block_at(c->M, n, b);
        tile_of(&(Tile){.a = strips,
                        .b = l->w + (size_t)p * (size_t)l->I,
                        .ldb = PANEL,
                        .K = l->I,
                        .bias = l->bias + p,
                        .c = c->out + (size_t)at.from * (size_t)l->O + p,
                        .ldc = (size_t)l->O,
                        .then = c->then},
                at.rows);
        strips += (size_t)at.rows * (size_t)l->I;
    }
}

/* Rows go through in groups: every panel passes over a group's strips, which stay in the second
 * cache (48 rows of the deepest product are 300 kB) while the weights come by. */
static void linear(const PackedLinear *l, const PackedCall *c)
{
    enum { GROUP = 48 / ROWS };
    int n = blocks_of(c->M, ROWS);
    for (int from = 0, to; from < n; from = to) {
        to = from + GROUP < n ? from + GROUP : n;
        prepare(l, c, from, to);
        for (int p = 0; p < l->O; p += PANEL)
            multiply(l, c, from, to, p);
    }
}

/* ---- attention ------------------------------------------------------------------------- */

/* e^x for x <= 0 to about 1e-7 relative, 0 below -87; as in kernels_avx2.c. */
ALWAYS Vec exp_negative(Vec x)
{
    const float magic = 12582912.0f; /* 1.5 * 2^23: adding it rounds to an integer */
    IVec alive = x >= -87.0f;
    x = larger(x, all(-87.0f));
    Vec shifted = x * 1.44269504f + magic, n = shifted - magic;
    Vec r = x - n * 0.693359375f;
    r = r + n * 2.12194440e-4f;
    Vec p = all(1.0f / 5040);
    p = p * r + 1.0f / 720;
    p = p * r + 1.0f / 120;
    p = p * r + 1.0f / 24;
    p = p * r + 1.0f / 6;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    IVec two_n = ((IVec)shifted - (IVec)all(magic) + 127) << 23;
    return (Vec)(alive & (IVec)(p * (Vec)two_n));
}

/* In place over n numbers; what stands behind them, up to a whole STRIP, becomes 0. */
ALWAYS void softmax_row(float *x, int n)
{
    int wide = (n + STRIP - 1) / STRIP * STRIP;
    for (int i = n; i < wide; i++)
        x[i] = -1e30f;
    Vec top = load(x), sum = {0};
    for (int i = LANES; i < wide; i += LANES)
        top = larger(top, load(x + i));
    top = all(largest_of(top));
    for (int i = 0; i < wide; i += LANES) {
        Vec e = exp_negative(load(x + i) - top);
        store(x + i, e);
        sum += e;
    }
    Vec scale = all(1 / sum_of(sum));
    for (int i = 0; i < wide; i += LANES)
        store(x + i, load(x + i) * scale);
}

/* PANEL keys from `from` on as columns: [d, PANEL], zeros beyond the last. */
static void keys_across(float *out, const float *k, size_t ld, int from, int T, int d)
{
    int n = T - from < PANEL ? T - from : PANEL;
    for (int c = 0; c < d; c++)
        for (int j = n; j < PANEL; j++)
            out[c * PANEL + j] = 0;
    for (int j = 0; j < n; j++) {
        const float *key = k + (size_t)(from + j) * ld;
        for (int c = 0; c < d; c++)
            out[c * PANEL + j] = key[c];
    }
}

typedef struct Head {
    int T, d;
    size_t ld, wide; /* of a row of qkv, of a row of scores */
    const float *q, *k, *v;
    float *strips, *scores, *weights, *keys; /* scratch */
} Head;

/* scores[T, wide] = softmax of q k^T / sqrt(d), then as strips in weights */
static void attend(const Head *h)
{
    int n = blocks_of(h->T, ROWS);
    float by = 1 / sqrtf((float)h->d);
    for (int b = 0; b < n; b++) {
        Block at = block_at(h->T, n, b);
        for (int r = 0; r < at.rows; r++)
            strip_row(h->strips + (size_t)at.from * (size_t)h->d, at.rows, r,
                      h->q + (size_t)(at.from + r) * h->ld, h->d, by);
    }
    for (int j = 0; j < h->T; j += PANEL) {
        keys_across(h->keys, h->k, h->ld, j, h->T, h->d);
        for (int b = 0; b < n; b++) {
            Block at = block_at(h->T, n, b);
            tile_of(&(Tile){.a = h->strips + (size_t)at.from * (size_t)h->d,
                            .b = h->keys,
                            .ldb = PANEL,
                            .K = h->d,
                            .c = h->scores + (size_t)at.from * h->wide + j,
                            .ldc = h->wide},
                    at.rows);
        }
    }
    int whole = (h->T + STRIP - 1) / STRIP * STRIP;
    for (int b = 0; b < n; b++) {
        Block at = block_at(h->T, n, b);
        for (int r = 0; r < at.rows; r++) {
            float *s = h->scores + (size_t)(at.from + r) * h->wide;
            softmax_row(s, h->T);
            strip_row(h->weights + (size_t)at.from * h->wide, at.rows, r, s, whole, 1);
        }
    }
}

static void attention(int T, int D, int H, const float *qkv, float *out, float *scratch)
{
    Head h = {.T = T, .d = D / H, .ld = (size_t)(3 * D), .scores = scratch};
    h.wide = (size_t)(T + PACKED_STRIP - 1) / PACKED_STRIP * PACKED_STRIP;
    h.weights = h.scores + (size_t)T * h.wide;
    h.strips = h.weights + (size_t)T * h.wide;
    h.keys = h.strips + (size_t)T * (size_t)h.d;
    int n = blocks_of(T, ROWS);
    for (int i = 0; i < H; i++, qkv += h.d, out += h.d) {
        h.q = qkv;
        h.k = qkv + D;
        h.v = qkv + 2 * D;
        attend(&h);
        for (int c = 0; c < h.d; c += PANEL)
            for (int b = 0; b < n; b++) {
                Block at = block_at(T, n, b);
                tile_of(&(Tile){.a = h.weights + (size_t)at.from * h.wide,
                                .b = h.v + c,
                                .ldb = h.ld,
                                .K = T,
                                .c = out + (size_t)at.from * (size_t)D + c,
                                .ldc = (size_t)D},
                        at.rows);
            }
    }
}

const PackedKernels PACKED_F32 = {.panel = PANEL, .linear = linear, .attention = attention};
