/* memory_file.h - the bytes of a fuzz input as a file with a path. */
#ifndef FUZZ_MEMORY_FILE_H
#define FUZZ_MEMORY_FILE_H

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct MemoryFile {
    int fd;
    char path[32];
} MemoryFile;

static inline MemoryFile memory_file(const uint8_t *data, size_t size)
{
    MemoryFile f = {.fd = memfd_create("fuzz", 0)};
    assert(f.fd >= 0);
    ssize_t n = write(f.fd, data, size);
    assert(n == (ssize_t)size);
    snprintf(f.path, sizeof f.path, "/proc/self/fd/%d", f.fd);
    return f;
}

#endif
