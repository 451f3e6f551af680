#include "model/fast.h"

const SparseFeature *fast_features(Arena *a, const Ngrams *x)
{
    SparseFeature *f = arena_raw(a, SparseFeature, x->count);
    for (size_t i = 0; i < x->count; i++)
        f[i] = (SparseFeature){x->bucket[i], x->value[i]};
    return f;
}

void fast_forward(const Fast *m, Arena *a, const Ngrams *x, float logit[FACTOR_COUNT])
{
    ArenaMark mark = arena_mark(a);
    memcpy(logit, m->bias, FACTOR_COUNT * sizeof *logit);
    sparse_forward(&m->layer, fast_features(a, x), x->count, logit);
    arena_rewind(a, mark);
}
