// The promises of codec/json.hpp: the form of every kind of field, what is read and what is refused, and where.
#include <gesta/codec/codec.hpp>
#include <gesta/codec/json.hpp>
#include <gesta/testing/same.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "messages.hpp"

namespace {

using namespace codec_tests;
using kind = gesta::json_error::kind;

template <class T>
struct one {
  T value;
};
template <class T>
std::string written(const T& value) {
  const std::string text = gesta::to_json(one<T>{value});
  return text.substr(9, text.size() - 10);  // {"value":...}
}
template <class T>
std::string as_one(const T& value) {
  std::string text = R"({"value":)";
  (text += value) += '}';
  return text;
}
std::string quoted(const std::string& text) {
  std::string out = "\"";
  (out += text) += '"';
  return out;
}
template <class T>
T read(const std::string& value) {
  one<T> message{};
  const auto answer = gesta::from_json(as_one(value), message);
  CHECK_MESSAGE(answer, value, ": ", answer.why().describe());
  return message.value;
}
template <class T>
gesta::json_error refused(const std::string& text) {
  T message{};
  const auto answer = gesta::from_json(text, message);
  CHECK_MESSAGE(!answer, text);
  return answer.why();
}
template <class T>
kind why_not(const std::string& value) {
  const gesta::json_error why = refused<one<T>>(as_one(value));
  CHECK_MESSAGE(why.path.substr(0, 5) == "value", value, ": ", why.describe());
  return why.what;
}

struct order {
  int number;
  gesta::text<16> placed_at;
  std::optional<int> discount;
  static constexpr gesta::renamed wire[] = {{"placed_at", "placedAt"}};
};

}  // namespace

TEST_CASE("a message is an object of its fields, in their order") {
  CHECK(gesta::to_json(some_flat_order()) ==
        R"({"number":{"value":7},"paint":2,"express":true,"grade":"A","price":2.5,"weight":-0.5,"balance":-3,)"
        R"("lines":[{"sku":"ab","quantity":1},{"sku":"","quantity":-1}],"pair":[1,4660],"where":-2})");
  CHECK(gesta::to_json(rich_order{"al",
                                  {},
                                  std::nullopt,
                                  order_no{8},
                                  {{"x", {1}}},
                                  {3, 4},
                                  {4, "f"},
                                  {true, std::nullopt},
                                  {true},
                                  std::chrono::milliseconds(1),
                                  std::chrono::sys_seconds(std::chrono::seconds(2)),
                                  "m"}) ==
        R"({"customer":"al","lines":[],"replaces":null,"note":{"index":2,"value":{"value":8}},"stock":{"x":[1]},"tags":[3,4],)"
        R"("pair":[4,"f"],"answers":[true,null],"bits":[true],"took":1,"at":2,"memo":"m"})");
  CHECK(gesta::to_json(empty{}) == "{}");
}

TEST_CASE("every message is read back as it was") {
  for_all_messages([](const auto& messages) {
    for (const auto& message : messages) {
      std::remove_cvref_t<decltype(message)> again{};
      const auto answer = gesta::from_json(gesta::to_json(message), again);
      CHECK_MESSAGE(answer, answer.why().describe());
      CHECK_MESSAGE(gesta::same_message(message, again), gesta::to_json(message));
    }
  });
}

TEST_CASE("what stood in a message before is replaced by what is read") {
  rich_order message = some_rich_order();
  CHECK(gesta::from_json(gesta::to_json(rich_order{}), message));
  CHECK(message == rich_order{});
}

TEST_CASE("a renamed field has its name on the wire, and only that") {
  CHECK(gesta::to_json(order{1, "noon", 5}) == R"({"number":1,"placedAt":"noon","discount":5})");
  order again{};
  CHECK(gesta::from_json(R"({"number":1,"placedAt":"noon"})", again));
  CHECK(again.placed_at == "noon");
  CHECK(refused<order>(R"({"number":1,"placed_at":"noon"})").what == kind::unknown_field);
}

TEST_CASE("fields may stand in any order, with blanks between") {
  order read{1, "", 7};
  CHECK(gesta::from_json(" {\"placedAt\" : \"ten\",\n\t\"number\":3 } \r\n", read));
  CHECK(read.number == 3);
  CHECK(read.placed_at == "ten");
}

