#include "base/file.h"

#include "base/sys.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool open_failed(const char *path, Err *err)
{
    bool absent = errno == ENOENT;
    err_errno(err, "cannot open %s", path);
    if (absent)
        err->code = ERR_NOT_FOUND;
    return false;
}

static bool read_all(int fd, const char *path, char *p, size_t n, Err *err)
{
    for (size_t at = 0; at < n;) {
        ssize_t got = sys_read(fd, p + at, n - at);
        if (got < 0)
            return err_errno(err, "cannot read %s", path);
        if (got == 0)
            return err_set(err, ERR_IO, "%s shrank while it was read", path);
        at += (size_t)got;
    }
    return true;
}

bool file_load(Arena *a, const char *path, size_t max_bytes, Str *out, Err *err)
{
    bool ok = false;
    int fd = sys_open(path, O_RDONLY, 0);
    if (fd < 0)
        return open_failed(path, err);
    int64_t size = sys_size(fd);
    if (size < 0) {
        err_errno(err, "cannot read %s", path);
        goto done;
    }
    char *p = (size_t)size > max_bytes ? NULL : arena_try_array(a, char, (size_t)size);
    if (!p) {
        err_set(err, ERR_LIMIT, "%s has %lld bytes, the limit is %zu", path, (long long)size,
                max_bytes);
        goto done;
    }
    if (!read_all(fd, path, p, (size_t)size, err))
        goto done;
    *out = (Str){p, (size_t)size};
    ok = true;
done:
    sys_close(fd); /* nothing was written: a failing close loses nothing */
    return ok;
}

bool file_map(const char *path, FileMap *out, Err *err)
{
    int fd = sys_open(path, O_RDONLY, 0);
    if (fd < 0)
        return open_failed(path, err);
    bool ok = false;
    int64_t size = sys_size(fd);
    if (size < 0) {
        err_errno(err, "cannot read %s", path);
    } else if (size == 0) {
        err_set(err, ERR_CORRUPT, "%s is empty", path);
    } else {
        void *p = sys_map(fd, (size_t)size);
        ok = p != NULL;
        if (ok)
            out->bytes = (Str){p, (size_t)size};
        else
            err_errno(err, "cannot map %s", path);
    }
    sys_close(fd);
    return ok;
}

void file_unmap(FileMap *m)
{
    if (m->bytes.ptr)
        sys_unmap((void *)(uintptr_t)m->bytes.ptr, m->bytes.len);
    *m = (FileMap){0};
}

enum { WRITE_BUFFER = 1 << 16 };

struct File {
    int fd;
    bool committed, broken;
    size_t used;
    char *path, *temp;
    char buffer[WRITE_BUFFER];
};

