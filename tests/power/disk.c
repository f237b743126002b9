// A disk that remembers: a FUSE file system with one file, `disk`, whose every write and every flush is put down in order, with its data.
// A loop device on it carries a real file system, and from what was put down the disk is made anew as it can be found after a loss of power.
//
//   disk IMAGE LOG COUNT MOUNTPOINT   stays until it is unmounted
//
//   IMAGE  what the disk holds at first, and is changed
//   LOG    gets an entry for each: {uint32 kind: 1 write, 2 flush; uint32 size; uint64 offset} in the machine's order, then `size` bytes
//   COUNT  8 bytes: the number of entries so far, counted before a call is answered. Who maps the file learns what has been put down.
//
// One thread answers the calls one by one, so the order of the entries is the order in which the disk acted. Nothing is cached above it
// (direct_io): what the file system sends is what is put down.
#define FUSE_USE_VERSION 31
#define _GNU_SOURCE
#include <fuse3/fuse.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { is_write = 1, is_flush = 2 };
struct entry {
  uint32_t kind, size;
  uint64_t offset;
};

static const char *const name = "/disk";
static int image, record;
static off_t length;
static _Atomic uint64_t *count;

static int put_all(int file, const void *bytes, size_t size) {
  for (const char *at = bytes; size != 0;) {
    const ssize_t done = write(file, at, size);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return 0;
    at += done;
    size -= (size_t)done;
  }
  return 1;
}
// A record with a hole would prove nothing: then the disk is gone.
static void put_down(uint32_t kind, const void *bytes, size_t size, off_t offset) {
  const struct entry entry = {kind, (uint32_t)size, (uint64_t)offset};
  if (!put_all(record, &entry, sizeof entry) || !put_all(record, bytes, size)) {
    perror("disk: the log cannot be written");
    _exit(1);
  }
  ++*count;
}

static int get_attributes(const char *path, struct stat *out, struct fuse_file_info *file) {
  (void)file;
  memset(out, 0, sizeof *out);
  if (strcmp(path, "/") == 0) {
    out->st_mode = S_IFDIR | 0700;
    out->st_nlink = 2;
    return 0;
  }
  if (strcmp(path, name) != 0) return -ENOENT;
  out->st_mode = S_IFREG | 0600;
  out->st_nlink = 1;
  out->st_size = length;
  return 0;
}

static int list(const char *path, void *to, fuse_fill_dir_t fill, off_t offset, struct fuse_file_info *file, enum fuse_readdir_flags flags) {
  (void)path, (void)offset, (void)file, (void)flags;
  fill(to, name + 1, NULL, 0, 0);
  return 0;
}

static int open_disk(const char *path, struct fuse_file_info *file) {
  if (strcmp(path, name) != 0) return -ENOENT;
  file->direct_io = 1;
  return 0;
}

static int read_disk(const char *path, char *to, size_t size, off_t offset, struct fuse_file_info *file) {
  (void)path, (void)file;
  const ssize_t done = pread(image, to, size, offset);
  return done < 0 ? -errno : (int)done;
}

static int write_disk(const char *path, const char *bytes, size_t size, off_t offset, struct fuse_file_info *file) {
  (void)path, (void)file;
  if (offset + (off_t)size > length) return -ENOSPC;
  if (pwrite(image, bytes, size, offset) != (ssize_t)size) return -EIO;
  put_down(is_write, bytes, size, offset);
  return (int)size;
}

static int flush_disk(const char *path, int only_data, struct fuse_file_info *file) {
  (void)path, (void)only_data, (void)file;
  put_down(is_flush, NULL, 0, 0);
  return 0;
}

static const struct fuse_operations operations = {
    .getattr = get_attributes,
    .readdir = list,
    .open = open_disk,
    .read = read_disk,
    .write = write_disk,
    .fsync = flush_disk,
};

int main(int words, char **word) {
  if (words != 5) return fprintf(stderr, "usage: disk IMAGE LOG COUNT MOUNTPOINT\n"), 2;
  struct stat found;
  image = open(word[1], O_RDWR | O_CLOEXEC);
  record = open(word[2], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const int counter = open(word[3], O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (image < 0 || record < 0 || counter < 0 || fstat(image, &found) != 0 || ftruncate(counter, sizeof *count) != 0) return perror("disk"), 1;
  length = found.st_size;
  count = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED, counter, 0);
  if (count == MAP_FAILED) return perror("disk"), 1;
  char *arguments[] = {word[0], word[4], "-f", "-s", NULL};
  return fuse_main(4, arguments, &operations, NULL);
}
