/* make_fixture_release FILE [SEED] - writes the release of tests/unit/model/fixture.h.
 *
 * For end-to-end tests that need a server or a command with a release and no data: built
 * as $(OUT)/tests/tools/make_fixture_release, so beside $GAVEL it is
 * "$(dirname "$GAVEL")/tests/tools/make_fixture_release".  Run it from the top of the
 * tree.  The four made-up words that it flags are listed in fixture.h ("qzhxvj" is hate).
 */
#include "../unit/model/fixture.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    Err err = {0};
    Digest digest;
    int64_t seed = 1;
    if (argc < 2 || argc > 3 || (argc == 3 && !str_to_i64(str_of(argv[2]), &seed))) {
        fprintf(stderr, "usage: make_fixture_release FILE [SEED]\n");
        return 2;
    }
    if (!fixture_release(argv[1], (uint64_t)seed, &digest, &err)) {
        fprintf(stderr, "%s\n", err.msg);
        return 1;
    }
    char hex[DIGEST_HEX_SIZE];
    digest_hex(&digest, hex);
    printf("%s\n", hex);
    return 0;
}
