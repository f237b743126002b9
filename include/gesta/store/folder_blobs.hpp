// Payloads that are too large to travel, in a folder: a file each, under the hash of its bytes.
// Floor: store. An adapter, for systems with POSIX: include it beside delivery/claim_check.hpp and link gesta::folder.
// May include: message, store.
//
//   <hash>   the bytes; the file's time is that of the last check-in
//   .new     what is being written; it becomes a blob when all of it is on the disk, and what a crash leaves of it is overwritten by the next one
#pragma once

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gesta/message/about.hpp>
#include <gesta/store/blobs.hpp>
#include <gesta/store/failure.hpp>

namespace gesta {

/// Blobs that last: `gesta::folder_blobs blobs("blobs");`. Any number of processes use one folder, each by an object of its own, one thread at a time;
/// who puts or collects waits for the others (flock). What was put is on the disk before it is acknowledged, and is there whole or not at all. A folder
/// that cannot be used is a failure of each call. Times are as exact as the file system keeps them.
class folder_blobs {
 public:
  /// The folder is made where there is none; that around it has to be there.
  explicit folder_blobs(std::string path) : path_(static_cast<std::string&&>(path)) {
    const bool is_new = ::mkdir(path_.c_str(), 0700) == 0;
    if (is_new || errno == EEXIST) folder_ = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (is_new && folder_ >= 0) {  // its name is to last as well
      const file around(::open((path_ + "/..").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
      if (around.number >= 0) (void)::fsync(around.number);
    }
    if (folder_ < 0) (void)fail(failure::kind::cannot_open, "open the folder");
  }
  folder_blobs(const folder_blobs&) = delete;
  folder_blobs& operator=(const folder_blobs&) = delete;
  ~folder_blobs() {
    if (folder_ >= 0) ::close(folder_);
  }

  /// Why no call can be done; nullptr when it can.
  const failure* broken() const noexcept { return folder_ < 0 ? &last_ : nullptr; }
  const failure& last_failure() const noexcept { return last_; }

  bool put(std::string_view name, std::string_view bytes, timestamp now) {
    if (folder_ < 0 || !is_name(name)) return false;
    const hold alone(folder_);
    if (!alone) return fail(failure::kind::input_output, "lock the folder");
    struct stat before {};
    const std::string place = path_of(name), fresh = path_of(".new");
    if (::stat(place.c_str(), &before) == 0 && time_of(before) > now.nanoseconds) now.nanoseconds = time_of(before);
    const file made(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (made.number < 0) return fail(failure::kind::input_output, "make a file");
    if (!write_all(made.number, bytes) || !set_time(made.number, now) || ::fsync(made.number) != 0)
      return fail(failure::kind::input_output, "write a blob");
    if (::rename(fresh.c_str(), place.c_str()) != 0 || ::fsync(folder_) != 0) return fail(failure::kind::input_output, "name a blob");
    return true;
  }
  blob_found get(std::string_view name, std::string& out) {
    if (folder_ < 0 || !is_name(name)) return blob_found::failed;
    const file there(::open(path_of(name).c_str(), O_RDONLY | O_CLOEXEC));
    if (there.number < 0) {
      if (errno == ENOENT) return blob_found::missing;
      return fail(failure::kind::input_output, "open a blob"), blob_found::failed;
    }
    struct stat about {};
    if (::fstat(there.number, &about) != 0) return fail(failure::kind::input_output, "read a blob"), blob_found::failed;
    out.resize(static_cast<std::size_t>(about.st_size));
    std::size_t done = 0;
    while (done < out.size()) {
      const ssize_t got = ::read(there.number, out.data() + done, out.size() - done);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return fail(failure::kind::input_output, "read a blob"), blob_found::failed;
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    out.resize(done);
    return blob_found::there;
  }
  /// O(blobs).
  bool collect(timestamp before, std::uint64_t& count) {
    count = 0;
    if (folder_ < 0) return false;
    const hold alone(folder_);
    if (!alone) return fail(failure::kind::input_output, "lock the folder");
    DIR* const all = ::opendir(path_.c_str());
    if (all == nullptr) return fail(failure::kind::input_output, "read the folder");
    bool is_good = true;
    errno = 0;
    while (const dirent* const one = ::readdir(all)) {
      struct stat about {};
      const std::string place = path_of(one->d_name);
      if (!holds_name(one->d_name) || ::stat(place.c_str(), &about) != 0 || !S_ISREG(about.st_mode) || time_of(about) >= before.nanoseconds) continue;
      if (::unlink(place.c_str()) != 0) {
        is_good = fail(failure::kind::input_output, "take away a blob");
        break;
      }
      ++count;
    }
    ::closedir(all);
    if (is_good && count != 0 && ::fsync(folder_) != 0) return fail(failure::kind::input_output, "write the folder");
    return is_good;
  }

 private:
  struct file {
    int number;
    explicit file(int of) noexcept : number(of) {}
    file(const file&) = delete;
    file& operator=(const file&) = delete;
    ~file() {
      if (number >= 0) ::close(number);
    }
  };
  /// Alone among all processes that put or collect.
  class hold {
   public:
    explicit hold(int folder) noexcept : folder_(folder) {
      int code = 0;
      do code = ::flock(folder, LOCK_EX);
      while (code != 0 && errno == EINTR);
      is_held_ = code == 0;
    }
    hold(const hold&) = delete;
    hold& operator=(const hold&) = delete;
    ~hold() {
      if (is_held_) ::flock(folder_, LOCK_UN);
    }
    explicit operator bool() const noexcept { return is_held_; }

   private:
    int folder_;
    bool is_held_ = false;
  };

  static constexpr std::int64_t second = 1'000'000'000;
  static std::int64_t time_of(const struct stat& about) noexcept {
    return static_cast<std::int64_t>(about.st_mtim.tv_sec) * second + static_cast<std::int64_t>(about.st_mtim.tv_nsec);
  }
  static bool set_time(int number, timestamp now) noexcept {
    std::int64_t seconds = now.nanoseconds / second, rest = now.nanoseconds % second;
    if (rest < 0) rest += second, --seconds;
    timespec times[2] = {};
    times[0].tv_nsec = UTIME_OMIT;
    times[1].tv_sec = static_cast<decltype(times[1].tv_sec)>(seconds);
    times[1].tv_nsec = static_cast<decltype(times[1].tv_nsec)>(rest);
    return ::futimens(number, times) == 0;
  }
  static bool write_all(int number, std::string_view bytes) noexcept {
    while (!bytes.empty()) {
      const ssize_t done = ::write(number, bytes.data(), bytes.size());
      if (done < 0 && errno == EINTR) continue;
      if (done <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(done));
    }
    return true;
  }
  /// The name of a hash, and so of no other file.
  static bool holds_name(std::string_view name) noexcept {
    for (const char c : name)
      if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
    return name.size() == 64;
  }
  bool is_name(std::string_view name) {
    if (!holds_name(name)) return last_ = failure(failure::kind::malformed, 0, "this is no name of a blob"), false;
    return true;
  }
  std::string path_of(std::string_view name) const { return path_ + '/' + std::string(name); }
  bool fail(failure::kind why, const char* what) {
    const int code = errno;
    if (code == ENOSPC || code == EDQUOT) why = failure::kind::full;
    last_ = failure(why, code, "cannot ", what, ": ", path_.c_str(), ": ", std::strerror(code));
    return false;
  }

  std::string path_;
  int folder_ = -1;
  failure last_;
};

}  // namespace gesta
