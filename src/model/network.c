#include "model/network.h"

#include "nn/layers.h"
#include "nn/pool.h"

#include <assert.h>
#include <string.h>

/* The block as the compiler lays it out: the offsets are then its business. */
typedef struct Layout {
#define X(name, rows, cols) float name[(rows) * (cols)];
    NETWORK_PARAMS(X)
#undef X
} Layout;

const NetworkParamInfo network_param_info[] = {
#define X(name, rows, cols) {#name, offsetof(Layout, name) / sizeof(float), rows, cols},
    NETWORK_PARAMS(X)
#undef X
};
const int network_param_info_count = sizeof network_param_info / sizeof *network_param_info;

size_t network_param_count(void) { return sizeof(Layout) / sizeof(float); }

void network_params_at(NetworkParams *p, float *all)
{
    p->all = all;
    p->count = network_param_count();
#define X(name, rows, cols) p->name = all + offsetof(Layout, name) / sizeof(float);
    NETWORK_PARAMS(X)
#undef X
}

void network_windows(const Kernels *k, const NetworkParams *p, const float *pooled, int count,
                     float *logit)
{
    Linear head = {p->head_w, p->head_b, ENCODER_WIDTH, FACTOR_COUNT};
    for (int i = 0; i < count; i++)
        linear_forward(k, &head, logit + (size_t)i * FACTOR_COUNT,
                       pooled + (size_t)i * ENCODER_WIDTH, 1);
}

void network_text(const Network *n, Arena *a, const Pieces *p, float logit[FACTOR_COUNT])
{
    size_t windows = windows_count(&n->windows, p->count);
    assert(windows > 0);
    ArenaMark mark = arena_mark(a);
    float *each = arena_array(a, float, windows *FACTOR_COUNT);
    for (size_t first = 0; first < windows; first += NETWORK_BATCH) {
        ArenaMark batch_mark = arena_mark(a);
        size_t count = windows - first < NETWORK_BATCH ? windows - first : NETWORK_BATCH;
        WindowBatch batch;
        windows_cut(a, &n->windows, p, first, count, &batch);
        float *pooled = arena_array(a, float, count *ENCODER_WIDTH);
        encoder_forward(n->kernels, n->encoder, a, &batch, pooled);
        network_windows(n->kernels, n->params, pooled, (int)count, each + first * FACTOR_COUNT);
        arena_rewind(a, batch_mark);
    }
    pool_forward(each, n->params->pool_s, (int)windows, FACTOR_COUNT, logit);
    arena_rewind(a, mark);
}

void network_batch(const Network *n, Arena *a, const NetworkWindow *w, int count)
{
    ArenaMark mark = arena_mark(a);
    int32_t *start = arena_array(a, int32_t, (size_t)count + 1);
    for (int i = 0; i < count; i++)
        start[i + 1] = start[i] + w[i].count;
    int32_t *piece = arena_array(a, int32_t, (size_t)start[count]);
    for (int i = 0; i < count; i++)
        memcpy(piece + start[i], w[i].piece, (size_t)w[i].count * sizeof *piece);
    float *pooled = arena_array(a, float, (size_t)count *ENCODER_WIDTH);
    float *logit = arena_array(a, float, (size_t)count *FACTOR_COUNT);
    WindowBatch batch = {.piece = piece, .start = start, .count = count};
    encoder_forward(n->kernels, n->encoder, a, &batch, pooled);
    network_windows(n->kernels, n->params, pooled, count, logit);
    for (int i = 0; i < count; i++)
        memcpy(w[i].logit, logit + (size_t)i * FACTOR_COUNT, FACTOR_COUNT * sizeof *logit);
    arena_rewind(a, mark);
}
