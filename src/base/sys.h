/* sys.h - the only door to the operating system's files.
 *
 * Each function is the system call of that name, restarted after EINTR, with a
 * fault point in front (see base/fault.h), and returns -1 with errno as the call
 * does.  sys_read and sys_write move what they can, like the calls.
 */
#ifndef BASE_SYS_H
#define BASE_SYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

int sys_open(const char *path, int flags, mode_t mode);
ssize_t sys_read(int fd, void *buf, size_t n);
ssize_t sys_write(int fd, const void *buf, size_t n);
int sys_fsync(int fd);
int sys_close(int fd);
int sys_rename(const char *from, const char *to);
int sys_unlink(const char *path);
int sys_mkdir(const char *path, mode_t mode);
int64_t sys_size(int fd);        /* bytes, of a regular file */
void *sys_map(int fd, size_t n); /* read-only, shared; NULL on failure */
int sys_unmap(void *p, size_t n);

#endif
