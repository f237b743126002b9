// The binary forms of the examples' events are those that were pinned, and every pinned form is still read.
#include <gesta/codec/binary.hpp>

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

}  // namespace

TEST_CASE("the bytes of the examples' events are those that were pinned") { golden::all_examples<in_hex>(); }

TEST_CASE("the forms of every kind of field are those that were pinned") { golden::all_kinds<in_hex>(); }
