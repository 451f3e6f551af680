#include "model/fast.h"

void fast_forward(const Fast *m, const Ngrams *x, float logit[FACTOR_COUNT])
{
    for (int f = 0; f < FACTOR_COUNT; f++)
        logit[f] = m->bias[f];
    for (size_t i = 0; i < x->count; i++) {
        const int8_t *q = m->q + (size_t)x->bucket[i] * FACTOR_COUNT;
        float v = x->value[i] * m->scale[x->bucket[i]];
        for (int f = 0; f < FACTOR_COUNT; f++)
            logit[f] += v * (float)q[f];
    }
}