TEST_CASE("an optional may be null or absent, every other field must be there") {
  order read{1, "", 7};
  CHECK(gesta::from_json(R"({"number":1,"placedAt":""})", read));
  CHECK_FALSE(read.discount);
  read.discount = 7;
  CHECK(gesta::from_json(R"({"number":1,"placedAt":"","discount":null})", read));
  CHECK_FALSE(read.discount);
  const auto why = refused<order>(R"({"number":1})");
  CHECK(why.what == kind::missing_field);
  CHECK(why.describe() == "placedAt: is missing");
}

TEST_CASE("an unknown field is refused, and so is one that stands there twice") {
  const auto unknown = refused<order>(R"({"number":1,"placedAt":"","discnt":3})");
  CHECK(unknown.what == kind::unknown_field);
  CHECK(unknown.path == "discnt");
  const auto twice = refused<order>(R"({"number":1,"number":1,"placedAt":""})");
  CHECK(twice.what == kind::twice);
  CHECK(twice.describe() == "number: stands there twice");
  std::string long_name = R"({"\u0001)";
  (long_name += std::string(1000, 'x')) += R"(":1})";
  const std::string path = refused<order>(long_name).path;
  CHECK(path.size() == 60);
  CHECK(path.starts_with("?xx"));
}

TEST_CASE("an error names the field, however deep") {
  using deep = std::map<std::string, std::vector<std::pair<line, std::optional<order_no>>>>;
  const auto why = [](const char* text) { return refused<one<deep>>(as_one(text)).describe(); };
  CHECK(why(R"({"a":[[{"sku":"","quantity":1},null],[{"sku":"","quantity":"1"},null]]})") == "value.a[1][0].quantity: an integer is expected");
  CHECK(why(R"({"a":[[{"sku":"123456789","quantity":1},null]]})") == "value.a[0][0].sku: has another size, a shorter text is expected");
  CHECK(why(R"({"a":[[{"sku":"","quantity":1},{"value":-1}]]})") == "value.a[0][1].value: an integer from 0 on is expected");
  CHECK(why(R"({"a":[[{"sku":"","quantity":40000},null]]})") == "value.a[0][0].quantity: out of range, a number that the field can hold is expected");
  CHECK(why(R"({"a":[[{"sku":""},null]]})") == "value.a[0][0].quantity: is missing");
  CHECK(why(R"({"a":[7]})") == "value.a[0]: an array of two is expected");
  CHECK(why("7") == "value: an object is expected");
  CHECK(refused<order>("[]").describe() == "an object is expected");
}

TEST_CASE("all 64 bits of an integer are kept") {
  CHECK(written(highest<std::uint64_t>) == "18446744073709551615");
  CHECK(written(lowest<std::int64_t>) == "-9223372036854775808");
  CHECK(read<std::uint64_t>("18446744073709551615") == highest<std::uint64_t>);
  CHECK(read<std::int64_t>("-9223372036854775808") == lowest<std::int64_t>);
  CHECK(read<std::int64_t>("9007199254740993") == 9007199254740993);
  CHECK(why_not<std::uint64_t>("18446744073709551616") == kind::out_of_range);
  CHECK(why_not<std::int64_t>("9223372036854775808") == kind::out_of_range);
  CHECK(why_not<std::int8_t>("128") == kind::out_of_range);
  CHECK(why_not<std::uint8_t>("-1") == kind::wrong_kind);
}

TEST_CASE("a number for an integer has no fraction and no exponent") {
  for (const char* text : {"1.0", "1e2", "1E0", "\"1\"", "null", "true", "[1]"}) CHECK(why_not<int>(text) == kind::wrong_kind);
  CHECK(read<int>("-0") == 0);
}

TEST_CASE("a fraction has as few digits as give it back") {
  CHECK(written(0.1) == "0.1");
  CHECK(written(0.1f) == "0.1");
  CHECK(written(1.0) == "1");
  CHECK(written(1e22) == "1e+22");
  CHECK(written(-0.0) == "-0");
  CHECK(std::signbit(read<double>("-0")));
  CHECK(read<double>("1") == 1.0);
  CHECK(read<float>("0.1") == 0.1f);
  // Halfway between two floats, and a hair above: by way of double it would be rounded twice, to the lower one.
  CHECK(read<float>("16777217.0000000000000000001") == 16777218.0f);
  CHECK(why_not<double>("1e400") == kind::out_of_range);
  CHECK(why_not<float>("1e39") == kind::out_of_range);
}

