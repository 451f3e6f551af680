/* apprentice.h - how a student (model/student.h) learns from what the encoder said
 * (model/lesson.h): least squares on the logits of windows.
 *
 * The rows of the table start as random projections of the encoder's own embedding, so that
 * pieces which mean alike begin alike; they move by AdaGrad, the dense layers by AdamW over
 * small batches, both with a rate that falls to nothing.  One thread: the result follows from
 * the lesson and the seed.
 */
#ifndef MODEL_APPRENTICE_H
#define MODEL_APPRENTICE_H

#include "base/progress.h"
#include "model/lesson.h"
#include "model/student.h"

typedef struct ApprenticeInput {
    const Lesson *lesson;
    const Release *release; /* the teacher: its embedding and kernels */
    StudentShape shape;
    int epochs;
    double rate;       /* of the table's rows */
    double dense_rate; /* of the layers behind it */
    uint64_t seed;
    const Progress *progress;
} ApprenticeInput;

/* Table and layers as floats, in `a`.  ERR_INPUT for a lesson without a window, ERR_STOPPED. */
bool apprentice_learn(Arena *a, const ApprenticeInput *in, StudentParams *out, Err *err);

/* How much of the variance of the teacher's logits of texts the student explains: 1 - the sum
 * of squared errors / the sum of squares around each factor's mean. */
typedef struct Explained {
    size_t texts;
    double factor[FACTOR_COUNT]; /* NaN where the teacher always says the same */
    double whole;                /* of all factors' sums together */
} Explained;

/* said[n, FACTOR_COUNT] by the student, wanted by the teacher; rows with a NaN are left out. */
void explained_measure(const float *said, const float *wanted, size_t n, Explained *out);

/* The same of a lesson's texts: windows pooled, of two readings the greater. */
void apprentice_explains(Arena *a, const Lesson *l, const Release *teacher,
                         const StudentParams *s, Explained *out);

#endif
