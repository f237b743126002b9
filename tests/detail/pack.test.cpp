// The promises of detail/pack.hpp.
#include <gesta/detail/pack.hpp>

#include <doctest/doctest.h>

namespace {

using namespace gesta::detail;

struct incomplete;
using three = types<int, char, incomplete>;

template <int>
struct numbered;
template <class Indices>
struct many_of;
template <std::size_t... I>
struct many_of<indices<I...>> {
  using type = types<numbered<static_cast<int>(I % 300)>...>;
};
using long_list = many_of<make_indices<600>>::type;

}  // namespace

TEST_CASE("indices count from zero") {
  CHECK(same<make_indices<0>, indices<>>);
  CHECK(same<make_indices<3>, indices<0, 1, 2>>);
  CHECK(make_indices<500>::size == 500);
}

TEST_CASE("a type is found where it first stands, complete or not") {
  CHECK(index_of<int, three> == 0);
  CHECK(index_of<incomplete, three> == 2);
  CHECK(index_of<long, three> == npos);
  CHECK(index_of<int, types<>> == npos);
  CHECK(index_of<int, types<char, int, long, int>> == 1);
  CHECK(index_of<const int, three> == npos);
}

TEST_CASE("a list contains what is in it") {
  CHECK(contains<char, three>);
  CHECK(contains<int, types<int, int>>);
  CHECK_FALSE(contains<char&, three>);
  CHECK_FALSE(contains<char, types<>>);
}

TEST_CASE("each element is reached by its index") {
  CHECK(same<at<0, three>, int>);
  CHECK(same<at<2, three>, incomplete>);
  CHECK(same<at<1, types<int&, const int, int&>>, const int>);
}

TEST_CASE("lists are put one after another") {
  CHECK(same<concat<>, types<>>);
  CHECK(same<concat<three>, three>);
  CHECK(same<concat<types<int>, types<>, types<char, long>>, types<int, char, long>>);
  CHECK(same<concat<types<int>, types<char>, types<>, types<int>, types<bool>, types<long>, types<>, types<short>>,
             types<int, char, int, bool, long, short>>);
}

TEST_CASE("repetitions are dropped and the first appearance stays") {
  CHECK(same<unique<types<>>, types<>>);
  CHECK(same<unique<types<int, char, int, incomplete, char>>, types<int, char, incomplete>>);
  CHECK(same<unique<three>, three>);
}

TEST_CASE("lists of hundreds of types stay within the compilers' limits") {
  CHECK(long_list::size == 600);
  CHECK(unique<long_list>::size == 300);
  CHECK(same<at<299, unique<long_list>>, numbered<299>>);
  CHECK(index_of<numbered<299>, unique<long_list>> == 299);
  CHECK(index_of<numbered<299>, long_list> == 299);
  CHECK_FALSE(contains<int, long_list>);
}
