// Copies of SQLite files: a backup while the file is in use, and a file made of a backup, which is a new incarnation of the log.
// Floor: store. Beside the file's connection.
// May include: message, store.
#pragma once

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>

#include <gesta/message/about.hpp>
#include <gesta/store/failure.hpp>
#include <gesta/store/sqlite_file.hpp>
#include <gesta/store/sqlite_schema.hpp>
#include <gesta/store/sqlite_statement.hpp>

namespace gesta {

/// What a backup or a restore came to: true, and the last position that the new file holds; else why() is the cause, and no part of a file
/// stands under the name that was asked for.
class [[nodiscard]] copy_result {
 public:
  explicit copy_result(std::uint64_t last) : position_(last) {}
  explicit copy_result(const failure& cause) : cause_(cause), whole_(false) {}

  explicit operator bool() const noexcept { return whole_; }
  std::uint64_t last_position() const noexcept { return position_; }
  const failure& why() const noexcept { return cause_; }

 private:
  failure cause_;
  std::uint64_t position_ = 0;
  bool whole_ = true;
};

namespace detail {

/// Makes a file under another name and gives it its own when it is whole and on the disk. What somebody who was stopped left behind goes.
class sqlite_copy {
 public:
  sqlite_copy(const char* from, const char* to, std::uint32_t patience_milliseconds)
      : from_(from), to_(to), unfinished_(to_ + "-unfinished"), patience_(patience_milliseconds) {}
  sqlite_copy(const sqlite_copy&) = delete;
  sqlite_copy& operator=(const sqlite_copy&) = delete;
  ~sqlite_copy() {
    if (!is_whole_ && is_begun_) remove_unfinished();
  }

  /// A complete file beside which nothing lies. Pages are copied in steps, from one view of the source: it grows meanwhile, nobody waits.
  copy_result backup() { return copy() && finish() ? copy_result(position_) : copy_result(cause_); }

  /// Likewise, of the format of now, and with a new incarnation.
  copy_result restore(message_id (*random)() noexcept) {
    return copy() && renew(random) && finish() ? copy_result(position_) : copy_result(cause_);
  }

 private:
  struct connection {
    sqlite3* handle = nullptr;
    connection() = default;
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;
    ~connection() { sqlite3_close(handle); }
  };
  static constexpr int pages_a_step = 256;

  bool fail(const failure& cause) {
    cause_ = cause;
    return false;
  }
  bool fail(sqlite3* where, int code, const std::string& path) { return fail(sqlite_failure(where, code, path.c_str())); }
  /// What the operating system refused.
  bool fail_by_system(const std::string& path) {
    const int code = errno;
    const bool is_full = code == ENOSPC || code == EDQUOT;
    const bool is_closed = code == ENOENT || code == EACCES || code == EPERM || code == EROFS || code == ENOTDIR;
    return fail(failure(is_full     ? failure::kind::full
                        : is_closed ? failure::kind::cannot_open
                                    : failure::kind::input_output,
                        code, std::strerror(code), ": ", path.c_str()));
  }
  bool refuse(const char* why, const std::string& path) { return fail(failure(failure::kind::cannot_open, 0, why, ": ", path.c_str())); }

  // The header is read without SQLite, which would touch what lies beside a file of another program.
  bool is_ours() {
    unsigned char header[100] = {};
    std::FILE* const file = std::fopen(from_.c_str(), "rb");
    if (file == nullptr) return fail_by_system(from_);
    const std::size_t size = std::fread(header, 1, sizeof header, file);
    std::fclose(file);
    std::int64_t application = 0;
    for (std::size_t i = 68; i < 72; ++i) application = application << 8 | header[i];  // its place in the file format of SQLite
    if (size != sizeof header || std::memcmp(header, "SQLite format 3", 16) != 0 || application != sqlite_application)
      return refuse("not a file of gesta", from_);
    return true;
  }
  // A journal that lies there from another file would be taken for one of this.
  bool is_free() {
    for (const char* const beside : {"", "-wal", "-journal", "-shm"})
      if (::access((to_ + beside).c_str(), F_OK) == 0) return refuse("a file of this name is there already", to_ + beside);
    return true;
  }
  void remove_unfinished() noexcept {
    for (const char* const beside : {"-wal", "-journal", "-shm", ""}) ::unlink((unfinished_ + beside).c_str());
  }

  bool run(sqlite3* where, const char* sql, const std::string& path) {
    const int code = sqlite3_exec(where, sql, nullptr, nullptr, nullptr);
    return code == SQLITE_OK || fail(where, code, path);
  }
  bool open(connection& made, const std::string& path, int flags) {
    const int code = sqlite3_open_v2(path.c_str(), &made.handle, flags | SQLITE_OPEN_NOMUTEX, nullptr);
    if (code != SQLITE_OK) return fail(made.handle, code, path);
    sqlite3_extended_result_codes(made.handle, 1);
    sqlite3_busy_timeout(made.handle, static_cast<int>(patience_));
    return true;
  }

