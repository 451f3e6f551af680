/* packed_i8_internal.h - int8 products over packed weights; packed.h has the arithmetic.
 *
 * The including file defines LANES, ROWS (at most 12), PACKED_I8 (the table), PACKED_FOR (the
 * float32 table that lends attention) and, after this header's vectors,
 *
 *     dot4(sum, u, q): in each lane, sum + u0 q0 + u1 q1 + u2 q2 + u3 q3
 *
 * of four bytes of 0..127 and four signed ones, exact.  A tile goes twice over the depth: first
 * with the high halves of the rows, then, the sums shifted, with the low ones, so that
 * a sum needs one register.  Compiled without contraction and reordering: then every table
 * gives the reference's bits.
 */
enum { PANEL = 2 * LANES };

typedef struct Rows {
    uint8_t *high, *low; /* [M, I] in strips of PACKED_STRIP bytes, block by block */
    float *scale;        /* [M] */
    float *row;          /* [I], scratch */
} Rows;

static Rows rows_in(const PackedLinear *l, const PackedCall *c)
{
    Rows r = {.row = c->scratch};
    r.scale = r.row + l->I;
    size_t used = ((size_t)l->I + (size_t)c->M) * sizeof(float);
    r.high = (uint8_t *)c->scratch + (used + PACKED_STRIP - 1) / PACKED_STRIP * PACKED_STRIP;
    r.low = r.high + (size_t)c->M * (size_t)l->I;
    return r;
}

typedef uint8_t Bytes __attribute__((vector_size(LANES)));
typedef uint8_t BytesAt __attribute__((vector_size(LANES), aligned(1), may_alias));

ALWAYS void store_bytes(uint8_t *out, IVec v)
{
    *(BytesAt *)out = (BytesAt) __builtin_convertvector(v, Bytes);
}

/* row[n], which already carries the weights' scales, to bytes: strip i lies i * stride behind.
 */
static float quantise_row(const float *row, int n, uint8_t *high, uint8_t *low, size_t stride)
{
    const float magic = 12582912.0f; /* 1.5 * 2^23: adding it rounds to an integer */
    Vec top = {0};
    for (int i = 0; i < n; i += LANES)
        top = larger(larger(load(row + i), -load(row + i)), top);
    float most = largest_of(top), by = most > 0 ? PACKED_MOST / most : 0;
    for (int i = 0; i < n; i += PACKED_STRIP, high += stride, low += stride)
        for (int j = 0; j < PACKED_STRIP; j += LANES) {
            Vec t = load(row + i + j) * by;
            t = t + magic - magic + (PACKED_MOST + 1);
            t = larger(t, (Vec){0}); /* NaN becomes 0 as well: no byte is undefined */
            t = smaller(t, all(2 * PACKED_MOST + 1));
            IVec u = __builtin_convertvector(t, IVec);
            store_bytes(high + j, u >> 7);
            store_bytes(low + j, u & 127);
        }
    return most / PACKED_MOST;
}

static void quantise(const PackedLinear *l, const PackedCall *c, const Rows *to)
{
    int n = blocks_of(c->M, ROWS);
    for (int b = 0; b < n; b++) {
        Block at = block_at(c->M, n, b);
        for (int r = 0; r < at.rows; r++) {
            const float *x = c->in + (size_t)(at.from + r) * (size_t)l->I;
            size_t first = (size_t)at.from * (size_t)l->I + (size_t)r * PACKED_STRIP;
            if (c->gain)
                norm_row(to->row, x, c->gain, c->shift, l->I);
            x = c->gain ? to->row : x;
            for (int i = 0; i < l->I; i += LANES)
                store(to->row + i, load(x + i) * load(l->scale + i));
            to->scale[at.from + r] =
                quantise_row(to->row, l->I, to->high + first, to->low + first,
                             (size_t)at.rows * PACKED_STRIP);
        }
    }
}

typedef struct Tile {
    const PackedLinear *l;
    const uint8_t *high, *low;
    const float *scale;
    int p;    /* first output */
    float *c; /* where it goes; rows l->O apart */
    PackedThen then;
} Tile;

ALWAYS void finish(const Tile *t, int i, int o, IVec sum)
{
    float *c = t->c + (size_t)i * (size_t)t->l->O + o;
    Vec v = __builtin_convertvector(sum, Vec) * t->scale[i] + load(t->l->bias + t->p + o);
    if (t->then == PACKED_RELU)
        v = larger(v, (Vec){0});
    if (t->then == PACKED_ADD)
        v += load(c);
    store(c, v);
}

ALWAYS void pass(const Tile *t, const uint8_t *u, IVec c[ROWS][2], const int rows)
{
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
}

ALWAYS void tile(const Tile *t, const int rows)
{
    IVec c[ROWS][2];
    UNROLLED for (int i = 0; i < rows; i++) c[i][0] = c[i][1] = (IVec){0};
    pass(t, t->high, c, rows);
    const int32_t *sum = t->l->sum + t->p;
    UNROLLED for (int i = 0; i < rows; i++)
    {
        c[i][0] = (c[i][0] - 64 * *(const IVecAt *)sum) * 128;
        c[i][1] = (c[i][1] - 64 * *(const IVecAt *)(sum + LANES)) * 128;
    }
    pass(t, t->low, c, rows);
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
                            .high = rows.high + (size_t)at.from * (size_t)l->I,
                            .low = rows.low + (size_t)at.from * (size_t)l->I,
                            .scale = rows.scale + at.from,
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
    .panel = PANEL, .int8 = true, .linear = linear, .attention = attention};
