// Values as PostgreSQL sends and takes them in its binary form: numbers big-endian, arrays with a length before each element.
// Floor: store. Between gesta's values and the parameters and results of libpq.
// May include: message, store.
#pragma once

#include <libpq-fe.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <gesta/message/about.hpp>

namespace gesta::detail {

/// The numbers of PostgreSQL's own types; they never change.
struct postgres_type {
  static constexpr Oid boolean = 16, bytes = 17, number = 20, small = 21, integer = 23, text = 25, real = 700, twice = 701, id = 2950;
  static constexpr Oid bytes_array = 1001, number_array = 1016, integer_array = 1007, text_array = 1009, id_array = 2951;
};

template <class Number>
void put_big_endian(std::byte* to, Number value) noexcept {
  for (std::size_t i = 0; i < sizeof value; ++i)
    to[i] = static_cast<std::byte>(static_cast<std::make_unsigned_t<Number>>(value) >> (8 * (sizeof value - 1 - i)));
}
// As one load: GCC 12 makes eight of a loop over bytes, and each waits for the one before.
inline std::int64_t big_endian_64(const void* from) noexcept {
  std::uint64_t number;
  std::memcpy(&number, from, sizeof number);
  return static_cast<std::int64_t>(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? __builtin_bswap64(number) : number);
}
inline std::int32_t big_endian_32(const void* from) noexcept {
  std::uint32_t number;
  std::memcpy(&number, from, sizeof number);
  return static_cast<std::int32_t>(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? __builtin_bswap32(number) : number);
}

/// Elements of one PostgreSQL array, each written as it comes. Its memory is kept for the next one.
class postgres_array {
 public:
  explicit postgres_array(Oid element) : element_(element) { clear(); }

  std::size_t size() const noexcept { return count_; }
  std::size_t byte_count() const noexcept { return used_; }
  void clear() {
    used_ = header;
    count_ = 0;
    has_null_ = false;
    if (bytes_.size() > most_kept) bytes_ = {};
    if (bytes_.size() < header) bytes_.resize(1024);
  }

  void number(std::int64_t value) { put_big_endian(element(8), value); }
  void integer(std::int32_t value) { put_big_endian(element(4), value); }
  void id(const message_id& value) {
    std::byte* const to = element(16);
    put_big_endian(to, value.high);
    put_big_endian(to + 8, value.low);
  }
  void null() {
    put_big_endian(room(4), std::int32_t{-1});
    used_ += 4;
    ++count_;
    has_null_ = true;
  }
  void bytes(const void* data, std::size_t size) {
    std::byte* const to = element(size);
    if (size != 0) std::memcpy(to, data, size);
  }
  void text(std::string_view words) { bytes(words.data(), words.size()); }
  /// Room for the next element, which is of so many bytes.
  std::byte* element(std::size_t size) {
    std::byte* const at = room(4 + size);
    put_big_endian(at, static_cast<std::int32_t>(size));
    used_ += 4 + size;
    ++count_;
    return at + 4;
  }

  /// The bytes of the whole array, good until it is changed.
  std::string_view whole() noexcept {
    std::byte* const head = bytes_.data();
    put_big_endian(head, std::int32_t{count_ != 0});  // dimensions
    put_big_endian(head + 4, std::int32_t{has_null_});
    put_big_endian(head + 8, element_);
    put_big_endian(head + 12, static_cast<std::int32_t>(count_));
    put_big_endian(head + 16, std::int32_t{1});  // where it begins to count
    return {reinterpret_cast<const char*>(head), count_ == 0 ? 12 : used_};
  }
  /// The bytes of the first element: where there is one alone, it is a parameter by itself. nullptr: it is null.
  std::string_view first() const noexcept {
    const std::int32_t size = big_endian_32(bytes_.data() + header);
    return size < 0 ? std::string_view() : std::string_view(reinterpret_cast<const char*>(bytes_.data()) + header + 4, static_cast<std::size_t>(size));
  }

 private:
  static constexpr std::size_t header = 20;
  static constexpr std::size_t most_kept = std::size_t{1} << 22;

  std::byte* room(std::size_t size) {
    if (bytes_.size() - used_ < size) bytes_.resize(bytes_.size() * 2 + size);
    return bytes_.data() + used_;
  }

  Oid element_;
  std::vector<std::byte> bytes_;
  std::size_t used_ = 0;
  std::size_t count_ = 0;
  bool has_null_ = false;
};

/// The parameters of one statement. What is pointed to has to live until the statement is queued.
template <std::size_t Count>
class postgres_arguments {
 public:
  postgres_arguments& number(std::int64_t value) noexcept {
    put_big_endian(scalars_[at_], value);
    return add({reinterpret_cast<const char*>(scalars_[at_]), 8});
  }
  postgres_arguments& integer(std::int32_t value) noexcept {
    put_big_endian(scalars_[at_], value);
    return add({reinterpret_cast<const char*>(scalars_[at_]), 4});
  }
  postgres_arguments& boolean(bool value) noexcept {
    scalars_[at_][0] = static_cast<std::byte>(value);
    return add({reinterpret_cast<const char*>(scalars_[at_]), 1});
  }
  postgres_arguments& id(const message_id& value) noexcept {
    put_big_endian(scalars_[at_], value.high);
    put_big_endian(scalars_[at_] + 8, value.low);
    return add({reinterpret_cast<const char*>(scalars_[at_]), 16});
  }
  /// Text, bytes, or an array. A view of nothing, nullptr, is NULL.
  postgres_arguments& add(std::string_view bytes) noexcept {
    values_[at_] = bytes.data();
    sizes_[at_] = static_cast<int>(bytes.size());
    formats_[at_++] = 1;
    return *this;
  }

