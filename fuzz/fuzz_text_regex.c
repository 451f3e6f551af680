/* The first line is an expression, the rest a text: refused with a reason, or a search that
 * stays within its budget, whose matches are not empty and hold a literal that is said to be
 * needed. */
#include "text/literals.h"
#include "text/regex.h"
#include "text/utf8.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool seen(void *context, uint32_t literal, size_t end)
{
    *(bool *)context = literal != UINT32_MAX && end > 0;
    return false;
}

static void check_needs(Arena *a, Arena *scratch, const Regex *r, Str match)
{
    Err err = {0};
    size_t count;
    const Str *need = regex_needs(r, &count);
    const Literals *l;
    bool there = false;
    if (!literals_build(a, scratch, need, count, &l, &err))
        abort();
    literals_find(l, match, seen, &there);
    if (count && !there)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *a = arena_open((size_t)64 << 20), *scratch = arena_open((size_t)64 << 20);
    Err err = {0};
    Str rest = {(const char *)data, size < 8192 ? size : 8192}, pattern, text;
    const Regex *r;
    if (!str_cut(&rest, '\n', &pattern))
        pattern = STR("");
    if (!regex_compile(a, scratch, pattern, &r, &err)) {
        if (err.code == ERR_NONE || err.msg[0] == 0)
            abort();
    } else if (utf8_repair(a, rest, &text, &err)) {
        uint64_t budget = 4u << 20;
        size_t start, end;
        if (regex_find(r, scratch, text, 0, &budget, &start, &end)) {
            if (start >= end || end > text.len)
                abort();
            check_needs(a, scratch, r, (Str){text.ptr + start, end - start});
        }
    }
    arena_close(a);
    arena_close(scratch);
    return 0;
}
