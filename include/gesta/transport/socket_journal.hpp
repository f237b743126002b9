// Where the broker of `socket` keeps what it was given: a file to which facts are appended, and which is written anew when most of it is over.
// Floor: transport. A part of the component gesta::socket, POSIX.
// May include: detail, message, store, delivery.
//
// The file begins with a line that says what it is. Behind it lie batches: length (4 bytes), CRC-32C of what follows it (4), number of the batch (8),
// and facts, each with its length. A batch is written at once and is there or not: what is torn at the end of the file was never told to anybody, and
// is cut off. A damaged batch with a good one behind it is no torn end: the broker does not open such a file.
#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gesta/delivery/guarantee.hpp>
#include <gesta/delivery/parcel.hpp>
#include <gesta/detail/hash.hpp>
#include <gesta/store/failure.hpp>
#include <gesta/transport/exchange.hpp>
#include <gesta/transport/socket_frame.hpp>

namespace gesta::detail {

/// A file that is open; -1: none.
class owned_file {
 public:
  owned_file() = default;
  explicit owned_file(int file) noexcept : file_(file) {}
  owned_file(owned_file&& other) noexcept : file_(other.file_) { other.file_ = -1; }
  owned_file& operator=(owned_file&& other) noexcept {
    const int file = file_;
    file_ = other.file_;
    other.file_ = file;
    return *this;
  }
  ~owned_file() { close(); }
  void close() noexcept {
    if (file_ >= 0) ::close(file_);
    file_ = -1;
  }
  int number() const noexcept { return file_; }
  explicit operator bool() const noexcept { return file_ >= 0; }

 private:
  int file_ = -1;
};

struct crc_table {
  std::uint32_t of[256];
};
constexpr crc_table make_crc_table() noexcept {
  crc_table table{};
  for (std::uint32_t n = 0; n < 256; ++n) {
    std::uint32_t c = n;
    for (int bit = 0; bit < 8; ++bit) c = (c >> 1) ^ ((c & 1) != 0 ? 0x82f63b78u : 0u);
    table.of[n] = c;
  }
  return table;
}
inline constexpr crc_table crc_bytes = make_crc_table();
/// CRC-32C.
constexpr std::uint32_t crc32c(std::string_view bytes) noexcept {
  std::uint32_t c = 0xffffffffu;
  for (const char one : bytes) c = crc_bytes.of[(c ^ static_cast<unsigned char>(one)) & 255u] ^ (c >> 8);
  return ~c;
}

/// Hears facts, and appends them.
class socket_journal {
 public:
  static constexpr std::string_view title = "gesta broker's messages 1\n";

  // ---- facts; the same names as no_notes

  void published(const held_message& one) {
    open(fact::published);
    socket_writer(batch_).u64(one.sequence).time(one.published.nanoseconds).message(one.as_parcel());
    close(true);
  }
  void kept(const held_message& one) {  // its id is another fact
    open(fact::kept);
    socket_writer(batch_).u64(one.sequence).time(one.published.nanoseconds).message(one.as_parcel());
    close(true);
  }
  void joined(std::string_view group, std::string_view topic, bool from_beginning) {
    open(fact::joined);
    socket_writer(batch_).text(group).text(topic).u8(from_beginning ? 1 : 0);
    close(true);
  }
  void handed(std::string_view group, std::uint64_t sequence, std::uint32_t deliveries) {
    open(fact::handed);
    socket_writer(batch_).text(group).u64(sequence).u32(deliveries);
    close(false);  // what is lost of it is counted again
  }
  void settled(std::string_view group, std::uint64_t sequence) {
    open(fact::settled);
    socket_writer(batch_).text(group).u64(sequence);
    close(true);
  }
  void buried(std::string_view group, std::uint64_t sequence, std::string_view cause, timestamp since) {
    open(fact::buried);
    socket_writer(batch_).text(group).u64(sequence).text(cause).time(since.nanoseconds);
    close(true);
  }
  void revived(std::string_view group, std::uint64_t sequence) {
    open(fact::revived);
    socket_writer(batch_).text(group).u64(sequence);
    close(true);
  }
  void discarded(std::string_view group, std::uint64_t sequence) {
    open(fact::discarded);
    socket_writer(batch_).text(group).u64(sequence);
    close(true);
  }
  void forgotten(std::string_view group) {
    open(fact::forgotten);
    socket_writer(batch_).text(group);
    close(true);
  }
  void numbered(std::uint64_t last) {
    open(fact::numbered);
    socket_writer(batch_).u64(last);
    close(true);
  }
  void remembered(std::string_view id, timestamp time) {
    open(fact::remembered);
    socket_writer(batch_).text(id).time(time.nanoseconds);
    close(true);
  }
  void began(std::uint64_t run) {
    open(fact::began);
    socket_writer(batch_).u64(run);
    close(true);
  }

