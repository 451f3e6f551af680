/* Whatever bytes come as a release.  A whole one is megabytes and sealed by a digest, so
 * random bytes would never get past the seal; the first byte therefore picks a door:
 *
 *   m   the rest is a manifest's JSON
 *   p   the rest is a pack without its digest, which is put right here
 *   else the bytes are a release file as they are
 */
#include "base/hash.h"
#include "model/release.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void manifest(Arena *a, Str json)
{
    Manifest m, again;
    Err err = {0};
    if (!manifest_parse(a, json, &m, &err)) {
        if (err.code == ERR_NONE)
            abort();
        return;
    }
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        double before = 0;
        for (double s = 0; s <= 1; s += .125) {
            double p = calibration_apply(&m.calibration.map[c], s);
            if (!(p >= before && p <= 1))
                abort();
            before = p;
        }
    }
    Buf b;
    buf_init(&b, MANIFEST_MAX_BYTES);
    manifest_print(&m, a, &b);
    if (buf_ok(&b, &err) && !manifest_parse(a, buf_str(&b), &again, &err))
        abort();
    buf_done(&b);
}

static void open_bytes(Str bytes)
{
    const Kernels *k;
    Release *r;
    Err err = {0};
    if (!kernels_find(STR("reference"), &k, &err))
        abort();
    if (release_open_bytes(bytes, k, &r, &err))
        release_close(r);
    else if (err.code == ERR_NONE)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    Arena *a = arena_open((size_t)64 << 20);
    Str rest = {(const char *)data + 1, size - 1};
    if (data[0] == 'm') {
        manifest(a, rest);
    } else if (data[0] == 'p') {
        Digest d = digest_of(rest);
        char *sealed = arena_array(a, char, rest.len + sizeof d);
        if (rest.len)
            memcpy(sealed, rest.ptr, rest.len);
        memcpy(sealed + rest.len, &d, sizeof d);
        open_bytes((Str){sealed, rest.len + sizeof d});
    } else {
        open_bytes((Str){(const char *)data, size});
    }
    arena_close(a);
    return 0;
}
