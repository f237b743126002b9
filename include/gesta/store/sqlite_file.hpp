// The file of a SQLite store: opened and checked, or made; its transactions; what became of an error.
// Floor: store. Below the log, above single statements.
// May include: store.
#pragma once

#include <sys/statvfs.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>

#include <gesta/store/sqlite_checkpoints.hpp>
#include <gesta/store/sqlite_incarnation.hpp>
#include <gesta/store/sqlite_migrations.hpp>
#include <gesta/store/sqlite_schema.hpp>
#include <gesta/store/sqlite_statement.hpp>

namespace gesta::detail {

/// How a file is opened: the members of gesta::sqlite_store.
struct sqlite_options {
  const char* path;
  bool flush_each_commit;
  std::uint32_t patience_milliseconds;
  std::uint64_t most_bytes;
  message_id (*random)() noexcept;
};

/// One connection to one file. After an input/output error or a corrupt page it is broken until it is opened again: what the operating
/// system still holds of a failed write cannot be trusted.
class sqlite_file {
 public:
  explicit sqlite_file(const sqlite_options& options) : path_(options.path), random_(options.random) {
    if (!open(options)) broken_ = true;
  }
  sqlite_file(const sqlite_file&) = delete;
  sqlite_file& operator=(const sqlite_file&) = delete;

  sqlite3* connection() const noexcept { return connection_.handle; }
  const char* path() const noexcept { return path_.c_str(); }

  /// Why nothing can be done with it any more; nullptr while it is good.
  const failure* broken() const noexcept { return broken_ ? &last_ : nullptr; }
  const failure& last_failure() const noexcept { return last_; }

  /// Notes a failure; returns false.
  bool fail(const failure& cause) {
    if (!broken_) last_ = cause;
    return false;
  }
  bool fail(int code, std::int64_t position = 0) {
    failure cause = sqlite_failure(connection(), code, path());
    // SQLite has taken the unit back, and the index holds nothing that is not in the log: nothing is broken.
    if (code == SQLITE_IOERR_SHMSIZE && !has_room_for_index())
      cause = failure(failure::kind::full, code, "the disk has no room for the index of the write-ahead log: ", path());
    cause.position = static_cast<std::uint64_t>(position);
    fail(cause);
    if (last_.why == failure::kind::input_output || last_.why == failure::kind::corrupt) broken_ = true;
    return false;
  }
  /// Notes a failure after which nothing can be done any more; returns false.
  bool break_off(const failure& cause) {
    fail(cause);
    broken_ = true;
    return false;
  }

  /// Notes that the file is not what a log leaves behind, at all or at the place of an event; returns false.
  bool damaged(const char* what) { return break_off(failure(failure::kind::corrupt, 0, what, ": ", path())); }
  bool damaged_at(std::int64_t position, const char* why) {
    failure cause(failure::kind::corrupt, 0, "the event at position ", static_cast<std::uint64_t>(position), " cannot be read, ", why);
    cause.add(": ");
    cause.add(path());
    cause.position = static_cast<std::uint64_t>(position);
    return break_off(cause);
  }

  bool prepare(sqlite_statement& statement, const char* sql) {
    const int code = statement.prepare(connection(), sql);
    return code == SQLITE_OK || fail(code);
  }
  /// Runs a statement to its end. It gives no rows.
  bool run(sqlite_statement& statement) {
    const int code = statement.step();
    return code == SQLITE_DONE || fail(code);
  }
  /// Steps to the next row, which may be that of an event. False: there is none, or `failed` was set.
  bool next(sqlite_statement& statement, bool& failed, std::int64_t position = 0) {
    const int code = statement.step();
    if (code != SQLITE_ROW && code != SQLITE_DONE) failed = !fail(code, position);
    return code == SQLITE_ROW;
  }

  /// Takes the write lock of the file, waiting as long as patience says.
  bool begin() { return !broken_ && run(begin_); }
  /// When it fails the transaction is rolled back.
  bool commit() {
    if (run(commit_)) {
      checkpoints_.after_commit();
      return true;
    }
    rollback();
    return false;
  }
  void rollback() noexcept {
    if (sqlite3_get_autocommit(connection()) == 0) rollback_.step();
  }

  /// How long it waits for others, in milliseconds.
  std::uint32_t patience() const noexcept { return static_cast<std::uint32_t>(patience_); }

  /// Which of the logs that share a past this file is.
  message_id incarnation() const noexcept { return incarnation_; }

