// The laws of stores also hold for apps that keep one state at hand and a snapshot of each: what is not at hand is read as it would be there.
#include <gesta/store/sqlite.hpp>
#include <gesta/testing/laws/store.hpp>

#include <doctest/doctest.h>

#include <string>

#include "store_places.hpp"

namespace {

struct few_states_in_sqlite : in_sqlite {
  auto open(gesta::laws::ticking clock) {
    const gesta::sqlite_store store{.path = folder + "/a.db", .level = gesta::durability::process};
    return gesta::start<law_book>(store, clock, gesta::cached_states{.most = 1}, gesta::snapshots{.every = 1});
  }
};

}  // namespace

TEST_CASE("the laws hold for few states at hand") {
  const auto broken = [](const char* law, const std::string& how) { FAIL_CHECK(std::string(law), ": ", how); };
  CHECK(gesta::laws::hold_for_store<few_states_in_sqlite>(broken).cases >= 320);
}
