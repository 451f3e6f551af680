#include "base/sys.h"

#include "base/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define AGAIN(call)                         \
    ({                                      \
        __typeof__(call) r_;                \
        do                                  \
            r_ = (call);                    \
        while (r_ == -1 && errno == EINTR); \
        r_;                                 \
    })

int sys_open(const char *path, int flags, mode_t mode)
{
    return fault() ? -1 : AGAIN(open(path, flags | O_CLOEXEC, mode));
}

ssize_t sys_read(int fd, void *buf, size_t n) { return fault() ? -1 : AGAIN(read(fd, buf, n)); }

ssize_t sys_write(int fd, const void *buf, size_t n)
{
    return fault() ? -1 : AGAIN(write(fd, buf, n));
}

int sys_fsync(int fd) { return fault() ? -1 : AGAIN(fsync(fd)); }

/* The descriptor is gone whatever close says, so a fault still closes it. */
int sys_close(int fd)
{
    bool broken = fault();
    int saved = errno, r = close(fd);
    if (!broken)
        return r;
    errno = saved;
    return -1;
}

int sys_rename(const char *from, const char *to) { return fault() ? -1 : rename(from, to); }
int sys_unlink(const char *path) { return fault() ? -1 : unlink(path); }
int sys_mkdir(const char *path, mode_t mode) { return fault() ? -1 : mkdir(path, mode); }

int64_t sys_size(int fd)
{
    struct stat st;
    if (fault() || fstat(fd, &st) != 0)
        return -1;
    if (!S_ISREG(st.st_mode)) {
        errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
        return -1;
    }
    return st.st_size;
}

void *sys_map(int fd, size_t n)
{
    if (fault())
        return NULL;
    void *p = mmap(NULL, n, PROT_READ, MAP_SHARED, fd, 0);
    return p == MAP_FAILED ? NULL : p;
}

int sys_unmap(void *p, size_t n) { return munmap(p, n); }
