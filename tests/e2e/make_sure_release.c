/* make_sure_release FROM TO - a release whose fast tier is sure of everything.
 *
 * It answers every text that the encoder could read, so that tests and benches can see the
 * cascade's short way before its bounds are fitted.  Its verdicts are of no use otherwise.
 */
#include "model/release.h"

#include <stdio.h>

static bool write_sure(const char *from, const char *to, Err *err)
{
    Arena *a = arena_open((size_t)1 << 30);
    const Kernels *k;
    Release *r = NULL;
    ReleaseParts parts;
    Digest digest;
    bool ok = kernels_find(STR("auto"), &k, err) && release_open(from, k, &r, err) &&
              release_parts(r, a, &parts, err);
    for (int f = 0; ok && f < FACTOR_COUNT; f++)
        parts.ensemble[ENSEMBLE_SURE][f] = 1e9f;
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
