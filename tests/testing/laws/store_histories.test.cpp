// Drawn histories of every store are what the oracle says, and the draw reaches each kind of step with each kind of outcome.
#include <gesta/store/sqlite.hpp>
#include <gesta/testing/laws/store_histories.hpp>

#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "store_places.hpp"

namespace {

using namespace gesta::laws;

/// As many histories as GESTA_HISTORIES says, from the seed GESTA_SEED on.
std::size_t given(const char* name, std::size_t otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : static_cast<std::size_t>(std::strtoull(text, nullptr, 10));
}

/// Few where every check of the compiler is on, 10,000 of memory in the optimized build (tests/CMakeLists.txt).
const std::size_t all = given("GESTA_HISTORIES", 500);

template <class Place>
void histories_hold(std::size_t count, bool is_covered) {
  const std::size_t seed = given("GESTA_SEED", 1);
  const store_coverage seen = hold_histories<Place>(seed, count, 32, [](std::uint64_t from, const std::string& how) {
    FAIL_CHECK("GESTA_HISTORIES=1 GESTA_SEED=", from, ": ", how);
  });
  std::size_t steps = 0, rare = 0;
  for (const auto& [cell, times] : seen) {
    std::printf("%8zu  %s\n", times, cell.c_str());
    steps += times;
    rare += times < 10 ? 1 : 0;
  }
  std::printf("%zu kinds in %zu steps from seed %zu\n", seen.size(), steps, seed);
  if (!is_covered) return;
  CHECK(rare == 0);
  CHECK(seen.size() >= 195);
}

}  // namespace

TEST_CASE("the oracle keeps every law itself") {
  for (const store_law& law : store_laws) {
    if (std::string(law.name).rfind("a name of a", 0) == 0) continue;  // it keeps names of appends and of commands apart
    if (std::string(law.steps).find("beside ") != std::string::npos) continue;  // and does one thing after another
    store_oracle oracle;
    for (const std::string& line : detail::split(law.steps, ';')) {
      const auto arrow = line.find(" -> ");
      if (line.find("other poll") != std::string::npos) break;  // nor a second feed
      if (line.rfind("time", 0) == 0 || line.find("time=") != std::string::npos) break;  // it has no clock
      const std::string result = oracle.run(line.substr(0, arrow));
      if (arrow == std::string::npos) CHECK_MESSAGE(!detail::is_refusal(result), std::string(law.name), ": ", line, " gave ", result);
      else CHECK_MESSAGE(result == detail::split(line.substr(arrow + 4), ';')[0], std::string(law.name), ": ", line, " gave ", result);
    }
  }
}

TEST_CASE("histories of memory are what the oracle says") { histories_hold<in_memory>(all, all >= 10'000); }
TEST_CASE("histories of a store that keeps bytes are what the oracle says") { histories_hold<in_bytes>((all + 4) / 5, false); }
TEST_CASE("histories of SQLite are what the oracle says") { histories_hold<in_sqlite>((all + 9) / 10, false); }
