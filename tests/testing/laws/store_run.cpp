// Runs the laws and some drawn histories on one kind of store and says which are broken: what the mutations are tried with.
#include <gesta/store/sqlite.hpp>
#include <gesta/testing/laws/store.hpp>
#include <gesta/testing/laws/store_histories.hpp>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "store_places.hpp"

int main(int count, char** arguments) {
  int broken = 0;
  const bool draws = count > 1 && std::strcmp(arguments[1], "histories") == 0;
  if (draws) {
    gesta::laws::hold_histories<GESTA_PLACE>(1, 2000, 32, [&](std::uint64_t seed, const std::string&) {
      std::printf("broken: the history of seed %llu\n", static_cast<unsigned long long>(seed));
      std::fflush(stdout);
      std::_Exit(1);
    });
  } else {
    gesta::laws::hold_for_store<GESTA_PLACE>([&](const char* law, const std::string&) {
      ++broken;
      std::printf("broken: %s\n", law);
      std::fflush(stdout);
    });
  }
  return broken == 0 ? 0 : 1;
}
