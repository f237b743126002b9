// The promises of store/rows_in_memory.hpp and store/numbered_rows.hpp: each table against a std::map under drawn changes.
#include <gesta/store/rows_in_memory.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <gesta/message/text.hpp>

namespace {

template <class Key>
struct row_of {
  std::int64_t sum = 0;
  Key key{};
  std::uint32_t count = 7;  // a blank row is what the struct says, not zeros
};
struct place {
  gesta::text<8> town;
  int shelf = 0;
};
enum class colour : std::uint8_t { red, green, blue };

template <class Key, class Numbering = void>
struct keyed : gesta::projection<gesta::rows<row_of<Key>, "key", Numbering>> {};

template <class Key>
using hashed = gesta::detail::rows_in_memory<keyed<Key>>;
template <class Key>
using dense = gesta::detail::rows_in_memory<keyed<Key, gesta::dense>>;

static_assert(gesta::row_table<hashed<std::uint64_t>> && gesta::row_table<hashed<gesta::text<8>>> && gesta::row_table<hashed<std::string>>);
static_assert(gesta::row_table<dense<std::uint32_t>> && gesta::row_table<gesta::detail::rows_in_memory<gesta::projection<row_of<int>>>>);
static_assert(!hashed<int>::is_ordered && dense<int>::is_ordered);

// Found by something else than a number, a row of 24 bytes and its mark lie in 32, and so never in two cache lines.
struct small_row {
  std::uint64_t key;
  std::int64_t sum;
  std::uint32_t sold, returned;
};
static_assert(sizeof(gesta::detail::aligned_slot<small_row>) == 32 && alignof(gesta::detail::aligned_slot<small_row>) == 32);

struct dice {
  std::uint64_t state = 0;
  std::uint64_t operator()() { return gesta::detail::mix(++state); }
  std::uint64_t operator()(std::uint64_t below) { return (*this)() % below; }
};

template <class Key>
Key make_key(std::uint64_t n);
template <>
std::uint64_t make_key(std::uint64_t n) { return gesta::detail::mix(n); }
template <>
int make_key(std::uint64_t n) { return static_cast<int>(n) - 500; }
template <>
std::uint32_t make_key(std::uint64_t n) { return static_cast<std::uint32_t>(n); }
template <>
std::uint8_t make_key(std::uint64_t n) { return static_cast<std::uint8_t>(n); }
template <>
gesta::text<8> make_key(std::uint64_t n) { return gesta::text<8>(std::to_string(n).c_str()); }
template <>
std::string make_key(std::uint64_t n) { return std::string(n % 40, 'x') + std::to_string(n); }
template <>
place make_key(std::uint64_t n) { return {gesta::text<8>(std::to_string(n / 7).c_str()), static_cast<int>(n % 7)}; }

/// Draws changes, and compares all that can be asked with a map.
template <class Key, class Table>
void behaves_as_a_map(Table table, std::uint64_t keys, std::uint64_t seed) {
  dice draw{seed};
  std::map<std::uint64_t, std::int64_t> expected;
  for (int step = 0; step < 20000; ++step) {
    // In turn it grows and shrinks.
    const bool shrinks = step / 2500 % 2 == 1;
    const std::uint64_t n = draw(keys);
    const Key key = make_key<Key>(n);
    if (draw(10) < (shrinks ? 7u : 2u)) {
      REQUIRE(table.erase(key));
      expected.erase(n);
    } else if (draw(10) == 0) {
      const auto* const row = table.find(key);
      REQUIRE((row != nullptr) == (expected.count(n) != 0));
      if (row != nullptr) REQUIRE(row->sum == expected[n]);
    } else {
      auto* const row = table.find_or_add(key);
      REQUIRE(row != nullptr);
      REQUIRE(gesta::same_key(row->key, key));
      REQUIRE(row->count == 7u);
      REQUIRE(row->sum == expected[n]);
      expected[n] = row->sum = static_cast<std::int64_t>(draw() >> 8);
    }
    REQUIRE(table.size() == expected.size());
    if (step % 1000 == 0) {
      std::size_t seen = 0;
      REQUIRE(table.each([&](const auto& row) {
        ++seen;
        CHECK(table.find(row.key) == &row);
      }));
      CHECK(seen == expected.size());
      for (std::uint64_t i = 0; i < keys; ++i) {
        const auto* const row = table.find(make_key<Key>(i));
        CHECK((row != nullptr) == (expected.count(i) != 0));
        if (row != nullptr) CHECK(row->sum == expected[i]);
      }
    }
    if (step == 12345) {
      REQUIRE(table.clear());
      expected.clear();
    }
  }
}

}  // namespace

TEST_CASE("rows found by hash are those of a map, whatever the key is") {
  behaves_as_a_map<std::uint64_t>(hashed<std::uint64_t>{}, 1000, 1);
  behaves_as_a_map<int>(hashed<int>{}, 1000, 2);
  behaves_as_a_map<std::uint8_t>(hashed<std::uint8_t>{}, 256, 3);
  behaves_as_a_map<gesta::text<8>>(hashed<gesta::text<8>>{}, 300, 4);
  behaves_as_a_map<std::string>(hashed<std::string>{}, 300, 5);
  behaves_as_a_map<place>(hashed<place>{}, 70, 6);
}

