// Why a JSON text is not the message that was asked for: what is wrong, and at which field.
// Floor: codec, a part of json.hpp.
// May include: detail, std.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace gesta {

/// What is wrong with a JSON text, and where.
struct json_error {
  enum class kind : std::uint8_t {
    no_json,        ///< not well formed; `at` tells how far it was read
    too_large,      ///< 4 GiB or more
    too_deep,       ///< nests deeper than the message does
    wrong_kind,     ///< a value of another kind than the field has: text where a number is expected
    out_of_range,   ///< a number that the field cannot hold, an index that no alternative has
    wrong_size,     ///< more than a text<N> or a list<T, N> holds, more or fewer elements than an array or a pair has
    missing_field,  ///< a field that is no optional does not stand there
    unknown_field,  ///< the message has no field of this name
    twice,          ///< a field, the key of a map or the value of a set stands there twice
  };

  kind what = kind::no_json;
  std::size_t at = 0;         ///< byte of the text; of no_json and too_deep only
  std::string path;           ///< the field: `lines[2].sku`; empty for the whole message
  const char* expected = "";  ///< what should stand there, in words

  /// For people: `lines[2].sku: a text is expected`.
  std::string describe() const {
    std::string words = path;
    if (!path.empty()) words += ": ";
    switch (what) {
      case kind::no_json: (words += "no JSON, from byte ") += std::to_string(at); break;
      case kind::too_large: words += "4 GiB or more"; break;
      case kind::too_deep: (words += "nests deeper than the message does, at byte ") += std::to_string(at); break;
      case kind::wrong_kind: (words += expected) += " is expected"; break;
      case kind::out_of_range: ((words += "out of range, ") += expected) += " is expected"; break;
      case kind::wrong_size: ((words += "has another size, ") += expected) += " is expected"; break;
      case kind::missing_field: words += "is missing"; break;
      case kind::unknown_field: words += "is no field of the message"; break;
      case kind::twice: words += "stands there twice"; break;
    }
    return words;
  }
};

/// The answer of from_json: true when the message was read.
class [[nodiscard]] json_read {
 public:
  json_read() = default;
  explicit json_read(json_error why) : read_(false), why_(static_cast<json_error&&>(why)) {}

  explicit operator bool() const noexcept { return read_; }
  /// What was wrong. Only when the message was not read.
  const json_error& why() const noexcept { return why_; }

 private:
  bool read_ = true;
  json_error why_;
};

}  // namespace gesta
