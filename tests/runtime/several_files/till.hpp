// A small domain that several files share. With OLD_HEADER it is what a file sees that was not built anew: `take` could not be refused
// for being locked, and could not do nothing.
#pragma once

#include <gesta/domain.hpp>

namespace till {

struct put_in {
  int cents;
  static constexpr auto id = "till.put_in";
};
struct taken {
  int cents;
  static constexpr auto id = "till.taken";
};
struct put {
  int cents;
};
struct take {
  int cents;
};
struct too_little {
  int cents;
};
struct locked {
  gesta::list<int, 8> since;
};
struct till {
  int cents = 0;
};

void evolve(till&, const put_in&);
void evolve(till&, const taken&);
auto decide(const till&, const put&) -> gesta::emits<put_in>;
#ifdef OLD_HEADER
auto decide(const till&, const take&) -> gesta::emits<taken>::or_rejects<too_little>;
#else
auto decide(const till&, const take&) -> gesta::emits<taken>::or_nothing::or_rejects<too_little, locked>;
#endif

struct tills : gesta::aggregate<till, gesta::commands<put, take>> {
  static constexpr auto id = "till";
};

}  // namespace till
