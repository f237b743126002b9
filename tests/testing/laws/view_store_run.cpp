// Runs the laws of views on one kind of view store and says which are broken: what the mutations are tried with.
#include <gesta/store/sqlite_views.hpp>
#include <gesta/testing/laws/view_store.hpp>

#include <cstdio>
#include <string>

#include "view_store_places.hpp"

int main() {
  int broken = 0;
  gesta::laws::hold_for_view_store<GESTA_PLACE>([&](const char* law, const std::string&) {
    ++broken;
    std::printf("broken: %s\n", law);
    std::fflush(stdout);
  });
  return broken == 0 ? 0 : 1;
}
