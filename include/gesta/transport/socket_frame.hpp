// What travels between a broker and its clients: frames, each its length and then its body, and the parts of a body. Whoever is at the other end may
// be broken or hostile: nothing is believed, and reading beyond the end makes a frame bad, not the program.
// Floor: transport. A part of the component gesta::socket.
// May include: detail, message, store, delivery.
//
// A number is little-endian. A frame is its length (4 bytes, of the body) and its body: a verb (1 byte), then the parts of that verb. A text is its
// length (4 bytes) and its bytes. The first frame of a client is `hello` with `socket_version`; another version is answered with `goodbye`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <gesta/delivery/parcel.hpp>
#include <gesta/detail/hash.hpp>
#include <gesta/store/failure.hpp>
#include <gesta/transport/transport.hpp>

namespace gesta::detail {

inline constexpr std::string_view socket_magic = "gesta-socket";
inline constexpr std::uint32_t socket_version = 1;

enum class socket_verb : std::uint8_t {
  // of a client; each begins with a number that its answer carries
  hello = 1,  ///< magic, version, survival, dedup window, largest message: what the client's type says
  publish,    ///< number, message                           -> answer: acceptance
  join,       ///< number, group, topics, the numbers, flag  -> answer: the member
  leave,      ///< number, member                            -> answer
  take,       ///< number, member, most, patience            -> messages
  ack,        ///< number, member, token                     -> answer
  nak,        ///< number, member, token, delay              -> answer
  term,       ///< number, member, token, reason             -> answer
  extend,     ///< number, member, token                     -> answer
  dead,       ///< number, group, behind which               -> letters
  revive,     ///< number, group, token                      -> answer
  discard,    ///< number, group, token                      -> answer
  forget,     ///< number, group                             -> answer
  // of a broker
  welcome = 64,  ///< version, largest message
  answer,        ///< number, value (0: no), kind of failure, words
  messages,      ///< number, count, messages
  letters,       ///< number, count, whether there are more, letters
  goodbye,       ///< kind of failure, words; the connection is closed
};

/// Writes a body behind what is there.
class socket_writer {
 public:
  explicit socket_writer(std::string& to) noexcept : to_(to) {}

  socket_writer& number(std::uint64_t n, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) to_.push_back(static_cast<char>(static_cast<unsigned char>(n >> (8 * i))));
    return *this;
  }
  socket_writer& u8(std::uint8_t n) { return number(n, 1); }
  socket_writer& u32(std::uint32_t n) { return number(n, 4); }
  socket_writer& u64(std::uint64_t n) { return number(n, 8); }
  socket_writer& time(std::int64_t n) { return number(static_cast<std::uint64_t>(n), 8); }
  socket_writer& text(std::string_view bytes) {
    u32(static_cast<std::uint32_t>(bytes.size()));
    to_.append(bytes);
    return *this;
  }
  socket_writer& message(const parcel& from) {
    text(from.topic).text(from.id).text(from.key).u32(static_cast<std::uint32_t>(from.headers.size()));
    for (const header& one : from.headers) text(one.name).text(one.value);
    return text(from.payload);
  }

 private:
  std::string& to_;
};

/// Reads the parts of a body. After a part that is not there everything is empty, and `good` says so.
class socket_reader {
 public:
  explicit socket_reader(std::string_view body) noexcept : rest_(body) {}

