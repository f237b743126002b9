// The laws of testing/laws/store.hpp hold for PostgreSQL.
#include <gesta/gesta.hpp>
#include <gesta/store/postgres.hpp>
#include <gesta/testing/laws/store.hpp>

#include <doctest/doctest.h>

#include <string>

#include "postgres_places.hpp"

TEST_CASE("the laws hold for PostgreSQL") {
  const auto found =
      gesta::laws::hold_for_store<in_postgres>([](const char* law, const std::string& how) { FAIL_CHECK(std::string(law), ": ", how); });
  CHECK(found.cases >= 160);
  MESSAGE(found.laws, " laws in ", found.cases, " cases of ", found.steps, " steps; ", found.left_out, " left out");
}
