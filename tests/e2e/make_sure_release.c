/* make_sure_release FROM TO - a release whose student is sure of everything.
 *
 * It answers every text that the encoder could read, so that tests and benches can see the
 * cascade's short way without bounds that were fitted.  Its verdicts are of no use otherwise.
 */
#include "model/release.h"

#include <stdio.h>

/* It knows nothing, and takes as long to say so as one that does. */
static const StudentParams *blank_student(Arena *a)
{
    StudentParams *p = arena_new(a, StudentParams);
    p->shape = (StudentShape){.width = 96, .hidden = 128};
    p->near = arena_array(a, float, student_rows(&p->shape) * 96);
    student_dense_at(p, arena_array(a, float, student_dense_count(&p->shape)));
    return p;
}

static bool write_sure(const char *from, const char *to, Err *err)
{
    Arena *a = arena_open((size_t)1 << 30);
    const Kernels *k;
    Release *r = NULL;
    ReleaseParts parts;
    Digest digest;
    bool ok = kernels_find(STR("auto"), &k, err) && release_open(from, k, &r, err) &&
              release_parts(r, a, &parts, err);
    if (ok && !parts.student)
        parts.student = blank_student(a);
    parts.cascade.fitted = true;
    for (int c = 0; ok && c < CATEGORY_COUNT; c++) {
        parts.cascade.map[c] = parts.calibration.map[c];
        for (int g = 0; g < CASCADE_GROUPS; g++)
            parts.cascade.group[g].bound[c] = 1;
    }
    ok = ok && release_save(a, &parts, to, &digest, err);
    release_close(r);
    arena_close(a);
    return ok;
}

int main(int argc, char **argv)
{
    Err err = {0};
    if (argc != 3) {
        fprintf(stderr, "usage: make_sure_release FROM TO\n");
        return 2;
    }
    if (write_sure(argv[1], argv[2], &err))
        return 0;
    fprintf(stderr, "%s\n", err.msg);
    return 1;
}
