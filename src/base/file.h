/* file.h - whole files, read at once, mapped, or replaced at once.
 *
 * Writing is atomic: a File is a temporary beside its destination; file_commit
 * makes it durable (fsync, rename, fsync of the folder), file_close without a
 * commit removes it.  A reader sees the old bytes or the new, never a mixture.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/err.h"
#include "base/str.h"

/* The whole file, at most max_bytes (ERR_LIMIT over it; ERR_NOT_FOUND when absent). */
bool file_load(Arena *a, const char *path, size_t max_bytes, Str *out, Err *err);

/* Read-only pages shared with other processes; file_unmap ends them. */
typedef struct FileMap {
    Str bytes;
} FileMap;
bool file_map(const char *path, FileMap *out, Err *err);
void file_unmap(FileMap *m);

typedef struct File File;
bool file_create(const char *path, File **out, Err *err); /* path: the destination */
bool file_write(File *f, Str bytes, Err *err);            /* buffered */
bool file_commit(File *f, Err *err);                      /* then only file_close is left */
void file_close(File *f);                                 /* NULL is fine */

/* create + write + commit. */
bool file_save(const char *path, Str bytes, Err *err);

/* At the end of the file, which is made when absent; neither atomic nor synced: for logs,
 * where a line lost in a crash is no loss. */
bool file_append(const char *path, Str bytes, Err *err);

bool file_remove(const char *path, Err *err);
bool file_exists(const char *path);
bool file_is_dir(const char *path);
bool file_make_dirs(const char *path, Err *err); /* mkdir -p */

/* Names in a folder that end in `suffix`, sorted bytewise, without "." and "..". */
bool file_list(Arena *a, const char *dir, const char *suffix, Str **names, size_t *count,
               Err *err);

#endif
