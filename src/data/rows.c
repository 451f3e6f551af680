#include "data/rows.h"

static const char *const names[SPLIT_COUNT] = {
    [SPLIT_TRAIN] = "train", [SPLIT_CALIBRATE] = "calibrate", [SPLIT_TEST] = "test"};

const char *split_name(Split s) { return names[s]; }

bool split_parse(Str name, Split *out)
{
    for (int s = 0; s < SPLIT_COUNT; s++) {
        if (str_eq(name, str_of(names[s]))) {
            *out = (Split)s;
            return true;
        }
    }
    return false;
}
