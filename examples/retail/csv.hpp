// Bytes to fields: a strict reader of comma-separated lines under a known header, from a file, a pipe or memory.
// The first step of the ledger's way; it knows columns and quotes, nothing of sales. No allocation per line.
// May include: std only.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace retail {

/// Why a line could not be read. Line 0 is the header, line 1 the first line of data.
struct malformed {
  std::uint64_t line = 0;
  std::string field;
  std::string what;
  /// "line 17, field Quantity: "abc" is not an integer"
  std::string sentence() const {
    return "line " + std::to_string(line) + (field.empty() ? "" : ", field " + field) + ": " + what;
  }
};

/// Where the bytes come from: an open file (which stays the caller's), or a text in memory that outlives the source.
class source {
 public:
  explicit source(std::FILE* file) : file_(file) {}
  explicit source(std::string_view text) : rest_(text) {}
  /// Fills up to `size` bytes; fewer only at the end or after an error.
  std::size_t read(char* to, std::size_t size) {
    if (file_ != nullptr) return std::fread(to, 1, size, file_);
    const std::size_t taken = std::min(size, rest_.size());
    std::memcpy(to, rest_.data(), taken);
    rest_.remove_prefix(taken);
    return taken;
  }
  bool failed() const { return file_ != nullptr && std::ferror(file_) != 0; }

 private:
  std::FILE* file_ = nullptr;
  std::string_view rest_;
};

/// Reads lines of exactly `Columns` fields. A field may stand in quotes, with commas, line breaks and doubled quotes in
/// it; a line ends with LF or CRLF, the last one also with the file. Anything else is malformed, at its line and field.
template <std::size_t Columns>
class csv_reader {
 public:
  using names = std::array<std::string_view, Columns>;
  enum class step { line, end, malformed };

  csv_reader(source from, const names& columns) : from_(from), columns_(columns), block_(block_size) {}

  /// The header must name the columns, in their order. To be called once, first.
  bool header() {
    if (next() == step::malformed) return false;
    line_ = 0;
    for (std::size_t i = 0; i < Columns; ++i)
      if (fields_[i] != columns_[i]) return wrong(i, '"' + std::string(fields_[i]) + "\" stands in its place in the header"), false;
    return true;
  }
  /// The next line. After `malformed` the reader stays where it is.
  step next() {
    const std::size_t size = whole_line();
    if (problem_.what.size() != 0) return step::malformed;
    if (size == 0) return step::end;
    char* const first = block_.data() + at_;
    char* last = first + size;
    at_ += size;
    ++line_;
    if (last[-1] == '\n') --last;
    if (last != first && last[-1] == '\r') --last;
    return split(first, last) ? step::line : step::malformed;
  }
  /// The fields of the line last read; valid until the next one.
  const std::array<std::string_view, Columns>& fields() const { return fields_; }
  /// The number of the line last read: the first after the header is 1. A line break in quotes begins no line.
  std::uint64_t line() const { return line_; }
  /// Bytes read so far, header included.
  std::uint64_t bytes() const { return before_ + at_; }
  const malformed& problem() const { return problem_; }
  /// Marks the line last read as malformed; for whoever reads the fields as values.
  void wrong(std::size_t column, std::string what) { problem_ = {line_, std::string(columns_[column]), std::move(what)}; }

 private:
  static constexpr std::size_t block_size = std::size_t{1} << 18;

  /// The size of the line at `at_` with its line break; 0 at the end. A line without an even number of quotes goes on.
  std::size_t whole_line() {
    std::size_t scanned = 0;
    bool quoted = false;
    for (;;) {
      const char* const from = block_.data() + at_ + scanned;
      const char* const limit = block_.data() + end_;
      const void* const found = from == limit ? nullptr : std::memchr(from, '\n', static_cast<std::size_t>(limit - from));
      const char* const stop = found != nullptr ? static_cast<const char*>(found) + 1 : limit;
      quoted ^= odd_quotes(from, stop);
      scanned += static_cast<std::size_t>(stop - from);
      if (found != nullptr && !quoted) return scanned;
      if (found != nullptr) continue;
      if (end_ - at_ == block_.size()) return too_long(quoted), std::size_t{0};
      if (!refill()) return scanned;
    }
  }
  static bool odd_quotes(const char* from, const char* stop) {
    bool odd = false;
    while (from != stop) {
      const void* const quote = std::memchr(from, '"', static_cast<std::size_t>(stop - from));
      if (quote == nullptr) break;
      odd = !odd;
      from = static_cast<const char*>(quote) + 1;
    }
    return odd;
  }
  /// Moves what is left to the front and reads behind it. False at the end of the source.
  bool refill() {
    std::memmove(block_.data(), block_.data() + at_, end_ - at_);
    before_ += at_;
    end_ -= at_;
    at_ = 0;
    const std::size_t more = from_.read(block_.data() + end_, block_.size() - end_);
    end_ += more;
    if (more == 0 && from_.failed()) problem_ = {line_ + 1, "", "the file cannot be read further"};
    return more != 0;
  }
  void too_long(bool quoted) {  // most often a quote was forgotten; then its field is the better news
    ++line_;
    if (quoted && !split(block_.data() + at_, block_.data() + end_)) return;
    problem_ = {line_, "", "longer than " + std::to_string(block_size) + " bytes"};
  }

  bool split(char* at, char* const last) {
    for (std::size_t i = 0; i < Columns; ++i) {
      char* stop = nullptr;
      if (at != last && *at == '"') {
        if ((stop = unquote(i, at, last)) == nullptr) return false;
      } else {
        void* const comma = at == last ? nullptr : std::memchr(at, ',', static_cast<std::size_t>(last - at));
        stop = comma != nullptr ? static_cast<char*>(comma) : last;
        fields_[i] = {at, static_cast<std::size_t>(stop - at)};
        if (std::memchr(at, '"', fields_[i].size()) != nullptr)
          return wrong(i, "a quote inside a field that does not begin with one"), false;
      }
      if (i + 1 == Columns) {
        if (stop != last) return problem_ = {line_, "", "more than " + std::to_string(Columns) + " fields"}, false;
      } else {
        if (stop == last) return wrong(i + 1, "missing"), false;
        at = stop + 1;
      }
    }
    return true;
  }
  /// Takes the quotes off, in place, and gives the end of the field; null (with the problem told) if they are wrong.
  char* unquote(std::size_t column, char* at, char* const last) {
    char* const first = ++at;
    char* put = at;
    for (;;) {
      void* const quote = at == last ? nullptr : std::memchr(at, '"', static_cast<std::size_t>(last - at));
      if (quote == nullptr) return wrong(column, "its quote is never closed"), nullptr;
      const auto piece = static_cast<std::size_t>(static_cast<char*>(quote) - at);
      std::memmove(put, at, piece);
      put += piece;
      at += piece + 1;
      if (at == last || *at != '"') break;
      *put++ = *at++;
    }
    if (at != last && *at != ',') return wrong(column, "text after its closing quote"), nullptr;
    fields_[column] = {first, static_cast<std::size_t>(put - first)};
    return at;
  }

  source from_;
  names columns_;
  std::vector<char> block_;
  std::size_t at_ = 0, end_ = 0;
  std::uint64_t before_ = 0;
  std::uint64_t line_ = static_cast<std::uint64_t>(-1);  // the header makes it 0
  std::array<std::string_view, Columns> fields_{};
  malformed problem_;
};

}  // namespace retail
