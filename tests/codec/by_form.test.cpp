// Bytes read by the text of their form are what the program that knows the types reads.
#include <gesta/codec/binary.hpp>
#include <gesta/codec/by_form.hpp>
#include <gesta/codec/json.hpp>
#include <gesta/codec/wire_form.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "messages.hpp"

namespace {

using namespace codec_tests;

template <class Message>
std::vector<std::byte> bytes_of(const Message& message) {
  std::vector<std::byte> bytes(gesta::encoded_size(message));
  gesta::encode(message, bytes.data());
  return bytes;
}

/// The JSON of the bytes, or `?` and what was read of them.
std::string shown(const gesta::form_reader& form, const std::vector<std::byte>& bytes) {
  std::string text;
  return form.to_json(bytes.data(), bytes.size(), text) ? text : "?" + text;
}
std::string shown(const char* form, const std::string& bytes) {
  const gesta::form_reader read = gesta::read_form(form);
  std::string text;
  return !read ? "no form" : read.to_json(bytes.data(), bytes.size(), text) ? text : "?" + text;
}

template <class Key>
std::string shown_key(const gesta::key_value<Key>& key) {
  gesta::key_buffer<Key> buffer;
  const gesta::key_bytes bytes = gesta::key_bytes_of<Key>(key, buffer);
  const gesta::form_reader read = gesta::read_form(gesta::key_wire_form<Key>);
  std::string text;
  for (std::uint32_t size = 0; size < bytes.size; ++size)
    if (read.word() != "text") CHECK_FALSE(read.key_to_json(bytes.data, size, text));
  text.clear();
  return read.key_to_json(bytes.data, bytes.size, text) ? text : "?" + text;
}

std::mt19937 random(7);
std::size_t drawn(std::size_t below) { return std::uniform_int_distribution<std::size_t>(0, below - 1)(random); }

/// Bytes that were changed a little: most are no message any more.
std::vector<std::byte> changed(std::vector<std::byte> bytes) {
  for (std::size_t times = drawn(3) + 1; times != 0; --times) {
    const std::size_t at = bytes.empty() ? 0 : drawn(bytes.size());
    constexpr std::uint8_t odd[] = {0, 1, 2, 3, 0x7f, 0x80, 0x81, 0xff};
    const auto byte = static_cast<std::byte>(drawn(2) == 0 ? odd[drawn(8)] : drawn(256));
    switch (drawn(4)) {
      case 0: bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at), byte); break;
      case 1:
        if (!bytes.empty()) bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(at));
        break;
      case 2: bytes.resize(at); break;
      default:
        if (!bytes.empty()) bytes[at] = byte;
    }
  }
  return bytes;
}

/// Types of which the program checks more than the form says: bounds, or an order.
template <class Message>
inline constexpr bool checks_more = !std::is_same_v<Message, empty> && !std::is_same_v<Message, numbers> && !std::is_same_v<Message, fractions>;

struct counts {
  int read = 0, refused = 0, only_by_form = 0;
};

template <class Message>
void compare(const gesta::form_reader& form, const std::vector<std::byte>& bytes, counts& all) {
  Message message{};
  const bool typed = gesta::decode(bytes.data(), bytes.size(), message);
  const std::string by_form = shown(form, bytes);
  const bool read = by_form[0] != '?';
  if (typed) {
    // A NaN has no form of its own in JSON, whatever its bits are; both write it alike.
    CHECK(by_form == gesta::to_json(message));
    ++all.read;
  } else if (read && checks_more<Message>) {
    ++all.only_by_form;
  } else {
    CHECK_FALSE_MESSAGE(read, by_form);
    ++all.refused;
  }
}

struct shop_no {
  gesta::text<8> shop;
  std::int16_t where;
  order_no number;
  bool open;
};
struct two_names {
  std::string first, second;
};

}  // namespace

TEST_CASE("every message is shown as the JSON codec writes it") {
  for_all_messages([](const auto& messages) {
    using message = std::remove_cvref_t<decltype(messages[0])>;
    const gesta::form_reader form = gesta::read_form(gesta::wire_form<message>);
    REQUIRE(form);
    for (const auto& one : messages) CHECK(shown(form, bytes_of(one)) == gesta::to_json(one));
  });
}

TEST_CASE("changed bytes are read or refused as the program does it, but for bounds and orders that only it knows") {
  counts all;
  for_all_messages([&](const auto& messages) {
    using message = std::remove_cvref_t<decltype(messages[0])>;
    const gesta::form_reader form = gesta::read_form(gesta::wire_form<message>);
    for (const auto& one : messages)
      for (int i = 0; i < 2000; ++i) compare<message>(form, changed(bytes_of(one)), all);
  });
  std::printf("by form: %d drawn values read by both, %d refused by both, %d read by the form alone\n", all.read, all.refused, all.only_by_form);
  CHECK(all.read > 2000);
  CHECK(all.refused > 20000);
  CHECK(all.only_by_form < all.refused / 10);
}

TEST_CASE("bytes that are cut short, or have more behind them, are refused") {
  for_all_messages([](const auto& messages) {
    using message = std::remove_cvref_t<decltype(messages[0])>;
    const gesta::form_reader form = gesta::read_form(gesta::wire_form<message>);
    for (const auto& one : messages) {
      std::vector<std::byte> bytes = bytes_of(one);
      for (std::size_t size = 0; size < bytes.size(); ++size) CHECK(shown(form, {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)})[0] == '?');
      bytes.push_back(std::byte{0});
      CHECK(shown(form, bytes)[0] == '?');
    }
  });
}

