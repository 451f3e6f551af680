/* YAML, and settings in it: no crash, no endless work, a refusal says where, and every
 * place in the tree lies inside the text. */
#include "base/yaml.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(const Js *j, int lines, int depth)
{
    assert(depth <= JS_MAX_DEPTH + 1 && j->line >= 1 && j->line <= lines && j->column >= 1);
    assert(j->type == JS_OBJECT || !j->key);
    for (size_t i = 0; i < j->count; i++) {
        for (size_t k = 0; k < i && j->key; k++)
            assert(!str_eq(j->key[i], j->key[k]));
        look(&j->item[i], lines, depth + 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *a = arena_open(64 << 20);
    Str text = {(const char *)data, size};
    Err err = {0};
    const Js *j = NULL;
    /* libyaml counts CR, LF, NEL, LS and PS, and one line behind the last */
    int lines = 2;
    for (size_t i = 0; i < size; i++)
        lines += data[i] == '\n' || data[i] == '\r' || data[i] == 0x85 || data[i] == 0xa8 ||
                 data[i] == 0xa9;
    if (yaml_parse(a, text, "f", &j, &err)) {
        assert(j && err.code == ERR_NONE);
        if (j->line) /* an empty text has no place */
            look(j, lines, 0);
    } else {
        assert(!j && err.code != ERR_NONE && str_starts(str_of(err.msg), STR("f")));
    }
    arena_close(a);
    return 0;
}
