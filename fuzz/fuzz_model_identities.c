/* Fairness templates: anything may be in the file.  What is read fills every slot, and says of
 * each sentence which template and group it came from. */
#include "model/identities.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 1 << 14)
        return 0;
    Arena *a = arena_open((size_t)1 << 30);
    const Identities *set = NULL;
    Err err = {0};
    if (!identities_parse(a, (Str){(const char *)data, size}, "x", &set, &err)) {
        assert(err.code != ERR_NONE && err.msg[0] && !set);
        arena_close(a);
        return 0;
    }
    assert(set->group_count > 0 && set->template_count > 0 && set->rows.count > 0);
    for (size_t i = 0; i < set->rows.count; i++) {
        IdentityText x = set->text[i];
        assert(x.group >= -1 && x.group < set->group_count);
        assert(x.template >= 0 && x.template <set->template_count);
        assert(i == 0 || x.template > set->text[i - 1].template ||
               (x.template == set->text[i - 1].template && x.group > set->text[i - 1].group));
    }
    arena_close(a);
    return 0;
}
