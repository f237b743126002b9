// The promises of codec/binary.hpp: what is written is read back, the bytes never change, and no bytes do harm.
#include <gesta/codec/binary.hpp>

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <limits>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "messages.hpp"

namespace {

std::size_t allocated = 0;  // bytes since it was last set to zero

}  // namespace

void* operator new(std::size_t size) {
  allocated += size;
  if (void* p = std::malloc(size)) return p;
  std::abort();
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }

namespace {

enum loose { one, two };

using namespace codec_tests;

template <class T>
std::vector<std::byte> bytes_of(const T& message) {
  std::vector<std::byte> bytes(gesta::encoded_size(message) + 1, std::byte{0xa5});
  gesta::encode(message, bytes.data());
  CHECK(bytes.back() == std::byte{0xa5});  // not a byte more than was said
  bytes.pop_back();
  return bytes;
}
template <class T>
std::string hex_of(const T& message) {
  std::string out;
  for (const std::byte b : bytes_of(message)) {
    out += "0123456789abcdef"[static_cast<unsigned>(b) >> 4];
    out += "0123456789abcdef"[static_cast<unsigned>(b) & 15];
  }
  return out;
}
template <class T>
bool reads(const std::vector<std::byte>& bytes, T& message) {
  // A copy of just the right size, so that the address sanitizer sees a step beyond it.
  const auto exact = std::make_unique<std::byte[]>(bytes.size());
  std::copy(bytes.begin(), bytes.end(), exact.get());
  return gesta::decode(exact.get(), bytes.size(), message);
}
template <class T>
bool reads(const std::vector<std::byte>& bytes) {
  T message{};
  return reads(bytes, message);
}
template <class T>
T there_and_back(const T& message) {
  T again{};
  CHECK(reads(bytes_of(message), again));
  return again;
}
std::vector<std::byte> raw(std::initializer_list<unsigned> values) {
  std::vector<std::byte> out;
  for (const unsigned v : values) out.push_back(static_cast<std::byte>(v));
  return out;
}

}  // namespace

TEST_CASE("a flat message comes back as it was") {
  CHECK(there_and_back(some_flat_order()) == some_flat_order());
  CHECK(there_and_back(empty{}) == empty{});
}

TEST_CASE("a message with strings and containers comes back as it was") {
  CHECK(there_and_back(some_rich_order()) == some_rich_order());
  CHECK(there_and_back(rich_order{}) == rich_order{});
}

TEST_CASE("what stood in a message before is replaced by what is read") {
  rich_order message = some_rich_order();
  CHECK(reads(bytes_of(rich_order{}), message));
  CHECK(message == rich_order{});
}

TEST_CASE("the limits of all numbers come back") {
  const auto both = [](auto zero) {
    using limits = std::numeric_limits<decltype(zero)>;
    CHECK(there_and_back(limits::lowest()) == limits::lowest());
    CHECK(there_and_back(limits::max()) == limits::max());
  };
  both(std::int8_t{}), both(std::uint8_t{}), both(std::int16_t{}), both(std::uint16_t{}), both(std::int32_t{}), both(std::uint32_t{});
  both(std::int64_t{}), both(std::uint64_t{}), both(0.0f), both(0.0), both(char{}), both(u'x'), both(false);
  CHECK(std::isnan(there_and_back(std::nan(""))));
  CHECK(std::signbit(there_and_back(-0.0)));
}

TEST_CASE("the bytes of stored messages do not change") {
  CHECK(hex_of(some_flat_order()) ==
        "07000000"          // number
        "02" "01" "41"      // colour, express, grade
        "0000000000000440"  // price
        "000000bf"          // weight
        "fdffffffffffffff"  // balance
        "02" "026162" "0100" "00" "ffff"  // lines
        "0100" "3412"       // the array
        "feffffff");        // where
  CHECK(hex_of(rich_order{"al",
                          {{"a", 1}},
                          order_no{9},
                          order_no{8},
                          {{"x", {1}}},
                          {3},
                          {4, "f"},
                          {true, std::nullopt},
                          {true},
                          std::chrono::milliseconds(1),
                          std::chrono::sys_seconds(std::chrono::seconds(2)),
                          "m"}) ==
        "02616c"                    // customer
        "01" "0161" "0100"          // lines
        "01" "09000000"             // replaces
        "02" "08000000"             // note
        "01" "0178" "01" "01000000" // stock
        "01" "03000000"             // tags
        "04000000" "0166"           // pair
        "02" "0101" "00"            // answers
        "01" "01"                   // bits
        "0100000000000000"          // took
        "0200000000000000"          // at
        "016d");                    // memo
  CHECK(hex_of(std::string(300, 'x')).substr(0, 6) == "ac0278");
  CHECK(hex_of(empty{}) == "");
}

TEST_CASE("encoding works while compiling, with the same bytes") {
  constexpr auto bytes = [] {
    std::array<std::byte, 11> out{};
    gesta::encode(line{"abc", -2}, out.data());
    return out;
  }();
  static_assert(gesta::encoded_size(line{"abc", -2}) == 6);
  static_assert(bytes[0] == std::byte{3} && bytes[1] == std::byte{'a'} && bytes[4] == std::byte{0xfe} && bytes[5] == std::byte{0xff});
  static_assert([&] {
    line again{};
    return gesta::decode(bytes.data(), 6, again) && again.sku == "abc" && again.quantity == -2;
  }());
  CHECK(bytes_of(line{"abc", -2}) == std::vector<std::byte>(bytes.begin(), bytes.begin() + 6));
}

