// A library for LD_PRELOAD under which one call that sends or receives ends the process, ends the connection, or ends who is at its other end.
//
//   FAULTY_LINK    unix, inet: the call is one of those on connections of this kind, which are counted by themselves
//   FAULTY_AT      its number, from 1; 0 or absent: none
//   FAULTY_HOW     kill: the process, before the call. torn: the process, when half is sent, or when it was received and nobody knows.
//                  cut: the connection, before the call. half: the connection, when half is sent, or when what comes next was not received.
//                  other: FAULTY_OTHER, the id of a process, gets the signal FAULTY_SIGNAL before the call
//   FAULTY_STRUCK  a file that is made when the call is reached
//   FAULTY_COUNT   a file that gets the numbers of calls, unix and inet, when the process ends by itself
//
// Counted are send and recv: libpq, and cnats with its threads, use no others.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum way { killed, torn, cut, half, other };

static atomic_long calls[2];  // unix, inet
static long fatal;
static enum way how;
static int kind;

__attribute__((constructor)) static void begin(void) {
  const char *at = getenv("FAULTY_AT"), *name = getenv("FAULTY_HOW"), *link = getenv("FAULTY_LINK");
  fatal = at != NULL ? atol(at) : 0;
  kind = link != NULL && strcmp(link, "inet") == 0;
  if (name == NULL || strcmp(name, "kill") == 0) how = killed;
  else if (strcmp(name, "torn") == 0) how = torn;
  else if (strcmp(name, "cut") == 0) how = cut;
  else if (strcmp(name, "half") == 0) how = half;
  else if (strcmp(name, "other") == 0) how = other;
  else abort();
}

__attribute__((destructor)) static void end(void) {
  const char *const path = getenv("FAULTY_COUNT");
  FILE *const out = path != NULL ? fopen(path, "w") : NULL;
  if (out == NULL) return;
  fprintf(out, "%ld %ld\n", atomic_load(&calls[0]), atomic_load(&calls[1]));
  fclose(out);
}

static int is_struck(int link) {
  struct sockaddr_storage at;
  socklen_t size = sizeof at;
  if (getsockname(link, (struct sockaddr *)&at, &size) != 0 || (at.ss_family != AF_UNIX && at.ss_family != AF_INET)) return 0;
  const int of = at.ss_family == AF_INET;
  const long call = atomic_fetch_add(&calls[of], 1) + 1;
  if (of != kind || call != fatal) return 0;
  const char *const path = getenv("FAULTY_STRUCK");
  if (path != NULL) close(open(path, O_WRONLY | O_CREAT, 0600));
  return 1;
}
static void strike_other(void) {
  const char *const who = getenv("FAULTY_OTHER"), *const with = getenv("FAULTY_SIGNAL");
  if (who == NULL || with == NULL || kill((pid_t)atol(who), atoi(with)) != 0) abort();
}

ssize_t send(int link, const void *bytes, size_t size, int flags) {
  static __typeof__(&send) beneath;
  if (beneath == NULL) beneath = (__typeof__(&send))dlsym(RTLD_NEXT, "send");
  if (is_struck(link)) {
    if ((how == torn || how == half) && size > 1) (void)beneath(link, bytes, size / 2, flags);
    if (how == killed || how == torn) raise(SIGKILL);
    if (how == cut || how == half) shutdown(link, SHUT_RDWR);
    if (how == other) strike_other();
  }
  return beneath(link, bytes, size, flags);
}
ssize_t recv(int link, void *bytes, size_t size, int flags) {
  static __typeof__(&recv) beneath;
  if (beneath == NULL) beneath = (__typeof__(&recv))dlsym(RTLD_NEXT, "recv");
  const int struck = is_struck(link);
  if (struck && how == killed) raise(SIGKILL);
  if (struck && (how == cut || how == half)) shutdown(link, SHUT_RDWR);
  if (struck && how == other) strike_other();
  const ssize_t came = beneath(link, bytes, size, flags);
  if (struck && how == torn) raise(SIGKILL);
  return struck && (how == cut || how == half) ? 0 : came;
}