TEST_CASE("what is no number is said in words") {
  using limits = std::numeric_limits<double>;
  CHECK(written(limits::quiet_NaN()) == "\"NaN\"");
  CHECK(written(-limits::infinity()) == "\"-Infinity\"");
  CHECK(std::isnan(read<double>("\"NaN\"")));
  CHECK(read<float>("\"Infinity\"") == std::numeric_limits<float>::infinity());
  CHECK(why_not<double>("\"nan\"") == kind::wrong_kind);
  CHECK(refused<one<double>>(as_one("NaN")).what == kind::no_json);
}

TEST_CASE("text is escaped as far as JSON asks for it") {
  CHECK(written(std::string("a\"b\\c\n\r\t\x01\x1f\x7f\0z", 13)) == R"("a\"b\\c\n\r\t\u0001\u001f)" "\x7f" R"(\u0000z")");
  CHECK(read<std::string>(R"("\u00e4\ud83c\udf81\/\b\f")") == "\xc3\xa4\xf0\x9f\x8e\x81/\b\f");
  CHECK(written('"') == R"("\"")");
  CHECK(read<char>(R"("\u0000")") == '\0');
  CHECK(why_not<char>(R"("ab")") == kind::wrong_size);
  CHECK(why_not<char>(R"("")") == kind::wrong_size);
}

