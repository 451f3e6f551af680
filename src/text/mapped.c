#include "text/mapped.h"

#include "text/utf8.h"

enum { LEAST_CAP = 64 };

static bool grow(MappedWriter *w, size_t cap)
{
    char *ptr = arena_try_array(w->arena, char, cap);
    uint32_t *origin = arena_try_array(w->arena, uint32_t, cap + 1); /* + 1: the end */
    if (!ptr || !origin) {
        w->over = true;
        return false;
    }
    if (w->len) {
        memcpy(ptr, w->ptr, w->len);
        memcpy(origin, w->origin, w->len * sizeof *origin);
    }
    w->ptr = ptr;
    w->origin = origin;
    w->cap = cap;
    return true;
}

void mapped_begin(MappedWriter *w, Arena *a, size_t expected)
{
    *w = (MappedWriter){.arena = a};
    grow(w, expected > LEAST_CAP ? expected : LEAST_CAP);
}

bool mapped_room(MappedWriter *w, size_t more)
{
    if (w->over)
        return false;
    if (more <= w->cap - w->len)
        return true;
    size_t cap = 2 * w->cap;
    while (cap - w->len < more)
        cap *= 2;
    return grow(w, cap);
}

bool mapped_end(MappedWriter *w, uint32_t end, Mapped *out, Err *err)
{
    if (w->over)
        return err_set(err, ERR_LIMIT, "no room to derive a text of %u bytes", end);
    w->origin[w->len] = end;
    *out = (Mapped){
        {w->ptr, w->len},
        w->origin
    };
    return true;
}

void mapped_code_point(MappedWriter *w, uint32_t c, uint32_t from)
{
    char bytes[4];
    mapped_put(w, (Str){bytes, utf8_encode(c, bytes)}, from);
}

void mapped_put(MappedWriter *w, Str s, uint32_t from)
{
    if (!mapped_room(w, s.len))
        return;
    memcpy(w->ptr + w->len, s.ptr, s.len);
    for (size_t i = 0; i < s.len; i++)
        w->origin[w->len + i] = from;
    w->len += s.len;
}
