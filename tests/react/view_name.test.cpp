#include <gesta/react/view_name.hpp>

#include <doctest/doctest.h>

#include <string_view>

#include <gesta/gesta.hpp>

namespace {

struct sum {};
struct first : gesta::projection<sum> {
  static constexpr auto id = "sum";
};
struct second : gesta::projection<sum> {
  static constexpr auto id = "sum";
  static constexpr auto version = 2;
};
struct many : gesta::projection<sum> {
  static constexpr auto id = "sum";
  static constexpr unsigned version = 120;
};

}  // namespace

static_assert(gesta::view_version<first>() == 1 && gesta::view_version<second>() == 2 && gesta::view_version<many>() == 120);

TEST_CASE("the first version of a view has its id as its name, later ones say their number") {
  CHECK(gesta::detail::view_name<first> == std::string_view("sum"));
  CHECK(gesta::detail::view_name<second> == std::string_view("sum@2"));
  CHECK(gesta::detail::view_name<many> == std::string_view("sum@120"));
}
