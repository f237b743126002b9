// A library for LD_PRELOAD that changes what it is to flush a file.
//
//   BAD_FLUSH  lie: a flush says that it was done and does nothing; a number: the flush of that number, from 1, ends the process before it begins
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static int lies;
static long fatal;
static atomic_long flushes;

__attribute__((constructor)) static void begin(void) {
  const char *const how = getenv("BAD_FLUSH");
  if (how == NULL) abort();
  lies = strcmp(how, "lie") == 0;
  fatal = atol(how);
}

static int flush(const char *name, int file) {
  if (lies) return 0;
  if (atomic_fetch_add(&flushes, 1) + 1 == fatal) raise(SIGKILL);
  int (*beneath)(int);
  *(void **)&beneath = dlsym(RTLD_NEXT, name);
  return beneath(file);
}
int fsync(int file) { return flush("fsync", file); }
int fdatasync(int file) { return flush("fdatasync", file); }