  /// What is overwritten from here on is overwritten with zeros as well; or no longer.
  bool overwrite(bool with_zeros) { return execute(with_zeros ? "pragma secure_delete=on" : "pragma secure_delete=off"); }
  /// Moves the write-ahead log into the file and cuts it, so that what was erased is in neither; unless others read or write just now.
  void cut_log() noexcept {
    sqlite3_busy_timeout(connection(), 0);
    sqlite3_wal_checkpoint_v2(connection(), "main", SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    sqlite3_busy_timeout(connection(), patience_);
  }

  /// Whether the path still leads to this file; else it is broken. Somebody may have moved it away, or put another one in its place.
  bool is_in_its_place() {
    int has_moved = 0;
    sqlite3_file_control(connection(), "main", SQLITE_FCNTL_HAS_MOVED, &has_moved);
    if (has_moved == 0) return true;
    return break_off(failure(failure::kind::input_output, 0, "the file was moved or replaced while it was open; open the store again: ", path()));
  }

  /// A number that is another one whenever somebody has changed the file. To be compared within a transaction.
  std::int64_t data_version() const noexcept {
    unsigned version = 0;
    sqlite3_file_control(connection(), "main", SQLITE_FCNTL_DATA_VERSION, &version);
    return version;
  }

 private:
  struct owned_connection {
    sqlite3* handle = nullptr;
    owned_connection() = default;
    owned_connection(const owned_connection&) = delete;
    owned_connection& operator=(const owned_connection&) = delete;
    // The last one to close moves the write-ahead log into the file, which is then complete by itself.
    ~owned_connection() { sqlite3_close(handle); }
  };

  bool open(const sqlite_options& options) {
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;  // no mutex: one thread at a time
    const int code = sqlite3_open_v2(path(), &connection_.handle, flags, nullptr);
    if (code != SQLITE_OK) return fail(code);
    sqlite3_extended_result_codes(connection(), 1);
    patience_ = static_cast<int>(options.patience_milliseconds);
    sqlite3_busy_timeout(connection(), patience_);
    bool empty = false;
    if (!look_at_header(empty)) return false;
    if (sqlite3_db_readonly(connection(), "main") == 1) return refuse("the file cannot be written to");
    // 32 MB of cache; a write-ahead log of more than 64 MB is cut when it has been moved into the file.
    if (!execute("pragma foreign_keys=off; pragma cache_size=-32768; pragma journal_size_limit=67108864; pragma synchronous=full"))
      return false;
    // To ask SQLite takes a journal back that somebody left behind; where the file was just being made, nothing is left of it.
    std::int64_t pages = 0;
    if (!empty && !ask("pragma page_count", pages)) return false;
    if (pages == 0 && !make_tables()) return false;
    if (!use_write_ahead_log() || !check_format() || !read_incarnation()) return false;
    if (options.flush_each_commit ? !flush_log() : !execute("pragma synchronous=normal")) return false;
    checkpoints_.watch(connection());
    return limit(options.most_bytes) && prepare(begin_, "begin immediate") && prepare(commit_, "commit") && prepare(rollback_, "rollback");
  }

  // The header is read without SQLite's locks and journals, so that nothing of a file of another program is ever touched: to ask
  // SQLite would replay and remove a journal that belongs to it.
  bool look_at_header(bool& empty) {
    sqlite3_file* file = nullptr;
    sqlite3_file_control(connection(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (file == nullptr || file->pMethods == nullptr) return refuse("this path names no file");
    sqlite3_int64 size = 0;
    if (const int code = file->pMethods->xFileSize(file, &size); code != SQLITE_OK) return fail(code);
    empty = size == 0;
    if (empty) return true;
    unsigned char header[100] = {};
    const int code = file->pMethods->xRead(file, header, sizeof header, 0);
    if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ) return fail(code);
    // The machine stopped while the file was made, and its size had come to the disk before its pages: SQLite takes it all back.
    if (is_zero(header, sizeof header) && journal_leads_to_nothing()) return true;
    const auto* const id = header + 68;  // its place in the file format of SQLite
    const std::int64_t application = std::int64_t{id[0]} << 24 | std::int64_t{id[1]} << 16 | std::int64_t{id[2]} << 8 | std::int64_t{id[3]};
    if (std::memcmp(header, "SQLite format 3", 16) != 0 || application != sqlite_application) return refuse("not a file of gesta");
    return true;
  }

  static bool is_zero(const unsigned char* bytes, std::size_t size) noexcept {
    while (size != 0 && bytes[size - 1] == 0) --size;
    return size == 0;
  }
  // Whether there is a rollback journal, of which the file had no pages before: then nobody has anything in it.
  bool journal_leads_to_nothing() const noexcept {
    constexpr unsigned char magic[] = {0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7};
    unsigned char begin[20] = {};  // magic, records, nonce, pages of the file before: of 8 and 4 bytes each
    std::FILE* const journal = std::fopen(sqlite3_filename_journal(sqlite3_db_filename(connection(), "main")), "rb");
    if (journal == nullptr) return false;
    const bool is_read = std::fread(begin, 1, sizeof begin, journal) == sizeof begin;
    std::fclose(journal);
    return is_read && std::memcmp(begin, magic, sizeof magic) == 0 && is_zero(begin + 16, 4);
  }

  // Made with a rollback journal: whenever the machine stops, the header names gesta, or the journal takes everything back.
  bool make_tables() {
    if (!execute("begin immediate")) return false;
    std::int64_t application = 0, tables = 0;
    bool good = ask("pragma application_id", application) && ask("select count(*) from sqlite_master", tables);
    if (good && application != sqlite_application)  // else somebody else has made them meanwhile
      good = tables == 0 ? execute(sqlite_tables) && execute(sqlite_ledger().text().c_str()) && add_incarnation() &&
                               set("application_id", sqlite_application) && set("user_version", sqlite_format)
                         : refuse("not a file of gesta");
    return end_transaction(good);
  }

  // What was begun by a statement of its own.
  bool end_transaction(bool good) {
    if (good && execute("commit")) return true;
    sqlite3_exec(connection(), "rollback", nullptr, nullptr, nullptr);
    return false;
  }

  bool add_incarnation() {
    const message_id name = random_();
    if (name == message_id{})
      return fail(failure(failure::kind::input_output, 0, "the operating system gives no random numbers, which a new file needs: ", path()));
    const int code = detail::add_incarnation(connection(), name);
    return code == SQLITE_OK || fail(code);
  }
  bool read_incarnation() {
    const int code = detail::read_incarnation(connection(), incarnation_);
    if (code != SQLITE_OK) return fail(code);
    return incarnation_ != message_id{} || fail(failure(failure::kind::corrupt, 0, "the table incarnations is empty: ", path()));
  }

  // One step of the way to the format of now. Who waited here for another process finds the step done.
  bool migrate(const sqlite_migration& step) {
    if (!execute("begin immediate")) return false;
    std::int64_t format = 0;
    bool good = ask("pragma user_version", format);
    if (good && format == step.from) {
      std::int64_t done = 0;
      good = execute(step.sql().c_str()) && ask(step.proof, done) && (done == 1 || refuse("made by a program that was not gesta")) &&
             (!step.makes_incarnation || add_incarnation()) && set("user_version", step.from + 1);
    }
    return end_transaction(good);
  }

  // A program that was killed between its write and its flush leaves commits in the log that are not on the disk. They are read like
  // others and answered for, so they are put there first: what is read was flushed.
  bool flush_log() {
    sqlite3_file* log = nullptr;
    sqlite3_file_control(connection(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
    if (log == nullptr || log->pMethods == nullptr) return true;
    const int code = log->pMethods->xSync(log, SQLITE_SYNC_NORMAL);
    return code == SQLITE_OK || fail(code);
  }

  bool use_write_ahead_log() {
    sqlite_statement change;
    if (!prepare(change, "pragma journal_mode=wal")) return false;
    // Of several that read the file and want it alone SQLite refuses all but one at once, since they would wait for each other for ever.
    for (int waited = 0;; ++waited) {
      bool failed = false;
      const sqlite_reading reading(change);
      if (next(change, failed)) return std::strcmp(change.text(0), "wal") == 0 || refuse("no write-ahead log can be kept beside the file");
      if (last_.why != failure::kind::busy || waited >= patience_) return false;
      sqlite3_sleep(1);
    }
  }

  bool check_format() {
    std::int64_t application = 0, format = 0;
    if (!ask("pragma application_id", application) || !ask("pragma user_version", format)) return false;
    if (application != sqlite_application) return refuse("not a file of gesta");
    if (format > sqlite_format) return refuse("made by a newer gesta");
    if (format < sqlite_migrations[0].from) return refuse("not a file of gesta");
    for (const sqlite_migration& step : sqlite_migrations)
      if (format <= step.from && !migrate(step)) return false;
    return format == sqlite_format || (ask("pragma user_version", format) && (format == sqlite_format || refuse("made by a newer gesta")));
  }

  bool limit(std::uint64_t most_bytes) {
    if (most_bytes == 0) return true;
    std::int64_t page = 0;
    return ask("pragma page_size", page) && set("max_page_count", static_cast<std::int64_t>(most_bytes) / page);
  }

  bool execute(const char* sql) {
    const int code = sqlite3_exec(connection(), sql, nullptr, nullptr, nullptr);
    return code == SQLITE_OK || fail(code);
  }
  bool set(const char* pragma, std::int64_t value) {
    return execute(("pragma " + std::string(pragma) + '=' + std::to_string(value)).c_str());
  }
  bool ask(const char* sql, std::int64_t& answer) {
    sqlite_statement question;
    if (!prepare(question, sql)) return false;
    bool failed = false;
    if (next(question, failed)) answer = question.number(0);
    return !failed;
  }
  // Asked of the disk: SQLite does not always keep the number of the error.
  bool has_room_for_index() const noexcept {
    constexpr std::uint64_t part = 32768;  // it grows by this
    struct statvfs disk {};
    return ::statvfs(sqlite3_db_filename(connection(), "main"), &disk) != 0 || std::uint64_t{disk.f_bavail} * disk.f_frsize >= part;
  }
  bool refuse(const char* why) { return fail(failure(failure::kind::cannot_open, 0, why, ": ", path())); }

  std::string path_;
  message_id (*random_)() noexcept;
  message_id incarnation_;
  int patience_ = 0;
  failure last_;
  bool broken_ = false;
  owned_connection connection_;
  sqlite_checkpoints checkpoints_;              // gone before the connection
  sqlite_statement begin_, commit_, rollback_;  // gone before the connection
};

}  // namespace gesta::detail
