// The promises of message/most_bytes.hpp: no value takes more, and some value takes as many.
#include <gesta/message/most_bytes.hpp>

#include <gesta/codec/binary.hpp>

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace {

enum class colour : std::uint16_t { red };
struct pair_of {
  std::uint8_t small;
  std::uint64_t large;  // on the wire there is no gap
};
struct filled {
  gesta::text<200> words{"x"};
  gesta::list<gesta::text<3>, 2> list;
  std::array<std::int16_t, 5> five{};
  std::optional<std::int32_t> maybe;
  std::chrono::milliseconds span{};
};
struct endless {
  int number;
  std::string words;
};

template <class T>
constexpr std::size_t most = gesta::detail::most_bytes<T>();
constexpr std::size_t npos = gesta::detail::npos;

}  // namespace

TEST_CASE("numbers take their size, text and lists their room and a count, structs what is in them") {
  static_assert(most<bool> == 1 && most<colour> == 2 && most<double> == 8);
  static_assert(most<gesta::text<127>> == 128 && most<gesta::text<128>> == 130);
  static_assert(most<gesta::list<std::int32_t, 3>> == 13 && most<std::array<std::int16_t, 5>> == 10);
  static_assert(most<std::optional<std::int32_t>> == 5 && most<std::chrono::seconds> == 8);
  static_assert(most<std::chrono::sys_seconds> == 8);
  static_assert(most<pair_of> == 9);
  filled full;
  full.words = gesta::text<200>(std::string(200, 'w'));
  for (int i = 0; i < 2; ++i) REQUIRE(full.list.push_back("abc"));
  full.maybe = 1;
  CHECK(gesta::encoded_size(full) == most<filled>);
}

TEST_CASE("what grows has no bound, and neither has what holds it") {
  static_assert(most<std::string> == npos && most<std::vector<int>> == npos && most<endless> == npos && most<std::optional<std::string>> == npos);
  static_assert(most<std::array<endless, 2>> == npos && most<int*> == npos);
  CHECK(gesta::detail::add_bounds(npos - 1, 2) == npos);
  CHECK(gesta::detail::times_bound(npos / 2, 3) == npos);
  CHECK(gesta::detail::times_bound(0, npos) == 0);
}
