// The promises of testing/print.hpp.
#include <gesta/testing/print.hpp>

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <gesta/message/list.hpp>
#include <gesta/message/text.hpp>

namespace shop {

enum class colour : std::uint8_t { red = 1, green };
struct withdrawn { int amount; };
struct line {
  gesta::text<8> sku;
  int quantity;
};
struct order {
  withdrawn paid;
  gesta::list<line, 3> lines;
  colour paint;
  bool express;
  char grade;
  double price;
  float weight;
};
struct rich {
  std::string name;
  std::vector<bool> bits;
  std::optional<int> some;
  std::optional<line> none;
  std::map<std::string, int> stock;
  std::set<int> tags;
  std::variant<int, line> either;
  std::pair<int, char> pair;
  std::array<int, 2> two;
  std::chrono::seconds took;
};
struct command { const char* reason; std::string_view view; };
struct closed {
  std::unique_ptr<int> owner;
  int n;
};
struct empty {};

}  // namespace shop

namespace {

template <class T>
std::string printed(const T& message) {
  char room[1000];
  const std::size_t size = gesta::print(message, room, sizeof room);
  CHECK(size == std::string_view(room).size());
  return room;
}

}  // namespace

TEST_CASE("a message prints its type and its fields") {
  CHECK(printed(shop::withdrawn{30}) == "withdrawn{amount: 30}");
  CHECK(printed(shop::empty{}) == "empty{}");
  struct local { int n; };
  CHECK(printed(local{-1}) == "local{n: -1}");
}

TEST_CASE("nested messages, text, lists, enums and numbers print") {
  CHECK(printed(shop::order{{1}, {{"ab", 2}, {"", 3}}, shop::colour::green, true, 'A', 0.1, 1.5f}) ==
        "order{paid: withdrawn{amount: 1}, lines: [line{sku: \"ab\", quantity: 2}, line{sku: \"\", quantity: 3}], paint: 2, express: true, "
        "grade: 'A', price: 0.1, weight: 1.5}");
}

TEST_CASE("standard containers print") {
  CHECK(printed(shop::rich{"al", {true, false}, 7, {}, {{"x", 1}, {"y", 2}}, {3, 4}, shop::line{"s", 1}, {5, 'c'}, {8, 9}, std::chrono::seconds(60)}) ==
        "rich{name: \"al\", bits: [true, false], some: 7, none: none, stock: {\"x\": 1, \"y\": 2}, tags: [3, 4], "
        "either: line{sku: \"s\", quantity: 1}, pair: (5, 'c'), two: [8, 9], took: 60}");
}

TEST_CASE("text is quoted, and what could be mistaken is written out") {
  CHECK(printed(std::string("a\"b\\c\n\t\x01\x7f'")) == "\"a\\\"b\\\\c\\n\\t\\x01\\x7f'\"");
  CHECK(printed(std::string("h\xc3\xa9")) == "\"h\xc3\xa9\"");
  CHECK(printed('\'') == "'\\''");
  CHECK(printed(shop::command{"why", "seen"}) == "command{reason: \"why\", view: \"seen\"}");
  CHECK(printed(shop::command{nullptr, {}}) == "command{reason: null, view: \"\"}");
}

TEST_CASE("numbers print so that they can be told apart") {
  CHECK(printed(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
  CHECK(printed(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
  CHECK(printed(std::int8_t{-5}) == "-5");
  CHECK(printed(std::uint8_t{200}) == "200");
  CHECK(printed(1.0 / 3) == "0.3333333333333333");
  CHECK(printed(0.1f) == "0.1");
  CHECK(printed(0.1 + 0.2) == "0.30000000000000004");
  CHECK(printed(-std::numeric_limits<double>::infinity()) == "-inf");
}

TEST_CASE("what cannot be read is named and does not hide the rest") {
  CHECK(printed(shop::closed{nullptr, 2}).substr(0, 24) == "closed{owner: unique_ptr");
  CHECK(printed(shop::closed{nullptr, 2}).ends_with("{...}, n: 2}"));
}

TEST_CASE("a small room holds the beginning and the whole length is told") {
  char room[8];
  CHECK(gesta::print(shop::withdrawn{30}, room, sizeof room) == 21);
  CHECK(std::string_view(room) == "withdra");
  CHECK(gesta::print(shop::withdrawn{30}, nullptr, 0) == 21);
}
