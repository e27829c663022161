// A library for LD_PRELOAD: a disk without hard links, which answers with the error NO_LINKS_ERRNO (EPERM by default).
#include <errno.h>
#include <stdlib.h>

static int refuse(void) {
  const char *number = getenv("NO_LINKS_ERRNO");
  errno = number ? atoi(number) : EPERM;
  return -1;
}

int link(const char *from, const char *to) {
  (void)from, (void)to;
  return refuse();
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags) {
  (void)from_folder, (void)from, (void)to_folder, (void)to, (void)flags;
  return refuse();
}
