// Several messages of one type, owned
#include <gesta/message/many.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <utility>

using gesta::many;

namespace {

struct reserve {
  int order, item;
  bool operator==(const reserve&) const = default;
};

template <class T>
constexpr bool same(const many<T>& a, const many<T>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!(a[i] == b[i])) return false;
  return true;
}

constexpr many<reserve> lines(int count) {
  many<reserve> all;
  for (int i = 0; i < count; ++i) all.push_back({1, i});
  return all;
}

// Works while compiling, growth and copies included.
static_assert([] {
  many<reserve> all = lines(9);
  many<reserve> copy = all;
  copy.push_back({1, 9});
  return all.size() == 9 && all[8].item == 8 && copy.size() == 10 && copy[9].item == 9 && !same(copy, all);
}());
static_assert(lines(0).empty() && same(lines(3), {{1, 0}, {1, 1}, {1, 2}}));

}  // namespace

TEST_CASE("elements stay in their order, whatever memory they move to") {
  many<std::string> all;
  for (int i = 0; i < 100; ++i) all.push_back(std::to_string(i) + " is a text that no small buffer holds");
  REQUIRE(all.size() == 100);
  int i = 0;
  for (const std::string& one : all) CHECK(one == std::to_string(i++) + " is a text that no small buffer holds");
}

TEST_CASE("an element of itself may be added") {
  many<std::string> all{std::string(40, 'a'), "b", "c", "d"};
  all.push_back(all[0]);
  CHECK(all[4] == std::string(40, 'a'));
  CHECK(all[0] == std::string(40, 'a'));
}

TEST_CASE("a copy is its own, and what was moved from is empty") {
  many<std::string> first{"a", "b"};
  many<std::string> second = first;
  second[0] = "c";
  CHECK(first[0] == "a");
  many<std::string> third = std::move(second);
  CHECK(second.empty());
  CHECK(third[0] == "c");
  second = first;
  CHECK(same(second, first));
  third = std::move(first);
  CHECK(first.empty());
  CHECK(same(third, second));
  third = *&third;
  CHECK(same(third, second));
  third.clear();
  CHECK(third.empty());
  third.push_back("d");
  CHECK(third.size() == 1);
}
