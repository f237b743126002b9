// The bytes and the JSON of the examples' events are those that were pinned, every pinned form is still read, and by their forms alone, without the
// C++ types, the bytes give that JSON. One program for all three: what it costs to compile are the examples.
#include <gesta/codec/binary.hpp>
#include <gesta/codec/by_form.hpp>
#include <gesta/codec/json.hpp>
#include <gesta/codec/wire_form.hpp>

#include "examples.hpp"

namespace {

struct in_hex {
  static constexpr const char* name = gesta::binary::id;

  template <class Message>
  static std::string form(const Message& message) {
    std::vector<std::byte> bytes(gesta::encoded_size(message));
    gesta::encode(message, bytes.data());
    std::string out = bytes.empty() ? "-" : "";
    for (const std::byte b : bytes) {
      out += "0123456789abcdef"[static_cast<unsigned>(b) >> 4];
      out += "0123456789abcdef"[static_cast<unsigned>(b) & 15];
    }
    return out;
  }
  template <class Message>
  static bool read(const std::string& form, Message& message) {
    const auto digit = [](char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); };
    std::vector<std::byte> bytes;
    for (std::size_t i = 0; i + 1 < form.size(); i += 2) bytes.push_back(static_cast<std::byte>(digit(form[i]) << 4 | digit(form[i + 1])));
    return gesta::decode(bytes.data(), bytes.size(), message);
  }
};

struct json_form {
  static constexpr const char* name = gesta::json::id;

  /// What JSON hides is nobody's: it is refused, whatever comes.
  template <class Message>
  static bool read(const std::string& form, Message& message) {
    const bool is_hidden = form.find("\"<personal>\"") != std::string::npos;
    return static_cast<bool>(gesta::from_json(form, message)) != is_hidden;
  }
};

struct as_text : json_form {
  template <class Message>
  static std::string form(const Message& message) {
    return gesta::to_json(message);
  }
};

struct by_form : json_form {
  template <class Message>
  static std::string form(const Message& message) {
    std::vector<std::byte> bytes(gesta::encoded_size(message));
    gesta::encode(message, bytes.data());
    const gesta::form_reader form = gesta::read_form(gesta::wire_form<Message>);
    std::string text;
    return form && form.to_json(bytes.data(), bytes.size(), text) ? text : "not read, after " + text;
  }
};

}  // namespace

TEST_CASE("binary: the bytes of the examples' events are those that were pinned") { golden::all_examples<in_hex>(); }

TEST_CASE("binary: the forms of every kind of field are those that were pinned") { golden::all_kinds<in_hex>(); }

TEST_CASE("json: the JSON of the examples' events is what was pinned") { golden::all_examples<as_text>(); }

TEST_CASE("json: the forms of every kind of field are those that were pinned") { golden::all_kinds<as_text>(); }

TEST_CASE("the examples' events, by their forms") { golden::all_examples<by_form>(); }

TEST_CASE("every kind of field, by its form") { golden::all_kinds<by_form>(); }