  bool copy() {
    if (!is_ours() || !is_free()) return false;
    remove_unfinished();
    is_begun_ = true;
    connection source, target;  // closed in the other order: the target is whole before the source lets go of its view
    if (!open(source, from_, SQLITE_OPEN_READWRITE) || !begin_view(source.handle)) return false;
    if (!open(target, unfinished_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) return false;
    // Nobody else knows the file, and it is flushed as a whole at the end.
    if (!run(target.handle, "pragma journal_mode=off; pragma synchronous=off", unfinished_)) return false;
    if (!copy_pages(source.handle, target.handle)) return false;
    // Without a write-ahead log the file can be read where nothing can be written, from a medium for backups for example.
    return run(target.handle, "pragma journal_mode=delete", unfinished_);
  }

  // As long as the source is read within one transaction, what others commit does not make the copy begin anew.
  bool begin_view(sqlite3* source) {
    if (!run(source, "begin", from_)) return false;
    sqlite_statement last, format;
    int code = last.prepare(source, "select max(position) from events");
    if (code == SQLITE_OK) code = last.step();
    if (code != SQLITE_ROW) return fail(source, code, from_);
    position_ = static_cast<std::uint64_t>(last.number(0));
    code = format.prepare(source, "pragma user_version");
    if (code == SQLITE_OK) code = format.step();
    if (code != SQLITE_ROW) return fail(source, code, from_);
    return (format.number(0) >= 1 && format.number(0) <= sqlite_format) || refuse("made by a newer gesta", from_);
  }

  bool copy_pages(sqlite3* source, sqlite3* target) {
    sqlite3_backup* const work = sqlite3_backup_init(target, "main", source, "main");
    if (work == nullptr) return fail(target, sqlite3_errcode(target), unfinished_);
    int code = SQLITE_OK;
    std::uint32_t waited = 0;
    while (code == SQLITE_OK || ((code == SQLITE_BUSY || code == SQLITE_LOCKED) && waited < patience_)) {
      if (code != SQLITE_OK) {
        ++waited;
        const timespec millisecond{0, 1'000'000};
        ::nanosleep(&millisecond, nullptr);
      }
      code = sqlite3_backup_step(work, pages_a_step);
    }
    const int end = sqlite3_backup_finish(work);
    if (code == SQLITE_DONE && end == SQLITE_OK) return true;
    const int cause = code == SQLITE_DONE ? end : code;
    // The target tells what became of it; where it knows of nothing, it was the source.
    if ((sqlite3_errcode(target) & 0xff) == (cause & 0xff)) return fail(target, cause, unfinished_);
    return fail(failure(sqlite_failure_kind(cause), cause, sqlite3_errstr(cause), ": ", from_.c_str()));
  }

  bool renew(message_id (*random)() noexcept) {
    const sqlite_options options{unfinished_.c_str(), true, patience_, 0, random};
    sqlite_file file(options);  // brings it to the format of now
    if (const failure* const cause = file.broken()) return fail(*cause);
    const message_id name = random();
    if (name == message_id{})
      return fail(failure(failure::kind::input_output, 0, "there are no random numbers, which a restored file needs: ", to_.c_str()));
    if (!file.begin()) return fail(file.last_failure());
    const int code = add_incarnation(file.connection(), name);
    if (code != SQLITE_OK) return fail(file.connection(), code, unfinished_);
    if (!file.commit()) return fail(file.last_failure());
    // Everything into the file itself, and no longer a log beside it.
    sqlite_statement mode;
    int gone = mode.prepare(file.connection(), "pragma journal_mode=delete");
    if (gone == SQLITE_OK) gone = mode.step();
    const bool is_whole = gone == SQLITE_ROW && std::strcmp(mode.text(0), "delete") == 0;
    return is_whole || fail(file.connection(), gone == SQLITE_ROW ? SQLITE_IOERR : gone, unfinished_);
  }

  bool finish() {
    const std::size_t slash = to_.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : slash == 0 ? "/" : to_.substr(0, slash);
    if (!flush(unfinished_, O_RDWR)) return false;
    if (::rename(unfinished_.c_str(), to_.c_str()) != 0) return fail_by_system(to_);
    is_whole_ = flush(folder, O_RDONLY | O_DIRECTORY);
    if (!is_whole_) ::unlink(to_.c_str());
    return is_whole_;
  }
  bool flush(const std::string& path, int flags) {
    const int file = ::open(path.c_str(), flags | O_CLOEXEC);
    if (file < 0) return fail_by_system(path);
    const bool good = ::fsync(file) == 0 || fail_by_system(path);
    ::close(file);
    return good;
  }

  std::string from_, to_, unfinished_;
  std::uint32_t patience_;
  std::uint64_t position_ = 0;
  failure cause_;
  bool is_begun_ = false;
  bool is_whole_ = false;
};

}  // namespace detail

}  // namespace gesta
