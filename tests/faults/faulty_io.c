// A library for LD_PRELOAD under which one call that reaches a file fails, is cut short, or ends the process.
//
//   FAULTY_FOLDER  only files below this folder count
//   FAULTY_AT      the number of the call, from 1; 0 or absent: none
//   FAULTY_HOW     eio, enospc, short (half of a write is done), kill (before the call), torn (half of a write, then kill)
//   FAULTY_STAYS   set: the call and all after it fail (eio, enospc)
//   FAULTY_COUNT   a file that gets the number of calls when the process ends by itself
//
// Counted are write, pwrite, fsync, fdatasync, ftruncate, rename and unlink: everything by which a file or its name changes.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum way { eio, enospc, cut_short, killed, torn };

static atomic_long calls;
static long fatal;
static enum way how;
static int stays;
static const char *folder;

__attribute__((constructor)) static void begin(void) {
  const char *at = getenv("FAULTY_AT"), *name = getenv("FAULTY_HOW");
  fatal = at != NULL ? atol(at) : 0;
  folder = getenv("FAULTY_FOLDER");
  stays = getenv("FAULTY_STAYS") != NULL;
  if (name == NULL || strcmp(name, "eio") == 0) how = eio;
  else if (strcmp(name, "enospc") == 0) how = enospc;
  else if (strcmp(name, "short") == 0) how = cut_short;
  else if (strcmp(name, "kill") == 0) how = killed;
  else if (strcmp(name, "torn") == 0) how = torn;
  else abort();
}

__attribute__((destructor)) static void end(void) {
  const char *const path = getenv("FAULTY_COUNT");
  FILE *const out = path != NULL ? fopen(path, "w") : NULL;
  if (out == NULL) return;
  fprintf(out, "%ld\n", atomic_load(&calls));
  fclose(out);
}

static int is_path_below(const char *path) { return folder != NULL && strncmp(path, folder, strlen(folder)) == 0; }
static int is_file_below(int file) {
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  const ssize_t size = readlink(link, path, sizeof path - 1);
  if (size < 0) return 0;
  path[size] = 0;
  return is_path_below(path);
}

// Whether this call is the one.
static int is_struck(void) {
  const long call = atomic_fetch_add(&calls, 1) + 1;
  return fatal > 0 && (call == fatal || (stays && call > fatal));
}
// What becomes of a call that is struck and writes nothing.
static int strike(void) {
  if (how == killed || how == torn) {
    raise(SIGKILL);
  }
  errno = how == enospc ? ENOSPC : EIO;
  return -1;
}

#define BENEATH(name) \
  static __typeof__(&name) beneath; \
  if (beneath == NULL) beneath = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define WRITING(name, parameters, arguments_of_half, arguments) \
  ssize_t name parameters { \
    BENEATH(name); \
    if (!is_file_below(file) || !is_struck()) return beneath arguments; \
    if (how == cut_short) return beneath arguments_of_half; \
    if (how == torn && beneath arguments_of_half < 0) abort(); \
    return strike(); \
  }
WRITING(write, (int file, const void *bytes, size_t size), (file, bytes, size / 2), (file, bytes, size))
WRITING(pwrite, (int file, const void *bytes, size_t size, off_t at), (file, bytes, size / 2, at), (file, bytes, size, at))
WRITING(pwrite64, (int file, const void *bytes, size_t size, off64_t at), (file, bytes, size / 2, at), (file, bytes, size, at))

#define CHANGING(name, parameters, counts, arguments) \
  int name parameters { \
    BENEATH(name); \
    return counts && is_struck() ? strike() : beneath arguments; \
  }
CHANGING(fsync, (int file), is_file_below(file), (file))
CHANGING(fdatasync, (int file), is_file_below(file), (file))
CHANGING(ftruncate, (int file, off_t size), is_file_below(file), (file, size))
CHANGING(ftruncate64, (int file, off64_t size), is_file_below(file), (file, size))
CHANGING(rename, (const char *from, const char *to), is_path_below(from), (from, to))
CHANGING(unlink, (const char *path), is_path_below(path), (path))