  // ---- the file

  /// Opens the file, or makes it, takes it for this program alone, and tells its facts to `what`. Returns the number of this run, from 1; 0: `why`.
  template <class Exchange>
  std::uint64_t open_file(const std::string& path, survival outlives, Exchange& what, failure& why) {
    path_ = path;
    is_synced_ = outlives == survival::disk;
    // The lock is a file of its own, because the other one is replaced.
    lock_ = owned_file(::open((path + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!lock_) return fail(why, failure::kind::cannot_open, "cannot make the lock beside "), 0;
    if (::flock(lock_.number(), LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK) return why = failure(failure::kind::busy, errno, "another broker holds ", path.c_str()), 0;
      return fail(why, failure::kind::cannot_open, "cannot lock "), 0;
    }
    file_ = owned_file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!file_) return fail(why, failure::kind::cannot_open, "cannot open "), 0;
    std::string bytes;
    if (!read_all(bytes)) return fail(why, failure::kind::input_output, "cannot read "), 0;
    const bool is_new = bytes.size() < title.size() && title.compare(0, bytes.size(), bytes) == 0;
    const auto corrupt = [&](const auto&... words) {
      why = failure(failure::kind::corrupt, 0, words..., path.c_str());
      return std::uint64_t{0};
    };
    if (!is_new && bytes.compare(0, title.size(), title) != 0) return corrupt("no file of a broker: ");
    is_heard_ = false;
    run_ = 0;
    number_ = 0;
    std::size_t good = title.size();
    if (!is_new && !tell(bytes, what, good)) return corrupt("the facts in the file do not follow each other: ");
    if (!is_new && good < bytes.size() && is_followed(bytes, good)) return corrupt("damaged at byte ", std::uint64_t{good}, ": ");
    is_heard_ = true;
    size_ = good;
    const bool is_ready = is_new ? write_title(file_.number()) : ::ftruncate(file_.number(), static_cast<off_t>(good)) == 0;
    if (!is_ready) return fail(why, failure::kind::input_output, "cannot write "), 0;
    if (is_new && is_synced_ && !sync_folder()) return fail(why, failure::kind::input_output, "cannot keep the name of "), 0;
    began(++run_);
    return flush(why) ? run_ : 0;
  }

  bool is_open() const noexcept { return static_cast<bool>(file_); }

  /// Keeps what was told since the last time, as long as the level says. False: nobody knows what is kept, and nothing more is; open it again.
  bool flush(failure& why) {
    if (batch_.size() <= head) return true;
    const bool has_to_last = has_to_last_;
    finish(batch_, ++number_);
    const bool is_written = write_at(file_.number(), batch_, size_);
    size_ += batch_.size();
    batch_.clear();
    has_to_last_ = false;
    if (is_written && (!is_synced_ || !has_to_last || ::fdatasync(file_.number()) == 0)) return true;
    fail(why, failure::kind::input_output, "cannot write ");
    file_.close();
    return false;
  }

  /// Writes the file anew when it is large and most of it is over: `what` is asked for all that is kept.
  template <class Exchange>
  bool tidy(const Exchange& what, failure& why) {
    if (size_ < least_ || size_ < 4 * whole_) return true;
    const std::string beside = path_ + ".new";
    owned_file next(::open(beside.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    bool is_written = next && write_title(next.number());
    socket_journal all;
    all.began(run_);
    std::uint64_t at = title.size();
    each_batch of{all, [&] {
                    if (all.batch_.size() <= head) return;
                    finish(all.batch_, ++number_);
                    is_written = is_written && write_at(next.number(), all.batch_, at);
                    at += all.batch_.size();
                    all.batch_.clear();
                  }};
    what.tell_all(of);
    of.write();
    // The new file is whole on the disk before it has the name; with the name the old one is gone.
    if (!is_written || ::fsync(next.number()) != 0 || ::rename(beside.c_str(), path_.c_str()) != 0) {
      ::unlink(beside.c_str());
      least_ = 2 * size_;  // there is no room now; the old file is as good as it was
      return true;
    }
    file_ = std::move(next);
    if (!sync_folder()) {
      fail(why, failure::kind::input_output, "cannot keep the name of ");
      file_.close();
      return false;
    }
    size_ = whole_ = at;
    return true;
  }
  /// For tests: files are written anew from so many bytes on.
  void tidy_from(std::uint64_t bytes) noexcept { least_ = bytes; }

 private:
  enum class fact : std::uint8_t { published = 1, joined, handed, settled, buried, revived, discarded, forgotten, numbered, remembered, began, kept };
  static constexpr std::size_t head = 16;

  /// Passes facts on, and writes a batch when it is long.
  template <class Write>
  struct each_batch {
    socket_journal& to;
    Write write;
    void full() {
      if (to.batch_.size() > full_frame) write();
    }
    void kept(const held_message& one) { to.kept(one), full(); }
    void joined(std::string_view group, std::string_view topic, bool begin) { to.joined(group, topic, begin), full(); }
    void handed(std::string_view group, std::uint64_t sequence, std::uint32_t deliveries) { to.handed(group, sequence, deliveries), full(); }
    void settled(std::string_view group, std::uint64_t sequence) { to.settled(group, sequence), full(); }
    void buried(std::string_view group, std::uint64_t sequence, std::string_view cause, timestamp since) {
      to.buried(group, sequence, cause, since), full();
    }
    void numbered(std::uint64_t last) { to.numbered(last), full(); }
    void remembered(std::string_view id, timestamp time) { to.remembered(id, time), full(); }
  };
  template <class Write>
  each_batch(socket_journal&, Write) -> each_batch<Write>;

  static void put(std::string& to, std::size_t at, std::uint64_t n, std::size_t bytes) noexcept {
    for (std::size_t i = 0; i < bytes; ++i) to[at + i] = static_cast<char>(static_cast<unsigned char>(n >> (8 * i)));
  }
  void open(fact what) {
    if (batch_.empty()) batch_.assign(head, '\0');
    at_ = batch_.size();
    socket_writer(batch_).u32(0).u8(static_cast<std::uint8_t>(what));
  }
  void close(bool has_to_last) {
    if (!is_heard_) return batch_.clear();
    put(batch_, at_, batch_.size() - at_ - 4, 4);
    has_to_last_ = has_to_last_ || has_to_last;
  }
  static void finish(std::string& batch, std::uint64_t number) noexcept {
    put(batch, 0, batch.size() - 8, 4);
    put(batch, 8, number, 8);
    put(batch, 4, crc32c(std::string_view(batch).substr(8)), 4);
  }

  /// The batch that begins there; empty: there is no good one.
  static std::string_view batch_at(std::string_view bytes, std::size_t at, std::uint64_t& number) noexcept {
    if (bytes.size() < at || bytes.size() - at < head) return {};
    const std::uint64_t size = load_little(bytes.data() + at, 4);
    if (size < 8 || size > bytes.size() - at - 8) return {};
    const std::string_view checked = bytes.substr(at + 8, static_cast<std::size_t>(size));
    if (crc32c(checked) != load_little(bytes.data() + at + 4, 4)) return {};
    number = load_little(checked.data());
    return checked;
  }
  /// Tells all good batches; `good` is then where they end. False: a fact that cannot be.
  template <class Exchange>
  bool tell(std::string_view bytes, Exchange& what, std::size_t& good) {
    std::uint64_t number = 0;
    for (std::string_view one = batch_at(bytes, good, number); !one.empty(); one = batch_at(bytes, good, number)) {
      if (number <= number_) return false;
      number_ = number;
      socket_reader facts(one.substr(8));
      while (!facts.at_end()) {
        const std::string_view body = facts.text();
        if (!facts.good() || !tell_one(body, what)) return false;
      }
      good += 8 + one.size();
    }
    return true;
  }
  template <class Exchange>
  bool tell_one(std::string_view body, Exchange& what) {
    socket_reader from(body);
    const auto kind = static_cast<fact>(from.u8());
    const auto ends = [&](auto&& doing) { return from.at_end() && doing(); };
    switch (kind) {
      case fact::published:
      case fact::kept: {
        const std::uint64_t sequence = from.u64();
        const std::int64_t time = from.time();
        std::vector<header> headers;
        const parcel message = from.message(headers);
        return ends([&] { return what.again_published(message, sequence, {time}, kind == fact::published); });
      }
      case fact::joined: {
        const std::string_view group = from.text(), topic = from.text();
        const bool from_beginning = from.u8() != 0;
        return ends([&] { return what.again_joined(group, topic, from_beginning); });
      }
      case fact::numbered: {
        const std::uint64_t last = from.u64();
        return ends([&] { return what.again_numbered(last); });
      }
      case fact::remembered: {
        const std::string_view id = from.text();
        const std::int64_t time = from.time();
        return ends([&] { return what.again_remembered(id, {time}); });
      }
      case fact::began: {
        run_ = from.u64();
        return from.at_end();
      }
      case fact::forgotten: {
        const std::string_view group = from.text();
        return ends([&] { return what.forget(group); });
      }
      default: break;
    }
    const std::string_view group = from.text();
    const std::uint64_t sequence = from.u64();
    switch (kind) {
      case fact::handed: {
        const std::uint32_t deliveries = from.u32();
        return ends([&] { return what.again_handed(group, sequence, deliveries); });
      }
      case fact::settled: return ends([&] { return what.again_settled(group, sequence); });
      case fact::buried: {
        const std::string_view cause = from.text();
        const std::int64_t since = from.time();
        return ends([&] { return what.again_buried(group, sequence, cause, {since}); });
      }
      case fact::revived: return ends([&] { return what.revive(group, sequence, {}); });
      case fact::discarded: return ends([&] { return what.discard(group, sequence, {}); });
      default: return false;
    }
  }
  /// Whether a good batch that comes later lies behind a place that holds none. Its number is looked at first: it is almost never one by chance.
  bool is_followed(std::string_view bytes, std::size_t from) const noexcept {
    constexpr std::uint64_t near = std::uint64_t{1} << 40;
    for (std::size_t at = from + 1; at + head <= bytes.size(); ++at) {
      std::uint64_t number = load_little(bytes.data() + at + 8);
      if (number > number_ && number - number_ < near && !batch_at(bytes, at, number).empty()) return true;
    }
    return false;
  }

  bool read_all(std::string& bytes) {
    struct stat known {};
    if (::fstat(file_.number(), &known) != 0) return false;
    bytes.resize(static_cast<std::size_t>(known.st_size));
    for (std::size_t at = 0; at < bytes.size();) {
      const ssize_t got = ::pread(file_.number(), bytes.data() + at, bytes.size() - at, static_cast<off_t>(at));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return false;
      if (got == 0) bytes.resize(at);
      at += static_cast<std::size_t>(got);
    }
    return true;
  }
  static bool write_at(int file, std::string_view bytes, std::uint64_t at) noexcept {
    while (!bytes.empty()) {
      const ssize_t put = ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(at));
      if (put < 0 && errno == EINTR) continue;
      if (put <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(put));
      at += static_cast<std::uint64_t>(put);
    }
    return true;
  }
  static bool write_title(int file) noexcept { return write_at(file, title, 0); }
  bool sync_folder() const {
    const std::size_t slash = path_.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : slash == 0 ? "/" : path_.substr(0, slash);
    const owned_file open_folder(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return open_folder && ::fsync(open_folder.number()) == 0;
  }
  void fail(failure& why, failure::kind kind, const char* words) const {
    why = failure(kind, errno, words, path_.c_str(), ": ", std::strerror(errno));
  }

  std::string path_;
  owned_file lock_, file_;
  std::uint64_t size_ = 0, whole_ = 0;  ///< bytes; when it was written anew
  std::uint64_t least_ = 8u * 1024u * 1024u;
  std::uint64_t number_ = 0, run_ = 0;
  std::string batch_;  ///< not written yet; empty, or with a head
  std::size_t at_ = 0;
  bool is_synced_ = false, has_to_last_ = false, is_heard_ = true;
};

/// What an exchange holds of a journal.
struct socket_notes {
  socket_journal* to;
  void published(const held_message& one) { to->published(one); }
  void joined(std::string_view group, std::string_view topic, bool begin) { to->joined(group, topic, begin); }
  void handed(std::string_view group, std::uint64_t sequence, std::uint32_t deliveries) { to->handed(group, sequence, deliveries); }
  void settled(std::string_view group, std::uint64_t sequence) { to->settled(group, sequence); }
  void buried(std::string_view group, std::uint64_t sequence, std::string_view cause, timestamp since) { to->buried(group, sequence, cause, since); }
  void revived(std::string_view group, std::uint64_t sequence) { to->revived(group, sequence); }
  void discarded(std::string_view group, std::uint64_t sequence) { to->discarded(group, sequence); }
  void forgotten(std::string_view group) { to->forgotten(group); }
};

}  // namespace gesta::detail
