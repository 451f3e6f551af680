/* student.h - a small reader that has learned what the encoder would say (distillation: Hinton,
 * Vinyals, Dean 2015), at a hundredth of its price.
 *
 * It takes the encoder's place window by window: the same pieces, a logit per factor, pooled as
 * the encoder's are.  A window's gist (nn/gist.h) goes through one hidden layer; a straight way
 * past it carries what is linear:
 *
 *     logit[F] = out_b + out_w^T relu(hidden_b + hidden_w^T gist) + skip_w^T gist
 *
 * How it learns: model/apprentice.h.  When it answers alone: model/cascade.h.
 */
#ifndef MODEL_STUDENT_H
#define MODEL_STUDENT_H

#include "model/features.h"
#include "nn/gist.h"
#include "nn/kernels.h"
#include "policy/taxonomy.h"

typedef struct StudentShape {
    int width; /* of the gist's table: a multiple of 8, at most GIST_WIDTH_MAX; 0: no student */
    int hidden; /* at most STUDENT_HIDDEN_MAX */
    int pairs;  /* rows for pairs of pieces, at most STUDENT_PAIRS_MAX */
} StudentShape;

enum { STUDENT_HIDDEN_MAX = 512, STUDENT_PAIRS_MAX = 1 << 20 };

bool student_shape_fits(const StudentShape *s);

/* clang-format off */
/* Vectors and the matrices behind the table: float32 in a release. */
#define STUDENT_PARAMS(X)                             \
    X(near_b,    1,            s.width)               \
    X(hidden_w,  2 * s.width,  s.hidden)              \
    X(hidden_b,  1,            s.hidden)              \
    X(skip_w,    2 * s.width,  FACTOR_COUNT)          \
    X(out_w,     s.hidden,     FACTOR_COUNT)          \
    X(out_b,     1,            FACTOR_COUNT)
/* clang-format on */

typedef struct StudentParams {
    StudentShape shape;
    const float *near;    /* [student_rows, width], or NULL and: */
    const int8_t *near_q; /* int8, a scale per row */
    const float *near_scale;
#define X(name, rows, cols) float *name;
    STUDENT_PARAMS(X)
#undef X
} StudentParams;

size_t student_rows(const StudentShape *s);          /* of the table */
size_t student_dense_count(const StudentShape *s);   /* floats of STUDENT_PARAMS together */
void student_dense_at(StudentParams *p, float *all); /* points into a block of that size */
Gist student_gist(const StudentParams *p);

/* logit[FACTOR_COUNT] of each window of the pieces, one after the other. */
void student_windows(const StudentParams *p, const Kernels *k, const Windows *w,
                     const Pieces *pieces, float *logit);

/* Of one window. */
void student_window(const StudentParams *p, const Kernels *k, const int32_t *piece, int n,
                    float logit[FACTOR_COUNT]);

#endif
