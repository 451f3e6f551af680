/* temp.h - a folder of its own for a test that needs files, removed behind it. */
#ifndef TESTS_DATA_TEMP_H
#define TESTS_DATA_TEMP_H

#include "base/file.h"
#include "test.h"

#include <stdlib.h>
#include <unistd.h>

typedef struct Temp {
    Arena *arena;
    char dir[32];
} Temp;

static inline int temp_begin(void **state)
{
    Arena *a = arena_open(256 << 20);
    Temp *t = arena_new(a, Temp);
    *t = (Temp){.arena = a, .dir = "/tmp/gavel-test-XXXXXX"};
    assert_non_null(mkdtemp(t->dir));
    *state = t;
    return 0;
}

static inline int temp_end(void **state)
{
    Temp *t = *state;
    Str *name;
    size_t count;
    Err err;
    assert_true(file_list(t->arena, t->dir, "", &name, &count, &err));
    for (size_t i = 0; i < count; i++)
        unlink(str_z(t->arena, str_print(t->arena, "%s/" STR_FMT, t->dir, STR_ARG(name[i]))));
    rmdir(t->dir);
    arena_close(t->arena);
    return 0;
}

/* Writes the file and returns its path. */
static inline const char *temp_file(Temp *t, const char *name, Str text)
{
    const char *path = str_z(t->arena, str_print(t->arena, "%s/%s", t->dir, name));
    Err err;
    assert_true(file_save(path, text, &err));
    return path;
}

#endif
