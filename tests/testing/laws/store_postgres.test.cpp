// The laws of testing/laws/store.hpp hold for PostgreSQL.
#include <gesta/gesta.hpp>
#include <gesta/store/postgres.hpp>
#include <gesta/testing/laws/store.hpp>

#include <doctest/doctest.h>

#include <string>

#include "postgres_places.hpp"

template <class Place>
void hold() {
  const auto found = gesta::laws::hold_for_store<Place>([](const char* law, const std::string& how) { FAIL_CHECK(std::string(law), ": ", how); });
  CHECK(found.cases >= 160);
  MESSAGE(found.laws, " laws in ", found.cases, " cases of ", found.steps, " steps; ", found.left_out, " left out");
}

TEST_CASE("the laws hold for PostgreSQL") { hold<in_postgres>(); }
TEST_CASE("the laws hold for PostgreSQL whose units run side by side") { hold<side_by_side_in_postgres>(); }
