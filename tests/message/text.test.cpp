// The promises of message/text.hpp.
#include <gesta/message/text.hpp>

#include <doctest/doctest.h>

#include <cstring>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>

using gesta::text;

namespace {

template <std::size_t N>
bool clean_behind_its_end(const text<N>& t) {
  for (std::size_t i = t.size(); i <= N; ++i)
    if (t.data()[i] != '\0') return false;
  return true;
}

struct sku {
  text<8> code;
  int shelf;
  friend bool operator==(const sku&, const sku&) = default;
};

}  // namespace

TEST_CASE("text is made of a literal without a cast") {
  constexpr text<8> t = "SKU-1";
  static_assert(t.size() == 5 && t == "SKU-1" && !t.empty() && text<8>().empty() && text<8>::capacity() == 8);
  constexpr sku s{"ab", 3};
  static_assert(s.code == "ab");
  CHECK(text<3>("abc") == "abc");
  CHECK(text<8>("a\0b") == "a");
  CHECK(text<0>("").empty());
}

TEST_CASE("text from a literal, from a pointer and from a string is the same") {
  const std::string string = "héllo";
  const char* pointer = string.c_str();
  CHECK(text<8>(string) == text<8>("héllo"));
  CHECK(text<8>(pointer) == text<8>("héllo"));
  CHECK(text<8>(std::string_view(string)) == text<8>("héllo"));
  CHECK(text<8>(pointer, 1) == "h");
  CHECK(text<8>(std::string_view("a\0b", 3)).size() == 3);
}

TEST_CASE("nothing converts in silence that might not fit") {
  CHECK(std::is_convertible_v<const char (&)[9], text<8>>);
  CHECK_FALSE(std::is_convertible_v<const char*, text<8>>);
  CHECK_FALSE(std::is_convertible_v<std::string, text<8>>);
  CHECK(std::is_convertible_v<text<4>, text<8>>);
  CHECK_FALSE(std::is_convertible_v<text<9>, text<8>>);
  CHECK_FALSE(std::is_constructible_v<text<8>, int>);
  const text<8> wider = text<4>("abcd");
  CHECK(wider == "abcd");
}

TEST_CASE("text of unknown length is taken when it fits, and refused when it does not") {
  const std::string eight(8, 'x'), nine(9, 'x');
  CHECK(text<8>::fits(eight));
  CHECK_FALSE(text<8>::fits(nine));
  const auto good = text<8>::from(eight);
  REQUIRE(good);
  CHECK(*good == eight);
  CHECK(good->size() == 8);
  CHECK_FALSE(text<8>::from(nine));
  CHECK_FALSE(text<8>::from(nine.data(), nine.size()));
  CHECK(text<8>::from(nine.data(), 2));
  static_assert(text<2>::from("ab") && !text<2>::from("abc"));
}

TEST_CASE("adding changes nothing when there is no room") {
  text<5> t = "abc";
  CHECK(t.append("de"));
  CHECK_FALSE(t.append("f"));
  CHECK(t == "abcde");
  CHECK(t.append(""));
  CHECK(t.append(std::string()));
}

TEST_CASE("the bytes behind the end are zero and equal texts have equal bytes") {
  text<8> t = "abcdefgh";
  CHECK(clean_behind_its_end(t));
  t = "ab";
  CHECK(clean_behind_its_end(t));
  const text<8> same = "ab";
  CHECK(std::memcmp(&t, &same, sizeof t) == 0);
  CHECK(clean_behind_its_end(text<300>("x")));
}

TEST_CASE("it has no padding and is copied by its bytes") {
  CHECK(sizeof(text<8>) == 10);
  CHECK(std::has_unique_object_representations_v<text<8>>);
  CHECK(std::has_unique_object_representations_v<text<255>>);
  CHECK(std::has_unique_object_representations_v<text<256>>);
  CHECK(std::has_unique_object_representations_v<text<257>>);
  CHECK(std::has_unique_object_representations_v<text<70000>>);
  CHECK(std::is_trivially_copyable_v<text<8>>);
  CHECK(text<300>(std::string(300, 'x')).size() == 300);
  CHECK(text<300>(std::string(256, 'x')).size() == 256);
}

TEST_CASE("texts are equal to whatever has the same characters") {
  const text<8> t = "ab";
  CHECK(t == text<4>("ab"));
  CHECK(t == "ab");
  CHECK("ab" == t);
  CHECK(t == std::string("ab"));
  CHECK(std::string_view("ab") == t);
  CHECK_FALSE(t == text<4>("abc"));
  CHECK_FALSE(t == text<8>("ac"));
  CHECK_FALSE(t == "abc");
  CHECK(sku{"a", 1} == sku{"a", 1});
  CHECK_FALSE(sku{"a", 1} == sku{"b", 1});
  static_assert(text<4>("ab") == text<4>("ab") && text<4>("ab") != text<9>("abc"));
}

TEST_CASE("texts are ordered byte by byte, so they are keys of maps") {
  CHECK(text<4>("a") < text<4>("ab"));
  CHECK(text<4>("b") > text<4>("ab"));
  CHECK(text<4>("b") >= text<4>("b"));
  CHECK(text<4>("b") <= text<4>("b"));
  CHECK(text<4>("z") < text<4>("\xc3\xa4"));
  std::map<text<4>, int> map{{"b", 2}, {"a", 1}};
  CHECK(map.begin()->second == 1);
  CHECK(map["b"] == 2);
}

TEST_CASE("text becomes a string or a view where that is asked for, and prints") {
  const text<8> t = "abc";
  CHECK(std::string(t) == "abc");
  CHECK(std::string{t} == "abc");
  CHECK(std::string_view{t} == "abc");
  CHECK(std::string(t.begin(), t.end()) == "abc");
  CHECK(std::strlen(t.c_str()) == 3);
  CHECK(t[1] == 'b');
  CHECK_FALSE(std::is_convertible_v<text<8>, std::string_view>);
  std::ostringstream out;
  out << t << '!';
  CHECK(out.str() == "abc!");
}