TEST_CASE("every shortened or lengthened encoding is refused") {
  const auto each = [](const auto& message) {
    using type = std::remove_cvref_t<decltype(message)>;
    auto bytes = bytes_of(message);
    for (std::size_t size = 0; size < bytes.size(); ++size) CHECK_FALSE(reads<type>({bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)}));
    bytes.push_back(std::byte{0});
    CHECK_FALSE(reads<type>(bytes));
  };
  each(some_flat_order());
  each(some_rich_order());
}

TEST_CASE("bytes that no value has are refused") {
  CHECK_FALSE(reads<bool>(raw({2})));
  CHECK_FALSE(reads<std::optional<char>>(raw({2, 0})));
  CHECK_FALSE(reads<gesta::text<2>>(raw({3, 'a', 'b', 'c'})));
  CHECK_FALSE(reads<gesta::list<char, 2>>(raw({3, 'a', 'b', 'c'})));
  CHECK_FALSE(reads<std::variant<char, bool>>(raw({2, 0})));
  CHECK_FALSE(reads<std::set<char>>(raw({2, 'a', 'a'})));
  CHECK_FALSE(reads<std::set<char>>(raw({2, 'b', 'a'})));
  CHECK_FALSE(reads<std::map<char, char>>(raw({2, 'a', '1', 'a', '2'})));
  CHECK_FALSE(reads<std::map<char, char>>(raw({2, 'b', '1', 'a', '2'})));
  CHECK_FALSE(reads<std::string>(raw({0x81, 0x00, 'a'})));                                                    // a length not in its shortest form
  CHECK_FALSE(reads<std::string>(raw({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f})));         // beyond 64 bits
  CHECK_FALSE(reads<std::string>(raw({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01})));  // eleven bytes
  CHECK(reads<std::string>(raw({0x00})));
}

TEST_CASE("random bytes are refused or are a message, and nothing else happens") {
  std::mt19937_64 random(20240607);
  unsigned accepted = 0;
  for (int round = 0; round < 20000; ++round) {
    std::vector<std::byte> bytes(random() % 64);
    for (std::byte& b : bytes) b = static_cast<std::byte>(random() % (round % 2 == 0 ? 256 : 4));
    rich_order message;
    if (reads(bytes, message)) {
      ++accepted;
      CHECK(bytes_of(message) == bytes);
    }
    std::vector<std::vector<std::string>> nested;
    if (reads(bytes, nested)) {
      ++accepted;
      CHECK(bytes_of(nested) == bytes);
    }
  }
  CHECK(accepted > 0);
}

TEST_CASE("a changed byte of a good encoding is refused or gives another message") {
  std::mt19937_64 random(4711);
  const auto good = bytes_of(some_rich_order());
  for (int round = 0; round < 20000; ++round) {
    auto bytes = good;
    bytes[random() % bytes.size()] = static_cast<std::byte>(random());
    rich_order message;
    if (reads(bytes, message) && bytes != good) CHECK_FALSE(message == some_rich_order());
  }
}

TEST_CASE("a length that the bytes do not hold allocates next to nothing") {
  const auto huge = raw({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 1, 2, 3});
  const auto million = raw({0xc0, 0x84, 0x3d, 1, 2, 3});
  const auto cost = [](auto message, const std::vector<std::byte>& bytes) {
    allocated = 0;
    CHECK_FALSE(gesta::decode(bytes.data(), bytes.size(), message));
    return allocated;
  };
  for (const auto& bytes : {huge, million}) {
    CHECK(cost(std::string(), bytes) < 200);
    CHECK(cost(std::vector<std::uint64_t>(), bytes) < 200);
    CHECK(cost(std::vector<gesta::text<1000>>(), bytes) < 200);
    CHECK(cost(std::set<int>(), bytes) < 1000);  // the standard library's own first steps
    CHECK(cost(std::vector<std::vector<std::string>>(), bytes) < 200);
  }
  // Elements that are large in memory and small in bytes are not given room before they are read.
  std::vector<std::byte> many(1000, std::byte{0xff});
  many[0] = std::byte{0xe0}, many[1] = std::byte{0x07};  // 992 elements, the first of which is no text<1000>
  CHECK(cost(std::vector<gesta::text<1000>>(), many) < 3000);
}

TEST_CASE("it is known while compiling what can be encoded") {
  static_assert(gesta::encodable<flat_order> && gesta::encodable<rich_order> && gesta::encodable<empty>);
  struct view { std::string_view text; };
  struct pointer { const char* text; };
  struct fixed { const int number; };
  struct loosely { loose number; };
  struct unordered { std::unordered_map<int, int> map; };
  struct wide { long double number; };
  struct nothings { std::vector<empty> all; };
  static_assert(!gesta::encodable<view> && !gesta::encodable<pointer> && !gesta::encodable<fixed> && !gesta::encodable<loosely>);
  static_assert(!gesta::encodable<unordered> && !gesta::encodable<wide> && !gesta::encodable<nothings>);
  CHECK(gesta::encodable<std::vector<rich_order>>);
}

namespace {
struct tree { int leaf; std::vector<tree> branches; };
}  // namespace

TEST_CASE("a struct that holds itself cannot be encoded, so no bytes can exhaust the stack") { CHECK_FALSE(gesta::encodable<tree>); }
