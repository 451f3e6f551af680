#include "model/network.h"

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
    for (int i = 0; i < count; i++)
        memcpy(logit + (size_t)i * FACTOR_COUNT, p->head_b, FACTOR_COUNT * sizeof *logit);
    k->gemm_nn(count, FACTOR_COUNT, ENCODER_WIDTH, pooled, ENCODER_WIDTH, p->head_w,
               FACTOR_COUNT, 1, logit, FACTOR_COUNT);
}