TEST_CASE("text that is no UTF-8 is written as hex, and nothing of it is lost") {
  for (const char* text : {"\xff", "a\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xe2\x82", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\x80"}) {
    const std::string bytes = text;
    CHECK_MESSAGE(written(bytes).starts_with("{\"hex\":"), bytes);
    CHECK(read<std::string>(written(bytes)) == bytes);
    CHECK(refused<one<std::string>>(as_one(quoted(bytes))).what == kind::no_json);
  }
  for (const char* text : {"\xf4\x8f\xbf\xbf", "\xed\x9f\xbf", "\xee\x80\x80", "\xe0\xa0\x80", "\xf0\x90\x80\x80", "\xc2\x80"}) {
    CHECK(written(std::string(text)) == quoted(text));
    CHECK(read<std::string>(written(std::string(text))) == text);
  }
  CHECK(written(gesta::text<2>("\xff")) == R"({"hex":"ff"})");
  CHECK(written('\xe4') == R"({"hex":"e4"})");
  CHECK(why_not<std::string>(R"({"hex":"f"})") == kind::wrong_kind);
  CHECK(why_not<std::string>(R"({"hex":"FF"})") == kind::wrong_kind);
  CHECK(why_not<std::string>(R"({"hex":7})") == kind::wrong_kind);
  CHECK(why_not<std::string>(R"({"hex":"ff","x":1})") == kind::wrong_kind);
  CHECK(why_not<gesta::text<1>>(R"({"hex":"ffff"})") == kind::wrong_size);
}

TEST_CASE("bytes are hex digits") {
  using bytes = std::vector<std::byte>;
  CHECK(written(bytes{std::byte{0xde}, std::byte{0x01}}) == R"("de01")");
  CHECK(read<bytes>(R"("de01")") == bytes{std::byte{0xde}, std::byte{0x01}});
  CHECK(why_not<bytes>(R"("de0")") == kind::wrong_kind);
  CHECK(why_not<bytes>(R"("xx")") == kind::wrong_kind);
  CHECK(why_not<bytes>("[1]") == kind::wrong_kind);
  CHECK(why_not<std::array<std::byte, 2>>(R"("01")") == kind::wrong_size);
  CHECK(why_not<gesta::list<std::byte, 2>>(R"("010203")") == kind::wrong_size);
  CHECK(written(std::vector<std::uint8_t>{1}) == "[1]");  // numbers, not bytes
}

TEST_CASE("a map is an object where its keys are text, else an array of pairs") {
  using by_name = std::map<std::string, int>;
  CHECK(written(by_name{{"a", 1}, {"b", 2}}) == R"({"a":1,"b":2})");
  CHECK(written(by_name{{"\xff", 1}}) == R"([[{"hex":"ff"},1]])");
  CHECK(written(std::map<int, int>{{1, 2}}) == "[[1,2]]");
  CHECK(written(std::multimap<std::string, int>{{"a", 1}, {"a", 2}}) == R"([["a",1],["a",2]])");
  CHECK(read<by_name>(R"({"b":2,"a":1})") == by_name{{"a", 1}, {"b", 2}});
  CHECK(read<by_name>(R"([["b",2],["a",1]])") == by_name{{"a", 1}, {"b", 2}});
  CHECK(why_not<by_name>(R"({"a":1,"a":1})") == kind::twice);
  CHECK(why_not<by_name>(R"([["a",1],["a",1]])") == kind::twice);
  CHECK(why_not<by_name>(R"([["a",1,2]])") == kind::wrong_kind);
  CHECK(why_not<std::map<int, int>>(R"({"1":2})") == kind::wrong_kind);
}

TEST_CASE("a set is an array in any order, without repetition") {
  CHECK(read<std::set<int>>("[3,1,2]") == std::set<int>{1, 2, 3});
  CHECK(why_not<std::set<int>>("[1,1]") == kind::twice);
}

TEST_CASE("an optional in an optional says which of the two is empty") {
  using twofold = std::optional<std::optional<int>>;
  CHECK(written(twofold{}) == "null");
  CHECK(written(twofold{std::optional<int>{}}) == "[null]");
  CHECK(written(twofold{3}) == "[3]");
  CHECK(read<twofold>("[null]").has_value());
  CHECK(why_not<twofold>("3") == kind::wrong_kind);
  CHECK(why_not<twofold>("[]") == kind::wrong_kind);
}

TEST_CASE("a variant says which alternative it holds") {
  using either = std::variant<int, std::string>;
  CHECK(written(either("x")) == R"({"index":1,"value":"x"})");
  CHECK(std::get<1>(read<either>(R"({"value":"x","index":1})")) == "x");
  CHECK(why_not<either>(R"({"index":2,"value":0})") == kind::out_of_range);
  CHECK(why_not<either>(R"({"index":-1,"value":0})") == kind::wrong_kind);
  CHECK(why_not<either>(R"({"index":0})") == kind::missing_field);
  CHECK(why_not<either>(R"({"value":0})") == kind::missing_field);
  CHECK(why_not<either>(R"({"index":0,"value":0,"x":0})") == kind::unknown_field);
  CHECK(why_not<either>("0") == kind::wrong_kind);
}

TEST_CASE("arrays and lists have the size they have") {
  CHECK(why_not<std::array<int, 2>>("[1]") == kind::wrong_size);
  CHECK(why_not<std::array<int, 2>>("[1,2,3]") == kind::wrong_size);
  CHECK(why_not<gesta::list<int, 2>>("[1,2,3]") == kind::wrong_size);
  CHECK(why_not<std::pair<int, int>>("[1]") == kind::wrong_kind);
}

TEST_CASE("what is no JSON is refused, and how far it was read is told") {
  for (const char* text : {"", " ", "{", "{\"number\"", "{\"number\":}", "{\"number\":1,}", "{'number':1}", "{number:1}", "{\"number\":01}", "{\"number\":+1}",
                           "{\"number\":1}}", "{} {}", "// no\n{}", "\xef\xbb\xbf{}", "{\"number\":1e}", "{\"number\":tru}"})
    CHECK_MESSAGE(refused<order>(text).what == kind::no_json, text);
  CHECK(refused<order>("{\"number\":1,}").at == 12);
  CHECK(refused<order>("{\"number\":1,}").describe() == "no JSON, from byte 12");
}

TEST_CASE("no text can exhaust the stack, or memory by nesting") {
  CHECK(refused<order>(std::string(1'000'000, '[')).what == kind::too_deep);
  CHECK(refused<order>("{\"number\":{\"number\":{\"number\":{}}}}").what == kind::too_deep);
  CHECK(refused<order>("{\"number\":{\"number\":{\"number\":1}}}").what == kind::wrong_kind);  // not too deep to have a path
}

TEST_CASE("as a codec it writes the same text") {
  static_assert(gesta::encodes<gesta::json, rich_order>);
  const std::string text = gesta::to_json(some_rich_order());
  CHECK(gesta::json{}.encoded_size(some_rich_order()) == text.size());
  std::string room(text.size() + 1, '!');
  gesta::json{}.encode(some_rich_order(), reinterpret_cast<std::byte*>(room.data()));
  CHECK(room == text + "!");
}
