// Makes the n-th call of one function on one file fail. LD_PRELOAD it; the environment says what:
//   SHIM_FILE   part of the path, e.g. out.jsonl
//   SHIM_CALL   open, write, sync (fsync and fdatasync) or close; or, of no file, thread (pthread_create) or eventfd
//   SHIM_NTH    from 1
//   SHIM_ERROR  an errno; for write also "short": half of it is written, which is no failure
//   SHIM_TOLD   a file that is made when it has happened
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_long calls;

static int is_watched_path(const char* path) {
  const char* part = getenv("SHIM_FILE");
  return part && path && strstr(path, part);
}

static int is_watched(int fd) {
  char link[64];
  char path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t size = readlink(link, path, sizeof path - 1);
  if (size < 0) return 0;
  path[size] = 0;
  return is_watched_path(path);
}

// True: this is the call that fails.
static int is_turn(const char* call) {
  const char* wanted = getenv("SHIM_CALL");
  if (!wanted || strcmp(wanted, call) != 0) return 0;
  if (atomic_fetch_add(&calls, 1) + 1 != atol(getenv("SHIM_NTH"))) return 0;
  const long told = syscall(SYS_openat, AT_FDCWD, getenv("SHIM_TOLD"), O_CREAT | O_WRONLY, 0600);
  if (told >= 0) syscall(SYS_close, (int)told);
  return 1;
}

static int fail(void) {
  errno = atoi(getenv("SHIM_ERROR"));
  return -1;
}

ssize_t write(int fd, const void* bytes, size_t size) {
  if (is_watched(fd) && is_turn("write")) {
    if (strcmp(getenv("SHIM_ERROR"), "short") != 0) return fail();
    size = (size + 1) / 2;
  }
  return syscall(SYS_write, fd, bytes, size);
}

int fsync(int fd) { return is_watched(fd) && is_turn("sync") ? fail() : (int)syscall(SYS_fsync, fd); }
int fdatasync(int fd) { return is_watched(fd) && is_turn("sync") ? fail() : (int)syscall(SYS_fdatasync, fd); }

// Closed it is, whatever close() says.
int close(int fd) {
  const int fails = is_watched(fd) && is_turn("close");
  const int result = (int)syscall(SYS_close, fd);
  return fails ? fail() : result;
}

int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const int mode = flags & O_CREAT ? va_arg(rest, int) : 0;
  va_end(rest);
  if (is_watched_path(path) && is_turn("open")) return fail();
  return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*run)(void*), void* argument) {
  if (is_turn("thread")) return atoi(getenv("SHIM_ERROR"));
  int (*next)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
  *(void**)&next = dlsym(RTLD_NEXT, "pthread_create");
  return next(thread, attributes, run, argument);
}

int eventfd(unsigned value, int flags) {
  if (is_turn("eventfd")) return fail();
  return (int)syscall(SYS_eventfd2, value, flags);
}
