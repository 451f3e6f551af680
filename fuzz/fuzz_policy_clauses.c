/* Whatever bytes come as a page: clauses with a number, a place and words that hold no line
 * breaks, and the same clauses when read again. */
#include "policy/clauses.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *a = arena_open((size_t)64 << 20);
    Err err = {0};
    BundleFile f[] = {
        {STR("rules/hate.md"), {(const char *)data, size}}
    };
    Bundle b;
    Clauses c, again;
    bundle_of(f, 1, &b);
    if (size <= POLICY_MAX_BYTES && clauses_read(a, &b, &c, &err)) {
        for (size_t i = 0; i < c.count; i++) {
            const Clause *x = &c.clause[i];
            if (x->id.len <= strlen("rules/") || x->line < 1 ||
                memchr(x->text.ptr ? x->text.ptr : "", '\n', x->text.len))
                abort();
        }
        if (!clauses_read(a, &b, &again, &err) || again.count != c.count)
            abort();
    }
    arena_close(a);
    return 0;
}