TEST_CASE("rows found by number are those of a map") {
  behaves_as_a_map<std::uint32_t>(dense<std::uint32_t>{}, 1, 7);
  behaves_as_a_map<std::uint32_t>(dense<std::uint32_t>{}, 1000, 8);
  behaves_as_a_map<std::uint8_t>(dense<std::uint8_t>{}, 256, 9);
}

TEST_CASE("a key is given as entities are named") {
  hashed<gesta::text<8>> countries;
  countries.find_or_add(gesta::text<8>("FR"))->sum = 3;
  CHECK(countries.find("FR")->sum == 3);
  CHECK(countries.find("DE") == nullptr);
  hashed<std::string> towns;
  towns.find_or_add("Lyon")->sum = 4;
  CHECK(towns.find(std::string_view("Lyon"))->sum == 4);
  CHECK(towns.find("Lyo") == nullptr);
  hashed<std::uint64_t> numbers;
  numbers.find_or_add(5)->sum = 6;
  CHECK(numbers.find(5u)->sum == 6);
  hashed<colour> colours;
  colours.find_or_add(colour::blue)->sum = 8;
  CHECK(colours.find(colour::blue)->sum == 8);
  CHECK(colours.find(colour::red) == nullptr);
  dense<std::uint32_t> dense_numbers;
  CHECK(dense_numbers.find(-1) == nullptr);
  CHECK(dense_numbers.find(std::uint64_t{1} << 40) == nullptr);
}

TEST_CASE("rows found by number come in the order of the numbers") {
  dense<std::uint32_t> table;
  for (const std::uint32_t n : {90u, 0u, 7u, 1000u, 1u}) table.find_or_add(n);
  std::vector<std::uint32_t> seen;
  table.each([&](const auto& row) { seen.push_back(row.key); });
  CHECK(seen == std::vector<std::uint32_t>{0, 1, 7, 90, 1000});
}

TEST_CASE("who visits rows may end it") {
  hashed<int> table;
  dense<int> numbered;
  for (int i = 0; i < 10; ++i) table.find_or_add(i), numbered.find_or_add(i);
  int seen = 0;
  CHECK(table.each([&](const auto&) { return ++seen < 4; }));
  CHECK(seen == 4);
  CHECK(numbered.each([&](const auto&) { return ++seen < 8; }));
  CHECK(seen == 8);
}

TEST_CASE("room that was made beforehand changes nothing else") {
  hashed<int> table;
  table.find_or_add(3)->sum = 1;
  table.reserve(10000);
  CHECK(table.find(3)->sum == 1);
  const auto* const row = table.find(3);
  for (int i = 0; i < 10000; ++i) table.find_or_add(i);
  CHECK(table.find(3) == row);  // nothing moved
  dense<int> numbered;
  numbered.find_or_add(3)->sum = 1;
  numbered.reserve(1000);
  CHECK(numbered.size() == 1);
  CHECK(numbered.find(3)->sum == 1);
  CHECK(numbered.find(999) == nullptr);
}

TEST_CASE("a table that was moved takes its rows along") {
  hashed<std::string> table;
  table.find_or_add("Lyon")->sum = 4;
  hashed<std::string> other = std::move(table);
  CHECK(other.find("Lyon")->sum == 4);
  table = std::move(other);
  CHECK(table.find("Lyon")->sum == 4);
  dense<int> numbered;
  numbered.find_or_add(3)->sum = 1;
  dense<int> moved = std::move(numbered);
  CHECK(moved.find(3)->sum == 1);
}

TEST_CASE("a number that blank rows hold is a key like any other") {
  struct odd_row {
    int key = 5;
    int sum = 0;
  };
  struct odd : gesta::projection<gesta::rows<odd_row, "key">> {};
  gesta::detail::rows_in_memory<odd> table;
  CHECK(table.find(5) == nullptr);
  CHECK(table.find(0) == nullptr);
  for (const int key : {5, 0, 6}) table.find_or_add(key)->sum = 10 + key;
  table.reserve(1000);
  CHECK(table.size() == 3);
  for (const int key : {5, 0, 6}) CHECK(table.find(key)->sum == 10 + key);
  CHECK(table.erase(0));
  CHECK(table.erase(0));
  CHECK(table.erase(5));
  CHECK(table.find(0) == nullptr);
  CHECK(table.find(5) == nullptr);
  int sum = 0;
  CHECK(table.each([&](const odd_row& row) { sum += row.sum; }));
  CHECK(sum == 16);
  CHECK(table.find_or_add(0)->sum == 0);
  CHECK(table.size() == 2);
}

TEST_CASE("a view that is one row is a table with at most one") {
  gesta::detail::rows_in_memory<gesta::projection<row_of<int>>> table;
  int seen = 0;
  const auto count = [&](const auto&) { ++seen; };
  CHECK(table.each(count));
  CHECK(table.find({}) == nullptr);
  CHECK(table.size() == 0);
  table.find_or_add({})->sum = 3;
  CHECK(table.each(count));
  CHECK(table.find({})->sum == 3);
  CHECK(table.size() == 1);
  CHECK(table.erase({}));
  CHECK(table.find({}) == nullptr);
  CHECK(table.find_or_add({})->sum == 0);
  CHECK(seen == 1);
}
