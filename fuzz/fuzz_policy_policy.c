/* Whatever bytes come as a policy: refused with a place, or a policy whose scores stay
 * in the unit interval and whose text reads back. */
#include "policy/policy.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *a = arena_open((size_t)16 << 20);
    Err err = {0};
    const Policy *p, *again;
    if (policy_parse(a, (Str){(const char *)data, size}, "fuzz", &p, &err)) {
        float f[FACTOR_COUNT] = {0};
        double c[CATEGORY_COUNT];
        for (int i = 0; i < FACTOR_COUNT; i++)
            f[i] = (float)(i + 1) / (FACTOR_COUNT + 1);
        policy_compose(p, f, c);
        for (int i = 0; i < CATEGORY_COUNT; i++)
            if (!(c[i] >= 0 && c[i] <= 1))
                abort();
        bool signal[POLICY_MAX_SIGNALS] = {0};
        if (!policy_hear(p, a, STR("vote for heil 88 \xe2\x9c\x93"), signal, &err))
            abort();
        for (int i = 0; i < policy_count(p); i++) {
            double s = policy_score(p, i, f, signal);
            if (!(s >= 0 && s <= 1))
                abort();
        }
        if (!policy_parse(a, policy_text(p), "again", &again, &err))
            abort();
    } else if (err.code == ERR_NONE || err.msg[0] == 0) {
        abort();
    }
    arena_close(a);
    return 0;
}
