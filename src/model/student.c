#include "model/student.h"

#include "nn/encoder.h"

#include <string.h>

bool student_shape_fits(const StudentShape *s)
{
    return s->width >= 8 && s->width <= GIST_WIDTH_MAX && s->width % 8 == 0 && s->hidden >= 1 &&
           s->hidden <= STUDENT_HIDDEN_MAX && s->pairs >= 0 && s->pairs <= STUDENT_PAIRS_MAX;
}

size_t student_rows(const StudentShape *s)
{
    return gist_rows(ENCODER_VOCAB, (uint32_t)s->pairs);
}

size_t student_dense_count(const StudentShape *shape)
{
    StudentShape s = *shape;
    size_t n = 0;
#define X(name, rows, cols) n += (size_t)(rows) * (size_t)(cols);
    STUDENT_PARAMS(X)
#undef X
    return n;
}

void student_dense_at(StudentParams *p, float *all)
{
    StudentShape s = p->shape;
#define X(name, rows, cols) \
    p->name = all;          \
    all += (size_t)(rows) * (size_t)(cols);
    STUDENT_PARAMS(X)
#undef X
}

Gist student_gist(const StudentParams *p)
{
    return (Gist){.width = p->shape.width,
                  .vocab = ENCODER_VOCAB,
                  .pairs = (uint32_t)p->shape.pairs,
                  .bias = p->near_b,
                  .w = p->near,
                  .q = p->near_q,
                  .scale = p->near_scale};
}

void student_window(const StudentParams *p, const Kernels *k, const int32_t *piece, int n,
                    float logit[FACTOR_COUNT])
{
    float gist[2 * GIST_WIDTH_MAX], hidden[STUDENT_HIDDEN_MAX];
    int W = 2 * p->shape.width, H = p->shape.hidden;
    Gist g = student_gist(p);
    gist_forward(&g, piece, n, gist, NULL);
    memcpy(hidden, p->hidden_b, (size_t)H * sizeof *hidden);
    memcpy(logit, p->out_b, FACTOR_COUNT * sizeof *logit);
    for (int i = 0; i < W; i++) {
        if (gist[i] == 0) /* half of it, mostly */
            continue;
        k->axpy(H, gist[i], p->hidden_w + (size_t)i * (size_t)H, hidden);
        k->axpy(FACTOR_COUNT, gist[i], p->skip_w + (size_t)i * FACTOR_COUNT, logit);
    }
    for (int i = 0; i < H; i++)
        if (hidden[i] > 0)
            k->axpy(FACTOR_COUNT, hidden[i], p->out_w + (size_t)i * FACTOR_COUNT, logit);
}

void student_windows(const StudentParams *p, const Kernels *k, const Windows *w,
                     const Pieces *pieces, float *logit)
{
    size_t count = windows_count(w, pieces->count);
    int size = (int)windows_size(w, pieces->count);
    for (size_t i = 0; i < count; i++)
        student_window(p, k, pieces->id + windows_start(w, pieces->count, i), size,
                       logit + i * FACTOR_COUNT);
}
