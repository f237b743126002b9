// The promises of message/list.hpp.
#include <gesta/message/list.hpp>

#include <doctest/doctest.h>

#include <cstring>
#include <numeric>
#include <type_traits>

#include <gesta/message/text.hpp>

using gesta::list, gesta::text;

namespace {

struct line {
  text<4> sku;
  int quantity;
  friend bool operator==(const line&, const line&) = default;
};
struct without_equality { int n; };
template <class T>
concept comparable = requires(const T& t) { t == t; };

}  // namespace

TEST_CASE("a list is made of its values while compiling") {
  constexpr list<line, 3> lines{{"a", 1}, {"b", 2}};
  static_assert(lines.size() == 2 && lines[1].sku == "b" && lines.back().quantity == 2 && !lines.full() && !lines.empty());
  static_assert(list<int, 3>().empty() && list<int, 3>::capacity() == 3);
  int sum = 0;
  for (const line& l : lines) sum += l.quantity;
  CHECK(sum == 3);
}

TEST_CASE("a full list takes no more and says so") {
  list<int, 2> l;
  CHECK(l.push_back(1));
  CHECK(l.push_back(2));
  CHECK(l.full());
  CHECK_FALSE(l.push_back(3));
  CHECK(l == list<int, 2>{1, 2});
}

TEST_CASE("a list of more than 255 values counts them all") {
  list<int, 300> l;
  for (int i = 0; i < 300; ++i) CHECK(l.push_back(i));
  CHECK(l.size() == 300);
  CHECK(std::accumulate(l.begin(), l.end(), 0) == 300 * 299 / 2);
}

TEST_CASE("removing keeps the order and leaves default values behind") {
  list<int, 4> l{1, 2, 3, 4};
  l.erase(1);
  CHECK(l == list<int, 4>{1, 3, 4});
  l.erase(2);
  CHECK(l == list<int, 4>{1, 3});
  l.pop_back();
  CHECK(l == list<int, 4>{1});
  const list<int, 4> fresh{1};
  CHECK(std::memcmp(&l, &fresh, sizeof l) == 0);
  l.clear();
  CHECK(l.empty());
  CHECK(l.data()[0] == 0);
}

TEST_CASE("elements are changed in place") {
  list<int, 4> l{1, 2};
  l[0] = 5;
  l.back() = 6;
  for (int& i : l) ++i;
  CHECK(l == list<int, 4>{6, 7});
}

TEST_CASE("lists are equal by their elements, where those can be compared") {
  CHECK(list<line, 3>{{"a", 1}} == list<line, 3>{{"a", 1}});
  CHECK_FALSE(list<line, 3>{{"a", 1}} == list<line, 3>{{"a", 2}});
  CHECK_FALSE(list<line, 3>{{"a", 1}} == list<line, 3>{});
  CHECK(comparable<list<int, 2>>);
  CHECK_FALSE(comparable<list<without_equality, 2>>);
}

TEST_CASE("it has no padding of its own and is copied by its bytes") {
  CHECK(std::is_trivially_copyable_v<list<line, 3>>);
  CHECK(std::has_unique_object_representations_v<list<char, 3>>);
  CHECK(std::has_unique_object_representations_v<list<char, 301>>);
  CHECK(std::has_unique_object_representations_v<list<char, 65537>>);
  CHECK(std::has_unique_object_representations_v<list<short, 65537>>);
  CHECK(std::has_unique_object_representations_v<list<text<8>, 301>>);
  CHECK(std::has_unique_object_representations_v<list<int, 3>>);
  CHECK(std::has_unique_object_representations_v<list<long, 300>>);
  CHECK(sizeof(list<char, 3>) == 4);
  CHECK(sizeof(list<long, 3>) == 32);
}