  std::uint64_t number(std::size_t bytes) noexcept {
    if (rest_.size() < bytes) return spoil(), 0;
    const std::uint64_t n = load_little(rest_.data(), bytes);
    rest_.remove_prefix(bytes);
    return n;
  }
  std::uint8_t u8() noexcept { return static_cast<std::uint8_t>(number(1)); }
  std::uint32_t u32() noexcept { return static_cast<std::uint32_t>(number(4)); }
  std::uint64_t u64() noexcept {
    const std::uint64_t low = number(4);
    return low | number(4) << 32;
  }
  std::int64_t time() noexcept { return static_cast<std::int64_t>(u64()); }
  std::string_view text() noexcept {
    const std::uint32_t size = u32();
    if (rest_.size() < size) return spoil(), std::string_view{};
    const std::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return bytes;
  }
  /// The headers lie in `headers`, as long as that is not changed.
  parcel message(std::vector<header>& headers) {
    parcel read;
    read.topic = text();
    read.id = text();
    read.key = text();
    const std::uint32_t count = u32();
    headers.clear();
    if (count > rest_.size() / 8) return spoil(), parcel{};  // each has two lengths
    headers.reserve(count);
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::string_view name = text();
      headers.push_back({name, text()});
    }
    read.headers = headers;
    read.payload = text();
    return read;
  }

  bool good() const noexcept { return good_; }
  /// Whether all was there and nothing is left.
  bool at_end() const noexcept { return good_ && rest_.empty(); }

 private:
  void spoil() noexcept {
    good_ = false;
    rest_ = {};
  }
  std::string_view rest_;
  bool good_ = true;
};

/// Writes one frame: its length stands when this is over.
class socket_frame : public socket_writer {
 public:
  socket_frame(std::string& to, socket_verb verb) : socket_writer(to), to_(to), at_(to.size()) {
    u32(0);
    u8(static_cast<std::uint8_t>(verb));
  }
  socket_frame(const socket_frame&) = delete;
  socket_frame& operator=(const socket_frame&) = delete;
  ~socket_frame() {
    const std::size_t size = to_.size() - at_ - 4;
    for (std::size_t i = 0; i < 4; ++i) to_[at_ + i] = static_cast<char>(static_cast<unsigned char>(size >> (8 * i)));
  }

 private:
  std::string& to_;
  std::size_t at_;
};

/// How long a frame may be, where messages have at most so many bytes: each header adds two lengths to at least one byte.
constexpr std::size_t longest_frame(std::size_t largest_message) noexcept { return 9 * largest_message + 64 * 1024; }
/// Messages go out in frames of about so many bytes, one message at least.
inline constexpr std::size_t full_frame = 256 * 1024;

/// Collects what comes, and gives it out frame by frame.
class socket_input {
 public:
  enum class state : std::uint8_t { none, whole, bad };

  void add(std::string_view bytes) {
    if (from_ != 0 && from_ == bytes_.size()) bytes_.clear(), from_ = 0;
    if (from_ > full_frame) bytes_.erase(0, from_), from_ = 0;
    bytes_.append(bytes);
  }
  /// `body` is good until the next `add`. A frame that is empty, or longer than the limit, is bad: nothing behind it can be read.
  state next(std::string_view& body, std::size_t limit) noexcept {
    const std::string_view rest = std::string_view(bytes_).substr(from_);
    if (rest.size() < 4) return state::none;
    const std::uint64_t size = load_little(rest.data(), 4);
    if (size == 0 || size > limit) return state::bad;
    if (rest.size() - 4 < size) return state::none;
    body = rest.substr(4, static_cast<std::size_t>(size));
    from_ += 4 + static_cast<std::size_t>(size);
    return state::whole;
  }
  void clear() noexcept {
    bytes_.clear();
    from_ = 0;
  }

 private:
  std::string bytes_;
  std::size_t from_ = 0;
};

/// A kind of failure that the other end sent.
constexpr failure::kind kind_of(std::uint8_t sent) noexcept {
  return sent <= static_cast<std::uint8_t>(failure::kind::malformed) ? static_cast<failure::kind>(sent) : failure::kind::input_output;
}
/// A failure that the other end sent: words of at most so many bytes, without a zero.
inline failure failure_of(std::uint8_t kind, std::string_view words) {
  char text[sizeof failure::detail] = {};
  std::size_t size = 0;
  for (const char c : words) {
    if (size == sizeof text - 1) break;
    text[size++] = c >= ' ' && c <= '~' ? c : '?';
  }
  return failure(kind_of(kind), 0, static_cast<const char*>(text));
}

}  // namespace gesta::detail
