// Loaded before the C library (LD_PRELOAD): a disk that fails as the file named by FAULTY_DISK says, until that file is gone.
// Its lines: <what> <errno> <path>, for all below that path. What: "change" (files and names are made or replaced),
// "write" (bytes go into a file, or a file is made) and "force" (bytes are forced to the disk).
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static int rules(char *into, int size) {
  const char *name = getenv("FAULTY_DISK");
  if (!name) return 0;
  int file = syscall(SYS_openat, AT_FDCWD, name, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  int length = syscall(SYS_read, file, into, size - 1);
  syscall(SYS_close, file);
  into[length > 0 ? length : 0] = 0;
  return length > 0;
}

static int fails(const char *what, const char *path) {
  char text[4096], *rest = text, *line;
  int kept = errno;
  if (!path || !rules(text, sizeof text)) { errno = kept; return 0; }
  while ((line = strsep(&rest, "\n"))) {
    char named[32], below[2048];
    int code;
    if (sscanf(line, "%31s %d %2047s", named, &code, below) != 3) continue;
    if (strcmp(named, what) || strncmp(path, below, strlen(below))) continue;
    errno = code;
    return 1;
  }
  errno = kept;
  return 0;
}

static int failsOn(const char *what, int file) {
  char link[64], path[4096];
  int kept = errno;
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  int length = readlink(link, path, sizeof path - 1);
  errno = kept;
  if (length <= 0) return 0;
  path[length] = 0;
  return fails(what, path);
}

#define REAL(name) static __typeof__(name) *real; if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

#define OPEN(name)                                                                          \
  int name(const char *path, int flags, ...) {                                              \
    REAL(name);                                                                             \
    va_list more; va_start(more, flags); mode_t mode = va_arg(more, mode_t); va_end(more);  \
    if ((flags & (O_WRONLY | O_RDWR | O_CREAT)) && fails("change", path)) return -1;        \
    if ((flags & O_CREAT) && access(path, F_OK) && fails("write", path)) return -1;         \
    return real(path, flags, mode);                                                         \
  }
OPEN(open)
OPEN(open64)

int mkdir(const char *path, mode_t mode) { REAL(mkdir); return fails("change", path) || fails("write", path) ? -1 : real(path, mode); }
int link(const char *from, const char *to) { REAL(link); return fails("change", to) ? -1 : real(from, to); }
int rename(const char *from, const char *to) { REAL(rename); return fails("change", to) ? -1 : real(from, to); }
int fsync(int file) { REAL(fsync); return failsOn("force", file) ? -1 : real(file); }
int fdatasync(int file) { REAL(fdatasync); return failsOn("force", file) ? -1 : real(file); }
ssize_t write(int file, const void *bytes, size_t size) { REAL(write); return failsOn("write", file) ? -1 : real(file, bytes, size); }
ssize_t writev(int file, const struct iovec *parts, int count) { REAL(writev); return failsOn("write", file) ? -1 : real(file, parts, count); }
ssize_t pwrite(int file, const void *bytes, size_t size, off_t at) { REAL(pwrite); return failsOn("write", file) ? -1 : real(file, bytes, size, at); }
ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t at) { REAL(pwrite64); return failsOn("write", file) ? -1 : real(file, bytes, size, at); }
int ftruncate64(int file, off64_t size) { REAL(ftruncate64); return failsOn("write", file) ? -1 : real(file, size); }