bool file_create(const char *path, File **out, Err *err)
{
    File *f = calloc(1, sizeof *f);
    size_t n = strlen(path);
    char *names = malloc(2 * n + 64);
    if (!f || !names) {
        fprintf(stderr, "out of memory: a file buffer\n");
        abort();
    }
    f->path = names;
    f->temp = names + n + 1;
    memcpy(f->path, path, n + 1);
    snprintf(f->temp, n + 63, "%s.tmp.%ld", path, (long)getpid());
    f->fd = sys_open(f->temp, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (f->fd < 0) {
        err_errno(err, "cannot create %s", f->temp);
        free(names);
        free(f);
        return false;
    }
    *out = f;
    return true;
}

static bool flush(File *f, Str s, Err *err)
{
    while (s.len) {
        ssize_t n = sys_write(f->fd, s.ptr, s.len);
        if (n < 0) {
            f->broken = true;
            return err_errno(err, "cannot write %s", f->temp);
        }
        s = (Str){s.ptr + n, s.len - (size_t)n};
    }
    return true;
}

bool file_write(File *f, Str bytes, Err *err)
{
    if (bytes.len > WRITE_BUFFER - f->used) {
        if (!flush(f, (Str){f->buffer, f->used}, err))
            return false;
        f->used = 0;
        if (bytes.len >= WRITE_BUFFER)
            return flush(f, bytes, err);
    }
    if (bytes.len)
        memcpy(f->buffer + f->used, bytes.ptr, bytes.len);
    f->used += bytes.len;
    return true;
}

static bool sync_folder(const char *path, Err *err)
{
    char dir[4096];
    const char *slash = strrchr(path, '/');
    size_t n = slash ? (size_t)(slash - path) : 0;
    if (n >= sizeof dir)
        return err_set(err, ERR_LIMIT, "the path %s is too long", path);
    memcpy(dir, path, n);
    dir[n] = 0;
    int fd = sys_open(slash ? (n ? dir : "/") : ".", O_RDONLY | O_DIRECTORY, 0);
    if (fd < 0)
        return err_errno(err, "cannot open the folder of %s", path);
    bool ok = sys_fsync(fd) == 0 || err_errno(err, "cannot sync the folder of %s", path);
    sys_close(fd);
    return ok;
}

bool file_commit(File *f, Err *err)
{
    if (f->broken)
        return err_set(err, ERR_IO, "%s was not written whole", f->temp);
    if (!flush(f, (Str){f->buffer, f->used}, err))
        return false;
    f->used = 0;
    if (sys_fsync(f->fd) != 0)
        return err_errno(err, "cannot sync %s", f->temp);
    int fd = f->fd;
    f->fd = -1;
    if (sys_close(fd) != 0)
        return err_errno(err, "cannot close %s", f->temp);
    if (sys_rename(f->temp, f->path) != 0)
        return err_errno(err, "cannot put %s in place", f->path);
    f->committed = true;
    return sync_folder(f->path, err);
}

void file_close(File *f)
{
    if (!f)
        return;
    if (f->fd >= 0)
        close(f->fd);
    if (!f->committed)
        unlink(f->temp); /* not through sys: cleaning up must not be what fails */
    free(f->path);
    free(f);
}

bool file_save(const char *path, Str bytes, Err *err)
{
    File *f = NULL;
    bool ok = file_create(path, &f, err) && file_write(f, bytes, err) && file_commit(f, err);
    file_close(f);
    return ok;
}

bool file_append(const char *path, Str bytes, Err *err)
{
    int fd = sys_open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    bool ok = fd >= 0 && sys_write(fd, bytes.ptr, bytes.len) == (ssize_t)bytes.len;
    if (!ok)
        err_errno(err, "cannot write %s", path);
    if (fd >= 0)
        sys_close(fd);
    return ok;
}

bool file_remove(const char *path, Err *err)
{
    return sys_unlink(path) == 0 || err_errno(err, "cannot remove %s", path);
}

bool file_exists(const char *path) { return access(path, F_OK) == 0; }

bool file_is_dir(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool file_make_dirs(const char *path, Err *err)
{
    char part[4096];
    size_t n = strlen(path);
    if (n >= sizeof part)
        return err_set(err, ERR_LIMIT, "the path %s is too long", path);
    for (size_t i = 1; i <= n; i++) {
        if (path[i] != '/' && path[i] != 0)
            continue;
        memcpy(part, path, i);
        part[i] = 0;
        if (sys_mkdir(part, 0755) != 0 && errno != EEXIST)
            return err_errno(err, "cannot make the folder %s", part);
    }
    if (n && !file_is_dir(path))
        return err_set(err, ERR_CONFLICT, "%s is not a folder", path);
    return true;
}

static int by_name(const void *x, const void *y)
{
    return str_cmp(*(const Str *)x, *(const Str *)y);
}

/* One more name at *list, which moves when it is full. */
static bool list_add(Arena *a, Str **list, size_t n, Str name)
{
    bool full = (n & (n - 1)) == 0; /* room is doubled at 0, 1, 2, 4, ... */
    if (full) {
        Str *more = arena_try_array(a, Str, n ? 2 * n : 1);
        if (!more)
            return false;
        if (n)
            memcpy(more, *list, n * sizeof **list);
        *list = more;
    }
    char *copy = arena_try_array(a, char, name.len + 1);
    if (!copy)
        return false;
    memcpy(copy, name.ptr, name.len);
    (*list)[n] = (Str){copy, name.len};
    return true;
}

bool file_list(Arena *a, const char *dir, const char *suffix, Str **names, size_t *count,
               Err *err)
{
    DIR *d = opendir(dir);
    if (!d)
        return open_failed(dir, err);
    size_t n = 0;
    Str *list = NULL;
    bool fits = true;
    for (struct dirent *e; fits && (e = readdir(d));) {
        Str name = str_of(e->d_name);
        if (str_eq(name, STR(".")) || str_eq(name, STR("..")) ||
            !str_ends(name, str_of(suffix)))
            continue;
        fits = list_add(a, &list, n, name);
        n += fits;
    }
    closedir(d);
    if (!fits)
        return err_set(err, ERR_LIMIT, "%s has too many entries", dir);
    if (n)
        qsort(list, n, sizeof *list, by_name);
    *names = list;
    *count = n;
    return true;
}