TEST_CASE("single forms") {
  using namespace std::string_literals;
  CHECK(shown(R"("u32")", "\x02\x00\x00\x00"s) == "2");
  CHECK(shown(R"( { "fields" : { "a" : "i8" , "b" : { "list" : "text" } } } )", "\xff\x01\x02hi"s) == R"({"a":-1,"b":["hi"]})");
  CHECK(shown(R"("bool")", "\x02"s) == "?");
  CHECK(shown(R"({"enum":"bool"})", "\x01"s) == "true");
  CHECK(shown(R"("byte")", "\x61"s) == "97");
  CHECK(shown(R"({"set":"byte"})", "\x01\x61"s) == "[97]");
  CHECK(shown(R"({"list":"byte"})", "\x01\x61"s) == R"("61")");
  CHECK(shown(R"({"map":["text","u8"]})", "\x02\x01""a\x01\x01""a\x02"s)[0] == '?');
  CHECK(shown(R"({"multimap":["text","u8"]})", "\x02\x01""a\x01\x01""a\x02"s) == R"([["a",1],["a",2]])");
  CHECK(shown(R"({"map":["u8","u8"]})", "\x02\x01\x01\x01\x02"s)[0] == '?');
  CHECK(shown(R"({"map":["text","u8"]})", "\x02\x01""a\x01\x01\xff\x02"s) == R"([["a",1],[{"hex":"ff"},2]])");
  CHECK(shown(R"({"optional":{"optional":"u8"}})", "\x01\x00"s) == "[null]");
  CHECK(shown(R"({"variant":["u8","text"]})", "\x02\x00"s) == "?");
  CHECK(shown(R"({"fields":{"a \"b\" \\ \u000a":"u8"}})", "\x07"s) == R"({"a \"b\" \\ \n":7})");
  CHECK(shown(R"("text")", "\x80\x00"s)[0] == '?');  // a number of characters in more bytes than it needs
}

TEST_CASE("keys are shown by their forms") {
  CHECK(shown_key<gesta::string_key>({"alice", 5}) == R"("alice")");
  CHECK(shown_key<gesta::text<8>>("b") == R"("b")");
  CHECK(shown_key<gesta::dense>(7) == "7");
  CHECK(shown_key<std::int64_t>(-2) == "-2");
  CHECK(shown_key<std::uint64_t>(~std::uint64_t{0}) == "18446744073709551615");
  CHECK(shown_key<order_no>(order_no{9}) == "9");
  CHECK(shown_key<shop_no>(shop_no{"north", -3, {7}, true}) == R"({"shop":"north","where":-3,"number":7,"open":true})");
  CHECK(shown_key<two_names>(two_names{"a", std::string(200, 'b')}) == R"({"first":"a","second":")" + std::string(200, 'b') + "\"}");
}

TEST_CASE("what is no form is refused, and where") {
  for (const char* const text :
       {"", " ", "u32", R"("u33")", R"("u32)", R"("u32" x)", "{}", R"({"list":"u8")", R"({"list":["u8"]})", R"({"listing":"u8"})", R"({"map":["u8"]})",
        R"({"map":["u8","u8","u8"]})", R"({"pair":["u8"]})", R"({"enum":"text"})", R"({"enum":"char"})", R"({"enum":{"enum":"u8"}})", R"({"array":["u8",2]})",
        R"({"array":[0,"u8"]})", R"({"array":[99999999999999999999,"u8"]})", R"({"fields":{"a"}})", R"({"fields":{"a":"u8",}})", R"({"fields":{"\x":"u8"}})",
        R"({"fields":{"\u00e9":"u8"}})", R"({"duration":"i64"})", R"({"time":"i64","period":[1]})", R"({"list":{"fields":{}}})",
        R"({"array":[5000,{"fields":{}}]})", R"({"array":[1000,{"array":[1000,{"fields":{}}]}]})", R"({"array":[2000000000,{"array":[2000000000,"u8"]}]})"})
    CHECK_FALSE_MESSAGE(gesta::read_form(text), text);
  CHECK(gesta::read_form(R"({"array":[3,{"fields":{}}]})"));
  CHECK(gesta::read_form(R"({"fields":{"a":"u33"}})").wrong_at() == 20);
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += R"({"list":)";
  CHECK_FALSE(gesta::read_form(deep));
}

TEST_CASE("a changed form does no harm") {
  int forms = 0;
  for_all_messages([&](const auto& messages) {
    using message = std::remove_cvref_t<decltype(messages[0])>;
    const std::string text = gesta::wire_form<message>;
    const std::vector<std::byte> bytes = bytes_of(messages.back());
    for (int i = 0; i < 3000; ++i) {
      std::string other = text;
      for (std::size_t times = drawn(3) + 1; times != 0; --times) {
        const std::size_t at = drawn(other.size());
        if (drawn(2) == 0) other[at] = "{}[]\",:0123456789uiftlex\\"[drawn(25)];
        else other.erase(at, drawn(8) + 1);
        if (other.empty()) other.push_back('{');
      }
      if (const gesta::form_reader form = gesta::read_form(other)) {
        ++forms;
        std::string out;
        (void)form.to_json(bytes.data(), bytes.size(), out);
        CHECK(out.size() < 1'000'000);
      }
    }
  });
  CHECK(forms > 100);
}
