// Messages that hold every kind of field a codec knows, for the tests of all codecs.
#pragma once

#include <gesta/message/list.hpp>
#include <gesta/message/text.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace codec_tests {

enum class colour : std::uint8_t { red = 1, green = 2 };
enum class far : std::int32_t { away = -2 };
enum class huge : std::uint64_t { all = ~std::uint64_t{0} };
enum class letter : char { a = 'a', last = '\xff' };

struct order_no {
  std::uint32_t value;
  friend bool operator==(const order_no&, const order_no&) = default;
};
struct line {
  gesta::text<8> sku;
  std::int16_t quantity;
  friend bool operator==(const line&, const line&) = default;
};
struct flat_order {
  order_no number;
  colour paint;
  bool express;
  char grade;
  double price;
  float weight;
  std::int64_t balance;
  gesta::list<line, 3> lines;
  std::array<std::uint16_t, 2> pair;
  far where;
  static constexpr auto id = "kinds.flat_order";
  friend bool operator==(const flat_order&, const flat_order&) = default;
};
struct rich_order {
  std::string customer;
  std::vector<line> lines;
  std::optional<order_no> replaces;
  std::variant<std::monostate, std::string, order_no> note;
  std::map<std::string, std::vector<int>> stock;
  std::set<int> tags;
  std::pair<int, std::string> pair;
  std::deque<std::optional<bool>> answers;
  std::vector<bool> bits;
  std::chrono::milliseconds took;
  std::chrono::sys_seconds at;
  gesta::text<300> memo;
  static constexpr auto id = "kinds.rich_order";
  friend bool operator==(const rich_order&, const rich_order&) = default;
};
struct empty {
  static constexpr auto id = "kinds.empty";
  friend bool operator==(const empty&, const empty&) = default;
};
/// The integers at their limits.
struct numbers {
  std::int8_t a;
  std::uint8_t b;
  std::int16_t c;
  std::uint16_t d;
  std::int32_t e;
  std::uint32_t f;
  std::int64_t g;
  std::uint64_t h;
  char16_t i;
  huge j;
  letter k;
  static constexpr auto id = "kinds.numbers";
  friend bool operator==(const numbers&, const numbers&) = default;
};
struct fractions {
  float f;
  double d;
  std::chrono::duration<double> seconds;
  static constexpr auto id = "kinds.fractions";
  friend bool operator==(const fractions&, const fractions&) = default;
};
/// Bytes in everything that can hold them.
struct attached {
  std::vector<std::byte> file;
  std::array<std::byte, 4> digest;
  gesta::list<std::byte, 3> few;
  std::deque<std::byte> queue;
  static constexpr auto id = "kinds.attached";
  friend bool operator==(const attached&, const attached&) = default;
};
/// Containers in containers, keys of several kinds, optionals in optionals.
struct nested {
  std::map<order_no, std::map<gesta::text<4>, line>> by_number;
  std::multimap<std::string, int> several;
  std::multiset<std::string> bag;
  std::optional<std::optional<std::vector<std::string>>> maybe;
  std::vector<std::variant<line, attached>> either;
  std::array<std::vector<std::pair<far, char>>, 2> sides;
  static constexpr auto id = "kinds.nested";
  friend bool operator==(const nested&, const nested&) = default;
};
inline bool operator<(const order_no& a, const order_no& b) { return a.value < b.value; }

inline std::vector<std::byte> some_bytes(std::size_t size) {
  std::vector<std::byte> bytes;
  for (std::size_t i = 0; i < size; ++i) bytes.push_back(static_cast<std::byte>(i * 37));
  return bytes;
}

inline flat_order some_flat_order() {
  return {{7}, colour::green, true, 'A', 2.5, -0.5f, -3, {{"ab", 1}, {"", -1}}, {1, 0x1234}, far::away};
}
inline rich_order some_rich_order() {
  return {"alice",
          {{"a", 1}, {"bcd", 2}},
          order_no{9},
          std::string("by hand"),
          {{"x", {1, 2}}, {"y", {}}},
          {3, 5},
          {4, "four"},
          {true, std::nullopt, false},
          {true, false, true},
          std::chrono::milliseconds(1500),
          std::chrono::sys_seconds(std::chrono::seconds(1700000000)),
          gesta::text<300>(std::string(200, 'm'))};
}
template <class Number>
constexpr auto lowest = std::numeric_limits<Number>::lowest();
template <class Number>
constexpr auto highest = std::numeric_limits<Number>::max();

