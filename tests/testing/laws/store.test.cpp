// The laws of testing/laws/store.hpp hold for every store of gesta, and for one that is only told by its concept.
#include <gesta/store/sqlite.hpp>
#include <gesta/testing/laws/store.hpp>

#include <doctest/doctest.h>

#include <string>

#include "store_places.hpp"

namespace {

template <class Place>
void all_laws_hold(std::size_t least) {
  const auto found = gesta::laws::hold_for_store<Place>([](const char* law, const std::string& how) { FAIL_CHECK(std::string(law), ": ", how); });
  CHECK(found.cases >= least);
  MESSAGE(found.laws, " laws in ", found.cases, " cases of ", found.steps, " steps; ", found.left_out, " left out");
}

}  // namespace

TEST_CASE("the laws hold for memory") { all_laws_hold<in_memory>(150); }
TEST_CASE("the laws hold for memory of a fixed size") { all_laws_hold<in_fixed_memory>(150); }
TEST_CASE("the laws hold for a store that keeps bytes") { all_laws_hold<in_bytes>(320); }
TEST_CASE("the laws hold for SQLite") { all_laws_hold<in_sqlite>(320); }
