// The one file that runs the model. A file that was built with another contract of a command is refused by the linker, and where it
// comes as a shared library it gets failure::kind::differs.
#include <gesta/gesta.hpp>

#include "counter.hpp"

struct shop : gesta::model<stock::shelves> {};

int main() {
  auto app = gesta::start<shop>(gesta::memory_store{});
  app.handle("apple", stock::take_in{10});
  counter::sell(app.port<stock::shelves>(), "apple", 7);
  counter::sell(app.port<stock::shelves>(), "apple", 7);
}
