#include <gesta/runtime/serving.hpp>

#include <doctest/doctest.h>

#include <gesta/gesta.hpp>

#include "map_views.hpp"

namespace {

struct sum {};
struct sum_3 : gesta::projection<sum> {
  static constexpr auto id = "sum";
  static constexpr auto version = 3;
};

bool serves(map_views::opened<sum_3>& views, std::uint64_t position) {
  gesta::progress state{.at = {{}, position}};
  CHECK(gesta::detail::note_serving<sum_3>(views, state));
  return state.is_serving;
}

}  // namespace

TEST_CASE("a version serves when it has come as far as the newest older one that serves; those that are being built do not count") {
  map_views::opened<sum_3> views{map_views{}};
  CHECK(serves(views, 0));  // there is none before it
  CHECK(views.save("sum@2", {.at = {{}, 2}}));
  CHECK(serves(views, 0));
  CHECK(views.save("sum", {.at = {{}, 5}, .is_serving = true}));
  CHECK_FALSE(serves(views, 2));
  CHECK_FALSE(serves(views, 4));
  CHECK(serves(views, 5));
  CHECK(views.save("sum@2", {.at = {{}, 7}, .is_serving = true}));
  CHECK_FALSE(serves(views, 6));
  CHECK(serves(views, 7));
}

TEST_CASE("a version that serves goes on to, wherever it is") {
  map_views::opened<sum_3> views{map_views{}};
  CHECK(views.save("sum", {.at = {{}, 5}, .is_serving = true}));
  gesta::progress state{.is_serving = true};
  CHECK(gesta::detail::note_serving<sum_3>(views, state));
  CHECK(state.is_serving);
}
