/* temp.h - a folder for one test, removed whole afterwards:
 *
 *     cmocka_unit_test_setup_teardown(x, with_temp, without_temp)
 *
 * `*state` is then the Temp: an arena, and the folder's path. */
#ifndef TEMP_H
#define TEMP_H

#include "base/file.h"
#include "test.h"

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct Temp {
    Arena *arena;
    char dir[64];
} Temp;

static inline int with_temp(void **state)
{
    Arena *a = arena_open(16 << 20);
    Temp *t = arena_new(a, Temp);
    t->arena = a;
    snprintf(t->dir, sizeof t->dir, "/tmp/gavel-test-XXXXXX");
    *state = t;
    return mkdtemp(t->dir) ? 0 : -1;
}

static inline int temp_remove_one(const char *path, const struct stat *st, int type,
                                  struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static inline int without_temp(void **state)
{
    Temp *t = *state;
    int r = nftw(t->dir, temp_remove_one, 8, FTW_DEPTH | FTW_PHYS);
    arena_close(t->arena);
    return r;
}

static inline const char *temp_path(Temp *t, const char *name)
{
    return str_print(t->arena, "%s/%s", t->dir, name).ptr;
}

/* Writes the file and returns its path. */
static inline const char *temp_file(Temp *t, const char *name, Str text)
{
    const char *path = temp_path(t, name);
    Err err = {0};
    assert_true(file_save(path, text, &err));
    return path;
}

static inline int temp_entries(const Temp *t) /* in the folder itself */
{
    int n = 0;
    DIR *d = opendir(t->dir);
    assert_non_null(d);
    while (readdir(d))
        n++;
    closedir(d);
    return n - 2; /* . and .. */
}

#endif