/// Different messages of each type.
inline std::vector<flat_order> flat_orders() {
  return {flat_order{}, some_flat_order(),
          {{highest<std::uint32_t>}, static_cast<colour>(255), false, '\xe4', -1e300, 1e-40f, lowest<std::int64_t>, {}, {}, static_cast<far>(7)},
          {{1}, colour::red, false, '\0', 0.1, 0.1f, highest<std::int64_t>, {{"12345678", -32768}, {}, {"\xff\xfe", 1}}, {65535, 0}, far::away}};
}
inline std::vector<rich_order> rich_orders() {
  rich_order odd = some_rich_order();
  odd.customer = std::string("a\0\"\\\n\x7f \xc3\xa4 \xe2\x82\xac \xf0\x9f\x8e\x81", 18);
  odd.stock = {{"", {}}, {"\xff", {lowest<int>, highest<int>}}};
  odd.note = order_no{1};
  odd.took = std::chrono::milliseconds::min();
  odd.at = std::chrono::sys_seconds::max();
  odd.memo = "\xed\xa0\x80";  // half of a surrogate pair: no UTF-8
  rich_order wide{};  // with braces: a duration has no value of its own
  wide.lines.resize(3, {"x", 1});
  wide.bits.resize(129, true);  // the number of elements takes two bytes
  return {rich_order{}, some_rich_order(), odd, wide};
}
inline std::vector<empty> empties() { return {empty{}}; }
inline std::vector<numbers> all_numbers() {
  return {numbers{},
          {lowest<std::int8_t>, 0, lowest<std::int16_t>, 0, lowest<std::int32_t>, 0, lowest<std::int64_t>, 0, 0, huge{}, letter::a},
          {highest<std::int8_t>, highest<std::uint8_t>, highest<std::int16_t>, highest<std::uint16_t>, highest<std::int32_t>,
           highest<std::uint32_t>, highest<std::int64_t>, highest<std::uint64_t>, u'\xffff', huge::all, letter::last},
          {-1, 1, -1, 1, -1, 1, -9007199254740993, 9007199254740993, u'x', static_cast<huge>(1), letter{}}};
}
inline std::vector<fractions> all_fractions() {
  using f = std::numeric_limits<float>;
  using d = std::numeric_limits<double>;
  const auto of = [](float a, double b) { return fractions{a, b, std::chrono::duration<double>(b)}; };
  return {fractions{}, of(-0.0f, -0.0), of(f::infinity(), -d::infinity()), of(f::denorm_min(), d::denorm_min()), of(f::min(), d::min()),
          of(f::max(), d::max()), of(f::lowest(), d::lowest()), of(0.1f, 0.1), of(1e10f, 1e22), of(16777216.0f, 9007199254740993.0),
          of(8.5e18f, 1.8446744073709552e19), of(3.0e-5f, 2.2250738585072011e-308), of(1.1754943e-38f, 1.7976931348623157e308)};
}
inline std::vector<attached> all_attached() {
  return {attached{}, {some_bytes(3), {std::byte{0xde}, std::byte{0xad}}, {std::byte{1}}, {std::byte{255}, std::byte{0}}},
          {some_bytes(200), {}, {std::byte{0}, std::byte{0}, std::byte{0}}, {}}};
}
inline std::vector<nested> all_nested() {
  nested empty_inside{};
  empty_inside.maybe.emplace();
  nested full{{{{1}, {{"k", {"s", 1}}, {"l", {}}}}, {{2}, {}}},
              {{"a", 1}, {"a", 1}, {"b", -1}},
              {"x", "x", "y"},
              std::vector<std::string>{"", "deep"},
              {line{"v", 3}, attached{some_bytes(2), {}, {}, {}}},
              {{{{far::away, 'c'}}, {}}}};
  return {nested{}, empty_inside, full};
}

/// Calls each(messages) for the messages of every type above.
template <class Each>
void for_all_messages(Each each) {
  each(flat_orders());
  each(rich_orders());
  each(empties());
  each(all_numbers());
  each(all_fractions());
  each(all_attached());
  each(all_nested());
}

}  // namespace codec_tests
