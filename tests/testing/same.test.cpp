// The promises of testing/same.hpp.
#include <gesta/testing/same.hpp>

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <gesta/message/list.hpp>
#include <gesta/message/text.hpp>

using gesta::same_message;

namespace {

struct line {
  gesta::text<8> sku;
  int quantity;
};
struct order {
  int number;
  gesta::list<line, 3> lines;
};
struct rich {
  std::string name;
  std::vector<line> lines;
  std::optional<line> some;
  std::map<std::string, line> stock;
  std::set<int> tags;
  std::variant<int, line> either;
  std::pair<int, line> pair;
  std::array<line, 1> one;
  std::chrono::seconds took;
  const char* reason;
};
rich some_rich() {
  return {"al", {{"a", 1}}, line{"b", 2}, {{"x", {"c", 3}}}, {4}, line{"d", 5}, {6, {"e", 7}}, {{{"f", 8}}}, std::chrono::seconds(9), "why"};
}

// Its owner says what makes it equal.
struct tolerant {
  int counts;
  int does_not;
  friend constexpr bool operator==(const tolerant& a, const tolerant& b) { return a.counts == b.counts; }
};
struct holds_tolerant { tolerant t; };

class closed {
 public:
  constexpr explicit closed(int n) : n_(n) {}
  friend constexpr bool operator==(const closed&, const closed&) = default;

 private:
  int n_;
};
struct empty {};

}  // namespace

TEST_CASE("messages without operators are compared by all their fields") {
  static_assert(same_message(order{1, {{"a", 1}}}, order{1, {{"a", 1}}}));
  CHECK_FALSE(same_message(order{1, {{"a", 1}}}, order{2, {{"a", 1}}}));
  CHECK_FALSE(same_message(order{1, {{"a", 1}}}, order{1, {{"a", 2}}}));
  CHECK_FALSE(same_message(order{1, {{"a", 1}}}, order{1, {}}));
  CHECK(same_message(empty{}, empty{}));
}

TEST_CASE("a difference in any field is seen, at any depth") {
  CHECK(same_message(some_rich(), some_rich()));
  const auto differs = [](auto change) {
    rich other = some_rich();
    change(other);
    return !same_message(some_rich(), other);
  };
  CHECK(differs([](rich& r) { r.name = "bob"; }));
  CHECK(differs([](rich& r) { r.lines[0].quantity = 0; }));
  CHECK(differs([](rich& r) { r.lines.push_back({}); }));
  CHECK(differs([](rich& r) { r.some->sku = "z"; }));
  CHECK(differs([](rich& r) { r.some.reset(); }));
  CHECK(differs([](rich& r) { r.stock["x"].quantity = 0; }));
  CHECK(differs([](rich& r) { r.stock["y"] = {}; }));
  CHECK(differs([](rich& r) { r.stock = {{"w", {"c", 3}}}; }));
  CHECK(differs([](rich& r) { r.tags = {5}; }));
  CHECK(differs([](rich& r) { r.either = 5; }));
  CHECK(differs([](rich& r) { r.either = line{"d", 6}; }));
  CHECK(differs([](rich& r) { r.pair.second.quantity = 0; }));
  CHECK(differs([](rich& r) { r.one[0].sku = ""; }));
  CHECK(differs([](rich& r) { r.took = {}; }));
  CHECK(differs([](rich& r) { r.reason = "because"; }));
  CHECK(differs([](rich& r) { r.reason = nullptr; }));
}

TEST_CASE("C strings are compared by their characters") {
  const std::string why = "why";
  rich other = some_rich();
  other.reason = why.c_str();
  CHECK(same_message(some_rich(), other));
}

TEST_CASE("an operator of the user's own decides") {
  CHECK(same_message(tolerant{1, 2}, tolerant{1, 3}));
  CHECK(same_message(holds_tolerant{{1, 2}}, holds_tolerant{{1, 3}}));
  CHECK_FALSE(same_message(holds_tolerant{{1, 2}}, holds_tolerant{{2, 2}}));
  CHECK(same_message(closed(1), closed(1)));
  CHECK_FALSE(same_message(closed(1), closed(2)));
}
