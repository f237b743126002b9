// The laws of testing/laws/view_store.hpp hold for every view store of gesta.
#include <gesta/store/sqlite_views.hpp>
#include <gesta/testing/laws/view_store.hpp>

#include <doctest/doctest.h>

#include <string>

#include "view_store_places.hpp"

namespace {

template <class Place>
void all_laws_hold(std::size_t least) {
  const auto broken = [](const char* law, const std::string& how) { FAIL_CHECK(std::string(law), ": ", how); };
  const auto found = gesta::laws::hold_for_view_store<Place>(broken);
  CHECK(found.cases >= least);
  MESSAGE(found.laws, " laws in ", found.cases, " cases of ", found.steps, " steps; ", found.left_out, " left out");
}

}  // namespace

TEST_CASE("the laws of views hold for memory") { all_laws_hold<views_in_memory>(70); }
TEST_CASE("the laws of views hold for SQLite") { all_laws_hold<views_in_sqlite>(170); }
