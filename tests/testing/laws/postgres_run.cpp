// Runs the laws on PostgreSQL and says which one is broken first: what the mutations are tried with.
#include <gesta/gesta.hpp>
#include <gesta/store/postgres_views.hpp>
#include <gesta/testing/laws/store.hpp>
#include <gesta/testing/laws/view_store.hpp>

#include <cstdio>
#include <string>
#include <type_traits>

#include "postgres_places.hpp"

int main() {
  const auto broken = [](const char* law, const std::string&) {
    std::printf("broken: %s\n", law);
    std::exit(1);
  };
  if constexpr (std::is_same_v<GESTA_PLACE, in_postgres> || std::is_same_v<GESTA_PLACE, side_by_side_in_postgres>) gesta::laws::hold_for_store<GESTA_PLACE>(broken);
  else gesta::laws::hold_for_view_store<GESTA_PLACE>(broken);
}
