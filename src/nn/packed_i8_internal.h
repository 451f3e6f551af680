/* packed_i8_internal.h - int8 products over packed weights; packed.h has the arithmetic.
 *
 * The including file defines LANES, ROWS (at most 12), TOP, PACKED_I8 (the table), PACKED_FOR
 * (the float32 table that lends attention) and, after this header's vectors,
 *
 *     dot4(sum, u, q): in each lane, sum + u0 q0 + u1 q1 + u2 q2 + u3 q3
 *
 * of four unsigned and four signed bytes, exact; or with u - PACKED_OFFSET instead of u, where
 * that is defined.  Compiled without contraction and
 * reordering: then every table gives the reference's bits.
 */
enum { PANEL = 2 * LANES };

#ifndef PACKED_OFFSET
#define PACKED_OFFSET 0
#endif

typedef struct Rows {
    uint8_t *u;    /* [M, I] in strips of PACKED_STRIP bytes, block by block */
    float *scale;  /* [M] */
    int32_t *zero; /* [M] */
    float *row;    /* [I], scratch */
} Rows;

static Rows rows_in(const PackedLinear *l, const PackedCall *c)
{
    Rows r = {.row = c->scratch};
    r.scale = r.row + l->I;
    r.zero = (int32_t *)(r.scale + c->M);
    size_t used = ((size_t)l->I + 2 * (size_t)c->M) * sizeof(float);
    r.u = (uint8_t *)c->scratch + (used + PACKED_STRIP - 1) / PACKED_STRIP * PACKED_STRIP;
    return r;
}

/* x[n] to bytes: strip i of the row lies at u + i * stride. */
static void quantise_row(const float *x, int n, uint8_t *u, size_t stride, float *scale,
                         int32_t *zero)
{
    const float magic = 12582912.0f; /* 1.5 * 2^23: adding it rounds to an integer */
    Vec low = {0}, high = {0};
    for (int i = 0; i < n; i += LANES) {
        low = smaller(load(x + i), low);
        high = larger(load(x + i), high);
    }
    float least = -largest_of(-low), range = largest_of(high) - least;
    float by = range > 0 ? 255 / range : 0;
    float z = rintf(-least * by);
    for (int i = 0; i < n; i += PACKED_STRIP, u += stride)
        for (int j = 0; j < PACKED_STRIP; j += LANES) {
            Vec t = load(x + i + j) * by;
            t = t + magic - magic + z;
            t = larger(t, (Vec){0}); /* NaN becomes 0 as well: no byte is undefined */
            t = smaller(t, all(255));
            typedef uint8_t Bytes __attribute__((vector_size(LANES)));
            typedef uint8_t BytesAt __attribute__((vector_size(LANES), aligned(1), may_alias));
            *(BytesAt *)(u + j) =
                (BytesAt) __builtin_convertvector(__builtin_convertvector(t, IVec), Bytes);
        }
    *scale = range / 255;
    *zero = (int32_t)z;
}

static void quantise(const PackedLinear *l, const PackedCall *c, const Rows *to)
{
    int n = blocks_of(c->M, ROWS);
    for (int b = 0; b < n; b++) {
        Block at = block_at(c->M, n, b);
        uint8_t *u = to->u + (size_t)at.from * (size_t)l->I;
        for (int r = 0; r < at.rows; r++) {
            int m = at.from + r;
            const float *x = c->in + (size_t)m * (size_t)l->I;
            if (c->gain)
                norm_row(to->row, x, c->gain, c->shift, l->I);
            quantise_row(c->gain ? to->row : x, l->I, u + r * PACKED_STRIP,
                         (size_t)at.rows * PACKED_STRIP, &to->scale[m], &to->zero[m]);
        }
    }
}

typedef struct Tile {
    const PackedLinear *l;
    const uint8_t *u;
    const float *scale;
    const int32_t *zero;
    int p;    /* first output */
    float *c; /* where it goes; rows l->O apart */
    PackedThen then;
} Tile;

ALWAYS void finish(const Tile *t, int i, int o, IVec sum)
{
    float *c = t->c + (size_t)i * (size_t)t->l->O + o;
    o += t->p;
    IVec own = sum - *(const IVecAt *)(t->l->sum + o) * (t->zero[i] - PACKED_OFFSET);
    Vec v = __builtin_convertvector(own, Vec) * (load(t->l->scale + o) * t->scale[i]) +
            load(t->l->bias + o);
    if (t->then == PACKED_RELU)
        v = larger(v, (Vec){0});
    if (t->then == PACKED_ADD)
        v += load(c);
    store(c, v);
}

ALWAYS void tile(const Tile *t, const int rows)
{
    IVec c[ROWS][2];
    UNROLLED for (int i = 0; i < rows; i++) c[i][0] = c[i][1] = (IVec){0};
    const uint8_t *u = t->u;
    const int8_t *q = t->l->q + (size_t)t->p * (size_t)t->l->I;
    for (int s = 0; s < t->l->I; s += PACKED_STRIP, u += rows * PACKED_STRIP)
        for (int k = 0; k < PACKED_STRIP; k += 4, q += 4 * PANEL) {
            IVec q0 = *(const IVecAt *)q, q1 = *(const IVecAt *)(q + 4 * LANES);
            UNROLLED for (int i = 0; i < rows; i++)
            {
                int32_t four;
                memcpy(&four, u + i * PACKED_STRIP + k, sizeof four);
                IVec x = four - (IVec){0};
                c[i][0] = dot4(c[i][0], x, q0);
                c[i][1] = dot4(c[i][1], x, q1);
            }
        }
    UNROLLED for (int i = 0; i < rows; i++)
    {
        finish(t, i, 0, c[i][0]);
        finish(t, i, LANES, c[i][1]);
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
#if ROWS > 4
    case 5: tile(t, 5); break;
    case 6: tile(t, 6); break;
#endif
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

static void linear(const PackedLinear *l, const PackedCall *c)
{
    Rows rows = rows_in(l, c);
    int n = blocks_of(c->M, ROWS);
    quantise(l, c, &rows);
    for (int p = 0; p < l->O; p += PANEL)
        for (int b = 0; b < n; b++) {
            Block at = block_at(c->M, n, b);
            tile_of(&(Tile){.l = l,
                            .u = rows.u + (size_t)at.from * (size_t)l->I,
                            .scale = rows.scale + at.from,
                            .zero = rows.zero + at.from,
                            .p = p,
                            .c = c->out + (size_t)at.from * (size_t)l->O + p,
                            .then = c->then},
                    at.rows);
        }
}

static void attention(int T, int D, int H, const float *qkv, float *out, float *scratch)
{
    PACKED_FOR.attention(T, D, H, qkv, out, scratch);
}

const PackedKernels PACKED_I8 = {
    .panel = PANEL, .top = TOP, .linear = linear, .attention = attention};
