// The promises of detail/writer.hpp and detail/chars.hpp.
#include <gesta/detail/writer.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

using namespace gesta::detail;

namespace {

template <class Number>
std::string written(Number number) {
  char room[32];
  writer out{room, sizeof room};
  out.put_number(number);
  return {room, out.size};
}

}  // namespace

TEST_CASE("numbers are written in decimal") {
  CHECK(written(std::uint64_t{0}) == "0");
  CHECK(written(std::int64_t{-1}) == "-1");
  CHECK(written(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
  CHECK(written(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
}

TEST_CASE("what does not fit is counted and left out") {
  char room[6] = {'-', '-', '-', '-', '-', '-'};
  writer out{room, 4};
  out.put("abc");
  out.put(chars{"def", 2});
  out.put('!');
  CHECK(out.size == 6);
  CHECK(std::string_view(room, 6) == "abcd--");
  out.end();
  CHECK(std::string_view(room, 6) == std::string_view("abc\0--", 6));
}

TEST_CASE("text that fits is ended behind its last character, and no room stays untouched") {
  char room[6] = {'-', '-', '-', '-', '-', '-'};
  writer out{room, 6};
  out.put("ab");
  out.end();
  CHECK(std::string_view(room, 6) == std::string_view("ab\0---", 6));
  writer nowhere{nullptr, 0};
  nowhere.put("ab");
  nowhere.end();
  CHECK(nowhere.size == 2);
}

TEST_CASE("text of every kind is read alike") {
  const char array[8] = "ab";
  const char* pointer = array;
  CHECK(chars_of(array) == chars_of(pointer));
  CHECK(chars_of(std::string("ab")) == chars_of("ab"));
  CHECK(chars_of(std::string_view("ab")) == chars_of(pointer));
  CHECK(chars_of("a\0b").size == 1);
  CHECK(chars_of(std::string_view("a\0b", 3)).size == 3);
  CHECK(text_like<std::string> == true);
  CHECK(text_like<char[3]> == true);
  CHECK(text_like<int> == false);
  CHECK(text_like<std::u16string> == false);
}

TEST_CASE("characters are compared as bytes") {
  CHECK(chars_of("a") < chars_of("b"));
  CHECK(chars_of("a") < chars_of("ab"));
  CHECK_FALSE(chars_of("ab") < chars_of("a"));
  CHECK_FALSE(chars_of("a") < chars_of("a"));
  CHECK(chars_of("a") < chars_of("\xc3\xa4"));
  CHECK(chars{} == chars_of(""));
  CHECK_FALSE(chars_of("ab") == chars_of("ac"));
  static_assert(chars_of("ab") == chars_of("ab") && chars_of("") < chars_of("\xff"));
}
