// The laws of testing/laws/view_store.hpp hold for PostgreSQL.
#include <gesta/store/postgres_views.hpp>
#include <gesta/testing/laws/view_store.hpp>

#include <doctest/doctest.h>

#include <string>

#include "postgres_places.hpp"

TEST_CASE("the laws of views hold for PostgreSQL") {
  const auto found =
      gesta::laws::hold_for_view_store<views_in_postgres>([](const char* law, const std::string& how) { FAIL_CHECK(std::string(law), ": ", how); });
  CHECK(found.cases >= 80);
  MESSAGE(found.laws, " laws in ", found.cases, " cases of ", found.steps, " steps; ", found.left_out, " left out");
}
