/* lesson.h - what the encoder says of texts, window by window, kept in files so that it has to
 * be asked once.
 *
 * A text's windows are those that it is judged by: of the text as written and, where that
 * shows a disguise, of the folded text too.  Rows are read LESSON_CHUNK at a time; what was
 * said of a chunk stands in the work folder under a name made of all that it follows from (the
 * release, the kernels, the texts), so a run that was stopped goes on, and a run over other
 * texts or by another release finds nothing of it.
 */
#ifndef MODEL_LESSON_H
#define MODEL_LESSON_H

#include "base/progress.h"
#include "data/rows.h"
#include "model/release.h"

enum { LESSON_CHUNK = 4096 };

typedef struct Lesson {
    size_t texts, windows;
    const uint32_t *first; /* [2 texts + 1]: text i has the windows first[2i] to first[2i+1] as
                              written, and from there to first[2i+2] with its disguise off */
    const uint32_t *start; /* [windows + 1]: pieces of each */
    const int32_t *piece;
    const float *logit; /* [windows, FACTOR_COUNT] */
} Lesson;

typedef struct LessonInput {
    const Release *release;
    const Rows *rows;
    const uint32_t *row; /* numbers of the rows that are read */
    size_t count;
    size_t max_pieces; /* of a text */
    int threads;       /* the result does not depend on it */
    const char *dir;   /* work folder; made when absent */
    const Progress *progress;
} LessonInput;

/* In `a`.  ERR_STOPPED; what is done stays in the folder. */
bool lesson_read(Arena *a, const LessonInput *in, Lesson *out, Err *err);

#endif
