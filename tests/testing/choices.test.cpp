#include <gesta/testing/choices.hpp>

#include <set>
#include <string>

#include <doctest/doctest.h>

TEST_CASE("every way is taken once, where later choices depend on earlier ones as well") {
  gesta::testing::choices choose;
  std::set<std::string> ways;
  int runs = 0;
  do {
    std::string way;
    for (std::uint32_t more = choose.among(4); more != 0; --more) way += static_cast<char>('a' + choose.among(more));
    ways.insert(way + ".");
    ++runs;
  } while (choose.next());
  CHECK(runs == 1 + 1 + 2 + 6);
  CHECK(ways.size() == 10);
  CHECK(ways.count("cba.") == 1);
  CHECK(ways.count(".") == 1);
}

TEST_CASE("a program that chooses nothing has one run") {
  gesta::testing::choices choose;
  CHECK(choose.among(1) == 0);
  CHECK_FALSE(choose.next());
}