  int count() const noexcept { return static_cast<int>(at_); }
  const char* const* values() const noexcept { return values_; }
  const int* sizes() const noexcept { return sizes_; }
  const int* formats() const noexcept { return formats_; }

 private:
  std::byte scalars_[Count == 0 ? 1 : Count][16];
  const char* values_[Count == 0 ? 1 : Count];
  int sizes_[Count == 0 ? 1 : Count];
  int formats_[Count == 0 ? 1 : Count];
  std::size_t at_ = 0;
};

/// One row of an answer whose columns are in binary form. Valid as long as the answer.
struct postgres_row {
  const PGresult* answer;
  int row;

  bool is_null(int column) const noexcept { return PQgetisnull(answer, row, column) != 0; }
  std::int64_t number(int column) const noexcept { return is_null(column) ? 0 : big_endian_64(PQgetvalue(answer, row, column)); }
  std::int32_t integer(int column) const noexcept { return is_null(column) ? 0 : big_endian_32(PQgetvalue(answer, row, column)); }
  bool boolean(int column) const noexcept { return *PQgetvalue(answer, row, column) != 0; }
  std::string_view bytes(int column) const noexcept {
    return {PQgetvalue(answer, row, column), static_cast<std::size_t>(PQgetlength(answer, row, column))};
  }
  message_id id(int column, const message_id& where_null) const noexcept {
    if (is_null(column)) return where_null;
    const char* const at = PQgetvalue(answer, row, column);
    return {static_cast<std::uint64_t>(big_endian_64(at)), static_cast<std::uint64_t>(big_endian_64(at + 8))};
  }
};

/// An answer that is given back when it goes.
class postgres_answer {
 public:
  postgres_answer() = default;
  explicit postgres_answer(PGresult* from) noexcept : result_(from) {}
  postgres_answer(postgres_answer&& other) noexcept : result_(other.result_) { other.result_ = nullptr; }
  postgres_answer& operator=(postgres_answer&& other) noexcept {
    PGresult* const was = result_;
    result_ = other.result_;
    other.result_ = was;
    return *this;
  }
  ~postgres_answer() { PQclear(result_); }

  int rows() const noexcept { return PQntuples(result_); }
  postgres_row operator[](int row) const noexcept { return {result_, row}; }
  const PGresult* get() const noexcept { return result_; }

 private:
  PGresult* result_ = nullptr;
};

/// Bytes as a column of type text can hold them: words that are UTF-8, without a zero, and do not begin with `\x` are as they are; all else is
/// `\x` and its bytes in hex. So people read text, and every byte comes back.
class postgres_text {
 public:
  /// Valid until the next call, and as long as `bytes`.
  std::string_view escaped(std::string_view bytes) {
    if (is_plain(bytes)) return bytes.data() == nullptr ? std::string_view("") : bytes;
    constexpr char digits[] = "0123456789abcdef";
    text_ = "\\x";
    for (const char c : bytes) {
      text_ += digits[static_cast<unsigned char>(c) >> 4];
      text_ += digits[static_cast<unsigned char>(c) & 15];
    }
    return text_;
  }
  /// The bytes again; valid as escaped. False: no such text was ever written.
  bool restored(std::string_view text, std::string_view& bytes) {
    bytes = text;
    if (text.substr(0, 2) != "\\x") return true;
    if (text.size() % 2 != 0) return false;
    text_.clear();
    for (std::size_t i = 2; i < text.size(); i += 2) {
      const int high = digit(text[i]), low = digit(text[i + 1]);
      if (high < 0 || low < 0) return false;
      text_ += static_cast<char>(high * 16 + low);
    }
    bytes = text_;
    return true;
  }

  static bool is_plain(std::string_view bytes) noexcept {
    if (bytes.substr(0, 2) == "\\x") return false;
    for (std::size_t i = 0; i < bytes.size();) {
      const auto at = [&](std::size_t k) { return k < bytes.size() ? static_cast<unsigned char>(bytes[k]) : 0u; };
      const auto follows = [&](std::size_t k) { return (at(k) & 0xc0u) == 0x80u; };
      const unsigned first = at(i);
      if (first == 0) return false;
      if (first < 0x80) ++i;
      else if (first >= 0xc2 && first < 0xe0 && follows(i + 1)) i += 2;
      else if (first >= 0xe0 && first < 0xf0 && follows(i + 1) && follows(i + 2) && (first != 0xe0 || at(i + 1) >= 0xa0) &&
               (first != 0xed || at(i + 1) < 0xa0))
        i += 3;
      else if (first >= 0xf0 && first < 0xf5 && follows(i + 1) && follows(i + 2) && follows(i + 3) && (first != 0xf0 || at(i + 1) >= 0x90) &&
               (first != 0xf4 || at(i + 1) < 0x90))
        i += 4;
      else return false;
    }
    return true;
  }

 private:
  static int digit(char c) noexcept { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; }

  std::string text_;
};

}  // namespace gesta::detail
